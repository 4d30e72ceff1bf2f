/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes rows of the figures in /proc. */
#include "collect/sampler.h"

#include "collect/array.h"

#include <math.h>
#include <stdlib.h>
#include <sys/param.h>
#include <time.h>

int64_t sampler_now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

struct sampler sampler_new(const struct sample *identity, int proc, const struct cgroup *group)
{
    return (struct sampler){
        .identity = *identity,
        .proc = proc,
        .group = group,
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

/* The memory that the model takes from the machine: its group's charge. Without a group: its own memory, with shared
   pages counted once if it forked, plus the growth of the machine's kernel memory since before the launch. */
static int64_t held_bytes(const struct sampler *sampler, const struct sample *row, int processes)
{
    int64_t own = processes > 1 ? row->pss_bytes : row->peak_rss_bytes;
    int64_t kernel = machine_memory_read(sampler->proc).kernel_bytes - sampler->kernel_bytes_before;

    if (row->charged_bytes != SAMPLE_UNKNOWN)
        return row->charged_bytes;
    return own == SAMPLE_UNKNOWN ? SAMPLE_UNKNOWN : own + MAX(kernel, 0);
}

static void note_held_bytes(struct sampler *sampler, const struct sample *row, int processes)
{
    int64_t held = held_bytes(sampler, row, processes);

    sampler->held_bytes = MAX(sampler->held_bytes, held);
    if (row->phase == SAMPLE_IDLE)
        sampler->idle_bytes = MAX(sampler->idle_bytes, held);
}

struct sample *sampler_take(struct sampler *sampler, enum sample_phase phase, enum process_depth depth,
                            struct error *error)
{
    struct sample row = sampler->identity;
    int processes;

    row.phase = phase;
    row.time_us = sampler_now_us();
    processes = process_read(sampler->proc, sampler->root, depth, &row);
    cgroup_read(sampler->group, &row);
    if (processes > 0)
        note_held_bytes(sampler, &row, processes);
    sampler->peak_rss_bytes = MAX(sampler->peak_rss_bytes, row.peak_rss_bytes);
    row.peak_rss_bytes = sampler->peak_rss_bytes;
    if (depth == PROCESS_FULL)
        sampler->read_seconds = fmax(sampler->read_seconds, (double)(sampler_now_us() - row.time_us) * 1e-6);
    return append(sampler, &row, error);
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
    row.peak_rss_bytes = sampler->peak_rss_bytes;
    if (!append(sampler, &row, error))
        return -1;
    for (size_t i = 0; i < sampler->samples; i++)
        sampler->sample[i].time_us -= go_us;
    return 0;
}
