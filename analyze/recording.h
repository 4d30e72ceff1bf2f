/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recordings, read: samples become runs, each with one value a metric and, where that is asked for, a trace. Memory
   depends on the number of runs, never on the number of samples, but for those of one run at a time. Large files are
   read in parts, by all processors. What that gives, on the 2 processors of a virtual machine (Intel Xeon, 500 000 rows
   of 122 bytes, the best of 5, by tests/analyze/bench_read):

       one thread    1.7 million rows and 205 MB a second
       two threads   2.6 million rows and 321 MB a second */
#ifndef TASKWEIGHT_ANALYZE_RECORDING_H
#define TASKWEIGHT_ANALYZE_RECORDING_H

#include "analyze/metric.h"
#include "analyze/origin.h"
#include "analyze/texts.h"
#include "collect/error.h"
#include "collect/sample.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A page where the recording's sidecar does not tell its machine's: 4 KiB, as on every x86-64. */
#define RECORDING_PAGE_BYTES 4096.0

struct trace_run; /* see trace.h */

struct run {
    const char *host, *model, *family, *reason; /* owned by the recordings; never NULL, reason may be empty */
    int64_t tasks;                              /* asked for */
    int64_t number;                             /* which repetition, from 1 */
    size_t file;                                /* of which recording, from 0 */
    double page_bytes;                          /* a page of the machine that made it: see RECORDING_PAGE_BYTES */
    enum sample_status status;
    double value[METRIC_COUNT]; /* each in its unit; NaN where the recording has none */
    struct trace_run *trace; /* how it went, owned by the recordings; NULL: not asked for, not ok, or never sampled */
};

struct recordings {
    struct run *run; /* in the order read; only complete runs (those with an end row) */
    size_t runs;
    size_t interrupted;  /* runs without an end row, of all files: left out */
    struct texts *texts; /* what the runs' texts are kept in */
    size_t stores;
    size_t files;
    bool keeps_traces;      /* to be set before the first is read: runs are to have a trace, of up to 4 KiB each */
    struct origins origins; /* the machines that the files without a label were made on, where they tell */
};

/* One recording to read, and what was left out of it. */
struct recording_file {
    const char *path;
    const char *label; /* stands for the host of its runs, or before it where there are several; NULL: as recorded */
    const struct origin *origin; /* the machine of its runs, or NULL: owned by the recordings */
    size_t complete;             /* runs with an end row and no wrong row, those repeated among them */
    size_t interrupted;          /* runs without an end row */
    size_t spoiled;              /* runs with a row that is wrong: too short, a bad number */
    size_t passed_over;          /* rows of a phase that this version does not know; their runs are good */
    size_t repeated; /* runs that stand there twice, or were read already from another recording, to the last figure */
    int result;      /* -1: something is wrong, and the error, which names file and line, says what */
    struct error error;
};

/* Adds what is good in the files to *recordings (all zero before the first, but for keeps_traces and origins.beside).
   Where a file without a label is of another machine than one before it of the same host name, its runs get another
   host: see origin.h. Returns -1 if the result of one is. */
int recordings_read_files(struct recordings *recordings, struct recording_file *file, size_t files);

/* The same for one file. */
int recordings_read(struct recordings *recordings, const char *path, struct error *error);

void recordings_free(struct recordings *recordings);

#endif
