/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Axis arithmetic: where a value falls and which ticks to show. Pure functions, nothing is drawn here. */
#ifndef TASKWEIGHT_PLOT_AXIS_H
#define TASKWEIGHT_PLOT_AXIS_H

#include "collect/unit.h"

#include <stdbool.h>
#include <stddef.h>

/* AXIS_LOG_ZERO has a place for 0 left of what is measured, with a decade between them that has no ticks. AXIS_SYMLOG
   is linear near 0 and logarithmic on both sides beyond AXIS_SYMLOG_LINEAR: asinh(value / AXIS_SYMLOG_LINEAR). */
enum axis_scale { AXIS_LINEAR, AXIS_LOG, AXIS_LOG_ZERO, AXIS_SYMLOG };

#define AXIS_SYMLOG_LINEAR 0.1

/* From low, where the axis begins, to high, where it ends. A linear axis may run downwards: low > high. */
struct axis {
    enum axis_scale scale;
    enum unit unit;
    double low, high;
};

/* Enough for every axis: see axis_ticks. */
#define AXIS_MAX_TICKS 160

struct axis_tick {
    double value;
    char text[24]; /* "" for a tick without a label */
};

/* An axis that shows all values from low to high with some room at both ends (a linear axis that would begin within
   the room above 0 begins at 0; low is the least value above 0 on one with a place for 0). Never degenerate: a single
   value, an empty range (low > high), values that are not finite or, on a log axis, not above 0 still give an axis that
   can be drawn. */
struct axis axis_over(enum axis_scale scale, enum unit unit, double low, double high);

/* Where the value falls: 0 at low, 1 at high, outside beyond them. -INFINITY for a value on a log axis that it has no
   place for. */
double axis_fraction(const struct axis *axis, double value);

/* The ticks within the axis, ascending, of which at most `labels` (but never fewer than two, where two fit in range)
   carry a text. Linear axes have ticks at 1-2-5 steps. Log axes have them at powers of ten (of each step, for bytes:
   1, 10 and 100 KiB, 1, 10 and 100 MiB), with unlabelled ones between; short ones at 1-2-5 as well. Returns how
   many. */
size_t axis_ticks(const struct axis *axis, size_t labels, struct axis_tick tick[AXIS_MAX_TICKS]);

/* The step of its unit in which a linear axis counts, for its title: "MiB"; "" where ticks are plain or name their own.
 */
const char *axis_unit_text(const struct axis *axis);

#endif
