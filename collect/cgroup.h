/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One control group: its files, its processes, and what is charged to it, kernel memory included. */
#ifndef TASKWEIGHT_COLLECT_CGROUP_H
#define TASKWEIGHT_COLLECT_CGROUP_H

#include "collect/process_list.h"
#include "collect/sample.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum cgroup_version { CGROUP_NONE, CGROUP_V1, CGROUP_V2 };

struct cgroup {
    enum cgroup_version version; /* CGROUP_NONE: there is no group */
    int directory;               /* descriptor; -1 if there is no group */
    char path[PATH_MAX];         /* of the directory */
};

struct cgroup cgroup_none(void);

/* Opens the directory of a group; there is no group if it cannot be opened. Close it with cgroup_close. */
struct cgroup cgroup_open(enum cgroup_version version, const char *path);

void cgroup_close(struct cgroup *group);

bool cgroup_exists(const struct cgroup *group);

/* Makes the group of that name below `parent` and opens it; none, with errno, if the kernel refuses. */
struct cgroup cgroup_make(const struct cgroup *parent, const char *name);

/* Kills the processes in the group and in all groups below it, and removes these. Gives up after 10 s; returns whether
   it is gone. */
bool cgroup_remove_tree(int parent, const char *name);

/* The same for a group that is open, and closes it. */
void cgroup_remove(struct cgroup *group);

/* Writes the text to a file of the group. Returns false and leaves errno if the kernel refuses. */
bool cgroup_write(const struct cgroup *group, const char *file, const char *text);

/* The number behind NAME at the beginning of a line of the file, or at its beginning if NAME is NULL; SAMPLE_UNKNOWN if
   there is none, or the word "max". */
int64_t cgroup_number(const struct cgroup *group, const char *file, const char *name);

/* Adds the processes of the group and of groups below it that this process can see; none if there is no group. */
void cgroup_list_processes(const struct cgroup *group, struct process_list *list);

/* Calls `visit` for each process directly in the group that this process can see. */
void cgroup_visit_processes(const struct cgroup *group, void (*visit)(pid_t pid, void *context), void *context);

/* Whether there is more than one process directly in the group; no more than two are read. */
bool cgroup_has_several(const struct cgroup *group);

/* Whether the kernel has killed a process of the group for want of memory, at whatever limit. */
bool cgroup_has_killed(const struct cgroup *group);

/* How often a charge has failed at the group's own limit of memory. */
int64_t cgroup_failed_charges(const struct cgroup *group);

/* Fills peak_charged_bytes, on version 1 kernel_bytes, and, if the group's statistics are fresh (see fresh.h), the
   rest: charged_bytes and on version 2 kernel_bytes and kernel_stack_bytes. What the kernel does not report stays
   unknown. */
void cgroup_read(const struct cgroup *group, bool is_fresh, struct sample *sample);

/* Fills peak_charged_bytes alone, which is never stale. */
void cgroup_read_peak(const struct cgroup *group, struct sample *sample);

#endif
