/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of crossovers: from how many tasks on which of two models is the cheaper one. */
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
    double measured; /* the largest count at which both were */
    char verdict[160];
};

#define COLUMNS(COLUMN)                                                                                                \
    COLUMN("host", "HOST", TABLE_TEXT, GROUP, row->a->host)                                                            \
    COLUMN("model_a", "MODEL A", TABLE_TEXT, PLAIN, row->a->model)                                                     \
    COLUMN("model_b", "MODEL B", TABLE_TEXT, PLAIN, row->b->model)                                                     \
    COLUMN("metric", NULL, TABLE_TEXT, PLAIN, metric_names[row->a->metric])                                            \
    COLUMN("unit", NULL, TABLE_TEXT, PLAIN, unit_names[metrics[row->a->metric].unit])                                  \
    COLUMN("tasks", "TASKS", UNIT_COUNT, VALUE, row->crossover.tasks)                                                  \
    COLUMN("tasks_low", NULL, UNIT_COUNT, LOW, row->crossover.low)                                                     \
    COLUMN("tasks_high", NULL, UNIT_COUNT, HIGH, row->crossover.high)                                                  \
    COLUMN("cheaper_below", NULL, TABLE_TEXT, PLAIN, side_name(row, row->crossover.below))                             \
    COLUMN("cheaper_above", NULL, TABLE_TEXT, PLAIN, side_name(row, row->crossover.above))                             \
    COLUMN(NULL, "VERDICT", TABLE_TEXT, PLAIN, row->verdict)

static const struct table_column columns[] = {COLUMNS(TABLE_COLUMN)};

static const char *side_name(const struct row *row, enum crossover_side side)
{
    return side == CROSSOVER_A ? row->a->model : side == CROSSOVER_B ? row->b->model : UNPROVEN;
}

/* --- verdicts: of whole tasks ------------------------------------------------------------------------------------- */

enum finding { CROSSES, CROSSES_BEYOND, UNCERTAIN, NEVER, UNKNOWN };

static enum finding find(const struct row *row)
{
    const struct crossover *crossover = &row->crossover;

    if (isnan(row->measured))
        return UNKNOWN;
    if (crossover->above != CROSSOVER_UNPROVEN && crossover->below == crossover->above)
        return NEVER;
    if (crossover->above == CROSSOVER_UNPROVEN || crossover->below == CROSSOVER_UNPROVEN)
        return UNCERTAIN;
    return crossover->tasks <= row->measured ? CROSSES : CROSSES_BEYOND;
}

/* Where a difference is proven at some counts only. */
static void judge_uncertain(struct row *row, const char *below, const char *above)
{
    const struct crossover *crossover = &row->crossover;
    char count[UNIT_TEXT_SIZE], end[UNIT_TEXT_SIZE];

    if (crossover->between != CROSSOVER_UNPROVEN)
        snprintf(row->verdict, sizeof row->verdict, "%s is cheaper from %s to %s tasks; elsewhere " UNPROVEN_SENTENCE,
                 side_name(row, crossover->between), unit_format(count, UNIT_COUNT, ceil(crossover->from)),
                 unit_format(end, UNIT_COUNT, floor(crossover->to)));
    else if (crossover->above != CROSSOVER_UNPROVEN && isfinite(crossover->high))
        snprintf(row->verdict, sizeof row->verdict, "%s is cheaper from %s tasks on; below them " UNPROVEN_SENTENCE,
                 above, unit_format(count, UNIT_COUNT, ceil(crossover->high)));
    else if (crossover->below != CROSSOVER_UNPROVEN && isfinite(crossover->low))
        snprintf(row->verdict, sizeof row->verdict, "%s is cheaper up to %s tasks; beyond them " UNPROVEN_SENTENCE,
                 below, unit_format(count, UNIT_COUNT, floor(crossover->low)));
    else
        snprintf(row->verdict, sizeof row->verdict, UNPROVEN_SENTENCE);
}

static void judge(struct row *row)
{
    const char *below = side_name(row, row->crossover.below), *above = side_name(row, row->crossover.above);
    char count[UNIT_TEXT_SIZE], measured[UNIT_TEXT_SIZE];

    switch (find(row)) {
    case CROSSES:
        snprintf(row->verdict, sizeof row->verdict, "%s is cheaper from %s tasks on", above,
                 unit_format(count, UNIT_COUNT, ceil(row->crossover.tasks)));
        break;
    case CROSSES_BEYOND:
        snprintf(row->verdict, sizeof row->verdict,
                 "%s is cheaper in the whole measured range (to %s tasks); they cross beyond it", below,
                 unit_format_count(measured, (int64_t)row->measured));
        break;
    case NEVER:
        snprintf(row->verdict, sizeof row->verdict, "%s is always cheaper", below);
        break;
    case UNCERTAIN:
        judge_uncertain(row, below, above);
        break;
    case UNKNOWN:
        snprintf(row->verdict, sizeof row->verdict, "cannot tell: a fit or its errors are missing");
    }
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
    bool known = isfinite(a_fit->overhead.low) && isfinite(b_fit->overhead.low) && isfinite(a_fit->covariance) &&
                 isfinite(b_fit->covariance);

    *row = (struct row){
        .a = a,
        .b = b,
        .crossover = {NAN, NAN, NAN, CROSSOVER_UNPROVEN, CROSSOVER_UNPROVEN, NAN, NAN, CROSSOVER_UNPROVEN}};
    row->measured = known ? fmin((double)a_fit->max_tasks, (double)b_fit->max_tasks) : NAN;
    if (known)
        row->crossover = crossover_of(a_fit, b_fit);
    judge(row);
}

static bool is_asked_for(const struct series *a, const struct series *b, const struct table_request *request)
{
    return !request->reference || strcmp(a->model, request->reference) == 0 ||
           strcmp(b->model, request->reference) == 0;
}

/* All pairs of the models of one host. */
static size_t fill_host(struct row *row, const struct series *series, const struct fit *fit, size_t count,
                        const struct table_request *request)
{
    size_t rows = 0;

    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count; j++)
            if (is_asked_for(&series[i], &series[j], request))
                fill_row(&row[rows++], &series[i], &fit[i], &series[j], &fit[j]);
    return rows;
}

/* By host, then what was found, then where they cross. */
static int compare_rows(const void *a, const void *b)
{
    const struct row *left = a, *right = b;
    int order = strcmp(left->a->host, right->a->host);

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
        "From how many tasks on which model takes less (%s; fit: %s), with %g %% confidence intervals, each row "
        "for itself.\n",
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
    for (size_t first = 0; fit && row && first < list->count; first += series_list_host(list, first))
        rows += fill_host(row + rows, list->series + first, fit + first, series_list_host(list, first), request);
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
        result = error_set(error, "nothing to compare: only one model of each host is chosen");
    series_list_free(&list);
    return result;
}
