/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the machine, and the limits that others have set on the groups around collect (a container, a unit of systemd, a
   batch job), leave to a run. */
#ifndef TASKWEIGHT_COLLECT_HEADROOM_H
#define TASKWEIGHT_COLLECT_HEADROOM_H

#include "collect/cgroup.h"
#include "collect/groups.h"

#include <stdint.h>

#define HEADROOM_NAME_SIZE 256

struct headroom {
    int64_t bytes;
    char group[HEADROOM_NAME_SIZE]; /* whose limit is the closest; "": the machine itself */
};

/* The least of what the machine has available and each group's room: its limit, less what it uses, but for its cached
   files, which the kernel would give up. `proc` is a descriptor of /proc. */
struct headroom headroom_read(int proc, const struct groups_tree *memory);

/* How often each group's own limit had been met at a moment. */
struct headroom_met {
    int64_t times[GROUPS_DEPTH];
};

struct headroom_met headroom_note_met(const struct groups_tree *memory);

/* Names the group whose limit was met since then, and its limit in bytes; returns false if none was. */
bool headroom_find_met(const struct groups_tree *memory, const struct headroom_met *before, struct headroom *met);

#endif
