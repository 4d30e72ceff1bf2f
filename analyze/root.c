/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analyze/root.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_roots.h>
#include <math.h>

#define ROUNDS 200
#define PRECISION 1e-12
#define INFINITE 1e300 /* in the place of an infinite value, which the solver refuses */

struct call {
    root_function *function;
    void *context;
};

static double finite_value(double x, void *context)
{
    const struct call *call = context;
    double value = call->function(x, call->context);

    return isinf(value) ? copysign(INFINITE, value) : value;
}

static double iterate(gsl_root_fsolver *solver)
{
    double root = NAN;

    for (int round = 0; round < ROUNDS && gsl_root_fsolver_iterate(solver) == GSL_SUCCESS; round++) {
        root = gsl_root_fsolver_root(solver);
        if (gsl_root_test_interval(gsl_root_fsolver_x_lower(solver), gsl_root_fsolver_x_upper(solver), 0, PRECISION) ==
            GSL_SUCCESS)
            break;
    }
    return root;
}

double root_find(root_function *function, void *context, double low, double high)
{
    struct call call = {function, context};
    gsl_function called = {finite_value, &call};
    gsl_root_fsolver *solver = gsl_root_fsolver_alloc(gsl_root_fsolver_brent);
    double root = NAN;

    if (solver && gsl_root_fsolver_set(solver, &called, low, high) == GSL_SUCCESS)
        root = iterate(solver);
    if (solver)
        gsl_root_fsolver_free(solver);
    return root;
}
