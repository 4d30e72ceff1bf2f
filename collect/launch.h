/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starts a model's program without anything of collect in it, and ends it with all its descendants. */
#ifndef TASKWEIGHT_COLLECT_LAUNCH_H
#define TASKWEIGHT_COLLECT_LAUNCH_H

#include "collect/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

struct launch_options {
    bool huge_pages;           /* leave transparent huge pages on */
    bool fixed_address_layout; /* switch address space randomisation off */
};

#define LAUNCH_GROUPS 3

/* To a program that stays outside of the groups: their descriptors, separated by commas. A child of it enters by
   writing "0" to each. */
#define LAUNCH_JOIN "TASKWEIGHT_JOIN"

struct launch_bounds {
    int join[LAUNCH_GROUPS]; /* groups to join before exec: descriptors of their cgroup.procs, -1 for none */
    bool stays_outside;      /* the program joins none, and is told of them */
    int64_t processes;       /* RLIMIT_NPROC, if it is lower; 0: no other */
};

struct launch {
    pid_t pid;
    int refused[LAUNCH_GROUPS];    /* errno with which the kernel refused a group; 0: joined, or there is none */
    int input, output, stderr_end; /* ends of the pipes to its stdin, from its stdout and from its stderr */
    int64_t inherited_bytes; /* ru_maxrss starts with that: what it was resident in before exec, as a fork of collect */
    bool tidies_up;          /* it stayed outside, and is asked to end before it is killed */
    bool reaped;             /* by launch_end */
    struct rusage usage;     /* once reaped: of the program and the children it waited for */
    pid_t unended;           /* a process that launch_end may not kill; 0 if there is none */
};

/* Starts arguments[0] (a path) in a session of its own, with soft limits raised to the hard ones, or
   to the bounds, and, where permitted,
   first in line for the kernel's OOM killer. It dies when collect dies, or is asked to end (SIGTERM) if it stays
   outside. collect's ends of the pipes do not block.
   If the kernel refuses a group, the program goes on without. */
int launch_start(struct launch *launch, const char *const *arguments, const struct launch_options *options,
                 const struct launch_bounds *bounds, struct error *error);

struct launch_outcome {
    int wait_status;
    int64_t peak_rss_bytes; /* ru_maxrss; SAMPLE_UNKNOWN unless it exceeds inherited_bytes */
};

/* Whether the program has ended; *outcome then says how. */
bool launch_ended(const struct launch *launch, struct launch_outcome *outcome);

/* Kills and reaps the program and its descendants, and closes the pipes. All children of the calling process that
   started since count as descendants of the program: collect has no others, and adopts its models' orphans. A setuid
   program that may not be killed is not waited for. */
void launch_end(struct launch *launch);

/* Makes the calling process the parent of descendants whose own parent dies. */
void launch_adopt_orphans(void);

#endif
