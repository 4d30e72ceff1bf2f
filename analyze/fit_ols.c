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

/* The residual sum of squares, parted: what the counts' means leave of the line, and what the runs leave of
   the means. */
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
    double fit_freedom = (double)fit->cells - 2, error_freedom = (double)(fit->runs - fit->cells);

    if (fit_freedom < 1 || error_freedom < 1 || residuals->pure_error <= 0)
        return;
    fit->lack_of_fit_f = (double)(residuals->lack_of_fit / fit_freedom / (residuals->pure_error / error_freedom));
    fit->lack_of_fit_p = gsl_cdf_fdist_Q(fit->lack_of_fit_f, fit_freedom, error_freedom);
}

void fit_ols(struct fit *fit, const struct series *series)
{
    struct sums sums = add_up(series, fit->runs);
    long double overhead = sums.xy / sums.xx, baseline = sums.mean_y - overhead * sums.mean_x;
    struct residuals residuals = part_residuals(series, baseline, overhead);
    long double residual = residuals.lack_of_fit + residuals.pure_error;
    double freedom = (double)fit->runs - 2;
    /* Without a run to spare, or without any scatter, there is nothing to tell an error from. */
    long double variance = freedom > 0 && residual > 0 ? residual / freedom : NAN;
    double baseline_error =
        (double)sqrtl(variance * (1 / (long double)fit->runs + sums.mean_x * sums.mean_x / sums.xx));
    double overhead_error = (double)sqrtl(variance / sums.xx);

    fit->baseline = fit_estimate((double)baseline, baseline_error, freedom, fit->confidence);
    fit->overhead = fit_estimate((double)overhead, overhead_error, freedom, fit->confidence);
    fit->covariance = (double)(-sums.mean_x * variance / sums.xx);
    fit->baseline_freedom = fit->overhead_freedom = freedom;
    if (sums.yy > 0)
        fit->r_squared = (double)(1 - residual / sums.yy);
    test_lack_of_fit(fit, &residuals);
}
