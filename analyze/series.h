/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs gathered: a cell is the ok runs of one host, model and count; a series is the cells of one host and model. */
#ifndef TASKWEIGHT_ANALYZE_SERIES_H
#define TASKWEIGHT_ANALYZE_SERIES_H

#include "analyze/recording.h"

#include <stdbool.h>

/* A run is an outlier where its modified z score is beyond this: Iglewicz and Hoaglin, How to Detect and Handle
   Outliers (1993). */
#define SERIES_OUTLIER_SCORE 3.5

struct cell {
    int64_t tasks;
    size_t runs;                /* ok runs that have the metric */
    size_t failed;              /* runs that were not ok, whatever their status */
    size_t unknown;             /* ok runs that do not have the metric */
    const char *reason;         /* of the first that was not ok, "" if none; owned by the recordings */
    enum sample_status failure; /* status of the first that was not ok, SAMPLE_NO_STATUS if none */
    double *value;              /* `runs` values in the metric's unit, ascending */
    double resolution;          /* what values are rounded to: the largest of its runs' */

    /* In the metric's unit; NaN where undefined (sd of one run, anything of none). */
    double mean, sd, median, min, max;
    double mad;       /* 1.4826 times the median absolute deviation, so that it estimates sd */
    double low, high; /* confidence limits of the mean, Student's t; NaN with fewer than 2 runs */
    size_t outliers;  /* still part of all the above */
};

struct series {
    const char *host, *model, *family; /* owned by the recordings */
    enum metric metric;
    struct cell *cell; /* ascending by tasks */
    size_t cells;
    double idle;       /* median over the ok runs of the measured baseline; NaN if not recorded or of another unit */
    double resolution; /* the largest of its cells' */
};

struct series_list {
    struct series *series; /* ordered by host, then model, bytewise */
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

/* Gathers the runs. Returns -1 and an error where a chosen model or count is nowhere in the recordings or memory runs
   out. The list borrows texts from the recordings, which must outlive it. */
int series_list_new(struct series_list *list, const struct recordings *recordings,
                    const struct series_selection *selection, struct error *error);

/* Whether the cell counts a run of that value among its outliers. */
bool series_is_outlier(const struct cell *cell, double value);

/* Returns -1 and an error that names the option where no series is of the model; NULL is any. */
int series_list_check_model(const struct series_list *list, const char *option, const char *model, struct error *error);

/* How many series from `first` on, at least one, are of the same host. */
size_t series_list_host(const struct series_list *list, size_t first);

void series_list_free(struct series_list *list);

#endif
