/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How precisely the mean of a series is known, and what is still too wide. A series is what gsl_rstat accumulates. */
#ifndef TASKWEIGHT_COLLECT_PRECISION_H
#define TASKWEIGHT_COLLECT_PRECISION_H

#include "collect/unit.h"

#include <gsl/gsl_rstat.h>
#include <stdbool.h>
#include <stddef.h>

/* Of the interval that decides when to stop. Stopping where an interval happens to be narrow makes intervals too
   narrow: one that is reported as 95 % later then covers 95 %, by simulation. */
#define PRECISION_CONFIDENCE 0.975

/* With fewer values the second of two modes may not have been seen. */
#define PRECISION_LEAST_VALUES 8

/* Half the width of the mean's interval (Student's t) as a share of the mean, 0.01 for ±1 %; INFINITY with fewer than
   two values, 0 where all are the same or the mean is less than one unit of the values. */
double precision_width(const gsl_rstat_workspace *series);

/* Whether there are PRECISION_LEAST_VALUES or more and the width is at most `share`. */
bool precision_is_reached(const gsl_rstat_workspace *series, double share);

/* About how many values it takes until then, by those that there are. */
double precision_values_needed(const gsl_rstat_workspace *series, double share);

/* The least of the wider half of these widths, of which there is at least one; sorts them. */
double precision_wider_half(double *width, size_t count);

/* 0.0321 -> "±3.2 %"; INFINITY -> "no interval". Returns text. */
const char *precision_format(char text[UNIT_TEXT_SIZE], double width);

#endif
