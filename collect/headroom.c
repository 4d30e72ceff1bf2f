/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/headroom.h"

#include "collect/machine.h"

#include <stdio.h>
#include <string.h>
#include <sys/param.h>

/* --- one group ---------------------------------------------------------------------------------------------------- */

/* memory.high counts as well: beyond it the kernel slows the group down until it hardly moves. */
static int64_t limit_of(const struct cgroup *group)
{
    int64_t most, high;

    if (group->version == CGROUP_V1)
        return cgroup_number(group, "memory.limit_in_bytes", NULL);
    most = cgroup_number(group, "memory.max", NULL);
    high = cgroup_number(group, "memory.high", NULL);
    if (most == SAMPLE_UNKNOWN || high == SAMPLE_UNKNOWN)
        return MAX(most, high);
    return MIN(most, high);
}

static int64_t number_or_0(const struct cgroup *group, const char *file, const char *name)
{
    return MAX(0, cgroup_number(group, file, name));
}

static int64_t used_by(const struct cgroup *group)
{
    bool first = group->version == CGROUP_V1;
    int64_t cached = number_or_0(group, "memory.stat", first ? "total_inactive_file" : "inactive_file") +
                     number_or_0(group, "memory.stat", first ? "total_active_file" : "active_file");
    int64_t used = number_or_0(group, first ? "memory.usage_in_bytes" : "memory.current", NULL);

    return MAX(0, used - cached);
}

/* --- the least room ----------------------------------------------------------------------------------------------- */

static bool narrow(const struct cgroup *group, const char *name, int depth, void *context)
{
    struct headroom *headroom = context;
    int64_t limit = limit_of(group), left;

    (void)depth;
    if (limit == SAMPLE_UNKNOWN)
        return true;
    left = MAX(0, limit - used_by(group));
    if (left < headroom->bytes) {
        headroom->bytes = left;
        snprintf(headroom->group, sizeof headroom->group, "%s", name);
    }
    return true;
}

struct headroom headroom_read(int proc, const struct groups_tree *memory)
{
    struct headroom headroom = {.bytes = machine_memory_read(proc).available_bytes};

    groups_visit_upwards(memory, narrow, &headroom);
    return headroom;
}

/* --- whose limit was met ------------------------------------------------------------------------------------------ */

static bool note(const struct cgroup *group, const char *name, int depth, void *context)
{
    struct headroom_met *met = context;

    (void)name;
    met->times[depth] = cgroup_failed_charges(group);
    return true;
}

struct headroom_met headroom_note_met(const struct groups_tree *memory)
{
    struct headroom_met met = {{0}};

    groups_visit_upwards(memory, note, &met);
    return met;
}

struct search {
    const struct headroom_met *before;
    struct headroom *met;
    bool found;
};

static bool compare(const struct cgroup *group, const char *name, int depth, void *context)
{
    struct search *search = context;

    search->found = cgroup_failed_charges(group) > search->before->times[depth];
    if (search->found) {
        search->met->bytes = limit_of(group);
        snprintf(search->met->group, sizeof search->met->group, "%s", name);
    }
    return !search->found;
}

bool headroom_find_met(const struct groups_tree *memory, const struct headroom_met *before, struct headroom *met)
{
    struct search search = {.before = before, .met = met};

    groups_visit_upwards(memory, compare, &search);
    return search.found;
}
