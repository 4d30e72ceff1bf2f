/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of cells: the runs of each host, model and count, summarised. */
#include "analyze/table.h"

struct row {
    const struct series *series;
    const struct cell *cell;
};

/* COLUMN(name for programs, heading for people, unit, role, value of a row) */
#define COLUMNS(COLUMN)                                                                                                \
    COLUMN("host", "HOST", TEXT, GROUP, row->series->host)                                                             \
    COLUMN("model", "MODEL", TEXT, PLAIN, row->series->model)                                                          \
    COLUMN("family", NULL, TEXT, PLAIN, row->series->family)                                                           \
    COLUMN("metric", NULL, TEXT, PLAIN, metric_names[row->series->metric])                                             \
    COLUMN("tasks", "TASKS", TASKS, PLAIN, (double)row->cell->tasks)                                                   \
    COLUMN("runs", "RUNS", COUNT, PLAIN, (double)row->cell->runs)                                                      \
    COLUMN("failed", "FAILED", COUNT, FAULT, (double)row->cell->failed)                                                \
    COLUMN("mean", "MEAN", BYTES, VALUE, row->cell->mean)                                                              \
    COLUMN("sd", "SD", BYTES, MINOR, row->cell->sd)                                                                    \
    COLUMN("median", "MEDIAN", BYTES, PLAIN, row->cell->median)                                                        \
    COLUMN("mad", "MAD", BYTES, MINOR, row->cell->mad)                                                                 \
    COLUMN("min", "MIN", BYTES, MINOR, row->cell->min)                                                                 \
    COLUMN("max", "MAX", BYTES, MINOR, row->cell->max)                                                                 \
    COLUMN("low", NULL, BYTES, LOW, row->cell->low)                                                                    \
    COLUMN("high", NULL, BYTES, HIGH, row->cell->high)                                                                 \
    COLUMN("outliers", "OUTLIERS", COUNT, PLAIN, (double)row->cell->outliers)                                          \
    COLUMN(NULL, "FAILURE", TEXT, PLAIN, failure_name(row->cell))                                                      \
    COLUMN(NULL, "REASON", TEXT, PLAIN, row->cell->reason)

#define TABLE_COLUMN(name, heading, unit, role, value) {name, heading, TABLE_##unit, TABLE_##role},
static const struct table_column columns[] = {COLUMNS(TABLE_COLUMN)};

static const char *failure_name(const struct cell *cell)
{
    return cell->failed > 0 ? sample_status_names[cell->failure] : "";
}

static void add_row(struct table *table, const struct row *row)
{
#define ADD_VALUE(name, heading, unit, role, value) table_add(table, value);
    COLUMNS(ADD_VALUE)
    table->says_something = table->says_something || row->cell->runs > 0;
}

int table_cells(struct table *table, const struct table_request *request, struct error *error)
{
    struct series_list list;

    if (series_list_new(&list, request->recordings, &request->selection, error) != 0)
        return -1;
    *table = table_new(columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < list.count; i++)
        for (size_t k = 0; k < list.series[i].cells; k++)
            add_row(table, &(struct row){&list.series[i], &list.series[i].cell[k]});
    table_remark(table,
                 "The %s of the runs, with %g %% confidence intervals of the mean; MAD is scaled to estimate SD.\n",
                 metric_descriptions[request->selection.metric], 100 * request->selection.confidence);
    table_remark(table, "Outliers are more than %g MAD from the median and still count.\n", CELL_OUTLIER_SCORE);
    series_list_free(&list);
    return table->out_of_memory ? error_set(error, "out of memory") : 0;
}
