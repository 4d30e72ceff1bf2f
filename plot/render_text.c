/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Measures and draws text. Hinting is off and glyphs stand at fractions of a pixel, so that a text is as wide on a
   screen as on paper and a figure has the same layout in all formats. */
#include "plot/render_text.h"

#include "collect/text.h"

#include <math.h>
#include <pango/pangocairo.h>
#include <string.h>

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
struct render_pen render_text_pen_new(struct canvas *canvas)
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
    return (struct render_pen){canvas, layout};
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

static struct render_size size_of(PangoLayout *layout)
{
    int width, height;

    pango_layout_get_size(layout, &width, &height);
    return (struct render_size){(double)width / PANGO_SCALE, (double)height / PANGO_SCALE};
}

/* Sets so many characters of the text, the rest in its middle replaced by an ellipsis. */
static void set_shortened(PangoLayout *layout, const char *text, glong characters, glong kept)
{
    glong first = (kept + 1) / 2, last = kept - first;
    const char *middle = g_utf8_offset_to_pointer(text, first);
    char *shortened =
        g_strdup_printf("%.*s…%s", (int)(middle - text), text, g_utf8_offset_to_pointer(text, characters - last));

    pango_layout_set_text(layout, shortened, -1);
    g_free(shortened);
}

/* Names often differ at their ends, so it is the middle that is left out; as little of it as will do. */
static void shorten(PangoLayout *layout, const char *text, double width)
{
    glong characters = g_utf8_strlen(text, -1), fits = 0, fails = characters;

    while (fits + 1 < fails) {
        glong kept = (fits + fails) / 2;

        set_shortened(layout, text, characters, kept);
        *(size_of(layout).width <= width ? &fits : &fails) = kept;
    }
    set_shortened(layout, text, characters, fits);
}

/* No line ends between a number and its percent sign, which the SI Brochure, section 5.4.7, sets apart by a space. */
static void keep_percents(PangoLayout *layout, const char *text)
{
    static const char sign[] = " %";
    PangoAttrList *attributes = pango_attr_list_new();

    for (const char *at = strstr(text, sign); at; at = strstr(at + 1, sign)) {
        PangoAttribute *attribute = pango_attr_allow_breaks_new(FALSE);

        attribute->start_index = (guint)(at - text);
        attribute->end_index = attribute->start_index + (guint)strlen(sign);
        pango_attr_list_insert(attributes, attribute);
    }
    pango_layout_set_attributes(layout, attributes);
    pango_attr_list_unref(attributes);
}

/* A path may hold any bytes. */
static void set_text(PangoLayout *layout, const struct render_text *text)
{
    char *valid = g_strdup(text->text);

    text_make_utf8(valid);
    keep_percents(layout, valid);
    pango_layout_set_text(layout, valid, -1);
    if (text->overflow == RENDER_CUT && text->width > 0 && size_of(layout).width > text->width)
        shorten(layout, valid, text->width);
    g_free(valid);
}

static struct render_size lay_out(const struct render_pen *pen, const struct render_text *text)
{
    PangoFontDescription *font = pango_font_description_from_string(theme_fonts[text->font]);
    bool wraps = text->overflow == RENDER_WRAP && text->width > 0;

    pango_font_description_set_size(font, (int)lround(pango_font_description_get_size(font) * text->scale));
    pango_layout_set_font_description(pen->layout, font);
    pango_font_description_free(font);
    pango_layout_set_width(pen->layout, wraps ? (int)ceil(text->width * PANGO_SCALE) : -1);
    set_text(pen->layout, text);
    return size_of(pen->layout);
}

struct render_size render_text_size(const struct render_pen *pen, const struct render_text *text)
{
    return lay_out(pen, text);
}

static struct figure_point corner_of(struct render_anchor anchor, struct render_size size)
{
    return (struct figure_point){anchor.x - anchor.horizontal * size.width, anchor.y - anchor.vertical * size.height};
}

void render_text_clear(const struct render_pen *pen, const struct render_text *text, struct render_anchor anchor)
{
    struct render_size size = lay_out(pen, text);
    struct figure_point corner = corner_of(anchor, size);
    double top = corner.y + CLEAR_LESS * size.height, bottom = corner.y + (1 - CLEAR_LESS) * size.height;
    const struct figure_point area[] = {
        {corner.x, top}, {corner.x + size.width, top}, {corner.x + size.width, bottom}, {corner.x, bottom}};

    canvas_path(pen->canvas, area, 4, true, &(struct canvas_paint){.role = THEME_BACKGROUND, .opacity = 1});
}

struct render_size render_text_draw(const struct render_pen *pen, const struct render_text *text,
                                    struct render_anchor anchor)
{
    struct render_size size = lay_out(pen, text);

    canvas_text(pen->canvas, pen->layout, corner_of(anchor, size), THEME_TEXT + text->colour);
    return size;
}
