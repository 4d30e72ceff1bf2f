/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of ratios: each model over a reference, by the overhead of a task or by all that the runs with so
   many tasks took. */
#include "analyze/location.h"
#include "analyze/rank_test.h"
#include "analyze/ratio.h"
#include "analyze/table.h"
#include "collect/array.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct row {
    const struct series *series, *reference;
    int64_t tasks; /* OVERHEAD: the overheads are compared */
    struct ratio ratio;
    double p;    /* for the two being equal, by the test asked for */
    double runs; /* a count, the smaller of the two; NaN where a line does not hold, which more runs do not mend */
    double p_holm;
    bool is_more; /* than the reference */
    char verdict[128];
};

#define OVERHEAD 0        /* in the place of a count, which is 1 or more */
#define TIMES_AS_MUCH 1.5 /* verdicts give ratios from here on, percentages below */
#define MOST_RUNS 1000    /* beyond it no number of runs is suggested */

#define FIRST_COLUMNS(COLUMN)                                                                                          \
    COLUMN("host", "HOST", TABLE_TEXT, GROUP, row->series->host)                                                       \
    COLUMN("model", "MODEL", TABLE_TEXT, PLAIN, row->series->model)                                                    \
    COLUMN("reference", "OVER", TABLE_TEXT, PLAIN, row->reference->model)                                              \
    COLUMN("metric", NULL, TABLE_TEXT, PLAIN, metric_names[row->series->metric])                                       \
    COLUMN("unit", NULL, TABLE_TEXT, PLAIN, unit_names[metrics[row->series->metric].unit])
#define TASKS_COLUMN(COLUMN) COLUMN("tasks", "TASKS", UNIT_COUNT, PLAIN, (double)row->tasks)
#define LAST_COLUMNS(COLUMN)                                                                                           \
    COLUMN("ratio", "RATIO", UNIT_RATIO, PLAIN, row->ratio.value)                                                      \
    COLUMN("ratio_low", "FROM", UNIT_RATIO, PLAIN, row->ratio.low)                                                     \
    COLUMN("ratio_high", "TO", UNIT_RATIO, PLAIN, row->ratio.high)                                                     \
    COLUMN("p_value", NULL, UNIT_PROBABILITY, PLAIN, row->p)                                                           \
    COLUMN("p_holm", "P (HOLM)", UNIT_PROBABILITY, MINOR, row->p_holm)                                                 \
    COLUMN("verdict", "VERDICT", TABLE_TEXT, PLAIN, row->verdict)

static const struct table_column overhead_columns[] = {FIRST_COLUMNS(TABLE_COLUMN) LAST_COLUMNS(TABLE_COLUMN)};
static const struct table_column count_columns[] = {FIRST_COLUMNS(TABLE_COLUMN) TASKS_COLUMN(TABLE_COLUMN)
                                                        LAST_COLUMNS(TABLE_COLUMN)};

static void add_row(struct table *table, const struct row *row)
{
    FIRST_COLUMNS(TABLE_ADD)
    if (row->tasks > OVERHEAD)
        TASKS_COLUMN(TABLE_ADD)
    LAST_COLUMNS(TABLE_ADD)
    table->says_something = table->says_something || isfinite(row->ratio.value);
}

/* --- what is compared --------------------------------------------------------------------------------------------- */

/* What is compared of one side. */
struct side {
    struct ratio_part part;
    double runs;             /* a count */
    const struct cell *cell; /* NULL where it is the overhead */
};

static struct side overhead_of(const struct series *series, const struct table_request *request)
{
    struct fit fit = fit_series(series, request->method, request->selection.confidence);

    return (struct side){{fit.overhead.value, fit.overhead.standard_error, fit.overhead_dof},
                         fit.scale_factor > 1 ? NAN : (double)fit.runs / (double)fit.cells,
                         NULL};
}

/* The mean of the runs at that count. */
static struct side value_at(const struct series *series, int64_t tasks)
{
    for (size_t i = 0; i < series->cells; i++) {
        const struct cell *cell = &series->cell[i];
        struct location location;

        if (cell->tasks != tasks || cell->runs == 0)
            continue;
        location = location_mean(cell->value, cell->runs, cell->resolution);
        return (struct side){
            {location.value, sqrt(location_variance(&location)), location.dof}, (double)cell->runs, cell};
    }
    return (struct side){{NAN, NAN, NAN}, NAN, NULL};
}

static struct side side_of(const struct series *series, int64_t tasks, const struct table_request *request)
{
    return tasks == OVERHEAD ? overhead_of(series, request) : value_at(series, tasks);
}

static void compare(struct row *row, const struct table_request *request)
{
    struct side side = side_of(row->series, row->tasks, request);
    struct side reference = side_of(row->reference, row->tasks, request);

    row->ratio = ratio_of(side.part, reference.part, request->selection.confidence);
    row->runs = side.runs < reference.runs || isnan(side.runs) ? side.runs : reference.runs;
    row->p = row->ratio.p;
    row->is_more = side.part.value > reference.part.value;
    if (request->rank_test && side.cell && reference.cell)
        row->p = rank_test_p(side.cell->value, side.cell->runs, reference.cell->value, reference.cell->runs);
}

/* The reference among the series of one host: the one asked for, otherwise that with the lightest task above 0. NULL if
   there is none. */
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

/* --- rows --------------------------------------------------------------------------------------------------------- */

struct rows {
    struct row *row;
    size_t count;
};

static int append(struct rows *rows, struct row row)
{
    struct row *more = array_grow(rows->row, rows->count, sizeof *more);

    if (!more)
        return -1;
    rows->row = more;
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
        compare(&row, request);
        if (append(rows, row) != 0)
            return -1;
    }
    return 0;
}

