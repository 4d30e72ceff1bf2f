/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The histogram of one run's wake-ups, as its rows of phase late tell it: 8 buckets an octave, as in HdrHistogram. */
#ifndef TASKWEIGHT_ANALYZE_LATENESS_H
#define TASKWEIGHT_ANALYZE_LATENESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A quantile is told only where at least so many wake-ups lie beyond it. */
#define LATENESS_BEYOND 10

struct lateness_bucket {
    int64_t low;  /* the least lateness in nanoseconds; negative: early */
    double count; /* of wake-ups, above 0 */
};

struct lateness {
    struct lateness_bucket *bucket; /* ascending, unless it is torn */
    size_t buckets;
    double count;
    bool is_torn; /* a bucket does not lie above the one before: nothing can be told */
};

/* Adds a row; one without wake-ups says nothing. Returns false where memory runs out. */
bool lateness_take(struct lateness *lateness, int64_t low, int64_t count);

/* In seconds, interpolated within its bucket; NaN without LATENESS_BEYOND wake-ups beyond it. */
double lateness_quantile(const struct lateness *lateness, int percent);

/* The upper end of the topmost bucket in seconds; NaN without wake-ups. */
double lateness_max(const struct lateness *lateness);

/* Empties it, but keeps its memory for the next run. */
void lateness_forget(struct lateness *lateness);

void lateness_free(struct lateness *lateness);

#endif
