/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of ratios: each model over a reference, by the overhead of a task or by the whole memory at some counts. */
#include "analyze/location.h"
#include "analyze/ratio.h"
#include "analyze/table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct row {
    const struct series *series, *reference;
    int64_t tasks; /* OVERHEAD: it is the overheads that are compared */
    struct ratio ratio;
    double p_holm;
    char verdict[96];
};

#define OVERHEAD 0

/* COLUMN(name for programs, heading for people, unit, role, value of a row) */
#define FIRST_COLUMNS(COLUMN)                                                                                          \
    COLUMN("host", "HOST", TEXT, GROUP, row->series->host)                                                             \
    COLUMN("model", "MODEL", TEXT, PLAIN, row->series->model)                                                          \
    COLUMN("reference", "OVER", TEXT, PLAIN, row->reference->model)                                                    \
    COLUMN("metric", NULL, TEXT, PLAIN, metric_names[row->series->metric])
#define TASKS_COLUMN(COLUMN) COLUMN("tasks", "TASKS", TASKS, PLAIN, (double)row->tasks)
#define LAST_COLUMNS(COLUMN)                                                                                           \
    COLUMN("ratio", "RATIO", RATIO, PLAIN, row->ratio.value)                                                           \
    COLUMN("ratio_low", "FROM", RATIO, PLAIN, row->ratio.low)                                                          \
    COLUMN("ratio_high", "TO", RATIO, PLAIN, row->ratio.high)                                                          \
    COLUMN("p_value", NULL, PROBABILITY, PLAIN, row->ratio.p)                                                          \
    COLUMN("p_holm", "P (HOLM)", PROBABILITY, PLAIN, row->p_holm)                                                      \
    COLUMN("verdict", "VERDICT", TEXT, PLAIN, row->verdict)

#define TABLE_COLUMN(name, heading, unit, role, value) {name, heading, TABLE_##unit, TABLE_##role},
static const struct table_column overhead_columns[] = {FIRST_COLUMNS(TABLE_COLUMN) LAST_COLUMNS(TABLE_COLUMN)};
static const struct table_column memory_columns[] = {FIRST_COLUMNS(TABLE_COLUMN) TASKS_COLUMN(TABLE_COLUMN)
                                                         LAST_COLUMNS(TABLE_COLUMN)};

static void add_row(struct table *table, const struct row *row)
{
#define ADD_VALUE(name, heading, unit, role, value) table_add(table, value);
    FIRST_COLUMNS(ADD_VALUE)
    if (row->tasks != OVERHEAD)
        TASKS_COLUMN(ADD_VALUE)
    LAST_COLUMNS(ADD_VALUE)
    table->says_something = table->says_something || isfinite(row->ratio.value);
}

/* --- what is compared ------------------------------------------------------------------------------------------- */

static struct ratio_part overhead_of(const struct series *series, const struct table_request *request)
{
    struct fit fit = fit_series(series, request->method, request->selection.confidence);

    return (struct ratio_part){fit.overhead.value, fit.overhead.standard_error, fit.overhead_freedom};
}

/* The mean of the runs at that count. */
static struct ratio_part memory_at(const struct series *series, int64_t tasks)
{
    for (size_t i = 0; i < series->cells; i++) {
        const struct cell *cell = &series->cell[i];
        struct location location;

        if (cell->tasks != tasks || cell->runs == 0)
            continue;
        location = location_mean(cell->value, cell->runs);
        return (struct ratio_part){location.value, sqrt(location_variance(&location)), location.freedom};
    }
    return (struct ratio_part){NAN, NAN, NAN};
}

static struct ratio_part part_of(const struct series *series, int64_t tasks, const struct table_request *request)
{
    return tasks == OVERHEAD ? overhead_of(series, request) : memory_at(series, tasks);
}

/* The reference among the series of one host: the one asked for, otherwise the lightest task that is not for nothing.
   NULL if there is none. */
static const struct series *find_reference(const struct series *first, size_t count,
                                           const struct table_request *request)
{
    const struct series *lightest = NULL;
    double least = INFINITY;

    for (size_t i = 0; i < count; i++) {
        struct fit fit;

        if (request->reference && strcmp(first[i].model, request->reference) == 0)
            return &first[i];
        if (request->reference)
            continue;
        fit = fit_series(&first[i], request->method, request->selection.confidence);
        if (fit.overhead.low > 0 && fit.overhead.value < least) {
            least = fit.overhead.value;
            lightest = &first[i];
        }
    }
    return lightest;
}

/* --- rows ------------------------------------------------------------------------------------------------------- */

struct rows {
    struct row *row;
    size_t count, capacity;
};

static int append(struct rows *rows, struct row row)
{
    if (rows->count == rows->capacity) {
        size_t capacity = rows->capacity ? 2 * rows->capacity : 32;
        struct row *more = realloc(rows->row, capacity * sizeof *more);

        if (!more)
            return -1;
        rows->row = more;
        rows->capacity = capacity;
    }
    rows->row[rows->count++] = row;
    return 0;
}

