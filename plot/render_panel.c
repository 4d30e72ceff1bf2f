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
#define LEADER_SHARE 0.08 /* ... but at most so much of the panel's width */
#define COLUMN_GAP 9.0
#define X_TICK_GAP 4.0 /* between the labels of the x axis, and on a log axis, where they stand unevenly */
#define X_LOG_TICK_GAP 9.0
#define Y_TICK_PITCH 22.0 /* of the labels of the y axis */
#define NAMES_SHARE 0.4   /* largest share of the panel's width for the names of the rows */
#define EDGE_SHARE 0.4    /* ... for the labels at the right edge */
#define NARROW 300.0      /* in a panel less wide than this, such as one of a journal's column, ... */
#define DATA_SHARE 0.6    /* ... the data have at least so much of the width, and columns give way */
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
static double leader_width(const struct render_pen *pen, const struct figure_panel *panel, double width, double height)
{
    double crowd = (double)count_edge_labels(panel) * line_height(pen, THEME_LABEL) / height;

    return fmin(LEADER_WIDTH + LEADER_CROWDED * fmin(1, crowd), LEADER_SHARE * width);
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

/* At their full size, so that panels beside each other are as wide whatever the height of their rows. */
static double names_width(const struct render_pen *pen, const struct figure_panel *panel, double width)
{
    double widest = 0;

    for (size_t i = 0; i < panel->rows; i++)
        if (panel->row[i].name)
            widest = fmax(widest, label_width(pen, panel->row[i].name, 1));
    return fmin(widest, NAMES_SHARE * width) + 1.5 * GAP;
}

static double left_margin(const struct render_pen *pen, const struct figure_panel *panel, double width, double height)
{
    struct ticks ticks;

    if (panel->row)
        return names_width(pen, panel, width);
    ticks = y_ticks(panel, height);
    return widest_tick(pen, &ticks) + TICK_LENGTH + GAP;
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

/* How many of the panel's columns have room. */
static size_t fitting_columns(const struct render_pen *pen, const struct figure_panel *panel, double width)
{
    double taken = names_width(pen, panel, width);
    size_t columns = 0;

    if (width >= NARROW)
        return panel->columns;
    for (; columns < panel->columns; columns++) {
        taken += column_width(pen, panel, &panel->column[columns], 1);
        if (taken > (1 - DATA_SHARE) * width)
            break;
    }
    return columns;
}

static double columns_width(const struct render_pen *pen, const struct figure_panel *panel, double width, double height)
{
    size_t columns = fitting_columns(pen, panel, width);
    double sum = 0;

    for (size_t i = 0; i < columns; i++)
        sum += column_width(pen, panel, &panel->column[i], row_scale(pen, panel, height));
    return sum;
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

    return widest > 0 ? leader_width(pen, panel, room.width, height) + GAP + widest : 0;
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

struct render_margins render_panel_margins(const struct render_pen *pen, const struct render_panel *whole,
                                           struct render_size room)
{
    const struct figure_panel *panel = whole->panel;
    struct render_margins margins = {.top = top_margin(pen, panel), .bottom = bottom_margin(pen, panel)};
    double height = fmax(1, room.height - margins.top - margins.bottom), left_over;

    margins.left = whole->shares_left ? TICK_LENGTH + GAP : left_margin(pen, panel, whole->grid_width, height);
    margins.right = columns_width(pen, panel, room.width, height) + edge_width(pen, panel, room, height);
    left_over = fmax(1, room.width - margins.left - margins.right);
    margins.right += fmax(GAP, beside_width(pen, panel, left_over, height));
    return margins;
}

/* --- axes --------------------------------------------------------------------------------------------------------- */

struct frame {
    const struct render_pen *pen;
    const struct figure_panel *panel;
    const struct canvas_box *outer;
    struct canvas_box box; /* of the axes */
    size_t columns;        /* that there is room for */
};

static void draw_segment(const struct frame *frame, const struct canvas_paint *paint, struct figure_point from,
                         struct figure_point to)
{
    canvas_path(frame->pen->canvas, (struct figure_point[]){from, to}, 2, false, paint);
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

static void draw_upright(const struct frame *frame, const struct canvas_paint *paint, double x, double from, double to)
{
    draw_segment(frame, paint, (struct figure_point){x, from}, (struct figure_point){x, to});
}

static void draw_level(const struct frame *frame, const struct canvas_paint *paint, double y, double from, double to)
{
    draw_segment(frame, paint, (struct figure_point){from, y}, (struct figure_point){to, y});
}

static void draw_grid(const struct frame *frame, const struct ticks *x, const struct ticks *y)
{
    const struct canvas_paint paint = {
        .role = THEME_GRID, .opacity = 1, .width = frame->pen->canvas->theme->grid_width};

    for (size_t i = 0; i < x->count; i++)
        if (*x->tick[i].text)
            draw_upright(frame, &paint, x_place(frame, x->tick[i].value), frame->box.y, bottom_of(frame));
    for (size_t i = 0; i < y->count; i++)
        if (*y->tick[i].text)
            draw_level(frame, &paint, y_place(frame, y->tick[i].value), frame->box.x, right_of(frame));
    for (size_t i = 0; frame->panel->row_lines && i < frame->panel->rows; i++)
        draw_level(frame, &paint, y_place(frame, (double)i), frame->box.x, right_of(frame));
}

static double tick_length(const struct axis_tick *tick)
{
    return *tick->text ? TICK_LENGTH : 0.6 * TICK_LENGTH;
}

static void draw_axes(const struct frame *frame, const struct ticks *x, const struct ticks *y)
{
    const struct canvas_paint paint = {
        .role = THEME_FRAME, .opacity = 1, .width = frame->pen->canvas->theme->frame_width};
    double left = frame->box.x, bottom = bottom_of(frame);

    draw_upright(frame, &paint, left, frame->box.y, bottom);
    draw_level(frame, &paint, bottom, left, right_of(frame));
    for (size_t i = 0; i < x->count; i++)
        draw_upright(frame, &paint, x_place(frame, x->tick[i].value), bottom, bottom + tick_length(&x->tick[i]));
    for (size_t i = 0; i < y->count; i++)
        draw_level(frame, &paint, y_place(frame, y->tick[i].value), left - tick_length(&y->tick[i]), left);
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

/* "Peak resident memory (MiB)", smaller and moved where it would leave the panel; of an empty title the unit alone. */
static void draw_axis_title(const struct frame *frame, const struct axis *axis, const char *title,
                            struct render_anchor anchor)
{
    const char *unit = axis_unit_text(axis);
    char text[160];
    struct render_text line = plain_text(text, THEME_AXIS_TITLE, FIGURE_TEXT);
    double width, left, least = frame->outer->x;

    if (!title)
        return;
    snprintf(text, sizeof text, *title && *unit ? "%s (%s)" : "%s%s", title, unit);
    if (!*text)
        return;
    line.scale = fmin(1, frame->outer->width / render_text_size(frame->pen, &line).width);
    width = render_text_size(frame->pen, &line).width;
    left = fmax(least, fmin(least + frame->outer->width - width, anchor.x - anchor.horizontal * width));
    render_text_draw(frame->pen, &line, (struct render_anchor){left, anchor.y, 0, anchor.vertical});
}

static void draw_titles(const struct frame *frame)
{
    const struct canvas_box *outer = frame->outer;
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
    canvas_begin(frame->pen->canvas, label->subject, NULL);
    render_text_clear(frame->pen, &text, anchor);
    render_text_draw(frame->pen, &text, anchor);
    canvas_end(frame->pen->canvas);
}

static void draw_name(const struct frame *frame, size_t row, double scale)
{
    struct render_text text = label_text(frame->panel->row[row].name, FIGURE_TEXT, scale);

    text.width = frame->box.x - frame->outer->x - 1.5 * GAP;
    text.overflow = RENDER_CUT;
    if (text.text)
        render_text_draw(frame->pen, &text,
                         (struct render_anchor){frame->box.x - 1.5 * GAP, y_place(frame, (double)row), 1, 0.5});
}

static void draw_entry(const struct frame *frame, const struct figure_entry *entry, double x, double y, double scale)
{
    struct render_text text = label_text(entry->text, entry->colour, scale);

    if (text.text)
        render_text_draw(frame->pen, &text, (struct render_anchor){x, y, 1, 0.5});
}

/* A row's name, and its entries from the right to the left. */
static void draw_row(const struct frame *frame, size_t row, const double *right)
{
    double scale = row_scale(frame->pen, frame->panel, frame->box.height);

    canvas_begin(frame->pen->canvas, frame->panel->row[row].subject, NULL);
    draw_name(frame, row, scale);
    for (size_t i = 0; i < frame->columns; i++)
        draw_entry(frame, &frame->panel->column[i].entry[row], right[i], y_place(frame, (double)row), scale);
    canvas_end(frame->pen->canvas);
}

static void draw_rows(const struct frame *frame)
{
    double scale = row_scale(frame->pen, frame->panel, frame->box.height);
    double right[FIGURE_MAX_COLUMNS], at = frame->outer->x + frame->outer->width;

    for (size_t i = frame->columns; i-- > 0;) {
        const struct figure_column *column = &frame->panel->column[i];
        struct render_text heading = plain_text(column->heading, THEME_AXIS_TITLE, FIGURE_TEXT);

        render_text_draw(frame->pen, &heading, (struct render_anchor){at, frame->box.y - 2 * GAP, 1, 1});
        right[i] = at;
        at -= column_width(frame->pen, frame->panel, column, scale);
    }
    for (size_t row = 0; row < frame->panel->rows; row++)
        draw_row(frame, row, right);
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
    struct canvas_paint paint = {.role = THEME_MARK + edge->label->colour,
                                 .opacity = 1,
                                 .width = frame->pen->canvas->theme->leader_width,
                                 .dash = dots,
                                 .dashes = 2};

    if (edge->from.x + BESIDE_GAP < right)
        draw_level(frame, &paint, edge->from.y, edge->from.x + BESIDE_GAP, right);
    paint.dash = NULL;
    draw_segment(frame, &paint, (struct figure_point){fmax(right, edge->from.x + GAP), edge->from.y}, end);
}

static int draw_edge_labels(const struct frame *frame, struct error *error)
{
    size_t count = count_edge_labels(frame->panel);
    double scale = edge_scale(frame->pen, frame->panel, frame->box.height);
    double pitch = line_height(frame->pen, THEME_LABEL) * scale;
    double x = right_of(frame) + leader_width(frame->pen, frame->panel, frame->outer->width, frame->box.height);
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
        canvas_begin(frame->pen->canvas, edge[i].label->subject, NULL);
        draw_leader(frame, &edge[i], (struct figure_point){x, place[i]});
        render_text_draw(frame->pen, &text, (struct render_anchor){x + GAP, place[i], 0, 0.5});
        canvas_end(frame->pen->canvas);
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

int render_panel_draw(const struct render_pen *pen, const struct render_panel *whole, const struct canvas_box *outer,
                      const struct render_margins *margins, struct error *error)
{
    const struct figure_panel *panel = whole->panel;
    struct canvas_box box = {outer->x + margins->left, outer->y + margins->top,
                             fmax(1, outer->width - margins->left - margins->right),
                             fmax(1, outer->height - margins->top - margins->bottom)};
    struct frame frame = {pen, panel, outer, box, fitting_columns(pen, panel, outer->width)};
    struct ticks x = x_ticks(pen, panel, box.width), y = {.count = 0};

    if (!panel->row)
        y = y_ticks(panel, box.height);
    draw_grid(&frame, &x, &y);
    draw_marks(&frame, false);
    draw_axes(&frame, &x, &y);
    draw_x_labels(&frame, &x);
    if (!whole->shares_left)
        draw_y_labels(&frame, &y);
    draw_rows(&frame);
    draw_titles(&frame);
    for (size_t i = 0; i < panel->labels; i++)
        if (panel->label[i].place != FIGURE_EDGE)
            draw_label(&frame, &panel->label[i]);
    draw_marks(&frame, true);
    return draw_edge_labels(&frame, error);
}
