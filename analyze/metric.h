/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The metrics: how the samples of a run become one value. */
#ifndef TASKWEIGHT_ANALYZE_METRIC_H
#define TASKWEIGHT_ANALYZE_METRIC_H

#include "collect/sample.h"

/* METRIC(upper, "name", column, reduction, phase): the reduction is LARGEST (over all samples of the run) or
   MEDIAN (over the samples of that phase). `idle` is not a metric to choose: it is the measured baseline. */
#define METRICS(METRIC)                                                  \
    METRIC(PEAK, "peak", peak_rss_bytes, LARGEST, SAMPLE_END)            \
    METRIC(RSS, "rss", rss_bytes, MEDIAN, SAMPLE_HOLD)                   \
    METRIC(PSS, "pss", pss_bytes, MEDIAN, SAMPLE_HOLD)                   \
    METRIC(USS, "uss", uss_bytes, MEDIAN, SAMPLE_HOLD)                   \
    METRIC(PAGE_TABLES, "page-tables", page_table_bytes, MEDIAN, SAMPLE_HOLD) \
    METRIC(KERNEL, "kernel", kernel_bytes, MEDIAN, SAMPLE_HOLD)          \
    METRIC(CHARGED, "charged", charged_bytes, MEDIAN, SAMPLE_HOLD)       \
    METRIC(IDLE, "idle", rss_bytes, MEDIAN, SAMPLE_IDLE)

#define METRIC_ENUMERATOR(upper, name, column, reduction, phase) METRIC_##upper,
enum metric { METRICS(METRIC_ENUMERATOR) METRIC_COUNT };
#undef METRIC_ENUMERATOR

extern const char *const metric_names[METRIC_COUNT];

/* "peak" -> METRIC_PEAK. Any name but idle's; otherwise -1 and an error that lists the names. */
int metric_parse(const char *name, enum metric *metric, struct error *error);

#endif
