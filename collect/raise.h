/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Raises the system's bounds on processes, threads and mappings for a sweep. */
#ifndef TASKWEIGHT_COLLECT_RAISE_H
#define TASKWEIGHT_COLLECT_RAISE_H

#include "collect/error.h"
#include "collect/keeper.h"

/* Raises the bounds; needs root. The keeper restores them on keeper_end or when collect dies. */
int raise_limits(struct keeper *keeper, struct error *error);

#endif
