/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes SVG 1.1 with texts that can be found, copied and read aloud. What is cut off lies in an svg element of its
   own, so that nothing needs an id and figures can stand beside each other in one page. */
#include "plot/canvas.h"

#include "plot/markup.h"

#include <math.h>
#include <stdlib.h>

/* --- numbers and texts -------------------------------------------------------------------------------------------- */

/* A tenth of a point, 0.035 mm, is finer than any line. */
static long tenths(double points)
{
    return lround(10 * points);
}

static void write_tenths(FILE *stream, long number)
{
    fputs(number < 0 ? "-" : "", stream);
    if (labs(number) >= 10 || number == 0)
        fprintf(stream, "%ld", labs(number) / 10);
    if (number % 10 != 0)
        fprintf(stream, ".%ld", labs(number) % 10);
}

static void write_length(FILE *stream, const char *name, double points)
{
    fprintf(stream, " %s=\"", name);
    write_tenths(stream, tenths(points));
    putc('"', stream);
}

/* --- shapes ------------------------------------------------------------------------------------------------------- */

static void write_paint(FILE *stream, const struct canvas_paint *paint)
{
    fprintf(stream, " class=\"%c%d\"", paint->width > 0 ? 's' : 'f', (int)paint->role);
    if (paint->opacity < 1)
        fprintf(stream, " opacity=\"%.2g\"", paint->opacity);
    if (paint->width > 0)
        write_length(stream, "stroke-width", paint->width);
    if (paint->width > 0 && paint->dash && paint->dashes > 0) {
        fputs(" stroke-dasharray=\"", stream);
        for (int i = 0; i < paint->dashes; i++) {
            fputs(i > 0 ? " " : "", stream);
            write_tenths(stream, tenths(paint->dash[i]));
        }
        putc('"', stream);
    }
    fputs("/>\n", stream);
}

static void ground(struct canvas *canvas)
{
    fprintf(canvas->stream, "<rect width=\"100%%\" height=\"100%%\" class=\"f%d\"/>\n", THEME_BACKGROUND);
}

static void write_place(FILE *stream, struct figure_point at)
{
    fputs("M", stream);
    write_tenths(stream, tenths(at.x));
    putc(' ', stream);
    write_tenths(stream, tenths(at.y));
}

/* Steps from point to point, as rounded, so that errors do not add up; those of no length are left out. */
static void write_steps(FILE *stream, const struct figure_point *point, size_t points)
{
    bool has_step = false;

    for (size_t i = 1; i < points; i++) {
        long across = tenths(point[i].x) - tenths(point[i - 1].x), down = tenths(point[i].y) - tenths(point[i - 1].y);

        if (across == 0 && down == 0)
            continue;
        fputs(!has_step ? "l" : across < 0 ? "" : " ", stream);
        write_tenths(stream, across);
        fputs(down < 0 ? "" : " ", stream);
        write_tenths(stream, down);
        has_step = true;
    }
}

static void path(struct canvas *canvas, const struct figure_point *point, size_t points, bool closed,
                 const struct canvas_paint *paint)
{
    if (points == 0)
        return;
    fputs("<path d=\"", canvas->stream);
    write_place(canvas->stream, point[0]);
    write_steps(canvas->stream, point, points);
    fputs(closed ? "z\"" : "\"", canvas->stream);
    write_paint(canvas->stream, paint);
}

static void circle(struct canvas *canvas, struct figure_point centre, double radius, const struct canvas_paint *paint)
{
    fputs("<circle", canvas->stream);
    write_length(canvas->stream, "cx", centre.x);
    write_length(canvas->stream, "cy", centre.y);
    write_length(canvas->stream, "r", radius);
    write_paint(canvas->stream, paint);
}

/* --- texts -------------------------------------------------------------------------------------------------------- */

static void write_line(struct canvas *canvas, PangoLayout *layout, PangoLayoutIter *line, struct figure_point at,
                       enum theme_role role)
{
    const PangoFontDescription *font = pango_layout_get_font_description(layout);
    const PangoLayoutLine *content = pango_layout_iter_get_line_readonly(line);
    char *text = g_strndup(pango_layout_get_text(layout) + content->start_index, (gsize)content->length);
    PangoRectangle extents;
    FILE *stream = canvas->stream;

