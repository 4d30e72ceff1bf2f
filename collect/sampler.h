/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The samples of one run, kept in memory: a run is written whole or not at all. */
#ifndef TASKWEIGHT_COLLECT_SAMPLER_H
#define TASKWEIGHT_COLLECT_SAMPLER_H

#include "collect/cgroup.h"
#include "collect/error.h"
#include "collect/machine.h"
#include "collect/process.h"
#include "collect/sample.h"

#include <stddef.h>
#include <stdint.h>

struct sampler {
    struct sample identity;     /* host, model, family, tasks and run of every row */
    int proc;                   /* descriptor of /proc */
    const struct cgroup *group; /* of the run; borrowed */
    pid_t root;                 /* the model's process */
    struct sample *sample;
    size_t samples;

    /* The figures so far; bytes are SAMPLE_UNKNOWN before the first sample. */
    int64_t peak_rss_bytes;
    int64_t idle_bytes; /* held before the first task */
    int64_t held_bytes; /* the most held, in user and kernel memory */
    int64_t kernel_bytes_before;
    double read_seconds; /* the longest that a full sample took */
};

/* Starts with no samples. Copies `identity`, but borrows its texts until the samples are written. */
struct sampler sampler_new(const struct sample *identity, int proc, const struct cgroup *group);

/* Samples the processes and adds a row of that phase. Its time_us is when the sample began, in microseconds of the
   monotonic clock. Returns the row, valid until the next call, or NULL and an error. */
struct sample *sampler_take(struct sampler *sampler, enum sample_phase phase, enum process_depth depth,
                            struct error *error);

/* Adds the end row: the last known figures, the status and its reason (borrowed), and makes times relative to `go`. */
int sampler_end(struct sampler *sampler, int64_t go_us, enum sample_status status, const char *reason, int64_t alive,
                struct error *error);

void sampler_free(struct sampler *sampler);

/* The monotonic clock in microseconds. */
int64_t sampler_now_us(void);

#endif
