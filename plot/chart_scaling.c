/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scaling: the metric against tasks, both on log axes: every run, and each model's line with its confidence band. The
   baseline is the flat part at the left, the overhead the slope at the right. */
#include "plot/chart.h"

#include "collect/unit.h"

#include <math.h>

/* Bands of more lines would hide each other and the runs. */
#define MOST_BANDS 12

/* A line on log axes is curved; this many points make it smooth. */
#define STEPS 96

/* --- the axes ----------------------------------------------------------------------------------------------------- */

struct range {
    double low, high;
};

static void widen(struct range *range, double value)
{
    if (value > 0 && isfinite(value)) {
        range->low = fmin(range->low, value);
        range->high = fmax(range->high, value);
    }
}

static void make_axes(struct figure_panel *panel, const struct chart_data *data)
{
    struct range tasks = {INFINITY, 0}, taken = {INFINITY, 0};

    for (size_t i = 0; i < data->list.count; i++)
        for (size_t j = 0; j < data->list.series[i].cells; j++) {
            const struct cell *cell = &data->list.series[i].cell[j];

            widen(&tasks, (double)cell->tasks);
            widen(&taken, cell->min);
            widen(&taken, cell->max);
        }
    panel->x = axis_over(AXIS_LOG, UNIT_COUNT, tasks.low, tasks.high);
    panel->y = axis_over(AXIS_LOG, chart_unit(data), taken.low, taken.high);
}

/* --- one series --------------------------------------------------------------------------------------------------- */

/* The i-th of the steps from the left end of the axis to the largest count that was measured. */
static double step_tasks(const struct figure_panel *panel, const struct fit *fit, size_t i)
{
    return panel->x.low * pow((double)fit->max_tasks / panel->x.low, (double)i / (STEPS - 1));
}

/* A log axis cannot show a line or limit that is not above 0: it runs along the lower edge. */
static double visible(const struct figure_panel *panel, double value)
{
    return fmax(value, panel->y.low / 2);
}

static void add_band(struct figure *figure, struct figure_panel *panel, const struct fit *fit,
                     struct figure_style style)
{
    struct figure_point outline[2 * STEPS];

    for (size_t i = 0; i < STEPS; i++) {
        double tasks = step_tasks(panel, fit, i);
        struct estimate mean = fit_mean_at(fit, tasks);

        if (!isfinite(mean.low) || !isfinite(mean.high))
            return;
        outline[i] = (struct figure_point){tasks, visible(panel, mean.low)};
        outline[2 * STEPS - 1 - i] = (struct figure_point){tasks, visible(panel, mean.high)};
    }
    figure_add_mark(figure, panel, FIGURE_BAND, style, outline, 2 * STEPS);
}

static void add_line(struct figure *figure, struct figure_panel *panel, const struct fit *fit,
                     struct figure_style style)
{
    struct figure_point line[STEPS];

    for (size_t i = 0; i < STEPS; i++) {
        double tasks = step_tasks(panel, fit, i);

        line[i] = (struct figure_point){tasks, visible(panel, fit_mean_at(fit, tasks).value)};
    }
    figure_add_mark(figure, panel, FIGURE_LINE, style, line, STEPS);
}

static void add_runs(struct figure *figure, struct figure_panel *panel, const struct series *series,
                     struct figure_style style)
{
    for (size_t i = 0; i < series->cells; i++) {
        style.faint = series->cell[i].runs > 1;
        for (size_t j = 0; j < chart_runs(&series->cell[i]); j++) {
            struct figure_point run = {(double)series->cell[i].tasks, chart_run(&series->cell[i], j)};

            figure_add_mark(figure, panel, FIGURE_POINTS, style, &run, 1);
        }
    }
}

static bool has_line(const struct fit *fit)
{
    return isfinite(fit->baseline.value) && isfinite(fit->overhead.value) && fit->max_tasks > 0;
}

