/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs gathered: a series is the cells of one host, model and work, and the curve through them. */
#ifndef TASKWEIGHT_ANALYZE_SERIES_H
#define TASKWEIGHT_ANALYZE_SERIES_H

#include "analyze/curve.h"
#include "analyze/ratio.h"
#include "analyze/recording.h"

struct series {
    const char *host, *model, *family, *work; /* owned by the recordings */
    enum metric metric;
    struct cell *cell; /* ascending by tasks */
    size_t cells;
    struct curve curve;
    struct estimate
        idle;          /* the mean over the ok runs of the measured baseline; NaN if not recorded or of another unit */
    double resolution; /* the largest of its cells' */
};

struct series_list {
    struct series *series; /* ordered by host, then work, then model, bytewise */
    size_t count;
    const struct run **run; /* all that were chosen, in the order of series and cells, whatever their status */
};

/* What to take of the recordings. An empty list takes all. */
struct series_selection {
    enum metric metric;
    double confidence;        /* of the cells' limits, between 0 and 1 */
    const char *const *model; /* names */
    size_t models;
    const int64_t *tasks;
    size_t counts;
};

/* The kind of work whose runs the metric is of: its own or, where it knows sleep and the recordings have no run of its
   own, sleep. */
enum work_kind series_work(const struct recordings *recordings, enum metric metric);

/* Gathers the runs of the metric's work, of which there may be none. Returns -1 and an error where a chosen model or
   count is nowhere in the recordings or memory runs out. The list borrows texts from the recordings, which must outlive
   it. */
int series_list_new(struct series_list *list, const struct recordings *recordings,
                    const struct series_selection *selection, struct error *error);

/* The cell with ok runs at that count; NULL if there is none. */
const struct cell *series_cell_at(const struct series *series, int64_t tasks);

/* Of a wall time, the share of it that was processor time, at the largest count with ok runs, of which what a task adds
   is nearly all; NaN of any other metric. */
double series_cpu_share(const struct series *series);

/* On which its estimates are compared with another's. */
enum ratio_scale series_scale(const struct series *series);

/* The series of the same host and model in a list of another metric, whose runs may be of another work; NULL if there
   is none. */
const struct series *series_list_find(const struct series_list *list, const struct series *series);

/* Whether the model is one of the harness's own, which measure the measuring (`null`, `calibrate` and the servers of
   that name): what they cost is no finding. */
bool series_is_control(const struct series *series);

/* Returns -1 and an error that names the option where no series is of the model; NULL is any. */
int series_list_check_model(const struct series_list *list, const char *option, const char *model, struct error *error);

/* How many series from `first` on, at least one, are of the same host; of the same host and work. */
size_t series_list_host(const struct series_list *list, size_t first);
size_t series_list_peers(const struct series_list *list, size_t first);

void series_list_free(struct series_list *list);

#endif
