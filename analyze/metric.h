/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The metrics: how the samples of a run become one value, and how that value is shown. */
#ifndef TASKWEIGHT_ANALYZE_METRIC_H
#define TASKWEIGHT_ANALYZE_METRIC_H

#include "collect/sample.h"
#include "collect/unit.h"

#include <math.h>

/* What a metric's values are rounded to, in its unit. */
#define METRIC_PAGE 0    /* a page of the machine that made the recording */
#define METRIC_TICK 0.01 /* processor time is counted in 1/100 s, which proc_pid_stat(5) gives and sysconf(3) names */

/* Facts of a metric. */
#define METRIC_PLAIN 0
#define METRIC_LACKS_KERNEL 1   /* the metric `kernel` comes on top of it, and is shown beside it */
#define METRIC_REPEATS_SHARED 2 /* it counts memory that processes share once for each process */

/* METRIC(upper, "name", "description, to go on after `the`", "noun for titles", unit, resolution, facts, value of a
   sample, reduction, phase): the reduction is LARGEST (over all samples of the run) or MEDIAN (over the samples of that
   phase). --metric can name those before idle, the measured baseline. */
#define METRICS(METRIC)                                                                                                \
    METRIC(PEAK, "peak", "peak resident memory", "memory", BYTES, METRIC_PAGE,                                         \
           METRIC_LACKS_KERNEL | METRIC_REPEATS_SHARED, metric_value(sample->peak_rss_bytes, 1), LARGEST, SAMPLE_END)  \
    METRIC(RSS, "rss", "resident memory while all tasks sleep", "memory", BYTES, METRIC_PAGE,                          \
           METRIC_LACKS_KERNEL | METRIC_REPEATS_SHARED, metric_value(sample->rss_bytes, 1), MEDIAN, SAMPLE_HOLD)       \
    METRIC(PSS, "pss", "proportional set size while all tasks sleep", "memory", BYTES, METRIC_PAGE,                    \
           METRIC_LACKS_KERNEL, metric_value(sample->pss_bytes, 1), MEDIAN, SAMPLE_HOLD)                               \
    METRIC(USS, "uss", "private memory while all tasks sleep", "memory", BYTES, METRIC_PAGE, METRIC_LACKS_KERNEL,      \
           metric_value(sample->uss_bytes, 1), MEDIAN, SAMPLE_HOLD)                                                    \
    METRIC(PAGE_TABLES, "page-tables", "page tables while all tasks sleep", "memory", BYTES, METRIC_PAGE,              \
           METRIC_PLAIN, metric_value(sample->page_table_bytes, 1), MEDIAN, SAMPLE_HOLD)                               \
    METRIC(KERNEL, "kernel", "kernel memory while all tasks sleep", "memory", BYTES, METRIC_PAGE, METRIC_PLAIN,        \
           metric_value(sample->kernel_bytes, 1), MEDIAN, SAMPLE_HOLD)                                                 \
    METRIC(CHARGED, "charged", "charged memory while all tasks sleep", "memory", BYTES, METRIC_PAGE, METRIC_PLAIN,     \
           metric_value(sample->charged_bytes, 1), MEDIAN, SAMPLE_HOLD)                                                \
    METRIC(CPU, "cpu", "processor time of the run", "time", SECONDS, METRIC_TICK, METRIC_PLAIN,                        \
           metric_value(sample->user_us, 1e-6) + metric_value(sample->system_us, 1e-6), LARGEST, SAMPLE_END)           \
    METRIC(IDLE, "idle", "resident memory before the first task", "memory", BYTES, METRIC_PAGE, METRIC_PLAIN,          \
           metric_value(sample->rss_bytes, 1), MEDIAN, SAMPLE_IDLE)                                                    \
    METRIC(KERNEL_STACK, "kernel-stack", "kernel stacks while all tasks sleep", "memory", BYTES, METRIC_PAGE,          \
           METRIC_PLAIN, metric_value(sample->kernel_stack_bytes, 1), MEDIAN, SAMPLE_HOLD)

#define METRIC_ENUMERATOR(upper, ...) METRIC_##upper,
enum metric { METRICS(METRIC_ENUMERATOR) METRIC_COUNT };
#undef METRIC_ENUMERATOR

/* How many --metric can name: those before idle. */
#define METRIC_CHOICES METRIC_IDLE

/* How a metric's values are shown. */
struct metric_facts {
    const char *description; /* to go on after "the" */
    const char *noun;        /* for titles: "memory", "time" */
    enum unit unit;
    double resolution; /* METRIC_PAGE, or in the unit */
    bool lacks_kernel, repeats_shared;
};

extern const char *const metric_names[METRIC_COUNT];
extern const struct metric_facts metrics[METRIC_COUNT];

/* A column of a sample times `factor`, which converts it to the metric's unit; NaN where it is unknown. */
static inline double metric_value(int64_t number, double factor)
{
    return number == SAMPLE_UNKNOWN ? (double)NAN : (double)number * factor;
}

/* "peak" -> METRIC_PEAK. Any name before idle's; otherwise -1 and an error that lists the names. */
int metric_parse(const char *name, enum metric *metric, struct error *error);

#endif
