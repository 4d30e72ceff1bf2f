/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of runs: each with its values, as the cells have them. */
#include "analyze/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct row {
    const struct run *run;
    enum metric metric;
    const char *outlier;
};

/* begin_table adds a column for each metric between them. */
#define FIRST_COLUMNS(COLUMN)                                                                                          \
    COLUMN("host", "HOST", TABLE_TEXT, GROUP, row->run->host)                                                          \
    COLUMN("model", "MODEL", TABLE_TEXT, PLAIN, row->run->model)                                                       \
    COLUMN("family", NULL, TABLE_TEXT, PLAIN, row->run->family)                                                        \
    COLUMN("work", "WORK", TABLE_TEXT, VARIED, row->run->work)                                                         \
    COLUMN("tasks", "TASKS", UNIT_COUNT, PLAIN, (double)row->run->tasks)                                               \
    COLUMN("run", "RUN", UNIT_COUNT, PLAIN, (double)row->run->number)                                                  \
    COLUMN("status", "STATUS", TABLE_TEXT, PLAIN, sample_status_names[row->run->status])
#define LAST_COLUMNS(COLUMN)                                                                                           \
    COLUMN("metric", NULL, TABLE_TEXT, PLAIN, metric_names[row->metric])                                               \
    COLUMN("unit", NULL, TABLE_TEXT, PLAIN, unit_names[metrics[row->metric].unit])                                     \
    COLUMN("outlier", "OUTLIER", TABLE_TEXT, PLAIN, row->outlier)                                                      \
    COLUMN("reason", "REASON", TABLE_TEXT, PLAIN, row->run->reason)

static const struct table_column first_columns[] = {FIRST_COLUMNS(TABLE_COLUMN)};
static const struct table_column last_columns[] = {LAST_COLUMNS(TABLE_COLUMN)};
#define LENGTH(array) (sizeof(array) / sizeof *(array))

#define HEADING(upper, ...) #upper,
static const char *const headings[METRIC_COUNT] = {METRICS(HEADING)};

/* Only metrics of the chosen one's unit and work are shown. */
static bool is_shown(enum metric metric, enum metric chosen)
{
    return metrics[metric].unit == metrics[chosen].unit && metrics[metric].work == metrics[chosen].work;
}

static struct table begin_table(enum metric chosen)
{
    struct table_column column[LENGTH(first_columns) + METRIC_COUNT + LENGTH(last_columns)];
    size_t columns = LENGTH(first_columns);

    memcpy(column, first_columns, sizeof first_columns);
    for (enum metric metric = 0; metric < METRIC_COUNT; metric++)
        if (is_shown(metric, chosen))
            column[columns++] = (struct table_column){metric_names[metric], headings[metric], TABLE_METRIC,
                                                      metric == chosen ? TABLE_PLAIN : TABLE_MINOR};
    memcpy(column + columns, last_columns, sizeof last_columns);
    return table_new(column, columns + LENGTH(last_columns), metrics[chosen].unit);
}

static void add_row(struct table *table, const struct row *row)
{
    FIRST_COLUMNS(TABLE_ADD)
    for (enum metric metric = 0; metric < METRIC_COUNT; metric++)
        if (is_shown(metric, row->metric))
            table_add(table, row->run->value[metric]);
    LAST_COLUMNS(TABLE_ADD)
    table->says_something = true;
}

/* "yes" or "no" for a value that its cell averages, "" for any other. */
static const char *outlier_name(const struct cell *cell, const struct run *run, enum metric metric)
{
    double value = run->value[metric];

    if (run->status != SAMPLE_OK || !isfinite(value))
        return "";
    return cell_is_outlier(cell, value) ? "yes" : "no";
}

static void add_cell(struct table *table, const struct cell *cell, const struct run *const *run, enum metric metric)
{
    for (size_t i = 0; i < cell->runs + cell->failed + cell->unknown; i++)
        add_row(table, &(struct row){run[i], metric, outlier_name(cell, run[i], metric)});
}

static void remark(struct table *table, enum metric chosen)
{
    const char *before = "";

    for (enum metric metric = 0; metric < METRIC_COUNT; metric++) {
        if (!is_shown(metric, chosen))
            continue;
        table_remark(table, "%s%s: %s", before, headings[metric], metrics[metric].description);
        before = "; ";
    }
    table_remark(table, ".\nOutliers (by the %s) are more than %g MAD from the median.\n", metrics[chosen].description,
                 CELL_OUTLIER_SCORE);
}

int table_runs(struct table *table, const struct table_request *request, struct error *error)
{
    struct series_list list;
    size_t taken = 0;

    if (series_list_new(&list, request->recordings, &request->selection, error) != 0)
        return -1;
    *table = begin_table(request->selection.metric);
    for (size_t i = 0; i < list.count; i++)
        for (size_t k = 0; k < list.series[i].cells; k++) {
            const struct cell *cell = &list.series[i].cell[k];

            add_cell(table, cell, list.run + taken, request->selection.metric);
            taken += cell->runs + cell->failed + cell->unknown;
        }
    remark(table, request->selection.metric);
    series_list_free(&list);
    return table->out_of_memory ? error_set(error, "out of memory") : 0;
}
