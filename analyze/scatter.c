/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Maximum likelihood of the knots' variances, which are those of normal runs, by Fisher's scoring: weighted least
   squares whose weights follow from the last smooth variance. Steps are shortened until they make the likelihood
   greater: where variances differ by orders of magnitude whole steps may swing between two variances for ever. */
#include "analyze/scatter.h"

#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdbool.h>

#define TERMS SCATTER_TERMS
#define ROUNDS 50
#define HALVINGS 30
#define SETTLED 1e-9 /* the gain of the log-likelihood in a round */

/* The normal equations of the three terms, with counts in units of the largest. */
struct equations {
    double matrix[TERMS][TERMS], right[TERMS];
};

struct solution {
    double term[TERMS];
    double explained; /* by how much it lessens the weighted sum of squares */
};

double scatter_at(struct scatter scatter, double tasks)
{
    double at = scatter.constant + scatter.linear * tasks + scatter.square * tasks * tasks;

    return at < scatter.least ? scatter.least : at; /* and NaN stays */
}

/* A variance V with f degrees of freedom has itself a variance of 2 V^2 / f. Below 1 that is no approximation any more.
 */
double scatter_dof_at(struct scatter scatter, double tasks)
{
    const double basis[TERMS] = {1, tasks, tasks * tasks};
    double variance = 0;

    for (size_t i = 0; i < TERMS; i++)
        for (size_t j = 0; j < TERMS; j++)
            variance += basis[i] * scatter.covariance[i][j] * basis[j];
    return variance > 0 ? fmin(scatter.dof, fmax(1, 2 * pow(scatter_at(scatter, tasks), 2) / variance)) : scatter.dof;
}

double scatter_dof(const struct knot *knot, size_t knots)
{
    double dof = 0;

    for (size_t k = 0; k < knots; k++)
        dof += knot[k].location.dof;
    return dof;
}

static struct equations set_up(const struct knot *knot, size_t knots, double unit, struct scatter last)
{
    struct equations equations = {0};

    for (size_t k = 0; k < knots; k++) {
        double x = knot[k].tasks / unit, term[TERMS] = {1, x, x * x};
        double weight = knot[k].location.dof / pow(scatter_at(last, knot[k].tasks), 2);

        if (knot[k].location.dof <= 0)
            continue;
        for (size_t i = 0; i < TERMS; i++) {
            equations.right[i] += weight * term[i] * knot[k].location.variance;
            for (size_t j = 0; j < TERMS; j++)
                equations.matrix[i][j] += weight * term[i] * term[j];
        }
    }
    return equations;
}

/* Least squares of the terms in the subset, a set of bits. False where they are not all above 0, or cannot be told
   apart. */
static bool solve_subset(const struct equations *equations, unsigned subset, struct solution *solution)
{
    double matrix[TERMS * TERMS], right[TERMS];
    size_t chosen[TERMS] = {0}, terms = 0;
    gsl_matrix_view a;
    gsl_vector_view b;

    for (size_t i = 0; i < TERMS; i++)
        if (subset & 1U << i)
            chosen[terms++] = i;
    for (size_t i = 0; i < terms; i++) {
        right[i] = equations->right[chosen[i]];
        for (size_t j = 0; j < terms; j++)
            matrix[i * terms + j] = equations->matrix[chosen[i]][chosen[j]];
    }
    a = gsl_matrix_view_array(matrix, terms, terms);
    b = gsl_vector_view_array(right, terms);
    if (gsl_linalg_cholesky_decomp1(&a.matrix) != 0 || gsl_linalg_cholesky_svx(&a.matrix, &b.vector) != 0)
        return false;
    *solution = (struct solution){.explained = 0};
    for (size_t i = 0; i < terms; i++) {
        solution->term[chosen[i]] = right[i];
        solution->explained += right[i] * equations->right[chosen[i]];
        if (!(right[i] > 0))
            return false;
    }
    return true;
}

/* Non-negative least squares of so few terms: the best of all subsets. */
static struct solution solve(const struct equations *equations)
{
    struct solution best = {.explained = -1};

    for (unsigned subset = 1; subset < 1U << TERMS; subset++) {
        struct solution solution;

        if (solve_subset(equations, subset, &solution) && solution.explained > best.explained)
            best = solution;
    }
    return best;
}

