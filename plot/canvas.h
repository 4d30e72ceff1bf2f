/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What figures are drawn on: shapes, lines and texts in the colours of a theme. Cairo and a writer of SVG implement it.
   Lengths are in points (1/72 inch), the origin is the upper left corner. */
#ifndef TASKWEIGHT_PLOT_CANVAS_H
#define TASKWEIGHT_PLOT_CANVAS_H

#include "plot/theme.h"

#include <cairo.h>
#include <pango/pango.h>
#include <stdbool.h>
#include <stdio.h>

/* How a path is drawn: filled or, with a width, along its line. */
struct canvas_paint {
    enum theme_role role;
    double opacity;
    double width;
    const double *dash; /* lengths, on and off in turn; NULL: solid */
    int dashes;
};

struct canvas_box {
    double x, y, width, height;
};

struct canvas;

struct canvas_methods {
    void (*ground)(struct canvas *canvas);
    void (*path)(struct canvas *canvas, const struct figure_point *point, size_t points, bool closed,
                 const struct canvas_paint *paint);
    void (*circle)(struct canvas *canvas, struct figure_point centre, double radius, const struct canvas_paint *paint);
    void (*text)(struct canvas *canvas, PangoLayout *layout, struct figure_point at, enum theme_role role);
    void (*clip)(struct canvas *canvas, const struct canvas_box *box);
    void (*unclip)(struct canvas *canvas);
    void (*begin)(struct canvas *canvas, const char *subject, const char *about);
    void (*end)(struct canvas *canvas);
};

struct canvas {
    const struct canvas_methods *methods;
    const struct theme *theme;
    cairo_t *cairo; /* Cairo's; borrowed */
    FILE *stream;   /* of SVG; borrowed */
};

struct canvas canvas_cairo(cairo_t *cairo, const struct theme *theme);

/* Within the elements that canvas_svg_open and canvas_svg_close write. Errors of writing stay in the stream. */
struct canvas canvas_svg(FILE *stream, const struct theme *theme);

struct canvas_svg_page {
    double width_mm, height_mm;
    const char *title, *description; /* for who does not see it; "" for none */
    const struct theme *theme;
    bool is_part; /* of a page of HTML, which has a style for all of its figures */
};

void canvas_svg_open(FILE *stream, const struct canvas_svg_page *page);
void canvas_svg_close(FILE *stream);

/* Colours are classes: writes what they are in a theme. */
void canvas_svg_write_style(FILE *stream, const struct theme *theme);

/* What theme_fonts name, and fonts as wide that other systems have; for CSS. */
#define CANVAS_SVG_FONTS "'DejaVu Sans',Verdana,sans-serif"

/* Fills the whole page with the background. */
static inline void canvas_ground(struct canvas *canvas)
{
    canvas->methods->ground(canvas);
}

static inline void canvas_path(struct canvas *canvas, const struct figure_point *point, size_t points, bool closed,
                               const struct canvas_paint *paint)
{
    canvas->methods->path(canvas, point, points, closed, paint);
}

static inline void canvas_circle(struct canvas *canvas, struct figure_point centre, double radius,
                                 const struct canvas_paint *paint)
{
    canvas->methods->circle(canvas, centre, radius, paint);
}

/* Draws the layout, whose upper left corner is at that place. */
static inline void canvas_text(struct canvas *canvas, PangoLayout *layout, struct figure_point at, enum theme_role role)
{
    canvas->methods->text(canvas, layout, at, role);
}

/* Until canvas_unclip all is cut off at the box. */
static inline void canvas_clip(struct canvas *canvas, const struct canvas_box *box)
{
    canvas->methods->clip(canvas, box);
}

static inline void canvas_unclip(struct canvas *canvas)
{
    canvas->methods->unclip(canvas);
}

/* Until canvas_end all is of one subject ("libuv") and says something about it ("10k tasks: 1.62 MiB"), where the
   format can; NULL for none. */
static inline void canvas_begin(struct canvas *canvas, const char *subject, const char *about)
{
    canvas->methods->begin(canvas, subject, about);
}

static inline void canvas_end(struct canvas *canvas)
{
    canvas->methods->end(canvas);
}

#endif
