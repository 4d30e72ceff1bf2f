/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of fits: for each host the models, the lightest task first. */
#include "analyze/pool.h"
#include "analyze/table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct row {
    const struct series *series; /* of the first host, where hosts are pooled */
    const char *host;
    struct fit fit;
    double kernel_overhead; /* bytes per task; NaN if not shown */
    char verdict[24];       /* does the line hold? */
};

/* COLUMN(name for programs, heading for people, unit, role, value of a row) */
#define COLUMNS(COLUMN)                                                                                                \
    COLUMN("host", "HOST", TEXT, GROUP, row->host)                                                                     \
    COLUMN("model", "MODEL", TEXT, PLAIN, row->series->model)                                                          \
    COLUMN("family", NULL, TEXT, PLAIN, row->series->family)                                                           \
    COLUMN("metric", NULL, TEXT, PLAIN, metric_names[row->series->metric])                                             \
    COLUMN("fit", NULL, TEXT, PLAIN, fit_method_names[row->fit.method])                                                \
    COLUMN("runs", "RUNS", COUNT, MINOR, (double)row->fit.runs)                                                        \
    COLUMN("cells", NULL, COUNT, PLAIN, (double)row->fit.cells)                                                        \
    COLUMN("failed", "FAILED", COUNT, FAULT, (double)row->fit.failed)                                                  \
    COLUMN("baseline_bytes", "BASELINE", BYTES, VALUE, row->fit.baseline.value)                                        \
    COLUMN("baseline_se", NULL, BYTES, PLAIN, row->fit.baseline.standard_error)                                        \
    COLUMN("baseline_low", NULL, BYTES, LOW, row->fit.baseline.low)                                                    \
    COLUMN("baseline_high", NULL, BYTES, HIGH, row->fit.baseline.high)                                                 \
    COLUMN("overhead_bytes", "PER TASK", BYTES, VALUE, row->fit.overhead.value)                                        \
    COLUMN("overhead_se", NULL, BYTES, PLAIN, row->fit.overhead.standard_error)                                        \
    COLUMN("overhead_low", NULL, BYTES, LOW, row->fit.overhead.low)                                                    \
    COLUMN("overhead_high", NULL, BYTES, HIGH, row->fit.overhead.high)                                                 \
    COLUMN(NULL, "+ KERNEL", BYTES, PLAIN, row->kernel_overhead)                                                       \
    COLUMN("r_squared", NULL, RATIO, PLAIN, row->fit.r_squared)                                                        \
    COLUMN("lack_of_fit_f", NULL, RATIO, PLAIN, row->fit.lack_of_fit_f)                                                \
    COLUMN("lack_of_fit_p", NULL, PROBABILITY, PLAIN, row->fit.lack_of_fit_p)                                          \
    COLUMN(NULL, "LINE HOLDS", TEXT, FAULT, row->verdict)                                                              \
    COLUMN("scale_factor", NULL, RATIO, PLAIN, known_scale_factor(&row->fit))                                          \
    COLUMN("idle_bytes", NULL, BYTES, PLAIN, row->fit.idle)                                                            \
    COLUMN("max_tasks", "UP TO", TASKS, MINOR, row->fit.max_tasks > 0 ? (double)row->fit.max_tasks : NAN)              \
    COLUMN("note", "NOTE", TEXT, PLAIN, row->fit.note)

#define TABLE_COLUMN(name, heading, unit, role, value) {name, heading, TABLE_##unit, TABLE_##role},
static const struct table_column columns[] = {COLUMNS(TABLE_COLUMN)};

static double known_scale_factor(const struct fit *fit)
{
    return isfinite(fit->overhead.value) ? fit->scale_factor : NAN;
}

static void add_row(struct table *table, const struct row *row)
{
#define ADD_VALUE(name, heading, unit, role, value) table_add(table, value);
    COLUMNS(ADD_VALUE)
    table->says_something = table->says_something || isfinite(row->fit.overhead.value);
}

/* --- rows --------------------------------------------------------------------------------------------------------- */

static void judge(struct row *row)
{
    double p = row->fit.lack_of_fit_p;

    if (!isfinite(row->fit.overhead.value))
        snprintf(row->verdict, sizeof row->verdict, "%s", "");
    else if (!isfinite(p))
        snprintf(row->verdict, sizeof row->verdict, "cannot tell");
    else if (p >= FIT_SIGNIFICANCE)
        snprintf(row->verdict, sizeof row->verdict, "yes");
    else if (p < 0.001)
        snprintf(row->verdict, sizeof row->verdict, "no, p < 0.001");
    else
        snprintf(row->verdict, sizeof row->verdict, "no, p = %.3f", p);
}

/* By host, then overhead; what could not be fitted comes last. */
static int compare_rows(const void *a, const void *b)
{
    const struct row *left = a, *right = b;
    int order = strcmp(left->host, right->host);

    if (order == 0)
        order = !isfinite(left->fit.overhead.value) - !isfinite(right->fit.overhead.value);
    if (order == 0)
        order = (left->fit.overhead.value > right->fit.overhead.value) -
                (left->fit.overhead.value < right->fit.overhead.value);
    return order ? order : strcmp(left->series->model, right->series->model);
}

