/* SPDX-License-Identifier: GPL-3.0-or-later */
/* claims: the table of claims as a figure. The upper panel has the ratios that a famous comparison published beside
   those measured here, each with the bound of its claim; the lower one the amounts of which they are. */
#include "plot/chart.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct figure_style published = {.colour = FIGURE_MUTED, .shape = FIGURE_DIAMOND, .hollow = true};
static const struct figure_style measured = {.colour = FIGURE_PART + 0, .shape = FIGURE_CIRCLE};
static const struct figure_style failing = {.colour = FIGURE_WARNING, .shape = FIGURE_CIRCLE};
static const struct figure_style bound = {.colour = FIGURE_WARNING, .dash = FIGURE_SOLID};

/* Half of the height of a bound's line, in rows. */
#define BOUND_REACH 0.38

/* The text, with the host of the row where there are several. */
static const char *with_host(struct figure *figure, const struct table *claims, size_t row, const char *text)
{
    const char *host = table_of(claims, row, "host")->text, *last;

    last = table_of(claims, table_rows(claims) - 1, "host")->text;
    return strcmp(table_of(claims, 0, "host")->text, last) == 0 ? text : figure_text(figure, "%s (%s)", text, host);
}

/* What was measured, with its interval where that has both ends on the axis. */
static void add_measured(struct figure *figure, struct figure_panel *panel, struct figure_style style,
                         struct estimate here, size_t row)
{
    if (here.low > 0 && isfinite(here.high))
        figure_add_mark(figure, panel, FIGURE_INTERVAL, style,
                        (struct figure_point[]){{here.low, (double)row}, {here.high, (double)row}}, 2);
    figure_add_mark(figure, panel, FIGURE_POINTS, style, &(struct figure_point){here.value, (double)row}, 1);
}

static struct figure_panel *begin_panel(struct figure *figure, size_t index, size_t rows, const char *x_title)
{
    struct figure_panel *panel = &figure->panel[index];

    panel->x_title = x_title;
    panel->row_lines = true;
    figure_make_rows(figure, panel, rows);
    figure_add_column(figure, panel, "tasks");
    return panel;
}

static void name_row(struct figure *figure, struct figure_panel *panel, size_t row, const char *name,
                     const char *subject, double tasks)
{
    char count[UNIT_TEXT_SIZE];

    figure_name_row(panel, row, name, subject);
    unit_format_count(count, (int64_t)tasks);
    figure_set_entry(panel, 0, row, (struct figure_entry){figure_text(figure, "%s", count), FIGURE_TEXT});
}

/* --- ratios ------------------------------------------------------------------------------------------------------- */

static struct axis ratio_axis(const struct table *claims)
{
    static const char *const names[] = {"published", "ratio", "ratio_low", "ratio_high", "bound"};
    struct chart_range range = {INFINITY, 0};

    for (size_t row = 0; row < table_rows(claims); row++)
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            chart_widen(&range, table_of(claims, row, names[i])->number);
    return axis_over(AXIS_LOG, UNIT_RATIO, range.low, range.high);
}

static bool fails(const struct table *claims, size_t row)
{
    return strcmp(table_of(claims, row, "verdict")->text, "does not hold") == 0;
}

static void add_ratio(struct figure *figure, struct figure_panel *panel, const struct table *claims, size_t row)
{
    struct estimate here = {.value = table_of(claims, row, "ratio")->number,
                            .low = table_of(claims, row, "ratio_low")->number,
                            .high = table_of(claims, row, "ratio_high")->number};
    struct figure_style style = fails(claims, row) ? failing : measured;

    style.subject = table_of(claims, row, "model")->text;
    style.about = figure_text(figure, "%s over %s: %.3g (%.3g to %.3g), published %.3g", style.subject,
                              table_of(claims, row, "reference")->text, here.value, here.low, here.high,
                              table_of(claims, row, "published")->number);
    if (isfinite(here.value))
        add_measured(figure, panel, style, here, row);
}

static void add_claim(struct figure *figure, struct figure_panel *panel, const struct table *claims, size_t row)
{
    double y = (double)row, limit = table_of(claims, row, "bound")->number;

    name_row(figure, panel, row, with_host(figure, claims, row, table_of(claims, row, "claim")->text),
             table_of(claims, row, "model")->text, table_of(claims, row, "tasks")->number);
    figure_add_mark(figure, panel, FIGURE_LINE, bound,
                    (struct figure_point[]){{limit, y - BOUND_REACH}, {limit, y + BOUND_REACH}}, 2);
    figure_add_mark(figure, panel, FIGURE_POINTS, published,
                    &(struct figure_point){table_of(claims, row, "published")->number, y}, 1);
    add_ratio(figure, panel, claims, row);
    figure_set_entry(panel, 1, row,
                     (struct figure_entry){table_of(claims, row, "verdict")->text,
                                           fails(claims, row) ? FIGURE_WARNING : FIGURE_TEXT});
}

static void build_ratios(struct figure *figure, size_t index, const struct table *claims)
{
    struct figure_panel *panel =
        begin_panel(figure, index, table_rows(claims), "Ratio of peak resident memory; upright: the claim's bound");

    panel->x = ratio_axis(claims);
    figure_add_column(figure, panel, "here it");
    for (size_t row = 0; row < panel->rows; row++)
        add_claim(figure, panel, claims, row);
}

/* --- amounts ------------------------------------------------------------------------------------------------------ */

/* What a model took with so many tasks: a side of at least one ratio. */
struct amount {
    const char *name, *model;
    double tasks, published;
    struct estimate here;
};

static int compare_amounts(const void *a, const void *b)
{
    const struct amount *left = a, *right = b;

    if (left->tasks != right->tasks)
        return left->tasks < right->tasks ? -1 : 1;
    if (left->published != right->published)
        return left->published < right->published ? -1 : 1;
    return strcmp(left->name, right->name);
}

