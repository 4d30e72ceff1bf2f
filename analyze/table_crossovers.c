/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of crossovers: with how many tasks which of two models is the cheaper one. */
#include "analyze/crossover.h"
#include "analyze/table.h"
#include "collect/unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNPROVEN "~"
#define UNPROVEN_SENTENCE "no difference is proven"

struct row {
    const struct series *a, *b;
    struct crossover crossover;
    bool is_known; /* both have errors */
    char verdict[256];
};

#define COLUMNS(COLUMN)                                                                                                \
    COLUMN("host", "HOST", TABLE_TEXT, GROUP, row->a->host)                                                            \
    COLUMN("model_a", "MODEL A", TABLE_TEXT, PLAIN, row->a->model)                                                     \
    COLUMN("model_b", "MODEL B", TABLE_TEXT, PLAIN, row->b->model)                                                     \
    COLUMN("work", "WORK", TABLE_TEXT, VARIED, row->a->work)                                                           \
    COLUMN("metric", NULL, TABLE_TEXT, PLAIN, metric_names[row->a->metric])                                            \
    COLUMN("unit", NULL, TABLE_TEXT, PLAIN, unit_names[metrics[row->a->metric].unit])                                  \
    COLUMN("tasks", "TASKS", UNIT_COUNT, VALUE, row->crossover.tasks)                                                  \
    COLUMN("tasks_low", NULL, UNIT_COUNT, LOW, low_of(&row->crossover))                                                \
    COLUMN("tasks_high", NULL, UNIT_COUNT, HIGH, high_of(&row->crossover))                                             \
    COLUMN("cheaper_below", NULL, TABLE_TEXT, PLAIN, side_name(row, crossover_below(&row->crossover)))                 \
    COLUMN("cheaper_above", NULL, TABLE_TEXT, PLAIN, side_name(row, crossover_above(&row->crossover)))                 \
    COLUMN(NULL, "VERDICT", TABLE_TEXT, PLAIN, row->verdict)

static const struct table_column columns[] = {COLUMNS(TABLE_COLUMN)};

static const char *side_name(const struct row *row, enum crossover_side side)
{
    return side == CROSSOVER_A ? row->a->model : side == CROSSOVER_B ? row->b->model : UNPROVEN;
}

/* Between these counts no difference is proven. */
static double low_of(const struct crossover *crossover)
{
    bool has_low = crossover->stretches > 0 && crossover->stretch[0].to < crossover->largest &&
                   crossover->stretch[0].from == crossover->smallest;

    return has_low ? crossover->stretch[0].to : NAN;
}

static double high_of(const struct crossover *crossover)
{
    for (size_t i = 0; i < crossover->stretches; i++)
        if (crossover->stretch[i].from > crossover->smallest)
            return crossover->stretch[i].from;
    return NAN;
}

/* --- verdicts: of whole tasks ------------------------------------------------------------------------------------- */

enum finding { CROSSES, NEVER, UNCERTAIN, UNKNOWN };

static enum finding find(const struct row *row)
{
    const struct crossover *crossover = &row->crossover;
    enum crossover_side below = crossover_below(crossover), above = crossover_above(crossover);

    if (!row->is_known || isnan(crossover->largest))
        return UNKNOWN;
    if (below == CROSSOVER_UNPROVEN || above == CROSSOVER_UNPROVEN)
        return UNCERTAIN;
    return crossover->stretches > 1 ? CROSSES : NEVER;
}

/* "with 1 only", "up to 5k tasks", "from 7k tasks on", "from 2k to 3k tasks" */
static void describe(char text[96], const struct crossover *crossover, const struct crossover_stretch *stretch)
{
    char from[UNIT_TEXT_SIZE], to[UNIT_TEXT_SIZE];

    unit_format(from, UNIT_COUNT, ceil(stretch->from));
    unit_format(to, UNIT_COUNT, floor(stretch->to));
    if (floor(stretch->to) == crossover->smallest)
        snprintf(text, 96, "with %s only", to);
    else if (stretch->from == crossover->smallest)
        snprintf(text, 96, "up to %s tasks", to);
    else if (stretch->to == crossover->largest)
        snprintf(text, 96, "from %s tasks on", from);
    else
        snprintf(text, 96, "from %s to %s tasks", from, to);
}

static void judge_stretches(struct row *row)
{
    const struct crossover *crossover = &row->crossover;
    size_t length = 0;

    for (size_t i = 0; i < crossover->stretches && length < sizeof row->verdict; i++) {
        const struct crossover_stretch *stretch = &crossover->stretch[i];
        char where[96];

        describe(where, crossover, stretch);
        length += (size_t)snprintf(row->verdict + length, sizeof row->verdict - length, "%s%s is cheaper %s",
                                   i > 0 ? ", " : "", side_name(row, stretch->side), where);
    }
    if (find(row) == UNCERTAIN && length < sizeof row->verdict)
        snprintf(row->verdict + length, sizeof row->verdict - length, "; elsewhere " UNPROVEN_SENTENCE);
}

