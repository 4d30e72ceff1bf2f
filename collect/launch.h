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

#define LAUNCH_NO_GROUP (-1)

struct launch {
    pid_t pid;
    int input, output, stderr_end; /* ends of the pipes to its stdin, from its stdout and from its stderr */
    bool reaped;                   /* by launch_end */
    struct rusage usage;           /* once reaped: of the program and the children it waited for */
};

/* Starts arguments[0] (a path) in a session of its own, with soft limits raised to the hard ones and, where permitted,
   first in line for the kernel's OOM killer. It dies when collect dies. collect's ends of the pipes do not block.
   `group` is a descriptor of the cgroup.procs of the group to join before exec, or LAUNCH_NO_GROUP. */
int launch_start(struct launch *launch, const char *const *arguments, const struct launch_options *options, int group,
                 struct error *error);

struct launch_outcome {
    int wait_status;
    int64_t peak_rss_bytes; /* ru_maxrss; SAMPLE_UNKNOWN unless it exceeds collect's own */
};

/* Whether the program has ended; *outcome then says how. */
bool launch_ended(const struct launch *launch, struct launch_outcome *outcome);

/* Kills and reaps the program and its descendants, and closes the pipes. All children of the calling process count as
   descendants of the program: collect has no others, and adopts its models' orphans. */
void launch_end(struct launch *launch);

/* Makes the calling process the parent of descendants whose own parent dies. */
void launch_adopt_orphans(void);

#endif
