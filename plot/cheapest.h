/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which model takes least with how many tasks. */
#ifndef TASKWEIGHT_PLOT_CHEAPEST_H
#define TASKWEIGHT_PLOT_CHEAPEST_H

#include "plot/chart.h"

#define CHEAPEST_MOST 16 /* ranges; more are left out */

/* Counts from and to which one series takes least, of those that were measured with fewer and with more tasks and are
   not the harness's own. */
struct cheapest {
    size_t series;
    double from, to;
    double from_low, from_high; /* where it may have become the cheapest; NaN of the first, and where another had only
                                   been measured up to there */
};

/* The ranges, ascending, among the `count` series from `first` on, of which each has a curve or a line. Returns how
   many there are. */
size_t cheapest_ranges(const struct chart_data *data, size_t first, size_t count, struct cheapest range[CHEAPEST_MOST]);

#endif