static int compare_all(struct rows *rows, const struct series_list *list, const struct table_request *request)
{
    for (size_t first = 0; first < list->count; first += series_list_host(list, first)) {
        size_t count = series_list_host(list, first);

        if (request->at_counts == 0 && compare_host(rows, &list->series[first], count, OVERHEAD, request) != 0)
            return -1;
        for (size_t i = 0; i < request->at_counts; i++)
            if (compare_host(rows, &list->series[first], count, request->at[i], request) != 0)
                return -1;
    }
    return 0;
}

/* --- verdicts ----------------------------------------------------------------------------------------------------- */

static int adjust(struct rows *rows)
{
    double *p = calloc(rows->count + 1, sizeof *p);
    int result;

    if (!p)
        return -1;
    for (size_t i = 0; i < rows->count; i++)
        p[i] = rows->row[i].p;
    result = ratio_adjust(p, rows->count);
    for (size_t i = 0; i < rows->count; i++)
        rows->row[i].p_holm = p[i];
    free(p);
    return result;
}

/* About how many runs a count a verdict needs if the estimates stay as they are: errors shrink with the root of that
   number. Holm's method tries the smallest p first, against the significance over the number of tests. NaN where the
   two are nearly equal. */
static double runs_needed(const struct row *row, size_t tests, const struct table_request *request)
{
    double threshold = (1 - request->selection.confidence) / (double)tests;
    double seen = gsl_cdf_ugaussian_Qinv(row->p / 2), wanted = gsl_cdf_ugaussian_Qinv(threshold / 2);
    double runs = ceil(row->runs * pow(fmax(1, wanted / seen), 2)) + 1;

    if (request->rank_test)
        runs = fmax(runs, (double)rank_test_least_runs(threshold));
    return runs <= MOST_RUNS ? runs : NAN;
}

static void judge(struct row *row, size_t tests, const struct table_request *request)
{
    double ratio = row->ratio.value, confidence = request->selection.confidence;

    if (!isfinite(ratio))
        snprintf(row->verdict, sizeof row->verdict, "cannot tell: not measured");
    else if (isnan(row->p_holm))
        snprintf(row->verdict, sizeof row->verdict, "cannot tell: needs 2 runs or more of each");
    else if (row->p_holm >= 1 - confidence && isnan(row->runs))
        snprintf(row->verdict, sizeof row->verdict,
                 "no difference is proven at %g %% (a line does not hold: compare with --at)", 100 * confidence);
    else if (row->p_holm >= 1 - confidence && isfinite(runs_needed(row, tests, request)))
        snprintf(row->verdict, sizeof row->verdict, "no difference is proven at %g %% (about %.0f runs a count might)",
                 100 * confidence, runs_needed(row, tests, request));
    else if (row->p_holm >= 1 - confidence)
        snprintf(row->verdict, sizeof row->verdict, "no difference is proven at %g %%", 100 * confidence);
    else if (!isfinite(row->ratio.low) || ratio <= 0)
        snprintf(row->verdict, sizeof row->verdict, "costs %s, and %s next to nothing", row->is_more ? "more" : "less",
                 row->is_more ? row->reference->model : row->series->model);
    else if (ratio >= TIMES_AS_MUCH)
        snprintf(row->verdict, sizeof row->verdict, "costs %.3g times as much", ratio);
    else if (ratio > 1)
        snprintf(row->verdict, sizeof row->verdict, "costs %.3g %% more", 100 * (ratio - 1));
    else
        snprintf(row->verdict, sizeof row->verdict, "costs %.3g %% less", 100 * (1 - ratio));
}

static size_t count_tests(const struct rows *rows)
{
    size_t tests = 0;

    for (size_t i = 0; i < rows->count; i++)
        tests += !isnan(rows->row[i].p);
    return tests;
}

/* By host and count, then ratio; unknown ratios come last. */
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

/* --- the table ---------------------------------------------------------------------------------------------------- */

static void remark(struct table *table, const struct table_request *request)
{
    const struct metric_facts *metric = &metrics[request->selection.metric];

    table_remark(table, "The %s of each model over that of another, with %g %% confidence intervals (%s).\n",
                 request->at_counts ? "mean of the runs with so many tasks" : "overhead of a task",
                 100 * request->selection.confidence, metric->description);
    table_remark(table,
                 "A difference is taken for proven where P (%s), adjusted for all rows by Holm's method, is below "
                 "%.3g.\n",
                 request->rank_test ? "Mann and Whitney's test" : "Welch's test", 1 - request->selection.confidence);
}

static int build(struct table *table, const struct series_list *list, const struct table_request *request)
{
    struct rows rows = {0};
    int result = compare_all(&rows, list, request);

    if (result == 0)
        result = adjust(&rows);
    for (size_t i = 0; result == 0 && i < rows.count; i++)
        judge(&rows.row[i], count_tests(&rows), request);
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
        *table = table_new(count_columns, sizeof count_columns / sizeof *count_columns,
                           metrics[request->selection.metric].unit);
    else
        *table = table_new(overhead_columns, sizeof overhead_columns / sizeof *overhead_columns,
                           metrics[request->selection.metric].unit);
    result = series_list_check_model(&list, "--reference", request->reference, error);
    if (result == 0 && (build(table, &list, request) != 0 || table->out_of_memory))
        result = error_set(error, "out of memory");
    else if (result == 0 && table_rows(table) == 0)
        result = error_set(error, "nothing to compare: of each host only one model is chosen, or none that could stand "
                                  "for the others (name it with --reference)");
    series_list_free(&list);
    return result;
}
