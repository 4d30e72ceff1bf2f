/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The themes. Their hues began as those of Okabe and Ito, "Color Universal Design" (2008), and were moved until each
   has three times the background's contrast and any two are apart for any kind of colour vision (theme_test.c holds
   both). */
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
            [FIGURE_CONTEXT] = {0xC3C8CE, 0x6E757D},
            [FIGURE_HUE + 0] = {0x0072B2, 0x0072B2}, /* blue */
            [FIGURE_HUE + 1] = {0xB94700, 0xA84000}, /* vermillion */
            [FIGURE_HUE + 2] = {0x00916A, 0x007A58}, /* bluish green */
            [FIGURE_HUE + 3] = {0xC2629A, 0xA84D82}, /* reddish purple */
            [FIGURE_HUE + 4] = {0xB88600, 0x8A6400}, /* ochre */
            [FIGURE_HUE + 5] = {0x3B9BD8, 0x1F74AB}, /* sky blue */
            [FIGURE_HUE + 6] = {0x574400, 0x574400}, /* olive brown */
            [FIGURE_HUE + 7] = {0x6A6A72, 0x5A5A62}, /* grey */
            [FIGURE_HUE + 8] = {0x583190, 0x583190}, /* violet */
            [FIGURE_PART + 0] = {0x44546A, 0x44546A},
            [FIGURE_PART + 1] = {0xA6711A, 0x85590F},
            [FIGURE_PART + 2] = {0x12807A, 0x0E6B66},
            [FIGURE_PART + 3] = {0x9A3FB5, 0x87309F},
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
            [FIGURE_CONTEXT] = {0x4A525B, 0x9AA1A9},
            [FIGURE_HUE + 0] = {0x599CDC, 0x599CDC},
            [FIGURE_HUE + 1] = {0xF17D42, 0xF17D42},
            [FIGURE_HUE + 2] = {0x2AC28F, 0x2AC28F},
            [FIGURE_HUE + 3] = {0xE194CE, 0xE194CE},
            [FIGURE_HUE + 4] = {0xEEB835, 0xEEB835},
            [FIGURE_HUE + 5] = {0x8AD2FF, 0x8AD2FF},
            [FIGURE_HUE + 6] = {0xE5E564, 0xE5E564},
            [FIGURE_HUE + 7] = {0xBEC2C4, 0xBEC2C4},
            [FIGURE_HUE + 8] = {0xA982FB, 0xA982FB},
            [FIGURE_PART + 0] = {0xAEBCD5, 0xAEBCD5},
            [FIGURE_PART + 1] = {0xDDB36A, 0xDDB36A},
            [FIGURE_PART + 2] = {0x4FB4A5, 0x4FB4A5},
            [FIGURE_PART + 3] = {0xC98BE8, 0xC98BE8},
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
            [FIGURE_CONTEXT] = {0xBDBDBD, 0x6A6A6A},
            [FIGURE_HUE + 0] = {0x003D64, 0x003D64},
            [FIGURE_HUE + 1] = {0xA54800, 0x8F3E00},
            [FIGURE_HUE + 2] = {0x0CA47C, 0x006B4E},
            [FIGURE_HUE + 3] = {0x994676, 0x8C3A6B},
            [FIGURE_HUE + 4] = {0xC08600, 0x7A5300},
            [FIGURE_HUE + 5] = {0x3F96CC, 0x0F5F94},
            [FIGURE_HUE + 6] = {0x533800, 0x533800},
            [FIGURE_HUE + 7] = {0x6E6B5F, 0x4F4C42},
            [FIGURE_HUE + 8] = {0x322973, 0x322973},
            [FIGURE_PART + 0] = {0x26323F, 0x26323F},
            [FIGURE_PART + 1] = {0x9A6410, 0x734A08},
            [FIGURE_PART + 2] = {0x0B6E68, 0x0A5A55},
            [FIGURE_PART + 3] = {0x7A2C92, 0x6A2480},
        },
        .bar_opacity = 1,
        .band_opacity = 0.22,
        .faint_opacity = 0.55,
        SIZES(1.3, 0.8, 0.7, 0.6, 4.4, 3.8),
    },
};
/* clang-format on */

theme_colour theme_role_colour(const struct theme *theme, enum theme_role role)
{
    switch (role) {
    case THEME_BACKGROUND:
        return theme->background;
    case THEME_GRID:
        return theme->grid;
    case THEME_FRAME:
        return theme->frame;
    default:
        return role < THEME_TEXT ? theme->ink[role - THEME_MARK].mark : theme->ink[role - THEME_TEXT].text;
    }
}

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
