/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Means of one count's runs. */
#include "analyze/location.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>

double location_rounding_variance(double resolution)
{
    return resolution * resolution / 12;
}

double location_variance(const struct location *location)
{
    double variance = location->variance / (double)location->runs;
    double least = location_rounding_variance(location->resolution);

    return variance < least ? least : variance; /* and NaN stays */
}

struct location location_mean(const double *value, size_t runs, double resolution)
{
    struct location location = {gsl_stats_mean(value, 1, runs), NAN, (double)runs - 1, runs, resolution};

    if (runs > 1)
        location.variance = fmax(gsl_stats_variance(value, 1, runs), location_rounding_variance(resolution));
    return location;
}

struct location location_fenced_mean(const double *value, size_t runs, double resolution, double fence)
{
    double median = gsl_stats_median_from_sorted_data(value, 1, runs);
    size_t first = 0, end = runs;

    while (first < (runs - 1) / 2 && value[first] < median - fence)
        first++;
    while (end - 1 > runs / 2 && value[end - 1] > median + fence)
        end--;
    return location_mean(value + first, end - first, resolution);
}

double location_median(double *value, size_t values)
{
    return gsl_stats_median(value, 1, values);
}
