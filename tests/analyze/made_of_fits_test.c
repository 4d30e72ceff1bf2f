/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers derived from fits: crossovers, capacity, pooled hosts. Whether their intervals hold what they say is
   simulated here for one situation and by `make coverage` for all. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "analyze/capacity.h"
#include "analyze/crossover.h"
#include "analyze/pool.h"
#include "tests/analyze/simulation.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <string.h>

#define ROUNDS 400

/* A line with errors that are independent of each other, each known with 10 degrees of freedom. */
static struct fit line(double baseline, double baseline_error, double overhead, double overhead_error)
{
    struct fit fit = fit_unknown(FIT_ROBUST, 0.95);

    fit.unit = UNIT_BYTES;
    fit.baseline = estimate_of(baseline, baseline_error, 10, 0.95);
    fit.overhead = estimate_of(overhead, overhead_error, 10, 0.95);
    fit.covariance = 0;
    fit.run_scatter = (struct scatter){.dof = 10};
    fit.min_tasks = 1;
    fit.max_tasks = 1000000;
    return fit;
}

static void assert_near(double value, double expected, double within)
{
    if (!(fabs(value - expected) <= within))
        fail_msg("%g is not %g", value, expected);
}

/* --- crossovers --------------------------------------------------------------------------------------------------- */

/* 1000 + 1 x and 0 + 11 x cross at 100; errors of the baselines alone move that by t * sqrt(2) * 10 / 10, where t of 20
   degrees of freedom is 2.086. */
static void test_lines_cross(void **state)
{
    struct fit a = line(1000, 10, 1, 1e-9), b = line(0, 10, 11, 1e-9);
    struct crossover crossover = crossover_of(&a, &b);

    (void)state;
    assert_near(crossover.tasks, 100, 1e-9);
    assert_int_equal(crossover.stretches, 2);
    assert_near(crossover.stretch[0].to, 100 - 2.085963 * sqrt(2), 1e-4);
    assert_near(crossover.stretch[1].from, 100 + 2.085963 * sqrt(2), 1e-4);
    assert_int_equal(crossover_below(&crossover), CROSSOVER_B);
    assert_int_equal(crossover_above(&crossover), CROSSOVER_A);
}

/* As above; with no task at all B is cheaper, too. */
static void test_lines_cross_from_no_task_on(void **state)
{
    struct fit a = line(1000, 10, 1, 1e-9), b = line(0, 10, 11, 1e-9);
    struct crossover crossover;

    (void)state;
    a.min_tasks = b.min_tasks = 0;
    crossover = crossover_of(&a, &b);
    assert_near(crossover.tasks, 100, 1e-9);
    assert_true(crossover.stretch[0].from == 0);
    assert_int_equal(crossover_below(&crossover), CROSSOVER_B);
}

static void test_lines_never_cross(void **state)
{
    struct fit a = line(0, 1, 1, 0.01), b = line(1000, 1, 2, 0.01);
    struct crossover crossover = crossover_of(&a, &b);

    (void)state;
    assert_true(isnan(crossover.tasks));
    assert_int_equal(crossover.stretches, 1);
    assert_int_equal(crossover_below(&crossover), CROSSOVER_A);
    assert_int_equal(crossover_above(&crossover), CROSSOVER_A);
}

/* The slopes may be the same: from some count on nothing is proven. */
static void test_lines_that_may_be_parallel(void **state)
{
    struct fit a = line(0, 1, 2, 0.5), b = line(1000, 1, 1.5, 0.5);
    struct crossover crossover = crossover_of(&a, &b);

    (void)state;
    assert_near(crossover.tasks, 2000, 1e-6);
    assert_int_equal(crossover.stretches, 1);
    assert_true(crossover.stretch[0].to > 1 && crossover.stretch[0].to < 2000);
    assert_int_equal(crossover_below(&crossover), CROSSOVER_A);
    assert_int_equal(crossover_above(&crossover), CROSSOVER_UNPROVEN);
}

/* Two lines that differ by 4 kB at any count and are known best between counts: at the ends nothing is proven. By hand:
   the difference d has d^2 = 16e6 and the variance 4e6 - 2 * 15 x + 1e-4 x^2, so with t^2 the roots of 16e6 = t^2 (4e6
   - 30 x + 1e-4 x^2). */
