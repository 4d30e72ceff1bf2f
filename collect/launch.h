/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A model's program, started so that nothing of collect weighs on it, and ended so that nothing of it is left. */
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
    struct rusage usage;           /* where it is reaped: of the program and of those that it waited for */
};

/* Starts arguments[0] (a path) in a session of its own, with soft limits raised to the hard ones and a wish to be the
   first that the kernel kills. It dies when collect dies. The pipes' ends here do not block. Where `group` is not
   LAUNCH_NO_GROUP it is a descriptor of a cgroup.procs, through which the program joins that group before it begins. */
int launch_start(struct launch *launch, const char *const *arguments, const struct launch_options *options, int group,
                 struct error *error);

struct launch_outcome {
    int wait_status;
    int64_t
        peak_rss_bytes; /* what the kernel kept of it (ru_maxrss); SAMPLE_UNKNOWN where collect's own size hides it */
};

/* If the program has ended: returns true and how. */
bool launch_ended(const struct launch *launch, struct launch_outcome *outcome);

/* Kills whatever is left of it, its descendants included, waits for the last of them and closes the pipes. Every child
   of the calling process is taken to be one of them: collect has no others, and adopts what its models orphan. */
void launch_end(struct launch *launch);

/* Makes the calling process the one that orphaned descendants of its models fall to. */
void launch_adopt_orphans(void);

#endif
