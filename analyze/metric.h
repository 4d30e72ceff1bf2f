/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The metrics: how the samples of a run become one value. */
#ifndef TASKWEIGHT_ANALYZE_METRIC_H
#define TASKWEIGHT_ANALYZE_METRIC_H

#include "collect/sample.h"

/* METRIC(upper, "name", "description", column, reduction, phase): the reduction is LARGEST (over all samples of the
   run) or MEDIAN (over the samples of that phase). From idle, the measured baseline, on they are not for choosing. */
#define METRICS(METRIC)                                                                                                \
    METRIC(PEAK, "peak", "peak resident memory", peak_rss_bytes, LARGEST, SAMPLE_END)                                  \
    METRIC(RSS, "rss", "resident memory while all tasks sleep", rss_bytes, MEDIAN, SAMPLE_HOLD)                        \
    METRIC(PSS, "pss", "proportional set size while all tasks sleep", pss_bytes, MEDIAN, SAMPLE_HOLD)                  \
    METRIC(USS, "uss", "private memory while all tasks sleep", uss_bytes, MEDIAN, SAMPLE_HOLD)                         \
    METRIC(PAGE_TABLES, "page-tables", "page tables while all tasks sleep", page_table_bytes, MEDIAN, SAMPLE_HOLD)     \
    METRIC(KERNEL, "kernel", "kernel memory while all tasks sleep", kernel_bytes, MEDIAN, SAMPLE_HOLD)                 \
    METRIC(CHARGED, "charged", "charged memory while all tasks sleep", charged_bytes, MEDIAN, SAMPLE_HOLD)             \
    METRIC(IDLE, "idle", "resident memory before the first task", rss_bytes, MEDIAN, SAMPLE_IDLE)                      \
    METRIC(KERNEL_STACK, "kernel-stack", "kernel stacks while all tasks sleep", kernel_stack_bytes, MEDIAN, SAMPLE_HOLD)

#define METRIC_ENUMERATOR(upper, name, description, column, reduction, phase) METRIC_##upper,
enum metric { METRICS(METRIC_ENUMERATOR) METRIC_COUNT };
#undef METRIC_ENUMERATOR

/* How many there are to choose from: idle and those after it are none of them. */
#define METRIC_CHOICES METRIC_IDLE

extern const char *const metric_names[METRIC_COUNT];
extern const char *const metric_descriptions[METRIC_COUNT]; /* to go on after "the" */

/* "peak" -> METRIC_PEAK. Any name before idle's; otherwise -1 and an error that lists the names. */
int metric_parse(const char *name, enum metric *metric, struct error *error);

#endif