static void test_lines_told_apart_only_in_between(void **state)
{
    struct fit a = line(0, sqrt(2e6), 1, sqrt(0.5e-4)), b = line(4000, sqrt(2e6), 1, sqrt(0.5e-4));
    struct crossover crossover;
    double t2, half;

    (void)state;
    a.covariance = b.covariance = -7.5;
    crossover = crossover_of(&a, &b);
    t2 = pow(gsl_cdf_tdist_Qinv(0.025, 20), 2);
    half = sqrt(30 * 30 - 4 * 1e-4 * (4e6 - 16e6 / t2)) / 2e-4;
    assert_int_equal(crossover.stretches, 1);
    assert_int_equal(crossover.stretch[0].side, CROSSOVER_A);
    assert_near(crossover.stretch[0].from, 150000 - half, 1);
    assert_near(crossover.stretch[0].to, 150000 + half, 1);
    assert_int_equal(crossover_below(&crossover), CROSSOVER_UNPROVEN);
    assert_int_equal(crossover_above(&crossover), CROSSOVER_UNPROVEN);
}

static void test_the_same_line_twice(void **state)
{
    struct fit a = line(10, 1, 2, 0.1);
    struct crossover crossover = crossover_of(&a, &a);

    (void)state;
    assert_true(isnan(crossover.tasks));
    assert_int_equal(crossover.stretches, 0);
}

static void test_models_without_a_common_range(void **state)
{
    struct fit a = line(10, 1, 2, 0.1), b = line(1000, 1, 2, 0.1);
    struct crossover crossover;

    (void)state;
    a.max_tasks = b.min_tasks = 1000;
    crossover = crossover_of(&a, &b);
    assert_true(isnan(crossover.smallest) && isnan(crossover.largest));
    assert_int_equal(crossover.stretches, 0);
}

/* --- capacity ----------------------------------------------------------------------------------------------------- */

/* 100 + 10 x fills 1,100 at 100; the baseline's error of 10 moves that by t = 2.228 either way. */
static void test_a_budget_is_filled(void **state)
{
    struct fit fit = line(100, 10, 10, 0);
    struct capacity capacity = capacity_of(&fit, 1100.5);

    (void)state;
    assert_near(capacity.tasks, 100, 0);
    assert_near(capacity.low, 97, 0);
    assert_near(capacity.high, 102, 0);
}

static void test_budgets_at_the_ends(void **state)
{
    struct fit fit = line(100, 1, 10, 0.1), free_tasks = line(100, 1, 0, 1e-9), unknown = fit_unknown(FIT_ROBUST, 0.95);

    (void)state;
    assert_near(capacity_of(&fit, 50).tasks, 0, 0); /* the runtime alone takes more */
    assert_near(capacity_of(&fit, 50).high, 0, 0);
    assert_true(isnan(capacity_of(&free_tasks, 1e9).tasks));  /* no number of tasks fills it */
    assert_true(isfinite(capacity_of(&free_tasks, 1e9).low)); /* but `low` tasks certainly fit */
    assert_true(isnan(capacity_of(&unknown, 1e9).tasks));
}

/* Capacity is the inverse of the prediction. */
static void test_capacity_and_prediction_agree(void **state)
{
    struct fit fit = line(1e6, 1e4, 2000, 0.5);
    struct capacity capacity = capacity_of(&fit, 1e9);

    (void)state;
    assert_near(fit_run_at(&fit, capacity.tasks).value, 1e9, 2001);
    assert_near(fit_run_at(&fit, capacity.low).high, 1e9, 2010);
    assert_near(fit_run_at(&fit, capacity.high).low, 1e9, 2010);
}

/* --- pooling ------------------------------------------------------------------------------------------------------ */

/* By hand for two hosts: chi-square is the squared distance over the sum of all variances, 3^2 / (1 + 4 + 2 between) =
   1, so the variance between them is 2, the weights 1/3 and 1/6, the mean 11 and its squared error 1 / (1/3 + 1/6). Of
   the baselines (200^2 - 2) / 2 lies between, the weights are equal, and the squared error is 20000 / 2. */
static void test_hosts_that_differ_are_pooled(void **state)
{
    const struct fit fit[] = {line(100, 1, 10, 1), line(300, 1, 13, 2)};
    struct fit pooled = pool_fits(fit, 2);

    (void)state;
    assert_near(pooled.overhead.value, 11, 1e-9);
    assert_near(pooled.overhead.standard_error, sqrt(2), 1e-9);
    assert_near(pooled.overhead.dof, 1, 0);
    assert_near(pooled.baseline.value, 200, 1e-9);
    assert_near(pooled.baseline.standard_error, 100, 1e-9);
    assert_true(pooled.lack_of_fit_p > 0.05);
    assert_non_null(strstr(pooled.note, "overheads from 10 B to 13 B; baselines from 100 B to 300 B"));
}

