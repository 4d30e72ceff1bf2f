/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analyze/knots.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

/* The most often that a good run is fenced out, be it normal or, by the least distance in robust standard deviations,
   of the tail of a lognormal distribution whose logarithm has a standard deviation of 0.5. */
#define FENCE_PROBABILITY 1e-3
#define FENCE_LEAST_DEVIATIONS 8
/* The efficiency of the median absolute deviation for normal runs (Rousseeuw and Croux 1993): the share of the degrees
   of freedom that it uses. */
#define MAD_EFFICIENCY 0.37
/* Outliers are few. Where fences would take this share of the runs at neighbouring counts, and no fewer than so many,
   they are a mode of the model, and belong to its mean. The other counts need not show it: scatter that grows with the
   count hides a mode that does not. */
#define MODE_SHARE 0.175
#define MODE_RUNS 3

/* How many of the cells have runs. */
static size_t count_knots(const struct cell *cell, size_t cells)
{
    size_t knots = 0;

    for (size_t k = 0; k < cells; k++)
        knots += cell[k].runs > 0;
    return knots;
}

/* --- outliers ----------------------------------------------------------------------------------------------------- */

/* From the median absolute deviation, made unbiased for few runs with the factors of Croux and Rousseeuw,
   Time-efficient algorithms for two highly robust estimators of scale (1992). */
static double robust_variance(const struct cell *cell)
{
    static const double factors[] = {1, 1, 1.196, 1.495, 1.363, 1.206, 1.200, 1.140, 1.129, 1.107};
    double runs = (double)cell->runs;
    double factor = cell->runs < sizeof factors / sizeof *factors ? factors[cell->runs] : runs / (runs - 0.8);

    return fmax(pow(factor * cell->mad, 2), location_rounding_variance(cell->resolution));
}

/* The distance of the fences from the median, in standard deviations. */
static double fence_deviations(struct scatter scatter, double tasks)
{
    double dof = fmax(1, MAD_EFFICIENCY * scatter_dof_at(scatter, tasks));
    double deviations = gsl_cdf_tdist_Qinv(FENCE_PROBABILITY / 2, dof);

    return fmax(deviations, FENCE_LEAST_DEVIATIONS);
}

/* Sets fences as wide as the smooth variance says, or the count's own where that is larger: with few runs one count
   alone cannot tell an outlier from a spread. The knots have the robust variances. */
static void fence(struct knots *knots, const struct cell *cell, size_t cells)
{
    struct knot *knot = knots->knot;

    for (size_t k = 0; k < cells; k++) {
        double variance, distance;

        if (cell[k].runs == 0)
            continue;
        variance = fmax(scatter_at(knots->scatter, knot->tasks), knot->location.variance);
        distance = fence_deviations(knots->scatter, knot->tasks) * sqrt(variance);
        knot->location = location_fenced_mean(cell[k].value, cell[k].runs, cell[k].resolution, distance);
        knots->outliers += cell[k].runs - knot->location.runs;
        knot++;
    }
}

/* Whether the runs that fences took at some neighbouring counts are too many for outliers. */
static bool has_modes(const struct knots *knots, const struct cell *cell, size_t cells)
{
    for (size_t first = 0; first < cells; first++) {
        size_t knot = count_knots(cell, first), runs = 0, outliers = 0;

        for (size_t k = first; k < cells; k++) {
            if (cell[k].runs == 0)
                continue;
            runs += cell[k].runs;
            outliers += cell[k].runs - knots->knot[knot++].location.runs;
            if (outliers >= MODE_RUNS && (double)outliers >= MODE_SHARE * (double)runs)
                return true;
        }
    }
    return false;
}

/* --- locations ---------------------------------------------------------------------------------------------------- */

static void take_means(struct knots *knots, const struct cell *cell, size_t cells)
{
    knots->count = 0;
    for (size_t k = 0; k < cells; k++)
        if (cell[k].runs > 0)
            knots->knot[knots->count++] =
                (struct knot){(double)cell[k].tasks, location_mean(cell[k].value, cell[k].runs, cell[k].resolution)};
}

static void take_robust_variances(struct knots *knots, const struct cell *cell, size_t cells)
{
    struct knot *knot = knots->knot;

    for (size_t k = 0; k < cells; k++)
        if (cell[k].runs > 0)
            knot++->location.variance = robust_variance(&cell[k]);
}

static void take_fenced_means(struct knots *knots, const struct cell *cell, size_t cells, double least)
{
    take_robust_variances(knots, cell, cells);
    knots->scatter = scatter_smooth(knots->knot, knots->count, least);
    fence(knots, cell, cells);
    knots->has_modes = knots->outliers > 0 && has_modes(knots, cell, cells);
    if (!knots->has_modes)
        return;
    knots->outliers = 0;
    take_means(knots, cell, cells);
}

/* A single run has no variance of its own, and where a model has modes the runs at a count may all be of one: there the
   variance is that of all counts. Without any to borrow, errors stay unknown. */
static void borrow_variances(struct knots *knots)
{
    for (size_t k = 0; k < knots->count; k++) {
        struct location *location = &knots->knot[k].location;
        double smooth = scatter_at(knots->scatter, knots->knot[k].tasks);

        if (location->dof > 0 && !(knots->has_modes && location->variance < smooth))
            continue;
        location->variance = smooth;
        location->dof = scatter_dof_at(knots->scatter, knots->knot[k].tasks);
    }
}

int knots_new(struct knots *knots, const struct cell *cell, size_t cells, double resolution,
              enum knots_location location)
{
    double least = location_rounding_variance(resolution);

    *knots =
        (struct knots){.knot = calloc(cells + 1, sizeof *knots->knot), .scatter = {NAN, NAN, NAN, NAN, NAN, {{0}}}};
    if (!knots->knot)
        return -1;
    take_means(knots, cell, cells);
    if (!(scatter_dof(knots->knot, knots->count) > 0))
        return 0;
    if (location == KNOTS_FENCED)
        take_fenced_means(knots, cell, cells, least);
    knots->scatter = scatter_smooth(knots->knot, knots->count, least);
    borrow_variances(knots);
    return 0;
}

void knots_free(struct knots *knots)
{
    free(knots->knot);
    *knots = (struct knots){0};
}

struct estimate knots_at(const struct knots *knots, double tasks, double confidence)
{
    for (size_t k = 0; k < knots->count; k++) {
        const struct location *location = &knots->knot[k].location;

        if (knots->knot[k].tasks == tasks)
            return estimate_of(location->value, sqrt(location_variance(location)), location->dof, confidence);
    }
    return estimate_unknown;
}