static int compare_host(struct rows *rows, const struct series *first, size_t count, int64_t tasks,
                        const struct table_request *request)
{
    const struct series *reference = find_reference(first, count, request);

    for (size_t i = 0; reference && i < count; i++) {
        struct row row = {.series = &first[i], .reference = reference, .tasks = tasks};

        if (&first[i] == reference)
            continue;
        row.ratio = ratio_of(part_of(&first[i], tasks, request), part_of(reference, tasks, request),
                             request->selection.confidence);
        if (append(rows, row) != 0)
            return -1;
    }
    return 0;
}

/* The series of one host stand together. */
static size_t series_of_host(const struct series_list *list, size_t first)
{
    size_t end = first;

    while (end < list->count && strcmp(list->series[end].host, list->series[first].host) == 0)
        end++;
    return end - first;
}

static int compare_all(struct rows *rows, const struct series_list *list, const struct table_request *request)
{
    for (size_t first = 0; first < list->count; first += series_of_host(list, first)) {
        size_t count = series_of_host(list, first);

        if (request->at_counts == 0 && compare_host(rows, &list->series[first], count, OVERHEAD, request) != 0)
            return -1;
        for (size_t i = 0; i < request->at_counts; i++)
            if (compare_host(rows, &list->series[first], count, request->at[i], request) != 0)
                return -1;
    }
    return 0;
}

/* --- verdicts --------------------------------------------------------------------------------------------------- */

static int adjust(struct rows *rows)
{
    double *p = calloc(rows->count + 1, sizeof *p);
    int result;

    if (!p)
        return -1;
    for (size_t i = 0; i < rows->count; i++)
        p[i] = rows->row[i].ratio.p;
    result = ratio_adjust(p, rows->count);
    for (size_t i = 0; i < rows->count; i++)
        rows->row[i].p_holm = p[i];
    free(p);
    return result;
}

static void judge(struct row *row, double confidence)
{
    double ratio = row->ratio.value;

    if (!isfinite(ratio))
        snprintf(row->verdict, sizeof row->verdict, "cannot tell: not measured");
    else if (isnan(row->p_holm))
        snprintf(row->verdict, sizeof row->verdict, "cannot tell: needs 2 runs or more of each");
    else if (row->p_holm >= 1 - confidence)
        snprintf(row->verdict, sizeof row->verdict, "no difference proven at %g %%", 100 * confidence);
    else if (ratio > 1)
        snprintf(row->verdict, sizeof row->verdict, "costs %.3g times as much", ratio);
    else
        snprintf(row->verdict, sizeof row->verdict, "costs %.3g %% less", 100 * (1 - ratio));
}

/* By host and count, then ratio; what cannot be told comes last. */
static int compare_rows(const void *a, const void *b)
{
    const struct row *left = a, *right = b;
    int order = strcmp(left->series->host, right->series->host);

    if (order == 0)
        order = (left->tasks > right->tasks) - (left->tasks < right->tasks);
    if (order == 0)
        order = !isfinite(left->ratio.value) - !isfinite(right->ratio.value);
    if (order == 0)
        order = (left->ratio.value > right->ratio.value) - (left->ratio.value < right->ratio.value);
    return order ? order : strcmp(left->series->model, right->series->model);
}

/* --- the table -------------------------------------------------------------------------------------------------- */

static int check_reference(const struct series_list *list, const struct table_request *request, struct error *error)
{
    for (size_t i = 0; request->reference && i < list->count; i++)
        if (strcmp(list->series[i].model, request->reference) == 0)
            return 0;
    if (!request->reference)
        return 0;
    return error_set(error, "--reference: %s is not in the recordings (or not among the models chosen)",
                     request->reference);
}

static void remark(struct table *table, const struct table_request *request)
{
    table_remark(table, "%s of each model over that of another, with %g %% confidence intervals (%s).\n",
                 request->at_counts ? "The memory of the runs with so many tasks" : "The overhead of a task",
                 100 * request->selection.confidence, metric_descriptions[request->selection.metric]);
    table_remark(table,
                 "A difference is taken for proven where P, adjusted for all rows by Holm's method, is below %g.\n",
                 1 - request->selection.confidence);
}

static int build(struct table *table, const struct series_list *list, const struct table_request *request)
{
    struct rows rows = {0};
    int result = compare_all(&rows, list, request);

    if (result == 0)
        result = adjust(&rows);
    for (size_t i = 0; result == 0 && i < rows.count; i++)
        judge(&rows.row[i], request->selection.confidence);
    if (rows.count > 0)
        qsort(rows.row, rows.count, sizeof *rows.row, compare_rows);
    for (size_t i = 0; result == 0 && i < rows.count; i++)
        add_row(table, &rows.row[i]);
    remark(table, request);
    free(rows.row);
    return result;
}

int table_ratios(struct table *table, const struct table_request *request, struct error *error)
{
    struct series_list list;
    int result;

    if (series_list_new(&list, request->recordings, &request->selection, error) != 0)
        return -1;
    if (request->at_counts)
        *table = table_new(memory_columns, sizeof memory_columns / sizeof *memory_columns);
    else
        *table = table_new(overhead_columns, sizeof overhead_columns / sizeof *overhead_columns);
    result = check_reference(&list, request, error);
    if (result == 0 && (build(table, &list, request) != 0 || table->out_of_memory))
        result = error_set(error, "out of memory");
    series_list_free(&list);
    return result;
}
