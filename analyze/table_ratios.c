/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of ratios: each model over a reference, by the overhead of a task or by all that the runs with so
   many tasks took. */
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
    double cpu_share; /* of a wall time: the less of the two; see metric_is_disturbed */
    bool is_more;     /* than the reference */
    bool is_shown;    /* the others were only compared to pick a reference */
    char verdict[160];
};

#define OVERHEAD (-1)     /* in the place of a count */
#define TIMES_AS_MUCH 1.5 /* verdicts give ratios from here on, percentages below */
#define MOST_RUNS 1000    /* beyond it no number of runs is suggested */
#define ENOUGH_RUNS 5     /* a count: fewer do not show whether a model has two modes */

#define FIRST_COLUMNS(COLUMN)                                                                                          \
    COLUMN("host", "HOST", TABLE_TEXT, GROUP, row->series->host)                                                       \
    COLUMN("model", "MODEL", TABLE_TEXT, PLAIN, row->series->model)                                                    \
    COLUMN("reference", "OVER", TABLE_TEXT, PLAIN, row->reference->model)                                              \
    COLUMN("work", "WORK", TABLE_TEXT, VARIED, row->series->work)                                                      \
    COLUMN("metric", NULL, TABLE_TEXT, PLAIN, metric_names[row->series->metric])                                       \
    COLUMN("unit", NULL, TABLE_TEXT, PLAIN, unit_names[metrics[row->series->metric].unit])
#define TASKS_COLUMN(COLUMN) COLUMN("tasks", "TASKS", UNIT_COUNT, PLAIN, (double)row->tasks)
#define LAST_COLUMNS(COLUMN)                                                                                           \
    COLUMN("ratio", "RATIO", UNIT_RATIO, PLAIN, row->ratio.value)                                                      \
    COLUMN("ratio_low", "FROM", UNIT_RATIO, PLAIN, row->ratio.low)                                                     \
    COLUMN("ratio_high", "TO", UNIT_RATIO, PLAIN, row->ratio.high)                                                     \
    COLUMN("cpu_share", "CPU SHARE", UNIT_RATIO, PLAIN, row->cpu_share)                                                \
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
    table->says_something = table->says_something || isfinite(row->ratio.value) || isfinite(row->p);
}

/* --- what is compared --------------------------------------------------------------------------------------------- */

/* What is compared of one model. */
struct side {
    const struct series *series;
    struct estimate estimate, weight; /* by the weight a reference is picked, whatever the count */
    double runs;                      /* a count */
    double cpu_share;                 /* of a wall time */
    const struct cell *cell;          /* NULL where it is the overhead, or not measured */
};

static struct side side_of(const struct series *series, int64_t tasks, const struct table_request *request)
{
    struct fit fit = fit_series(series, request->method, request->selection.confidence);
    struct side side = {.series = series, .estimate = fit.overhead};

    side.weight = fit_weight(&fit, series->metric);
    side.cpu_share = series_cpu_share(series);
    side.runs = fit.curve || fit_is_line(&fit) ? (double)fit.runs / (double)fit.cells : NAN;
    if (tasks == OVERHEAD)
        return side;
    side.cell = series_cell_at(series, tasks);
    side.estimate = knots_at(&series->curve.knots, (double)tasks, fit.confidence);
    side.runs = side.cell ? (double)side.cell->runs : NAN;
    side.cpu_share = side.cell ? side.cell->cpu_share : NAN;
    return side;
}

/* NaN where one is unknown. */
static double lesser(double a, double b)
{
    return a < b || isnan(a) ? a : b;
}

