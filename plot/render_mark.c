/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/render_mark.h"

#include <math.h>

/* Share of a row's height, and the most: few rows in a high panel would have fat bars. */
#define BAR_SHARE 0.68
#define BAR_MOST 15.0

/* How far beyond the box a mark that is cut off may reach: Cairo's coordinates are 24.8 fixed point numbers. */
#define FAR_AWAY 1e4

struct figure_point render_mark_place(const struct figure_panel *panel, const struct canvas_box *box,
                                      struct figure_point value)
{
    double x = box->x + axis_fraction(&panel->x, value.x) * box->width;
    double y = box->y + (1 - axis_fraction(&panel->y, value.y)) * box->height;

    return (struct figure_point){fmax(-FAR_AWAY, fmin(FAR_AWAY, x)), fmax(-FAR_AWAY, fmin(FAR_AWAY, y))};
}

/* --- markers ------------------------------------------------------------------------------------------------------ */

/* Corners around the centre in units of the circle's radius, y down; the circle has none. All have about its area. */
/* clang-format off */
#define MAX_CORNERS 12
static const struct outline {
    size_t corners;
    struct figure_point corner[MAX_CORNERS];
} outlines[FIGURE_SHAPES] = {
    [FIGURE_SQUARE] = {4, {{-0.89, -0.89}, {0.89, -0.89}, {0.89, 0.89}, {-0.89, 0.89}}},
    [FIGURE_DIAMOND] = {4, {{0, -1.25}, {1.25, 0}, {0, 1.25}, {-1.25, 0}}},
    [FIGURE_TRIANGLE] = {3, {{0, -1.4}, {1.25, 0.85}, {-1.25, 0.85}}},
    [FIGURE_TRIANGLE_DOWN] = {3, {{0, 1.4}, {1.25, -0.85}, {-1.25, -0.85}}},
    [FIGURE_PLUS] = {12, {{-0.45, -1.25}, {0.45, -1.25}, {0.45, -0.45}, {1.25, -0.45}, {1.25, 0.45}, {0.45, 0.45},
                          {0.45, 1.25}, {-0.45, 1.25}, {-0.45, 0.45}, {-1.25, 0.45}, {-1.25, -0.45}, {-0.45, -0.45}}},
    [FIGURE_STAR] = {10, {{0, -1.5}, {0.4, -0.55}, {1.43, -0.46}, {0.65, 0.21}, {0.88, 1.21}, {0, 0.68},
                          {-0.88, 1.21}, {-0.65, 0.21}, {-1.43, -0.46}, {-0.4, -0.55}}},
    [FIGURE_CROSS] = {12, {{-1.2, -0.57}, {-0.57, -1.2}, {0, -0.63}, {0.57, -1.2}, {1.2, -0.57}, {0.63, 0},
                           {1.2, 0.57}, {0.57, 1.2}, {0, 0.63}, {-0.57, 1.2}, {-1.2, 0.57}, {-0.63, 0}}},
    [FIGURE_HEXAGON] = {6, {{-1.1, 0}, {-0.55, -0.95}, {0.55, -0.95}, {1.1, 0}, {0.55, 0.95}, {-0.55, 0.95}}},
    [FIGURE_ARROW_LEFT] = {3, {{-1.4, 0}, {0.85, -1.25}, {0.85, 1.25}}},
};
/* clang-format on */

static void trace_marker(const struct render_pen *pen, enum figure_shape shape, struct figure_point at, double radius,
                         const struct canvas_paint *paint)
{
    const struct outline *outline = &outlines[shape];
    struct figure_point corner[MAX_CORNERS] = {{0}};

    if (outline->corners == 0) {
        canvas_circle(pen->canvas, at, radius, paint);
        return;
    }
    for (size_t i = 0; i < outline->corners; i++)
        corner[i] = (struct figure_point){at.x + radius * outline->corner[i].x, at.y + radius * outline->corner[i].y};
    canvas_path(pen->canvas, corner, outline->corners, true, paint);
}

