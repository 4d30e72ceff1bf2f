/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The memory cgroup of a run: what it was charged for, the kernel's memory included. */
#ifndef TASKWEIGHT_COLLECT_CGROUP_H
#define TASKWEIGHT_COLLECT_CGROUP_H

#include "collect/error.h"
#include "collect/keeper.h"
#include "collect/sample.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

enum cgroup_version { CGROUP_NONE, CGROUP_V1, CGROUP_V2 };

/* The group that collect itself is in: runs get groups below it. */
struct cgroup_parent {
    enum cgroup_version version; /* CGROUP_NONE: there is none in which groups can be made */
    char path[PATH_MAX - 64];
    int proc;               /* descriptor of /proc; borrowed */
    const char *controller; /* version 2: what was switched on for the groups below */
    bool moved;             /* version 2: collect is in a leaf below, as cgroup_enable says */
};

struct cgroup {
    enum cgroup_version version;
    char path[PATH_MAX];
    int directory; /* descriptor of the group's directory; -1 if there is no group */
    int join;      /* a process that writes "0" here is in the group; -1 if there is none */
};

/* Finds collect's own group by the directory behind `proc` (self/cgroup) and the mounts below `mount` (/sys/fs/cgroup).
   Where the memory controller is not to be had the version is CGROUP_NONE and *error says why. */
struct cgroup_parent cgroup_find_parent(int proc, const char *mount, struct error *error);

/* Version 2 has controllers only below groups without processes of their own. Switches the controller on there; where
   collect itself stands in the way it moves into a leaf of its own. Where others do, it stays where it was and this
   returns false. */
bool cgroup_enable(struct cgroup_parent *parent, const char *controller);

/* Moves the calling process back out of the leaf, and switches the controller off for that; the keeper removes the
 * leaf. */
void cgroup_leave(const struct cgroup_parent *parent);

/* Removes the groups that a collect which was killed left behind, and ends what still runs in them. */
void cgroup_remove_leftovers(const struct cgroup_parent *parent);

/* Does so now, and has a keeper remove collect's own group when collect has ended, whatever ended it. */
int cgroup_keep_clean(const struct cgroup_parent *parent, struct keeper *keeper, struct error *error);

/* Makes an empty group whose processes may be charged no more than that, or none where the parent has no version or the
   kernel refuses. */
struct cgroup cgroup_new(const struct cgroup_parent *parent, int64_t limit_bytes);

/* Sets that limit, anew. */
void cgroup_limit(const struct cgroup *group, int64_t bytes);

/* Whether the kernel has ended a process of the group because it hit its limit. Not always the model itself: a forked
   child is as good. */
bool cgroup_hit_limit(const struct cgroup *group);

/* Fills kernel_bytes, charged_bytes, peak_charged_bytes and on v2 kernel_stack_bytes; leaves alone what is not told. */
void cgroup_read(const struct cgroup *group, struct sample *sample);

/* Ends what is still in the group, and removes it. */
void cgroup_remove(struct cgroup *group);

#endif
