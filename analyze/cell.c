/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analyze/cell.h"

#include "analyze/location.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

/* Below 5 runs the median absolute deviation is too uncertain to flag anything. */
#define OUTLIER_RUNS 5

bool cell_is_outlier(const struct cell *cell, double value)
{
    double scale = fmax(cell->mad, sqrt(location_rounding_variance(cell->resolution)));

    return cell->runs >= OUTLIER_RUNS && fabs(value - cell->median) > CELL_OUTLIER_SCORE * scale;
}

static size_t count_outliers(const struct cell *cell)
{
    size_t outliers = 0;

    for (size_t i = 0; i < cell->runs; i++)
        outliers += cell_is_outlier(cell, cell->value[i]);
    return outliers;
}

void cell_summarise(struct cell *cell, double confidence, double *work)
{
    size_t runs = cell->runs;
    double half_width;

    cell->mean = cell->sd = cell->median = cell->mad = cell->min = cell->max = cell->low = cell->high = NAN;
    if (runs == 0)
        return;
    gsl_sort(cell->value, 1, runs);
    cell->min = cell->value[0];
    cell->max = cell->value[runs - 1];
    cell->mean = gsl_stats_mean(cell->value, 1, runs);
    cell->median = gsl_stats_median_from_sorted_data(cell->value, 1, runs);
    cell->mad = gsl_stats_mad(cell->value, 1, runs, work);
    cell->outliers = count_outliers(cell);
    if (runs == 1)
        return;
    cell->sd = gsl_stats_sd(cell->value, 1, runs);
    half_width = gsl_cdf_tdist_Pinv(0.5 + confidence / 2, (double)(runs - 1)) * cell->sd / sqrt((double)runs);
    cell->low = cell->mean - half_width;
    cell->high = cell->mean + half_width;
}
