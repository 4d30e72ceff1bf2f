/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws by Cairo. */
#include "plot/canvas.h"

#include <math.h>
#include <pango/pangocairo.h>

static void use(struct canvas *canvas, enum theme_role role, double opacity)
{
    theme_colour colour = theme_role_colour(canvas->theme, role);

    cairo_set_source_rgba(canvas->cairo, theme_red(colour), theme_green(colour), theme_blue(colour), opacity);
}

static void paint_path(struct canvas *canvas, const struct canvas_paint *paint)
{
    use(canvas, paint->role, paint->opacity);
    if (paint->width > 0) {
        cairo_set_dash(canvas->cairo, paint->dash, paint->dash ? paint->dashes : 0, 0);
        cairo_set_line_width(canvas->cairo, paint->width);
        cairo_stroke(canvas->cairo);
    } else {
        cairo_fill(canvas->cairo);
    }
}

static void ground(struct canvas *canvas)
{
    use(canvas, THEME_BACKGROUND, 1);
    cairo_paint(canvas->cairo);
}

static void path(struct canvas *canvas, const struct figure_point *point, size_t points, bool closed,
                 const struct canvas_paint *paint)
{
    cairo_new_path(canvas->cairo);
    for (size_t i = 0; i < points; i++)
        cairo_line_to(canvas->cairo, point[i].x, point[i].y);
    if (closed)
        cairo_close_path(canvas->cairo);
    paint_path(canvas, paint);
}

static void circle(struct canvas *canvas, struct figure_point centre, double radius, const struct canvas_paint *paint)
{
    cairo_new_path(canvas->cairo);
    cairo_arc(canvas->cairo, centre.x, centre.y, radius, 0, 2 * M_PI);
    cairo_close_path(canvas->cairo);
    paint_path(canvas, paint);
}

static void text(struct canvas *canvas, PangoLayout *layout, struct figure_point at, enum theme_role role)
{
    cairo_move_to(canvas->cairo, at.x, at.y);
    use(canvas, role, 1);
    pango_cairo_show_layout(canvas->cairo, layout);
}

static void clip(struct canvas *canvas, const struct canvas_box *box)
{
    cairo_save(canvas->cairo);
    cairo_rectangle(canvas->cairo, box->x, box->y, box->width, box->height);
    cairo_clip(canvas->cairo);
}

static void unclip(struct canvas *canvas)
{
    cairo_restore(canvas->cairo);
}

static void begin(struct canvas *canvas, const char *subject, const char *about)
{
    (void)canvas;
    (void)subject;
    (void)about;
}

static void end(struct canvas *canvas)
{
    (void)canvas;
}

struct canvas canvas_cairo(cairo_t *cairo, const struct theme *theme)
{
    static const struct canvas_methods methods = {ground, path, circle, text, clip, unclip, begin, end};

    return (struct canvas){.methods = &methods, .theme = theme, .cairo = cairo};
}
