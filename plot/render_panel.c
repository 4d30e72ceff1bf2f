/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Measures and draws a panel. From the outside in there are the panel's title, the titles of the axes and headings of
   the columns, the ticks' labels or the rows' names and the labels at the right, and the box of the axes. */
#include "plot/render_panel.h"

#include "plot/label.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define GAP 3.0           /* between neighbours */
#define TICK_LENGTH 2.5   /* of labelled ticks; others have 0.6 of it */
#define BESIDE_GAP 5.0    /* from a point to the label beside it */
#define LEADER_WIDTH 12.0 /* from the box to the labels at the right, and how much more where they are crowded */
#define LEADER_CROWDED 24.0
#define COLUMN_GAP 9.0
#define X_TICK_GAP 4.0 /* between the labels of the x axis, and on a log axis, where they stand unevenly */
#define X_LOG_TICK_GAP 9.0
#define Y_TICK_PITCH 22.0 /* of the labels of the y axis */
#define NAMES_SHARE 0.5   /* largest share of the panel's width for the names of the rows */
#define EDGE_SHARE 0.4    /* ... for the labels at the right edge */
#define MAX_LABELLED_TICKS 10

/* --- texts -------------------------------------------------------------------------------------------------------- */

static struct render_text plain_text(const char *text, enum theme_font font, enum figure_colour colour)
{
    return (struct render_text){.text = text, .font = font, .colour = colour, .scale = 1};
}

static double line_height(const struct render_pen *pen, enum theme_font font)
{
    struct render_text text = plain_text("X", font, FIGURE_TEXT);

    return render_text_size(pen, &text).height;
}

static struct render_text label_text(const char *text, enum figure_colour colour, double scale)
{
    return (struct render_text){.text = text, .font = THEME_LABEL, .colour = colour, .scale = scale};
}

static double label_width(const struct render_pen *pen, const char *text, double scale)
{
    struct render_text label = label_text(text, FIGURE_TEXT, scale);

    return render_text_size(pen, &label).width;
}

/* The scale with which lines of labels fit a pitch. */
static double scale_to_pitch(const struct render_pen *pen, double pitch)
{
    return fmax(0.1, fmin(1, pitch / line_height(pen, THEME_LABEL)));
}

static double row_scale(const struct render_pen *pen, const struct figure_panel *panel, double height)
{
    return panel->rows > 0 ? scale_to_pitch(pen, height / (double)panel->rows) : 1;
}

static size_t count_edge_labels(const struct figure_panel *panel)
{
    size_t count = 0;

    for (size_t i = 0; i < panel->labels; i++)
        count += panel->label[i].place == FIGURE_EDGE;
    return count;
}

static double edge_scale(const struct render_pen *pen, const struct figure_panel *panel, double height)
{
    size_t count = count_edge_labels(panel);

    return count > 0 ? scale_to_pitch(pen, height / (double)count) : 1;
}

/* The more labels there are, the farther some have to move, and the more room leaders need to stay apart. */
static double leader_width(const struct render_pen *pen, const struct figure_panel *panel, double height)
{
    double crowd = (double)count_edge_labels(panel) * line_height(pen, THEME_LABEL) / height;

    return LEADER_WIDTH + LEADER_CROWDED * fmin(1, crowd);
}

/* --- ticks -------------------------------------------------------------------------------------------------------- */

struct ticks {
    struct axis_tick tick[AXIS_MAX_TICKS];
    size_t count;
};

static double widest_tick(const struct render_pen *pen, const struct ticks *ticks)
{
    double widest = 0;

    for (size_t i = 0; i < ticks->count; i++) {
        struct render_text text = plain_text(ticks->tick[i].text, THEME_TICK, FIGURE_MUTED);

        widest = fmax(widest, render_text_size(pen, &text).width);
    }
    return widest;
}

static struct ticks make_ticks(const struct axis *axis, double labels)
{
    struct ticks ticks;

    ticks.count = axis_ticks(axis, (size_t)fmax(2, fmin(labels, MAX_LABELLED_TICKS)), ticks.tick);
    return ticks;
}

/* As many as leave a gap between the widest two. Fewer labels may be shorter, so it looks twice. */
static struct ticks x_ticks(const struct render_pen *pen, const struct figure_panel *panel, double width)
{
    double gap = panel->x.scale != AXIS_LINEAR ? X_LOG_TICK_GAP : X_TICK_GAP;
    struct ticks ticks = make_ticks(&panel->x, MAX_LABELLED_TICKS);

