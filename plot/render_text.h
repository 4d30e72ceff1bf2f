/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text for render, laid out by Pango. Lengths are in points. */
#ifndef TASKWEIGHT_PLOT_RENDER_TEXT_H
#define TASKWEIGHT_PLOT_RENDER_TEXT_H

#include "collect/error.h"
#include "plot/canvas.h"

/* What all of render draws with. */
struct render_pen {
    struct canvas *canvas; /* borrowed */
    PangoLayout *layout;
};

struct render_size {
    double width, height;
};

enum render_overflow { RENDER_WRAP, RENDER_CUT /* shortened in the middle, with an ellipsis */ };

struct render_text {
    const char *text;
    enum theme_font font;
    enum figure_colour colour;
    double scale; /* of the font's size */
    double width; /* limit, beyond which it overflows; 0 for none */
    enum render_overflow overflow;
};

/* Where a text stands: the point of it that is at x, y, from 0 (left, top) to 1 (right, bottom). */
struct render_anchor {
    double x, y;
    double horizontal, vertical;
};

struct render_pen render_text_pen_new(struct canvas *canvas);
void render_text_pen_free(struct render_pen *pen);

/* Whether there is a font with letters: otherwise returns -1 and an error that says what to install. */
int render_text_check_fonts(const struct render_pen *pen, struct error *error);

struct render_size render_text_size(const struct render_pen *pen, const struct render_text *text);

/* Clears the area behind the text, so that no line runs through it. */
void render_text_clear(const struct render_pen *pen, const struct render_text *text, struct render_anchor anchor);

/* Returns the text's size. */
struct render_size render_text_draw(const struct render_pen *pen, const struct render_text *text,
                                    struct render_anchor anchor);

#endif
