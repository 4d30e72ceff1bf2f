/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Measures and draws text. Hinting is off and glyphs stand at fractions of a pixel, so that a text is as wide on a
   screen as on paper and a figure has the same layout in all formats. */
#include "plot/render_text.h"

#include "collect/text.h"

#include <math.h>

/* Share of a text's height, at its top and bottom, where letters seldom are but neighbours may be. */
#define CLEAR_LESS 0.1

static void set_options(PangoContext *context)
{
    cairo_font_options_t *options = cairo_font_options_create();

    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(context, options);
    cairo_font_options_destroy(options);
    pango_context_set_round_glyph_positions(context, FALSE);
    pango_cairo_context_set_resolution(context, 72);          /* a unit is a point */
    pango_context_set_base_dir(context, PANGO_DIRECTION_LTR); /* a name from right to left stands where others stand */
}

/* With a font map of its own: Pango's default one is never freed. */
struct render_pen render_text_pen_new(cairo_t *cairo, const struct theme *theme)
{
    PangoFontMap *fonts = pango_cairo_font_map_new();
    PangoContext *context = pango_font_map_create_context(fonts);
    PangoLayout *layout;

    set_options(context);
    layout = pango_layout_new(context);
    pango_layout_set_single_paragraph_mode(layout, TRUE);
    pango_layout_set_auto_dir(layout, FALSE);
    g_object_unref(context);
    g_object_unref(fonts);
    return (struct render_pen){cairo, theme, layout};
}

void render_text_pen_free(struct render_pen *pen)
{
    g_object_unref(pen->layout);
}

int render_text_check_fonts(const struct render_pen *pen, struct error *error)
{
    pango_layout_set_text(pen->layout, "Memory", -1);
    if (pango_layout_get_unknown_glyphs_count(pen->layout) == 0)
        return 0;
    return error_set(error, "no font with letters can be found (install fonts-dejavu-core, or see fc-list)");
}

void render_text_set_colour(const struct render_pen *pen, theme_colour colour, double opacity)
{
    cairo_set_source_rgba(pen->cairo, theme_red(colour), theme_green(colour), theme_blue(colour), opacity);
}

/* A path may hold any bytes. */
static void set_valid_text(PangoLayout *layout, const char *text)
{
    char *valid = g_strdup(text);

    text_make_utf8(valid);
    pango_layout_set_text(layout, valid, -1);
    g_free(valid);
}

static struct render_size lay_out(const struct render_pen *pen, const struct render_text *text)
{
    PangoFontDescription *font = pango_font_description_from_string(theme_fonts[text->font]);
    bool cut = text->overflow == RENDER_CUT && text->width > 0;
    int width, height;

    pango_font_description_set_size(font, (int)lround(pango_font_description_get_size(font) * text->scale));
    pango_layout_set_font_description(pen->layout, font);
    pango_font_description_free(font);
    pango_layout_set_width(pen->layout, text->width > 0 ? (int)ceil(text->width * PANGO_SCALE) : -1);
    pango_layout_set_ellipsize(pen->layout, cut ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
    set_valid_text(pen->layout, text->text);
    pango_layout_get_size(pen->layout, &width, &height);
    return (struct render_size){(double)width / PANGO_SCALE, (double)height / PANGO_SCALE};
}

struct render_size render_text_size(const struct render_pen *pen, const struct render_text *text)
{
    return lay_out(pen, text);
}

void render_text_clear(const struct render_pen *pen, const struct render_text *text, struct render_anchor anchor)
{
    struct render_size size = lay_out(pen, text);

    cairo_rectangle(pen->cairo, anchor.x - anchor.horizontal * size.width,
                    anchor.y - anchor.vertical * size.height + CLEAR_LESS * size.height, size.width,
                    (1 - 2 * CLEAR_LESS) * size.height);
    render_text_set_colour(pen, pen->theme->background, 1);
    cairo_fill(pen->cairo);
}

struct render_size render_text_draw(const struct render_pen *pen, const struct render_text *text,
                                    struct render_anchor anchor)
{
    struct render_size size = lay_out(pen, text);

    cairo_move_to(pen->cairo, anchor.x - anchor.horizontal * size.width, anchor.y - anchor.vertical * size.height);
    render_text_set_colour(pen, pen->theme->ink[text->colour].text, 1);
    pango_cairo_show_layout(pen->cairo, pen->layout);
    return size;
}
