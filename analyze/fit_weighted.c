/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line through the locations of the counts, by GSL's weighted regression. With x the counts and m the locations, the
   estimates are linear in m,
       baseline = sum_k b_k m_k,   overhead = sum_k o_k m_k,
   where b and o follow from the weights w and GSL's covariance matrix C = (X' W X)^-1:
       b_k = w_k (C_00 + C_01 x_k),   o_k = w_k (C_01 + C_11 x_k).
   Their errors follow from each location's own variance v_k (the sandwich), so that they hold where the weights are
   wrong:
       variance of the baseline = sum_k b_k^2 v_k,
   with Satterthwaite's degrees of freedom (Biometrics Bulletin 2 (1946) 110-114), because the v_k are estimates:
       (sum_k b_k^2 v_k)^2 / sum_k ((b_k^2 v_k)^2 / f_k). */
#include "analyze/fit_weighted.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_fit.h>
#include <math.h>
#include <stdlib.h>

/* The columns of the regression, one value a knot. */
struct columns {
    double *tasks, *weight, *location;
    size_t count;
};

struct line {
    double baseline, overhead;
    double c00, c01, c11; /* the covariance matrix, if the weights are reciprocal variances */
    double chi_square;
};

/* The weight of a knot, given the smooth scatter of all. */
typedef double weigh(const struct knot *knot, struct scatter scatter);

/* Of the location by its own runs; all the same where no error is known. */
static double weigh_by_location(const struct knot *knot, struct scatter scatter)
{
    return isfinite(scatter.dof) ? 1 / location_variance(&knot->location) : 1;
}

/* Of a run by the count's own runs. */
static double weigh_by_runs(const struct knot *knot, struct scatter scatter)
{
    return isfinite(scatter.dof) ? (double)knot->location.runs / knot->location.variance : 1;
}

/* Of a run by all runs. */
static double weigh_by_scatter(const struct knot *knot, struct scatter scatter)
{
    return isfinite(scatter.dof) ? (double)knot->location.runs / scatter_at(scatter, knot->tasks) : 1;
}

static int columns_new(struct columns *columns, const struct knots *knots, weigh *weight)
{
    *columns = (struct columns){.tasks = malloc(3 * knots->count * sizeof *columns->tasks), .count = knots->count};
    if (!columns->tasks)
        return -1;
    columns->weight = columns->tasks + knots->count;
    columns->location = columns->weight + knots->count;
    for (size_t k = 0; k < knots->count; k++) {
        columns->tasks[k] = knots->knot[k].tasks;
        columns->weight[k] = weight(&knots->knot[k], knots->scatter);
        columns->location[k] = knots->knot[k].location.value;
    }
    return 0;
}

static struct line regress(const struct columns *columns)
{
    struct line line;

    gsl_fit_wlinear(columns->tasks, 1, columns->weight, 1, columns->location, 1, columns->count, &line.baseline,
                    &line.overhead, &line.c00, &line.c01, &line.c11, &line.chi_square);
    return line;
}

/* --- errors ------------------------------------------------------------------------------------------------------- */

/* The variance of sum_k a_k m_k with Satterthwaite's degrees of freedom, term by term. */
struct error_sum {
    double variance, terms; /* terms: sum of (a_k^2 v_k)^2 / f_k */
};

static void error_sum_add(struct error_sum *sum, double share, const struct location *location)
{
    double term = share * share * location_variance(location);

    sum->variance += term;
    sum->terms += term * term / location->dof;
}

static struct estimate error_sum_estimate(const struct error_sum *sum, double value, double confidence)
{
    return estimate_of(value, sqrt(sum->variance), sum->variance * sum->variance / sum->terms, confidence);
}

static void estimate_line(struct fit *fit, const struct knots *knots, const struct columns *columns,
                          const struct line *line)
{
    struct error_sum baseline = {0, 0}, overhead = {0, 0};

    fit->covariance = 0;
    for (size_t k = 0; k < knots->count; k++) {
        const struct location *location = &knots->knot[k].location;
        double baseline_share = columns->weight[k] * (line->c00 + line->c01 * columns->tasks[k]);
        double overhead_share = columns->weight[k] * (line->c01 + line->c11 * columns->tasks[k]);

        error_sum_add(&baseline, baseline_share, location);
        error_sum_add(&overhead, overhead_share, location);
        fit->covariance += baseline_share * overhead_share * location_variance(location);
    }
    fit->baseline = error_sum_estimate(&baseline, line->baseline, fit->confidence);
    fit->overhead = error_sum_estimate(&overhead, line->overhead, fit->confidence);
}

