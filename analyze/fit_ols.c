/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Least squares on deviations from the means in long double: certified results come out to 1e-9 and better.
   Formulas: Draper and Smith, Applied Regression Analysis (3rd edition), chapters 1 and 2. */
#include "analyze/fit_ols.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

struct sums {
    long double mean_x, mean_y;
    long double xx, xy, yy; /* of products of deviations from the means */
};

static struct sums add_up(const struct series *series, size_t runs)
{
    struct sums sums = {0};

    for (size_t k = 0; k < series->cells; k++)
        for (size_t i = 0; i < series->cell[k].runs; i++) {
            sums.mean_x += (long double)series->cell[k].tasks;
            sums.mean_y += (long double)series->cell[k].value[i];
        }
    sums.mean_x /= (long double)runs;
    sums.mean_y /= (long double)runs;
    for (size_t k = 0; k < series->cells; k++)
        for (size_t i = 0; i < series->cell[k].runs; i++) {
            long double x = (long double)series->cell[k].tasks - sums.mean_x;
            long double y = (long double)series->cell[k].value[i] - sums.mean_y;

            sums.xx += x * x;
            sums.xy += x * y;
            sums.yy += y * y;
        }
    return sums;
}

/* The residual sum of squares, split: deviations of the counts' means from the line, and of the runs from the means. */
struct residuals {
    long double lack_of_fit, pure_error;
};

static struct residuals part_residuals(const struct series *series, long double baseline, long double overhead)
{
    struct residuals residuals = {0, 0};

    for (size_t k = 0; k < series->cells; k++) {
        const struct cell *cell = &series->cell[k];
        long double mean = 0, misfit;

        if (cell->runs == 0)
            continue;
        for (size_t i = 0; i < cell->runs; i++)
            mean += (long double)cell->value[i] / (long double)cell->runs;
        for (size_t i = 0; i < cell->runs; i++)
            residuals.pure_error += (cell->value[i] - mean) * (cell->value[i] - mean);
        misfit = mean - (baseline + overhead * (long double)cell->tasks);
        residuals.lack_of_fit += (long double)cell->runs * misfit * misfit;
    }
    return residuals;
}

static void test_lack_of_fit(struct fit *fit, const struct residuals *residuals)
{
    double fit_dof = (double)fit->cells - 2, error_dof = (double)(fit->runs - fit->cells);

    if (fit_dof < 1 || error_dof < 1 || residuals->pure_error <= 0)
        return;
    fit->lack_of_fit_f = (double)(residuals->lack_of_fit / fit_dof / (residuals->pure_error / error_dof));
    fit->lack_of_fit_p = gsl_cdf_fdist_Q(fit->lack_of_fit_f, fit_dof, error_dof);
}

struct line {
    long double baseline, overhead;
};

/* Fits the line, its lack of fit and the variance of a run; the caller adds the errors. */
static struct line fit_line(struct fit *fit, const struct series *series, const struct sums *sums)
{
    long double overhead = sums->xy / sums->xx, baseline = sums->mean_y - overhead * sums->mean_x;
    struct residuals residuals = part_residuals(series, baseline, overhead);
    long double residual = residuals.lack_of_fit + residuals.pure_error;
    double dof = (double)fit->runs - 2;

    /* Without degrees of freedom or scatter no error can be estimated. */
    fit->run_scatter =
        (struct scatter){.constant = dof > 0 && residual > 0 ? (double)(residual / dof) : NAN, .dof = dof};
    if (sums->yy > 0)
        fit->r_squared = (double)(1 - residual / sums->yy);
    test_lack_of_fit(fit, &residuals);
    return (struct line){baseline, overhead};
}

static void set_estimates(struct fit *fit, struct line line, double baseline_variance, double overhead_variance,
                          double covariance)
{
    double dof = fit->run_scatter.dof;

    fit->baseline = estimate_of((double)line.baseline, sqrt(baseline_variance), dof, fit->confidence);
    fit->overhead = estimate_of((double)line.overhead, sqrt(overhead_variance), dof, fit->confidence);
    fit->covariance = covariance;
}

void fit_ols(struct fit *fit, const struct series *series)
{
    struct sums sums = add_up(series, fit->runs);
    struct line line = fit_line(fit, series, &sums);
    long double variance = fit->run_scatter.constant;

    set_estimates(fit, line, (double)(variance * (1 / (long double)fit->runs + sums.mean_x * sums.mean_x / sums.xx)),
                  (double)(variance / sums.xx), (double)(-sums.mean_x * variance / sums.xx));
}

/* A run through which the line must go shows no error: its leverage is 1, except for rounding. */
#define SAME 1e-12L

/* MacKinnon and White, Some heteroskedasticity-consistent covariance matrix estimators with improved finite sample
   properties, Journal of Econometrics 29 (1985) 305-325: each residual, divided by 1 less its leverage, estimates the
   error of its run. In deviations from the mean a run adds x / xx to the overhead   and   1 / n - mean x / xx to the
   baseline. */
void fit_ols_hc3(struct fit *fit, const struct series *series)
{
    struct sums sums = add_up(series, fit->runs);
    struct line line = fit_line(fit, series, &sums);
    long double runs = (long double)fit->runs, baseline = 0, overhead = 0, covariance = 0;

    for (size_t k = 0; k < series->cells; k++)
        for (size_t i = 0; i < series->cell[k].runs; i++) {
            long double x = (long double)series->cell[k].tasks - sums.mean_x;
            long double residual = series->cell[k].value[i] - (sums.mean_y + line.overhead * x);
            long double leverage = 1 / runs + x * x / sums.xx;
            long double error = leverage < 1 - SAME ? residual / (1 - leverage) : NAN;
            long double square = error * error;
            long double baseline_share = 1 / runs - sums.mean_x * x / sums.xx, overhead_share = x / sums.xx;

            baseline += square * baseline_share * baseline_share;
            overhead += square * overhead_share * overhead_share;
            covariance += square * baseline_share * overhead_share;
        }
    if (isnan(fit->run_scatter.constant))
        baseline = overhead = covariance = NAN;
    set_estimates(fit, line, (double)baseline, (double)overhead, (double)covariance);
}
