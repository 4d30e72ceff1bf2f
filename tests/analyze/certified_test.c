/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fits against certified results: see reference/README.md. Compares every result that a fit has. */
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

#define DIRECTORY "tests/analyze/reference/"
#define TOLERANCE 1e-9
#define MAX_RUNS 300

/* The runs of a data set; x is multiplied by the scale, to be whole. */
struct data_set {
    struct run run[MAX_RUNS];
    size_t runs;
    double scale;
};

/* Of the rows "x,y" of a file or, where it has several sets, "NAME,x,y". */
static struct data_set read_data_set(const char *path, const char *name, double scale)
{
    struct data_set set = {.runs = 0, .scale = scale};
    FILE *file = fopen(path, "r");
    char line[128];

    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    while (fgets(line, sizeof line, file)) {
        const char *numbers = line;
        double x, y;

        if (name && (strncmp(line, name, strlen(name)) != 0 || line[strlen(name)] != ','))
            continue;
        numbers += name ? strlen(name) + 1 : 0;
        assert_int_equal(sscanf(numbers, "%lf,%lf", &x, &y), 2);
        assert_true(set.runs < MAX_RUNS && x * scale == round(x * scale));
        set.run[set.runs++] = runs_one((int64_t)(x * scale), y);
    }
    fclose(file);
    assert_true(set.runs > 0);
    return set;
}

static struct fit fit_data_set(struct data_set *set, enum fit_method method, double confidence)
{
    struct series_list list = runs_gather(set->run, set->runs);
    struct fit fit = fit_series(&list.series[0], method, confidence);

    series_list_free(&list);
    return fit;
}

/* --- what a result is called -------------------------------------------------------------------------------------- */

/* "slope", "se_slope" and "ci95_slope_lo" of the estimate, by what precedes the term; slopes are per x. */
static double of_estimate(struct estimate estimate, const char *kind, const char *end, double factor)
{
    double value = strcmp(end, "_lo") == 0   ? estimate.low
                   : strcmp(end, "_hi") == 0 ? estimate.high
                   : *kind                   ? estimate.standard_error
                                             : estimate.value;

    return value * factor;
}

/* "ci99_slope_lo", "HC3_se_intercept": NaN for any other name. */
static double term_of(struct data_set *set, const char *quantity)
{
    bool hc3 = strncmp(quantity, "HC3_", 4) == 0;
    const char *name = hc3 ? quantity + 4 : quantity, *slope = strstr(name, "slope"), *end;
    const char *term = slope ? slope : strstr(name, "intercept");
    char kind[16] = "";
    int level = 95;
    struct fit fit;

    if (!term || strncmp(quantity, "cov_", 4) == 0)
        return NAN;
    snprintf(kind, sizeof kind, "%.*s", (int)(term - name), name);
    sscanf(kind, "ci%d_", &level);
    end = term + strlen(slope ? "slope" : "intercept");
    if ((*kind && strcmp(kind, "se_") != 0 && strncmp(kind, "ci", 2) != 0) || (*kind == '\0' && *end))
        return NAN;
    fit = fit_data_set(set, hc3 ? FIT_OLS_HC3 : FIT_OLS, level / 100.);
    return of_estimate(slope ? fit.overhead : fit.baseline, kind, end, slope ? set->scale : 1);
}

/* "pred_x2max_pi95_lo", where x is that of the last "pred_..._x". */
static double prediction_of(struct data_set *set, const char *quantity, double x)
{
    struct fit fit = fit_data_set(set, FIT_OLS, 0.95);
    struct estimate mean = fit_mean_at(&fit, x * set->scale), run = fit_run_at(&fit, x * set->scale);
    const struct {
        const char *end;
        double value;
    } results[] = {{"_fit", mean.value},   {"_se_mean", mean.standard_error},
                   {"_ci95_lo", mean.low}, {"_ci95_hi", mean.high},
                   {"_pi95_lo", run.low},  {"_pi95_hi", run.high}};

    for (size_t i = 0; i < sizeof results / sizeof *results; i++)
        if (strstr(quantity, results[i].end))
            return results[i].value;
    return NAN;
}

static double statistic_of(struct data_set *set, const char *quantity)
{
    struct fit fit = fit_data_set(set, FIT_OLS, 0.95);
    const struct {
        const char *name;
        double value;
    } results[] = {{"n", (double)fit.runs},      {"df", fit.overhead.dof},
                   {"r_squared", fit.r_squared}, {"cov_intercept_slope", fit.covariance * set->scale},
                   {"lof_F", fit.lack_of_fit_f}, {"lof_p", fit.lack_of_fit_p}};

    for (size_t i = 0; i < sizeof results / sizeof *results; i++)
        if (strcmp(quantity, results[i].name) == 0)
            return results[i].value;
    return NAN;
}

