/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fits where certified results do not reach: outliers, rounding, bends, too little data, coverage. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "analyze/fit.h"
#include "tests/analyze/runs.h"
#include "tests/analyze/simulation.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_fit.h>
#include <string.h>

#define PAGE RUNS_PAGE
#define LENGTH(array) (sizeof(array) / sizeof *(array))

static struct fit fit_runs(struct run *run, size_t runs, enum fit_method method)
{
    struct series_list list = runs_gather(run, runs);
    struct fit fit = fit_series(&list.series[0], method, 0.95);

    series_list_free(&list);
    return fit;
}

/* baseline 100 pages, 1 page a task, 5 runs a count that scatter by 0, +-10 and +-20 pages */
#define LINE_RUNS 15
static void fill_line(struct run run[LINE_RUNS])
{
    static const int64_t tasks[] = {1, 100, 1000};

    for (size_t k = 0; k < LENGTH(tasks); k++)
        for (int i = -2; i <= 2; i++)
            *run++ = runs_one(tasks[k], (100 + (double)tasks[k] + 10 * i) * PAGE);
}

/* The means of the counts lie on the line, so every weighting finds it, and nothing is left for a lack of fit. */
static void test_symmetric_scatter_leaves_the_line(void **state)
{
    struct run run[LINE_RUNS];

    (void)state;
    fill_line(run);
    for (int method = 0; method < FIT_METHOD_COUNT; method++) {
        struct fit fit = fit_runs(run, LINE_RUNS, (enum fit_method)method);

        assert_close(fit.baseline.value, 100 * PAGE, 1e-9);
        assert_close(fit.overhead.value, PAGE, 1e-9);
        assert_true(fit.overhead.low < PAGE && fit.overhead.high > PAGE);
        assert_int_equal(fit.max_tasks, 1000);
        assert_int_equal(fit.cells, 3);
        assert_string_equal(fit.note, "");
    }
    assert_true(fit_runs(run, LINE_RUNS, FIT_ROBUST).lack_of_fit_p > 0.99);
    assert_true(fit_runs(run, LINE_RUNS, FIT_WLS).lack_of_fit_p > 0.99);
}

/* With the same variance s^2 = 250 pages^2 at every count, wls is ordinary least squares through the means, and its
   errors are s / sqrt(5) times the root of the sum of the squared shares: for the overhead s / sqrt(5 * sum (x -
   mean)^2). Its degrees of freedom follow from the shares by hand: (sum a^2)^2 / (sum a^4 / 4). */
static void test_wls_errors(void **state)
{
    struct run run[LINE_RUNS];
    struct fit fit;
    double mean = 1101. / 3, square = 0, fourth = 0;
    static const double tasks[] = {1, 100, 1000};

    (void)state;
    fill_line(run);
    fit = fit_runs(run, LINE_RUNS, FIT_WLS);
    for (size_t k = 0; k < 3; k++) {
        square += pow(tasks[k] - mean, 2);
        fourth += pow(tasks[k] - mean, 4);
    }
    assert_close(fit.overhead.standard_error, sqrt(250 / (5 * square)) * PAGE, 1e-9);
    assert_close(fit.overhead.dof, square * square / (fourth / 4), 1e-9);
}

/* Counts that scatter unequally, off any line: GSL's weighted least squares through the means is the reference. */
static void test_wls_weights(void **state)
{
    static const double scatter[] = {1, 30, 5}; /* pages, about means of 10, 150 and 700 pages */
    static const double tasks[] = {1, 100, 1000}, mean[] = {10 * PAGE, 150 * PAGE, 700 * PAGE};
    struct run run[9];
    double weight[3], baseline, overhead, unused;
    struct fit fit;

    (void)state;
    for (size_t k = 0; k < 3; k++) {
        for (size_t i = 0; i < 3; i++)
            run[3 * k + i] = runs_one((int64_t)tasks[k], mean[k] + ((double)i - 1) * scatter[k] * PAGE);
        weight[k] = 3 / pow(scatter[k] * PAGE, 2); /* values -s, 0 and s have the sample variance s^2 */
    }
    gsl_fit_wlinear(tasks, 1, weight, 1, mean, 1, 3, &baseline, &overhead, &unused, &unused, &unused, &unused);
    fit = fit_runs(run, LENGTH(run), FIT_WLS);
    assert_close(fit.baseline.value, baseline, 1e-9);
    assert_close(fit.overhead.value, overhead, 1e-9);
}

