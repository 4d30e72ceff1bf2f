/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/precision.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdio.h>

double precision_width(const gsl_rstat_workspace *series)
{
    size_t count = gsl_rstat_n(series);
    double mean = fabs(gsl_rstat_mean(series)), error;

    if (count < 2)
        return INFINITY;
    error = gsl_rstat_sd_mean(series);
    if (!(error > 0) || mean < 1)
        return 0;
    return gsl_cdf_tdist_Pinv(0.5 + PRECISION_CONFIDENCE / 2, (double)(count - 1)) * error / mean;
}

bool precision_is_reached(const gsl_rstat_workspace *series, double share)
{
    return gsl_rstat_n(series) >= PRECISION_LEAST_VALUES && precision_width(series) <= share;
}

/* The width falls with the square root of the number. */
double precision_values_needed(const gsl_rstat_workspace *series, double share)
{
    double width = precision_width(series), count = (double)gsl_rstat_n(series);

    if (isinf(width))
        return PRECISION_LEAST_VALUES;
    return fmax(PRECISION_LEAST_VALUES, ceil(count * (width / share) * (width / share)));
}

double precision_wider_half(double *width, size_t count)
{
    gsl_sort(width, 1, count);
    return width[count / 2];
}

const char *precision_format(char text[UNIT_TEXT_SIZE], double width)
{
    if (isinf(width))
        snprintf(text, UNIT_TEXT_SIZE, "no interval");
    else
        snprintf(text, UNIT_TEXT_SIZE, "±%.*f %%", width < 0.0995 ? 1 : 0, 100 * width);
    return text;
}
