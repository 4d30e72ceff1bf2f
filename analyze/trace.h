/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Traces: a run's resident memory over time. The reader of runs makes one of each ok run on request, so that cells and
 * traces are of the same runs. */
#ifndef TASKWEIGHT_ANALYZE_TRACE_H
#define TASKWEIGHT_ANALYZE_TRACE_H

#include "analyze/series.h"

/* Most points of a run: of neighbouring samples the larger stays, so that no peak is lost. */
#define TRACE_POINTS 256

struct trace_point {
    double seconds; /* since the model was told to go; negative before */
    double bytes;
};

/* The trace of an ok run. */
struct trace_run {
    double hold, drain, end; /* seconds at which these phases began; NaN for one that has no sample */
    size_t points;           /* at least 1 */
    struct trace_point point[];
};

/* Most runs shown of a count, the first ones. */
#define TRACE_RUNS 50

/* The ok runs of one series at the largest count that has any; those without a sample of resident memory have no
   trace. */
struct trace {
    int64_t tasks;                /* 0: no ok run */
    const struct trace_run **run; /* owned by the recordings */
    size_t runs, left_out;
};

/* The traces of each series in the list, whose recordings were read with keeps_traces. NULL where memory runs out. */
struct trace *traces_new(const struct series_list *list);
void traces_free(struct trace *trace, const struct series_list *list);

/* --- for the reader of runs (run.c) ------------------------------------------------------------------------------- */

/* A trace under way. */
struct tracing {
    double hold, drain, end; /* as in struct trace_run */
    struct trace_point point[TRACE_POINTS];
    size_t points;
    size_t stride, taken; /* samples that make one point; those of the last point so far */
};

void trace_begin(struct tracing *tracing);
void trace_take(struct tracing *tracing, const struct sample *sample);

/* The trace of the samples taken, which has a point; NULL where memory runs out. */
struct trace_run *trace_run_new(const struct tracing *tracing);
void trace_run_free(struct trace_run *run);

#endif
