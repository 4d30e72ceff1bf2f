/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fits against certified results: see reference/README.md. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "analyze/fit.h"
#include "tests/analyze/runs.h"

#include <gsl/gsl_errno.h>
#include <stdio.h>
#include <string.h>

#define FOLDER "tests/analyze/reference/"
#define TOLERANCE 1e-9
#define MAX_RUNS 64

struct data_set {
    const char *name, *file;
    double scale; /* by which x is multiplied to be whole */
};

static const struct data_set norris = {"norris", FOLDER "norris.csv", 10};
static const struct data_set pontius = {"pontius_line", FOLDER "pontius_line.csv", 1};
static const struct data_set anscombe = {"anscombe1", FOLDER "anscombe1.csv", 1};

/* A certified number; a test that asks for one that is not there fails. */
static double expected(const struct data_set *set, const char *fit, const char *quantity)
{
    FILE *file = fopen(FOLDER "expected.tsv", "r");
    char line[256], found_set[64], found_fit[64], found_quantity[64];
    double value = NAN, number;

    assert_non_null(file);
    while (fgets(line, sizeof line, file))
        if (sscanf(line, "%63s %63s %63s %lf", found_set, found_fit, found_quantity, &number) == 4 &&
            strcmp(found_set, set->name) == 0 && strcmp(found_fit, fit) == 0 && strcmp(found_quantity, quantity) == 0)
            value = number;
    fclose(file);
    if (isnan(value))
        fail_msg("%s %s %s is not in expected.tsv", set->name, fit, quantity);
    return value;
}

static struct fit fit_data_set(const struct data_set *set, enum fit_method method, double confidence)
{
    FILE *file = fopen(set->file, "r");
    struct run run[MAX_RUNS];
    struct series_list list;
    struct fit fit;
    size_t runs = 0;
    double x, y;

    assert_non_null(file);
    assert_int_equal(fscanf(file, "x,y "), 0);
    while (runs < MAX_RUNS && fscanf(file, "%lf,%lf ", &x, &y) == 2)
        run[runs++] = runs_one(llround(x * set->scale), y);
    fclose(file);
    list = runs_gather(run, runs);
    fit = fit_series(&list.series[0], method, confidence);
    series_list_free(&list);
    return fit;
}

/* Slopes are told per x as the data set has it. */
static void check_ols(const struct data_set *set)
{
    struct fit fit = fit_data_set(set, FIT_OLS, 0.95), wide = fit_data_set(set, FIT_OLS, 0.99);
    double scale = set->scale;

    assert_int_equal(fit.runs, (size_t)expected(set, "ols", "n"));
    assert_close(fit.baseline.value, expected(set, "ols", "intercept"), TOLERANCE);
    assert_close(fit.baseline.standard_error, expected(set, "ols", "se_intercept"), TOLERANCE);
    assert_close(fit.baseline.low, expected(set, "ols", "ci95_intercept_lo"), TOLERANCE);
    assert_close(fit.baseline.high, expected(set, "ols", "ci95_intercept_hi"), TOLERANCE);
    assert_close(fit.overhead.value * scale, expected(set, "ols", "slope"), TOLERANCE);
    assert_close(fit.overhead.standard_error * scale, expected(set, "ols", "se_slope"), TOLERANCE);
    assert_close(fit.overhead.low * scale, expected(set, "ols", "ci95_slope_lo"), TOLERANCE);
    assert_close(fit.overhead.high * scale, expected(set, "ols", "ci95_slope_hi"), TOLERANCE);
    assert_close(wide.overhead.low * scale, expected(set, "ols", "ci99_slope_lo"), TOLERANCE);
    assert_close(wide.baseline.high, expected(set, "ols", "ci99_intercept_hi"), TOLERANCE);
    assert_close(fit.covariance * scale, expected(set, "ols", "cov_intercept_slope"), TOLERANCE);
    assert_close(fit.r_squared, expected(set, "ols", "r_squared"), TOLERANCE);
    assert_close(fit.overhead_freedom, expected(set, "ols", "df"), TOLERANCE);
}

static void check_mean_at(const struct data_set *set, const char *where)
{
    struct fit fit = fit_data_set(set, FIT_OLS, 0.95);
    struct estimate mean;
    char name[64];
    double x;

    snprintf(name, sizeof name, "pred_%s_x", where);
    x = expected(set, "ols", name);
    mean = fit_mean_at(&fit, x * set->scale);
    snprintf(name, sizeof name, "pred_%s_fit", where);
    assert_close(mean.value, expected(set, "ols", name), TOLERANCE);
    /* The error at the mean is what two larger terms leave of each other: 1e-8. */
    snprintf(name, sizeof name, "pred_%s_se_mean", where);
    assert_close(mean.standard_error, expected(set, "ols", name), 1e-8);
    snprintf(name, sizeof name, "pred_%s_ci95_lo", where);
    assert_close(mean.low, expected(set, "ols", name), TOLERANCE);
    snprintf(name, sizeof name, "pred_%s_ci95_hi", where);
    assert_close(mean.high, expected(set, "ols", name), TOLERANCE);
}

static void check_lack_of_fit(const struct data_set *set)
{
    struct fit fit = fit_data_set(set, FIT_OLS, 0.95);

    assert_close(fit.lack_of_fit_f, expected(set, "ols", "lof_F"), TOLERANCE);
    assert_close(fit.lack_of_fit_p, expected(set, "ols", "lof_p"), TOLERANCE);
    assert_int_equal(fit.scale_factor, 1); /* ols keeps its errors */
}

static void check_theil_sen(const struct data_set *set)
{
    struct fit fit = fit_data_set(set, FIT_THEIL_SEN, 0.95);

    assert_close(fit.overhead.value * set->scale, expected(set, "theil_sen", "slope"), TOLERANCE);
    assert_close(fit.baseline.value, expected(set, "theil_sen", "intercept_median_of_residuals"), TOLERANCE);
    assert_true(fit.overhead.low < fit.overhead.value && fit.overhead.value < fit.overhead.high);
    assert_true(fit.baseline.low < fit.baseline.value && fit.baseline.value < fit.baseline.high);
}

static void test_norris(void **state)
{
    (void)state;
    check_ols(&norris);
    check_lack_of_fit(&norris);
    check_mean_at(&norris, "xmean");
    check_mean_at(&norris, "x2max");
    check_theil_sen(&norris);
}

static void test_pontius(void **state)
{
    (void)state;
    check_ols(&pontius);
    check_lack_of_fit(&pontius);
    check_mean_at(&pontius, "xmean");
    check_mean_at(&pontius, "x2max");
    check_theil_sen(&pontius);
}

static void test_anscombe(void **state)
{
    (void)state;
    check_ols(&anscombe);
    check_mean_at(&anscombe, "x2max");
    check_theil_sen(&anscombe);
    assert_true(isnan(fit_data_set(&anscombe, FIT_OLS, 0.95).lack_of_fit_f)); /* no x stands twice */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_norris),
        cmocka_unit_test(test_pontius),
        cmocka_unit_test(test_anscombe),
    };

    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