void render_marker_draw(const struct render_pen *pen, const struct figure_style *style, struct figure_point at,
                        double scale)
{
    const struct theme *theme = pen->canvas->theme;
    double line = style->hollow ? theme->whisker_width : 0, radius = scale * theme->marker_size / 2 - line / 4;
    const struct canvas_paint ground = {.role = THEME_BACKGROUND, .opacity = 1};
    const struct canvas_paint ink = {.role = THEME_MARK + style->colour,
                                     .opacity = style->faint && !style->hollow ? theme->faint_opacity : 1,
                                     .width = line};

    if (style->hollow)
        trace_marker(pen, style->shape, at, radius, &ground);
    trace_marker(pen, style->shape, at, radius, &ink);
}

/* --- marks -------------------------------------------------------------------------------------------------------- */

struct frame {
    const struct render_pen *pen;
    const struct figure_panel *panel;
    const struct canvas_box *box;
    double scale;
};

static struct figure_point place(const struct frame *frame, struct figure_point value)
{
    return render_mark_place(frame->panel, frame->box, value);
}

#define MOST_DASHES 4

/* A line of the mark's; `length` has room for the dashes. */
static struct canvas_paint line_of(const struct figure_style *style, double width, double length[MOST_DASHES])
{
    static const struct {
        int lengths;
        double length[MOST_DASHES]; /* in line widths */
    } patterns[FIGURE_DASHES] = {
        [FIGURE_SOLID] = {0, {0}},
        [FIGURE_DASHED] = {2, {5, 2.5}},
        [FIGURE_DOTTED] = {2, {1.2, 1.8}},
        [FIGURE_DASH_DOTTED] = {4, {5, 1.8, 1.2, 1.8}},
    };

    for (size_t i = 0; i < MOST_DASHES; i++)
        length[i] = patterns[style->dash].length[i] * width;
    return (struct canvas_paint){.role = THEME_MARK + style->colour,
                                 .opacity = 1,
                                 .width = width,
                                 .dash = length,
                                 .dashes = patterns[style->dash].lengths};
}

static void draw_points(const struct frame *frame, const struct figure_mark *mark)
{
    for (size_t i = 0; i < mark->points; i++)
        render_marker_draw(frame->pen, &mark->style, place(frame, mark->point[i]), frame->scale);
}

/* Whether a line of that width through the points stays within the box. */
static bool is_within(const struct canvas_box *box, const struct figure_point *at, size_t points, double width)
{
    for (size_t i = 0; i < points; i++)
        if (at[i].x < box->x + width || at[i].x > box->x + box->width - width || at[i].y < box->y + width ||
            at[i].y > box->y + box->height - width)
            return false;
    return true;
}

/* Through all points of the mark, cut off at the box: an SVG is smaller without cuts that cut nothing. */
static void draw_through(const struct frame *frame, const struct figure_mark *mark, bool closed,
                         const struct canvas_paint *paint)
{
    struct figure_point *at = g_new(struct figure_point, mark->points);
    bool is_cut;

    for (size_t i = 0; i < mark->points; i++)
        at[i] = place(frame, mark->point[i]);
    is_cut = !is_within(frame->box, at, mark->points, paint->width);
    if (is_cut)
        canvas_clip(frame->pen->canvas, frame->box);
    canvas_path(frame->pen->canvas, at, mark->points, closed, paint);
    if (is_cut)
        canvas_unclip(frame->pen->canvas);
    g_free(at);
}

static void draw_line(const struct frame *frame, const struct figure_mark *mark)
{
    const struct theme *theme = frame->pen->canvas->theme;
    double length[MOST_DASHES];
    struct canvas_paint paint =
        line_of(&mark->style, mark->style.faint ? theme->leader_width : theme->line_width, length);

    draw_through(frame, mark, false, &paint);
}

static void draw_band(const struct frame *frame, const struct figure_mark *mark)
{
    draw_through(frame, mark, true,
                 &(struct canvas_paint){.role = THEME_MARK + mark->style.colour,
                                        .opacity = frame->pen->canvas->theme->band_opacity});
}

static double bar_thickness(const struct frame *frame)
{
    double row = frame->box->height / (double)(frame->panel->rows > 0 ? frame->panel->rows : 1);

    return fmin(BAR_SHARE * row, BAR_MOST);
}

