/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of capacity: how many tasks fit into a budget of memory or, turned round, what so many tasks would take. */
#include "analyze/capacity.h"
#include "analyze/table.h"
#include "collect/quantity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct row {
    const struct series *series;
    double budget_bytes, tasks;
    struct estimate estimate; /* number of tasks that fit, or bytes that so many take */
    int64_t max_tasks;        /* measured */
};

/* COLUMN(name for programs, heading for people, unit, role, value of a row) */
#define FIRST_COLUMNS(COLUMN)                                                                                          \
    COLUMN("host", "HOST", TEXT, GROUP, row->series->host)                                                             \
    COLUMN("model", "MODEL", TEXT, PLAIN, row->series->model)                                                          \
    COLUMN("metric", NULL, TEXT, PLAIN, metric_names[row->series->metric])
#define BUDGET_COLUMNS(COLUMN)                                                                                         \
    COLUMN("budget_bytes", "BUDGET", BYTES, MINOR, row->budget_bytes)                                                  \
    COLUMN("tasks", "TASKS", TASKS, VALUE, row->estimate.value)                                                        \
    COLUMN("tasks_low", NULL, TASKS, LOW, row->estimate.low)                                                           \
    COLUMN("tasks_high", NULL, TASKS, HIGH, row->estimate.high)
#define AT_COLUMNS(COLUMN)                                                                                             \
    COLUMN("tasks", "TASKS", TASKS, PLAIN, row->tasks)                                                                 \
    COLUMN("predicted_bytes", "MEMORY", BYTES, VALUE, row->estimate.value)                                             \
    COLUMN("predicted_low", NULL, BYTES, LOW, row->estimate.low)                                                       \
    COLUMN("predicted_high", NULL, BYTES, HIGH, row->estimate.high)
#define LAST_COLUMNS(COLUMN)                                                                                           \
    COLUMN("extrapolated", "EXTRAPOLATED", TEXT, PLAIN, extrapolated(row))                                             \
    COLUMN(NULL, "MEASURED TO", TASKS, MINOR, (double)row->max_tasks)

#define TABLE_COLUMN(name, heading, unit, role, value) {name, heading, TABLE_##unit, TABLE_##role},
static const struct table_column budget_columns[] = {FIRST_COLUMNS(TABLE_COLUMN) BUDGET_COLUMNS(TABLE_COLUMN)
                                                         LAST_COLUMNS(TABLE_COLUMN)};
static const struct table_column at_columns[] = {FIRST_COLUMNS(TABLE_COLUMN) AT_COLUMNS(TABLE_COLUMN)
                                                     LAST_COLUMNS(TABLE_COLUMN)};

static const char *extrapolated(const struct row *row)
{
    double tasks = isnan(row->tasks) ? row->estimate.value : row->tasks;

    return isnan(row->estimate.value) ? "" : tasks > (double)row->max_tasks ? "yes" : "no";
}

static void add_row(struct table *table, const struct row *row)
{
#define ADD_VALUE(name, heading, unit, role, value) table_add(table, value);
    FIRST_COLUMNS(ADD_VALUE)
    if (isnan(row->tasks)) {
        BUDGET_COLUMNS(ADD_VALUE)
    } else {
        AT_COLUMNS(ADD_VALUE)
    }
    LAST_COLUMNS(ADD_VALUE)
    table->says_something = table->says_something || isfinite(row->estimate.value) || isfinite(row->estimate.low);
}

/* --- rows --------------------------------------------------------------------------------------------------------- */

static void fill_budget_row(struct row *row, const struct fit *fit, const struct table_request *request)
{
    struct capacity capacity = capacity_of(fit, request->budget_bytes);

    row->budget_bytes = request->budget_bytes;
    row->tasks = NAN;
    row->estimate = (struct estimate){capacity.tasks, NAN, capacity.low, capacity.high};
}

static size_t fill_rows(struct row *row, const struct series *series, const struct table_request *request)
{
    struct fit fit = fit_series(series, request->method, request->selection.confidence);
    size_t rows = request->at_counts ? request->at_counts : 1;

    for (size_t i = 0; i < rows; i++)
        row[i] = (struct row){.series = series, .max_tasks = fit.max_tasks};
    if (request->at_counts == 0)
        fill_budget_row(row, &fit, request);
    for (size_t i = 0; i < request->at_counts; i++) {
        row[i].tasks = (double)request->at[i];
        row[i].estimate = fit_run_at(&fit, row[i].tasks);
    }
    return rows;
}

/* By host and count, then the cheapest first; what cannot be told comes last. */
static int compare_rows(const void *a, const void *b)
{
    const struct row *left = a, *right = b;
    int order = strcmp(left->series->host, right->series->host);
    int cheaper = isnan(left->tasks) ? -1 : 1; /* many tasks in the budget, or little memory */

    if (order == 0)
        order = (left->tasks > right->tasks) - (left->tasks < right->tasks);
    if (order == 0)
        order = isnan(left->estimate.value) - isnan(right->estimate.value);
    if (order == 0)
        order =
            cheaper * ((left->estimate.value > right->estimate.value) - (left->estimate.value < right->estimate.value));
    return order ? order : strcmp(left->series->model, right->series->model);
}

/* No task fits where the baseline alone takes more. */
static void remark_baselines(struct table *table, const struct row *row, size_t rows)
{
    const char *before = "The baseline alone takes more than the budget: ";

    for (size_t i = 0; i < rows; i++)
        if (isnan(row[i].tasks) && row[i].estimate.value <= 0) {
            table_remark(table, "%s%s", before, row[i].series->model);
            before = ", ";
        }
    if (*before == ',')
        table_remark(table, ".\n");
}

static void remark(struct table *table, const struct table_request *request)
{
    double confidence = 100 * request->selection.confidence;
    char budget[QUANTITY_TEXT_SIZE];

    if (request->at_counts == 0)
        table_remark(table,
                     "How many tasks fill %s (%s): where the prediction for one more run, with its\n"
                     "%g %% limits, reaches the budget.\n",
                     quantity_format_bytes(budget, request->budget_bytes),
                     metric_descriptions[request->selection.metric], confidence);
    else
        table_remark(table, "What one more run would take (%s), with %g %% prediction intervals.\n",
                     metric_descriptions[request->selection.metric], confidence);
    if (request->selection.metric != METRIC_CHARGED)
        table_remark(table, "Kernel memory is not in it: --metric=charged counts everything.\n");
}

/* --- the table ---------------------------------------------------------------------------------------------------- */

static int build(struct table *table, const struct series_list *list, const struct table_request *request)
{
    struct row *row = calloc(list->count * (request->at_counts + 1) + 1, sizeof *row);
    size_t rows = 0;

    if (!row)
        return -1;
    for (size_t i = 0; i < list->count; i++)
        rows += fill_rows(row + rows, &list->series[i], request);
    qsort(row, rows, sizeof *row, compare_rows);
    for (size_t i = 0; i < rows; i++)
        add_row(table, &row[i]);
    remark(table, request);
    remark_baselines(table, row, rows);
    free(row);
    return table->out_of_memory ? -1 : 0;
}

int table_capacity(struct table *table, const struct table_request *request, struct error *error)
{
    struct series_list list;
    int result;

    if (series_list_new(&list, request->recordings, &request->selection, error) != 0)
        return -1;
    if (request->at_counts)
        *table = table_new(at_columns, sizeof at_columns / sizeof *at_columns);
    else
        *table = table_new(budget_columns, sizeof budget_columns / sizeof *budget_columns);
    result = build(table, &list, request);
    series_list_free(&list);
    return result == 0 ? 0 : error_set(error, "out of memory");
}
