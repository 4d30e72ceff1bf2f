/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The samples of one run, kept in memory: a run is written whole or not at all. */
#ifndef TASKWEIGHT_COLLECT_SAMPLER_H
#define TASKWEIGHT_COLLECT_SAMPLER_H

#include "collect/cgroup.h"
#include "collect/error.h"
#include "collect/machine.h"
#include "collect/process.h"
#include "collect/sample.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sampler {
    struct sample identity;      /* host, model, family, tasks and run of every row */
    int proc;                    /* descriptor of /proc */
    const struct cgroup *group;  /* of the run; borrowed */
    const struct cgroup *common; /* see groups_common; borrowed */
    pid_t root;                  /* the process that was launched; 0 before */
    bool is_root_outside;        /* it is a client, and not weighed */
    struct sample *sample;
    size_t samples;

    /* The figures so far; bytes are SAMPLE_UNKNOWN before the first sample. */
    int64_t peak_rss_bytes;
    bool is_peak_known; /* the last sample could read it; a run whose memory cannot be read any more may have grown */
    int64_t idle_bytes; /* held before the first task */
    int64_t held_bytes; /* the most held, in user and kernel memory */
    int64_t kernel_bytes_before;
    double read_seconds; /* the longest that a full sample took */
    int most_processes;  /* that a sample has seen alive */
};

/* Starts with no samples. Copies `identity`, but borrows its texts until the samples are written. */
struct sampler sampler_new(const struct sample *identity, int proc, const struct cgroup *group,
                           const struct cgroup *common);

/* Samples the processes and adds a row of that phase. Its time_us is when the sample began, in microseconds of the
   monotonic clock. Returns the row, valid until the next call, or NULL and an error. */
struct sample *sampler_take(struct sampler *sampler, enum sample_phase phase, enum process_depth depth,
                            struct error *error);

/* Adds a row without a sample, of that moment of the monotonic clock. Returns it as sampler_take does. */
struct sample *sampler_add(struct sampler *sampler, enum sample_phase phase, int64_t at_us, struct error *error);

/* Whether the run has more than one process now; those of groups below its group do not count. It costs little where
   there are few; of many no more than two are read, but version 1 of the kernel's groups makes a list of all. */
bool sampler_has_several(const struct sampler *sampler);

/* How many processes of the run are alive. */
int sampler_living(const struct sampler *sampler);

/* Whether the run holds more than that many bytes of user and kernel memory, for one without a group. Other processes
   of the machine count only in the kernel memory, which cannot be told apart. */
bool sampler_exceeds(const struct sampler *sampler, int64_t bytes);

/* Settles the peak of a program that has ended and was not asked before: the kernel's own value where that is known,
   else what was sampled, unless that does not exceed `least`. */
void sampler_settle_peak(struct sampler *sampler, int64_t kernels_bytes, int64_t least_bytes);

/* Adds the end row: the last known figures, the status and its reason (borrowed), and makes times relative to `go`. The
   peak of an ok run is empty where the last sample could not read it. */
int sampler_end(struct sampler *sampler, int64_t go_us, enum sample_status status, const char *reason, int64_t alive,
                struct error *error);

void sampler_free(struct sampler *sampler);

/* The monotonic clock in microseconds. */
int64_t sampler_now_us(void);

#endif
