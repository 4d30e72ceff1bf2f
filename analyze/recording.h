/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads recordings: samples become runs, each with one value for each metric and, on request, a trace. Memory depends
   on the number of runs, and on the samples of one run at a time. Large files are read in parts, by all processors.
   Measured by tests/analyze/bench_read on the 2 processors of a virtual machine (Intel Xeon, 500 000 rows of 122 bytes,
   the best of 5):

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

/* The page size where the recording's sidecar does not tell it: 4 KiB, as on every x86-64. */
#define RECORDING_PAGE_BYTES 4096.0

struct trace_run; /* see trace.h */

struct run {
    /* Owned by the recordings, never NULL. The reason may be empty, the work is not: "sleep" where its column is. */
    const char *host, *model, *family, *work, *reason;
    enum work_kind kind; /* of the work */
    int64_t tasks;       /* asked for; 0 only where others act beside them */
    int64_t number;      /* which repetition, from 1 */
    double started;      /* Unix time in seconds; NaN where the recording does not tell */
    size_t file;         /* of which recording, from 0 */
    double page_bytes;   /* a page of the machine that made it: see RECORDING_PAGE_BYTES */
    enum sample_status status;
    double value[METRIC_COUNT]; /* each in its unit; NaN where the recording has none */
    struct trace_run *trace;    /* owned by the recordings; NULL: not asked for, not ok, or never sampled */
};

struct recordings {
    struct run *run; /* in the order read; only complete runs (those with an end row) */
    size_t runs;
    size_t interrupted;  /* runs without an end row, of all files: left out */
    struct texts *texts; /* the runs' interned texts */
    size_t stores;
    size_t files;
    bool keeps_traces;      /* give each run a trace, of up to 4 KiB; set before the first file is read */
    struct origins origins; /* the machines of files, where sidecars tell, and the labels of the others */
};

/* One recording to read, and what was left out of it. */
struct recording_file {
    const char *path;
    const char *label; /* replaces the host of its runs, or precedes it where there are several; NULL: as recorded */
    const struct origin *origin; /* the machine or label of its runs, or NULL: owned by the recordings */
    size_t complete;             /* runs with an end row and no wrong row, repeated ones included */
    size_t interrupted;          /* runs without an end row */
    size_t spoiled;              /* runs with a row that is wrong: too short, a bad number */
    size_t passed_over;          /* rows of a phase that this version does not know; their runs are good */
    size_t of_other_work;        /* runs of a work that this version does not know */
    size_t repeated;             /* runs that occur twice, or with the same figures in a recording read before */
    int result;                  /* -1: the error says what is wrong, with file and line */
    struct error error;
};

/* Adds the good runs of the files to *recordings (all zero before the first, but for keeps_traces and origins.beside).
 * Runs of a file get another host where its machine (but for labels) or a program differs from an earlier one of that
 * name: see origin.h. Returns -1 if the result of any file is -1. */
int recordings_read_files(struct recordings *recordings, struct recording_file *file, size_t files);

/* The same for one file. */
int recordings_read(struct recordings *recordings, const char *path, struct error *error);

/* Whether they have a run of that kind of work. */
bool recordings_have(const struct recordings *recordings, enum work_kind work);

void recordings_free(struct recordings *recordings);

#endif
