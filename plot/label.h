/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Label placement as geometry: wishes in, places out, nothing is drawn here. */
#ifndef TASKWEIGHT_PLOT_LABEL_H
#define TASKWEIGHT_PLOT_LABEL_H

#include <stddef.h>

/* Places the centres of `count` labels of the height `pitch`, whose wishes ascend, along a line from low to high: in
   the same order, without overlaps, within the bounds, and with the least sum of squared distances from the wishes.
   Where they do not all fit they are spread evenly, and overlap. Takes work space for `count` sizes. */
void label_spread(const double *wish, double *place, size_t count, double pitch, double low, double high, size_t *work);

/* The largest pitch, at most `pitch`, with which `count` labels fit between low and high. */
double label_pitch(size_t count, double pitch, double low, double high);

#endif
