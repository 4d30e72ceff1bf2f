/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How wide an interval is, and when it is narrow enough. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "collect/precision.h"

#include <math.h>

static gsl_rstat_workspace *series_of(const double *value, size_t count)
{
    gsl_rstat_workspace *series = gsl_rstat_alloc();

    assert_non_null(series);
    for (size_t i = 0; i < count; i++)
        gsl_rstat_add(value[i], series);
    return series;
}

static double width_of(const double *value, size_t count)
{
    gsl_rstat_workspace *series = series_of(value, count);
    double width = precision_width(series);

    gsl_rstat_free(series);
    return width;
}

/* Of two values 99 and 101: the standard error is 1, t with 1 degree of freedom is tan(0.4875 pi) = 25.45169957936, of
   a mean of 100. Of 98, 100, 102: 2 / sqrt(3), t with 2 is 0.975 sqrt(2 / (4 * 0.9875 * 0.0125)) = 6.205346816571. Of
   the eight: R 4.2, qt(0.9875, 7) * sd(x) / sqrt(8) / mean(x). */
static void widths_are_students(void **state)
{
    static const double two[] = {99, 101}, three[] = {98, 100, 102}, eight[] = {100, 102, 98, 101, 99, 100, 103, 97};
    static const double below[] = {-99, -101};

    (void)state;
    assert_true(fabs(width_of(two, 2) - 0.2545169957936) < 1e-12);
    assert_true(fabs(width_of(three, 3) - 6.205346816571 * 0.02 / sqrt(3)) < 1e-12);
    assert_true(fabs(width_of(eight, 8) - 0.020090630752) < 1e-11);
    assert_true(fabs(width_of(below, 2) - 0.2545169957936) < 1e-12);
}

static void nothing_is_known_of_fewer_than_two(void **state)
{
    static const double one[] = {100};

    (void)state;
    assert_true(isinf(width_of(one, 0)));
    assert_true(isinf(width_of(one, 1)));
}

static void what_does_not_vary_or_is_nothing_is_precise(void **state)
{
    static const double same[] = {4096, 4096, 4096, 4096, 4096, 4096, 4096, 4096}, zeros[] = {0, 0, 0};
    static const double near_zero[] = {-1, 1, 0.5, -0.5};
    gsl_rstat_workspace *series = series_of(same, 8);

    (void)state;
    assert_true(width_of(same, 8) == 0);
    assert_true(width_of(zeros, 3) == 0);
    assert_true(width_of(near_zero, 4) == 0);
    assert_true(precision_is_reached(series, 1e-9));
    gsl_rstat_free(series);
}

/* With seven, the second of two modes may be yet to come. */
static void at_least_eight_are_asked_for(void **state)
{
    static const double same[] = {4096, 4096, 4096, 4096, 4096, 4096, 4096, 4096};
    gsl_rstat_workspace *seven = series_of(same, 7);

    (void)state;
    assert_false(precision_is_reached(seven, 0.5));
    assert_true(precision_values_needed(seven, 0.5) == 8);
    gsl_rstat_free(seven);
}

/* 2.009 % with eight: half of it takes four times as many, 32.29. */
static void the_rest_is_foretold_by_the_square(void **state)
{
    static const double eight[] = {100, 102, 98, 101, 99, 100, 103, 97};
    gsl_rstat_workspace *series = series_of(eight, 8);

    (void)state;
    assert_true(precision_is_reached(series, 0.0201));
    assert_false(precision_is_reached(series, 0.02));
    assert_true(precision_values_needed(series, 0.01) == 33);
    assert_true(precision_values_needed(series, 0.5) == 8);
    gsl_rstat_free(series);
}

static void the_wider_half_is_never_less_than_half(void **state)
{
    double four[] = {3, 1, 4, 2}, five[] = {INFINITY, 1, 4, 2, 0}, one[] = {0}, same[] = {2, 2, 2};

    (void)state;
    assert_true(precision_wider_half(four, 4) == 3);
    assert_true(precision_wider_half(five, 5) == 2);
    assert_true(precision_wider_half(one, 1) == 0);
    assert_true(precision_wider_half(same, 3) == 2);
}

static void widths_are_written_as_percentages(void **state)
{
    static const struct {
        double width;
        const char *text;
    } cases[] = {{0.0321, "±3.2 %"}, {0.01, "±1.0 %"}, {0.0996, "±10 %"},
                 {1.5, "±150 %"},    {0, "±0.0 %"},    {INFINITY, "no interval"}};
    char text[UNIT_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(precision_format(text, cases[i].width), cases[i].text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(widths_are_students),
        cmocka_unit_test(nothing_is_known_of_fewer_than_two),
        cmocka_unit_test(what_does_not_vary_or_is_nothing_is_precise),
        cmocka_unit_test(at_least_eight_are_asked_for),
        cmocka_unit_test(the_rest_is_foretold_by_the_square),
        cmocka_unit_test(the_wider_half_is_never_less_than_half),
        cmocka_unit_test(widths_are_written_as_percentages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