/* The end of the line or, without one, the last cell that has runs; false if there is nothing to label. */
static bool find_end(const struct series *series, const struct fit *fit, struct figure_point *end)
{
    if (has_line(fit) && fit_mean_at(fit, (double)fit->max_tasks).value > 0) {
        *end = (struct figure_point){(double)fit->max_tasks, fit_mean_at(fit, (double)fit->max_tasks).value};
        return true;
    }
    for (size_t i = series->cells; i-- > 0;)
        if (series->cell[i].runs > 0 && series->cell[i].median > 0) {
            *end = (struct figure_point){(double)series->cell[i].tasks, series->cell[i].median};
            return true;
        }
    return false;
}

/* The smallest count with no ok run but failed ones, NULL if all worked. */
static const struct cell *find_failure(const struct series *series)
{
    for (size_t i = 0; i < series->cells; i++)
        if (series->cell[i].runs == 0 && series->cell[i].failed > 0)
            return &series->cell[i];
    return NULL;
}

static void add_label(struct figure *figure, struct figure_panel *panel, const struct chart_data *data, size_t series)
{
    const struct cell *failure = find_failure(&data->list.series[series]);
    const char *name = chart_series_name(figure, data, series);
    struct figure_label label = {FIGURE_EDGE, chart_style(data, series).colour, {0, 0}, name};
    char count[UNIT_TEXT_SIZE];

    if (failure)
        label.text = figure_text(figure, "%s, %s at %s", name, sample_status_names[failure->failure],
                                 unit_format_count(count, failure->tasks));
    if (find_end(&data->list.series[series], &data->fit[series], &label.at))
        figure_add_label(figure, panel, label);
}

/* --- the chart ---------------------------------------------------------------------------------------------------- */

static const char *find(struct figure *figure, const struct chart_data *data)
{
    size_t least = 0, most = 0, lines = chart_overhead_range(data, &least, &most);
    char factor[UNIT_TEXT_SIZE];

    if (lines < 2)
        return "Fewer than two models have a line that rises.";
    return figure_text(
        figure, "From %s to %s the slopes differ by a factor of %s: %s and %s for each task.",
        chart_series_name(figure, data, least), chart_series_name(figure, data, most),
        unit_format(factor, UNIT_COUNT, data->fit[most].overhead.value / data->fit[least].overhead.value),
        chart_quantity(figure, data, data->fit[least].overhead.value),
        chart_quantity(figure, data, data->fit[most].overhead.value));
}

void chart_scaling(struct figure *figure, const struct chart_data *data, const struct chart_size *size)
{
    bool bands = data->list.count <= MOST_BANDS;
    struct figure_panel *panel;

    chart_begin(figure, data, size, CHART_scaling, data->list.count + data->list.count / 5, 1);
    figure->subtitle = figure_text(
        figure, "Points are runs, lines the fit %s = baseline + overhead × tasks%s.", metrics[data->metric].noun,
        bands ? figure_text(figure, ", bands its %s confidence limits", chart_confidence_text(figure, data))
              : "; they are too many for confidence bands, the chart of overheads has intervals");
    figure->finding = find(figure, data);
    chart_add_family_key(figure, data);
    figure_make_panels(figure, 1);
    if (figure->panels == 0)
        return;
    panel = &figure->panel[0];
    panel->x_title = "Concurrent tasks (count)";
    panel->y_title = figure_text(figure, "%s (%s)", chart_metric_title(figure, data), unit_names[chart_unit(data)]);
    make_axes(panel, data);
    for (size_t i = 0; bands && i < data->list.count; i++)
        if (has_line(&data->fit[i]))
            add_band(figure, panel, &data->fit[i], chart_style(data, i));
    for (size_t i = 0; i < data->list.count; i++)
        add_runs(figure, panel, &data->list.series[i], chart_style(data, i));
    for (size_t i = 0; i < data->list.count; i++) {
        if (has_line(&data->fit[i]))
            add_line(figure, panel, &data->fit[i], chart_style(data, i));
        add_label(figure, panel, data, i);
    }
}
