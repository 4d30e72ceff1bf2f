/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all fits share: counts, series that cannot be fitted, notes. */
#include "analyze/fit.h"

#include "analyze/fit_ols.h"
#include "analyze/fit_theil_sen.h"
#include "analyze/fit_weighted.h"
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

struct estimate fit_estimate(double value, double standard_error, double dof, double confidence)
{
    double half_width = NAN;

    if (isfinite(standard_error) && dof > 0)
        half_width = gsl_cdf_tdist_Pinv(0.5 + confidence / 2, dof) * standard_error;
    return (struct estimate){value, standard_error, value - half_width, value + half_width};
}

double fit_run_variance_at(struct run_variance variance, double tasks)
{
    double at = variance.constant + variance.proportional * tasks * tasks;

    return at < variance.least ? variance.least : at; /* and NaN stays */
}

double fit_joint_dof(double variance, double dof, double other_variance, double other_dof)
{
    return pow(variance + other_variance, 2) /
           (variance * variance / dof + other_variance * other_variance / other_dof);
}

/* --- what can be fitted ------------------------------------------------------------------------------------------- */

struct fit fit_unknown(enum fit_method method, double confidence)
{
    const struct estimate unknown = {NAN, NAN, NAN, NAN};

    return (struct fit){
        .method = method,
        .confidence = confidence,
        .baseline = unknown,
        .overhead = unknown,
        .covariance = NAN,
        .baseline_dof = NAN,
        .overhead_dof = NAN,
        .run_variance = {NAN, NAN, NAN, NAN},
        .r_squared = NAN,
        .lack_of_fit_f = NAN,
        .lack_of_fit_p = NAN,
        .scale_factor = 1,
        .idle = NAN,
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
        fit.cells++;
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
    else if (fit->cells == 0)
        fit_note(fit, "no run has %s figures", metric_names[series->metric]);
    else
        fit_note(fit, "runs at one count only (%s): a line takes two", unit_format_count(count, fit->max_tasks));
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

struct fit fit_series(const struct series *series, enum fit_method method, double confidence)
{
    static void (*const methods[FIT_METHOD_COUNT])(struct fit *, const struct series *) = {
        [FIT_ROBUST] = fit_weighted_robust, [FIT_WLS] = fit_weighted_wls,    [FIT_OLS] = fit_ols,
        [FIT_OLS_HC3] = fit_ols_hc3,        [FIT_THEIL_SEN] = fit_theil_sen,
    };
    struct fit fit = count_runs(series, method, confidence);

    if (fit.cells < 2) {
        note_unfitted(&fit, series);
    } else {
        methods[method](&fit, series);
        note_weakness(&fit, series);
    }
    note_failures(&fit, series);
    return fit;
}

static double line_variance_at(const struct fit *fit, double tasks)
{
    double baseline_variance = fit->baseline.standard_error * fit->baseline.standard_error;
    double overhead_variance = fit->overhead.standard_error * fit->overhead.standard_error;
    double variance = baseline_variance + 2 * tasks * fit->covariance + tasks * tasks * overhead_variance;

    return variance < 0 ? 0 : variance; /* rounding can make it negative */
}

/* The smaller is on the safe side; only with Satterthwaite's approximation do they differ. */
static double line_dof(const struct fit *fit)
{
    return fmin(fit->baseline_dof, fit->overhead_dof);
}

struct estimate fit_mean_at(const struct fit *fit, double tasks)
{
    return fit_estimate(fit->baseline.value + fit->overhead.value * tasks, sqrt(line_variance_at(fit, tasks)),
                        line_dof(fit), fit->confidence);
}

struct estimate fit_run_at(const struct fit *fit, double tasks)
{
    double line = line_variance_at(fit, tasks), run = fit_run_variance_at(fit->run_variance, tasks);
    /* Both come from the same runs: their sum is not known better than the better known one. */
    double dof = fmin(fit_joint_dof(line, line_dof(fit), run, fit->run_variance.dof),
                      fmax(line_dof(fit), fit->run_variance.dof));

    return fit_estimate(fit->baseline.value + fit->overhead.value * tasks, sqrt(line + run), dof, fit->confidence);
}

double fit_region_half_width(const struct fit *fit)
{
    double dof = line_dof(fit);

    return dof > 0 && isfinite(fit->covariance) ? sqrt(2 * gsl_cdf_fdist_Pinv(fit->confidence, 2, dof)) : NAN;
}
