/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The curve through the counts, the scatter about it, and the locations it goes through, against numbers by hand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "analyze/fit.h"
#include "tests/analyze/runs.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>

#define LENGTH(array) (sizeof(array) / sizeof *(array))

/* A byte is the resolution, so that rounding adds next to nothing. */
static struct series_list gather(struct run *run, size_t runs)
{
    for (size_t i = 0; i < runs; i++)
        run[i].page_bytes = 1e-3;
    return runs_gather(run, runs);
}

/* --- locations ---------------------------------------------------------------------------------------------------- */

/* 1 2 3 4 100, fenced at 10 from the median 3: the mean of the first four is 2.5; Winsorised the values are 1 2 3 4 4
   with the mean 2.8 and squares 3.24 + 0.64 + 0.04 + 1.44 + 1.44 = 6.8, over 4 - 1. */
static void test_fenced_mean_is_yuens(void **state)
{
    static const double value[] = {1, 2, 3, 4, 100};
    struct location location = location_fenced_mean(value, 5, 1e-3, 10);

    (void)state;
    assert_close(location.value, 2.5, 1e-12);
    assert_close(location.variance, 6.8 / 3, 1e-12);
    assert_int_equal(location.runs, 4);
    assert_close(location.dof, 3, 0);
    assert_close(location_fenced_mean(value, 5, 1e-3, 1000).value, 22, 1e-12);
}

/* --- scatter ------------------------------------------------------------------------------------------------------ */

static struct knot knot_of(double tasks, double variance)
{
    return (struct knot){tasks, {.variance = variance, .dof = 9, .runs = 10}};
}

/* Variances that are a sum of the three terms are found again. A count's share of what is known of its smooth variance,
   its own degrees of freedom over all that are behind that, is its leverage, and these sum up to the number of terms.
 */
static void test_scatter_has_three_terms(void **state)
{
    struct knot knot[5];
    struct scatter scatter;
    double tasks = 1, leverages = 0;

    (void)state;
    for (size_t k = 0; k < LENGTH(knot); k++, tasks *= 10)
        knot[k] = knot_of(tasks, 1000 + 20 * tasks + 0.5 * tasks * tasks);
    scatter = scatter_smooth(knot, LENGTH(knot), 0.01);
    assert_close(scatter.constant, 1000, 1e-6);
    assert_close(scatter.linear, 20, 1e-6);
    assert_close(scatter.square, 0.5, 1e-6);
    assert_close(scatter.dof, 45, 1e-12); /* 5 times 9 */
    for (size_t k = 0; k < LENGTH(knot); k++)
        leverages += 9 / scatter_dof_at(scatter, knot[k].tasks);
    assert_close(leverages, 3, 1e-6);
    assert_close(scatter_at(scatter, 50), 1000 + 1000 + 1250, 1e-6);
}

/* Reweighted by whole steps, these variances of a simulated recording (32 KiB and 1 % of 2000 bytes a task, 20 runs a
   count) swing for ever between a constant and a square. The smooth one is to be near the true one everywhere. */
static void test_scatter_settles(void **state)
{
    static const double variance[][2] = {{1, 1.80682e9},    {3, 2.05119e9},    {10, 1.61569e9},   {30, 1.33242e9},
                                         {100, 1.15851e9},  {300, 9.24469e8},  {1e3, 2.60572e9},  {3e3, 4.49612e9},
                                         {1e4, 8.39145e10}, {3e4, 4.94595e11}, {1e5, 2.53627e12}, {3e5, 2.63165e13},
                                         {1e6, 5.78473e14}};
    struct knot knot[LENGTH(variance)];
    struct scatter scatter;

    (void)state;
    for (size_t k = 0; k < LENGTH(knot); k++) {
        knot[k] = knot_of(variance[k][0], variance[k][1]);
        knot[k].location.dof = 19;
    }
    scatter = scatter_smooth(knot, LENGTH(knot), 4096. * 4096 / 12);
    for (size_t k = 0; k < LENGTH(knot); k++) {
        double tasks = knot[k].tasks, share = 0.01 * (2.5e6 + 2000 * tasks), truth = 32768. * 32768 + share * share;

        assert_true(scatter_at(scatter, tasks) > truth / 1.6 && scatter_at(scatter, tasks) < truth * 1.6);
    }
}

/* Variances that fall would make a term negative: it is left out. */
static void test_scatter_is_never_negative(void **state)
{
    const struct knot knot[] = {knot_of(1, 300), knot_of(100, 200), knot_of(1000, 100)};
    struct scatter scatter = scatter_smooth(knot, LENGTH(knot), 0.01);

    (void)state;
    assert_true(scatter.constant > 100 && scatter.constant < 300);
    assert_true(scatter.linear == 0 && scatter.square == 0);
    assert_close(scatter.dof, 27, 1e-12);
}