/* Hosts that agree: weights 1 and 1/4, and no smaller an error than their own make it. */
static void test_hosts_that_agree_are_weighed(void **state)
{
    const struct fit fit[] = {line(100, 1, 10, 1), line(100, 1, 10, 2)};
    struct fit pooled = pool_fits(fit, 2);

    (void)state;
    assert_near(pooled.overhead.value, 10, 1e-12);
    assert_near(pow(pooled.overhead.standard_error, 2), 0.8, 1e-12);
}

/* Two hosts: Welch's test of several means is his t test. */
static void test_sameness_is_welchs_test(void **state)
{
    const struct fit fit[] = {line(0, 1, 10, 1), line(0, 1, 15, 2)};
    double dof = estimate_joint_dof(1, 10, 4, 10);

    (void)state;
    assert_near(pool_fits(fit, 2).lack_of_fit_p, 2 * gsl_cdf_tdist_Q(5 / sqrt(5), dof), 1e-9);
}

static void test_hosts_that_differ_are_told(void **state)
{
    const struct fit fit[] = {line(0, 1, 10, 0.1), line(0, 1, 15, 0.1)};
    struct fit pooled = pool_fits(fit, 2);

    (void)state;
    assert_near(pooled.overhead.value, 12.5, 1e-9);
    assert_true(pooled.overhead.low < 10 && pooled.overhead.high > 15);
    assert_non_null(strstr(pooled.note, "not the same"));
}

static void test_hosts_without_errors(void **state)
{
    struct fit fit[] = {line(100, 1, 10, 1), line(300, 1, 15, 2)};
    struct fit pooled;

    (void)state;
    fit[1].overhead.standard_error = NAN;
    pooled = pool_fits(fit, 2);
    assert_near(pooled.overhead.value, 10, 1e-12);
    assert_near(pooled.overhead.standard_error, 1, 1e-12);
    assert_non_null(strstr(pooled.note, "1 of 2 hosts have no errors"));
    fit[0].overhead.standard_error = NAN;
    assert_true(isnan(pool_fits(fit, 2).overhead.value));
}

/* --- coverage ----------------------------------------------------------------------------------------------------- */

static void assert_held(size_t held)
{
    if ((double)held < ROUNDS * 0.92)
        fail_msg("the truth was held in %zu of %d rounds", held, ROUNDS);
}

static void test_intervals_hold_the_truth(void **state)
{
    const struct simulation simulation = {.constant = 32768, .proportional = 0.003, .runs = 10};
    const struct simulation other = {
        .constant = 32768, .proportional = 0.003, .runs = 10, .lighter = -2e7, .heavier = -40};
    gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
    size_t crossings = 0, predictions = 0, pooled = 0;

    (void)state;
    gsl_rng_set(random, 5);
    for (size_t round = 0; round < ROUNDS; round++) {
        const struct fit fit[] = {simulation_fit(&simulation, random, FIT_ROBUST, 0.95),
                                  simulation_fit(&simulation, random, FIT_ROBUST, 0.95)};
        struct fit b = simulation_fit(&other, random, FIT_ROBUST, 0.95), both = pool_fits(fit, 2);
        struct crossover crossover = crossover_of(&fit[0], &b);
        struct estimate next = fit_run_at(&fit[0], 1e7);
        double run = simulation_draw_value(&simulation, random, 1e7);

        crossings += crossover.stretches == 2 && crossover.stretch[0].to <= 5e5 && 5e5 <= crossover.stretch[1].from;
        predictions += next.low <= run && run <= next.high;
        pooled += both.overhead.low <= SIMULATION_OVERHEAD && SIMULATION_OVERHEAD <= both.overhead.high;
    }
    gsl_rng_free(random);
    assert_held(crossings);
    assert_held(predictions);
    assert_held(pooled);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_cross),
        cmocka_unit_test(test_lines_cross_from_no_task_on),
        cmocka_unit_test(test_lines_never_cross),
        cmocka_unit_test(test_lines_that_may_be_parallel),
        cmocka_unit_test(test_lines_told_apart_only_in_between),
        cmocka_unit_test(test_the_same_line_twice),
        cmocka_unit_test(test_models_without_a_common_range),
        cmocka_unit_test(test_a_budget_is_filled),
        cmocka_unit_test(test_budgets_at_the_ends),
        cmocka_unit_test(test_capacity_and_prediction_agree),
        cmocka_unit_test(test_hosts_that_differ_are_pooled),
        cmocka_unit_test(test_hosts_that_agree_are_weighed),
        cmocka_unit_test(test_sameness_is_welchs_test),
        cmocka_unit_test(test_hosts_that_differ_are_told),
        cmocka_unit_test(test_hosts_without_errors),
        cmocka_unit_test(test_intervals_hold_the_truth),
    };

    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
