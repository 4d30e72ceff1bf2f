/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of calibration: whether tasks of known cost were found again. They are collect's models calibrate:BYTES,
   each of whose tasks touches exactly so many bytes, and calibrate:spin=NS, which burns so many nanoseconds of
   processor time. */
#include "analyze/table.h"
#include "collect/unit.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MODEL "calibrate:"
#define SPIN MODEL "spin="

/* The targets. */
#define MOST_SHARE_OFF 1e-3         /* of the true bytes per task, */
#define MOST_BYTES_OFF 1.0          /* and bytes */
#define MOST_BASELINE_PAGES 16      /* between the baseline and what was measured before the first task */
#define MOST_TIME_SHARE_OFF 0.02    /* of the true processor time per task */
#define MOST_SHARE_UNEXPLAINED 1e-2 /* of what a task was charged: neither its own pages nor the kernel's */

struct row {
    const struct series *series;
    double truth; /* per task, in the unit of the series' metric, as are the next two */
    struct fit fit;
    double off;                     /* per task: what was found minus the truth */
    double baseline_off;            /* the baseline minus what was measured before the first task; NaN of time */
    double unexplained;             /* a share of what a task was charged; NaN where that was not recorded */
    double scatter[METRIC_CHOICES]; /* coefficients of variation at the largest count */
    bool is_time;
    bool is_heaviest; /* of its host: of lighter tasks the kernel memory is too small to measure to 1 % */
    char targets[48]; /* "met", or "no: " and what was missed */
};

#define COLUMNS(COLUMN)                                                                                                \
    COLUMN("host", "HOST", TABLE_TEXT, GROUP, row->series->host)                                                       \
    COLUMN("model", "MODEL", TABLE_TEXT, PLAIN, row->series->model)                                                    \
    COLUMN("work", "WORK", TABLE_TEXT, VARIED, row->series->work)                                                      \
    COLUMN("metric", NULL, TABLE_TEXT, PLAIN, metric_names[row->series->metric])                                       \
    COLUMN("unit", NULL, TABLE_TEXT, PLAIN, unit_names[metrics[row->series->metric].unit])                             \
    COLUMN("fit", NULL, TABLE_TEXT, PLAIN, fit_method_names[row->fit.method])                                          \
    COLUMN("runs", "RUNS", UNIT_COUNT, MINOR, (double)row->fit.runs)                                                   \
    COLUMN("failed", "FAILED", UNIT_COUNT, FAULT, (double)row->fit.failed)                                             \
    COLUMN("truth", "TRUTH", TABLE_METRIC, PLAIN, row->truth)                                                          \
    COLUMN("overhead", "PER TASK", TABLE_METRIC, VALUE, row->fit.overhead.value)                                       \
    COLUMN("overhead_low", NULL, TABLE_METRIC, LOW, row->fit.overhead.low)                                             \
    COLUMN("overhead_high", NULL, TABLE_METRIC, HIGH, row->fit.overhead.high)                                          \
    COLUMN("off", "OFF BY", TABLE_METRIC, PLAIN, row->off)                                                             \
    COLUMN("off_share", NULL, UNIT_RATIO, PLAIN, row->off / row->truth)                                                \
    COLUMN("baseline_off", "BASELINE OFF", TABLE_METRIC, PLAIN, row->baseline_off)                                     \
    COLUMN("unexplained_share", "UNEXPLAINED", UNIT_RATIO, PLAIN, row->unexplained)                                    \
    COLUMN(NULL, "SCATTER", UNIT_RATIO, PLAIN, row->scatter[row->is_time ? METRIC_CPU : METRIC_PEAK])                  \
    COLUMN("peak_scatter", NULL, UNIT_RATIO, PLAIN, row->scatter[METRIC_PEAK])                                         \
    COLUMN("rss_scatter", NULL, UNIT_RATIO, PLAIN, row->scatter[METRIC_RSS])                                           \
    COLUMN("pss_scatter", NULL, UNIT_RATIO, PLAIN, row->scatter[METRIC_PSS])                                           \
    COLUMN("uss_scatter", NULL, UNIT_RATIO, PLAIN, row->scatter[METRIC_USS])                                           \
    COLUMN("page_tables_scatter", NULL, UNIT_RATIO, PLAIN, row->scatter[METRIC_PAGE_TABLES])                           \
    COLUMN("kernel_scatter", NULL, UNIT_RATIO, PLAIN, row->scatter[METRIC_KERNEL])                                     \
    COLUMN("charged_scatter", NULL, UNIT_RATIO, PLAIN, row->scatter[METRIC_CHARGED])                                   \
    COLUMN("cpu_scatter", NULL, UNIT_RATIO, PLAIN, row->scatter[METRIC_CPU])                                           \
    COLUMN("targets", "TARGETS", TABLE_TEXT, FAULT, row->targets)                                                      \
    COLUMN("note", "NOTE", TABLE_TEXT, PLAIN, row->fit.note)

