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
    double kernel_overhead; /* per task; NaN if not shown */
    bool repeats_shared;    /* memory that its processes share is counted once for each */
    char verdict[24];       /* does the line hold? */
};

#define COLUMNS(COLUMN)                                                                                                \
    COLUMN("host", "HOST", TABLE_TEXT, GROUP, row->host)                                                               \
    COLUMN("model", "MODEL", TABLE_TEXT, PLAIN, row->series->model)                                                    \
    COLUMN("family", NULL, TABLE_TEXT, PLAIN, row->series->family)                                                     \
    COLUMN("metric", NULL, TABLE_TEXT, PLAIN, metric_names[row->series->metric])                                       \
    COLUMN("unit", NULL, TABLE_TEXT, PLAIN, unit_names[metrics[row->series->metric].unit])                             \
    COLUMN("fit", NULL, TABLE_TEXT, PLAIN, fit_method_names[row->fit.method])                                          \
    COLUMN("runs", "RUNS", UNIT_COUNT, MINOR, (double)row->fit.runs)                                                   \
    COLUMN("cells", NULL, UNIT_COUNT, PLAIN, (double)row->fit.cells)                                                   \
    COLUMN("failed", "FAILED", UNIT_COUNT, FAULT, (double)row->fit.failed)                                             \
    COLUMN("baseline", "BASELINE", TABLE_METRIC, VALUE, row->fit.baseline.value)                                       \
    COLUMN("baseline_se", NULL, TABLE_METRIC, PLAIN, row->fit.baseline.standard_error)                                 \
    COLUMN("baseline_low", NULL, TABLE_METRIC, LOW, row->fit.baseline.low)                                             \
    COLUMN("baseline_high", NULL, TABLE_METRIC, HIGH, row->fit.baseline.high)                                          \
    COLUMN("overhead", "PER TASK", TABLE_METRIC, VALUE, row->fit.overhead.value)                                       \
    COLUMN("overhead_se", NULL, TABLE_METRIC, PLAIN, row->fit.overhead.standard_error)                                 \
    COLUMN("overhead_low", NULL, TABLE_METRIC, LOW, row->fit.overhead.low)                                             \
    COLUMN("overhead_high", NULL, TABLE_METRIC, HIGH, row->fit.overhead.high)                                          \
    COLUMN(NULL, "+ KERNEL", TABLE_METRIC, PLAIN, row->kernel_overhead)                                                \
    COLUMN("r_squared", NULL, UNIT_RATIO, PLAIN, row->fit.r_squared)                                                   \
    COLUMN("lack_of_fit_f", NULL, UNIT_RATIO, PLAIN, row->fit.lack_of_fit_f)                                           \
    COLUMN("lack_of_fit_p", NULL, UNIT_PROBABILITY, PLAIN, row->fit.lack_of_fit_p)                                     \
    COLUMN(NULL, "LINE HOLDS", TABLE_TEXT, FAULT, row->verdict)                                                        \
    COLUMN("scale_factor", NULL, UNIT_RATIO, PLAIN, known_scale_factor(&row->fit))                                     \
    COLUMN("idle", NULL, TABLE_METRIC, PLAIN, row->fit.idle)                                                           \
    COLUMN("max_tasks", "UP TO", UNIT_COUNT, MINOR, row->fit.max_tasks > 0 ? (double)row->fit.max_tasks : NAN)         \
    COLUMN("note", "NOTE", TABLE_TEXT, PLAIN, row->fit.note)

static const struct table_column columns[] = {COLUMNS(TABLE_COLUMN)};

static double known_scale_factor(const struct fit *fit)
{
    return isfinite(fit->overhead.value) ? fit->scale_factor : NAN;
}

