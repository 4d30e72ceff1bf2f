/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A regression on the linear B-spline basis: the k-th function is 1 at the k-th knot, 0 at the others, and straight in
   between (de Boor, A Practical Guide to Splines, chapter IX). Everything that is asked of the curve is a linear
   combination of the coefficients, here called shares: its variance is shares' * covariance * shares. The locations
   of the knots are independent of each other, each with degrees of freedom of its own, from which Satterthwaite's
   follow. */
#include "analyze/curve.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_multifit.h>
#include <math.h>

/* --- shares ------------------------------------------------------------------------------------------------------- */

/* The curve's value at a count, the piece between knots `piece` and `piece` + 1 prolonged, times a factor. */
struct part {
    size_t piece;
    double tasks, factor;
};

static void add_part(const struct curve *curve, gsl_vector *shares, struct part part)
{
    const struct knot *from = &curve->knots.knot[part.piece], *to = from + 1;
    double share = (part.tasks - from->tasks) / (to->tasks - from->tasks);

    *gsl_vector_ptr(shares, part.piece) += part.factor * (1 - share);
    *gsl_vector_ptr(shares, part.piece + 1) += part.factor * share;
}

/* The shares of a sum of parts; NULL where memory runs out. */
static gsl_vector *shares_new(const struct curve *curve, const struct part *part, size_t parts)
{
    gsl_vector *shares = gsl_vector_calloc(curve->knots.count);

    for (size_t i = 0; shares && i < parts; i++)
        add_part(curve, shares, part[i]);
    return shares;
}

/* The piece that holds the count, or the nearest. */
static size_t piece_of(const struct curve *curve, double tasks)
{
    size_t piece = 0;

    while (piece + 2 < curve->knots.count && curve->knots.knot[piece + 1].tasks < tasks)
        piece++;
    return piece;
}

static struct part at_count(const struct curve *curve, double tasks, double factor)
{
    return (struct part){piece_of(curve, tasks), tasks, factor};
}

static double satterthwaite_dof(const struct curve *curve, const gsl_vector *shares, double variance)
{
    double terms = 0;

    for (size_t k = 0; k < curve->knots.count; k++) {
        double term = pow(gsl_vector_get(shares, k), 2) * gsl_matrix_get(curve->covariance, k, k);

        terms += term * term / curve->knots.knot[k].location.dof;
    }
    return variance * variance / terms;
}

static struct estimate combine(const struct curve *curve, const struct part *part, size_t parts, double confidence)
{
    gsl_vector *shares = shares_new(curve, part, parts);
    double value = NAN, error = NAN, dof = NAN;

    if (shares) {
        gsl_multifit_linear_est(shares, curve->value, curve->covariance, &value, &error);
        dof = satterthwaite_dof(curve, shares, error * error);
    }
    gsl_vector_free(shares);
    return estimate_of(value, error, dof, confidence);
}

static struct estimate prolong(const struct curve *curve, size_t piece, double tasks, double confidence)
{
    return combine(curve, &(struct part){piece, tasks, 1}, 1, confidence);
}

/* --- the regression ----------------------------------------------------------------------------------------------- */

/* The spline goes through every location, whatever their weights; so none are given, and the errors of the coefficients
   are those of the replicates. */
static int regress(struct curve *curve, gsl_matrix *basis, gsl_vector *location)
{
    gsl_multifit_linear_workspace *work = gsl_multifit_linear_alloc(curve->knots.count, curve->knots.count);
    double chi_square;
    int result = -1;

    for (size_t k = 0; k < curve->knots.count; k++) {
        gsl_vector_view row = gsl_matrix_row(basis, k);

        add_part(curve, &row.vector, at_count(curve, curve->knots.knot[k].tasks, 1));
        gsl_vector_set(location, k, curve->knots.knot[k].location.value);
    }
    if (work)
        result = gsl_multifit_linear(basis, location, curve->value, curve->covariance, &chi_square, work);
    gsl_multifit_linear_free(work);
    gsl_matrix_set_zero(curve->covariance);
    for (size_t k = 0; k < curve->knots.count; k++)
        gsl_matrix_set(curve->covariance, k, k, location_variance(&curve->knots.knot[k].location));
    return result == 0 ? 0 : -1;
}

static int regress_knots(struct curve *curve)
{
    size_t knots = curve->knots.count;
    gsl_matrix *basis = gsl_matrix_calloc(knots, knots);
    gsl_vector *location = gsl_vector_alloc(knots);
    int result = -1;

    curve->value = gsl_vector_alloc(knots);
    curve->covariance = gsl_matrix_alloc(knots, knots);
    if (basis && location && curve->value && curve->covariance)
        result = regress(curve, basis, location);
    gsl_matrix_free(basis);
    gsl_vector_free(location);
    return result;
}

int curve_new(struct curve *curve, const struct cell *cell, size_t cells, double resolution)
{
    *curve = (struct curve){0};
    if (knots_new(&curve->knots, cell, cells, resolution, KNOTS_FENCED) != 0)
        return -1;
    if (curve->knots.count < 2 || regress_knots(curve) == 0)
        return 0;
    curve_free(curve);
    return -1;
}

void curve_free(struct curve *curve)
{
    gsl_vector_free(curve->value);
    gsl_matrix_free(curve->covariance);
    knots_free(&curve->knots);
    *curve = (struct curve){0};
}