static double kernel_overhead(const struct series_list *kernel, size_t i, const struct table_request *request)
{
    if (i >= kernel->count)
        return NAN;
    return fit_series(&kernel->series[i], request->method, request->selection.confidence).overhead.value;
}

/* Returns how many there are. */
static size_t fill_rows(struct row *row, const struct series_list *list, const struct series_list *kernel,
                        const struct table_request *request)
{
    for (size_t i = 0; i < list->count; i++) {
        row[i].series = &list->series[i];
        row[i].host = list->series[i].host;
        row[i].fit = fit_series(&list->series[i], request->method, request->selection.confidence);
        row[i].kernel_overhead = kernel_overhead(kernel, i, request);
    }
    return list->count;
}

/* The next row from `first` on of the same model as that one, or `rows`. */
static size_t next_of_model(const struct row *row, size_t rows, size_t first, size_t after)
{
    while (after < rows && strcmp(row[after].series->model, row[first].series->model) != 0)
        after++;
    return after;
}

/* Those of one model become one, in the place of the first. Uses room for as many fits as rows. */
static size_t pool_rows(struct row *row, size_t rows, struct fit *fit)
{
    size_t pooled = 0;

    for (size_t i = 0; i < rows; i++) {
        size_t hosts = 0;

        if (next_of_model(row, i, i, 0) < i)
            continue; /* taken already */
        for (size_t k = i; k < rows; k = next_of_model(row, rows, i, k + 1))
            fit[hosts++] = row[k].fit;
        row[pooled] = row[i];
        row[pooled].host = "all";
        row[pooled].kernel_overhead = NAN;
        row[pooled++].fit = pool_fits(fit, hosts);
    }
    return pooled;
}

/* --- remarks ------------------------------------------------------------------------------------------------------ */

static void remark_failures(struct table *table, const struct row *row, size_t rows)
{
    size_t failed = 0;

    for (size_t i = 0; i < rows; i++)
        failed += row[i].fit.failed;
    if (failed > 0)
        table_remark(table, "%zu %s not ok and left out; the notes say at which count and why.\n", failed,
                     failed == 1 ? "run was" : "runs were");
}

static void remark_misfits(struct table *table, const struct row *row, size_t rows)
{
    bool misfit = false;

    for (size_t i = 0; i < rows; i++)
        misfit = misfit || row[i].fit.scale_factor > 1;
    if (misfit)
        table_remark(table, "Where the line does not hold, the intervals are widened by what the line misses.\n");
}

static void remark(struct table *table, const struct row *row, size_t rows, const struct table_request *request)
{
    bool kernel = false;

    for (size_t i = 0; i < rows; i++)
        kernel = kernel || isfinite(row[i].kernel_overhead);
    table_remark(table,
                 "The %s is taken to be BASELINE + tasks × PER TASK (fit: %s), with %g %% confidence intervals.\n",
                 metric_descriptions[request->selection.metric], fit_method_names[request->method],
                 100 * request->selection.confidence);
    if (kernel)
        table_remark(table,
                     "+ KERNEL is what the kernel takes for each task: it is not part of PER TASK and comes on top.\n");
    if (request->pool)
        table_remark(table, "Hosts are pooled: one overhead, the mean of their baselines; LINE HOLDS where the "
                            "overhead is the same.\n");
    remark_misfits(table, row, rows);
    remark_failures(table, row, rows);
}

/* --- the table ---------------------------------------------------------------------------------------------------- */

static int build(struct table *table, const struct series_list *list, const struct series_list *kernel,
                 const struct table_request *request, struct error *error)
{
    struct row *row = calloc(list->count + 1, sizeof *row);
    struct fit *fit = calloc(list->count + 1, sizeof *fit);
    size_t rows = 0;

    *table = table_new(columns, sizeof columns / sizeof *columns);
    if (row && fit)
        rows = fill_rows(row, list, kernel, request);
    if (request->pool)
        rows = pool_rows(row, rows, fit);
    for (size_t i = 0; i < rows; i++)
        judge(&row[i]);
    if (rows > 0)
        qsort(row, rows, sizeof *row, compare_rows);
    for (size_t i = 0; i < rows; i++)
        add_row(table, &row[i]);
    remark(table, row, rows, request);
    table->out_of_memory = table->out_of_memory || !row || !fit;
    free(row);
    free(fit);
    return table->out_of_memory ? error_set(error, "out of memory") : 0;
}

int table_fits(struct table *table, const struct table_request *request, struct error *error)
{
    struct cell_selection kernel_selection = request->selection;
    struct series_list list, kernel = {0};
    int result;

    kernel_selection.metric = METRIC_KERNEL;
    if (series_list_new(&list, request->recordings, &request->selection, error) != 0)
        return -1;
    if (!request->metric_chosen && series_list_new(&kernel, request->recordings, &kernel_selection, error) != 0) {
        series_list_free(&list);
        return -1;
    }
    result = build(table, &list, &kernel, request, error);
    series_list_free(&list);
    series_list_free(&kernel);
    return result;
}
