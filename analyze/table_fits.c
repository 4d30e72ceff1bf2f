/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of fits: for each host the models, the lightest task first. */
#include "analyze/drift.h"
#include "analyze/pool.h"
#include "analyze/ratio.h"
#include "analyze/table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct row {
    const struct series *series; /* of the first host, where hosts are pooled */
    const char *host;
    struct fit fit;
    struct estimate
        beside[METRIC_COUNT];         /* overheads per task of metrics that are shown beside the row's; else unknown */
    struct estimate rss;              /* overhead per task while all sleep; unknown unless the peak is shown */
    const struct series *age;         /* how long its tasks had slept when they were weighed; NULL: unknown */
    double cpu_share;                 /* of a wall time: see series_cpu_share */
    bool repeats_shared;              /* memory that its processes share is counted once for each */
    double line_p;                    /* for the line to hold, adjusted for all rows */
    char verdict[FIT_JUDGEMENT_SIZE]; /* does the line hold? "" without a fit */
};

/* BESIDE(COLUMN, upper of a metric, unit, heading): what people are shown beside the peak unless they asked for a
   metric. Time is of other runs of the same model. Programs are given one metric a row. */
#define BESIDES(BESIDE, COLUMN)                                                                                        \
    BESIDE(COLUMN, KERNEL, BYTES, "+ KERNEL")                                                                          \
    BESIDE(COLUMN, SPAWN_CPU, SECONDS, "SPAWN CPU")                                                                    \
    BESIDE(COLUMN, END_CPU, SECONDS, "END CPU")

