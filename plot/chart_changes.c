/* SPDX-License-Identifier: GPL-3.0-or-later */
/* changes: what has changed against an older recording, with its confidence interval: the table of changes as a figure.
 */
#include "plot/chart.h"

#include <math.h>
#include <string.h>

/* In percent. */
static double change(double ratio)
{
    return 100 * (ratio - 1);
}

static bool is_proven(const struct chart_data *data, size_t row)
{
    return table_of(&data->changes, row, "p_holm")->number < 1 - data->confidence;
}

static struct axis make_axis(const struct table *changes)
{
    static const char *const names[] = {"ratio", "ratio_low", "ratio_high"};
    double low = 0, high = 0;

    for (size_t row = 0; row < table_rows(changes); row++)
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            double value = change(table_of(changes, row, names[i])->number);

            low = fmin(low, isfinite(value) ? value : low);
            high = fmax(high, isfinite(value) ? value : high);
        }
    return axis_over(AXIS_SYMLOG, UNIT_RATIO, low, high);
}

static void add_change(struct figure *figure, struct figure_panel *panel, const struct chart_data *data, size_t row)
{
    const struct table *changes = &data->changes;
    double value = change(table_of(changes, row, "ratio")->number);
    double low = change(table_of(changes, row, "ratio_low")->number);
    double high = change(table_of(changes, row, "ratio_high")->number), y = (double)row;
    struct figure_style style = {.colour = is_proven(data, row) ? FIGURE_WARNING : FIGURE_PART + 0,
                                 .hollow = !is_proven(data, row),
                                 .subject = table_of(changes, row, "model")->text,
                                 .about = table_of(changes, row, "verdict")->text};

    if (!isfinite(value))
        return;
    if (isfinite(low) && isfinite(high))
        figure_add_mark(figure, panel, FIGURE_INTERVAL, style, (struct figure_point[]){{low, y}, {high, y}}, 2);
    figure_add_mark(figure, panel, FIGURE_POINTS, style, &(struct figure_point){value, y}, 1);
}

static void add_row(struct figure *figure, struct figure_panel *panel, const struct chart_data *data, size_t row)
{
    const struct table *changes = &data->changes;
    static const char *const sides[] = {"old", "new"};
    const char *name = figure_text(figure, "%s, %s of %s", table_of(changes, row, "model")->text,
                                   table_of(changes, row, "quantity")->text, table_of(changes, row, "metric")->text);
    char text[UNIT_TEXT_SIZE];

    figure_name_row(panel, row, name, table_of(changes, row, "model")->text);
    add_change(figure, panel, data, row);
    for (size_t i = 0; i < 2; i++) {
        const struct table_value *value = table_of(changes, row, sides[i]);

        if (isfinite(value->number))
            figure_set_entry(
                panel, i, row,
                (struct figure_entry){figure_text(figure, "%s", unit_format(text, value->unit, value->number)),
                                      FIGURE_TEXT});
    }
}

static const char *find(struct figure *figure, const struct chart_data *data)
{
    size_t tested = 0, proven = 0;

    for (size_t row = 0; row < table_rows(&data->changes); row++) {
        tested += isfinite(table_of(&data->changes, row, "p_holm")->number);
        proven += is_proven(data, row);
    }
    if (table_rows(&data->changes) == 0)
        return "No older recording is named, with which this one is compared (--against).";
    return figure_text(figure, "Of %zu %s, %zu %s proven to have changed (Holm's p below %.2g).", tested,
                       tested == 1 ? "comparison" : "comparisons", proven, proven == 1 ? "is" : "are",
                       1 - data->confidence);
}

void chart_changes(struct figure *figure, const struct chart_data *data, const struct chart_size *size)
{
    size_t rows = table_rows(&data->changes);
    static const struct figure_style proven = {.colour = FIGURE_WARNING},
                                     open = {.colour = FIGURE_PART + 0, .hollow = true};
    struct figure_panel *panel;

    chart_begin(figure, data, size, CHART_changes, chart_height_mm(rows, 1));
    figure->finding = find(figure, data);
    figure->subtitle =
        figure_text(figure, "New over old, as growth; whiskers are limits that hold for all rows at once.");
    if (rows == 0)
        return;
    figure_add_key(figure, proven, "proven to have changed");
    figure_add_key(figure, open, "no change is proven");
    figure_make_panels(figure, 1);
    if (figure->panels == 0)
        return;
    panel = &figure->panel[0];
    panel->x = make_axis(&data->changes);
    panel->x_title = "Change (%)";
    panel->row_lines = true;
    figure_make_rows(figure, panel, rows);
    figure_add_column(figure, panel, "old");
    figure_add_column(figure, panel, "new");
    for (size_t row = 0; row < panel->rows; row++)
        add_row(figure, panel, data, row);
}