/* --- the curve ---------------------------------------------------------------------------------------------------- */

/* 10, 110 and 160 at 1, 101 and 201 tasks, two runs 2 apart each: slopes 1 and 0.5, and each mean has a variance of 1
   with one degree of freedom. */
static void fill_bend(struct run run[6])
{
    static const double mean[] = {10, 110, 160};

    for (size_t i = 0; i < 6; i++)
        run[i] = runs_one(1 + 100 * (int64_t)(i / 2), mean[i / 2] + (i % 2 ? 1 : -1));
}

static void test_slopes_and_values(void **state)
{
    struct run run[6];
    struct series_list list;
    const struct curve *curve;
    struct estimate average, middle;

    (void)state;
    fill_bend(run);
    list = gather(run, 6);
    curve = &list.series[0].curve;
    average = curve_slope(curve, 0, 2, 0.95);
    assert_close(average.value, 150. / 200, 1e-12);
    assert_close(average.standard_error, sqrt(2) / 200, 1e-9);
    assert_close(average.dof, 2, 1e-9);
    assert_close(curve_slope(curve, 0, 1, 0.95).value, 1, 1e-12);
    assert_close(curve_slope(curve, 1, 2, 0.95).value, 0.5, 1e-12);
    middle = curve_value(curve, 51, 0.95);
    assert_close(middle.value, 60, 1e-12);
    assert_close(middle.standard_error, sqrt(0.5), 1e-9); /* half of each neighbour */
    assert_close(curve_value(curve, 0, 0.95).value, 9, 1e-12);
    /* value at 0: 1.01 m1 - 0.01 m2; average slope: (m3 - m1) / 200 */
    assert_close(curve_covariance(curve), -1.01 / 200, 1e-9);
    series_list_free(&list);
}

/* The bend is concave, so between 1 and 101 tasks the truth lies above the chord and below the second piece prolonged:
   at 51 tasks 110 - 50 * 0.5 = 85, whose variance is (1.5)^2 + (0.5)^2. Downwards no neighbour allows more than the
   chord's own error. */
static void test_limits_between_counts_reach_the_neighbours(void **state)
{
    struct run run[6];
    struct series_list list;
    const struct curve *curve;
    struct estimate at, own;

    (void)state;
    fill_bend(run);
    list = gather(run, 6);
    curve = &list.series[0].curve;
    own = curve_value(curve, 51, 0.95);
    at = curve_at(curve, 51, false, 0.95);
    assert_close(at.value, 60, 1e-12);
    assert_close(at.low, own.low, 1e-12);
    /* Satterthwaite: (2.25 + 0.25)^2 / (2.25^2 + 0.25^2) degrees of freedom */
    assert_close(at.high, 85 + gsl_cdf_tdist_Pinv(0.975, 6.25 / (2.25 * 2.25 + 0.25 * 0.25)) * sqrt(2.5), 1e-9);
    own = curve_value(curve, 101, 0.95);
    at = curve_at(curve, 101, false, 0.95); /* measured: the cell itself */
    assert_true(at.low == own.low && at.high == own.high);
    series_list_free(&list);
}

/* The limits at `at` of 1 MiB and 4 KiB a task, and in the middle so much more. */
static struct estimate straight_at(double at, double more)
{
    static const int64_t tasks[] = {1, 1000, 10000};
    struct run run[6];
    struct series_list list;
    struct estimate estimate;

    for (size_t i = 0; i < 6; i++) {
        size_t count = i / 2;

        run[i] = runs_one(tasks[count],
                          (double)(1048576 + 4096 * tasks[count]) + (i % 2 ? 4096 : -4096) + (count == 1 ? more : 0));
    }
    list = gather(run, 6);
    estimate = curve_at(&list.series[0].curve, at, false, 0.95);
    series_list_free(&list);
    return estimate;
}

/* Prolonged, the next piece of a straight curve is the same line. On which side of it rounding puts it decides nothing:
   a byte up or down in the middle moves limits by bytes. */
static void test_rounding_does_not_decide_how_wide_limits_are(void **state)
{
    (void)state;
    for (int i = 1; i < 72; i++) {
        double at = pow(1.1, i); /* up to 870 */
        struct estimate straight = straight_at(at, 0), up = straight_at(at, 1), down = straight_at(at, -1);

        assert_true(fabs(straight.low - up.low) < 3 && fabs(straight.low - down.low) < 3);
        assert_true(fabs(straight.high - up.high) < 3 && fabs(straight.high - down.high) < 3);
    }
}