/* Scatter in proportion to the count: five runs at 1 task, 1 page apart, know the baseline to sqrt(2.5 / 5) pages;
   those at 100 k tasks, 1000 pages apart, would make it some hundred pages if all counts weighed the same. */
static void test_robust_weights_follow_the_count(void **state)
{
    static const double tasks[] = {1, 1e5, 1e6}, scatter[] = {-2, -1, 0, 1, 2};
    struct run run[15];
    struct fit fit;

    (void)state;
    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; i < 5; i++)
            run[5 * k + i] = runs_one((int64_t)tasks[k], (100 + tasks[k] + ceil(tasks[k] / 100) * scatter[i]) * PAGE);
    fit = fit_runs(run, LENGTH(run), FIT_ROBUST);
    assert_close(fit.baseline.value, 100 * PAGE, 1e-6);
    assert_true(fit.baseline.standard_error < PAGE);
}

/* One run of 5 is 10000 pages too large: a mean of that count would be 2000 pages off. */
static void test_robust_resists_an_outlier_run(void **state)
{
    struct run run[LINE_RUNS];
    struct fit robust, ols;

    (void)state;
    fill_line(run);
    run[14].value[METRIC_PEAK] += 10000 * PAGE;
    robust = fit_runs(run, LINE_RUNS, FIT_ROBUST);
    ols = fit_runs(run, LINE_RUNS, FIT_OLS);
    assert_true(fabs(robust.overhead.value - PAGE) < 0.02 * PAGE);
    assert_true(robust.overhead.low < PAGE && PAGE < robust.overhead.high);
    assert_true(robust.overhead.high - robust.overhead.low < 0.2 * PAGE);
    assert_true(fabs(ols.overhead.value - PAGE) > PAGE);
    assert_string_equal(robust.note, "1 outlier run is not averaged");
    assert_int_equal(robust.runs, LINE_RUNS);
}

/* Runs that are all equal have no scatter, but their rounding has: no standard error of a mean is below
   page / sqrt(12), with the page of the machine. */
static void test_quantisation_floor(void **state)
{
    static const enum fit_method methods[] = {FIT_CURVE, FIT_ROBUST, FIT_WLS};
    static const double pages[] = {4096, 16384, 65536};

    (void)state;
    for (size_t i = 0; i < LENGTH(methods) * LENGTH(pages); i++) {
        double page = pages[i / LENGTH(methods)];
        struct run run[6];
        struct fit fit;

        for (size_t k = 0; k < LENGTH(run); k++) {
            run[k] = k < 3 ? runs_one(1, 10 * page) : runs_one(101, 30 * page);
            run[k].page_bytes = page;
        }
        fit = fit_runs(run, LENGTH(run), methods[i % LENGTH(methods)]);
        assert_close(fit.overhead.value, 20 * page / 100, 1e-9);
        /* the difference of two means over 100 tasks */
        assert_close(fit.overhead.standard_error, sqrt(2. / 12) * page / 100, 1e-9);
        assert_close(fit.run_scatter.least, page * page / 12, 1e-12);
        assert_close(fit.overhead.dof, 4, 1e-9); /* two equal terms of 2 degrees of freedom */
        assert_true(fit.resolution == page);
        assert_non_null(strstr(fit.note, "two counts only"));
    }
}

