/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all fits share: counts, series that cannot be fitted, notes. */
#include "analyze/fit.h"

#include "analyze/fit_curve.h"
#include "analyze/fit_ols.h"
#include "analyze/fit_theil_sen.h"
#include "analyze/fit_weighted.h"
#include "analyze/lateness.h"
#include "analyze/name.h"
#include "collect/unit.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define FIT_NAME(upper, name) name,
const char *const fit_method_names[FIT_METHOD_COUNT] = {FIT_METHODS(FIT_NAME)};

int fit_method_parse(const char *name, enum fit_method *method, struct error *error)
{
    int found = name_find("fit", name, fit_method_names, FIT_METHOD_CHOICES, error);

    if (found < 0)
        return -1;
    *method = (enum fit_method)found;
    return 0;
}

/* Ends a text that was cut off with an ellipsis that replaces whole UTF-8 characters. */
static void cut(char *text, size_t size)
{
    static const char ellipsis[] = "…";
    size_t length = size - sizeof ellipsis;

    while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80)
        length--;
    memcpy(text + length, ellipsis, sizeof ellipsis);
}

void fit_note(struct fit *fit, const char *format, ...)
{
    size_t length = strlen(fit->note);
    va_list arguments;
    int written;

    if (length > 0 && length + 2 < sizeof fit->note)
        length += (size_t)snprintf(fit->note + length, sizeof fit->note - length, "; ");
    va_start(arguments, format);
    written = vsnprintf(fit->note + length, sizeof fit->note - length, format, arguments);
    va_end(arguments);
    if (written >= 0 && (size_t)written >= sizeof fit->note - length)
        cut(fit->note, sizeof fit->note);
}

/* --- what can be fitted ------------------------------------------------------------------------------------------- */

struct fit fit_unknown(enum fit_method method, double confidence)
{
    return (struct fit){
        .method = method,
        .confidence = confidence,
        .baseline = estimate_unknown,
        .overhead = estimate_unknown,
        .covariance = NAN,
        .run_scatter = {NAN, NAN, NAN, NAN, NAN, {{0}}},
        .r_squared = NAN,
        .lack_of_fit_f = NAN,
        .lack_of_fit_p = NAN,
        .least_slope = NAN,
        .largest_slope = NAN,
        .idle = estimate_unknown,
        .resolution = NAN,
    };
}

/* The facts of a series that need no fit. */
static struct fit count_runs(const struct series *series, enum fit_method method, double confidence)
{
    struct fit fit = fit_unknown(method, confidence);

    fit.unit = metrics[series->metric].unit;
    fit.idle = series->idle;
    fit.resolution = series->resolution;
    for (size_t k = 0; k < series->cells; k++) {
        const struct cell *cell = &series->cell[k];

        fit.failed += cell->failed;
        if (cell->runs == 0)
            continue;
        fit.runs += cell->runs;
        fit.min_tasks = fit.cells++ ? fit.min_tasks : cell->tasks;
        fit.max_tasks = cell->tasks;
    }
    return fit;
}

static bool is_constant(const struct series *series)
{
    double min = INFINITY, max = -INFINITY;

    for (size_t k = 0; k < series->cells; k++) {
        if (series->cell[k].runs == 0)
            continue;
        min = fmin(min, series->cell[k].min);
        max = fmax(max, series->cell[k].max);
    }
    return min == max;
}

static void note_unfitted(struct fit *fit, const struct series *series)
{
    char count[UNIT_TEXT_SIZE];

    if (fit->cells == 0 && fit->failed > 0)
        fit_note(fit, "no run was ok");
    else if (fit->cells == 0 && metrics[series->metric].work == WORK_BEAT)
        fit_note(fit, "no run has %d wake-ups later than that (more probes or a longer --sleep give more)",
                 LATENESS_BEYOND);
    else if (fit->cells == 0)
        fit_note(fit, "no run has %s figures", metric_names[series->metric]);
    else
        fit_note(fit, "runs at one count only (%s): a line takes two", unit_format_count(count, fit->max_tasks));
}

/* What was made of outliers by the methods that fence them. */
static void note_outliers(struct fit *fit, const struct knots *knots)
{
    if (knots->has_modes)
        fit_note(fit, "two modes: so many runs lie apart that none is left out as an outlier");
    else if (knots->outliers > 0)
        fit_note(fit, "%zu outlier %s not averaged", knots->outliers, knots->outliers == 1 ? "run is" : "runs are");
}

/* Warnings about a fit. */
static void note_weakness(struct fit *fit, const struct series *series)
{
    if (is_constant(series)) {
        fit->r_squared = NAN; /* it is a share of the variation, and there is none */
        fit_note(fit, "every run has the same value");
    } else if (fit->runs == fit->cells) {
        fit_note(fit, "one run a count: no replicate error");
    } else if (fit->cells == 2) {
        fit_note(fit, "two counts only: whether the line holds cannot be told");
    }
}

