/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said of lines and of intervals. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "analyze/fit.h"

#include <math.h>

/* 3610 / 1024 = 3.525 */
static void a_line_that_is_missed_is_told_by_size(void **state)
{
    const struct fit fit = {.unit = UNIT_BYTES, .least_slope = 938, .largest_slope = 3610};
    char text[FIT_JUDGEMENT_SIZE];

    (void)state;
    assert_string_equal(fit_judge_line(text, &fit, 0.049), "no: 938 B to 3.53 KiB");
    assert_string_equal(fit_judge_line(text, &fit, 0.05), "yes");
    assert_string_equal(fit_judge_line(text, &fit, NAN), "cannot tell");
}

static void intervals_that_touch_are_not_above_each_other(void **state)
{
    const struct estimate low = {1, 0.5, 10, 0, 2}, touching = {3, 0.5, 10, 2, 4}, high = {4, 0.5, 10, 2.1, 5};

    (void)state;
    assert_false(estimate_is_above(touching, low));
    assert_true(estimate_is_above(high, low));
    assert_false(estimate_is_above(low, high));
    assert_false(estimate_is_above(high, estimate_unknown));
    assert_false(estimate_is_above(estimate_unknown, low));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_that_is_missed_is_told_by_size),
        cmocka_unit_test(intervals_that_touch_are_not_above_each_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