#define BESIDE_COLUMNS(COLUMN, upper, unit, heading)                                                                   \
    COLUMN(NULL, heading, UNIT_##unit, VALUE, row->beside[METRIC_##upper].value)                                       \
    COLUMN(NULL, NULL, UNIT_##unit, LOW, row->beside[METRIC_##upper].low)                                              \
    COLUMN(NULL, NULL, UNIT_##unit, HIGH, row->beside[METRIC_##upper].high)

#define BESIDE_METRIC(COLUMN, upper, unit, heading) METRIC_##upper,
static const enum metric beside[] = {BESIDES(BESIDE_METRIC, )};
enum { BESIDE_LENGTH = sizeof beside / sizeof *beside };

#define COLUMNS(COLUMN)                                                                                                \
    COLUMN("host", "HOST", TABLE_TEXT, GROUP, row->host)                                                               \
    COLUMN("model", "MODEL", TABLE_TEXT, PLAIN, row->series->model)                                                    \
    COLUMN("family", NULL, TABLE_TEXT, PLAIN, row->series->family)                                                     \
    COLUMN("work", "WORK", TABLE_TEXT, VARIED, row->series->work)                                                      \
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
    BESIDES(BESIDE_COLUMNS, COLUMN)                                                                                    \
    COLUMN(NULL, "LINE HOLDS", TABLE_TEXT, FAULT, row->verdict)                                                        \
    COLUMN("line_p", NULL, UNIT_PROBABILITY, PLAIN, row->line_p)                                                       \
    COLUMN("least_slope", NULL, TABLE_METRIC, PLAIN, row->fit.least_slope)                                             \
    COLUMN("largest_slope", NULL, TABLE_METRIC, PLAIN, row->fit.largest_slope)                                         \
    COLUMN("r_squared", NULL, UNIT_RATIO, PLAIN, row->fit.r_squared)                                                   \
    COLUMN("lack_of_fit_f", NULL, UNIT_RATIO, PLAIN, row->fit.lack_of_fit_f)                                           \
    COLUMN("lack_of_fit_p", NULL, UNIT_PROBABILITY, PLAIN, row->fit.lack_of_fit_p)                                     \
    COLUMN("idle", NULL, TABLE_METRIC, PLAIN, row->fit.idle.value)                                                     \
    COLUMN("cpu_share", "CPU SHARE", UNIT_RATIO, PLAIN, row->cpu_share)                                                \
    COLUMN("max_tasks", "UP TO", UNIT_COUNT, MINOR, row->fit.cells > 0 ? (double)row->fit.max_tasks : NAN)             \
    COLUMN("note", "NOTE", TABLE_TEXT, PLAIN, row->fit.note)

static const struct table_column columns[] = {COLUMNS(TABLE_COLUMN)};

static void add_row(struct table *table, const struct row *row)
{
    COLUMNS(TABLE_ADD)
    table->says_something =
        table->says_something || isfinite(row->fit.overhead.value) || isfinite(row->fit.baseline.value);
}

/* --- rows --------------------------------------------------------------------------------------------------------- */

/* Each row is a test of its own: of 33 lines that hold one or two would fail by chance. Returns -1 where memory runs
   out. */
static int judge_all(struct row *row, size_t rows)
{
    double *p = calloc(rows + 1, sizeof *p);
    int result = -1;

    for (size_t i = 0; p && i < rows; i++)
        p[i] = row[i].fit.lack_of_fit_p;
    if (p)
        result = ratio_adjust(p, rows);
    for (size_t i = 0; result == 0 && i < rows; i++) {
        row[i].line_p = p[i];
        if (isfinite(row[i].fit.overhead.value))
            fit_judge_line(row[i].verdict, &row[i].fit, p[i]);
    }
    free(p);
    return result;
}

static double weight_of(const struct row *row)
{
    return fit_weight(&row->fit, row->series->metric).value;
}

/* By host and work, then weight; series without a fit come last. */
static int compare_rows(const void *a, const void *b)
{
    const struct row *left = a, *right = b;
    int order = strcmp(left->host, right->host);

    if (order == 0)
        order = strcmp(left->series->work, right->series->work);
    if (order == 0)
        order = !isfinite(weight_of(left)) - !isfinite(weight_of(right));
    if (order == 0)
        order = (weight_of(left) > weight_of(right)) - (weight_of(left) < weight_of(right));
    return order ? order : strcmp(left->series->model, right->series->model);
}

/* The series of the same models with other metrics; empty where not asked for. */
struct others {
    struct series_list of[METRIC_COUNT];
};

static struct estimate overhead_of(const struct others *others, enum metric metric, const struct series *series,
                                   const struct table_request *request)
{
    const struct series *same = series_list_find(&others->of[metric], series);

    return same ? fit_series(same, request->method, request->selection.confidence).overhead : estimate_unknown;
}

/* A recording does not say how many processes a run had. Pages that are shared with other programs, such as those of
   libraries, make PSS less than RSS even with one process, but do not grow with the tasks: where RSS grows more than
   twice as much per task as PSS, each task has pages that are shared within the run, which then has several processes.
 */
static bool repeats_shared(const struct series *series, const struct others *others,
                           const struct table_request *request)
{
    struct estimate rss = overhead_of(others, METRIC_RSS, series, request);
    struct estimate pss = overhead_of(others, METRIC_PSS, series, request);

    if (!metrics[series->metric].repeats_shared)
        return false;
    return strcmp(series->family, "process") == 0 || (rss.low > 0 && rss.value > 2 * pss.value);
}

static struct row row_of(const struct series *series, const struct others *others, const struct table_request *request)
{
    struct row row = {.series = series, .host = series->host, .rss = estimate_unknown};

    row.fit = fit_series(series, request->method, request->selection.confidence);
    for (int i = 0; i < BESIDE_LENGTH; i++)
        row.beside[beside[i]] = overhead_of(others, beside[i], series, request);
    if (request->selection.metric == METRIC_PEAK)
        row.rss = overhead_of(others, METRIC_RSS, series, request);
    row.age = series_list_find(&others->of[METRIC_AGE], series);
    row.cpu_share = series_cpu_share(series);
    row.repeats_shared = repeats_shared(series, others, request);
    return row;
}

/* Returns how many there are. */
static size_t fill_rows(struct row *row, const struct series_list *list, const struct others *others,
                        const struct table_request *request)
{
    for (size_t i = 0; i < list->count; i++)
        row[i] = row_of(&list->series[i], others, request);
    return list->count;
}

static bool is_same_model(const struct series *a, const struct series *b)
{
    return strcmp(a->model, b->model) == 0 && strcmp(a->work, b->work) == 0;
}

/* The next row behind `first` of its model and work, or `rows`. */
static size_t next_of_model(const struct row *row, size_t rows, size_t first, size_t after)
{
    while (after < rows && !is_same_model(row[after].series, row[first].series))
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
        for (int k = 0; k < BESIDE_LENGTH; k++)
            row[pooled].beside[beside[k]] = estimate_unknown;
        row[pooled].rss = estimate_unknown;
        row[pooled].age = NULL;
        row[pooled].cpu_share = NAN;
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

static bool has_misfits(const struct row *row, size_t rows)
{
    for (size_t i = 0; i < rows; i++)
        if (row[i].line_p < FIT_SIGNIFICANCE)
            return true;
    return false;
}

static void remark_misfits(struct table *table, const struct row *row, size_t rows, const struct table_request *request)
{
    if (!has_misfits(row, rows) || request->pool)
        return;
    table_remark(table, "Where no line holds, LINE HOLDS gives the least and the most that a task adds between "
                        "neighbouring counts (--table=segments shows all).\n");
    if (request->method != FIT_CURVE)
        table_remark(table, "There the estimates and intervals are those of the line all the same; --fit=curve needs "
                            "none.\n");
}

static void remark_fit(struct table *table, const struct table_request *request)
{
    const char *description = metrics[request->selection.metric].description;
    double confidence = 100 * request->selection.confidence;

    if (request->method == FIT_CURVE)
        table_remark(table,
                     "PER TASK is what a task adds to the %s on average, from the smallest to the largest count; "
                     "BASELINE is what there is without any (fit: curve), with %g %% confidence intervals.\n",
                     description, confidence);
    else
        table_remark(table,
                     "The %s is taken to be BASELINE + tasks × PER TASK (fit: %s), with %g %% confidence intervals.\n",
                     description, fit_method_names[request->method], confidence);
}

/* How likely a remark is where nothing drifts: it is on the whole recording, and should be rare. */
#define DRIFT_SIGNIFICANCE 0.01

static void remark_drift(struct table *table, const struct series_list *list)
{
    struct drift drift = drift_of(list);

    if (drift.p < DRIFT_SIGNIFICANCE)
        table_remark(
            table,
            "The means drift over the repetitions (F = %.3g, p %s %.2g), by up to %.2g standard deviations of a "
            "run: the machine changed while it was measured.\n",
            drift.f, drift.p < 0.001 ? "<" : "=", fmax(0.001, drift.p), drift.range);
}

static bool has_beside(const struct row *row, size_t rows, enum metric metric)
{
    for (size_t i = 0; i < rows; i++)
        if (isfinite(row[i].beside[metric].value))
            return true;
    return false;
}

static void remark_beside(struct table *table, const struct row *row, size_t rows)
{
    if (has_beside(row, rows, METRIC_KERNEL))
        table_remark(table,
                     "+ KERNEL is what the kernel takes for each task: it is not part of PER TASK and comes on top.\n");
    if (has_beside(row, rows, METRIC_SPAWN_CPU) || has_beside(row, rows, METRIC_END_CPU))
        table_remark(table,
                     "SPAWN CPU and END CPU are the processor time that each task takes to start, and to wake "
                     "and end, in runs that were measured in time (--metric=spawn-cpu or end-cpu tells more).\n");
}

/* Of 64 bits, Linux 6.18: a TCP socket alone is an object of 2,368 B, and the inode, the name and the file of an
   accepted one take 1.3 kB beside it (/proc/slabinfo). Whoever holds less is not charged for the socket. */
#define SOCKET_BYTES 2048.0

/* null-server accepts connections and does nothing else. */
static void remark_sockets(struct table *table, const struct row *row, size_t rows)
{
    char taken[UNIT_TEXT_SIZE];

    for (size_t i = 0; i < rows; i++) {
        struct estimate kernel =
            row[i].series->metric == METRIC_KERNEL ? row[i].fit.overhead : row[i].beside[METRIC_KERNEL];

        if (strcmp(row[i].series->model, "null-server") == 0 && kernel.high < SOCKET_BYTES)
            table_remark(table,
                         "This kernel does not charge a server for accepted sockets: null-server takes %s of kernel "
                         "memory for each, where the socket alone is some 2.3 KiB, which comes on top of every "
                         "server's.\n",
                         unit_format(taken, UNIT_BYTES, kernel.value));
    }
}

static void remark_cpu_share(struct table *table, const struct table_request *request)
{
    enum metric processor;

    if (metric_is_wall(request->selection.metric, &processor))
        table_remark(table,
                     "CPU SHARE is how much of that time was processor time (%s), at the largest count: where it is "
                     "far from 1 the tasks waited, or something else ran.\n",
                     metrics[processor].description);
}

static void remark(struct table *table, const struct row *row, size_t rows, const struct table_request *request)
{
    remark_fit(table, request);
    remark_beside(table, row, rows);
    remark_sockets(table, row, rows);
    remark_cpu_share(table, request);
    if (request->pool)
        table_remark(table, "Hosts are pooled: the mean over hosts that may differ; LINE HOLDS where the overhead is "
                            "the same.\n");
    remark_misfits(table, row, rows, request);
    remark_failures(table, row, rows);
}

/* --- the table ---------------------------------------------------------------------------------------------------- */

/* Of the measured baseline. What the first tasks touch in a heap or in a thread's structures makes up to a tenth in
   data/vm.csv; beyond this share something else was started, or the line begins elsewhere. */
#define IDLE_SHARE 0.2

/* The baseline and the memory before the first task are two measurements of one thing, whatever the fit is: where their
   intervals are apart, and both differ by a share that matters, one of them is not what it is taken for. */
static void note_idle(struct row *row)
{
    const struct fit *fit = &row->fit;
    char baseline[UNIT_TEXT_SIZE], idle[UNIT_TEXT_SIZE];

    if (!metrics[row->series->metric].has_idle ||
        !(fabs(fit->baseline.value - fit->idle.value) > IDLE_SHARE * fit->idle.value))
        return;
    unit_format(baseline, UNIT_BYTES, fit->baseline.value);
    unit_format(idle, UNIT_BYTES, fit->idle.value);
    if (fit->baseline.low > fit->idle.high)
        fit_note(&row->fit,
                 "the baseline, %s, is more than the %s that were there before the first task: what the runtime starts "
                 "with its first tasks (helper processes, threads, a heap) counts as baseline, not per task",
                 baseline, idle);
    else if (fit->baseline.high < fit->idle.low)
        fit_note(&row->fit,
                 "the baseline, %s, is less than the %s that were there before the first task: the runtime has given "
                 "memory back, or its first tasks take less than later ones",
                 baseline, idle);
}

static void note_shared(struct row *row)
{
    if (row->repeats_shared)
        fit_note(&row->fit,
                 "its runs have several processes, and %s counts a page that they share once for each: --metric=pss "
                 "divides it among them",
                 metric_names[row->series->metric]);
}

/* What a model takes for a moment only, while its tasks start or end, is part of its peak. */
static void note_peak(struct row *row)
{
    char peak[UNIT_TEXT_SIZE], hold[UNIT_TEXT_SIZE];

    if (estimate_is_above(row->fit.overhead, row->rss))
        fit_note(&row->fit,
                 "the peak is while tasks start or end: %s a task, of which %s are left while they sleep "
                 "(--metric=rss)",
                 unit_format(peak, UNIT_BYTES, row->fit.overhead.value), unit_format(hold, UNIT_BYTES, row->rss.value));
}

/* The age of a run whose tasks were weighed once is 0. */
static void tell_age(struct fit *fit, double least, double most)
{
    char from[UNIT_TEXT_SIZE], to[UNIT_TEXT_SIZE];

    unit_format(from, UNIT_SECONDS, least);
    unit_format(to, UNIT_SECONDS, most);
    if (least > 0)
        fit_note(fit, "connections were weighed when all had been idle for %s to %s (collect --sleep)", from, to);
    else if (most > 0)
        fit_note(fit, "connections were weighed when all had been idle for at most %s (collect --sleep)", to);
    else
        fit_note(fit, "connections were weighed as soon as all were alive (collect --sleep)");
}

/* Servers give memory back, or tidy it, when a connection has been idle for a while: what it weighs depends on when. */
static void note_age(struct row *row)
{
    double least = INFINITY, most = 0;

    if (strcmp(row->series->family, SAMPLE_CONNECTION) != 0 || !row->age)
        return;
    for (size_t i = 0; i < row->age->cells; i++)
        if (row->age->cell[i].runs > 0) {
            least = fmin(least, row->age->cell[i].median);
            most = fmax(most, row->age->cell[i].median);
        }
    if (least <= most)
        tell_age(&row->fit, least, most);
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
    if (judge_all(row, rows) != 0)
        table->out_of_memory = true;
    for (size_t i = 0; i < rows; i++) {
        note_idle(&row[i]);
        note_peak(&row[i]);
        note_shared(&row[i]);
        note_age(&row[i]);
    }
    if (rows > 0)
        qsort(row, rows, sizeof *row, compare_rows);
    for (size_t i = 0; i < rows; i++)
        add_row(table, &row[i]);
    remark(table, row, rows, request);
    remark_drift(table, list);
    table->out_of_memory = table->out_of_memory || !row || !fit;
    free(row);
    free(fit);
    return table->out_of_memory ? error_set(error, "out of memory") : 0;
}

static bool is_wanted(enum metric metric, const struct table_request *request)
{
    const struct metric_facts *facts = &metrics[request->selection.metric];

    for (int i = 0; i < BESIDE_LENGTH; i++)
        if (beside[i] == metric && facts->lacks_kernel && !request->metric_chosen)
            return true;
    if (metric == METRIC_AGE)
        return facts->work == WORK_SLEEP;
    return (metric == METRIC_RSS || metric == METRIC_PSS) && facts->repeats_shared;
}

static int gather_others(struct others *others, const struct table_request *request, struct error *error)
{
    struct series_selection selection = request->selection;
    int result = 0;

    for (int metric = 0; metric < METRIC_COUNT && result == 0; metric++) {
        selection.metric = (enum metric)metric;
        if (is_wanted(selection.metric, request))
            result = series_list_new(&others->of[metric], request->recordings, &selection, error);
    }
    return result;
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
    for (int metric = 0; metric < METRIC_COUNT; metric++)
        series_list_free(&others.of[metric]);
    return result;
}
