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

/* The sum of squares about the mean of the runs, those before `first` and from `end` on taken as the nearest of the
   others. */
static double winsorised_squares(const double *value, size_t runs, size_t first, size_t end)
{
    double kept = (double)(end - first), below = (double)first, above = (double)(runs - end);
    double low = value[first], high = value[end - 1];
    double mean = (below * low + kept * gsl_stats_mean(value + first, 1, end - first) + above * high) / (double)runs;

    return below * pow(low - mean, 2) + above * pow(high - mean, 2) +
           gsl_stats_tss_m(value + first, 1, end - first, mean);
}

struct location location_fenced_mean(const double *value, size_t runs, double resolution, double fence)
{
    double median = gsl_stats_median_from_sorted_data(value, 1, runs);
    size_t first = 0, end = runs;
    struct location location;

    while (first < (runs - 1) / 2 && value[first] < median - fence)
        first++;
    while (end - 1 > runs / 2 && value[end - 1] > median + fence)
        end--;
    location = location_mean(value + first, end - first, resolution);
    if (end - first > 1)
        location.variance =
            fmax(winsorised_squares(value, runs, first, end) / location.dof, location_rounding_variance(resolution));
    return location;
}

double location_median(double *value, size_t values)
{
    return gsl_stats_median(value, 1, values);
}
