/* SPDX-License-Identifier: GPL-3.0-or-later */
/* residuals: the deviation of each run from its model's line, as a share of the line, beside how single runs scatter,
   one panel a model, the one that misses its line by most first. */
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
    const struct chart_line *line;
    double misfit; /* the farthest that a count's mean lies from the line, in percent of it */
    const char *model;
};

/* The worst line first. */
static int compare_candidates(const void *a, const void *b)
{
    const struct candidate *first = a, *second = b;

    if (first->misfit != second->misfit)
        return first->misfit > second->misfit ? -1 : 1;
    return strcmp(first->model, second->model);
}

/* Residuals are shares of the line. */
static bool is_above_zero(const struct series *series, const struct fit *fit)
{
    return fit_mean_at(fit, (double)series->cell[0].tasks).value > 0 &&
           fit_mean_at(fit, (double)fit->max_tasks).value > 0;
}

/* In percent of the line. */
static double residual(const struct fit *fit, double tasks, double value)
{
    double line = fit_mean_at(fit, tasks).value;

    return 100 * (value - line) / fabs(line);
}

static double misfit_of(const struct series *series, const struct fit *fit)
{
    double largest = 0;

    for (size_t k = 0; k < series->cells; k++)
        if (series->cell[k].runs > 0)
            largest = fmax(largest, fabs(residual(fit, (double)series->cell[k].tasks, series->cell[k].mean)));
    return largest;
}