/* The smallest count at which a run failed, and why. */
static void note_failures(struct fit *fit, const struct series *series)
{
    for (size_t k = 0; k < series->cells; k++) {
        const struct cell *cell = &series->cell[k];
        char count[UNIT_TEXT_SIZE];

        if (cell->failed == 0)
            continue;
        fit_note(fit, "%s at %s%s%s", sample_status_names[cell->failure], unit_format_count(count, cell->tasks),
                 *cell->reason ? ": " : "", cell->reason);
        return;
    }
}

static void range_slopes(struct fit *fit, const struct curve *curve)
{
    for (size_t k = 0; k + 1 < curve->knots.count; k++) {
        double slope = curve_slope(curve, k, k + 1, fit->confidence).value;

        fit->least_slope = fmin(slope, fit->least_slope); /* which take a number before NaN */
        fit->largest_slope = fmax(slope, fit->largest_slope);
    }
}

struct fit fit_series(const struct series *series, enum fit_method method, double confidence)
{
    static void (*const methods[FIT_METHOD_COUNT])(struct fit *, const struct series *) = {
        [FIT_CURVE] = fit_curve, [FIT_ROBUST] = fit_weighted_robust, [FIT_WLS] = fit_weighted_wls,
        [FIT_OLS] = fit_ols,     [FIT_OLS_HC3] = fit_ols_hc3,        [FIT_THEIL_SEN] = fit_theil_sen,
    };
    struct fit fit = count_runs(series, method, confidence);

    if (fit.cells < 2) {
        if (fit.cells == 1 && fit.max_tasks == 0)
            fit.baseline = knots_at(&series->curve.knots, 0, confidence); /* measured, without a task */
        note_unfitted(&fit, series);
    } else {
        methods[method](&fit, series);
        range_slopes(&fit, &series->curve);
        if (method == FIT_CURVE || method == FIT_ROBUST)
            note_outliers(&fit, &series->curve.knots);
        note_weakness(&fit, series);
    }
    note_failures(&fit, series);
    return fit;
}

/* The smaller is on the safe side; only with Satterthwaite's approximation do they differ. */
static double least_dof(const struct fit *fit)
{
    return fmin(fit->baseline.dof, fit->overhead.dof);
}

struct estimate fit_weight(const struct fit *fit, enum metric metric)
{
    return metrics[metric].is_level ? fit->baseline : fit->overhead;
}

bool fit_is_line(const struct fit *fit)
{
    return !(fit->lack_of_fit_p < FIT_SIGNIFICANCE);
}

const char *fit_judge_line(char text[FIT_JUDGEMENT_SIZE], const struct fit *fit, double p)
{
    char least[UNIT_TEXT_SIZE], largest[UNIT_TEXT_SIZE];

    if (!isfinite(p))
        snprintf(text, FIT_JUDGEMENT_SIZE, "cannot tell");
    else if (p >= FIT_SIGNIFICANCE)
        snprintf(text, FIT_JUDGEMENT_SIZE, "yes");
    else
        snprintf(text, FIT_JUDGEMENT_SIZE, "no: %s to %s", unit_format(least, fit->unit, fit->least_slope),
                 unit_format(largest, fit->unit, fit->largest_slope));
    return text;
}

static struct estimate line_at(const struct fit *fit, double tasks)
{
    double baseline_variance = pow(fit->baseline.standard_error, 2);
    double overhead_variance = pow(fit->overhead.standard_error, 2);
    double variance = baseline_variance + 2 * tasks * fit->covariance + tasks * tasks * overhead_variance;

    return estimate_of(fit->baseline.value + fit->overhead.value * tasks,
                       sqrt(variance < 0 ? 0 : variance), /* rounding can make it negative */
                       least_dof(fit), fit->confidence);
}

struct estimate fit_mean_at(const struct fit *fit, double tasks)
{
    return fit->curve ? curve_at(fit->curve, tasks, fit_is_line(fit), fit->confidence) : line_at(fit, tasks);
}

struct estimate fit_run_at(const struct fit *fit, double tasks)
{
    struct estimate run = estimate_of(0, sqrt(scatter_at(fit->run_scatter, tasks)),
                                      scatter_dof_at(fit->run_scatter, tasks), fit->confidence);

    return estimate_widen(fit_mean_at(fit, tasks), run.high);
}

double fit_region_half_width(const struct fit *fit)
{
    double dof = least_dof(fit);

    return dof > 0 && isfinite(fit->covariance) ? sqrt(2 * gsl_cdf_fdist_Pinv(fit->confidence, 2, dof)) : NAN;
}
