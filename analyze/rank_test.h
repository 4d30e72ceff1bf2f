/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mann and Whitney's test of two samples (Annals of Mathematical Statistics 18 (1947) 50-60). */
#ifndef TASKWEIGHT_ANALYZE_RANK_TEST_H
#define TASKWEIGHT_ANALYZE_RANK_TEST_H

#include <stddef.h>

/* The two-sided p value of both samples being drawn from the same distribution: the share of all ways to part the
   pooled values in which the ranks lie at least as far from their mean. Ties have the mean of their ranks. Exact up to
   RANK_TEST_EXACT values in all, beyond that normal with corrections for ties and continuity. 1 where all values are
   equal; NaN where a sample is empty or memory runs out. */
double rank_test_p(const double *a, size_t a_count, const double *b, size_t b_count);

#define RANK_TEST_EXACT 60

/* How many runs a side, at least, a p value below `threshold` takes: with r a side there is none below 2 / C(2r, r). */
size_t rank_test_least_runs(double threshold);

#endif
