/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The surroundings of a sweep's runs: opened or changed once for all of them, and restored afterwards. */
#ifndef TASKWEIGHT_COLLECT_SITE_H
#define TASKWEIGHT_COLLECT_SITE_H

#include "collect/error.h"
#include "collect/groups.h"
#include "collect/keeper.h"

#include <limits.h>
#include <stdbool.h>

struct site {
    char host[HOST_NAME_MAX + 1];
    int proc;             /* descriptor of /proc */
    int signals;          /* a signalfd: the sweep ends once it can be read */
    struct groups groups; /* below which each run has its own */
    struct keeper keeper; /* removes the groups, even if collect is killed */
    struct keeper raised; /* restores the system's bounds, if they were raised */
    bool is_raised;
};

/* Opens the site; with `raise` the system's bounds are raised until it is closed (raise.h). From now on SIGINT, SIGTERM
   and, unless ignored, SIGHUP arrive at `signals` only, and the calling process adopts its models' orphans. *lack says
   why kernel memory cannot be recorded, or is "". Do not move the site. Returns -1 and an error if no run could be
   made; do not close the site then. */
int site_open(struct site *site, bool raise, struct error *lack, struct error *error);

void site_close(struct site *site);

#endif
