/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The memory cgroup of a run, and what is charged to it, kernel memory included. */
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
    enum cgroup_version version; /* CGROUP_NONE: no groups can be made */
    char path[PATH_MAX - 64];
    int proc;               /* descriptor of /proc; borrowed */
    const char *controller; /* version 2: enabled for the groups below */
    bool moved;             /* version 2: cgroup_enable moved collect into a leaf */
};

struct cgroup {
    enum cgroup_version version;
    char path[PATH_MAX];
    int directory; /* descriptor of the group's directory; -1 if there is no group */
    int join;      /* a process that writes "0" here joins the group; -1 if there is no group */
};

/* Finds collect's own group by self/cgroup below `proc`, a descriptor of /proc, and the mounts below `mount`
   (/sys/fs/cgroup). Without a memory controller the version is CGROUP_NONE and *error says why. */
struct cgroup_parent cgroup_find_parent(int proc, const char *mount, struct error *error);

/* Enables the controller for the groups below. Version 2 allows that only in a group without processes, so collect
   moves into a leaf if need be. If other processes are in the group, collect stays in it and this returns false. */
bool cgroup_enable(struct cgroup_parent *parent, const char *controller);

/* Disables the controller and moves the calling process out of the leaf, which the keeper removes. */
void cgroup_leave(const struct cgroup_parent *parent);

/* Removes the groups that killed collects left behind, and kills the processes in them. */
void cgroup_remove_leftovers(const struct cgroup_parent *parent);

/* Removes leftovers, and starts a keeper that removes collect's own group when collect has ended or was killed. */
int cgroup_keep_clean(const struct cgroup_parent *parent, struct keeper *keeper, struct error *error);

/* Makes an empty group with that limit; none if the parent's version is CGROUP_NONE or the kernel refuses. */
struct cgroup cgroup_new(const struct cgroup_parent *parent, int64_t limit_bytes);

/* Changes the limit. */
void cgroup_limit(const struct cgroup *group, int64_t bytes);

/* Whether the kernel has killed a process of the group, the model or a child of it, at the group's limit. */
bool cgroup_hit_limit(const struct cgroup *group);

/* Fills kernel_bytes, charged_bytes, peak_charged_bytes and on v2 kernel_stack_bytes; what the kernel does not report
   stays unchanged. */
void cgroup_read(const struct cgroup *group, struct sample *sample);

/* Kills the processes in the group and removes it. */
void cgroup_remove(struct cgroup *group);

#endif