    return make_ticks(&panel->x, (width + gap) / (widest_tick(pen, &ticks) + gap));
}

static struct ticks y_ticks(const struct figure_panel *panel, double height)
{
    return make_ticks(&panel->y, height / Y_TICK_PITCH);
}

/* --- margins ------------------------------------------------------------------------------------------------------ */

static double top_margin(const struct render_pen *pen, const struct figure_panel *panel)
{
    double height = GAP;

    if (panel->title)
        height += line_height(pen, THEME_PANEL_TITLE) + GAP;
    if (panel->y_title || panel->columns > 0)
        height += line_height(pen, THEME_AXIS_TITLE) + GAP;
    return height;
}

static double bottom_margin(const struct render_pen *pen, const struct figure_panel *panel)
{
    double height = TICK_LENGTH + GAP + line_height(pen, THEME_TICK);

    return panel->x_title ? height + line_height(pen, THEME_AXIS_TITLE) + GAP / 2 : height;
}

static double left_margin(const struct render_pen *pen, const struct figure_panel *panel, struct render_size room,
                          double height)
{
    struct ticks ticks;
    double widest = 0;

    if (!panel->row) {
        ticks = y_ticks(panel, height);
        return widest_tick(pen, &ticks) + TICK_LENGTH + GAP;
    }
    for (size_t i = 0; i < panel->rows; i++)
        if (panel->row[i])
            widest = fmax(widest, label_width(pen, panel->row[i], row_scale(pen, panel, height)));
    return fmin(widest, NAMES_SHARE * room.width) + 1.5 * GAP;
}

static double column_width(const struct render_pen *pen, const struct figure_panel *panel,
                           const struct figure_column *column, double scale)
{
    struct render_text heading = plain_text(column->heading, THEME_AXIS_TITLE, FIGURE_TEXT);
    double widest = render_text_size(pen, &heading).width;

    for (size_t i = 0; i < panel->rows; i++)
        if (column->entry[i].text)
            widest = fmax(widest, label_width(pen, column->entry[i].text, scale));
    return widest + COLUMN_GAP;
}

static double columns_width(const struct render_pen *pen, const struct figure_panel *panel, double height)
{
    double width = 0;

    for (size_t i = 0; i < panel->columns; i++)
        width += column_width(pen, panel, &panel->column[i], row_scale(pen, panel, height));
    return width;
}

/* The width of the labels; longer ones are cut off. */
static double edge_text_width(const struct render_pen *pen, const struct figure_panel *panel, struct render_size room,
                              double height)
{
    double widest = 0, scale = edge_scale(pen, panel, height);

    for (size_t i = 0; i < panel->labels; i++)
        if (panel->label[i].place == FIGURE_EDGE)
            widest = fmax(widest, label_width(pen, panel->label[i].text, scale));
    return fmin(widest, EDGE_SHARE * room.width);
}

static double edge_width(const struct render_pen *pen, const struct figure_panel *panel, struct render_size room,
                         double height)
{
    double widest = edge_text_width(pen, panel, room, height);

    return widest > 0 ? leader_width(pen, panel, height) + GAP + widest : 0;
}

/* The part of the width left for axes and labels beside points that the labels need right of the box. A label at the
   fraction f of a box of width w ends at f w + its own width, which may be at most the whole. */
static double beside_width(const struct render_pen *pen, const struct figure_panel *panel, double width, double height)
{
    double box = width;

    for (size_t i = 0; i < panel->labels; i++) {
        const struct figure_label *label = &panel->label[i];
        double fraction = axis_fraction(&panel->x, label->at.x);
        double scale = row_scale(pen, panel, height), own = BESIDE_GAP * scale + label_width(pen, label->text, scale);

        if (label->place == FIGURE_BESIDE && fraction > 0)
            box = fmin(box, (width - own) / fraction);
    }
    return width - fmax(box, width / 4);
}

struct render_margins render_panel_margins(const struct render_pen *pen, const struct figure_panel *panel,
                                           struct render_size room)
{
    struct render_margins margins = {.top = top_margin(pen, panel), .bottom = bottom_margin(pen, panel)};
    double height = fmax(1, room.height - margins.top - margins.bottom), left_over;

    margins.left = left_margin(pen, panel, room, height);
    margins.right = columns_width(pen, panel, height) + edge_width(pen, panel, room, height);
    left_over = fmax(1, room.width - margins.left - margins.right);
    margins.right += fmax(GAP, beside_width(pen, panel, left_over, height));
    return margins;
}