/* Less the likelihood's logarithm, but for a constant. */
static double deviance(const struct knot *knot, size_t knots, struct scatter scatter)
{
    double sum = 0;

    for (size_t k = 0; k < knots; k++) {
        double smooth = scatter_at(scatter, knot[k].tasks);

        if (knot[k].location.dof > 0)
            sum += knot[k].location.dof / 2 * (log(smooth) + knot[k].location.variance / smooth);
    }
    return sum;
}

static double largest_count(const struct knot *knot, size_t knots)
{
    double largest = 1;

    for (size_t k = 0; k < knots; k++)
        largest = fmax(largest, knot[k].tasks);
    return largest;
}

/* From the variances at both ends, which the constant and the square then nearly explain. */
static struct scatter start(const struct knot *knot, size_t knots, double unit, double least)
{
    double first = NAN, last = NAN;

    for (size_t k = 0; k < knots; k++)
        if (knot[k].location.dof > 0) {
            last = fmax(knot[k].location.variance, least);
            first = isnan(first) ? last : first;
        }
    return (struct scatter){.constant = first, .square = last / (unit * unit), .least = least};
}

/* A share of the step from one to the other. */
static struct scatter step(struct scatter from, struct scatter to, double share)
{
    from.constant += share * (to.constant - from.constant);
    from.linear += share * (to.linear - from.linear);
    from.square += share * (to.square - from.square);
    return from;
}

/* Returns by how much the deviance falls. */
static double improve(struct scatter *smooth, const struct knot *knot, size_t knots, double unit)
{
    struct equations equations = set_up(knot, knots, unit, *smooth);
    struct solution solution = solve(&equations);
    struct scatter whole = {
        .constant = solution.term[0], .linear = solution.term[1] / unit, .square = solution.term[2] / (unit * unit)};
    double before = deviance(knot, knots, *smooth), share = 1;

    for (int halving = 0; halving < HALVINGS; halving++, share /= 2) {
        struct scatter next = step(*smooth, whole, share);
        double gain = before - deviance(knot, knots, next);

        if (gain > 0) {
            *smooth = next;
            return gain;
        }
    }
    return 0;
}

/* The inverse of Fisher's information on the terms that are above 0. */
static void estimate_covariance(struct scatter *scatter, const struct knot *knot, size_t knots, double unit)
{
    struct equations equations = set_up(knot, knots, unit, *scatter);
    const double term[TERMS] = {scatter->constant, scatter->linear, scatter->square};
    const double scale[TERMS] = {1, 1 / unit, 1 / (unit * unit)};
    double information[TERMS * TERMS];
    size_t chosen[TERMS] = {0}, terms = 0;
    gsl_matrix_view view;

    for (size_t i = 0; i < TERMS; i++)
        if (term[i] > 0)
            chosen[terms++] = i;
    for (size_t i = 0; i < terms; i++)
        for (size_t j = 0; j < terms; j++)
            information[i * terms + j] = equations.matrix[chosen[i]][chosen[j]] / 2;
    if (terms == 0)
        return;
    view = gsl_matrix_view_array(information, terms, terms);
    if (gsl_linalg_cholesky_decomp1(&view.matrix) != 0 || gsl_linalg_cholesky_invert(&view.matrix) != 0)
        return;
    for (size_t i = 0; i < terms; i++)
        for (size_t j = 0; j < terms; j++)
            scatter->covariance[chosen[i]][chosen[j]] =
                information[i * terms + j] * scale[chosen[i]] * scale[chosen[j]];
}

struct scatter scatter_smooth(const struct knot *knot, size_t knots, double least)
{
    double dof = scatter_dof(knot, knots), unit = largest_count(knot, knots);
    struct scatter smooth = {.least = least, .dof = dof};

    if (dof <= 0)
        return smooth;
    smooth = start(knot, knots, unit, least);
    for (int round = 0; round < ROUNDS && improve(&smooth, knot, knots, unit) > SETTLED; round++)
        ;
    smooth.dof = dof;
    estimate_covariance(&smooth, knot, knots, unit);
    return smooth;
}
