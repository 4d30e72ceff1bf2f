/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of whole figures share: a recording read, and its charts as figures. Include after cmocka.h. */
#ifndef TASKWEIGHT_TESTS_PLOT_CHARTED_H
#define TASKWEIGHT_TESTS_PLOT_CHARTED_H

#include "plot/chart.h"

struct charted {
    struct recordings recordings;
    struct chart_data data;
};

/* Reads the recording with its traces and fits the metric. Free it with charted_free. */
static inline struct charted charted_by(const char *path, enum metric metric, enum fit_method method)
{
    const struct series_selection selection = {.metric = metric, .confidence = 0.95};
    struct recording_file file = {.path = path};
    struct charted charted = {.recordings = {.keeps_traces = true}};
    struct error error;

    assert_int_equal(recordings_read_files(&charted.recordings, &file, 1), 0);
    assert_int_equal(chart_data_new(&charted.data, &charted.recordings, NULL, &selection, method, &error), 0);
    return charted;
}

/* ... by the default method. */
static inline struct charted charted_read(const char *path, enum metric metric)
{
    return charted_by(path, metric, FIT_CURVE);
}

static inline void charted_free(struct charted *charted)
{
    chart_data_free(&charted->data);
    recordings_free(&charted->recordings);
}

/* Whether the chart is of the series that were measured, rather than of a table or of the runs of certain works. */
static inline bool charted_is_of_series(enum chart_name chart)
{
    return charts[chart].works == CHART_ANY && chart != CHART_claims && chart != CHART_changes;
}

/* Free it with figure_free. */
static inline struct figure charted_figure(const struct charted *charted, enum chart_name chart)
{
    const struct chart_size size = {170, 105, true};
    struct figure figure = {0};

    chart_draw(&figure, &charted->data, &size, chart);
    assert_false(figure.out_of_memory);
    return figure;
}

#endif