/* --- what is asked of it ------------------------------------------------------------------------------------------ */

struct estimate curve_value(const struct curve *curve, double tasks, double confidence)
{
    return prolong(curve, piece_of(curve, tasks), tasks, confidence);
}

/* The parts of the average slope between two knots. */
enum { SLOPE_PARTS = 2 };

static void list_slope(const struct curve *curve, size_t from, size_t to, struct part part[SLOPE_PARTS])
{
    double low = curve->knots.knot[from].tasks, high = curve->knots.knot[to].tasks;

    part[0] = at_count(curve, high, 1 / (high - low));
    part[1] = at_count(curve, low, -1 / (high - low));
}

struct estimate curve_slope(const struct curve *curve, size_t from, size_t to, double confidence)
{
    struct part part[SLOPE_PARTS];

    list_slope(curve, from, to, part);
    return combine(curve, part, SLOPE_PARTS, confidence);
}

double curve_covariance(const struct curve *curve)
{
    size_t knots = curve->knots.count;
    const struct part zero = at_count(curve, 0, 1);
    struct part part[SLOPE_PARTS];
    gsl_vector *value, *slope, *product;
    double covariance = NAN;

    list_slope(curve, 0, knots - 1, part);
    value = shares_new(curve, &zero, 1);
    slope = shares_new(curve, part, SLOPE_PARTS);
    product = gsl_vector_alloc(knots);
    if (value && slope && product) {
        gsl_blas_dsymv(CblasUpper, 1, curve->covariance, slope, 0, product);
        gsl_blas_ddot(value, product, &covariance);
    }
    gsl_vector_free(value);
    gsl_vector_free(slope);
    gsl_vector_free(product);
    return covariance;
}

/* --- between the knots and beyond them ---------------------------------------------------------------------------- */

/* Widens the limits of a piece to those of its prolonged neighbours: upwards to the lower of those that are above,
   downwards to the higher of those below. It is limits that are compared, since where a curve bends less than the runs
   scatter the neighbours' values do not tell which way. No further than the limits at the piece's own ends: what runs
   take does not fall with the count. */
static struct estimate widen_to_neighbours(const struct curve *curve, size_t piece, double tasks,
                                           struct estimate estimate, double confidence)
{
    struct estimate from = curve_value(curve, curve->knots.knot[piece].tasks, confidence);
    struct estimate to = curve_value(curve, curve->knots.knot[piece + 1].tasks, confidence);
    double low = -INFINITY, high = INFINITY;

    for (size_t i = 0; i < 2; i++) {
        size_t neighbour = i == 0 ? piece - 1 : piece + 1; /* before the first: SIZE_MAX */
        struct estimate other;

        if (neighbour >= curve->knots.count - 1)
            continue;
        other = prolong(curve, neighbour, tasks, confidence);
        if (other.low < estimate.low)
            low = fmax(low, other.low);
        if (other.high > estimate.high)
            high = fmin(high, other.high);
    }
    if (isfinite(low))
        estimate.low = fmin(estimate.low, fmax(low, fmin(from.low, to.low)));
    if (isfinite(high))
        estimate.high = fmax(estimate.high, fmin(high, fmax(from.high, to.high)));
    return estimate;
}

/* The flattest (sign -1) or the steepest (sign 1) piece. */
static size_t extreme_piece(const struct curve *curve, int sign)
{
    size_t found = 0;

    for (size_t piece = 1; piece + 1 < curve->knots.count; piece++)
        if (sign * curve_slope(curve, piece, piece + 1, 0.5).value >
            sign * curve_slope(curve, found, found + 1, 0.5).value)
            found = piece;
    return found;
}

/* The value at the largest count and from there on the slope of a piece. */
static struct estimate go_on(const struct curve *curve, size_t piece, double tasks, double confidence)
{
    double largest = curve->knots.knot[curve->knots.count - 1].tasks;
    const struct part part[] = {at_count(curve, largest, 1), {piece, tasks, 1}, {piece, largest, -1}};

    return combine(curve, part, sizeof part / sizeof *part, confidence);
}

static struct estimate beyond(const struct curve *curve, double tasks, bool line_holds, double confidence)
{
    double largest = curve->knots.knot[curve->knots.count - 1].tasks;
    struct estimate estimate = curve_value(curve, tasks, confidence);

    if (line_holds)
        return estimate;
    if (tasks < 2 * largest) {
        estimate.low = fmin(estimate.low, go_on(curve, extreme_piece(curve, -1), tasks, confidence).low);
        estimate.high = fmax(estimate.high, go_on(curve, extreme_piece(curve, 1), tasks, confidence).high);
    } else {
        estimate.low = fmin(estimate.low, curve_value(curve, largest, confidence).low);
        estimate.high = INFINITY;
    }
    return estimate;
}

struct estimate curve_at(const struct curve *curve, double tasks, bool line_holds, double confidence)
{
    size_t piece = piece_of(curve, tasks);
    struct estimate estimate = curve_value(curve, tasks, confidence);

    if (tasks > curve->knots.knot[curve->knots.count - 1].tasks)
        return beyond(curve, tasks, line_holds, confidence);
    if (tasks == curve->knots.knot[piece].tasks || tasks == curve->knots.knot[piece + 1].tasks)
        return estimate;
    return widen_to_neighbours(curve, piece, tasks, estimate, confidence);
}
