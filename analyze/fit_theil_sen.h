/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The median of the slopes between runs (Theil 1950, Sen 1968). */
#ifndef TASKWEIGHT_ANALYZE_FIT_THEIL_SEN_H
#define TASKWEIGHT_ANALYZE_FIT_THEIL_SEN_H

#include "analyze/fit.h"

/* Fills in the estimates of a fit whose other members are set; the series has runs at 2 counts or more. */
void fit_theil_sen(struct fit *fit, const struct series *series);

#endif
