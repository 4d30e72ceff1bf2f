/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of cells: the runs of each host, model and count, summarised. */
#include "analyze/table.h"

struct row {
    const struct series *series;
    const struct cell *cell;
};

#define COLUMNS(COLUMN)                                                                                                \
    COLUMN("host", "HOST", TABLE_TEXT, GROUP, row->series->host)                                                       \
    COLUMN("model", "MODEL", TABLE_TEXT, PLAIN, row->series->model)                                                    \
    COLUMN("family", NULL, TABLE_TEXT, PLAIN, row->series->family)                                                     \
    COLUMN("work", "WORK", TABLE_TEXT, VARIED, row->series->work)                                                      \
    COLUMN("metric", NULL, TABLE_TEXT, PLAIN, metric_names[row->series->metric])                                       \
    COLUMN("unit", NULL, TABLE_TEXT, PLAIN, unit_names[metrics[row->series->metric].unit])                             \
    COLUMN("tasks", "TASKS", UNIT_COUNT, PLAIN, (double)row->cell->tasks)                                              \
    COLUMN("runs", "RUNS", UNIT_COUNT, PLAIN, (double)row->cell->runs)                                                 \
    COLUMN("failed", "FAILED", UNIT_COUNT, FAULT, (double)row->cell->failed)                                           \
    COLUMN("mean", "MEAN", TABLE_METRIC, VALUE, row->cell->mean)                                                       \
    COLUMN("sd", "SD", TABLE_METRIC, MINOR, row->cell->sd)                                                             \
    COLUMN("median", "MEDIAN", TABLE_METRIC, PLAIN, row->cell->median)                                                 \
    COLUMN("mad", "MAD", TABLE_METRIC, MINOR, row->cell->mad)                                                          \
    COLUMN("min", "MIN", TABLE_METRIC, MINOR, row->cell->min)                                                          \
    COLUMN("max", "MAX", TABLE_METRIC, MINOR, row->cell->max)                                                          \
    COLUMN("low", NULL, TABLE_METRIC, LOW, row->cell->low)                                                             \
    COLUMN("high", NULL, TABLE_METRIC, HIGH, row->cell->high)                                                          \
    COLUMN("outliers", "OUTLIERS", UNIT_COUNT, PLAIN, (double)row->cell->outliers)                                     \
    COLUMN(NULL, "FAILURE", TABLE_TEXT, PLAIN, failure_name(row->cell))                                                \
    COLUMN(NULL, "REASON", TABLE_TEXT, PLAIN, row->cell->reason)

static const struct table_column columns[] = {COLUMNS(TABLE_COLUMN)};

static const char *failure_name(const struct cell *cell)
{
    return cell->failed > 0 ? sample_status_names[cell->failure] : "";
}

static void add_row(struct table *table, const struct row *row)
{
    COLUMNS(TABLE_ADD)
    table->says_something = table->says_something || row->cell->runs > 0;
}

int table_cells(struct table *table, const struct table_request *request, struct error *error)
{
    struct series_list list;

    if (series_list_new(&list, request->recordings, &request->selection, error) != 0)
        return -1;
    *table = table_new(columns, sizeof columns / sizeof *columns, metrics[request->selection.metric].unit);
    for (size_t i = 0; i < list.count; i++)
        for (size_t k = 0; k < list.series[i].cells; k++)
            add_row(table, &(struct row){&list.series[i], &list.series[i].cell[k]});
    table_remark(table,
                 "The %s of the runs, with %g %% confidence intervals of the mean; MAD is scaled to estimate SD.\n",
                 metrics[request->selection.metric].description, 100 * request->selection.confidence);
    table_remark(table, "Outliers are more than %g MAD from the median and still count.\n", CELL_OUTLIER_SCORE);
    series_list_free(&list);
    return table->out_of_memory ? error_set(error, "out of memory") : 0;
}