static void draw_bar(const struct frame *frame, const struct figure_mark *mark)
{
    struct figure_point from = place(frame, mark->point[0]), to = place(frame, mark->point[1]);
    double top = from.y - bar_thickness(frame) / 2, bottom = from.y + bar_thickness(frame) / 2;
    const struct figure_point corner[] = {{from.x, top}, {to.x, top}, {to.x, bottom}, {from.x, bottom}};

    canvas_path(frame->pen->canvas, corner, 4, true,
                &(struct canvas_paint){.role = THEME_MARK + mark->style.colour,
                                       .opacity = frame->pen->canvas->theme->bar_opacity});
}

/* A slanted gap as wide as a quarter of a bar is thick, seen as the background between two edges. */
static void draw_break(const struct frame *frame, const struct figure_mark *mark)
{
    double reach = 0.8 * bar_thickness(frame);

    for (size_t i = 0; i < mark->points; i++) {
        struct figure_point at = place(frame, mark->point[i]);
        const struct figure_point slant[] = {{at.x - reach / 3, at.y + reach}, {at.x + reach / 3, at.y - reach}};

        canvas_path(frame->pen->canvas, slant, 2, false,
                    &(struct canvas_paint){.role = THEME_BACKGROUND, .opacity = 1, .width = reach / 2.5});
    }
}

static void draw_cap(const struct frame *frame, struct figure_point at, bool upright, const struct canvas_paint *paint)
{
    double reach = frame->scale * frame->pen->canvas->theme->cap_size / 2;
    double across = upright ? 0 : reach, along = upright ? reach : 0;
    const struct figure_point cap[] = {{at.x - across, at.y - along}, {at.x + across, at.y + along}};

    canvas_path(frame->pen->canvas, cap, 2, false, paint);
}

/* Caps nearer to each other than so many of their lengths would make a star of the marker between them. */
#define CAPS_APART 2.5

static void draw_interval(const struct frame *frame, const struct figure_mark *mark)
{
    const struct figure_point limits[] = {place(frame, mark->point[0]), place(frame, mark->point[1])};
    double length = hypot(limits[1].x - limits[0].x, limits[1].y - limits[0].y);
    bool lies = mark->point[0].y == mark->point[1].y;
    const struct canvas_paint paint = {
        .role = THEME_MARK + mark->style.colour, .opacity = 1, .width = frame->pen->canvas->theme->whisker_width};

    canvas_path(frame->pen->canvas, limits, 2, false, &paint);
    if (length < CAPS_APART * frame->scale * frame->pen->canvas->theme->cap_size)
        return;
    draw_cap(frame, limits[0], lies, &paint);
    draw_cap(frame, limits[1], lies, &paint);
}

static void draw_ticks(const struct frame *frame, const struct figure_mark *mark)
{
    double bottom = frame->box->y + frame->box->height, length = frame->pen->canvas->theme->marker_size;
    const struct canvas_paint paint = {
        .role = THEME_MARK + mark->style.colour, .opacity = 1, .width = frame->pen->canvas->theme->leader_width};

    for (size_t i = 0; i < mark->points; i++) {
        double x = place(frame, mark->point[i]).x;

        canvas_path(frame->pen->canvas, (struct figure_point[]){{x, bottom}, {x, bottom - length}}, 2, false, &paint);
    }
}

void render_mark_draw(const struct render_pen *pen, const struct figure_panel *panel, const struct canvas_box *box,
                      const struct figure_mark *mark, double scale)
{
    static void (*const draw[])(const struct frame *frame, const struct figure_mark *mark) = {
        [FIGURE_POINTS] = draw_points, [FIGURE_LINE] = draw_line,         [FIGURE_BAND] = draw_band,
        [FIGURE_BAR] = draw_bar,       [FIGURE_INTERVAL] = draw_interval, [FIGURE_BREAK] = draw_break,
        [FIGURE_TICKS] = draw_ticks,
    };
    const struct frame frame = {pen, panel, box, scale};
    bool is_of_someone = mark->style.subject || mark->style.about;

    if (is_of_someone)
        canvas_begin(pen->canvas, mark->style.subject, mark->style.about);
    draw[mark->kind](&frame, mark);
    if (is_of_someone)
        canvas_end(pen->canvas);
}
