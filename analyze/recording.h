/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recordings, read: rows of samples become runs, each with one value a metric. Memory depends on the number of runs,
   never on the number of samples. */
#ifndef TASKWEIGHT_ANALYZE_RECORDING_H
#define TASKWEIGHT_ANALYZE_RECORDING_H

#include "analyze/metric.h"
#include "collect/error.h"
#include "collect/sample.h"

#include <stddef.h>
#include <stdint.h>

struct run {
    const char *host, *model, *family, *reason; /* owned by the recordings; never NULL, reason may be empty */
    int64_t tasks;                              /* asked for */
    int64_t number;                             /* which repetition, from 1 */
    enum sample_status status;
    double value[METRIC_COUNT]; /* bytes; NaN where the recording has none */
};

/* Opaque store of texts that many runs share. */
struct recording_texts;

struct recordings {
    struct run *run; /* in the order read; only complete runs (those with an end row) */
    size_t runs;
    size_t interrupted; /* runs without an end row: left out */
    struct recording_texts *texts;
};

/* Adds what stands in the file to *recordings (all zero before the first). On a wrong file (unreadable, wrong header,
   bad number, ragged row) returns -1, the error names file, line and column, and *recordings is as it was before. */
int recordings_read(struct recordings *recordings, const char *path, struct error *error);

void recordings_free(struct recordings *recordings);

#endif