/* --- axes --------------------------------------------------------------------------------------------------------- */

struct frame {
    const struct render_pen *pen;
    const struct figure_panel *panel;
    const struct render_box *outer;
    struct render_box box; /* of the axes */
};

static void draw_segment(const struct frame *frame, double x0, double y0, double x1, double y1)
{
    cairo_move_to(frame->pen->cairo, x0, y0);
    cairo_line_to(frame->pen->cairo, x1, y1);
    cairo_stroke(frame->pen->cairo);
}

static double x_place(const struct frame *frame, double value)
{
    return frame->box.x + axis_fraction(&frame->panel->x, value) * frame->box.width;
}

static double y_place(const struct frame *frame, double value)
{
    return frame->box.y + (1 - axis_fraction(&frame->panel->y, value)) * frame->box.height;
}

static double bottom_of(const struct frame *frame)
{
    return frame->box.y + frame->box.height;
}

static double right_of(const struct frame *frame)
{
    return frame->box.x + frame->box.width;
}

static void use_pen(const struct frame *frame, theme_colour colour, double width)
{
    render_text_set_colour(frame->pen, colour, 1);
    cairo_set_line_width(frame->pen->cairo, width);
}

static void draw_grid(const struct frame *frame, const struct ticks *x, const struct ticks *y)
{
    use_pen(frame, frame->pen->theme->grid, frame->pen->theme->grid_width);
    for (size_t i = 0; i < x->count; i++)
        if (*x->tick[i].text)
            draw_segment(frame, x_place(frame, x->tick[i].value), frame->box.y, x_place(frame, x->tick[i].value),
                         bottom_of(frame));
    for (size_t i = 0; i < y->count; i++)
        if (*y->tick[i].text)
            draw_segment(frame, frame->box.x, y_place(frame, y->tick[i].value), right_of(frame),
                         y_place(frame, y->tick[i].value));
    for (size_t i = 0; frame->panel->row_lines && i < frame->panel->rows; i++)
        draw_segment(frame, frame->box.x, y_place(frame, (double)i), right_of(frame), y_place(frame, (double)i));
}

static double tick_length(const struct axis_tick *tick)
{
    return *tick->text ? TICK_LENGTH : 0.6 * TICK_LENGTH;
}

static void draw_axes(const struct frame *frame, const struct ticks *x, const struct ticks *y)
{
    double left = frame->box.x, bottom = bottom_of(frame);

    use_pen(frame, frame->pen->theme->frame, frame->pen->theme->frame_width);
    draw_segment(frame, left, frame->box.y, left, bottom);
    draw_segment(frame, left, bottom, right_of(frame), bottom);
    for (size_t i = 0; i < x->count; i++) {
        double at = x_place(frame, x->tick[i].value);

        draw_segment(frame, at, bottom, at, bottom + tick_length(&x->tick[i]));
    }
    for (size_t i = 0; i < y->count; i++) {
        double at = y_place(frame, y->tick[i].value);

        draw_segment(frame, left - tick_length(&y->tick[i]), at, left, at);
    }
}

/* Centred at the tick, or moved so that it stays in the panel. */
static void draw_x_labels(const struct frame *frame, const struct ticks *x)
{
    for (size_t i = 0; i < x->count; i++) {
        struct render_text text = plain_text(x->tick[i].text, THEME_TICK, FIGURE_MUTED);
        double half = render_text_size(frame->pen, &text).width / 2;
        double least = frame->outer->x + half, most = frame->outer->x + frame->outer->width - half;
        double at = fmax(least, fmin(most, x_place(frame, x->tick[i].value)));

        render_text_draw(frame->pen, &text,
                         (struct render_anchor){at, bottom_of(frame) + TICK_LENGTH + GAP / 2, 0.5, 0});
    }
}

static void draw_y_labels(const struct frame *frame, const struct ticks *y)
{
    for (size_t i = 0; i < y->count; i++) {
        struct render_text text = plain_text(y->tick[i].text, THEME_TICK, FIGURE_MUTED);

        render_text_draw(
            frame->pen, &text,
            (struct render_anchor){frame->box.x - TICK_LENGTH - GAP / 2, y_place(frame, y->tick[i].value), 1, 0.5});
    }
}

