/* SPDX-License-Identifier: GPL-3.0-or-later */
/* latency: how late a planned wake-up is, by quantile, against the number of sleepers beside the probes; one panel a
   model, the least late first, all with the same axes. A point is the mean of the runs' own quantiles: wake-ups within
   a run are correlated, runs are not. */
#include "plot/chart.h"

#include "plot/finding.h"

#include <math.h>
#include <stdlib.h>

#define MOST_PANELS 12
#define PANEL_ROWS 9 /* of text: the height of a panel */
#define GOOD_PANEL_MM 52.0
#define LONGEST_WHISKER 3 /* a lower limit less than so much of the mean would stretch the axis for all */

static const struct {
    enum metric metric;
    const char *name;
    struct figure_style style;
} quantiles[] = {
    {METRIC_LATE_P50, "median", {.colour = FIGURE_PART + 0, .shape = FIGURE_CIRCLE, .dash = FIGURE_SOLID}},
    {METRIC_LATE_P90, "90th percentile", {.colour = FIGURE_PART + 2, .shape = FIGURE_DIAMOND, .dash = FIGURE_DASHED}},
    {METRIC_LATE_P99, "99th percentile", {.colour = FIGURE_PART + 3, .shape = FIGURE_TRIANGLE, .dash = FIGURE_DOTTED}},
};
#define QUANTILES (sizeof quantiles / sizeof *quantiles)

/* The series of each quantile are the same, in the same order. */
static const struct series *series_of(const struct chart_data *data, size_t quantile, size_t series)
{
    return &data->list_of[quantiles[quantile].metric].series[series];
}

/* --- the axes ----------------------------------------------------------------------------------------------------- */

struct ranges {
    struct chart_range sleepers, late;
    bool has_zero; /* a cell without sleepers */
};

static struct ranges find_ranges(const struct chart_data *data)
{
    struct ranges ranges = {{INFINITY, 0}, {INFINITY, 0}, false};

    for (size_t quantile = 0; quantile < QUANTILES; quantile++)
        for (size_t i = 0; i < data->list.count; i++)
            for (size_t j = 0; j < series_of(data, quantile, i)->cells; j++) {
                const struct cell *cell = &series_of(data, quantile, i)->cell[j];

                chart_widen(&ranges.sleepers, (double)cell->tasks);
                chart_widen(&ranges.late, fmax(cell->low, cell->mean / LONGEST_WHISKER));
                chart_widen(&ranges.late, cell->high);
                chart_widen(&ranges.late, cell->mean);
                ranges.has_zero = ranges.has_zero || cell->tasks == 0;
            }
    return ranges;
}

/* --- one panel ---------------------------------------------------------------------------------------------------- */

/* A log axis cannot show a limit that is not above 0: the interval goes on to the lower edge. */
static void add_interval(struct figure *figure, struct figure_panel *panel, const struct cell *cell,
                         struct figure_style style)
{
    const struct figure_point limits[] = {{(double)cell->tasks, fmax(cell->low, panel->y.low)},
                                          {(double)cell->tasks, cell->high}};

    if (isfinite(cell->low) && isfinite(cell->high) && cell->high > panel->y.low)
        figure_add_mark(figure, panel, FIGURE_INTERVAL, style, limits, 2);
}

static double mean_of(const struct cell *cell)
{
    return cell->mean;
}

static void add_quantile(struct figure *figure, struct figure_panel *panel, const struct chart_data *data, size_t index,
                         size_t quantile)
{
    const struct series *series = series_of(data, quantile, index);
    struct figure_style style = quantiles[quantile].style;

    style.subject = series->model;
    chart_join_cells(figure, panel, style, series, mean_of);
    for (size_t i = 0; i < series->cells; i++) {
        const struct cell *cell = &series->cell[i];

        if (!(cell->mean > 0))
            continue;
        style.about =
            figure_text(figure, "%s of %s", quantiles[quantile].name, chart_about_cell(figure, data, index, cell));
        add_interval(figure, panel, cell, style);
        figure_add_mark(figure, panel, FIGURE_POINTS, style, &(struct figure_point){(double)cell->tasks, cell->mean},
                        1);
    }
}

