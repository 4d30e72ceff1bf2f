/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analyze/estimate.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

const struct estimate estimate_unknown = {NAN, NAN, NAN, NAN, NAN};

struct estimate estimate_of(double value, double standard_error, double dof, double confidence)
{
    double half_width = NAN;

    if (isfinite(standard_error) && dof > 0)
        half_width = gsl_cdf_tdist_Pinv(0.5 + confidence / 2, dof) * standard_error;
    return (struct estimate){value, standard_error, dof, value - half_width, value + half_width};
}

double estimate_joint_dof(double variance, double dof, double other_variance, double other_dof)
{
    return pow(variance + other_variance, 2) /
           (variance * variance / dof + other_variance * other_variance / other_dof);
}

struct estimate estimate_sum(struct estimate a, double factor, struct estimate b, double confidence)
{
    double first = pow(a.standard_error, 2), second = pow(factor * b.standard_error, 2);

    return estimate_of(a.value + factor * b.value, sqrt(first + second),
                       estimate_joint_dof(first, a.dof, second, b.dof), confidence);
}

struct estimate estimate_widen(struct estimate estimate, double half_width)
{
    estimate.low = estimate.value - hypot(estimate.value - estimate.low, half_width);
    estimate.high = estimate.value + hypot(estimate.high - estimate.value, half_width);
    return estimate;
}

/* The square of what a limit at that distance has beyond one at the plain distance. */
static double widened_square(double distance, double plain)
{
    return fmax(0, distance * distance - plain * plain);
}

struct estimate estimate_difference(struct estimate a, struct estimate b, double confidence)
{
    struct estimate difference = estimate_sum(a, -1, b, confidence);
    double half_width = difference.high - difference.value;
    double plain_a = estimate_of(0, a.standard_error, a.dof, confidence).high;
    double plain_b = estimate_of(0, b.standard_error, b.dof, confidence).high;
    double below = widened_square(a.value - a.low, plain_a) + widened_square(b.high - b.value, plain_b);
    double above = widened_square(a.high - a.value, plain_a) + widened_square(b.value - b.low, plain_b);

    difference.low = difference.value - sqrt(half_width * half_width + below);
    difference.high = difference.value + sqrt(half_width * half_width + above);
    return difference;
}

bool estimate_is_above(struct estimate a, struct estimate b)
{
    return a.low > b.high;
}
