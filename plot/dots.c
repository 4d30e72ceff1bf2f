/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/dots.h"

#include "collect/unit.h"

#include <math.h>
#include <stdlib.h>

/* Of a panel, and of a row: one of the least letters. */
#define PANEL_MM 26.0
#define ROW_MM 2.5

static const struct cell *cell_of(const struct series *series, int64_t tasks)
{
    for (size_t i = 0; i < series->cells; i++)
        if (series->cell[i].tasks == tasks)
            return &series->cell[i];
    return NULL;
}

/* A count at which only one of several models was run is no comparison; collect adds such ones where a model failed. */
static bool has_panel(const struct chart_data *data, int64_t tasks)
{
    size_t models = 0;

    for (size_t i = 0; i < data->list.count; i++)
        models += cell_of(&data->list.series[i], tasks) != NULL;
    return models > 1 || data->list.count == 1;
}

/* The next count that has a panel; 0 if there is none. */
static int64_t next_panel(const struct chart_data *data, int64_t tasks)
{
    do
        tasks = chart_next_count(data, tasks);
    while (tasks > 0 && !has_panel(data, tasks));
    return tasks;
}

static size_t count_panels(const struct chart_data *data)
{
    size_t panels = 0;

    for (int64_t tasks = next_panel(data, 0); tasks > 0; tasks = next_panel(data, tasks))
        panels++;
    return panels;
}

/* " Not shown: 50k tasks, with which only one model was run." */
static const char *name_left_out(struct figure *figure, const struct chart_data *data)
{
    const char *counts = "";
    char count[UNIT_TEXT_SIZE];

    for (int64_t tasks = chart_next_count(data, 0); tasks > 0; tasks = chart_next_count(data, tasks))
        if (!has_panel(data, tasks))
            counts = figure_text(figure, "%s%s%s", counts, *counts ? ", " : "", unit_format_count(count, tasks));
    return *counts ? figure_text(figure, " Not shown: %s tasks, with which only one model was run.", counts) : "";
}

static struct axis dots_axis(const struct chart_data *data)
{
    struct chart_range range = {INFINITY, 0};

    for (size_t i = 0; i < data->list.count; i++)
        for (size_t j = 0; j < data->list.series[i].cells; j++) {
            chart_widen(&range, data->list.series[i].cell[j].mean);
            chart_widen(&range, data->list.series[i].cell[j].high);
        }
    return axis_over(AXIS_LOG, chart_unit(data), range.low, range.high);
}

/* What failed has a cross at the axis's end, and says why to who points at it. */
static void add_missing(struct figure *figure, struct figure_panel *panel, const struct chart_data *data, size_t series,
                        const struct cell *cell, double row)
{
    struct figure_style style = {.colour = FIGURE_WARNING,
                                 .shape = FIGURE_CROSS,
                                 .subject = data->list.series[series].model,
                                 .about = figure_text(figure, "%s: %s", chart_series_name(figure, data, series),
                                                      chart_failure_text(figure, cell))};

    figure_add_mark(figure, panel, FIGURE_POINTS, style, &(struct figure_point){panel->x.high, row}, 1);
}

static void add_dot(struct figure *figure, struct figure_panel *panel, const struct chart_data *data, size_t series,
                    const struct cell *cell, double row)
{
    struct figure_style style = chart_style(data, series);
    const struct figure_point limits[] = {{fmax(cell->low, panel->x.low), row}, {cell->high, row}};
    const struct figure_point lead[] = {{panel->x.low, row}, {cell->mean, row}};

    if (cell->mean > 0)
        figure_add_mark(figure, panel, FIGURE_LINE,
                        (struct figure_style){.colour = FIGURE_CONTEXT, .faint = true, .subject = style.subject}, lead,
                        2);
    style.about = chart_about_cell(figure, data, series, cell);
    if (isfinite(cell->high) && isfinite(cell->low) && cell->high > panel->x.low)
        figure_add_mark(figure, panel, FIGURE_INTERVAL, style, limits, 2);
    if (cell->mean > 0)
        figure_add_mark(figure, panel, FIGURE_POINTS, style, &(struct figure_point){cell->mean, row}, 1);
}

static void build_dots(struct figure *figure, struct figure_panel *panel, const struct chart_data *data, int64_t tasks,
                       const size_t *order, bool names)
{
    char count[UNIT_TEXT_SIZE];

    panel->title = figure_text(figure, "%s %s", unit_format_count(count, tasks), tasks == 1 ? "task" : "tasks");
    panel->x = dots_axis(data);
    panel->x_title = unit_names[chart_unit(data)];
    figure_make_rows(figure, panel, data->list.count);
    for (size_t row = 0; row < panel->rows; row++) {
        const struct cell *cell = cell_of(&data->list.series[order[row]], tasks);

        if (names)
            chart_name_row(figure, panel, data, row, order[row]);
        if (cell && cell->runs > 0)
            add_dot(figure, panel, data, order[row], cell, (double)row);
        else if (cell && cell->failed > 0)
            add_missing(figure, panel, data, order[row], cell, (double)row);
    }
}

static bool has_missing(const struct chart_data *data)
{
    for (size_t i = 0; i < data->list.count; i++)
        for (size_t j = 0; j < data->list.series[i].cells; j++)
            if (data->list.series[i].cell[j].runs == 0 && data->list.series[i].cell[j].failed > 0)
                return true;
    return false;
}

void dots_draw(struct figure *figure, const struct chart_data *data, const struct chart_size *size)
{
    size_t panels = count_panels(data), *order = chart_order_new(data);
    size_t most = (size_t)fmax(1, floor((size->width_mm - PANEL_MM) / PANEL_MM));
    size_t columns = panels > 0 ? chart_divide_up(panels, chart_divide_up(panels, most)) : 1;
    double rows_mm = ROW_MM * (double)(data->list.count * chart_divide_up(panels, columns));
    int64_t tasks = 0;

    chart_begin(figure, data, size, CHART_bars, chart_height_mm(0, chart_divide_up(panels, columns)) + rows_mm);
    figure->columns = columns;
    figure->shares_left = true;
    figure->out_of_memory = figure->out_of_memory || !order;
    if (has_missing(data))
        figure_add_key(figure, (struct figure_style){.colour = FIGURE_WARNING, .shape = FIGURE_CROSS},
                       "failed or skipped");
    if (panels > 0)
        figure_make_panels(figure, panels);
    for (size_t i = 0; order && i < figure->panels; i++) {
        tasks = next_panel(data, tasks);
        build_dots(figure, &figure->panel[i], data, tasks, order, i % columns == 0);
    }
    figure->subtitle =
        figure_text(figure, "%s, mean of the runs with its %s confidence interval; one scale for all counts.%s%s",
                    chart_metric_title(figure, data), chart_confidence_text(figure, data), name_left_out(figure, data),
                    chart_peak_note(figure, data));
    free(order);
}
