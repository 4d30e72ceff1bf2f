/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts can be read in every theme, and hues can be told apart. */
#include "plot/theme.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

/* WCAG 2.1, success criterion 1.4.3 for texts, 1.4.11 for graphics. What is drawn behind others is fainter. */
#define LEAST_TEXT_CONTRAST 4.5
#define LEAST_MARK_CONTRAST 3.0
#define LEAST_CONTEXT_CONTRAST 1.6

/* Colours that are nearer to each other (CIE 1976) are hard to tell apart. */
#define LEAST_DISTANCE 10.0

/* Black on white is 21 and #777777 on white 4.48, just too little: both are what WebAIM's contrast checker says. */
static void test_contrast(void **state)
{
    (void)state;
    assert_true(fabs(theme_contrast(0x000000, 0xFFFFFF) - 21) < 1e-9);
    assert_true(fabs(theme_contrast(0x777777, 0xFFFFFF) - 4.48) < 0.005);
    assert_true(theme_contrast(0x123456, 0x123456) == 1);
    assert_true(theme_contrast(0x000000, 0x0072B2) == theme_contrast(0x0072B2, 0x000000));
}

static void test_texts_can_be_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < THEME_COUNT; i++)
        for (size_t colour = 0; colour < FIGURE_COLOURS; colour++)
            if (theme_contrast(themes[i].ink[colour].text, themes[i].background) < LEAST_TEXT_CONTRAST)
                fail_msg("theme %s: the text colour %zu has a contrast of %.2f", theme_names[i], colour,
                         theme_contrast(themes[i].ink[colour].text, themes[i].background));
}

static void test_marks_can_be_seen(void **state)
{
    (void)state;
    for (size_t i = 0; i < THEME_COUNT; i++)
        for (size_t colour = 0; colour < FIGURE_COLOURS; colour++)
            if (theme_contrast(themes[i].ink[colour].mark, themes[i].background) <
                (colour == FIGURE_CONTEXT ? LEAST_CONTEXT_CONTRAST : LEAST_MARK_CONTRAST))
                fail_msg("theme %s: the mark colour %zu has a contrast of %.2f", theme_names[i], colour,
                         theme_contrast(themes[i].ink[colour].mark, themes[i].background));
}

static void test_grid_is_lighter_than_marks(void **state)
{
    (void)state;
    for (size_t i = 0; i < THEME_COUNT; i++)
        assert_true(theme_contrast(themes[i].grid, themes[i].background) < LEAST_MARK_CONTRAST);
}

/* --- for eyes without one kind of cone ---------------------------------------------------------------------------- */

struct triple {
    double x, y, z;
};

static double linear_light(double channel)
{
    return channel <= 0.04045 ? channel / 12.92 : pow((channel + 0.055) / 1.055, 2.4);
}

static struct triple times(const double matrix[9], struct triple v)
{
    return (struct triple){matrix[0] * v.x + matrix[1] * v.y + matrix[2] * v.z,
                           matrix[3] * v.x + matrix[4] * v.y + matrix[5] * v.z,
                           matrix[6] * v.x + matrix[7] * v.y + matrix[8] * v.z};
}

static double lightness(double t)
{
    return t > 0.008856 ? cbrt(t) : 7.787 * t + 16.0 / 116;
}

/* CIE 1976 L*a*b* of linear sRGB, D65. */
static struct triple lab_of(struct triple rgb)
{
    static const double xyz[9] = {0.4124, 0.3576, 0.1805, 0.2126, 0.7152, 0.0722, 0.0193, 0.1192, 0.9505};
    struct triple v = times(xyz, rgb);
    double x = lightness(fmax(0, v.x) / 0.95047), y = lightness(fmax(0, v.y)), z = lightness(fmax(0, v.z) / 1.08883);

    return (struct triple){116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

static double distance(theme_colour a, theme_colour b, const double vision[9])
{
    struct triple first = {linear_light(theme_red(a)), linear_light(theme_green(a)), linear_light(theme_blue(a))};
    struct triple second = {linear_light(theme_red(b)), linear_light(theme_green(b)), linear_light(theme_blue(b))};

    first = lab_of(times(vision, first));
    second = lab_of(times(vision, second));
    return sqrt(pow(first.x - second.x, 2) + pow(first.y - second.y, 2) + pow(first.z - second.z, 2));
}

/* Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency", IEEE
   Transactions on Visualization and Computer Graphics 15 (2009), table 1, severity 1. */
static const struct {
    const char *name;
    double vision[9];
} visions[] = {
    {"normal", {1, 0, 0, 0, 1, 0, 0, 0, 1}},
    {"deuteranopia", {0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881}},
    {"protanopia", {0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998}},
};

static void check_range(size_t theme, size_t first, size_t count)
{
    for (size_t v = 0; v < sizeof visions / sizeof *visions; v++)
        for (size_t a = first; a < first + count; a++)
            for (size_t b = first; b < a; b++) {
                double apart = distance(themes[theme].ink[a].mark, themes[theme].ink[b].mark, visions[v].vision);

                if (apart < LEAST_DISTANCE)
                    fail_msg("theme %s: the colours %zu and %zu are %.1f apart under %s", theme_names[theme], a, b,
                             apart, visions[v].name);
            }
}

static void test_hues_can_be_told_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < THEME_COUNT; i++) {
        check_range(i, FIGURE_HUE, FIGURE_HUES);
        check_range(i, FIGURE_PART, FIGURE_PARTS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_contrast),
        cmocka_unit_test(test_texts_can_be_read),
        cmocka_unit_test(test_marks_can_be_seen),
        cmocka_unit_test(test_grid_is_lighter_than_marks),
        cmocka_unit_test(test_hues_can_be_told_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