/* The columns of one side of a ratio. */
static const struct {
    const char *model, *published, *here, *low, *high;
} sides[] = {
    {"model", "model_published", "model_here", "model_here_low", "model_here_high"},
    {"reference", "reference_published", "reference_here", "reference_here_low", "reference_here_high"},
};
#define SIDES (sizeof sides / sizeof *sides)

static struct amount amount_of(struct figure *figure, const struct table *claims, size_t row, size_t side)
{
    const char *model = table_of(claims, row, sides[side].model)->text;

    return (struct amount){.name = with_host(figure, claims, row, model),
                           .model = model,
                           .tasks = table_of(claims, row, "tasks")->number,
                           .published = table_of(claims, row, sides[side].published)->number,
                           .here = {.value = table_of(claims, row, sides[side].here)->number,
                                    .low = table_of(claims, row, sides[side].low)->number,
                                    .high = table_of(claims, row, sides[side].high)->number}};
}

/* Each once, by tasks and by what was published. NULL if memory ran out; free it. */
static struct amount *amounts_new(struct figure *figure, const struct table *claims, size_t *count)
{
    struct amount *amount = calloc(table_rows(claims) * SIDES + 1, sizeof *amount);
    size_t all = table_rows(claims) * SIDES;

    *count = 0;
    if (!amount)
        return NULL;
    for (size_t i = 0; i < all; i++)
        amount[i] = amount_of(figure, claims, i / SIDES, i % SIDES);
    qsort(amount, all, sizeof *amount, compare_amounts);
    for (size_t i = 0; i < all; i++)
        if (*count == 0 || compare_amounts(&amount[*count - 1], &amount[i]) != 0)
            amount[(*count)++] = amount[i];
    return amount;
}

static struct axis amount_axis(const struct amount *amount, size_t count)
{
    struct chart_range range = {INFINITY, 0};

    for (size_t i = 0; i < count; i++) {
        chart_widen(&range, amount[i].published);
        chart_widen(&range, amount[i].here.value);
    }
    return axis_over(AXIS_LOG, UNIT_BYTES, range.low, range.high);
}

static const char *bytes_text(struct figure *figure, double bytes)
{
    char text[UNIT_TEXT_SIZE];

    return figure_text(figure, "%s", unit_format(text, UNIT_BYTES, bytes));
}

static void add_amount(struct figure *figure, struct figure_panel *panel, const struct amount *amount, size_t row)
{
    struct figure_style style = measured;

    name_row(figure, panel, row, amount->name, amount->model, amount->tasks);
    figure_add_mark(figure, panel, FIGURE_POINTS, published, &(struct figure_point){amount->published, (double)row}, 1);
    figure_set_entry(panel, 1, row, (struct figure_entry){bytes_text(figure, amount->published), FIGURE_MUTED});
    if (!isfinite(amount->here.value))
        return;
    style.subject = amount->model;
    style.about = figure_text(figure, "%s: %s, published %s", amount->name, bytes_text(figure, amount->here.value),
                              bytes_text(figure, amount->published));
    add_measured(figure, panel, style, amount->here, row);
    figure_set_entry(panel, 2, row, (struct figure_entry){bytes_text(figure, amount->here.value), FIGURE_TEXT});
}

static void build_amounts(struct figure *figure, size_t index, const struct amount *amount, size_t count)
{
    struct figure_panel *panel = begin_panel(figure, index, count, "Peak resident memory");

    panel->x = amount_axis(amount, count);
    figure_add_column(figure, panel, "published");
    figure_add_column(figure, panel, "here");
    for (size_t row = 0; row < panel->rows; row++)
        add_amount(figure, panel, &amount[row], row);
}

/* --- the chart ---------------------------------------------------------------------------------------------------- */

static const char *find(struct figure *figure, const struct table *claims)
{
    size_t known = 0, hold = 0, fail = 0;

    for (size_t row = 0; row < table_rows(claims); row++) {
        const char *verdict = table_of(claims, row, "verdict")->text;

        known += strcmp(verdict, "not measured") != 0;
        hold += strcmp(verdict, "holds") == 0;
        fail += fails(claims, row);
    }
    if (known == 0)
        return "None of the models that the claims are about was run with as many tasks.";
    return figure_text(
        figure,
        "Of %zu %s that \"How Much Memory Do You Need to Run 1 Million Concurrent Tasks?\" (2023) made of "
        "models that were run here, %zu %s here and %zu %s not.",
        known, known == 1 ? "claim" : "claims", hold, hold == 1 ? "holds" : "hold", fail, fail == 1 ? "does" : "do");
}

void chart_claims(struct figure *figure, const struct chart_data *data, const struct chart_size *size)
{
    const struct table *claims = &data->claims;
    size_t count;
    struct amount *amount = amounts_new(figure, claims, &count);

    chart_begin(figure, data, size, CHART_claims,
                chart_height_mm(count > table_rows(claims) ? count : table_rows(claims), 2));
    figure->out_of_memory = figure->out_of_memory || !amount;
    figure->finding = find(figure, claims);
    figure->subtitle = figure_text(figure,
                                   "Peak resident memory of one model over that of another. A claim holds where the "
                                   "whole %s confidence interval is on its side of the bound.",
                                   chart_confidence_text(figure, data));
    if (claims->says_something && amount)
        figure_make_panels(figure, 2);
    if (figure->panels > 0) {
        figure_add_key(figure, published, "published: one run");
        figure_add_key(figure, measured, "measured here");
        figure_add_key(figure, failing, "measured here: the claim does not hold");
        build_ratios(figure, 0, claims);
        build_amounts(figure, 1, amount, count);
    }
    free(amount);
}