static void judge(struct row *row)
{
    const struct crossover *crossover = &row->crossover;
    char from[UNIT_TEXT_SIZE], to[UNIT_TEXT_SIZE];

    if (find(row) == UNKNOWN)
        snprintf(row->verdict, sizeof row->verdict, "%s",
                 row->is_known ? "cannot tell: they were not measured at the same counts"
                               : "cannot tell: a fit or its errors are missing");
    else if (crossover->stretches == 0)
        snprintf(row->verdict, sizeof row->verdict, UNPROVEN_SENTENCE);
    else if (find(row) == NEVER)
        snprintf(row->verdict, sizeof row->verdict, "%s is cheaper from %s to %s tasks, all that was measured",
                 side_name(row, crossover->stretch[0].side), unit_format_count(from, (int64_t)crossover->smallest),
                 unit_format_count(to, (int64_t)crossover->largest));
    else
        judge_stretches(row);
}

static void add_row(struct table *table, const struct row *row)
{
    COLUMNS(TABLE_ADD)
    table->says_something = table->says_something || find(row) != UNKNOWN;
}

/* --- rows --------------------------------------------------------------------------------------------------------- */

static void fill_row(struct row *row, const struct series *a, const struct fit *a_fit, const struct series *b,
                     const struct fit *b_fit)
{
    *row = (struct row){.a = a, .b = b, .crossover = {.smallest = NAN, .largest = NAN, .tasks = NAN}};
    row->is_known = isfinite(a_fit->overhead.standard_error) && isfinite(b_fit->overhead.standard_error) &&
                    isfinite(a_fit->covariance) && isfinite(b_fit->covariance);
    if (row->is_known)
        row->crossover = crossover_of(a_fit, b_fit);
    judge(row);
}

static bool is_asked_for(const struct series *a, const struct series *b, const struct table_request *request)
{
    return !request->reference || strcmp(a->model, request->reference) == 0 ||
           strcmp(b->model, request->reference) == 0;
}

/* All pairs of the models of one host and work. */
static size_t fill_peers(struct row *row, const struct series *series, const struct fit *fit, size_t count,
                         const struct table_request *request)
{
    size_t rows = 0;

    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count; j++)
            if (is_asked_for(&series[i], &series[j], request))
                fill_row(&row[rows++], &series[i], &fit[i], &series[j], &fit[j]);
    return rows;
}

/* By host and work, then what was found, then where they cross. */
static int compare_rows(const void *a, const void *b)
{
    const struct row *left = a, *right = b;
    int order = strcmp(left->a->host, right->a->host);

    if (order == 0)
        order = strcmp(left->a->work, right->a->work);
    if (order == 0)
        order = (int)find(left) - (int)find(right);
    if (order == 0)
        order = (left->crossover.tasks > right->crossover.tasks) - (left->crossover.tasks < right->crossover.tasks);
    if (order == 0)
        order = strcmp(left->a->model, right->a->model);
    return order ? order : strcmp(left->b->model, right->b->model);
}

/* --- the table ---------------------------------------------------------------------------------------------------- */

static void remark(struct table *table, const struct table_request *request)
{
    table_remark(
        table,
        "With how many tasks which model takes less (%s; fit: %s), at the counts at which both were measured and "
        "between them, with %g %% confidence, each row for itself.\n",
        metrics[request->selection.metric].description, fit_method_names[request->method],
        100 * request->selection.confidence);
}

static int build(struct table *table, const struct series_list *list, const struct table_request *request)
{
    struct fit *fit = calloc(list->count + 1, sizeof *fit);
    struct row *row = calloc(list->count * list->count + 1, sizeof *row);
    size_t rows = 0;

    for (size_t i = 0; fit && row && i < list->count; i++)
        fit[i] = fit_series(&list->series[i], request->method, request->selection.confidence);
    for (size_t first = 0; fit && row && first < list->count; first += series_list_peers(list, first))
        rows += fill_peers(row + rows, list->series + first, fit + first, series_list_peers(list, first), request);
    if (rows > 0)
        qsort(row, rows, sizeof *row, compare_rows);
    for (size_t i = 0; i < rows; i++)
        add_row(table, &row[i]);
    remark(table, request);
    table->out_of_memory = table->out_of_memory || !fit || !row;
    free(fit);
    free(row);
    return table->out_of_memory ? -1 : 0;
}

int table_crossovers(struct table *table, const struct table_request *request, struct error *error)
{
    struct series_list list;
    int result;

    if (series_list_new(&list, request->recordings, &request->selection, error) != 0)
        return -1;
    *table = table_new(columns, sizeof columns / sizeof *columns, metrics[request->selection.metric].unit);
    result = series_list_check_model(&list, "--reference", request->reference, error);
    if (result == 0 && build(table, &list, request) != 0)
        result = error_set(error, "out of memory");
    if (result == 0 && table_rows(table) == 0)
        result = error_set(error, "nothing to compare: only one model of each host and work is chosen");
    series_list_free(&list);
    return result;
}
