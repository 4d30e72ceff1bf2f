/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How runs scatter: a variance that is smooth in the count. */
#ifndef TASKWEIGHT_ANALYZE_SCATTER_H
#define TASKWEIGHT_ANALYZE_SCATTER_H

#include "analyze/location.h"

/* One count with the location of its runs. */
struct knot {
    double tasks;
    struct location location;
};

#define SCATTER_TERMS 3

/* The variance of one run about its count's mean: constant + linear * tasks + square * tasks^2, none of which is
 * negative, but at least `least`; `dof` are the degrees of freedom of all runs. */
struct scatter {
    double constant, linear, square, least, dof;
    double covariance[SCATTER_TERMS][SCATTER_TERMS]; /* of the three terms */
};

double scatter_at(struct scatter scatter, double tasks);

/* How many degrees of freedom the variance at that count has: at the ends of the range fewer than the whole, where it
 * follows from few counts. */
double scatter_dof_at(struct scatter scatter, double tasks);

/* Fits the variances of the knots that have degrees of freedom; without any, nothing is known but `least`. By maximum
 * likelihood: a sample variance with f degrees of freedom has itself a variance of 2 V^2 / f. */
struct scatter scatter_smooth(const struct knot *knot, size_t knots, double least);

/* The degrees of freedom of all knots' variances. */
double scatter_dof(const struct knot *knot, size_t knots);

#endif
