/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes rows of the figures in /proc. */
#include "collect/sampler.h"

#include "collect/array.h"
#include "collect/fresh.h"

#include <math.h>
#include <stdlib.h>
#include <sys/param.h>
#include <time.h>
#include <unistd.h>

int64_t sampler_now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

struct sampler sampler_new(const struct sample *identity, int proc, const struct cgroup *group,
                           const struct cgroup *common)
{
    return (struct sampler){
        .identity = *identity,
        .proc = proc,
        .group = group,
        .common = common,
        .peak_rss_bytes = SAMPLE_UNKNOWN,
        .idle_bytes = SAMPLE_UNKNOWN,
        .held_bytes = SAMPLE_UNKNOWN,
        .kernel_bytes_before = machine_memory_read(proc).kernel_bytes,
    };
}

void sampler_free(struct sampler *sampler)
{
    free(sampler->sample);
    sampler->sample = NULL;
    sampler->samples = 0;
}

static struct sample *append(struct sampler *sampler, const struct sample *row, struct error *error)
{
    struct sample *more = array_grow(sampler->sample, sampler->samples, sizeof *more);

    if (!more) {
        error_set(error, "out of memory for the samples of a run");
        return NULL;
    }
    sampler->sample = more;
    sampler->sample[sampler->samples] = *row;
    return &sampler->sample[sampler->samples++];
}

/* --- which processes ---------------------------------------------------------------------------------------------- */

/* All processes of the run's group. Without a group: all descendants of collect, which has no other children and adopts
   orphans, but for those that an earlier run left because they cannot be ended. */
static struct process_list list_processes(const struct sampler *sampler)
{
    struct process_list list = {0};

    cgroup_list_processes(sampler->group, &list);
    if (list.count == 0)
        process_list_add_descendants(&list, sampler->proc, getpid(), sampler->root);
    if (sampler->is_root_outside)
        process_list_remove(&list, sampler->root);
    return list;
}

bool sampler_has_several(const struct sampler *sampler)
{
    struct process_list list;
    bool has_several;

    if (cgroup_exists(sampler->group))
        return cgroup_has_several(sampler->group);
    list = list_processes(sampler);
    has_several = list.count > 1;
    process_list_free(&list);
    return has_several;
}

static int read_processes(const struct sampler *sampler, enum process_depth depth, struct sample *row)
{
    struct process_list list = list_processes(sampler);
    int living = process_read(sampler->proc, &list, depth, row);

    process_list_free(&list);
    return living;
}

int sampler_living(const struct sampler *sampler)
{
    struct sample row = sample_unknown();

    return read_processes(sampler, PROCESS_CHEAP, &row);
}

/* --- what they hold ----------------------------------------------------------------------------------------------- */

/* The growth of the machine's kernel memory since before the launch. */
static int64_t grown_kernel_bytes(const struct sampler *sampler)
{
    int64_t grown = machine_memory_read(sampler->proc).kernel_bytes - sampler->kernel_bytes_before;

    return MAX(grown, 0);
}

/* The memory that the model takes from the machine: its group's charge. Without a group: its own memory, with shared
   pages counted once if it has several processes, and kernel memory. */
static int64_t held_bytes(const struct sampler *sampler, const struct sample *row, int processes)
{
    int64_t own = processes > 1 ? row->pss_bytes : row->peak_rss_bytes;

    if (row->charged_bytes != SAMPLE_UNKNOWN)
        return row->charged_bytes;
    return own == SAMPLE_UNKNOWN ? SAMPLE_UNKNOWN : own + grown_kernel_bytes(sampler);
}

static void note_held_bytes(struct sampler *sampler, const struct sample *row, int processes)
{
    int64_t held = held_bytes(sampler, row, processes);

    sampler->held_bytes = MAX(sampler->held_bytes, held);
    if (row->phase == SAMPLE_IDLE)
        sampler->idle_bytes = MAX(sampler->idle_bytes, held);
}

/* The sum of resident sets is cheap and at least what is held, so what processes share is told apart only beyond it. */
bool sampler_exceeds(const struct sampler *sampler, int64_t bytes)
{
    struct sample row = sample_unknown();
    int processes = read_processes(sampler, PROCESS_CHEAP, &row);

    if (processes == 0 || row.peak_rss_bytes + grown_kernel_bytes(sampler) <= bytes)
        return false;
    if (processes > 1)
        processes = read_processes(sampler, PROCESS_FULL, &row);
    return held_bytes(sampler, &row, processes) > bytes;
}

/* --- rows --------------------------------------------------------------------------------------------------------- */

struct sample *sampler_take(struct sampler *sampler, enum sample_phase phase, enum process_depth depth,
                            struct error *error)
{
    struct sample row = sampler->identity;
    int processes;

    row.phase = phase;
    row.time_us = sampler_now_us();
    processes = read_processes(sampler, depth, &row);
    if (cgroup_exists(sampler->group))
        cgroup_read(sampler->group, fresh_make(sampler->common), &row);
    sampler->most_processes = MAX(sampler->most_processes, processes);
    if (processes > 0)
        note_held_bytes(sampler, &row, processes);
    sampler->is_peak_known = row.peak_rss_bytes != SAMPLE_UNKNOWN;
    sampler->peak_rss_bytes = MAX(sampler->peak_rss_bytes, row.peak_rss_bytes);
    if (sampler->is_peak_known)
        row.peak_rss_bytes = sampler->peak_rss_bytes;
    if (depth == PROCESS_FULL)
        sampler->read_seconds = fmax(sampler->read_seconds, (double)(sampler_now_us() - row.time_us) * 1e-6);
    return append(sampler, &row, error);
}

struct sample *sampler_add(struct sampler *sampler, enum sample_phase phase, int64_t at_us, struct error *error)
{
    struct sample row = sampler->identity;

    row.phase = phase;
    row.time_us = at_us;
    return append(sampler, &row, error);
}

void sampler_settle_peak(struct sampler *sampler, int64_t kernels_bytes, int64_t least_bytes)
{
    sampler->peak_rss_bytes = MAX(sampler->peak_rss_bytes, kernels_bytes);
    sampler->is_peak_known = sampler->peak_rss_bytes > least_bytes;
}

int sampler_end(struct sampler *sampler, int64_t go_us, enum sample_status status, const char *reason, int64_t alive,
                struct error *error)
{
    struct sample row = sampler->identity;

    if (sampler->samples > 0)
        row = sampler->sample[sampler->samples - 1];
    row.phase = SAMPLE_END;
    row.time_us = sampler_now_us();
    row.status = status;
    row.reason = reason;
    row.alive = alive;
    row.value_ns = row.count = row.cpu_ns = SAMPLE_UNKNOWN; /* of the last event's row */
    row.peak_rss_bytes = sampler->is_peak_known || status != SAMPLE_OK ? sampler->peak_rss_bytes : SAMPLE_UNKNOWN;
    cgroup_read_peak(sampler->group, &row); /* a run that was killed had grown since its last sample */
    if (!append(sampler, &row, error))
        return -1;
    for (size_t i = 0; i < sampler->samples; i++)
        sampler->sample[i].time_us -= go_us;
    return 0;
}
