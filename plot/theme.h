/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How figures look: colours, line widths and fonts by what they are for, as data. */
#ifndef TASKWEIGHT_PLOT_THEME_H
#define TASKWEIGHT_PLOT_THEME_H

#include "plot/figure.h"

/* As in HTML: 0xRRGGBB, sRGB. */
typedef unsigned int theme_colour;

/* What a colour of a theme is for: THEME_MARK + a figure's colour for its marks, THEME_TEXT + that for texts. */
enum theme_role {
    THEME_BACKGROUND,
    THEME_GRID,
    THEME_FRAME,
    THEME_MARK,
    THEME_TEXT = THEME_MARK + FIGURE_COLOURS,
    THEME_ROLES = THEME_TEXT + FIGURE_COLOURS,
};

/* A colour of a figure: for marks, and for texts, which need more contrast. */
struct theme_ink {
    theme_colour mark, text;
};

/* Fonts by what they are for. */
enum theme_font {
    THEME_TITLE,
    THEME_SUBTITLE,
    THEME_PANEL_TITLE,
    THEME_AXIS_TITLE,
    THEME_TICK,
    THEME_LABEL, /* names of rows and what is written at marks */
    THEME_CAPTION,
    THEME_FONTS
};

#define THEMES(THEME)                                                                                                  \
    THEME(LIGHT, light)                                                                                                \
    THEME(DARK, dark)                                                                                                  \
    THEME(PRINT, print) /* for paper: black texts, strong lines, colours that differ in grey as well */

#define THEME_ENUMERATOR(upper, lower) THEME_##upper,
enum theme_name { THEMES(THEME_ENUMERATOR) THEME_COUNT };
#undef THEME_ENUMERATOR

/* Lengths are in points. */
#define THEME_POINTS_PER_INCH 72.0
#define THEME_POINTS_PER_MM (THEME_POINTS_PER_INCH / 25.4)

struct theme {
    theme_colour background, grid, frame;
    struct theme_ink ink[FIGURE_COLOURS];
    double bar_opacity, band_opacity, faint_opacity;
    double line_width, whisker_width, frame_width, grid_width, leader_width;
    double marker_size; /* the diameter of a circle; the other shapes have about its area */
    double cap_size;    /* the length of the caps of a whisker */
};

extern const struct theme themes[THEME_COUNT];
extern const char *const theme_names[THEME_COUNT];

/* As Pango's font descriptions have it: families by preference, then weight and size in points. The same in all
   themes, so that a figure has the same layout in each. */
extern const char *const theme_fonts[THEME_FONTS];

theme_colour theme_role_colour(const struct theme *theme, enum theme_role role);

/* Contrast ratio of two colours, from 1 to 21: WCAG 2.1, "contrast ratio" and "relative luminance". */
double theme_contrast(theme_colour a, theme_colour b);

/* One channel, from 0 to 1. */
double theme_red(theme_colour colour);
double theme_green(theme_colour colour);
double theme_blue(theme_colour colour);

#endif