static const struct table_column columns[] = {COLUMNS(TABLE_COLUMN)};

static void add_row(struct table *table, const struct row *row)
{
    table->unit = metrics[row->series->metric].unit;
    COLUMNS(TABLE_ADD)
    table->says_something = table->says_something || isfinite(row->fit.overhead.value);
}

/* --- rows --------------------------------------------------------------------------------------------------------- */

/* The series of each metric. */
struct lists {
    struct series_list of[METRIC_CHOICES];
};

/* The whole number behind a name's beginning; NaN for every other name. */
static double number_behind(const char *name, const char *beginning)
{
    const char *digits = name + strlen(beginning);
    char *end;
    double number;

    if (strncmp(name, beginning, strlen(beginning)) != 0 || !isdigit((unsigned char)*digits))
        return NAN;
    number = (double)strtoull(digits, &end, 10);
    return *end == '\0' && number > 0 ? number : NAN;
}

/* Of what is known of a task of the series by its metric; NaN where nothing is. */
static double truth_of(const struct series *series)
{
    return metrics[series->metric].unit == UNIT_BYTES ? number_behind(series->model, MODEL)
                                                      : 1e-9 * number_behind(series->model, SPIN);
}

/* NaN where there are no runs with that metric. */
static double overhead_of(const struct lists *lists, enum metric metric, const struct series *series,
                          const struct table_request *request)
{
    const struct series *same = series_list_find(&lists->of[metric], series);

    return same ? fit_series(same, request->method, request->selection.confidence).overhead.value : NAN;
}

static double unexplained_of(const struct lists *lists, const struct series *series,
                             const struct table_request *request)
{
    double charged = overhead_of(lists, METRIC_CHARGED, series, request);
    double own = overhead_of(lists, METRIC_USS, series, request);
    double kernel = overhead_of(lists, METRIC_KERNEL, series, request);

    return (charged - own - kernel) / charged;
}

static double scatter_of(const struct series *series)
{
    const struct cell *largest = series && series->cells > 0 ? &series->cell[series->cells - 1] : NULL;

    return largest ? largest->sd / largest->mean : NAN;
}

static struct row row_of(const struct lists *lists, const struct series *series, const struct table_request *request)
{
    struct row row = {.series = series, .truth = truth_of(series)};

    row.is_time = metrics[series->metric].unit != UNIT_BYTES;
    row.fit = fit_series(series, request->method, request->selection.confidence);
    row.off = row.fit.overhead.value - row.truth;
    row.baseline_off = row.fit.baseline.value - row.fit.idle.value;
    row.unexplained = row.is_time ? (double)NAN : unexplained_of(lists, series, request);
    for (int metric = 0; metric < METRIC_CHOICES; metric++)
        row.scatter[metric] = scatter_of(series_list_find(&lists->of[metric], series));
    return row;
}

/* By host, memory before time, then weight. */
static int compare_rows(const void *a, const void *b)
{
    const struct row *left = a, *right = b;
    int order = strcmp(left->series->host, right->series->host);

    if (order == 0)
        order = left->is_time - right->is_time;
    return order ? order : (left->truth > right->truth) - (left->truth < right->truth);
}