static struct row compare(const struct side *side, const struct side *reference, int64_t tasks,
                          const struct table_request *request)
{
    struct row row = {.series = side->series, .reference = reference->series, .tasks = tasks};

    row.ratio =
        ratio_of(side->estimate, reference->estimate, series_scale(side->series), request->selection.confidence);
    row.runs = lesser(side->runs, reference->runs);
    row.cpu_share = lesser(side->cpu_share, reference->cpu_share);
    row.p = ratio_equality_p(side->estimate, reference->estimate, series_scale(side->series));
    row.is_more = side->estimate.value > reference->estimate.value;
    if (request->rank_test && side->cell && reference->cell)
        row.p = rank_test_p(side->cell->value, side->cell->runs, reference->cell->value, reference->cell->runs);
    return row;
}

/* The reference among the models of one host and work: the one asked for, otherwise the lightest that is above 0. NULL
 * if there is none. */
static const struct side *find_reference(const struct side *side, size_t count, const struct table_request *request)
{
    const struct side *lightest = NULL;

    for (size_t i = 0; i < count; i++) {
        if (request->reference && strcmp(side[i].series->model, request->reference) == 0)
            return &side[i];
        if (!request->reference && !series_is_control(side[i].series) && side[i].weight.low > 0 &&
            (!lightest || side[i].weight.value < lightest->weight.value))
            lightest = &side[i];
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

/* Where the reference was picked from the same runs, it is one of all pairs that might have been shown, and each of
   them counts as a test. */
static int compare_sides(struct rows *rows, const struct side *side, size_t count, int64_t tasks,
                         const struct table_request *request)
{
    const struct side *reference = find_reference(side, count, request);

    for (size_t i = 0; reference && i < count; i++) {
        struct row row = compare(&side[i], reference, tasks, request);

        row.is_shown = true;
        if (&side[i] != reference && append(rows, row) != 0)
            return -1;
        for (size_t j = i + 1; !request->reference && &side[i] != reference && j < count; j++)
            if (&side[j] != reference && append(rows, compare(&side[i], &side[j], tasks, request)) != 0)
                return -1;
    }
    return 0;
}

static int compare_peers(struct rows *rows, const struct series *first, size_t count, int64_t tasks,
                         const struct table_request *request)
{
    struct side *side = calloc(count, sizeof *side);
    int result = -1;

    for (size_t i = 0; side && i < count; i++)
        side[i] = side_of(&first[i], tasks, request);
    if (side)
        result = compare_sides(rows, side, count, tasks, request);
    free(side);
    return result;
}

/* The fewest tasks at which all were measured, as far as they have runs; OVERHEAD where none has. */
static int64_t fewest_tasks(const struct series *series, size_t count)
{
    int64_t fewest = OVERHEAD;

    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < series[i].cells; k++)
            if (series[i].cell[k].runs > 0) {
                fewest = series[i].cell[k].tasks > fewest ? series[i].cell[k].tasks : fewest;
                break;
            }
    return fewest;
}

/* What is compared where no count was asked for: what a task adds or, of a metric that is no sum over them, what there
   is beside the fewest. */
static int64_t default_tasks(const struct series *series, size_t count)
{
    return metrics[series->metric].is_level ? fewest_tasks(series, count) : OVERHEAD;
}

static int compare_all(struct rows *rows, const struct series_list *list, const struct table_request *request)
{
    for (size_t first = 0; first < list->count; first += series_list_peers(list, first)) {
        size_t count = series_list_peers(list, first);

        if (request->at_counts == 0 &&
            compare_peers(rows, &list->series[first], count, default_tasks(&list->series[first], count), request) != 0)
            return -1;
        for (size_t i = 0; i < request->at_counts; i++)
            if (compare_peers(rows, &list->series[first], count, request->at[i], request) != 0)
                return -1;
    }
    return 0;
}

/* --- verdicts ----------------------------------------------------------------------------------------------------- */

/* Returns -1 where memory runs out. */
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

/* Of a proven difference. */
static void judge_proven(struct row *row)
{
    double ratio = row->ratio.value;
    size_t length;

    if (!isfinite(row->ratio.low) || ratio <= 0)
        snprintf(row->verdict, sizeof row->verdict, "costs %s, and %s next to nothing", row->is_more ? "more" : "less",
                 row->is_more ? row->reference->model : row->series->model);
    else if (ratio >= TIMES_AS_MUCH)
        snprintf(row->verdict, sizeof row->verdict, "costs %.3g times as much", ratio);
    else if (ratio > 1)
        snprintf(row->verdict, sizeof row->verdict, "costs %.3g %% more", 100 * (ratio - 1));
    else
        snprintf(row->verdict, sizeof row->verdict, "costs %.3g %% less", 100 * (1 - ratio));
    length = strlen(row->verdict);
    if (row->runs < ENOUGH_RUNS)
        snprintf(row->verdict + length, sizeof row->verdict - length, " (so few runs do not rule out two modes)");
}

static void judge(struct row *row, size_t tests, const struct table_request *request)
{
    double ratio = row->ratio.value, confidence = request->selection.confidence;

    if (!isfinite(ratio) && isnan(row->p_holm))
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
    else if (metric_is_disturbed(row->series->metric, row->cpu_share))
        snprintf(row->verdict, sizeof row->verdict, "~ disturbed");
    else
        judge_proven(row);
}

static size_t count_tests(const struct rows *rows)
{
    size_t tests = 0;

    for (size_t i = 0; i < rows->count; i++)
        tests += !isnan(rows->row[i].p);
    return tests;
}

/* By host, work and count, then ratio; unknown ratios come last. */
static int compare_rows(const void *a, const void *b)
{
    const struct row *left = a, *right = b;
    int order = strcmp(left->series->host, right->series->host);

    if (order == 0)
        order = strcmp(left->series->work, right->series->work);
    if (order == 0)
        order = (left->tasks > right->tasks) - (left->tasks < right->tasks);
    if (order == 0)
        order = !isfinite(left->ratio.value) - !isfinite(right->ratio.value);
    if (order == 0)
        order = (left->ratio.value > right->ratio.value) - (left->ratio.value < right->ratio.value);
    return order ? order : strcmp(left->series->model, right->series->model);
}

/* --- the table ---------------------------------------------------------------------------------------------------- */

static bool has_counts(const struct table_request *request)
{
    return request->at_counts > 0 || metrics[request->selection.metric].is_level;
}

static void remark(struct table *table, const struct table_request *request)
{
    const struct metric_facts *metric = &metrics[request->selection.metric];
    enum metric processor;

    table_remark(table, "The %s of each model over that of another, with %g %% confidence intervals (%s).\n",
                 has_counts(request) ? "mean of the runs with so many tasks" : "overhead of a task",
                 100 * request->selection.confidence, metric->description);
    table_remark(
        table, "A difference is taken for proven where P (%s), adjusted by Holm's method for all %s, is below %.3g.\n",
        request->rank_test ? "Mann and Whitney's test" : "Welch's test",
        request->reference ? "rows" : "pairs of models, since the reference was picked from the same runs",
        1 - request->selection.confidence);
    if (metric_is_wall(request->selection.metric, &processor))
        table_remark(table,
                     "CPU SHARE is how much of that time was processor time, on the side that had less: below %g a "
                     "difference is \"~ disturbed\", since the tasks may have waited, or other programs run.\n",
                     METRIC_LEAST_CPU_SHARE);
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
        if (rows.row[i].is_shown)
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
    if (has_counts(request))
        *table = table_new(count_columns, sizeof count_columns / sizeof *count_columns,
                           metrics[request->selection.metric].unit);
    else
        *table = table_new(overhead_columns, sizeof overhead_columns / sizeof *overhead_columns,
                           metrics[request->selection.metric].unit);
    result = series_list_check_model(&list, "--reference", request->reference, error);
    if (result == 0 && (build(table, &list, request) != 0 || table->out_of_memory))
        result = error_set(error, "out of memory");
    else if (result == 0 && table_rows(table) == 0)
        result = error_set(
            error, "nothing to compare: of each host and work only one model is chosen, or none that could stand "
                   "for the others (name it with --reference)");
    series_list_free(&list);
    return result;
}
