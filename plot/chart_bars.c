/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bars: how much memory each model takes, one panel a count, with what failed and why. */
#include "plot/chart.h"

#include "collect/quantity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* In narrower panels there is little room for bars between names and values, and in still narrower ones none. */
#define GOOD_PANEL_MM 66.0
#define LEAST_PANEL_MM 40.0

/* --- which counts there are --------------------------------------------------------------------------------------- */

/* The smallest count above `above` that any series has; 0 if there is none. */
static int64_t next_count(const struct chart_data *data, int64_t above)
{
    int64_t next = 0;

    for (size_t i = 0; i < data->list.count; i++)
        for (size_t j = 0; j < data->list.series[i].cells; j++) {
            int64_t tasks = data->list.series[i].cell[j].tasks;

            if (tasks > above && (next == 0 || tasks < next))
                next = tasks;
        }
    return next;
}

static size_t count_counts(const struct chart_data *data)
{
    size_t counts = 0;

    for (int64_t tasks = next_count(data, 0); tasks > 0; tasks = next_count(data, tasks))
        counts++;
    return counts;
}

/* --- one panel: its rows ------------------------------------------------------------------------------------------ */

struct bar {
    size_t series;
    const struct cell *cell;
    const char *model;
};

/* Ascending by memory; what has none comes last. */
static int compare_bars(const void *a, const void *b)
{
    const struct bar *first = a, *second = b;
    bool no_first = first->cell->runs == 0, no_second = second->cell->runs == 0;

    if (no_first != no_second)
        return no_first - no_second;
    if (!no_first && first->cell->mean != second->cell->mean)
        return first->cell->mean < second->cell->mean ? -1 : 1;
    return strcmp(first->model, second->model);
}

/* Gathers the cells of the count, sorted; `bar` has room for one a series. Returns how many there are. */
static size_t gather_bars(struct bar *bar, const struct chart_data *data, int64_t tasks)
{
    size_t bars = 0;

    for (size_t i = 0; i < data->list.count; i++)
        for (size_t j = 0; j < data->list.series[i].cells; j++) {
            const struct cell *cell = &data->list.series[i].cell[j];

            if (cell->tasks == tasks && (cell->runs > 0 || cell->failed > 0))
                bar[bars++] = (struct bar){i, cell, data->list.series[i].model};
        }
    qsort(bar, bars, sizeof *bar, compare_bars);
    return bars;
}

/* --- one row ------------------------------------------------------------------------------------------------------ */

/* The value and its upper limit, where it has one. */
static double bar_end(const struct cell *cell)
{
    return isfinite(cell->high) ? fmax(cell->high, cell->mean) : cell->mean;
}

/* "failed: fork: EAGAIN; limit met: kernel.pid_max 32768": without what the reason explains in brackets, for which a
   row has no room. */
static const char *failure_text(struct figure *figure, const struct cell *cell)
{
    const char *status = sample_status_names[cell->failure], *rest = cell->reason, *text = status, *open, *close;

    for (; (open = strstr(rest, " (")) && (close = strchr(open, ')')); rest = close + 1)
        text = figure_text(figure, "%s%s%.*s", text, text == status ? ": " : "", (int)(open - rest), rest);
    return *rest ? figure_text(figure, "%s%s%s", text, text == status ? ": " : "", rest) : text;
}

static void add_failure(struct figure *figure, struct figure_panel *panel, const struct cell *cell, double row)
{
    struct figure_point at = {0, row};
    struct figure_style style = {.colour = FIGURE_WARNING, .shape = FIGURE_CROSS};

    figure_add_mark(figure, panel, FIGURE_POINTS, style, &at, 1);
    figure_add_label(figure, panel,
                     (struct figure_label){FIGURE_WITHIN, FIGURE_WARNING, at, failure_text(figure, cell)});
}

static void add_value(struct figure *figure, struct figure_panel *panel, const struct cell *cell, double row)
{
    char memory[QUANTITY_TEXT_SIZE];
    const char *failed = "", *text;

    if (cell->failed > 0)
        failed = figure_text(figure, ", %zu of %zu %s", cell->failed, cell->failed + cell->runs,
                             sample_status_names[cell->failure]);
    text = figure_text(figure, "%s%s", quantity_format_bytes(memory, cell->mean), failed);
    figure_add_label(figure, panel, (struct figure_label){FIGURE_BESIDE, FIGURE_TEXT, {bar_end(cell), row}, text});
}

