/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analyze/capacity.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_roots.h>
#include <math.h>

#define MOST_TASKS 1e18 /* more tasks than any budget holds */
#define ROUNDS 200
#define PRECISION 1e-9

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

/* Brent's method: the remaining budget is positive at `fits` and not at `fills`. */
static double solve(struct rest *rest, double fits, double fills)
{
    gsl_function function = {rest_at, rest};
    gsl_root_fsolver *solver = gsl_root_fsolver_alloc(gsl_root_fsolver_brent);
    double tasks = NAN;

    if (!solver)
        return NAN;
    if (gsl_root_fsolver_set(solver, &function, fits, fills) == GSL_SUCCESS)
        for (int round = 0; round < ROUNDS && gsl_root_fsolver_iterate(solver) == GSL_SUCCESS; round++) {
            tasks = gsl_root_fsolver_root(solver);
            if (gsl_root_test_interval(gsl_root_fsolver_x_lower(solver), gsl_root_fsolver_x_upper(solver), 0,
                                       PRECISION) == GSL_SUCCESS)
                break;
        }
    gsl_root_fsolver_free(solver);
    return tasks;
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
    return rest_at(fills, &rest) <= 0 ? floor(solve(&rest, fits, fills)) : NAN;
}

struct capacity capacity_of(const struct fit *fit, double budget)
{
    return (struct capacity){fill(fit, budget, value_of), fill(fit, budget, high_of), fill(fit, budget, low_of)};
}