static size_t append_rows(struct row *row, const struct lists *lists, enum metric metric,
                          const struct table_request *request)
{
    const struct series_list *list = &lists->of[metric];
    size_t rows = 0;

    for (size_t i = 0; i < list->count; i++)
        if (isfinite(truth_of(&list->series[i])))
            row[rows++] = row_of(lists, &list->series[i], request);
    return rows;
}

static bool wants_memory(const struct table_request *request)
{
    return metrics[request->selection.metric].unit == UNIT_BYTES;
}

static bool wants_time(const struct table_request *request)
{
    return !request->metric_chosen || request->selection.metric == METRIC_CPU;
}

/* Returns how many there are. */
static size_t fill_rows(struct row *row, const struct lists *lists, const struct table_request *request)
{
    size_t rows = 0;

    if (wants_memory(request))
        rows += append_rows(row, lists, request->selection.metric, request);
    if (wants_time(request))
        rows += append_rows(row + rows, lists, METRIC_CPU, request);
    if (rows > 0)
        qsort(row, rows, sizeof *row, compare_rows);
    for (size_t i = 0; i < rows; i++)
        row[i].is_heaviest = !row[i].is_time && (i + 1 == rows || row[i + 1].is_time ||
                                                 strcmp(row[i].series->host, row[i + 1].series->host) != 0);
    return rows;
}

/* --- verdicts ----------------------------------------------------------------------------------------------------- */

/* Adds the missed target to the row's verdict and begins a line of the alarm. */
static void miss(struct table *table, struct row *row, const char *target)
{
    size_t length = strlen(row->targets);

    snprintf(row->targets + length, sizeof row->targets - length, "%s%s", length > 0 ? ", " : "no: ", target);
    table_alarm(table, "%s, %s: ", row->series->host, row->series->model);
}

/* A distance without its sign. */
static const char *distance_text(char text[UNIT_TEXT_SIZE], const struct row *row, double distance)
{
    return isfinite(distance) ? unit_format(text, metrics[row->series->metric].unit, fabs(distance))
                              : "an unknown distance";
}

/* Each comparison fails for NaN: an unknown value misses its target. */
static bool is_found(const struct row *row)
{
    double off = fabs(row->off);

    return row->is_time ? off <= MOST_TIME_SHARE_OFF * row->truth
                        : off <= MOST_SHARE_OFF * row->truth && off <= MOST_BYTES_OFF;
}

static void judge(struct table *table, struct row *row)
{
    char distance[UNIT_TEXT_SIZE];
    double most_baseline = MOST_BASELINE_PAGES * row->series->resolution;

    row->targets[0] = '\0';
    if (!is_found(row)) {
        miss(table, row, "overhead");
        table_alarm(table, "the overhead is %s off\n", distance_text(distance, row, row->off));
    }
    if (!row->is_time && !(fabs(row->baseline_off) <= most_baseline)) {
        miss(table, row, "baseline");
        table_alarm(table, "the baseline is %s off what was measured before the first task\n",
                    distance_text(distance, row, row->baseline_off));
    }
    if (row->is_heaviest && fabs(row->unexplained) > MOST_SHARE_UNEXPLAINED) {
        miss(table, row, "accounting");
        table_alarm(table, "%.3g %% of what a task was charged are neither its own pages nor the kernel's\n",
                    100 * row->unexplained);
    }
    if (!*row->targets)
        snprintf(row->targets, sizeof row->targets, "met");
}

/* --- remarks ------------------------------------------------------------------------------------------------------ */

