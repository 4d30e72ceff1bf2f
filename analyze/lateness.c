/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analyze/lateness.h"

#include "collect/array.h"

#include <math.h>
#include <stdlib.h>

#define SECONDS 1e-9 /* of a nanosecond */

/* Magnitudes below it have a bucket of 1 ns each; from it on there are 8 from one power of two to the next, so that
   halving down to below it counts the doublings of their width. */
#define NARROW_BUCKETS 16

bool lateness_take(struct lateness *lateness, int64_t low, int64_t count)
{
    struct lateness_bucket *more;

    if (count <= 0)
        return true;
    more = array_grow(lateness->bucket, lateness->buckets, sizeof *more);
    if (!more)
        return false;
    lateness->bucket = more;
    lateness->is_torn = lateness->is_torn || (lateness->buckets > 0 && low <= more[lateness->buckets - 1].low);
    more[lateness->buckets++] = (struct lateness_bucket){low, (double)count};
    lateness->count += (double)count;
    return true;
}

/* Of the bucket of a lateness in nanoseconds. Early ones have the same buckets with another sign. */
static double width_of(int64_t low)
{
    uint64_t magnitude = low < 0 ? -(uint64_t)low : (uint64_t)low;
    double width = 1;

    for (; magnitude >= NARROW_BUCKETS; magnitude /= 2)
        width *= 2;
    return width;
}

/* In nanoseconds. A next bucket that begins earlier ends it. */
static double end_of(const struct lateness *lateness, size_t i)
{
    double end = (double)lateness->bucket[i].low + width_of(lateness->bucket[i].low);

    return i + 1 < lateness->buckets ? fmin(end, (double)lateness->bucket[i + 1].low) : end;
}

double lateness_quantile(const struct lateness *lateness, int percent)
{
    double rank = lateness->count * percent / 100, below = 0;
    size_t i = 0;

    if (lateness->is_torn || lateness->count * (100 - percent) < 100 * LATENESS_BEYOND)
        return NAN;
    while (i + 1 < lateness->buckets && below + lateness->bucket[i].count < rank)
        below += lateness->bucket[i++].count;
    return SECONDS * ((double)lateness->bucket[i].low + (rank - below) / lateness->bucket[i].count *
                                                            (end_of(lateness, i) - (double)lateness->bucket[i].low));
}

double lateness_max(const struct lateness *lateness)
{
    return lateness->is_torn || lateness->buckets == 0 ? NAN : SECONDS * end_of(lateness, lateness->buckets - 1);
}

void lateness_forget(struct lateness *lateness)
{
    lateness->buckets = 0;
    lateness->count = 0;
    lateness->is_torn = false;
}

void lateness_free(struct lateness *lateness)
{
    free(lateness->bucket);
    *lateness = (struct lateness){0};
}
