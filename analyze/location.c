/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Means of one count's runs. */
#include "analyze/location.h"

#include "analyze/cell.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>

double location_variance(const struct location *location)
{
    double variance = location->variance / (double)location->runs;

    return variance < CELL_QUANTISATION_VARIANCE ? CELL_QUANTISATION_VARIANCE : variance;
}

struct location location_mean(const double *value, size_t runs)
{
    struct location location = {gsl_stats_mean(value, 1, runs), NAN, (double)runs - 1, runs};

    if (runs > 1)
        location.variance = fmax(gsl_stats_variance(value, 1, runs), CELL_QUANTISATION_VARIANCE);
    return location;
}

struct location location_fenced_mean(const double *value, size_t runs, double fence)
{
    double median = gsl_stats_median_from_sorted_data(value, 1, runs);
    size_t first = 0, end = runs;

    while (first < (runs - 1) / 2 && value[first] < median - fence)
        first++;
    while (end - 1 > runs / 2 && value[end - 1] > median + fence)
        end--;
    return location_mean(value + first, end - first);
}

double location_median(double *value, size_t values)
{
    return gsl_stats_median(value, 1, values);
}
