/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the runs of a sweep are made: what is opened or changed once for all of them, and put back afterwards. */
#ifndef TASKWEIGHT_COLLECT_SITE_H
#define TASKWEIGHT_COLLECT_SITE_H

#include "collect/cgroup.h"
#include "collect/error.h"
#include "collect/keeper.h"

#include <limits.h>
#include <stdbool.h>

struct site {
    char host[HOST_NAME_MAX + 1];
    int proc;                    /* descriptor of /proc */
    int signals;                 /* a signalfd: as soon as it can be read the sweep is to end */
    struct cgroup_parent groups; /* below which each run has its own */
    struct keeper keeper;        /* takes the groups away, even where collect is killed */
    struct keeper raised;        /* puts the system's bounds back, where they were raised */
    bool is_raised;
};

/* Opens it; with `raise` the system's bounds on processes and threads are up until it is closed (raise.h). From here on
   SIGINT, SIGTERM and, unless it is ignored, SIGHUP arrive at `signals` only, and orphans of the models fall to the
   calling process. Where kernel memory cannot be recorded *lack says why, otherwise it is "". The site must not be
   moved. Returns -1 and an error where no run could be made; nothing is then left to be closed. */
int site_open(struct site *site, bool raise, struct error *lack, struct error *error);

void site_close(struct site *site);

#endif
