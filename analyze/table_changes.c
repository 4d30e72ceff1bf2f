/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of changes: each model against the same one in older recordings. Did my change make it worse? */
#include "analyze/ratio.h"
#include "analyze/table.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum quantity { OVERHEAD, BASELINE, QUANTITIES };
static const char *const quantity_names[QUANTITIES] = {"overhead", "baseline"};

struct row {
    const struct series *series;
    enum quantity quantity;
    struct estimate older, newer, difference; /* in the metric's unit, or in that unit per task */
    struct ratio ratio;                       /* newer over older */
    double p_holm;
    double p_worse; /* one-sided, of the null hypothesis that the growth is within --fail-above; NaN where not asked or
                       unknown */
    char verdict[160];
};

#define COLUMNS(COLUMN)                                                                                                \
    COLUMN("host", "HOST", TABLE_TEXT, GROUP, row->series->host)                                                       \
    COLUMN("model", "MODEL", TABLE_TEXT, PLAIN, row->series->model)                                                    \
    COLUMN("metric", NULL, TABLE_TEXT, PLAIN, metric_names[row->series->metric])                                       \
    COLUMN("unit", NULL, TABLE_TEXT, PLAIN, unit_names[metrics[row->series->metric].unit])                             \
    COLUMN("quantity", "WHAT", TABLE_TEXT, PLAIN, quantity_names[row->quantity])                                       \
    COLUMN("old", "OLD", TABLE_METRIC, PLAIN, row->older.value)                                                        \
    COLUMN("new", "NEW", TABLE_METRIC, PLAIN, row->newer.value)                                                        \
    COLUMN("change", "CHANGE", TABLE_METRIC, VALUE, row->difference.value)                                             \
    COLUMN("change_low", NULL, TABLE_METRIC, LOW, row->difference.low)                                                 \
    COLUMN("change_high", NULL, TABLE_METRIC, HIGH, row->difference.high)                                              \
    COLUMN("ratio", "RATIO", UNIT_RATIO, MINOR, row->ratio.value)                                                      \
    COLUMN("ratio_low", NULL, UNIT_RATIO, PLAIN, row->ratio.low)                                                       \
    COLUMN("ratio_high", NULL, UNIT_RATIO, PLAIN, row->ratio.high)                                                     \
    COLUMN("p_value", NULL, UNIT_PROBABILITY, PLAIN, row->ratio.p)                                                     \
    COLUMN("p_holm", "P (HOLM)", UNIT_PROBABILITY, MINOR, row->p_holm)                                                 \
    COLUMN("verdict", "VERDICT", TABLE_TEXT, PLAIN, row->verdict)

static const struct table_column columns[] = {COLUMNS(TABLE_COLUMN)};

static void add_row(struct table *table, const struct row *row)
{
    COLUMNS(TABLE_ADD)
    table->says_something = table->says_something || isfinite(row->difference.value);
}

/* --- rows --------------------------------------------------------------------------------------------------------- */

struct part {
    struct estimate estimate;
    double dof;
};

static struct part part_of(const struct fit *fit, enum quantity quantity)
{
    return quantity == OVERHEAD ? (struct part){fit->overhead, fit->overhead_dof}
                                : (struct part){fit->baseline, fit->baseline_dof};
}

/* Newer less factor * older. */
static struct estimate difference_of(struct part newer, struct part older, double factor, double confidence)
{
    double first = pow(newer.estimate.standard_error, 2), second = pow(factor * older.estimate.standard_error, 2);

    return fit_estimate(newer.estimate.value - factor * older.estimate.value, sqrt(first + second),
                        fit_joint_dof(first, newer.dof, second, older.dof), confidence);
}

/* The one-sided p value of the null hypothesis that the overhead grew by at most `allowed`. */
static double worse_p(struct part newer, struct part older, double allowed)
{
    double factor = 1 + allowed;
    struct estimate excess = difference_of(newer, older, factor, 0.5);
    double first = pow(newer.estimate.standard_error, 2), second = pow(factor * older.estimate.standard_error, 2);

    if (!isfinite(excess.low))
        return NAN;
    return gsl_cdf_tdist_Q(excess.value / excess.standard_error, fit_joint_dof(first, newer.dof, second, older.dof));
}