static void draw_row_names(const struct frame *frame)
{
    for (size_t i = 0; i < frame->panel->rows; i++) {
        struct render_text text =
            label_text(frame->panel->row[i], FIGURE_TEXT, row_scale(frame->pen, frame->panel, frame->box.height));

        text.width = frame->box.x - frame->outer->x - 1.5 * GAP;
        text.overflow = RENDER_CUT;
        if (text.text)
            render_text_draw(frame->pen, &text,
                             (struct render_anchor){frame->box.x - 1.5 * GAP, y_place(frame, (double)i), 1, 0.5});
    }
}

/* "Peak resident memory (MiB)", smaller and moved where it would leave the panel. */
static void draw_axis_title(const struct frame *frame, const struct axis *axis, const char *title,
                            struct render_anchor anchor)
{
    const char *unit = axis_unit_text(axis);
    char text[160];
    struct render_text line = plain_text(text, THEME_AXIS_TITLE, FIGURE_TEXT);
    double width, left, least = frame->outer->x;

    if (!title)
        return;
    snprintf(text, sizeof text, *unit ? "%s (%s)" : "%s", title, unit);
    line.scale = fmin(1, frame->outer->width / render_text_size(frame->pen, &line).width);
    width = render_text_size(frame->pen, &line).width;
    left = fmax(least, fmin(least + frame->outer->width - width, anchor.x - anchor.horizontal * width));
    render_text_draw(frame->pen, &line, (struct render_anchor){left, anchor.y, 0, anchor.vertical});
}

static void draw_titles(const struct frame *frame)
{
    const struct render_box *outer = frame->outer;
    struct render_text title = plain_text(frame->panel->title, THEME_PANEL_TITLE, FIGURE_TEXT);

    if (title.text) {
        title.scale = fmin(1, outer->width / render_text_size(frame->pen, &title).width);
        render_text_draw(frame->pen, &title, (struct render_anchor){outer->x, outer->y, 0, 0});
    }
    draw_axis_title(frame, &frame->panel->y, frame->panel->y_title,
                    (struct render_anchor){outer->x, frame->box.y - 2 * GAP, 0, 1});
    draw_axis_title(frame, &frame->panel->x, frame->panel->x_title,
                    (struct render_anchor){frame->box.x + frame->box.width / 2, outer->y + outer->height, 0.5, 1});
}

/* --- labels ------------------------------------------------------------------------------------------------------- */

/* How far to the right a label within the panel may reach. */
static double free_right(const struct frame *frame)
{
    return count_edge_labels(frame->panel) > 0 ? right_of(frame) : frame->outer->x + frame->outer->width;
}

static void draw_label(const struct frame *frame, const struct figure_label *label)
{
    struct figure_point at = render_mark_place(frame->panel, &frame->box, label->at);
    double scale = row_scale(frame->pen, frame->panel, frame->box.height);
    struct render_text text = label_text(label->text, label->colour, scale);
    struct render_anchor anchor = {at.x + scale * BESIDE_GAP, at.y, 0, 0.5};

    if (label->place == FIGURE_WITHIN) {
        text.width = fmax(1, free_right(frame) - anchor.x);
        text.overflow = RENDER_CUT;
    }
    render_text_clear(frame->pen, &text, anchor);
    render_text_draw(frame->pen, &text, anchor);
}

static void draw_columns(const struct frame *frame)
{
    double scale = row_scale(frame->pen, frame->panel, frame->box.height);
    double right = frame->outer->x + frame->outer->width;

    for (size_t i = frame->panel->columns; i-- > 0;) {
        const struct figure_column *column = &frame->panel->column[i];
        struct render_text heading = plain_text(column->heading, THEME_AXIS_TITLE, FIGURE_TEXT);

        render_text_draw(frame->pen, &heading, (struct render_anchor){right, frame->box.y - 2 * GAP, 1, 1});
        for (size_t row = 0; row < frame->panel->rows; row++) {
            struct render_text text = label_text(column->entry[row].text, column->entry[row].colour, scale);

            if (text.text)
                render_text_draw(frame->pen, &text, (struct render_anchor){right, y_place(frame, (double)row), 1, 0.5});
        }
        right -= column_width(frame->pen, frame->panel, column, scale);
    }
}

/* --- labels at the right edge ------------------------------------------------------------------------------------- */

struct edge_label {
    const struct figure_label *label;
    struct figure_point from; /* the point that it belongs to, on the page */
};

static int compare_edge_labels(const void *a, const void *b)
{
    const struct edge_label *first = a, *second = b;

    return (first->from.y > second->from.y) - (first->from.y < second->from.y);
}

