/* SPDX-License-Identifier: GPL-3.0-or-later */
/* residuals: the deviation of each run from its model's line, as a share of the line, beside how single runs scatter,
   one panel a model; models whose line is least likely to hold come first. */
#include "plot/chart.h"

#include "analyze/ratio.h"
#include "collect/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_PANELS 12
#define PANEL_ROWS 9 /* of text: the height of a panel */
#define GOOD_PANEL_MM 52.0

struct candidate {
    size_t series;
    struct fit fit;
    double p; /* for the line to hold, adjusted for all models; NaN if unknown */
    const char *model;
};

/* A curve has no residuals: they are those of the line by the same weights. */
static enum fit_method line_method(const struct chart_data *data)
{
    return data->method == FIT_CURVE ? FIT_ROBUST : data->method;
}

static double doubt(const struct fit *fit)
{
    return isfinite(fit->lack_of_fit_p) ? fit->lack_of_fit_p : 2;
}

/* The least likely line first. */
static int compare_candidates(const void *a, const void *b)
{
    const struct candidate *first = a, *second = b;
    double left = doubt(&first->fit), right = doubt(&second->fit);

    if (left != right)
        return left < right ? -1 : 1;
    return strcmp(first->model, second->model);
}

/* Residuals are shares of the line. */
static bool is_above_zero(const struct series *series, const struct fit *fit)
{
    return fit_mean_at(fit, (double)series->cell[0].tasks).value > 0 &&
           fit_mean_at(fit, (double)fit->max_tasks).value > 0;
}

static struct fit line_of(const struct chart_data *data, size_t series)
{
    return data->method == FIT_CURVE ? fit_series(&data->list.series[series], line_method(data), data->confidence)
                                     : data->fit[series];
}

/* Each line is a test of its own, so that of many some would fail by chance. Returns -1 where memory runs out. */
static int adjust(struct candidate *candidate, size_t lines)
{
    double *p = calloc(lines + 1, sizeof *p);
    int result = -1;

    for (size_t i = 0; p && i < lines; i++)
        p[i] = candidate[i].fit.lack_of_fit_p;
    if (p)
        result = ratio_adjust(p, lines);
    for (size_t i = 0; result == 0 && i < lines; i++)
        candidate[i].p = p[i];
    free(p);
    return result;
}

/* `candidate` has room for one a series. Returns how many have a line above 0. */
static size_t gather(struct figure *figure, struct candidate *candidate, const struct chart_data *data)
{
    size_t count = 0;

    for (size_t i = 0; i < data->list.count; i++)
        candidate[i] = (struct candidate){i, line_of(data, i), NAN, data->list.series[i].model};
    if (adjust(candidate, data->list.count) != 0)
        figure->out_of_memory = true;
    for (size_t i = 0; i < data->list.count; i++)
        if (is_above_zero(&data->list.series[i], &candidate[i].fit))
            candidate[count++] = candidate[i];
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

static void build_panel(struct figure *figure, struct figure_panel *panel, const struct chart_data *data,
                        const struct candidate *candidate)
{
    const struct series *series = &data->list.series[candidate->series];
    struct figure_style style = chart_style(data, candidate->series);
    const struct figure_point *zero;
    char judgement[FIT_JUDGEMENT_SIZE];

    panel->title = figure_text(figure, "%s: %s", chart_series_name(figure, data, candidate->series),
                               fit_judge_line(judgement, &candidate->fit, candidate->p));
    panel->x_title = "Concurrent tasks";
    panel->y_title = "Residual (% of the line)";
    make_axes(panel, series, &candidate->fit);
    zero = (struct figure_point[]){{panel->x.low, 0}, {panel->x.high, 0}};
    add_band(figure, panel, series, &candidate->fit, style);
    figure_add_mark(figure, panel, FIGURE_LINE, (struct figure_style){.colour = FIGURE_MUTED}, zero, 2);
    add_runs(figure, panel, series, &candidate->fit, style);
}

static const char *name_left_out(struct figure *figure, size_t lines, size_t shown)
{
    return lines > shown ? figure_text(figure, " Shown are the %zu of %zu models whose line is least likely to hold.",
                                       shown, lines)
                         : "";
}

/* A line that is not ruled out is not proven to hold. */
static const char *find(struct figure *figure, const struct candidate *candidate, size_t lines)
{
    size_t told = 0, fail = 0;

    for (size_t i = 0; i < lines; i++) {
        told += isfinite(candidate[i].p);
        fail += candidate[i].p < FIT_SIGNIFICANCE;
    }
    if (told == 0)
        return "Whether a line holds cannot be told for any model: it takes three counts, of several runs.";
    if (fail == 0)
        return figure_text(figure, "A straight line is ruled out for none of %zu %s.", told,
                           told == 1 ? "model" : "models");
    return figure_text(figure, "A straight line is ruled out for %zu of %zu %s (Holm's p below %.2g).", fail, told,
                       told == 1 ? "model" : "models", FIT_SIGNIFICANCE);
}

void chart_residuals(struct figure *figure, const struct chart_data *data, const struct chart_size *size)
{
    struct candidate *candidate = calloc(data->list.count + 1, sizeof *candidate);
    size_t lines = candidate ? gather(figure, candidate, data) : 0, shown = lines < MOST_PANELS ? lines : MOST_PANELS;
    size_t columns = chart_columns(shown, GOOD_PANEL_MM, size);

    chart_begin(figure, data, size, CHART_residuals, PANEL_ROWS, (shown + columns - 1) / columns);
    figure->out_of_memory = figure->out_of_memory || !candidate;
    figure->columns = columns;
    figure->subtitle = figure_text(
        figure,
        "Each run beside its model's line "
        "(fit: %s); the band is where %s of single runs lie about their count's mean, put on the "
        "line. Beside \"no\" is the range of what a task adds between counts.%s%s",
        fit_method_names[line_method(data)], chart_confidence_text(figure, data), name_left_out(figure, lines, shown),
        lines == 0 ? " There is no line above 0, which takes runs at two counts." : "");
    figure->finding = candidate ? find(figure, candidate, lines) : NULL;
    for (size_t i = 0; i < shown; i++)
        chart_add_series_key(figure, data, candidate[i].series);
    if (shown > 0)
        figure_make_panels(figure, shown);
    for (size_t i = 0; candidate && i < figure->panels; i++)
        build_panel(figure, &figure->panel[i], data, &candidate[i]);
    free(candidate);
}
