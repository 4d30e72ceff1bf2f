/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/render_mark.h"

#include <math.h>

/* Share of a row's height, and the most: few rows in a high panel would have fat bars. */
#define BAR_SHARE 0.68
#define BAR_MOST 15.0

/* How far beyond the box a mark that is cut off may reach: Cairo's coordinates are 24.8 fixed point numbers. */
#define FAR_AWAY 1e4

struct figure_point render_mark_place(const struct figure_panel *panel, const struct render_box *box,
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
    [FIGURE_ARROW_LEFT] = {3, {{-1.4, 0}, {0.85, -1.25}, {0.85, 1.25}}},
};
/* clang-format on */

static void trace_marker(cairo_t *cairo, enum figure_shape shape, struct figure_point at, double radius)
{
    const struct outline *outline = &outlines[shape];

    cairo_new_path(cairo);
    if (outline->corners == 0)
        cairo_arc(cairo, at.x, at.y, radius, 0, 2 * M_PI);
    for (size_t i = 0; i < outline->corners; i++)
        cairo_line_to(cairo, at.x + radius * outline->corner[i].x, at.y + radius * outline->corner[i].y);
    cairo_close_path(cairo);
}

void render_marker_draw(const struct render_pen *pen, const struct figure_style *style, struct figure_point at,
                        double scale)
{
    const struct theme *theme = pen->theme;
    theme_colour colour = theme->ink[style->colour].mark;
    double line = style->hollow ? theme->whisker_width : 0;

    trace_marker(pen->cairo, style->shape, at, scale * theme->marker_size / 2 - line / 4);
    if (style->hollow) {
        render_text_set_colour(pen, theme->background, 1);
        cairo_fill_preserve(pen->cairo);
        render_text_set_colour(pen, colour, 1);
        cairo_set_line_width(pen->cairo, line);
        cairo_stroke(pen->cairo);
    } else {
        render_text_set_colour(pen, colour, style->faint ? theme->faint_opacity : 1);
        cairo_fill(pen->cairo);
    }
}

/* --- marks -------------------------------------------------------------------------------------------------------- */

struct canvas {
    const struct render_pen *pen;
    const struct figure_panel *panel;
    const struct render_box *box;
    double scale;
};

static struct figure_point place(const struct canvas *canvas, struct figure_point value)
{
    return render_mark_place(canvas->panel, canvas->box, value);
}

static void trace_points(const struct canvas *canvas, const struct figure_mark *mark)
{
    cairo_new_path(canvas->pen->cairo);
    for (size_t i = 0; i < mark->points; i++) {
        struct figure_point at = place(canvas, mark->point[i]);

        cairo_line_to(canvas->pen->cairo, at.x, at.y);
    }
}

static void clip(const struct canvas *canvas)
{
    const struct render_box *box = canvas->box;

    cairo_rectangle(canvas->pen->cairo, box->x, box->y, box->width, box->height);
    cairo_clip(canvas->pen->cairo);
}

static void set_line(const struct canvas *canvas, enum figure_dash dash, double width)
{
    static const struct {
        int lengths;
        double length[4]; /* in line widths */
    } patterns[FIGURE_DASHES] = {
        [FIGURE_SOLID] = {0, {0}},
        [FIGURE_DASHED] = {2, {5, 2.5}},
        [FIGURE_DOTTED] = {2, {1.2, 1.8}},
        [FIGURE_DASH_DOTTED] = {4, {5, 1.8, 1.2, 1.8}},
    };
    double length[4];

    for (size_t i = 0; i < 4; i++)
        length[i] = patterns[dash].length[i] * width;
    cairo_set_dash(canvas->pen->cairo, length, patterns[dash].lengths, 0);
    cairo_set_line_width(canvas->pen->cairo, width);
}

static void draw_points(const struct canvas *canvas, const struct figure_mark *mark)
{
    for (size_t i = 0; i < mark->points; i++)
        render_marker_draw(canvas->pen, &mark->style, place(canvas, mark->point[i]), canvas->scale);
}

