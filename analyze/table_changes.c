/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of changes: each model against the same one in older recordings. Did my change make it worse?

   P is adjusted for all rows by Holm's method. The limits are those of all rows at once, each at 1 - (1 - confidence) /
   rows (Bonferroni), and where P proves a change they end at none at the latest, since a change of the other sign is
   ruled out with it. Verdict and alarm follow from P and these limits and from nothing else, so that they agree. */
#include "analyze/ratio.h"
#include "analyze/table.h"
#include "collect/array.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is compared, in the place of a count. */
enum { OVERHEAD = -1, BASELINE = -2 };

struct row {
    const struct series *series;
    int64_t tasks; /* what they take in all, or OVERHEAD or BASELINE */
    char quantity[32];
    struct estimate older, newer, difference; /* in the metric's unit, or in that unit per task */
    struct ratio ratio;                       /* newer over older */
    double p, p_holm;                         /* for both being equal */
    double cpu_share;                         /* of a wall time: the less of both; see metric_is_disturbed */
    const char *lack;                         /* why there is no p value */
    char verdict[192];
};

#define COLUMNS(COLUMN)                                                                                                \
    COLUMN("host", "HOST", TABLE_TEXT, GROUP, row->series->host)                                                       \
    COLUMN("model", "MODEL", TABLE_TEXT, PLAIN, row->series->model)                                                    \
    COLUMN("work", "WORK", TABLE_TEXT, VARIED, row->series->work)                                                      \
    COLUMN("metric", "METRIC", TABLE_TEXT, PLAIN, metric_names[row->series->metric])                                   \
    COLUMN("unit", NULL, TABLE_TEXT, PLAIN, unit_names[metrics[row->series->metric].unit])                             \
    COLUMN("quantity", "WHAT", TABLE_TEXT, PLAIN, row->quantity)                                                       \
    COLUMN("old", "OLD", TABLE_METRIC, PLAIN, row->older.value)                                                        \
    COLUMN("new", "NEW", TABLE_METRIC, PLAIN, row->newer.value)                                                        \
    COLUMN("change", "CHANGE", TABLE_METRIC, VALUE, row->difference.value)                                             \
    COLUMN("change_low", NULL, TABLE_METRIC, LOW, row->difference.low)                                                 \
    COLUMN("change_high", NULL, TABLE_METRIC, HIGH, row->difference.high)                                              \
    COLUMN("ratio", "RATIO", UNIT_RATIO, MINOR, row->ratio.value)                                                      \
    COLUMN("ratio_low", NULL, UNIT_RATIO, PLAIN, row->ratio.low)                                                       \
    COLUMN("ratio_high", NULL, UNIT_RATIO, PLAIN, row->ratio.high)                                                     \
    COLUMN("cpu_share", "CPU SHARE", UNIT_RATIO, PLAIN, row->cpu_share)                                                \
    COLUMN("p_value", NULL, UNIT_PROBABILITY, PLAIN, row->p)                                                           \
    COLUMN("p_holm", "P (HOLM)", UNIT_PROBABILITY, MINOR, row->p_holm)                                                 \
    COLUMN("verdict", "VERDICT", TABLE_TEXT, PLAIN, row->verdict)

static const struct table_column columns[] = {COLUMNS(TABLE_COLUMN)};

static void add_row(struct table *table, const struct row *row)
{
    COLUMNS(TABLE_ADD)
    table->says_something = table->says_something || isfinite(row->difference.value);
}

/* --- what is compared --------------------------------------------------------------------------------------------- */

/* The series of one metric in both recordings. */
struct sides {
    enum metric metric;
    struct series_list newer, older;
};

/* The kernel's part is compared beside any metric that lacks it, unless a metric was asked for. */
enum { MOST_METRICS = 2 };

struct comparison {
    const struct table_request *request;
    struct sides sides[MOST_METRICS];
    size_t metrics;
    struct row *row;
    size_t rows;
};

static bool has_one_host(const struct series_list *list)
{
    return list->count > 0 && series_list_host(list, 0) == list->count;
}

/* The same model and work on the same host or, where each side has only one host, on any: a build machine's name
 * changes. */