/* R squared of the averaged runs, each with the weight of its count. */
static double r_squared(const struct knots *knots, const struct columns *columns, const struct line *line)
{
    double sum = 0, mean = 0, within = 0, total = 0;

    for (size_t k = 0; k < knots->count; k++)
        sum += columns->weight[k];
    for (size_t k = 0; k < knots->count; k++)
        mean += columns->weight[k] / sum * columns->location[k];
    for (size_t k = 0; k < knots->count; k++) {
        const struct location *location = &knots->knot[k].location;

        if (location->runs > 1)
            within += columns->weight[k] * location->variance * (1 - 1 / (double)location->runs);
        total += columns->weight[k] * pow(columns->location[k] - mean, 2);
    }
    return total + within > 0 ? 1 - (line->chi_square + within) / (total + within) : NAN;
}

/* --- does the line hold? ------------------------------------------------------------------------------------------ */

/* The element of the matrix M = W - W X C X' W, by which chi-square is the quadratic form m' M m in the locations. */
static double quadratic_form(const struct columns *columns, const struct line *line, size_t k, size_t l)
{
    double x = columns->tasks[k], z = columns->tasks[l];
    double both = columns->weight[k] * columns->weight[l] * (line->c00 + line->c01 * (x + z) + line->c11 * x * z);

    return k == l ? columns->weight[k] - both : -both;
}

/* Chi-square about the line over its expectation where a line holds, sum_k M_kk v_k by the locations' own variances,
   which is right whatever the weights. Its degrees of freedom are Box's (Some theorems on quadratic forms, Annals of
   Mathematical Statistics 25 (1954) 290-302), those of the expectation Satterthwaite's: Brown and Forsythe's test of
   means (The small sample behavior of some statistics which test the equality of several means, Technometrics 16 (1974)
   129-132), as improved by Mehrotra (Communications in Statistics: Simulation and Computation 26 (1997) 1139-1145), for
   a line. Other than Welch's and Johansen's it weighs by no variance of few runs. */
static void test_lack_of_fit(struct fit *fit, const struct knots *knots, const struct columns *columns,
                             const struct line *line)
{
    double expected = 0, squares = 0, terms = 0;

    if (knots->count < 3 || !isfinite(knots->scatter.dof))
        return;
    for (size_t k = 0; k < knots->count; k++) {
        double variance = location_variance(&knots->knot[k].location);
        double term = quadratic_form(columns, line, k, k) * variance;

        expected += term;
        terms += term * term / knots->knot[k].location.dof;
        for (size_t l = 0; l < knots->count; l++)
            squares +=
                pow(quadratic_form(columns, line, k, l), 2) * variance * location_variance(&knots->knot[l].location);
    }
    fit->lack_of_fit_f = line->chi_square / expected;
    fit->lack_of_fit_p =
        gsl_cdf_fdist_Q(fit->lack_of_fit_f, expected * expected / squares, expected * expected / terms);
}

void fit_weighted_test(struct fit *fit, const struct knots *knots)
{
    struct columns columns;
    struct line line;

    if (columns_new(&columns, knots, weigh_by_location) != 0) {
        fit_note(fit, "out of memory");
        return;
    }
    line = regress(&columns);
    fit->r_squared = r_squared(knots, &columns, &line);
    for (size_t k = 0; k < knots->count; k++)
        columns.weight[k] = weigh_by_scatter(&knots->knot[k], knots->scatter);
    line = regress(&columns);
    test_lack_of_fit(fit, knots, &columns, &line);
    free(columns.tasks);
}

/* --- the two methods ---------------------------------------------------------------------------------------------- */

static void fit_line(struct fit *fit, const struct knots *knots, weigh *weight)
{
    struct columns columns;
    struct line line;

    fit->run_scatter = knots->scatter;
    if (columns_new(&columns, knots, weight) != 0) {
        fit_note(fit, "out of memory");
        return;
    }
    line = regress(&columns);
    estimate_line(fit, knots, &columns, &line);
    free(columns.tasks);
    fit_weighted_test(fit, knots);
}

void fit_weighted_wls(struct fit *fit, const struct series *series)
{
    struct knots means;

    if (knots_new(&means, series->cell, series->cells, series->resolution, KNOTS_MEAN) != 0) {
        fit_note(fit, "out of memory");
        return;
    }
    fit_line(fit, &means, weigh_by_runs);
    knots_free(&means);
}

void fit_weighted_robust(struct fit *fit, const struct series *series)
{
    fit_line(fit, &series->curve.knots, weigh_by_scatter);
}
