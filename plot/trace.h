/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs as they went: resident memory over time, of the largest count with ok runs of each series. The cells have but
   one value a run, so this reads the recordings again. */
#ifndef TASKWEIGHT_PLOT_TRACE_H
#define TASKWEIGHT_PLOT_TRACE_H

#include "analyze/cell.h"

/* Most points that are kept of a run: of neighbours the larger one stays, so that a peak is never lost. */
#define TRACE_POINTS 256

struct trace_point {
    double seconds; /* since the model was told to go; negative before */
    double bytes;
};

/* Most runs that are kept of a count: the first ones. */
#define TRACE_RUNS 50

/* An ok run. */
struct trace_run {
    struct trace_point point[TRACE_POINTS];
    size_t points;
    double hold, drain, end; /* seconds at which these phases began; NaN for one that has no sample */
};

/* The runs of one series at one count. */
struct trace {
    int64_t tasks; /* 0: no ok run */
    struct trace_run *run;
    size_t runs, left_out;
};

/* Reads the traces of each series in the list, which the caller frees with traces_free. Returns NULL and an error where
   memory runs out or a recording cannot be read a second time; what is wrong in the files has been told of by
   recordings_read_files. */
struct trace *traces_read(const struct recording_file *file, size_t files, const struct series_list *list,
                          struct error *error);
void traces_free(struct trace *trace, const struct series_list *list);

#endif
