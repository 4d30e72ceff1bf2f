/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analyze/crossover.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_poly.h>
#include <math.h>

/* Line a less line b at x tasks: start + rise * x. */
struct difference {
    double start, rise;
    double start_variance, rise_variance, covariance;
};

static struct difference difference_of(const struct fit *a, const struct fit *b)
{
    return (struct difference){
        .start = a->baseline.value - b->baseline.value,
        .rise = a->overhead.value - b->overhead.value,
        .start_variance = pow(a->baseline.standard_error, 2) + pow(b->baseline.standard_error, 2),
        .rise_variance = pow(a->overhead.standard_error, 2) + pow(b->overhead.standard_error, 2),
        .covariance = a->covariance + b->covariance,
    };
}

/* Student's t for the difference of two estimates. */
static double quantile(struct estimate a, double a_dof, struct estimate b, double b_dof, double confidence)
{
    double dof = fit_joint_dof(pow(a.standard_error, 2), a_dof, pow(b.standard_error, 2), b_dof);

    return gsl_cdf_tdist_Qinv((1 - confidence) / 2, dof);
}

static enum crossover_side side_of(double difference, double half_width)
{
    if (!(fabs(difference) > half_width))
        return CROSSOVER_UNPROVEN;
    return difference < 0 ? CROSSOVER_A : CROSSOVER_B;
}

static enum crossover_side cheaper_at_one(const struct fit *a, const struct fit *b)
{
    struct estimate first = fit_mean_at(a, 1), second = fit_mean_at(b, 1);
    double t = quantile(first, a->baseline_dof, second, b->baseline_dof, a->confidence);

    return side_of(first.value - second.value, t * hypot(first.standard_error, second.standard_error));
}

static enum crossover_side cheaper_a_task(const struct fit *a, const struct fit *b)
{
    double t = quantile(a->overhead, a->overhead_dof, b->overhead, b->overhead_dof, a->confidence);

    return side_of(a->overhead.value - b->overhead.value,
                   t * hypot(a->overhead.standard_error, b->overhead.standard_error));
}

/* The nearest count of 1 or more; 1 where it is not finite. */
static double from_one_on(double tasks)
{
    return isfinite(tasks) && tasks > 1 ? tasks : 1;
}

/* Fieller's theorem (Journal of the Royal Statistical Society B 16 (1954) 175-185): the counts x at which (start + rise
   x)^2 <= t^2 (start_variance + 2 x covariance + x^2 rise_variance). Where the rise differs from 0 they are an
   interval, otherwise all counts outside of one. */
static void set_limits(struct crossover *crossover, struct difference difference, double t)
{
    double square = pow(difference.rise, 2) - t * t * difference.rise_variance;
    double mixed = difference.start * difference.rise - t * t * difference.covariance;
    double constant = pow(difference.start, 2) - t * t * difference.start_variance;
    double low, high;

    if (gsl_poly_solve_quadratic(square, 2 * mixed, constant, &low, &high) != 2)
        return;
    if (square > 0 && high >= 1) {
        crossover->low = from_one_on(low);
        crossover->high = high;
    } else if (square < 0 && high >= 1 && low < 1) {
        crossover->low = high;
    } else if (square < 0 && high >= 1) {
        crossover->from = low;
        crossover->to = high;
        crossover->between = difference.start + difference.rise * (low + high) / 2 < 0 ? CROSSOVER_A : CROSSOVER_B;
    }
}

struct crossover crossover_of(const struct fit *a, const struct fit *b)
{
    struct crossover crossover = {
        NAN, NAN, NAN, cheaper_at_one(a, b), cheaper_a_task(a, b), NAN, NAN, CROSSOVER_UNPROVEN};
    struct difference difference = difference_of(a, b);
    double tasks = -difference.start / difference.rise;
    struct estimate first = fit_mean_at(a, from_one_on(tasks)), second = fit_mean_at(b, from_one_on(tasks));

    if (isfinite(tasks) && tasks >= 1)
        crossover.tasks = tasks;
    if (crossover.above != CROSSOVER_UNPROVEN && crossover.below == crossover.above)
        crossover.tasks = NAN; /* already so, except for rounding */
    else
        set_limits(&crossover, difference,
                   quantile(first, fmin(a->baseline_dof, a->overhead_dof), second,
                            fmin(b->baseline_dof, b->overhead_dof), a->confidence));
    return crossover;
}
