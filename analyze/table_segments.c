/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of segments: what a task adds between neighbouring counts, which shows where a line does not hold. */
#include "analyze/table.h"

#include <math.h>

struct row {
    const struct series *series;
    double from_tasks, to_tasks;
    struct estimate overhead; /* per task */
};

#define COLUMNS(COLUMN)                                                                                                \
    COLUMN("host", "HOST", TABLE_TEXT, GROUP, row->series->host)                                                       \
    COLUMN("model", "MODEL", TABLE_TEXT, PLAIN, row->series->model)                                                    \
    COLUMN("work", "WORK", TABLE_TEXT, VARIED, row->series->work)                                                      \
    COLUMN("metric", NULL, TABLE_TEXT, PLAIN, metric_names[row->series->metric])                                       \
    COLUMN("unit", NULL, TABLE_TEXT, PLAIN, unit_names[metrics[row->series->metric].unit])                             \
    COLUMN("from_tasks", "FROM", UNIT_COUNT, PLAIN, row->from_tasks)                                                   \
    COLUMN("to_tasks", "TO", UNIT_COUNT, PLAIN, row->to_tasks)                                                         \
    COLUMN("overhead", "PER TASK", TABLE_METRIC, VALUE, row->overhead.value)                                           \
    COLUMN("overhead_low", NULL, TABLE_METRIC, LOW, row->overhead.low)                                                 \
    COLUMN("overhead_high", NULL, TABLE_METRIC, HIGH, row->overhead.high)

static const struct table_column columns[] = {COLUMNS(TABLE_COLUMN)};

static void add_row(struct table *table, const struct row *row)
{
    COLUMNS(TABLE_ADD)
    table->says_something = table->says_something || isfinite(row->overhead.value);
}

static void add_series(struct table *table, const struct series *series, double confidence)
{
    const struct knots *knots = &series->curve.knots;

    for (size_t k = 0; k + 1 < knots->count; k++)
        add_row(table, &(struct row){series, knots->knot[k].tasks, knots->knot[k + 1].tasks,
                                     curve_slope(&series->curve, k, k + 1, confidence)});
}

int table_segments(struct table *table, const struct table_request *request, struct error *error)
{
    struct series_list list;

    if (series_list_new(&list, request->recordings, &request->selection, error) != 0)
        return -1;
    *table = table_new(columns, sizeof columns / sizeof *columns, metrics[request->selection.metric].unit);
    for (size_t i = 0; i < list.count; i++)
        add_series(table, &list.series[i], request->selection.confidence);
    table_remark(table,
                 "What a task adds between one count and the next, by the curve, with %g %% confidence intervals "
                 "(%s). Where a line holds, all segments of a model agree.\n",
                 100 * request->selection.confidence, metrics[request->selection.metric].description);
    series_list_free(&list);
    return table->out_of_memory ? error_set(error, "out of memory") : 0;
}
