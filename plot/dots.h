/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The chart bars with dots for bars: one panel a count, all with the same rows and the same logarithmic axis. */
#ifndef TASKWEIGHT_PLOT_DOTS_H
#define TASKWEIGHT_PLOT_DOTS_H

#include "plot/chart.h"

/* All of the figure but its finding and the key of its families. */
void dots_draw(struct figure *figure, const struct chart_data *data, const struct chart_size *size);

#endif