static const struct series *find_same(const struct series *series, const struct series_list *own,
                                      const struct series_list *others)
{
    bool any_host = has_one_host(own) && has_one_host(others);

    for (size_t i = 0; i < others->count; i++)
        if (strcmp(others->series[i].model, series->model) == 0 && strcmp(others->series[i].work, series->work) == 0 &&
            (any_host || strcmp(others->series[i].host, series->host) == 0))
            return &others->series[i];
    return NULL;
}

static struct estimate quantity_of(const struct series *series, const struct fit *fit, int64_t tasks)
{
    if (tasks == OVERHEAD)
        return fit->overhead;
    if (tasks == BASELINE)
        return fit->baseline;
    return knots_at(&series->curve.knots, (double)tasks, fit->confidence);
}

/* The baseline is measured best with the fewest tasks. */
static double cpu_share_of(const struct series *series, int64_t tasks)
{
    for (size_t k = 0; k < series->cells; k++)
        if (series->cell[k].runs > 0 && (tasks == BASELINE || tasks == series->cell[k].tasks))
            return series->cell[k].cpu_share;
    return tasks == OVERHEAD ? series_cpu_share(series) : NAN;
}

static void name_quantity(char quantity[32], int64_t tasks)
{
    char count[UNIT_TEXT_SIZE];

    if (tasks >= 0)
        snprintf(quantity, 32, "at %s", unit_format_count(count, tasks));
    else
        snprintf(quantity, 32, "%s", tasks == OVERHEAD ? "overhead" : "baseline");
}

/* Why the two cannot be told apart where there is no p value. */
static const char *find_lack(const struct row *row, const struct fit *newer, const struct fit *older)
{
    if (isnan(row->difference.value) && row->tasks >= 0)
        return "not measured at this count on both sides";
    if (isnan(row->difference.value))
        return isfinite(row->older.value)   ? "the newer runs are ok at fewer than two counts"
               : isfinite(row->newer.value) ? "the older runs are ok at fewer than two counts"
                                            : "the runs are ok at fewer than two counts";
    if (newer->method == FIT_THEIL_SEN)
        return "theil-sen tells no standard errors (choose another fit)";
    return newer->runs == newer->cells || older->runs == older->cells
               ? "needs 2 runs or more of each"
               : "no run scatters, and this fit then knows no error (choose another)";
}

static struct row compare(const struct series *newer, const struct fit *new_fit, const struct series *older,
                          const struct fit *old_fit, int64_t tasks)
{
    struct row row = {.series = newer,
                      .tasks = tasks,
                      .older = quantity_of(older, old_fit, tasks),
                      .newer = quantity_of(newer, new_fit, tasks)};

    name_quantity(row.quantity, tasks);
    row.difference = estimate_sum(row.newer, -1, row.older, new_fit->confidence);
    row.p = row.p_holm = ratio_equality_p(row.newer, row.older, series_scale(newer));
    row.cpu_share = cpu_share_of(newer, tasks);
    if (!(row.cpu_share < cpu_share_of(older, tasks)) && !isnan(row.cpu_share))
        row.cpu_share = cpu_share_of(older, tasks);
    row.lack = find_lack(&row, new_fit, old_fit);
    return row;
}

static int append(struct comparison *comparison, struct row row)
{
    struct row *more = array_grow(comparison->row, comparison->rows, sizeof *more);

    if (!more)
        return -1;
    comparison->row = more;
    comparison->row[comparison->rows++] = row;
    return 0;
}

/* The kernel has no baseline of its own: what it took before the first task is in no figure of the model's. */
static int compare_series(struct comparison *comparison, const struct series *newer, const struct series *older)
{
    const struct table_request *request = comparison->request;
    struct fit new_fit = fit_series(newer, request->method, request->selection.confidence);
    struct fit old_fit = fit_series(older, request->method, request->selection.confidence);
    static const int64_t both[] = {OVERHEAD, BASELINE};
    const int64_t *tasks = request->at_counts > 0 ? request->at : both;
    size_t count = request->at_counts > 0 ? request->at_counts : newer->metric == request->selection.metric ? 2 : 1;

    for (size_t i = 0; i < count; i++)
        if (append(comparison, compare(newer, &new_fit, older, &old_fit, tasks[i])) != 0)
            return -1;
    return 0;
}