    g_strchomp(text); /* where a line was broken */
    pango_layout_iter_get_line_extents(line, NULL, &extents);
    fputs("<text", stream);
    write_length(stream, "x", at.x + (double)extents.x / PANGO_SCALE);
    write_length(stream, "y", at.y + (double)pango_layout_iter_get_baseline(line) / PANGO_SCALE);
    write_length(stream, "textLength", (double)extents.width / PANGO_SCALE);
    write_length(stream, "font-size", (double)pango_font_description_get_size(font) / PANGO_SCALE);
    if (pango_font_description_get_weight(font) >= PANGO_WEIGHT_BOLD)
        fputs(" font-weight=\"bold\"", stream);
    fprintf(stream, " class=\"f%d\">", (int)role);
    markup_write(text, stream);
    fputs("</text>\n", stream);
    g_free(text);
}

static void text(struct canvas *canvas, PangoLayout *layout, struct figure_point at, enum theme_role role)
{
    PangoLayoutIter *line = pango_layout_get_iter(layout);

    do
        if (pango_layout_iter_get_line_readonly(line)->length > 0)
            write_line(canvas, layout, line, at, role);
    while (pango_layout_iter_next_line(line));
    pango_layout_iter_free(line);
}

/* --- groups ------------------------------------------------------------------------------------------------------- */

static void clip(struct canvas *canvas, const struct canvas_box *box)
{
    FILE *stream = canvas->stream;

    fputs("<svg", stream);
    write_length(stream, "x", box->x);
    write_length(stream, "y", box->y);
    write_length(stream, "width", box->width);
    write_length(stream, "height", box->height);
    fprintf(stream, " viewBox=\"%.1f %.1f %.1f %.1f\">\n", box->x, box->y, box->width, box->height);
}

static void unclip(struct canvas *canvas)
{
    fputs("</svg>\n", canvas->stream);
}

static void begin(struct canvas *canvas, const char *subject, const char *about)
{
    FILE *stream = canvas->stream;

    fputs("<g", stream);
    if (subject) {
        fputs(" data-of=\"", stream);
        markup_write(subject, stream);
        putc('"', stream);
    }
    putc('>', stream);
    if (about) {
        fputs("<title>", stream);
        markup_write(about, stream);
        fputs("</title>", stream);
    }
    putc('\n', stream);
}

static void end(struct canvas *canvas)
{
    fputs("</g>\n", canvas->stream);
}

/* --- the canvas --------------------------------------------------------------------------------------------------- */

void canvas_svg_write_style(FILE *stream, const struct theme *theme)
{
    for (enum theme_role role = 0; role < THEME_ROLES; role++)
        fprintf(stream, ".f%d{fill:#%06x}.s%d{fill:none;stroke:#%06x}\n", (int)role, theme_role_colour(theme, role),
                (int)role, theme_role_colour(theme, role));
}

/* Its name is an attribute within a page, where the title of an element shows wherever the pointer is. */
static void write_name(FILE *stream, const struct canvas_svg_page *page)
{
    fputs(" role=\"group\" aria-label=\"", stream);
    markup_write(page->title, stream);
    fputs("\">\n", stream);
}

static void write_titles(FILE *stream, const struct canvas_svg_page *page)
{
    fputs(" role=\"img\" aria-labelledby=\"title description\">\n<title id=\"title\">", stream);
    markup_write(page->title, stream);
    fputs("</title>\n<desc id=\"description\">", stream);
    markup_write(page->description, stream);
    fputs("</desc>\n", stream);
}

void canvas_svg_open(FILE *stream, const struct canvas_svg_page *page)
{
    if (!page->is_part)
        fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", stream);
    fputs("<svg xmlns=\"http://www.w3.org/2000/svg\"", stream);
    if (!page->is_part)
        fprintf(stream, " width=\"%gmm\" height=\"%gmm\"", page->width_mm, page->height_mm);
    fprintf(stream, " viewBox=\"0 0 %.1f %.1f\"", page->width_mm * THEME_POINTS_PER_MM,
            page->height_mm * THEME_POINTS_PER_MM);
    if (page->is_part) {
        write_name(stream, page);
        return;
    }
    write_titles(stream, page);
    fputs("<style>text{font-family:" CANVAS_SVG_FONTS "}\n", stream);
    canvas_svg_write_style(stream, page->theme);
    fputs("</style>\n", stream);
}

void canvas_svg_close(FILE *stream)
{
    fputs("</svg>\n", stream);
}

struct canvas canvas_svg(FILE *stream, const struct theme *theme)
{
    static const struct canvas_methods methods = {ground, path, circle, text, clip, unclip, begin, end};

    return (struct canvas){.methods = &methods, .theme = theme, .stream = stream};
}
