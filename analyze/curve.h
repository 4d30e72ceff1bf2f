/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a series' runs take at any count, whether or not a line holds: a linear spline with a knot at every measured
   count, so that its values there are the locations of the runs and nothing is assumed between them but straight
   pieces. All is in the unit of the metric. */
#ifndef TASKWEIGHT_ANALYZE_CURVE_H
#define TASKWEIGHT_ANALYZE_CURVE_H

#include "analyze/estimate.h"
#include "analyze/knots.h"

#include <gsl/gsl_matrix.h>

struct curve {
    struct knots knots;
    gsl_vector *value;      /* at each knot: the regression's coefficients; NULL without knots */
    gsl_matrix *covariance; /* of the values, from the replicates; NaN where no count has several runs */
};

/* Regresses on the cells. `resolution` is the series'. Returns -1 where memory runs out. */
int curve_new(struct curve *curve, const struct cell *cell, size_t cells, double resolution);
void curve_free(struct curve *curve);

/* The curve's value at a count, its end pieces prolonged; with limits for what the runs' scatter leaves open, none for
 * what may lie between the knots. At least 2 knots. */
struct estimate curve_value(const struct curve *curve, double tasks, double confidence);

/* ... with limits that are also widened to what the neighbouring pieces allow: where a curve bends one way it lies,
 * between two knots, on one side of their chord and on the other of the prolonged neighbours. Beyond the largest
 * count it goes on as its last piece; where no line holds, only as long as the count is less than twice the largest,
 * within the steepest and the flattest piece. From there on nothing is known but the value at the largest count, and
 * the upper limit is infinite. */
struct estimate curve_at(const struct curve *curve, double tasks, bool line_holds, double confidence);

/* The average slope between two knots, per task: from 0 to knots.count - 1, what a task costs on average over the
 * measured range; between neighbours, in that segment. */
struct estimate curve_slope(const struct curve *curve, size_t from, size_t to, double confidence);

/* The covariance of the value at 0 tasks and the average slope over all knots. */
double curve_covariance(const struct curve *curve);

#endif
