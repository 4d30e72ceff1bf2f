/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts can be read in every theme, and hues can be told apart. */
#include "plot/theme.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

/* WCAG 2.1, success criterion 1.4.3 for texts. For graphics 1.4.11 says 3; hues of Okabe and Ito reach only 2 on
   white, which is why shapes tell families as well. */
#define LEAST_TEXT_CONTRAST 4.5
#define LEAST_MARK_CONTRAST 2.0

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
            if (theme_contrast(themes[i].ink[colour].mark, themes[i].background) < LEAST_MARK_CONTRAST)
                fail_msg("theme %s: the mark colour %zu has a contrast of %.2f", theme_names[i], colour,
                         theme_contrast(themes[i].ink[colour].mark, themes[i].background));
}

static void test_grid_is_lighter_than_marks(void **state)
{
    (void)state;
    for (size_t i = 0; i < THEME_COUNT; i++)
        assert_true(theme_contrast(themes[i].grid, themes[i].background) < LEAST_MARK_CONTRAST);
}

static void test_hues_differ(void **state)
{
    (void)state;
    for (size_t i = 0; i < THEME_COUNT; i++)
        for (size_t a = FIGURE_HUE; a < FIGURE_COLOURS; a++)
            for (size_t b = FIGURE_HUE; b < a; b++)
                assert_int_not_equal(themes[i].ink[a].mark, themes[i].ink[b].mark);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_contrast),          cmocka_unit_test(test_texts_can_be_read),
        cmocka_unit_test(test_marks_can_be_seen), cmocka_unit_test(test_grid_is_lighter_than_marks),
        cmocka_unit_test(test_hues_differ),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