/* The middle count lies 100 pages above the line, 10 standard errors of 10 pages: sqrt(250 / 5) = 7.07 pages. The
   interval is of the line all the same; the curve's is of the ends, which the bend does not touch. By hand: sqrt(2 *
   50) pages over 999 tasks. */
static void test_a_bend_is_found_and_told_by_size(void **state)
{
    static const enum fit_method methods[] = {FIT_CURVE, FIT_ROBUST, FIT_WLS};
    struct run run[LINE_RUNS];
    struct fit straight, bent;

    (void)state;
    fill_line(run);
    straight = fit_runs(run, LINE_RUNS, FIT_CURVE);
    for (size_t i = 5; i < 10; i++)
        run[i].value[METRIC_PEAK] += 100 * PAGE;
    for (size_t i = 0; i < LENGTH(methods); i++) {
        bent = fit_runs(run, LINE_RUNS, methods[i]);
        assert_true(bent.lack_of_fit_p < 0.001);
        assert_true(!fit_is_line(&bent));
        assert_close(bent.largest_slope, 199. / 99 * PAGE, 1e-9); /* from 1 to 100 tasks */
        assert_close(bent.least_slope, 800. / 900 * PAGE, 1e-9);  /* from 100 to 1000 */
    }
    bent = fit_runs(run, LINE_RUNS, FIT_CURVE);
    assert_close(bent.overhead.value, PAGE, 1e-9);
    assert_close(bent.overhead.standard_error, 10 * PAGE / 999, 1e-9);
    assert_close(bent.overhead.dof, 8, 1e-9); /* two equal variances of 4 degrees of freedom */
    assert_true(bent.overhead.low == straight.overhead.low && fit_is_line(&straight));
}

/* Three counts as far from each other, 5 runs of the same variance v = 250 pages^2 at each, and the middle mean d = 20
   pages off the line of the others. By hand: chi-square is (2 d)^2 / 6 / (v / 5), and its expectation 1, of which the
   means have 1/6, 4/6 and 1/6: (1/36 + 16/36 + 1/36) / 4 is 1 / 8 degrees of freedom. */
static void test_the_test_of_a_line_by_hand(void **state)
{
    struct run run[15];
    struct fit fit;

    (void)state;
    for (size_t i = 0; i < LENGTH(run); i++) {
        int64_t step = (int64_t)(i / 5), scatter = 10 * ((int64_t)(i % 5) - 2);

        run[i] = runs_one(1 + 100 * step, (double)(1000 + step + scatter + (step == 1 ? 20 : 0)) * PAGE);
    }
    fit = fit_runs(run, LENGTH(run), FIT_CURVE);
    assert_close(fit.lack_of_fit_f, 1600. / 6 / 50, 1e-6);
    assert_close(fit.lack_of_fit_p, gsl_cdf_fdist_Q(1600. / 6 / 50, 1, 8), 1e-6);
}

/* Three of ten runs take 2 MiB more in every count: too many for outliers, and all are averaged. */
static void test_modes_are_not_fenced_out(void **state)
{
    static const int64_t tasks[] = {1, 100, 1000};
    struct run run[30];
    struct fit fit;

    (void)state;
    for (size_t i = 0; i < LENGTH(run); i++) {
        int64_t count = tasks[i / 10];

        run[i] = runs_one(count, (double)(100 + count + (int64_t)(i % 10)) * PAGE + (i % 10 >= 7 ? 2 * 0x1p20 : 0));
    }
    fit = fit_runs(run, LENGTH(run), FIT_CURVE);
    assert_non_null(strstr(fit.note, "two modes"));
    assert_close(fit.overhead.value, PAGE, 1e-9);
    assert_true(fit_is_line(&fit));
    /* 100 pages, 4.5 on average, and three tenths of 2 MiB */
    assert_close(fit.baseline.value, 104.5 * PAGE + 0.6 * 0x1p20, 1e-9);
}

