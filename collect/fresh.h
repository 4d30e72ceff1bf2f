/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes the statistics of memory cgroups fresh.

   Each processor counts for itself. The kernel adds the counts up every 2 s, or when memory.stat is read after more
   than 64 updates a processor in that group and those below it (memcg_vmstats_needs_flush in its mm/memcontrol.c; so
   since Linux 6.8, and for all groups together before). Reading cpu.stat first, which also helped, no longer does since
   each controller adds up for itself. So this makes updates until the kernel has added up, and proves that it has. */
#ifndef TASKWEIGHT_COLLECT_FRESH_H
#define TASKWEIGHT_COLLECT_FRESH_H

#include "collect/cgroup.h"

#include <stdbool.h>

/* Brings memory.stat of the group up to date, and that of the groups below it. Collect must be in it or below it, since
   the updates are page faults of its own, some hundred a processor. Returns whether every figure is of a moment after
   the call: the number of faults that memory.stat tells, which changes only when the kernel adds up, has changed. */
bool fresh_make(const struct cgroup *group);

#endif
