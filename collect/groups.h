/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The control groups that collect makes below its own, one for each run:

       collect's own group ── taskweight-PID-XXXXXX ─┬─ collect   version 2: collect itself and its keepers
                                                     └─ run       the processes of the run under way

   Version 2 controls the groups below a group only if no process is in it; so collect moves. On version 1 each
   controller has such a tree, without the leaf. A tree is held by a lock (flock) on its directory, which collect shares
   with its keeper: where none holds it, it is left over. The lock is seen from every PID and mount namespace. */
#ifndef TASKWEIGHT_COLLECT_GROUPS_H
#define TASKWEIGHT_COLLECT_GROUPS_H

#include "collect/cgroup.h"
#include "collect/error.h"
#include "collect/keeper.h"
#include "collect/launch.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The groups of one controller, or of both on version 2. */
struct groups_tree {
    struct cgroup own;    /* in which collect began; kept where no group can be made, too, for its limits */
    char mount[PATH_MAX]; /* the directory of the topmost group that is seen here */
    struct cgroup held;   /* taskweight-PID-XXXXXX; none: no group can be made */
    struct cgroup leaf;   /* version 2: of collect itself */
    bool was_enabled;     /* version 2: the controller below `own`, before collect did it */
};

struct groups {
    struct groups_tree memory;
    /* Version 1 only: on version 2 the one tree has these controllers, too. */
    struct groups_tree pids;
    struct groups_tree cpuacct;
};

/* Where no group is made and none is around collect. */
struct groups groups_none(void);

/* The groups of one run. */
struct run_groups {
    struct cgroup memory;        /* none: not measured and not limited */
    struct cgroup pids, cpuacct; /* version 1 only */
    struct launch_bounds bounds; /* with which its first process is to be launched */
};

enum { GROUPS_JOIN_MEMORY, GROUPS_JOIN_PIDS, GROUPS_JOIN_CPUACCT }; /* places in launch_bounds.join */

/* Finds collect's own groups by self/cgroup below `proc`, a descriptor of /proc, and the mounts below `mount`
   (/sys/fs/cgroup); removes what killed collects left there, and makes the trees. Without a group of memory *lack says
   why. `self` is the process that must be in the group which is found: collect. */
void groups_open(struct groups *groups, int proc, const char *mount, pid_t self, struct error *lack);

/* Finds collect's own group of memory; none if there is none. Close tree->own. */
bool groups_find_own(struct groups_tree *tree, int proc, const char *mount);

/* Whether groups can be made below it: it is this user's, and on version 2 no other process is in it. */
bool groups_are_possible(const struct groups_tree *tree, pid_t self);

/* Calls `visit` for each group from collect's own one up to the topmost that is seen here, whose name is "/", until it
   returns false. The depth counts from 0 to less than GROUPS_DEPTH. */
#define GROUPS_DEPTH 16
typedef bool groups_visitor(const struct cgroup *group, const char *name, int depth, void *context);
void groups_visit_upwards(const struct groups_tree *tree, groups_visitor *visit, void *context);

/* Starts the keeper that removes the trees when collect has ended or was killed. */
int groups_keep_clean(const struct groups *groups, struct keeper *keeper, struct error *error);

/* Moves collect back, so that the keeper can remove the trees, and lets go of them. */
void groups_close(struct groups *groups);

/* Makes groups for a run that may take that many bytes and processes (threads count); those that cannot be made are
   none. Remove them with groups_end_run. */
struct run_groups groups_begin_run(const struct groups *groups, int64_t memory_bytes, int64_t processes);

/* Where no group is made for a run. */
struct run_groups groups_none_of_run(void);

/* Changes these limits. */
void groups_limit_run(const struct run_groups *run, int64_t memory_bytes, int64_t processes);

/* Kills what is left in them and removes them. */
void groups_end_run(struct run_groups *run);

/* The group of the run in which the number of processes is limited; none if there is none. */
const struct cgroup *groups_of_processes(const struct run_groups *run);

/* The group of the run whose processor time is counted; none if there is none. */
const struct cgroup *groups_of_time(const struct run_groups *run);

/* Collect's own group in which it is limited, and those above it. */
const struct groups_tree *groups_own_of_processes(const struct groups *groups);

/* The group whose statistics hold both collect and the run, for fresh.h. */
const struct cgroup *groups_common(const struct groups *groups);

#endif