static bool has_figures(const struct series *series)
{
    return series->curve.knots.count > 0;
}

/* What neither side knows of a model is no change; what only one of them knows cannot be told. */
static int compare_sides(struct comparison *comparison, const struct sides *sides)
{
    for (size_t i = 0; i < sides->newer.count; i++) {
        const struct series *newer = &sides->newer.series[i];
        const struct series *older = find_same(newer, &sides->newer, &sides->older);
        bool is_known = older && (has_figures(newer) || has_figures(older));

        if (older && (is_known || sides->metric == comparison->request->selection.metric) &&
            compare_series(comparison, newer, older) != 0)
            return -1;
    }
    return 0;
}

/* --- limits and verdicts ------------------------------------------------------------------------------------------ */

static bool is_proven(const struct row *row, double confidence)
{
    return row->p_holm < 1 - confidence;
}

/* Ends the limits at no change where a change is proven. */
static void cut_limits(double *low, double *high, double none, bool grew)
{
    if (grew)
        *low = fmax(*low, none); /* which leaves a number where one is NaN */
    else
        *high = fmin(*high, none);
}

static void set_limits(struct row *row, size_t tests, double confidence)
{
    double each = 1 - (1 - confidence) / (double)(tests > 0 ? tests : 1);

    row->difference = estimate_sum(row->newer, -1, row->older, each);
    row->ratio = ratio_of(row->newer, row->older, series_scale(row->series), each);
    if (!is_proven(row, confidence))
        return;
    cut_limits(&row->difference.low, &row->difference.high, 0, row->difference.value > 0);
    if (isfinite(row->ratio.low))
        cut_limits(&row->ratio.low, &row->ratio.high, 1, row->difference.value > 0);
}

static bool is_disturbed(const struct row *row)
{
    return metric_is_disturbed(row->series->metric, row->cpu_share);
}

static void judge(struct row *row, double confidence)
{
    const char *verb = row->difference.value > 0 ? "grew" : "fell";
    double low = 100 * fabs(row->ratio.low - 1), high = 100 * fabs(row->ratio.high - 1);

    if (isnan(row->p_holm))
        snprintf(row->verdict, sizeof row->verdict, "cannot tell: %s", row->lack);
    else if (!is_proven(row, confidence) && row->ratio.high > 1)
        snprintf(row->verdict, sizeof row->verdict, "no change is proven (growth of up to %.3g %% is not ruled out)",
                 100 * (row->ratio.high - 1));
    else if (!is_proven(row, confidence))
        snprintf(row->verdict, sizeof row->verdict, "no change is proven");
    else if (is_disturbed(row))
        snprintf(row->verdict, sizeof row->verdict, "~ disturbed");
    else if (!isfinite(row->ratio.low))
        snprintf(row->verdict, sizeof row->verdict, "%s from next to nothing", verb);
    else
        snprintf(row->verdict, sizeof row->verdict, "%s by %.3g %% (%.3g to %.3g)", verb,
                 100 * fabs(row->ratio.value - 1), fmin(low, high), fmax(low, high));
}

/* Returns -1 where memory runs out. */
static int judge_all(struct comparison *comparison)
{
    double *p = calloc(comparison->rows + 1, sizeof *p), confidence = comparison->request->selection.confidence;
    size_t tests = 0;

    if (!p)
        return -1;
    for (size_t i = 0; i < comparison->rows; i++) {
        p[i] = comparison->row[i].p;
        tests += !isnan(p[i]);
    }
    if (ratio_adjust(p, comparison->rows) != 0) {
        free(p);
        return -1;
    }
    for (size_t i = 0; i < comparison->rows; i++) {
        comparison->row[i].p_holm = p[i];
        set_limits(&comparison->row[i], tests, confidence);
        judge(&comparison->row[i], confidence);
    }
    free(p);
    return 0;
}

/* --- the gate ----------------------------------------------------------------------------------------------------- */