/* `candidate` has room for one a series. Returns how many have a line above 0. */
static size_t gather(struct candidate *candidate, const struct chart_data *data, const struct chart_line *line)
{
    size_t count = 0;

    for (size_t i = 0; i < data->list.count; i++) {
        const struct series *series = &data->list.series[i];

        if (is_above_zero(series, &line[i].fit))
            candidate[count++] = (struct candidate){i, &line[i], misfit_of(series, &line[i].fit), series->model};
    }
    qsort(candidate, count, sizeof *candidate, compare_candidates);
    return count;
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

/* Where single runs lie by how the runs of a count scatter about it, whatever the line. */
static void add_band(struct figure *figure, struct figure_panel *panel, const struct series *series,
                     const struct fit *fit, struct figure_style style)
{
    enum { STEPS = 48 };
    const struct scatter *scatter = &series->curve.knots.scatter;
    struct figure_point outline[2 * STEPS];

    for (size_t i = 0; i < STEPS; i++) {
        double tasks = panel->x.low * pow(panel->x.high / panel->x.low, (double)i / (STEPS - 1));
        double line = fit_mean_at(fit, tasks).value;
        struct estimate run = estimate_of(line, sqrt(scatter_at(*scatter, tasks)), scatter->dof, fit->confidence);

        if (!isfinite(run.low) || !isfinite(run.high))
            return;
        outline[i] = (struct figure_point){tasks, residual(fit, tasks, run.low)};
        outline[2 * STEPS - 1 - i] = (struct figure_point){tasks, residual(fit, tasks, run.high)};
    }
    figure_add_mark(figure, panel, FIGURE_BAND, style, outline, 2 * STEPS);
}

static void add_runs(struct figure *figure, struct figure_panel *panel, const struct chart_data *data,
                     const struct candidate *candidate, struct figure_style style)
{
    const struct series *series = &data->list.series[candidate->series];

    for (size_t k = 0; k < series->cells; k++) {
        double tasks = (double)series->cell[k].tasks;
        struct figure_point at[CHART_MOST_RUNS];
        size_t runs = chart_runs(&series->cell[k]);

        for (size_t i = 0; i < runs; i++)
            at[i] =
                (struct figure_point){tasks, residual(&candidate->line->fit, tasks, chart_run(&series->cell[k], i))};
        style.faint = runs > 1;
        style.about = chart_about_cell(figure, data, candidate->series, &series->cell[k]);
        if (runs > 0)
            figure_add_mark(figure, panel, FIGURE_POINTS, style, at, runs);
    }
}

static void build_panel(struct figure *figure, struct figure_panel *panel, const struct chart_data *data,
                        const struct candidate *candidate)
{
    const struct series *series = &data->list.series[candidate->series];
    const struct fit *fit = &candidate->line->fit;
    struct figure_style style = chart_style(data, candidate->series);
    const struct figure_point *zero;
    char judgement[FIT_JUDGEMENT_SIZE];

    panel->title = figure_text(figure, "%s: %s", chart_series_name(figure, data, candidate->series),
                               fit_judge_line(judgement, fit, candidate->line->p));
    panel->x_title = "Concurrent tasks";
    panel->y_title = "Residual (% of the line)";
    make_axes(panel, series, fit);
    zero = (struct figure_point[]){{panel->x.low, 0}, {panel->x.high, 0}};
    add_band(figure, panel, series, fit, style);
    figure_add_mark(figure, panel, FIGURE_LINE, (struct figure_style){.colour = FIGURE_MUTED}, zero, 2);
    add_runs(figure, panel, data, candidate, style);
}

static const char *name_left_out(struct figure *figure, size_t lines, size_t shown)
{
    return lines > shown
               ? figure_text(figure, " Shown are the %zu of %zu models that miss their line by most.", shown, lines)
               : "";
}

/* A line that is not ruled out is not proven to hold. */
static const char *find(struct figure *figure, const struct candidate *candidate, size_t lines)
{
    size_t told = 0, fail = 0;

    for (size_t i = 0; i < lines; i++) {
        told += isfinite(candidate[i].line->p);
        fail += candidate[i].line->p < FIT_SIGNIFICANCE;
    }
    if (told == 0)
        return "Whether a line holds cannot be told for any model: it takes three counts, of several runs.";
    if (fail == 0)
        return figure_text(figure, "A straight line is ruled out for none of %zu %s.", told,
                           told == 1 ? "model" : "models");
    return figure_text(figure, "A straight line is ruled out for %zu of %zu %s (Holm's p below %.2g).", fail, told,
                       told == 1 ? "model" : "models", FIT_SIGNIFICANCE);
}

/* `candidate` has room for one a series. */
static void build(struct figure *figure, const struct chart_data *data, const struct chart_size *size,
                  struct candidate *candidate, const struct chart_line *line)
{
    size_t lines = gather(candidate, data, line), shown = lines < MOST_PANELS ? lines : MOST_PANELS;
    size_t columns = chart_columns(shown, GOOD_PANEL_MM, size);

    chart_begin(figure, data, size, CHART_residuals, chart_height_mm(PANEL_ROWS, chart_divide_up(shown, columns)));
    figure->columns = columns;
    figure->subtitle = figure_text(
        figure,
        "Each run beside its model's line (fit: %s); the band is where %s of single runs lie about their count's mean, "
        "put on the line. Beside \"no\" is the range of what a task adds between counts.%s%s",
        fit_method_names[chart_line_method(data)], chart_confidence_text(figure, data),
        name_left_out(figure, lines, shown),
        lines == 0 ? " There is no line above 0, which takes runs at two counts." : "");
    figure->finding = find(figure, candidate, lines);
    for (size_t i = 0; i < shown; i++)
        chart_add_series_key(figure, data, candidate[i].series);
    if (shown > 0)
        figure_make_panels(figure, shown);
    for (size_t i = 0; i < figure->panels; i++)
        build_panel(figure, &figure->panel[i], data, &candidate[i]);
}

void chart_residuals(struct figure *figure, const struct chart_data *data, const struct chart_size *size)
{
    struct candidate *candidate = calloc(data->list.count + 1, sizeof *candidate);
    struct chart_line *line = chart_lines_new(data);

    if (candidate && line)
        build(figure, data, size, candidate, line);
    else
        figure->out_of_memory = true;
    free(candidate);
    free(line);
}
