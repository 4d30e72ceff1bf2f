/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The themes. Their hues are those of Okabe and Ito, "Color Universal Design" (2008), which people with any kind of
   colour vision can tell apart; the yellow is darkened, since the original is too pale on white. */
#include "plot/theme.h"

#include <math.h>

#define FAMILY "DejaVu Sans,sans-serif "

/* clang-format off */
const char *const theme_fonts[THEME_FONTS] = {
    [THEME_TITLE] = FAMILY "Bold 11",     [THEME_SUBTITLE] = FAMILY "8",   [THEME_PANEL_TITLE] = FAMILY "Bold 8",
    [THEME_AXIS_TITLE] = FAMILY "7.5",    [THEME_TICK] = FAMILY "7",       [THEME_LABEL] = FAMILY "7",
    [THEME_CAPTION] = FAMILY "6.5",
};
/* clang-format on */

#define THEME_STRING(upper, lower) #lower,
const char *const theme_names[THEME_COUNT] = {THEMES(THEME_STRING)};

/* clang-format off */
#define SIZES(line, whisker, frames, leader, marker, cap)                                               \
    .line_width = (line), .whisker_width = (whisker), .frame_width = (frames), .grid_width = 0.5,       \
    .leader_width = (leader), .marker_size = (marker), .cap_size = (cap)
#define SCREEN_SIZES SIZES(1.1, 0.7, 0.6, 0.5, 4.2, 3.6)

const struct theme themes[THEME_COUNT] = {
    [THEME_LIGHT] = {
        .background = 0xFFFFFF,
        .grid = 0xE1E4E8,
        .frame = 0x8A9097,
        .ink = {
            [FIGURE_TEXT] = {0x1A1A1A, 0x1A1A1A},
            [FIGURE_MUTED] = {0x8A9097, 0x5F6368},
            [FIGURE_WARNING] = {0xB3261E, 0xB3261E},
            [FIGURE_HUE + 0] = {0x0072B2, 0x0072B2}, /* blue */
            [FIGURE_HUE + 1] = {0xD55E00, 0xB84F00}, /* vermillion */
            [FIGURE_HUE + 2] = {0x009E73, 0x007A58}, /* bluish green */
            [FIGURE_HUE + 3] = {0xCC79A7, 0xA84D82}, /* reddish purple */
            [FIGURE_HUE + 4] = {0xE69F00, 0x8F6200}, /* orange */
            [FIGURE_HUE + 5] = {0x56B4E9, 0x0E7A8A}, /* sky blue */
            [FIGURE_HUE + 6] = {0xB3A100, 0x6E6400}, /* yellow */
            [FIGURE_HUE + 7] = {0x777777, 0x555555}, /* grey, in the place of black */
        },
        .bar_opacity = 0.85,
        .band_opacity = 0.18,
        .faint_opacity = 0.45,
        SCREEN_SIZES,
    },
    [THEME_DARK] = {
        .background = 0x14181D,
        .grid = 0x2B3138,
        .frame = 0x737C86,
        .ink = {
            [FIGURE_TEXT] = {0xE8EAED, 0xE8EAED},
            [FIGURE_MUTED] = {0x737C86, 0xA2A9B1},
            [FIGURE_WARNING] = {0xFF8A80, 0xFF8A80},
            [FIGURE_HUE + 0] = {0x4DA3E8, 0x4DA3E8},
            [FIGURE_HUE + 1] = {0xF2813A, 0xF2813A},
            [FIGURE_HUE + 2] = {0x2EC49A, 0x2EC49A},
            [FIGURE_HUE + 3] = {0xE39AC6, 0xE39AC6},
            [FIGURE_HUE + 4] = {0xF0B03C, 0xF0B03C},
            [FIGURE_HUE + 5] = {0x8AD2FF, 0x8AD2FF},
            [FIGURE_HUE + 6] = {0xE6DC5A, 0xE6DC5A},
            [FIGURE_HUE + 7] = {0xB4BAC2, 0xB4BAC2},
        },
        .bar_opacity = 0.85,
        .band_opacity = 0.25,
        .faint_opacity = 0.5,
        SCREEN_SIZES,
    },
    [THEME_PRINT] = {
        .background = 0xFFFFFF,
        .grid = 0xD0D0D0,
        .frame = 0x000000,
        .ink = {
            [FIGURE_TEXT] = {0x000000, 0x000000},
            [FIGURE_MUTED] = {0x606060, 0x303030},
            [FIGURE_WARNING] = {0x9C0F00, 0x9C0F00},
            [FIGURE_HUE + 0] = {0x00456F, 0x00456F},
            [FIGURE_HUE + 1] = {0xB84A00, 0x9A4000},
            [FIGURE_HUE + 2] = {0x00A377, 0x006B4E},
            [FIGURE_HUE + 3] = {0x8C3A6B, 0x8C3A6B},
            [FIGURE_HUE + 4] = {0xD99A00, 0x7A5300},
            [FIGURE_HUE + 5] = {0x4FA3D1, 0x0B6675},
            [FIGURE_HUE + 6] = {0x7A6E00, 0x5C5400},
            [FIGURE_HUE + 7] = {0x6A6A6A, 0x404040},
        },
        .bar_opacity = 1,
        .band_opacity = 0.22,
        .faint_opacity = 0.55,
        SIZES(1.3, 0.8, 0.7, 0.6, 4.4, 3.8),
    },
};
/* clang-format on */

double theme_red(theme_colour colour)
{
    return (colour >> 16 & 0xFF) / 255.0;
}

double theme_green(theme_colour colour)
{
    return (colour >> 8 & 0xFF) / 255.0;
}

double theme_blue(theme_colour colour)
{
    return (colour & 0xFF) / 255.0;
}

static double linear_light(double channel)
{
    return channel <= 0.03928 ? channel / 12.92 : pow((channel + 0.055) / 1.055, 2.4);
}

static double relative_luminance(theme_colour colour)
{
    return 0.2126 * linear_light(theme_red(colour)) + 0.7152 * linear_light(theme_green(colour)) +
           0.0722 * linear_light(theme_blue(colour));
}

double theme_contrast(theme_colour a, theme_colour b)
{
    double first = relative_luminance(a), second = relative_luminance(b);

    return (fmax(first, second) + 0.05) / (fmin(first, second) + 0.05);
}
