/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The median of the slopes between runs (Theil 1950, Sen 1968). */
#ifndef TASKWEIGHT_ANALYZE_FIT_THEIL_SEN_H
#define TASKWEIGHT_ANALYZE_FIT_THEIL_SEN_H

#include "analyze/fit.h"

/* Estimates into a fit that is otherwise filled; the series has runs at 2 counts or more. */
void fit_theil_sen(struct fit *fit, const struct series *series);

#endif
