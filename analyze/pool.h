/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One overhead for several hosts, each with a baseline of its own. */
#ifndef TASKWEIGHT_ANALYZE_POOL_H
#define TASKWEIGHT_ANALYZE_POOL_H

#include "analyze/fit.h"

/* Pools the fits of one model on `hosts` hosts. Those without errors are left out, and the note says so. The baseline
 * is the mean of the hosts' baselines; lack of fit tests whether the overheads are the same (Welch, On the comparison
 * of several mean values: an alternative approach, Biometrika 38 (1951) 330-336): where they are not, the errors are
 * widened by the Particle Data Group's scale factor. */
struct fit pool_fits(const struct fit *fit, size_t hosts);

#endif