/* Runs that scatter by 60 hide a bend from 1 to 0.9: the second piece prolonged lies 5 above the chord at 51 tasks, but
   its limits do not say so, and the truth may lie below as well. What is allowed ends at the limits of 1 and 101 tasks.
 */
static void test_scatter_that_hides_a_bend_widens_both_ways(void **state)
{
    struct run run[6];
    struct series_list list;
    const struct curve *curve;
    struct estimate at, own, from, to;

    (void)state;
    for (size_t i = 0; i < 6; i++)
        run[i] = runs_one(1 + 100 * (int64_t)(i / 2), (const double[]){1010, 1110, 1200}[i / 2] + (i % 2 ? 60 : -60));
    list = gather(run, 6);
    curve = &list.series[0].curve;
    own = curve_value(curve, 51, 0.95);
    from = curve_value(curve, 1, 0.95);
    to = curve_value(curve, 101, 0.95);
    at = curve_at(curve, 51, true, 0.95);
    assert_true(at.low < own.low && at.high > own.high);
    assert_true(at.low >= from.low && at.high <= to.high);
    series_list_free(&list);
}

static void test_beyond_the_largest_count(void **state)
{
    struct run run[6];
    struct series_list list;
    const struct curve *curve;
    struct estimate at, own;

    (void)state;
    fill_bend(run);
    list = gather(run, 6);
    curve = &list.series[0].curve;
    own = curve_value(curve, 301, 0.95);
    assert_close(own.value, 210, 1e-12); /* as the last piece */
    at = curve_at(curve, 301, true, 0.95);
    assert_true(at.low == own.low && at.high == own.high);
    at = curve_at(curve, 301, false, 0.95);
    assert_true(at.value == own.value && at.low <= own.low && at.high > 260); /* as steep as the first: 160 + 100 */
    at = curve_at(curve, 402, false, 0.95);
    assert_true(isinf(at.high) && at.low <= curve_value(curve, 201, 0.95).low);
    series_list_free(&list);
}

static void test_one_count_has_no_curve(void **state)
{
    struct run run[] = {runs_one(7, 1), runs_one(7, 3)};
    struct series_list list = gather(run, 2);

    (void)state;
    assert_int_equal(list.series[0].curve.knots.count, 1);
    assert_null(list.series[0].curve.value);
    series_list_free(&list);
}

/* What was measured with no task at all is the baseline, and not what a piece prolonged says: 5, then 2 a task. */
static void test_a_count_of_zero_is_a_count(void **state)
{
    struct run run[] = {runs_one(0, 5 * RUNS_PAGE), runs_one(0, 7 * RUNS_PAGE), runs_one(10, 26 * RUNS_PAGE),
                        runs_one(10, 26 * RUNS_PAGE)};
    struct series_list list = gather(run, 4);
    struct fit fit = fit_series(&list.series[0], FIT_CURVE, 0.95);

    (void)state;
    assert_close(fit.baseline.value, 6 * RUNS_PAGE, 1e-12);
    assert_close(fit.baseline.standard_error, RUNS_PAGE, 1e-12); /* of two runs that are 2 pages apart */
    assert_close(fit.overhead.value, 2 * RUNS_PAGE, 1e-12);
    assert_close(fit_mean_at(&fit, 5).value, 16 * RUNS_PAGE, 1e-12);
    assert_true(isfinite(fit_run_at(&fit, 0).high));
    series_list_free(&list);
    list = gather(run, 2);
    fit = fit_series(&list.series[0], FIT_CURVE, 0.95);
    assert_close(fit.baseline.value, 6 * RUNS_PAGE, 1e-12);
    assert_true(isnan(fit.overhead.value));
    series_list_free(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fenced_mean_is_yuens),
        cmocka_unit_test(test_scatter_has_three_terms),
        cmocka_unit_test(test_scatter_settles),
        cmocka_unit_test(test_scatter_is_never_negative),
        cmocka_unit_test(test_slopes_and_values),
        cmocka_unit_test(test_limits_between_counts_reach_the_neighbours),
        cmocka_unit_test(test_rounding_does_not_decide_how_wide_limits_are),
        cmocka_unit_test(test_scatter_that_hides_a_bend_widens_both_ways),
        cmocka_unit_test(test_beyond_the_largest_count),
        cmocka_unit_test(test_one_count_has_no_curve),
        cmocka_unit_test(test_a_count_of_zero_is_a_count),
    };

    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
