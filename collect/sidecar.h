/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The JSON file beside a recording: what it takes to understand the figures and to make them again. */
#ifndef TASKWEIGHT_COLLECT_SIDECAR_H
#define TASKWEIGHT_COLLECT_SIDECAR_H

#include "collect/error.h"
#include "collect/launch.h"
#include "collect/model.h"

#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* What the sweep was asked to do; all borrowed. */
struct sidecar {
    const char *version; /* collect's own */
    char *const *command; /* collect's arguments, NULL at the end */
    const char *host;
    const struct model *const *model;
    size_t models;
    const int64_t *tasks;
    size_t task_counts;
    int64_t runs;
    uint32_t seed;
    double sleep_seconds; /* SWEEP_SLEEP_AUTO: as forecast */
    double timeout_seconds;
    struct launch_options launch;
    time_t start, end; /* end is 0 while the sweep goes on */
};

/* "X.csv" -> "X.json"; a name with another ending gets ".json" added. The caller frees it; NULL where memory runs out. */
char *sidecar_path(const char *recording);

/* Writes the file anew, whole or not at all. */
int sidecar_write(const struct sidecar *sidecar, const char *path, struct error *error);

#endif
