/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a task costs on average over hosts that may differ. */
#ifndef TASKWEIGHT_ANALYZE_POOL_H
#define TASKWEIGHT_ANALYZE_POOL_H

#include "analyze/fit.h"

/* Pools the fits of one model on `hosts` hosts, its baseline and its overhead each for itself: the mean over such
 * hosts, which truly differ by a variance that Paule and Mandel's method finds (Consensus values and weighting factors,
 * Journal of Research of the National Bureau of Standards 87 (1982) 377-385), with Hartung and Knapp's error (On tests
 * of the overall treatment effect in meta-analysis with normally distributed responses, Statistics in Medicine 20
 * (2001) 1771-1782). Hosts without errors are left out, and the note says so; of a single host its own estimates stay.
 * Lack of fit tests whether the overheads are the same (Welch, On the comparison of several mean values: an alternative
 * approach, Biometrika 38 (1951) 330-336). */
struct fit pool_fits(const struct fit *fit, size_t hosts);

#endif