/* ... or in the two smallest of six counts only, beyond which runs scatter by more than 2 MiB. Where runs are all of
   one mode, as here at 10 tasks, their error is that of the other counts. */
static void test_modes_that_few_counts_show(void **state)
{
    static const int64_t tasks[] = {1, 10, 100, 1000000, 2000000, 4000000};
    struct run run[60];
    struct fit fit;
    double mean;

    (void)state;
    for (size_t i = 0; i < LENGTH(run); i++) {
        int64_t count = tasks[i / 10];
        double steps = (double)(i % 10) - 4.5, scatter = count > 100 ? 2e-3 * (double)count : 1;

        run[i] = runs_one(count, (100 + (double)count + steps * scatter) * PAGE);
        if (i / 10 < 3 && i / 10 != 1 && i % 10 >= 7)
            run[i].value[METRIC_PEAK] += 2 * 0x1p20;
    }
    fit = fit_runs(run, LENGTH(run), FIT_CURVE);
    assert_non_null(strstr(fit.note, "two modes"));
    /* The means of all runs are 101 pages and three tenths of 2 MiB at 1 task, 110 pages at 10. */
    mean = 101 * PAGE + 0.6 * 0x1p20;
    assert_close(fit.baseline.value, mean + (mean - 110 * PAGE) / 9, 1e-9);
    assert_true(fit.baseline.high - fit.baseline.low > 0x1p20);
}

/* Quantiles of a lognormal distribution whose logarithm has a standard deviation of 0.5, 20 at each count: the largest
   is 5.3 robust standard deviations above the median, and belongs to the mean. */
static void test_a_tail_is_not_fenced_out(void **state)
{
    struct run run[40];
    struct fit fit;
    double sum = 0;

    (void)state;
    for (size_t i = 0; i < LENGTH(run); i++) {
        double quantile = exp(0.5 * gsl_cdf_ugaussian_Pinv(((double)(i % 20) + 0.5) / 20));

        run[i] = runs_one(i < 20 ? 1 : 1001, (1000 + 100 * quantile) * PAGE);
        sum += i < 20 ? run[i].value[METRIC_PEAK] : 0;
    }
    fit = fit_runs(run, LENGTH(run), FIT_CURVE);
    assert_null(strstr(fit.note, "outlier"));
    assert_close(fit.baseline.value, sum / 20, 1e-9);
}

/* From a large count the baseline is what was measured before the first task: the curve would prolong its first piece.
 */
static void test_the_baseline_of_large_counts_is_the_idle_one(void **state)
{
    struct run run[] = {runs_one(1000, 1000 * PAGE), runs_one(1000, 1002 * PAGE), runs_one(10000, 2000 * PAGE),
                        runs_one(10000, 2002 * PAGE)};
    struct fit fit = fit_runs(run, LENGTH(run), FIT_CURVE);

    (void)state;
    assert_non_null(strstr(fit.note, "the baseline is prolonged from 1k tasks"));
    for (size_t i = 0; i < LENGTH(run); i++)
        run[i].value[METRIC_IDLE] = (300 + (double)i) * PAGE;
    fit = fit_runs(run, LENGTH(run), FIT_CURVE);
    assert_close(fit.baseline.value, 301.5 * PAGE, 1e-9);
    assert_null(strstr(fit.note, "prolonged"));
}

static void assert_no_fit(const struct fit *fit, const char *note)
{
    assert_true(isnan(fit->baseline.value) && isnan(fit->overhead.value) && isnan(fit->overhead.low));
    assert_true(isnan(fit->lack_of_fit_p) && isnan(fit->r_squared));
    assert_non_null(strstr(fit->note, note));
}