static double theil_sen_of(struct data_set *set, const char *quantity)
{
    struct fit fit = fit_data_set(set, FIT_THEIL_SEN, 0.95);

    if (strcmp(quantity, "slope") == 0)
        return fit.overhead.value * set->scale;
    return strcmp(quantity, "intercept_median_of_residuals") == 0 ? fit.baseline.value : NAN;
}

/* NaN where our fits have no such result. */
static double found(struct data_set *set, const char *fit, const char *quantity, double x)
{
    double value;

    if (strcmp(fit, "theil_sen") == 0)
        return theil_sen_of(set, quantity);
    if (strcmp(fit, "ols") != 0)
        return NAN;
    if (strncmp(quantity, "pred_", 5) == 0)
        return prediction_of(set, quantity, x);
    value = term_of(set, quantity);
    return isnan(value) ? statistic_of(set, quantity) : value;
}

/* --- the comparison ----------------------------------------------------------------------------------------------- */

/* Returns how many results of the set were compared. */
static size_t compare(struct data_set *set, const char *path, const char *name)
{
    FILE *file = fopen(path, "r");
    char line[256], of_set[64], fit[64], quantity[64];
    double expected, x = NAN;
    size_t compared = 0;

    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        double value;

        if (sscanf(line, "%63s %63s %63s %lf", of_set, fit, quantity, &expected) != 4 || strcmp(of_set, name) != 0)
            continue;
        if (strncmp(quantity, "pred_", 5) == 0 && strcmp(quantity + strlen(quantity) - 2, "_x") == 0)
            x = expected;
        value = found(set, fit, quantity, x);
        if (isnan(value))
            continue;
        /* The error at the mean of x, and limits near 0, are differences of larger terms: they are exact to the last
           digits of those terms. */
        if (!(fabs(value - expected) <= TOLERANCE * fmax(fabs(expected), 1e-3)) &&
            !(strstr(quantity, "se_mean") && fabs(value - expected) <= 10 * TOLERANCE * fabs(expected)))
            fail_msg("%s %s %s: %.17g, not %.17g", name, fit, quantity, value, expected);
        compared++;
    }
    fclose(file);
    return compared;
}

static void test_certified(void **state)
{
    static const struct {
        const char *name, *file;
        double scale;
    } sets[] = {{"norris", DIRECTORY "norris.csv", 10},
                {"pontius_line", DIRECTORY "pontius_line.csv", 1},
                {"anscombe1", DIRECTORY "anscombe1.csv", 1}};

    (void)state;
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        struct data_set set = read_data_set(sets[i].file, NULL, sets[i].scale);

        assert_true(compare(&set, DIRECTORY "expected.tsv", sets[i].name) >= 34);
    }
}

static void test_published(void **state)
{
    static const char *const names[] = {"anscombe2", "anscombe3", "anscombe4", "cars",      "women",
                                        "faithful",  "orange",    "mtcars",    "stackloss", "attitude",
                                        "loblolly",  "longley",   "rock",      "swiss"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct data_set set = read_data_set(DIRECTORY "published.csv", names[i], 1);
        bool has_hc3 = strcmp(names[i], "anscombe4") != 0;

        assert_true(compare(&set, DIRECTORY "published.tsv", names[i]) >= (has_hc3 ? 29 : 23));
    }
}

/* One run alone at its count, and the only one beside another count: the line must go through it. */
static void test_hc3_knows_what_it_cannot_tell(void **state)
{
    struct data_set set = read_data_set(DIRECTORY "published.csv", "anscombe4", 1);
    struct fit fit = fit_data_set(&set, FIT_OLS_HC3, 0.95);

    (void)state;
    assert_true(isfinite(fit.overhead.value));
    assert_true(isnan(fit.overhead.standard_error) && isnan(fit.overhead.low));
}

/* The limits of Sen are order statistics of the slopes: Hollander and Wolfe, Nonparametric Statistical Methods (2nd
   edition, 1999), section 9.3. Here they must enclose the slope; without a repeated x there is no lack of fit. */
static void test_limits_enclose(void **state)
{
    struct data_set set = read_data_set(DIRECTORY "anscombe1.csv", NULL, 1);
    struct fit fit = fit_data_set(&set, FIT_THEIL_SEN, 0.95);

    (void)state;
    assert_true(fit.overhead.low < fit.overhead.value && fit.overhead.value < fit.overhead.high);
    assert_true(fit.baseline.low < fit.baseline.value && fit.baseline.value < fit.baseline.high);
    assert_true(isnan(fit_data_set(&set, FIT_OLS, 0.95).lack_of_fit_f));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_certified),
        cmocka_unit_test(test_published),
        cmocka_unit_test(test_hc3_knows_what_it_cannot_tell),
        cmocka_unit_test(test_limits_enclose),
    };

    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