static void draw_line(const struct canvas *canvas, const struct figure_mark *mark)
{
    clip(canvas);
    trace_points(canvas, mark);
    set_line(canvas, mark->style.dash, canvas->pen->theme->line_width);
    render_text_set_colour(canvas->pen, canvas->pen->theme->ink[mark->style.colour].mark, 1);
    cairo_stroke(canvas->pen->cairo);
}

static void draw_band(const struct canvas *canvas, const struct figure_mark *mark)
{
    clip(canvas);
    trace_points(canvas, mark);
    render_text_set_colour(canvas->pen, canvas->pen->theme->ink[mark->style.colour].mark,
                           canvas->pen->theme->band_opacity);
    cairo_fill(canvas->pen->cairo);
}

static double bar_thickness(const struct canvas *canvas)
{
    double row = canvas->box->height / (double)(canvas->panel->rows > 0 ? canvas->panel->rows : 1);

    return fmin(BAR_SHARE * row, BAR_MOST);
}

static void draw_bar(const struct canvas *canvas, const struct figure_mark *mark)
{
    struct figure_point from = place(canvas, mark->point[0]), to = place(canvas, mark->point[1]);
    double thickness = bar_thickness(canvas);

    cairo_rectangle(canvas->pen->cairo, from.x, from.y - thickness / 2, to.x - from.x, thickness);
    render_text_set_colour(canvas->pen, canvas->pen->theme->ink[mark->style.colour].mark,
                           canvas->pen->theme->bar_opacity);
    cairo_fill(canvas->pen->cairo);
}

/* A slanted gap as wide as a quarter of a bar is thick, seen as the background between two edges. */
static void draw_break(const struct canvas *canvas, const struct figure_mark *mark)
{
    double reach = 0.8 * bar_thickness(canvas), gap = reach / 2.5;

    for (size_t i = 0; i < mark->points; i++) {
        struct figure_point at = place(canvas, mark->point[i]);

        cairo_new_path(canvas->pen->cairo);
        cairo_move_to(canvas->pen->cairo, at.x - reach / 3, at.y + reach);
        cairo_line_to(canvas->pen->cairo, at.x + reach / 3, at.y - reach);
        cairo_set_line_width(canvas->pen->cairo, gap);
        render_text_set_colour(canvas->pen, canvas->pen->theme->background, 1);
        cairo_stroke(canvas->pen->cairo);
    }
}

static void trace_cap(const struct canvas *canvas, struct figure_point at, bool upright)
{
    double reach = canvas->scale * canvas->pen->theme->cap_size / 2;

    cairo_move_to(canvas->pen->cairo, at.x - (upright ? 0 : reach), at.y - (upright ? reach : 0));
    cairo_line_to(canvas->pen->cairo, at.x + (upright ? 0 : reach), at.y + (upright ? reach : 0));
}

static void draw_interval(const struct canvas *canvas, const struct figure_mark *mark)
{
    struct figure_point low = place(canvas, mark->point[0]), high = place(canvas, mark->point[1]);
    bool lies = mark->point[0].y == mark->point[1].y;

    cairo_new_path(canvas->pen->cairo);
    cairo_move_to(canvas->pen->cairo, low.x, low.y);
    cairo_line_to(canvas->pen->cairo, high.x, high.y);
    trace_cap(canvas, low, lies);
    trace_cap(canvas, high, lies);
    set_line(canvas, FIGURE_SOLID, canvas->pen->theme->whisker_width);
    render_text_set_colour(canvas->pen, canvas->pen->theme->ink[mark->style.colour].mark, 1);
    cairo_stroke(canvas->pen->cairo);
}

void render_mark_draw(const struct render_pen *pen, const struct figure_panel *panel, const struct render_box *box,
                      const struct figure_mark *mark, double scale)
{
    static void (*const draw[])(const struct canvas *canvas, const struct figure_mark *mark) = {
        [FIGURE_POINTS] = draw_points, [FIGURE_LINE] = draw_line,         [FIGURE_BAND] = draw_band,
        [FIGURE_BAR] = draw_bar,       [FIGURE_INTERVAL] = draw_interval, [FIGURE_BREAK] = draw_break,
    };
    struct canvas canvas = {pen, panel, box, scale};

    cairo_save(pen->cairo);
    draw[mark->kind](&canvas, mark);
    cairo_restore(pen->cairo);
}
