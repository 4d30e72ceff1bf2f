/* SPDX-License-Identifier: GPL-3.0-or-later */
/* residuals: the deviation of each run from its model's line, as a share of the line, one panel a model; models whose
   line is least likely to hold come first. */
#include "plot/chart.h"

#include "collect/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_PANELS 12
#define PANEL_ROWS 9 /* of text: the height of a panel */
#define GOOD_PANEL_MM 52.0

struct candidate {
    size_t series;
    const struct fit *fit;
    const char *model;
};

static double doubt(const struct fit *fit)
{
    return isfinite(fit->lack_of_fit_p) ? fit->lack_of_fit_p : 2;
}

/* The least likely line first. */
static int compare_candidates(const void *a, const void *b)
{
    const struct candidate *first = a, *second = b;
    double left = doubt(first->fit), right = doubt(second->fit);

    if (left != right)
        return left < right ? -1 : 1;
    return strcmp(first->model, second->model);
}

/* `candidate` has room for one a series. Returns how many have a line. */
static size_t gather(struct candidate *candidate, const struct chart_data *data)
{
    size_t count = 0;

    for (size_t i = 0; i < data->list.count; i++)
        if (isfinite(data->fit[i].overhead.value))
            candidate[count++] = (struct candidate){i, &data->fit[i], data->list.series[i].model};
    qsort(candidate, count, sizeof *candidate, compare_candidates);
    return count;
}

/* In percent of the line. */
static double residual(const struct fit *fit, double tasks, double value)
{
    double line = fit_mean_at(fit, tasks).value;

    return 100 * (value - line) / fabs(line);
}

static double largest_residual(const struct series *series, const struct fit *fit)
{
    double largest = 0;

    for (size_t k = 0; k < series->cells; k++)
        for (size_t i = 0; i < series->cell[k].runs; i++)
            largest = fmax(largest, fabs(residual(fit, (double)series->cell[k].tasks, series->cell[k].value[i])));
    return largest;
}

static void make_axes(struct figure_panel *panel, const struct series *series, const struct fit *fit)
{
    double half_width = fmax(largest_residual(series, fit), 1e-6);

    panel->x = axis_over(AXIS_LOG, UNIT_COUNT, (double)series->cell[0].tasks, (double)fit->max_tasks);
    panel->y = axis_over(AXIS_LINEAR, UNIT_RATIO, -half_width, half_width);
}

/* The confidence band of the line, as residuals. */
static void add_band(struct figure *figure, struct figure_panel *panel, const struct fit *fit,
                     struct figure_style style)
{
    enum { STEPS = 48 };
    struct figure_point outline[2 * STEPS];

    for (size_t i = 0; i < STEPS; i++) {
        double tasks = panel->x.low * pow(panel->x.high / panel->x.low, (double)i / (STEPS - 1));
        struct estimate mean = fit_mean_at(fit, tasks);

        if (!isfinite(mean.low) || !isfinite(mean.high))
            return;
        outline[i] = (struct figure_point){tasks, residual(fit, tasks, mean.low)};
        outline[2 * STEPS - 1 - i] = (struct figure_point){tasks, residual(fit, tasks, mean.high)};
    }
    figure_add_mark(figure, panel, FIGURE_BAND, style, outline, 2 * STEPS);
}

static void add_runs(struct figure *figure, struct figure_panel *panel, const struct series *series,
                     const struct fit *fit, struct figure_style style)
{
    for (size_t k = 0; k < series->cells; k++) {
        style.faint = series->cell[k].runs > 1;
        for (size_t i = 0; i < chart_runs(&series->cell[k]); i++) {
            double tasks = (double)series->cell[k].tasks;
            struct figure_point at = {tasks, residual(fit, tasks, chart_run(&series->cell[k], i))};

            figure_add_mark(figure, panel, FIGURE_POINTS, style, &at, 1);
        }
    }
}

static const char *verdict(struct figure *figure, const struct fit *fit)
{
    if (!isfinite(fit->lack_of_fit_p))
        return "cannot tell";
    if (fit->lack_of_fit_p >= FIT_SIGNIFICANCE)
        return "holds";
    return fit->lack_of_fit_p < 0.001 ? "does not hold" : figure_text(figure, "no, p = %.3f", fit->lack_of_fit_p);
}

static void build_panel(struct figure *figure, struct figure_panel *panel, const struct chart_data *data,
                        const struct candidate *candidate)
{
    const struct series *series = &data->list.series[candidate->series];
    struct figure_style style = chart_style(data, candidate->series);
    const struct figure_point *zero;

    panel->title = figure_text(figure, "%s: %s", chart_series_name(figure, data, candidate->series),
                               verdict(figure, candidate->fit));
    panel->x_title = "Concurrent tasks";
    panel->y_title = "Residual (% of the line)";
    make_axes(panel, series, candidate->fit);
    zero = (struct figure_point[]){{panel->x.low, 0}, {panel->x.high, 0}};
    add_band(figure, panel, candidate->fit, style);
    figure_add_mark(figure, panel, FIGURE_LINE, (struct figure_style){.colour = FIGURE_MUTED}, zero, 2);
    add_runs(figure, panel, series, candidate->fit, style);
}

static const char *name_left_out(struct figure *figure, size_t lines, size_t shown)
{
    return lines > shown ? figure_text(figure, " Shown are the %zu of %zu models whose line is least likely to hold.",
                                       shown, lines)
                         : "";
}

static const char *find(struct figure *figure, const struct chart_data *data, const struct candidate *candidate,
                        size_t lines)
{
    size_t told = 0, hold = 0;

    for (size_t i = 0; i < lines; i++) {
        told += isfinite(candidate[i].fit->lack_of_fit_p);
        hold += candidate[i].fit->lack_of_fit_p >= FIT_SIGNIFICANCE;
    }
    if (told == 0)
        return "Whether a line holds cannot be told for any model.";
    return hold == told ? figure_text(figure, "The line holds for all %zu models where this can be told.", told)
                        : figure_text(figure, "The line holds for %zu of %zu models, and least for %s.", hold, told,
                                      chart_series_name(figure, data, candidate[0].series));
}

void chart_residuals(struct figure *figure, const struct chart_data *data, const struct chart_size *size)
{
    struct candidate *candidate = calloc(data->list.count + 1, sizeof *candidate);
    size_t lines = candidate ? gather(candidate, data) : 0, shown = lines < MOST_PANELS ? lines : MOST_PANELS;
    size_t columns = chart_columns(shown, GOOD_PANEL_MM, size);

    chart_begin(figure, data, size, CHART_residuals, PANEL_ROWS, (shown + columns - 1) / columns);
    figure->out_of_memory = figure->out_of_memory || !candidate;
    figure->columns = columns;
    figure->subtitle = figure_text(figure, "Each run beside its model's line, with the line's %s confidence band.%s%s",
                                   chart_confidence_text(figure, data), name_left_out(figure, lines, shown),
                                   lines == 0 ? " There is no line: a fit takes runs at two counts." : "");
    figure->finding = candidate ? find(figure, data, candidate, lines) : NULL;
    for (size_t i = 0; i < shown; i++)
        chart_add_series_key(figure, data, candidate[i].series);
    if (shown > 0)
        figure_make_panels(figure, shown);
    for (size_t i = 0; candidate && i < figure->panels; i++)
        build_panel(figure, &figure->panel[i], data, &candidate[i]);
    free(candidate);
}
