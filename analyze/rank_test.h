/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mann and Whitney's test of two samples (Annals of Mathematical Statistics 18 (1947) 50-60). */
#ifndef TASKWEIGHT_ANALYZE_RANK_TEST_H
#define TASKWEIGHT_ANALYZE_RANK_TEST_H

#include <stddef.h>

/* The two-sided p value for both samples having the same distribution: the share of all ways to split the pooled values
 * in which the rank sum is at least as far from its mean. Ties have the mean of their ranks. Exact up to
 * RANK_TEST_EXACT values in all, beyond that normal with corrections for ties and continuity. 1 where all values are
 * equal; NaN where a sample is empty or memory runs out. */
double rank_test_p(const double *a, size_t a_count, const double *b, size_t b_count);

#define RANK_TEST_EXACT 60

/* The fewest runs a side that can give a p value below `threshold`: r a side give 2 / C(2r, r) at least. */
size_t rank_test_least_runs(double threshold);

#endif