static struct ratio_part ratio_part_of(struct part part)
{
    return (struct ratio_part){part.estimate.value, part.estimate.standard_error, part.dof};
}

static void fill_row(struct row *row, const struct series *series, enum quantity quantity, const struct fit *newer,
                     const struct fit *older, const struct table_request *request)
{
    double confidence = request->selection.confidence;
    struct part new_part = part_of(newer, quantity), old_part = part_of(older, quantity);

    *row = (struct row){.series = series,
                        .quantity = quantity,
                        .older = old_part.estimate,
                        .newer = new_part.estimate,
                        .difference = difference_of(new_part, old_part, 1, confidence),
                        .ratio = ratio_of(ratio_part_of(new_part), ratio_part_of(old_part), confidence),
                        .p_worse = NAN};
    if (quantity == OVERHEAD)
        row->p_worse = worse_p(new_part, old_part, request->fail_above);
}

/* The same model on the same host or, where each side has only one host, on any: a build machine's name changes. */
static const struct series *find_older(const struct series_list *older, const struct series *newer, bool any_host)
{
    for (size_t i = 0; i < older->count; i++)
        if (strcmp(older->series[i].model, newer->model) == 0 &&
            (any_host || strcmp(older->series[i].host, newer->host) == 0))
            return &older->series[i];
    return NULL;
}

static bool has_one_host(const struct series_list *list)
{
    return list->count > 0 && series_list_host(list, 0) == list->count;
}

static size_t fill_rows(struct row *row, const struct series_list *newer, const struct series_list *older,
                        const struct table_request *request)
{
    bool any_host = has_one_host(newer) && has_one_host(older);
    size_t rows = 0;

    for (size_t i = 0; i < newer->count; i++) {
        const struct series *before = find_older(older, &newer->series[i], any_host);
        struct fit new_fit, old_fit;

        if (!before)
            continue;
        new_fit = fit_series(&newer->series[i], request->method, request->selection.confidence);
        old_fit = fit_series(before, request->method, request->selection.confidence);
        for (enum quantity quantity = OVERHEAD; quantity < QUANTITIES; quantity++)
            fill_row(&row[rows++], &newer->series[i], quantity, &new_fit, &old_fit, request);
    }
    return rows;
}

/* --- verdicts ----------------------------------------------------------------------------------------------------- */

static void judge(struct row *row, double confidence)
{
    double difference = row->difference.value, share = fabs(row->ratio.value - 1);
    const char *verb = difference > 0 ? "grew" : "fell";

    if (!isfinite(difference))
        snprintf(row->verdict, sizeof row->verdict,
                 "cannot tell: no line goes through the %s runs (fewer than two counts have ok runs)",
                 isfinite(row->older.value)   ? "newer"
                 : isfinite(row->newer.value) ? "older"
                                              : "older or newer");
    else if (isnan(row->p_holm))
        snprintf(row->verdict, sizeof row->verdict, "cannot tell: needs 2 runs or more of each");
    else if (row->p_holm >= 1 - confidence)
        snprintf(row->verdict, sizeof row->verdict, "no change is proven");
    else if (!isfinite(row->ratio.low))
        snprintf(row->verdict, sizeof row->verdict, "%s from next to nothing", verb);
    else
        snprintf(row->verdict, sizeof row->verdict, "%s by %.3g %% (%.3g to %.3g)", verb, 100 * share,
                 100 * fmin(fabs(row->ratio.low - 1), fabs(row->ratio.high - 1)),
                 100 * fmax(fabs(row->ratio.low - 1), fabs(row->ratio.high - 1)));
}

