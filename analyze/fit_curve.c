/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analyze/fit_curve.h"

#include "analyze/fit_weighted.h"
#include "collect/unit.h"

#include <math.h>

/* From a large count the curve's first piece reaches 0 tasks only by assuming a line. */
static void estimate_baseline(struct fit *fit, const struct series *series)
{
    const struct curve *curve = &series->curve;
    double smallest = curve->knots.knot[0].tasks;
    bool far_from_zero = smallest > FIT_CURVE_NEAR_ZERO;
    char count[UNIT_TEXT_SIZE];

    if (far_from_zero && metrics[series->metric].has_idle && isfinite(fit->idle.value)) {
        fit->baseline = fit->idle;
        fit->covariance = 0; /* other samples than those of the slope */
        return;
    }
    fit->baseline = curve_value(curve, 0, fit->confidence);
    fit->covariance = curve_covariance(curve);
    if (far_from_zero)
        fit_note(fit, "the baseline is prolonged from %s tasks", unit_format_count(count, (int64_t)smallest));
}

void fit_curve(struct fit *fit, const struct series *series)
{
    const struct curve *curve = &series->curve;

    fit->curve = curve;
    fit->run_scatter = curve->knots.scatter;
    fit->overhead = curve_slope(curve, 0, curve->knots.count - 1, fit->confidence);
    estimate_baseline(fit, series);
    fit_weighted_test(fit, &curve->knots);
}
