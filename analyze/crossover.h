/* SPDX-License-Identifier: GPL-3.0-or-later */
/* With how many tasks which of two models takes less. */
#ifndef TASKWEIGHT_ANALYZE_CROSSOVER_H
#define TASKWEIGHT_ANALYZE_CROSSOVER_H

#include "analyze/fit.h"

/* Which of the two takes less, if that is proven at the fits' confidence. */
enum crossover_side { CROSSOVER_UNPROVEN, CROSSOVER_A, CROSSOVER_B };

/* Counts from and to which the same side is proven. */
struct crossover_stretch {
    double from, to;
    enum crossover_side side;
};

#define CROSSOVER_STRETCHES 8 /* more are left out */

/* Over the counts at which both were measured; nothing is said of others. */
struct crossover {
    double smallest, largest;                              /* of those counts; NaN where they share no range */
    double tasks;                                          /* where the means first cross; NaN if they do not */
    struct crossover_stretch stretch[CROSSOVER_STRETCHES]; /* ascending; between them no difference is proven */
    size_t stretches;
};

/* The fits have the same confidence and independent errors. */
struct crossover crossover_of(const struct fit *a, const struct fit *b);

/* The side that is proven at the smallest and at the largest count. */
enum crossover_side crossover_below(const struct crossover *crossover);
enum crossover_side crossover_above(const struct crossover *crossover);

#endif