/* What the older took by all metrics that are compared. */
static double whole_of(const struct comparison *comparison, const struct row *row)
{
    double whole = 0;

    for (size_t i = 0; i < comparison->rows; i++) {
        const struct row *other = &comparison->row[i];

        if (other->tasks == row->tasks && strcmp(other->series->model, row->series->model) == 0 &&
            strcmp(other->series->work, row->series->work) == 0 && strcmp(other->series->host, row->series->host) == 0)
            whole += fmax(0, other->older.value);
    }
    return whole;
}

/* Whether the row is of the metric that is compared beside the one asked for. */
static bool is_part(const struct comparison *comparison, const struct row *row)
{
    return row->series->metric != comparison->request->selection.metric;
}

/* Growth as a share, with limits. That of the kernel's part is a share of the whole: for many models the kernel takes
   next to nothing, and a few per cent of that are nothing to be alarmed about. */
static struct estimate growth_of(const struct comparison *comparison, const struct row *row)
{
    double whole = whole_of(comparison, row);

    if (!is_part(comparison, row) && isfinite(row->ratio.low))
        return (struct estimate){row->ratio.value - 1, NAN, NAN, row->ratio.low - 1, row->ratio.high - 1};
    return (struct estimate){row->difference.value / whole, NAN, NAN, row->difference.low / whole,
                             row->difference.high / whole};
}

#define NAME_SIZE 192

/* "libuv", or "libuv (beat:10:10ms)" where others act beside its tasks, in more than one way perhaps. Returns text. */
static const char *name_of(char text[NAME_SIZE], const struct series *series)
{
    enum work_kind kind;

    if (work_kind_of(series->work, &kind) && work_has_actors(kind))
        snprintf(text, NAME_SIZE, "%s (%s)", series->model, series->work);
    else
        snprintf(text, NAME_SIZE, "%s", series->model);
    return text;
}

/* Only the overhead, or the totals asked for, can raise the alarm. */
static void sound_alarm(struct table *table, const struct comparison *comparison, const struct row *row)
{
    double allowed = comparison->request->fail_above;
    struct estimate growth = growth_of(comparison, row);
    const char *share = is_part(comparison, row) ? " of the whole" : "";
    char claim[96], name[NAME_SIZE];

    if (row->tasks == BASELINE || (growth.high <= allowed && !is_disturbed(row)))
        return;
    name_of(name, row->series);
    snprintf(claim, sizeof claim, "%s %s grew by more than %g %%%s", metric_names[row->series->metric], row->quantity,
             100 * allowed, share);
    if (is_disturbed(row))
        table_doubt(table,
                    "%s: whether %s cannot be told: of that time a share of %.2g was processor time, less than %g (the "
                    "tasks waited, or other programs ran)\n",
                    name, claim, row->cpu_share, METRIC_LEAST_CPU_SHARE);
    else if (growth.low > allowed)
        table_alarm(table, "%s: %s: %s\n", name, claim, row->verdict);
    else if (isfinite(growth.high))
        table_doubt(table,
                    "%s: whether %s cannot be told: the interval reaches %.3g %%, and with so many runs growth is seen "
                    "from about %.3g %% on (make more)\n",
                    name, claim, 100 * growth.high, 100 * (allowed + growth.value - growth.low));
    else
        table_doubt(table, "%s: whether %s cannot be told: %s\n", name, claim, row->lack);
}

/* A model that is gone must not pass for unchanged. */
static void miss(struct table *table, const struct series_list *list, const struct series_list *others,
                 const char *where, bool alarm)
{
    for (size_t i = 0; i < list->count; i++) {
        char name[NAME_SIZE];

        if (find_same(&list->series[i], list, others))
            continue;
        name_of(name, &list->series[i]);
        table_remark(table, "%s is only in the %s recordings.\n", name, where);
        if (alarm)
            table_alarm(table, "%s: is only in the %s recordings\n", name, where);
    }
}

/* --- remarks ------------------------------------------------------------------------------------------------------ */

static size_t count_failed(const struct series *series)
{
    size_t failed = 0;

    for (size_t k = 0; k < series->cells; k++)
        failed += series->cell[k].failed;
    return failed;
}

