/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analyze/capacity.h"

#include "analyze/root.h"

#include <math.h>

#define MOST_TASKS 1e18 /* more tasks than any budget holds */

/* The budget less the prediction, or less a limit of it. */
struct rest {
    const struct fit *fit;
    double budget;
    double (*taken)(struct estimate prediction);
};

static double value_of(struct estimate prediction)
{
    return prediction.value;
}

static double low_of(struct estimate prediction)
{
    return prediction.low;
}

static double high_of(struct estimate prediction)
{
    return prediction.high;
}

static double rest_at(double tasks, void *context)
{
    const struct rest *rest = context;

    return rest->budget - rest->taken(fit_run_at(rest->fit, tasks));
}

/* The number of tasks that fills the budget, 0 where not even one fits; NaN where no number fills it or the line is
   unknown. */
static double fill(const struct fit *fit, double budget, double (*taken)(struct estimate))
{
    struct rest rest = {fit, budget, taken};
    double fits = 1, fills = 2;

    if (rest_at(1, &rest) <= 0)
        return 0;
    while (fills < MOST_TASKS && rest_at(fills, &rest) > 0) {
        fits = fills;
        fills *= 2;
    }
    return rest_at(fills, &rest) <= 0 ? floor(root_find(rest_at, &rest, fits, fills)) : NAN;
}

struct capacity capacity_of(const struct fit *fit, double budget)
{
    return (struct capacity){fill(fit, budget, value_of), fill(fit, budget, high_of), fill(fit, budget, low_of)};
}
