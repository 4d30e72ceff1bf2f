/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of runs: each with its values, as the cells take them in. */
#include "analyze/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct row {
    const struct run *run;
    enum metric metric;
    const char *outlier;
};

/* COLUMN(name for programs, heading for people, unit, role, value of a row) */
#define COLUMNS(COLUMN)                                                                                                \
    COLUMN(host, "HOST", TEXT, GROUP, row->run->host)                                                                  \
    COLUMN(model, "MODEL", TEXT, PLAIN, row->run->model)                                                               \
    COLUMN(family, NULL, TEXT, PLAIN, row->run->family)                                                                \
    COLUMN(tasks, "TASKS", TASKS, PLAIN, (double)row->run->tasks)                                                      \
    COLUMN(run, "RUN", COUNT, PLAIN, (double)row->run->number)                                                         \
    COLUMN(status, "STATUS", TEXT, PLAIN, sample_status_names[row->run->status])                                       \
    COLUMN(peak_bytes, "PEAK", BYTES, PLAIN, row->run->value[METRIC_PEAK])                                             \
    COLUMN(rss_bytes, "RSS", BYTES, MINOR, row->run->value[METRIC_RSS])                                                \
    COLUMN(pss_bytes, NULL, BYTES, PLAIN, row->run->value[METRIC_PSS])                                                 \
    COLUMN(uss_bytes, NULL, BYTES, PLAIN, row->run->value[METRIC_USS])                                                 \
    COLUMN(page_table_bytes, NULL, BYTES, PLAIN, row->run->value[METRIC_PAGE_TABLES])                                  \
    COLUMN(kernel_bytes, "KERNEL", BYTES, PLAIN, row->run->value[METRIC_KERNEL])                                       \
    COLUMN(charged_bytes, "CHARGED", BYTES, PLAIN, row->run->value[METRIC_CHARGED])                                    \
    COLUMN(idle_bytes, "IDLE", BYTES, MINOR, row->run->value[METRIC_IDLE])                                             \
    COLUMN(metric, NULL, TEXT, PLAIN, metric_names[row->metric])                                                       \
    COLUMN(outlier, "OUTLIER", TEXT, PLAIN, row->outlier)                                                              \
    COLUMN(reason, "REASON", TEXT, PLAIN, row->run->reason)

#define TABLE_COLUMN(name, heading, unit, role, value) {#name, heading, TABLE_##unit, TABLE_##role},
static const struct table_column columns[] = {COLUMNS(TABLE_COLUMN)};

static void add_row(struct table *table, const struct row *row)
{
#define ADD_VALUE(name, heading, unit, role, value) table_add(table, value);
    COLUMNS(ADD_VALUE)
    table->says_something = true;
}

/* "yes" or "no" for a value that was averaged into the cell, "" for any other. */
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

int table_runs(struct table *table, const struct table_request *request, struct error *error)
{
    struct series_list list;
    size_t taken = 0;

    if (series_list_new(&list, request->recordings, &request->selection, error) != 0)
        return -1;
    *table = table_new(columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < list.count; i++)
        for (size_t k = 0; k < list.series[i].cells; k++) {
            const struct cell *cell = &list.series[i].cell[k];

            add_cell(table, cell, list.run + taken, request->selection.metric);
            taken += cell->runs + cell->failed + cell->unknown;
        }
    table_remark(table,
                 "PEAK is the largest resident memory of the run, IDLE the median before the first task; all else are\n"
                 "medians while all tasks sleep. Outliers (by the %s) are more than %g MAD from the median.\n",
                 metric_descriptions[request->selection.metric], CELL_OUTLIER_SCORE);
    series_list_free(&list);
    return table->out_of_memory ? error_set(error, "out of memory") : 0;
}
