/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The counts of a series that have runs, each with a location of its runs and an error of its own. */
#ifndef TASKWEIGHT_ANALYZE_KNOTS_H
#define TASKWEIGHT_ANALYZE_KNOTS_H

#include "analyze/cell.h"
#include "analyze/estimate.h"
#include "analyze/scatter.h"

#include <stdbool.h>

struct knots {
    struct knot *knot; /* ascending by tasks */
    size_t count;
    struct scatter scatter; /* of one run; NaN where no count has several */
    size_t outliers;        /* runs that were fenced out */
    bool has_modes;         /* a fence would have taken so many runs that none was set */
};

enum knots_location {
    KNOTS_MEAN,   /* of all runs */
    KNOTS_FENCED, /* of those within fences, unless what lies outside is a mode of its own */
};

/* Takes the locations of the cells that have runs, which are ascending by tasks. A single run borrows the other counts'
 * variance. `resolution` is the series'. Returns -1 where memory runs out. */
int knots_new(struct knots *knots, const struct cell *cell, size_t cells, double resolution,
              enum knots_location location);
void knots_free(struct knots *knots);

/* The location at that count; unknown where no knot is there. */
struct estimate knots_at(const struct knots *knots, double tasks, double confidence);

#endif