static void add_bar(struct figure *figure, struct figure_panel *panel, const struct chart_data *data,
                    const struct bar *bar, size_t row)
{
    double y = (double)row;
    const struct cell *cell = bar->cell;

    figure_name_row(panel, row, chart_series_name(figure, data, bar->series));
    if (cell->runs == 0) {
        add_failure(figure, panel, cell, y);
        return;
    }
    figure_add_mark(figure, panel, FIGURE_BAR, chart_style(data, bar->series),
                    (struct figure_point[]){{0, y}, {cell->mean, y}}, 2);
    if (isfinite(cell->low) && isfinite(cell->high))
        figure_add_mark(figure, panel, FIGURE_INTERVAL, (struct figure_style){.colour = FIGURE_TEXT},
                        (struct figure_point[]){{fmax(cell->low, 0), y}, {cell->high, y}}, 2);
    add_value(figure, panel, cell, y);
}

/* --- the chart ---------------------------------------------------------------------------------------------------- */

static void build_panel(struct figure *figure, struct figure_panel *panel, const struct chart_data *data, int64_t tasks,
                        const struct bar *bar, size_t bars)
{
    char count[QUANTITY_TEXT_SIZE];
    double most = 0;

    for (size_t i = 0; i < bars; i++)
        if (bar[i].cell->runs > 0)
            most = fmax(most, bar_end(bar[i].cell));
    panel->title = figure_text(figure, "%s %s", quantity_format_count(count, tasks), tasks == 1 ? "task" : "tasks");
    panel->x = axis_over(AXIS_LINEAR, AXIS_BYTES, 0, most);
    panel->x_title = chart_metric_title(figure, data);
    figure_make_rows(figure, panel, bars);
    for (size_t i = 0; i < bars; i++)
        add_bar(figure, panel, data, &bar[i], i);
}

/* At the largest count that has ok runs; `bar` has room for one a series. */
static const char *find(struct figure *figure, const struct chart_data *data, struct bar *bar)
{
    char least[QUANTITY_TEXT_SIZE], most[QUANTITY_TEXT_SIZE], count[QUANTITY_TEXT_SIZE];
    const char *finding = "No run was ok.";

    for (int64_t tasks = next_count(data, 0); tasks > 0; tasks = next_count(data, tasks)) {
        size_t bars = gather_bars(bar, data, tasks), ok = 0;

        while (ok < bars && bar[ok].cell->runs > 0)
            ok++;
        quantity_format_count(count, tasks);
        if (ok == 1)
            finding = figure_text(figure, "Only %s ran with %s %s, and took %s.",
                                  chart_series_name(figure, data, bar[0].series), count, tasks == 1 ? "task" : "tasks",
                                  quantity_format_bytes(least, bar[0].cell->mean));
        else if (ok > 1)
            finding = figure_text(figure, "With %s %s %s takes the least, %s, and %s the most, %s.", count,
                                  tasks == 1 ? "task" : "tasks", chart_series_name(figure, data, bar[0].series),
                                  quantity_format_bytes(least, bar[0].cell->mean),
                                  chart_series_name(figure, data, bar[ok - 1].series),
                                  quantity_format_bytes(most, bar[ok - 1].cell->mean));
    }
    return finding;
}

static size_t divide_up(size_t panels, size_t columns)
{
    return (panels + columns - 1) / columns;
}

/* How many panels beside each other: as many as have good room, and more where the height is given and too small for
   their rows; in lines of about equal length. */
static size_t choose_columns(size_t panels, size_t rows, const struct chart_size *size)
{
    size_t columns = (size_t)fmax(1, floor(size->width_mm / GOOD_PANEL_MM));
    size_t most = (size_t)fmax(1, floor(size->width_mm / LEAST_PANEL_MM));

    while (!size->may_grow && columns < most && chart_height_mm(rows, divide_up(panels, columns)) > size->height_mm)
        columns++;
    return panels > 0 ? divide_up(panels, divide_up(panels, columns)) : 1;
}

void chart_bars(struct figure *figure, const struct chart_data *data, const struct chart_size *size)
{
    size_t panels = count_counts(data), columns = choose_columns(panels, data->list.count, size);
    struct bar *bar = calloc(data->list.count + 1, sizeof *bar);
    int64_t tasks = 0;

    chart_begin(figure, data, size, CHART_bars, data->list.count, divide_up(panels, columns));
    figure->out_of_memory = figure->out_of_memory || !bar;
    figure->subtitle =
        figure_text(figure, "Mean of the runs; whiskers are its %s confidence interval. Each panel has its own scale.",
                    chart_confidence_text(figure, data));
    figure->columns = columns;
    figure->finding = bar ? find(figure, data, bar) : NULL;
    chart_add_family_key(figure, data);
    if (panels > 0)
        figure_make_panels(figure, panels);
    for (size_t i = 0; bar && i < figure->panels; i++) {
        tasks = next_count(data, tasks);
        build_panel(figure, &figure->panel[i], data, tasks, bar, gather_bars(bar, data, tasks));
    }
    free(bar);
}
