/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of segments: what a task adds between neighbouring counts, which shows where a line does not hold. */
#include "analyze/fit.h"
#include "analyze/location.h"
#include "analyze/table.h"

#include <math.h>

struct row {
    const struct series *series;
    int64_t from_tasks, to_tasks;
    struct estimate overhead; /* per task */
};

#define COLUMNS(COLUMN)                                                                                                \
    COLUMN("host", "HOST", TABLE_TEXT, GROUP, row->series->host)                                                       \
    COLUMN("model", "MODEL", TABLE_TEXT, PLAIN, row->series->model)                                                    \
    COLUMN("metric", NULL, TABLE_TEXT, PLAIN, metric_names[row->series->metric])                                       \
    COLUMN("unit", NULL, TABLE_TEXT, PLAIN, unit_names[metrics[row->series->metric].unit])                             \
    COLUMN("from_tasks", "FROM", UNIT_COUNT, PLAIN, (double)row->from_tasks)                                           \
    COLUMN("to_tasks", "TO", UNIT_COUNT, PLAIN, (double)row->to_tasks)                                                 \
    COLUMN("overhead", "PER TASK", TABLE_METRIC, VALUE, row->overhead.value)                                           \
    COLUMN("overhead_low", NULL, TABLE_METRIC, LOW, row->overhead.low)                                                 \
    COLUMN("overhead_high", NULL, TABLE_METRIC, HIGH, row->overhead.high)

static const struct table_column columns[] = {COLUMNS(TABLE_COLUMN)};

static void add_row(struct table *table, const struct row *row)
{
    COLUMNS(TABLE_ADD)
    table->says_something = table->says_something || isfinite(row->overhead.value);
}

/* The slope between the means of two cells. */
static struct estimate overhead_between(const struct cell *from, const struct cell *to, double confidence)
{
    struct location below = location_mean(from->value, from->runs, from->resolution);
    struct location above = location_mean(to->value, to->runs, to->resolution);
    double tasks = (double)(to->tasks - from->tasks);
    double first = location_variance(&below), second = location_variance(&above);
    double dof = fit_joint_dof(first, below.dof, second, above.dof);

    return fit_estimate((above.value - below.value) / tasks, sqrt(first + second) / tasks, dof, confidence);
}

/* The first cell from `i` on that has runs; the number of cells if none. */
static size_t next_with_runs(const struct series *series, size_t i)
{
    while (i < series->cells && series->cell[i].runs == 0)
        i++;
    return i;
}

static void add_series(struct table *table, const struct series *series, double confidence)
{
    size_t from = next_with_runs(series, 0), to;

    while ((to = next_with_runs(series, from + 1)) < series->cells) {
        const struct cell *below = &series->cell[from], *above = &series->cell[to];

        add_row(table, &(struct row){series, below->tasks, above->tasks, overhead_between(below, above, confidence)});
        from = to;
    }
}

int table_segments(struct table *table, const struct table_request *request, struct error *error)
{
    struct series_list list;

    if (series_list_new(&list, request->recordings, &request->selection, error) != 0)
        return -1;
    *table = table_new(columns, sizeof columns / sizeof *columns, metrics[request->selection.metric].unit);
    for (size_t i = 0; i < list.count; i++)
        add_series(table, &list.series[i], request->selection.confidence);
    table_remark(
        table,
        "What a task adds between one count and the next, by the means of their runs, with %g %% confidence intervals "
        "(%s). Where a line holds, all segments of a model agree.\n",
        100 * request->selection.confidence, metrics[request->selection.metric].description);
    series_list_free(&list);
    return table->out_of_memory ? error_set(error, "out of memory") : 0;
}
