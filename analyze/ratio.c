/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analyze/ratio.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_poly.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/* Degrees of freedom of dividend - factor * divisor. */
static double joint_dof(struct estimate dividend, struct estimate divisor, double factor)
{
    return estimate_joint_dof(pow(dividend.standard_error, 2), dividend.dof, pow(factor * divisor.standard_error, 2),
                              divisor.dof);
}

/* Fieller, Some problems in interval estimation, Journal of the Royal Statistical Society B 16 (1954) 175-185: the
   ratios r for which dividend - r * divisor differs from 0 by no more than t standard errors, (divisor^2 - t^2
   divisor_se^2) r^2 - 2 dividend divisor r + (dividend^2 - t^2 dividend_se^2) <= 0. They are an interval only where the
   divisor itself differs from 0. */
static void set_limits(struct ratio *ratio, struct estimate dividend, struct estimate divisor, double confidence)
{
    double dof = joint_dof(dividend, divisor, ratio->value);
    double t = gsl_cdf_tdist_Qinv((1 - confidence) / 2, dof);
    double square = pow(divisor.value, 2) - pow(t * divisor.standard_error, 2);

    if (square > 0)
        gsl_poly_solve_quadratic(square, -2 * dividend.value * divisor.value,
                                 pow(dividend.value, 2) - pow(t * dividend.standard_error, 2), &ratio->low,
                                 &ratio->high);
}

static bool has_logarithms(struct estimate a, struct estimate b, enum ratio_scale scale)
{
    return scale == RATIO_LOGARITHM && a.value > 0 && b.value > 0;
}

/* By the delta method: the error of a logarithm is the share of its number that the number's error is (Casella and
   Berger, Statistical Inference (2nd edition), section 5.5.4). */
static struct estimate logarithm_of(struct estimate estimate)
{
    return (struct estimate){log(estimate.value), estimate.standard_error / estimate.value, estimate.dof, NAN, NAN};
}

static void set_log_limits(struct ratio *ratio, struct estimate dividend, struct estimate divisor, double confidence)
{
    struct estimate difference = estimate_sum(logarithm_of(dividend), -1, logarithm_of(divisor), confidence);

    ratio->low = exp(difference.low);
    ratio->high = exp(difference.high);
}

/* Welch, The generalization of Student's problem when several different population variances are involved, Biometrika
   34 (1947) 28-35. */
static double equality_p(struct estimate a, struct estimate b)
{
    double error = hypot(a.standard_error, b.standard_error), distance = fabs(a.value - b.value);

    return isfinite(distance) && error > 0 && a.dof > 0 && b.dof > 0
               ? 2 * gsl_cdf_tdist_Q(distance / error, joint_dof(a, b, 1))
               : NAN;
}

double ratio_equality_p(struct estimate a, struct estimate b, enum ratio_scale scale)
{
    return has_logarithms(a, b, scale) ? equality_p(logarithm_of(a), logarithm_of(b)) : equality_p(a, b);
}

struct ratio ratio_of(struct estimate dividend, struct estimate divisor, enum ratio_scale scale, double confidence)
{
    struct ratio ratio = {dividend.value / divisor.value, NAN, NAN, NAN};

    if (!isfinite(ratio.value) || !(hypot(dividend.standard_error, divisor.standard_error) > 0) ||
        !(dividend.dof > 0) || !(divisor.dof > 0))
        return ratio;
    if (has_logarithms(dividend, divisor, scale))
        set_log_limits(&ratio, dividend, divisor, confidence);
    else
        set_limits(&ratio, dividend, divisor, confidence);
    ratio.p = ratio_equality_p(dividend, divisor, scale);
    return ratio;
}

static int ascending(const void *a, const void *b)
{
    double left = **(double *const *)a, right = **(double *const *)b;

    return (left > right) - (left < right);
}

int ratio_adjust(double *p, size_t count)
{
    double **sorted = malloc((count + 1) * sizeof *sorted), largest = 0;
    size_t tests = 0;

    if (!sorted)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (!isnan(p[i]))
            sorted[tests++] = &p[i];
    qsort(sorted, tests, sizeof *sorted, ascending);
    for (size_t i = 0; i < tests; i++) {
        largest = fmax(largest, fmin(1, (double)(tests - i) * *sorted[i]));
        *sorted[i] = largest;
    }
    free(sorted);
    return 0;
}
