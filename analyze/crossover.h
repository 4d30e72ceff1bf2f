/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the lines of two models cross: from how many tasks on one is cheaper than the other. */
#ifndef TASKWEIGHT_ANALYZE_CROSSOVER_H
#define TASKWEIGHT_ANALYZE_CROSSOVER_H

#include "analyze/fit.h"

/* Which of the two takes less, if that is proven at the fits' confidence. */
enum crossover_side { CROSSOVER_UNPROVEN, CROSSOVER_A, CROSSOVER_B };

struct crossover {
    double tasks;                     /* where the lines cross; NaN if they do not at 1 task or more */
    double low, high;                 /* the counts, from 1 on, at which no difference is proven; NaN: no such limit */
    enum crossover_side below, above; /* at 1 task, and as counts grow without bound */
    /* The range in which a difference is proven though `below` and `above` are unproven; NaN and unproven if there is
     * none. */
    double from, to;
    enum crossover_side between;
};

/* The fits have the same confidence and independent errors. */
struct crossover crossover_of(const struct fit *a, const struct fit *b);

#endif
