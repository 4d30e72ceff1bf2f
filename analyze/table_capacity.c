/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of capacity: how many tasks fit into a budget or, the other way round, what so many tasks would take. */
#include "analyze/capacity.h"
#include "analyze/table.h"
#include "collect/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct row {
    const struct series *series;
    double budget, tasks;
    struct estimate estimate; /* number of tasks that fit, or what so many take */
    int64_t max_tasks;        /* measured */
};

#define FIRST_COLUMNS(COLUMN)                                                                                          \
    COLUMN("host", "HOST", TABLE_TEXT, GROUP, row->series->host)                                                       \
    COLUMN("model", "MODEL", TABLE_TEXT, PLAIN, row->series->model)                                                    \
    COLUMN("work", "WORK", TABLE_TEXT, VARIED, row->series->work)                                                      \
    COLUMN("metric", NULL, TABLE_TEXT, PLAIN, metric_names[row->series->metric])                                       \
    COLUMN("unit", NULL, TABLE_TEXT, PLAIN, unit_names[metrics[row->series->metric].unit])
#define BUDGET_COLUMNS(COLUMN)                                                                                         \
    COLUMN("budget", "BUDGET", TABLE_METRIC, MINOR, row->budget)                                                       \
    COLUMN("tasks", "TASKS", UNIT_COUNT, VALUE, row->estimate.value)                                                   \
    COLUMN("tasks_low", NULL, UNIT_COUNT, LOW, row->estimate.low)                                                      \
    COLUMN("tasks_high", NULL, UNIT_COUNT, HIGH, row->estimate.high)
#define AT_COLUMNS(COLUMN)                                                                                             \
    COLUMN("tasks", "TASKS", UNIT_COUNT, PLAIN, row->tasks)                                                            \
    COLUMN("predicted", "PREDICTED", TABLE_METRIC, VALUE, row->estimate.value)                                         \
    COLUMN("predicted_low", NULL, TABLE_METRIC, LOW, row->estimate.low)                                                \
    COLUMN("predicted_high", NULL, TABLE_METRIC, HIGH, row->estimate.high)
#define LAST_COLUMNS(COLUMN)                                                                                           \
    COLUMN("extrapolated", "EXTRAPOLATED", TABLE_TEXT, PLAIN, extrapolated(row))                                       \
    COLUMN(NULL, "MEASURED TO", UNIT_COUNT, MINOR, (double)row->max_tasks)

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
    FIRST_COLUMNS(TABLE_ADD)
    if (isnan(row->tasks)) {
        BUDGET_COLUMNS(TABLE_ADD)
    } else {
        AT_COLUMNS(TABLE_ADD)
    }
    LAST_COLUMNS(TABLE_ADD)
    table->says_something = table->says_something || isfinite(row->estimate.value) || isfinite(row->estimate.low);
}

/* --- rows --------------------------------------------------------------------------------------------------------- */

static void fill_budget_row(struct row *row, const struct fit *fit, const struct table_request *request)
{
    struct capacity capacity = capacity_of(fit, request->budget);

    row->budget = request->budget;
    row->tasks = NAN;
    row->estimate = (struct estimate){capacity.tasks, NAN, NAN, capacity.low, capacity.high};
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

/* By host, work and count, then the cheapest first; unknown ones come last. */
static int compare_rows(const void *a, const void *b)
{
    const struct row *left = a, *right = b;
    int order = strcmp(left->series->host, right->series->host);
    int cheaper = isnan(left->tasks) ? -1 : 1; /* more tasks in the budget, or less memory for the tasks */

    if (order == 0)
        order = strcmp(left->series->work, right->series->work);
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
    const struct metric_facts *metric = &metrics[request->selection.metric];
    double confidence = 100 * request->selection.confidence;
    char budget[UNIT_TEXT_SIZE];

    if (request->at_counts == 0)
        table_remark(table,
                     "How many tasks fill %s (%s): where the prediction for one more run, with its %g %% limits, "
                     "reaches the budget.\n",
                     unit_format(budget, metric->unit, request->budget), metric->description, confidence);
    else
        table_remark(table, "What one more run would take (%s), with %g %% prediction intervals.\n",
                     metric->description, confidence);
    if (metric->lacks_kernel)
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
        *table = table_new(at_columns, sizeof at_columns / sizeof *at_columns, metrics[request->selection.metric].unit);
    else
        *table = table_new(budget_columns, sizeof budget_columns / sizeof *budget_columns,
                           metrics[request->selection.metric].unit);
    result = build(table, &list, request);
    series_list_free(&list);
    return result == 0 ? 0 : error_set(error, "out of memory");
}