static void test_what_cannot_be_fitted_says_so(void **state)
{
    struct run one_count[] = {runs_one(1000, PAGE), runs_one(1000, 2 * PAGE)};
    struct run one_run[] = {runs_one(1, PAGE)};
    struct run failed[] = {runs_failed(1, "EAGAIN"), runs_failed(10, "ENOMEM")};
    struct run unknown[] = {runs_one(1, NAN), runs_one(2, NAN)};

    (void)state;
    for (int method = 0; method < FIT_METHOD_COUNT; method++) {
        struct fit fit = fit_runs(one_count, 2, (enum fit_method)method);

        assert_no_fit(&fit, "runs at one count only (1k)");
        fit = fit_runs(one_run, 1, (enum fit_method)method);
        assert_no_fit(&fit, "runs at one count only (1)");
        fit = fit_runs(failed, 2, (enum fit_method)method);
        assert_no_fit(&fit, "no run was ok; failed at 1: EAGAIN");
        assert_int_equal(fit.failed, 2);
        assert_int_equal(fit.max_tasks, 0);
        fit = fit_runs(unknown, 2, (enum fit_method)method);
        assert_no_fit(&fit, "no run has peak figures");
    }
}

/* The line is there, its errors are not. */
static void test_one_run_a_count(void **state)
{
    static const enum fit_method methods[] = {FIT_CURVE, FIT_ROBUST, FIT_WLS};
    struct run run[] = {runs_one(1, 11 * PAGE), runs_one(11, 21 * PAGE), runs_one(101, 111 * PAGE)};

    (void)state;
    for (size_t i = 0; i < LENGTH(methods); i++) {
        struct fit fit = fit_runs(run, LENGTH(run), methods[i]);

        assert_close(fit.overhead.value, PAGE, 1e-9);
        assert_close(fit.baseline.value, 10 * PAGE, 1e-9);
        assert_true(isnan(fit.overhead.standard_error) && isnan(fit.overhead.low) && isnan(fit.lack_of_fit_p));
        assert_non_null(strstr(fit.note, "one run a count"));
    }
}

/* A single run gets its variance from the other counts. */
static void test_a_lone_run_borrows_a_variance(void **state)
{
    struct run run[LINE_RUNS];
    struct fit fit;

    (void)state;
    fill_line(run);
    run[5].tasks = 300;
    run[5].value[METRIC_PEAK] = 400 * PAGE;
    fit = fit_runs(run, LINE_RUNS, FIT_ROBUST);
    assert_int_equal(fit.cells, 4);
    assert_true(isfinite(fit.overhead.low) && isfinite(fit.lack_of_fit_p));
}

/* Only 10k has two runs, which alone give the variance, and the line is still found (58.7 MB and about 4.2 kB a task
   were measured so for a runtime whose sweep was cut short). */
static void test_one_count_with_runs_to_spare(void **state)
{
    struct run run[] = {runs_one(1, 58740736), runs_one(1000, 59248640), runs_one(10000, 100610048),
                        runs_one(10000, 100970496), runs_one(50000, 270979072)};
    struct fit fit = fit_runs(run, LENGTH(run), FIT_ROBUST);

    (void)state;
    assert_true(fit.overhead.low < 4250 && fit.overhead.high > 4250);
    assert_true(isfinite(fit.baseline.low) && isfinite(fit.lack_of_fit_p));
}

static void test_constant_data(void **state)
{
    struct run run[] = {runs_one(1, PAGE), runs_one(1, PAGE), runs_one(100, PAGE), runs_one(100, PAGE)};

    (void)state;
    for (int method = 0; method < FIT_METHOD_COUNT; method++) {
        struct fit fit = fit_runs(run, LENGTH(run), (enum fit_method)method);

        assert_true(fit.overhead.value == 0);
        assert_true(isnan(fit.r_squared));
        assert_non_null(strstr(fit.note, "every run has the same value"));
    }
    assert_true(isnan(fit_runs(run, LENGTH(run), FIT_OLS).overhead.standard_error));
}

