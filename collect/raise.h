/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The system's bounds on processes, threads and mappings, raised for a sweep. */
#ifndef TASKWEIGHT_COLLECT_RAISE_H
#define TASKWEIGHT_COLLECT_RAISE_H

#include "collect/error.h"
#include "collect/keeper.h"

/* Raises the bounds; needs root. The keeper, which keeper_end ends, puts them back, whatever ends collect. */
int raise_limits(struct keeper *keeper, struct error *error);

#endif