/* A comparison of the runs that were ok says nothing of those that were not. */
static void remark_failures(struct table *table, const struct sides *sides)
{
    for (size_t i = 0; i < sides->newer.count; i++) {
        const struct series *newer = &sides->newer.series[i];
        const struct series *older = find_same(newer, &sides->newer, &sides->older);
        size_t now = count_failed(newer), before = older ? count_failed(older) : 0;
        char name[NAME_SIZE];

        if (older && now + before > 0)
            table_remark(table, "%s: not ok were %zu of the newer runs and %zu of the older ones.\n",
                         name_of(name, newer), now, before);
    }
}

static void remark_judged(struct table *table, const struct comparison *comparison)
{
    const char *what = comparison->request->at_counts ? "what so many tasks take" : "the overhead of a task";

    if (isnan(comparison->request->fail_above))
        return;
    table_remark(table, "Judged is %s: %s%s.\n", what, metric_names[comparison->sides[0].metric],
                 comparison->metrics > 1 ? ", and the growth of kernel as a share of both" : "");
}

static void remark(struct table *table, const struct comparison *comparison)
{
    const struct table_request *request = comparison->request;
    const struct sides *sides = &comparison->sides[0];

    table_remark(table,
                 "The newer recordings against the older ones (%s; fit: %s). P is adjusted for all rows by Holm's "
                 "method, and the limits hold for all rows at once with %g %% confidence.\n",
                 metrics[request->selection.metric].description, fit_method_names[request->method],
                 100 * request->selection.confidence);
    remark_judged(table, comparison);
    if (has_one_host(&sides->newer) && has_one_host(&sides->older) &&
        strcmp(sides->newer.series->host, sides->older.series->host) != 0)
        table_remark(table, "The older recordings are of another host: %s.\n", sides->older.series->host);
    remark_failures(table, sides);
}

/* --- the table ---------------------------------------------------------------------------------------------------- */

static int build(struct table *table, struct comparison *comparison)
{
    const struct sides *sides = &comparison->sides[0];
    bool gates = !isnan(comparison->request->fail_above);

    for (size_t i = 0; i < comparison->metrics; i++)
        if (compare_sides(comparison, &comparison->sides[i]) != 0)
            return -1;
    if (judge_all(comparison) != 0)
        return -1;
    for (size_t i = 0; i < comparison->rows; i++) {
        add_row(table, &comparison->row[i]);
        if (gates)
            sound_alarm(table, comparison, &comparison->row[i]);
    }
    remark(table, comparison);
    miss(table, &sides->newer, &sides->older, "newer", false);
    miss(table, &sides->older, &sides->newer, "older", gates);
    return table->out_of_memory ? -1 : 0;
}

static int gather(struct sides *sides, enum metric metric, const struct table_request *request, struct error *error)
{
    struct series_selection selection = request->selection;

    selection.metric = sides->metric = metric;
    if (series_list_new(&sides->newer, request->recordings, &selection, error) != 0)
        return -1;
    return series_list_new(&sides->older, request->against, &selection, error);
}

static int gather_all(struct comparison *comparison, struct error *error)
{
    const struct table_request *request = comparison->request;
    bool with_kernel = metrics[request->selection.metric].lacks_kernel && !request->metric_chosen;

    comparison->metrics = with_kernel ? 2 : 1;
    if (gather(&comparison->sides[0], request->selection.metric, request, error) != 0)
        return -1;
    return with_kernel ? gather(&comparison->sides[1], METRIC_KERNEL, request, error) : 0;
}

int table_changes(struct table *table, const struct table_request *request, struct error *error)
{
    struct comparison comparison = {.request = request};
    int result = gather_all(&comparison, error);

    if (result == 0) {
        *table = table_new(columns, sizeof columns / sizeof *columns, metrics[request->selection.metric].unit);
        result = build(table, &comparison);
        if (result != 0)
            error_set(error, "out of memory");
        else if (table_rows(table) == 0)
            result = error_set(error, "nothing to compare: no model is in both the older and the newer recordings");
    }
    for (size_t i = 0; i < MOST_METRICS; i++) {
        series_list_free(&comparison.sides[i].newer);
        series_list_free(&comparison.sides[i].older);
    }
    free(comparison.row);
    return result;
}
