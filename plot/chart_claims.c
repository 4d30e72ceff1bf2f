/* SPDX-License-Identifier: GPL-3.0-or-later */
/* claims: the ratios that a famous comparison published beside those measured here, each with the bound of its claim:
   the table of claims as a figure. */
#include "plot/chart.h"

#include <math.h>
#include <string.h>

static const struct figure_style published = {.colour = FIGURE_MUTED, .shape = FIGURE_DIAMOND, .hollow = true};
static const struct figure_style measured = {.colour = FIGURE_PART + 0, .shape = FIGURE_CIRCLE};
static const struct figure_style bound = {.colour = FIGURE_WARNING, .dash = FIGURE_SOLID};

/* Half of the height of a bound's line, in rows. */
#define BOUND_REACH 0.38

static struct axis make_axis(const struct table *claims)
{
    static const char *const names[] = {"published", "ratio", "ratio_low", "ratio_high", "bound"};
    struct chart_range range = {INFINITY, 0};

    for (size_t row = 0; row < table_rows(claims); row++)
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            chart_widen(&range, table_of(claims, row, names[i])->number);
    return axis_over(AXIS_LOG, UNIT_RATIO, range.low, range.high);
}

static void add_measured(struct figure *figure, struct figure_panel *panel, const struct table *claims, size_t row)
{
    double low = table_of(claims, row, "ratio_low")->number, high = table_of(claims, row, "ratio_high")->number;
    struct figure_point at = {table_of(claims, row, "ratio")->number, (double)row};
    struct figure_style style = measured;

    style.subject = table_of(claims, row, "model")->text;
    style.about = figure_text(figure, "%s over %s: %.3g (%.3g to %.3g), published %.3g", style.subject,
                              table_of(claims, row, "reference")->text, at.x, low, high,
                              table_of(claims, row, "published")->number);
    if (low > 0 && isfinite(high))
        figure_add_mark(figure, panel, FIGURE_INTERVAL, style,
                        (struct figure_point[]){{low, (double)row}, {high, (double)row}}, 2);
    figure_add_mark(figure, panel, FIGURE_POINTS, style, &at, 1);
}

static void add_row(struct figure *figure, struct figure_panel *panel, const struct table *claims, size_t row)
{
    double y = (double)row, limit = table_of(claims, row, "bound")->number;
    const char *verdict = table_of(claims, row, "verdict")->text;
    bool fails = strcmp(verdict, "does not hold") == 0;
    char count[UNIT_TEXT_SIZE];

    figure_name_row(panel, row, table_of(claims, row, "claim")->text, table_of(claims, row, "model")->text);
    figure_add_mark(figure, panel, FIGURE_LINE, bound,
                    (struct figure_point[]){{limit, y - BOUND_REACH}, {limit, y + BOUND_REACH}}, 2);
    figure_add_mark(figure, panel, FIGURE_POINTS, published,
                    &(struct figure_point){table_of(claims, row, "published")->number, y}, 1);
    if (isfinite(table_of(claims, row, "ratio")->number))
        add_measured(figure, panel, claims, row);
    unit_format_count(count, (int64_t)table_of(claims, row, "tasks")->number);
    figure_set_entry(panel, 0, row, (struct figure_entry){figure_text(figure, "%s", count), FIGURE_TEXT});
    figure_set_entry(panel, 1, row, (struct figure_entry){verdict, fails ? FIGURE_WARNING : FIGURE_TEXT});
}

static const char *find(struct figure *figure, const struct table *claims)
{
    size_t known = 0, hold = 0, fail = 0;

    for (size_t row = 0; row < table_rows(claims); row++) {
        const char *verdict = table_of(claims, row, "verdict")->text;

        known += strcmp(verdict, "not measured") != 0;
        hold += strcmp(verdict, "holds") == 0;
        fail += strcmp(verdict, "does not hold") == 0;
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
    struct figure_panel *panel;

    chart_begin(figure, data, size, CHART_claims, chart_height_mm(table_rows(claims), 1));
    figure->finding = find(figure, claims);
    figure->subtitle = figure_text(figure,
                                   "Peak resident memory of one model over that of another. A claim holds where the "
                                   "whole %s confidence interval is on its side of the bound.",
                                   chart_confidence_text(figure, data));
    if (!claims->says_something)
        return;
    figure_add_key(figure, published, "published: one run");
    figure_add_key(figure, measured, "measured here");
    figure_make_panels(figure, 1);
    if (figure->panels == 0)
        return;
    panel = &figure->panel[0];
    panel->x = make_axis(claims);
    panel->x_title = "Ratio of peak resident memory; upright: the claim's bound";
    panel->row_lines = true;
    figure_make_rows(figure, panel, table_rows(claims));
    figure_add_column(figure, panel, "tasks");
    figure_add_column(figure, panel, "here it");
    for (size_t row = 0; row < panel->rows; row++)
        add_row(figure, panel, claims, row);
}