/* A cut must not leave part of a number that looks whole. */
static void test_a_note_that_does_not_fit_ends_with_an_ellipsis(void **state)
{
    struct fit fit = {.note = ""};
    char accents[] = "ééééééééééééééééééééééééééééééééééééé";

    (void)state;
    fit_note(&fit, "x"); /* the first byte of an accent is at odd places */
    for (int i = 0; i < 20; i++)
        fit_note(&fit, "%s", accents);
    assert_true(strlen(fit.note) < sizeof fit.note && strlen(fit.note) > sizeof fit.note - 8);
    assert_string_equal(fit.note + strlen(fit.note) - strlen("é…"), "é…");
}

static void test_names(void **state)
{
    enum fit_method method;
    enum metric metric;
    struct error error;

    (void)state;
    assert_int_equal(fit_method_parse("theil-sen", &method, &error), 0);
    assert_int_equal(method, FIT_THEIL_SEN);
    assert_int_equal(fit_method_parse("Robust", &method, &error), -1);
    assert_non_null(strstr(error.text, "curve, robust, wls, ols or theil-sen"));
    assert_int_equal(metric_parse("page-tables", &metric, &error), 0);
    assert_int_equal(metric, METRIC_PAGE_TABLES);
    assert_int_equal(metric_parse("idle", &metric, &error), -1);
    assert_int_equal(metric, METRIC_PAGE_TABLES);
}

/* How many of the rounds have 95 % limits that hold the true overhead. */
static size_t count_covered(const struct simulation *simulation, size_t rounds)
{
    gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
    size_t covered = 0;

    gsl_rng_set(random, 1);
    for (size_t round = 0; round < rounds; round++) {
        struct run run[4 * 10];
        struct recordings recordings = simulation_draw(simulation, random, run);
        struct fit fit = fit_runs(run, recordings.runs, FIT_ROBUST);

        covered += fit.overhead.low <= SIMULATION_OVERHEAD && SIMULATION_OVERHEAD <= fit.overhead.high;
    }
    gsl_rng_free(random);
    return covered;
}

/* Of 400 rounds 380 are expected; 363 are 4 standard deviations (of sqrt(400 * 0.95 * 0.05) = 4.4) fewer. Were it 100
   % the limits would be too wide. Full tables are made by coverage.c. */
static void test_coverage(void **state)
{
    static const struct simulation simulations[] = {
        {.constant = 65536, .runs = 10},
        {.constant = 32768, .proportional = 0.003, .runs = 10},
        {.constant = 65536, .hiccups = 0.08, .runs = 10},
        {.constant = 32768, .proportional = 0.003, .runs = 5},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(simulations); i++) {
        size_t covered = count_covered(&simulations[i], 400);

        assert_in_range(covered, 363, 397);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_symmetric_scatter_leaves_the_line),
        cmocka_unit_test(test_wls_errors),
        cmocka_unit_test(test_wls_weights),
        cmocka_unit_test(test_robust_weights_follow_the_count),
        cmocka_unit_test(test_robust_resists_an_outlier_run),
        cmocka_unit_test(test_quantisation_floor),
        cmocka_unit_test(test_a_bend_is_found_and_told_by_size),
        cmocka_unit_test(test_the_test_of_a_line_by_hand),
        cmocka_unit_test(test_modes_are_not_fenced_out),
        cmocka_unit_test(test_modes_that_few_counts_show),
        cmocka_unit_test(test_a_tail_is_not_fenced_out),
        cmocka_unit_test(test_the_baseline_of_large_counts_is_the_idle_one),
        cmocka_unit_test(test_what_cannot_be_fitted_says_so),
        cmocka_unit_test(test_one_run_a_count),
        cmocka_unit_test(test_a_lone_run_borrows_a_variance),
        cmocka_unit_test(test_one_count_with_runs_to_spare),
        cmocka_unit_test(test_constant_data),
        cmocka_unit_test(test_a_note_that_does_not_fit_ends_with_an_ellipsis),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_coverage),
    };

    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