static void build_panel(struct figure *figure, struct figure_panel *panel, const struct chart_data *data, size_t series,
                        const struct ranges *ranges)
{
    panel->title = chart_series_name(figure, data, series);
    panel->x_title = "Sleepers (count)";
    panel->y_title = "Lateness";
    panel->x =
        axis_over(ranges->has_zero ? AXIS_LOG_ZERO : AXIS_LOG, UNIT_COUNT, ranges->sleepers.low, ranges->sleepers.high);
    panel->y = axis_over(AXIS_LOG, UNIT_SECONDS, ranges->late.low, ranges->late.high);
    for (size_t quantile = 0; quantile < QUANTILES; quantile++)
        add_quantile(figure, panel, data, series, quantile);
}

/* --- the chart ---------------------------------------------------------------------------------------------------- */

/* The largest count that most series have. */
static int64_t common_count(const struct chart_data *data)
{
    size_t most = 0;
    int64_t best = 0;

    for (size_t i = 0; i < data->list.count; i++)
        for (size_t j = 0; j < data->list.series[i].cells; j++) {
            int64_t tasks = data->list.series[i].cell[j].tasks;
            size_t have = 0;

            for (size_t k = 0; k < data->list.count; k++)
                have += series_cell_at(&data->list.series[k], tasks) != NULL;
            if (have > most || (have == most && tasks > best)) {
                most = have;
                best = tasks;
            }
        }
    return best;
}

static const char *find(struct figure *figure, const struct chart_data *data)
{
    static const struct finding_words words = {{"wakes the least late", "wake the least late"},
                                               {"the latest", "the latest"}};
    struct finding finding = finding_new(figure, data, data->list.count);
    int64_t tasks = common_count(data);
    const char *text;

    for (size_t i = 0; i < data->list.count; i++) {
        const struct cell *cell = series_cell_at(&data->list.series[i], tasks);

        if (cell)
            finding_add_cell(&finding, data, i, cell);
    }
    finding_compare(figure, data, &finding);
    text = finding_tell(figure, data, &finding, &words);
    finding_free(&finding);
    return text ? text : finding_lack(figure, data);
}

static const char *name_left_out(struct figure *figure, size_t models, size_t shown)
{
    return models > shown
               ? figure_text(figure, " Shown are the %zu of %zu models that wake up the latest.", shown, models)
               : "";
}

void chart_latency(struct figure *figure, const struct chart_data *data, const struct chart_size *size)
{
    const struct chart_data *beats = chart_data_of(data, WORK_BEAT);
    size_t models = beats->list.count, shown = models < MOST_PANELS ? models : MOST_PANELS, *order;
    size_t columns = chart_columns(shown, GOOD_PANEL_MM, size);
    const struct ranges ranges = find_ranges(beats);

    chart_begin(figure, beats, size, CHART_latency, chart_height_mm(PANEL_ROWS, chart_divide_up(shown, columns)));
    figure->columns = columns;
    figure->shares_left = true;
    figure->subtitle = figure_text(figure,
                                   "How late a planned wake-up is beside so many sleepers. Points are means of the "
                                   "runs' own quantiles, whiskers %s confidence limits.%s",
                                   chart_confidence_text(figure, beats), name_left_out(figure, models, shown));
    figure->finding = find(figure, beats);
    for (size_t quantile = 0; quantile < QUANTILES; quantile++)
        figure_add_key(figure, quantiles[quantile].style, quantiles[quantile].name);
    order = chart_order_new(beats);
    figure->out_of_memory = figure->out_of_memory || !order;
    figure_make_panels(figure, shown);
    for (size_t i = 0; order && i < figure->panels; i++)
        build_panel(figure, &figure->panel[i], beats, order[models - shown + i], &ranges);
    free(order);
}