static void gather_edge_labels(const struct frame *frame, struct edge_label *edge)
{
    size_t count = 0;

    for (size_t i = 0; i < frame->panel->labels; i++) {
        const struct figure_label *label = &frame->panel->label[i];

        if (label->place == FIGURE_EDGE)
            edge[count++] = (struct edge_label){label, render_mark_place(frame->panel, &frame->box, label->at)};
    }
    qsort(edge, count, sizeof *edge, compare_edge_labels);
}

/* From the point straight to the edge and on to the label. It is dotted across the panel, as it is no data. */
static void draw_leader(const struct frame *frame, const struct edge_label *edge, struct figure_point end)
{
    static const double dots[] = {0.8, 2.2};
    double right = right_of(frame);

    use_pen(frame, frame->pen->theme->ink[edge->label->colour].mark, frame->pen->theme->leader_width);
    cairo_save(frame->pen->cairo);
    cairo_set_dash(frame->pen->cairo, dots, 2, 0);
    if (edge->from.x + BESIDE_GAP < right)
        draw_segment(frame, edge->from.x + BESIDE_GAP, edge->from.y, right, edge->from.y);
    cairo_restore(frame->pen->cairo);
    draw_segment(frame, fmax(right, edge->from.x + GAP), edge->from.y, end.x, end.y);
}

static int draw_edge_labels(const struct frame *frame, struct error *error)
{
    size_t count = count_edge_labels(frame->panel);
    double scale = edge_scale(frame->pen, frame->panel, frame->box.height);
    double pitch = line_height(frame->pen, THEME_LABEL) * scale;
    double x = right_of(frame) + leader_width(frame->pen, frame->panel, frame->box.height);
    struct edge_label *edge = calloc(count + 1, sizeof *edge);
    double *wish = calloc(2 * count + 1, sizeof *wish), *place = wish + count;
    size_t *work = calloc(count + 1, sizeof *work);
    bool ready = edge && wish && work;

    if (ready) {
        gather_edge_labels(frame, edge);
        for (size_t i = 0; i < count; i++)
            wish[i] = edge[i].from.y;
        label_spread(wish, place, count, pitch, frame->box.y - pitch / 2, bottom_of(frame) + pitch / 2, work);
    }
    for (size_t i = 0; ready && i < count; i++) {
        struct render_text text = label_text(edge[i].label->text, edge[i].label->colour, scale);

        text.width = frame->outer->x + frame->outer->width - x - GAP;
        text.overflow = RENDER_CUT;
        draw_leader(frame, &edge[i], (struct figure_point){x, place[i]});
        render_text_draw(frame->pen, &text, (struct render_anchor){x + GAP, place[i], 0, 0.5});
    }
    free(edge);
    free(wish);
    free(work);
    return ready ? 0 : error_set(error, "out of memory");
}

/* --- marks -------------------------------------------------------------------------------------------------------- */

/* Points are drawn last, so that no label hides one. */
static void draw_marks(const struct frame *frame, bool points)
{
    for (size_t i = 0; i < frame->panel->marks; i++)
        if ((frame->panel->mark[i].kind == FIGURE_POINTS) == points)
            render_mark_draw(frame->pen, frame->panel, &frame->box, &frame->panel->mark[i],
                             row_scale(frame->pen, frame->panel, frame->box.height));
}

/* --- the panel ---------------------------------------------------------------------------------------------------- */

int render_panel_draw(const struct render_pen *pen, const struct figure_panel *panel, const struct render_box *outer,
                      const struct render_margins *margins, struct error *error)
{
    struct render_box box = {outer->x + margins->left, outer->y + margins->top,
                             fmax(1, outer->width - margins->left - margins->right),
                             fmax(1, outer->height - margins->top - margins->bottom)};
    struct frame frame = {pen, panel, outer, box};
    struct ticks x = x_ticks(pen, panel, box.width), y = {.count = 0};

    if (!panel->row)
        y = y_ticks(panel, box.height);
    draw_grid(&frame, &x, &y);
    draw_marks(&frame, false);
    draw_axes(&frame, &x, &y);
    draw_x_labels(&frame, &x);
    draw_y_labels(&frame, &y);
    draw_row_names(&frame);
    draw_titles(&frame);
    draw_columns(&frame);
    for (size_t i = 0; i < panel->labels; i++)
        if (panel->label[i].place != FIGURE_EDGE)
            draw_label(&frame, &panel->label[i]);
    draw_marks(&frame, true);
    return draw_edge_labels(&frame, error);
}