static void remark_targets(struct table *table, const struct row *row)
{
    char baseline[UNIT_TEXT_SIZE];

    table_remark(
        table,
        "Targets: PER TASK is off by at most %g %% of the TRUTH and %g byte; BASELINE OFF, the distance of the "
        "baseline from what was measured before the first task, is at most %s.\n",
        100 * MOST_SHARE_OFF, MOST_BYTES_OFF,
        unit_format(baseline, UNIT_BYTES, MOST_BASELINE_PAGES * row->series->resolution));
    table_remark(table,
                 "UNEXPLAINED is the share of what a task was charged that is neither its own pages (uss) nor the "
                 "kernel's: at most %g for the heaviest task, where it was recorded.\n",
                 MOST_SHARE_UNEXPLAINED);
}

/* Standard deviations in percent of the means. */
static void remark_scatter(struct table *table, const struct row *row)
{
    const char *before = "";

    table_remark(table,
                 "SCATTER is the standard deviation of the runs' %s over their mean, at the largest count. That "
                 "of %s by metric:",
                 row->is_time ? "processor time" : "peak", row->series->model);
    for (int metric = 0; metric < METRIC_CHOICES; metric++)
        if (isfinite(row->scatter[metric])) {
            table_remark(table, "%s %s %.2g %%", before, metric_names[metric], 100 * row->scatter[metric]);
            before = ",";
        }
    table_remark(table, ".\n");
}

static void remark_time(struct table *table)
{
    table_remark(table, "Target of " SPIN "NS: PER TASK, of processor time, is off by at most %g %% of the TRUTH.\n",
                 100 * MOST_TIME_SHARE_OFF);
}

/* The last row of memory, or of time; NULL if there is none. */
static const struct row *find_last(const struct row *row, size_t rows, bool is_time)
{
    for (size_t i = rows; i > 0; i--)
        if (row[i - 1].is_time == is_time)
            return &row[i - 1];
    return NULL;
}

static void remark(struct table *table, const struct row *row, size_t rows)
{
    const struct row *memory = find_last(row, rows, false), *time = find_last(row, rows, true);

    if (memory)
        remark_targets(table, memory);
    if (time)
        remark_time(table);
    remark_scatter(table, memory ? memory : time);
    table_remark(table,
                 table->alarm ? "A target was missed.\n" : "All targets are met: what is known is found again.\n");
}

/* --- the table ---------------------------------------------------------------------------------------------------- */

static int build(struct table *table, const struct lists *lists, const struct table_request *request,
                 struct error *error)
{
    struct row *row = calloc(lists->of[request->selection.metric].count + lists->of[METRIC_CPU].count + 1, sizeof *row);
    size_t rows = row ? fill_rows(row, lists, request) : 0;

    *table = table_new(columns, sizeof columns / sizeof *columns, UNIT_BYTES);
    for (size_t i = 0; i < rows; i++) {
        judge(table, &row[i]);
        add_row(table, &row[i]);
    }
    if (rows > 0)
        remark(table, row, rows);
    table->out_of_memory = table->out_of_memory || !row;
    free(row);
    if (table->out_of_memory)
        return error_set(error, "out of memory");
    return rows > 0 ? 0
                    : error_set(error, "no run of a model " MODEL "BYTES or, in time, " SPIN "NS is in the recordings "
                                       "(collect --check makes them)");
}

static void free_lists(struct lists *lists, int count)
{
    for (int metric = 0; metric < count; metric++)
        series_list_free(&lists->of[metric]);
}

int table_calibration(struct table *table, const struct table_request *request, struct error *error)
{
    struct series_selection selection = request->selection;
    struct lists lists;
    int result;

    if (!wants_memory(request) && !wants_time(request))
        return error_set(error,
                         "--table=calibration: a task's memory and its cpu are known, its %s is not (choose another "
                         "--metric)",
                         metric_names[selection.metric]);
    for (int metric = 0; metric < METRIC_CHOICES; metric++) {
        selection.metric = (enum metric)metric;
        if (series_list_new(&lists.of[metric], request->recordings, &selection, error) != 0) {
            free_lists(&lists, metric);
            return -1;
        }
    }
    result = build(table, &lists, request, error);
    free_lists(&lists, METRIC_CHOICES);
    return result;
}