/* Adjusts one kind of p value for all rows. Returns -1 where memory runs out. */
static int adjust(struct row *row, size_t rows, double *(*p_of)(struct row *))
{
    double *p = calloc(rows + 1, sizeof *p);
    int result;

    if (!p)
        return -1;
    for (size_t i = 0; i < rows; i++)
        p[i] = *p_of(&row[i]);
    result = ratio_adjust(p, rows);
    for (size_t i = 0; i < rows; i++)
        *p_of(&row[i]) = p[i];
    free(p);
    return result;
}

static double *p_holm_of(struct row *row)
{
    return &row->p_holm;
}

static double *p_worse_of(struct row *row)
{
    return &row->p_worse;
}

/* --- the alarm ---------------------------------------------------------------------------------------------------- */

static void sound_alarm(struct table *table, const struct row *row, const struct table_request *request)
{
    if (row->quantity != OVERHEAD || isnan(request->fail_above))
        return;
    if (isnan(row->p_worse))
        table_alarm(table, "%s: whether the overhead grew cannot be told (see --table=fits)\n", row->series->model);
    else if (row->p_worse < 1 - request->selection.confidence)
        table_alarm(table, "%s: the overhead grew by more than %g %%: %s\n", row->series->model,
                    100 * request->fail_above, row->verdict);
}

/* A model that is gone must not pass for unchanged. */
static void miss(struct table *table, const struct series_list *list, const struct series_list *others,
                 const char *where, bool alarm)
{
    bool any_host = has_one_host(list) && has_one_host(others);

    for (size_t i = 0; i < list->count; i++) {
        if (find_older(others, &list->series[i], any_host))
            continue;
        table_remark(table, "%s is only in the %s recordings.\n", list->series[i].model, where);
        if (alarm)
            table_alarm(table, "%s: is only in the %s recordings\n", list->series[i].model, where);
    }
}

/* --- the table ---------------------------------------------------------------------------------------------------- */

static int build(struct table *table, const struct series_list *newer, const struct series_list *older,
                 const struct table_request *request)
{
    struct row *row = calloc(QUANTITIES * newer->count + 1, sizeof *row);
    size_t rows = row ? fill_rows(row, newer, older, request) : 0;
    int result = row ? 0 : -1;

    for (size_t i = 0; i < rows; i++)
        row[i].p_holm = row[i].ratio.p;
    if (result == 0)
        result = adjust(row, rows, p_holm_of) || adjust(row, rows, p_worse_of) ? -1 : 0;
    for (size_t i = 0; i < rows; i++) {
        judge(&row[i], request->selection.confidence);
        add_row(table, &row[i]);
        sound_alarm(table, &row[i], request);
    }
    free(row);
    table_remark(table,
                 "The newer recordings against the older ones (%s; fit: %s), with %g %% confidence intervals.\n"
                 "P is adjusted for all rows by Holm's method.\n",
                 metrics[request->selection.metric].description, fit_method_names[request->method],
                 100 * request->selection.confidence);
    if (has_one_host(newer) && has_one_host(older) && strcmp(newer->series->host, older->series->host) != 0)
        table_remark(table, "The older recordings are of another host: %s.\n", older->series->host);
    miss(table, newer, older, "newer", false);
    miss(table, older, newer, "older", !isnan(request->fail_above));
    return result != 0 || table->out_of_memory ? -1 : 0;
}

int table_changes(struct table *table, const struct table_request *request, struct error *error)
{
    struct series_list newer, older;
    int result;

    if (series_list_new(&newer, request->recordings, &request->selection, error) != 0)
        return -1;
    if (series_list_new(&older, request->against, &request->selection, error) != 0) {
        series_list_free(&newer);
        return -1;
    }
    *table = table_new(columns, sizeof columns / sizeof *columns, metrics[request->selection.metric].unit);
    result = build(table, &newer, &older, request);
    if (result != 0)
        error_set(error, "out of memory");
    else if (table_rows(table) == 0)
        result = error_set(error, "nothing to compare: no model is in both the older and the newer recordings");
    series_list_free(&newer);
    series_list_free(&older);
    return result;
}