static void add_row(struct table *table, const struct row *row)
{
    COLUMNS(TABLE_ADD)
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

/* By host, then overhead; series without a fit come last. */
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

/* The fits of the same series with other metrics. */
struct others {
    struct series_list kernel, rss, pss; /* empty where not asked for */
};

static struct estimate overhead_of(const struct series_list *list, size_t i, const struct table_request *request)
{
    if (i >= list->count)
        return (struct estimate){NAN, NAN, NAN, NAN};
    return fit_series(&list->series[i], request->method, request->selection.confidence).overhead;
}

/* A recording does not say how many processes a run had. Pages that are shared with other programs, such as those of
   libraries, make PSS less than RSS even with one process, but do not grow with the tasks: where RSS grows more than
   twice as much per task as PSS, each task has pages that are shared within the run, which then has several processes.
 */
static bool repeats_shared(const struct series *series, const struct others *others, size_t i,
                           const struct table_request *request)
{
    struct estimate rss = overhead_of(&others->rss, i, request), pss = overhead_of(&others->pss, i, request);

    if (!metrics[series->metric].repeats_shared)
        return false;
    return strcmp(series->family, "process") == 0 || (rss.low > 0 && rss.value > 2 * pss.value);
}

/* Returns how many there are. */
static size_t fill_rows(struct row *row, const struct series_list *list, const struct others *others,
                        const struct table_request *request)
{
    for (size_t i = 0; i < list->count; i++) {
        row[i].series = &list->series[i];
        row[i].host = list->series[i].host;
        row[i].fit = fit_series(&list->series[i], request->method, request->selection.confidence);
        row[i].kernel_overhead = overhead_of(&others->kernel, i, request).value;
        row[i].repeats_shared = repeats_shared(&list->series[i], others, i, request);
    }
    return list->count;
}

/* The next row behind `first` of its model, or `rows`. */
static size_t next_of_model(const struct row *row, size_t rows, size_t first, size_t after)
{
    while (after < rows && strcmp(row[after].series->model, row[first].series->model) != 0)
        after++;
    return after;
}

/* Merges the rows of each model into its first. `fit` has room for as many fits as rows. */
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
                 metrics[request->selection.metric].description, fit_method_names[request->method],
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

static void note_shared(struct row *row)
{
    if (row->repeats_shared)
        fit_note(&row->fit,
                 "its runs have several processes, and %s counts a page that they share once for each: --metric=pss "
                 "divides it among them",
                 metric_names[row->series->metric]);
}

static int build(struct table *table, const struct series_list *list, const struct others *others,
                 const struct table_request *request, struct error *error)
{
    struct row *row = calloc(list->count + 1, sizeof *row);
    struct fit *fit = calloc(list->count + 1, sizeof *fit);
    size_t rows = 0;

    *table = table_new(columns, sizeof columns / sizeof *columns, metrics[request->selection.metric].unit);
    if (row && fit) {
        rows = fill_rows(row, list, others, request);
        rows = request->pool ? pool_rows(row, rows, fit) : rows;
    }
    for (size_t i = 0; i < rows; i++) {
        judge(&row[i]);
        note_shared(&row[i]);
    }
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

/* The list stays empty where it is not wanted. */
static int gather_other(struct series_list *list, enum metric metric, bool is_wanted,
                        const struct table_request *request, struct error *error)
{
    struct series_selection selection = request->selection;

    selection.metric = metric;
    return is_wanted ? series_list_new(list, request->recordings, &selection, error) : 0;
}

static int gather_others(struct others *others, const struct table_request *request, struct error *error)
{
    const struct metric_facts *metric = &metrics[request->selection.metric];
    bool wants_kernel = metric->lacks_kernel && !request->metric_chosen;

    if (gather_other(&others->kernel, METRIC_KERNEL, wants_kernel, request, error) != 0 ||
        gather_other(&others->rss, METRIC_RSS, metric->repeats_shared, request, error) != 0)
        return -1;
    return gather_other(&others->pss, METRIC_PSS, metric->repeats_shared, request, error);
}

int table_fits(struct table *table, const struct table_request *request, struct error *error)
{
    struct others others = {0};
    struct series_list list;
    int result;

    if (series_list_new(&list, request->recordings, &request->selection, error) != 0)
        return -1;
    result = gather_others(&others, request, error);
    if (result == 0)
        result = build(table, &list, &others, request, error);
    series_list_free(&list);
    series_list_free(&others.kernel);
    series_list_free(&others.rss);
    series_list_free(&others.pss);
    return result;
}
