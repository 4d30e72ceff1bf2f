/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scaling: the metric against tasks, both on log axes: every run, and each model's curve, or its line where that holds,
   with its confidence band. The baseline is the flat part at the left, the overhead the slope at the right. */
#include "plot/chart.h"

#include "analyze/ratio.h"
#include "collect/unit.h"
#include "plot/finding.h"

#include <math.h>
#include <stdlib.h>

/* Bands of more lines would hide each other and the runs. */
#define MOST_BANDS 12

/* What is straight is curved on log axes; this many points make it smooth. */
#define STEPS 96

/* --- the axes ----------------------------------------------------------------------------------------------------- */

static void make_axes(struct figure_panel *panel, const struct chart_data *data)
{
    struct chart_range tasks = {INFINITY, 0}, taken = {INFINITY, 0};

    for (size_t i = 0; i < data->list.count; i++)
        for (size_t j = 0; j < data->list.series[i].cells; j++) {
            const struct cell *cell = &data->list.series[i].cell[j];

            chart_widen(&tasks, (double)cell->tasks);
            chart_widen(&taken, cell->min);
            chart_widen(&taken, cell->max);
        }
    panel->x = axis_over(AXIS_LOG, UNIT_COUNT, tasks.low, tasks.high);
    panel->y = axis_over(AXIS_LOG, chart_unit(data), taken.low, taken.high);
}

/* --- one series --------------------------------------------------------------------------------------------------- */

/* Which fits are drawn, one a series: those of what was measured, the curve, or a line that holds. NULL where memory
   runs out. Free it. */
static bool *lines_new(const struct chart_data *data)
{
    double *p = calloc(data->list.count + 1, sizeof *p); /* for a line to hold, adjusted for all */
    bool *has_line = calloc(data->list.count + 1, sizeof *has_line);

    for (size_t i = 0; p && i < data->list.count; i++)
        p[i] = data->fit[i].lack_of_fit_p;
    if (p && ratio_adjust(p, data->list.count) == 0)
        for (size_t i = 0; has_line && i < data->list.count; i++)
            has_line[i] = isfinite(data->fit[i].overhead.value) && data->fit[i].max_tasks > 0 &&
                          (data->fit[i].curve || !(p[i] < FIT_SIGNIFICANCE));
    free(p);
    return has_line;
}

/* Where a fit is drawn: at steps, which are even on the axis, and at the knots, where a curve bends. */
struct path {
    double tasks[STEPS];
};

static int ascending(const void *a, const void *b)
{
    const double *left = a, *right = b;

    return (*left > *right) - (*left < *right);
}

static struct path path_of(const struct fit *fit)
{
    double first = (double)fit->min_tasks, last = (double)fit->max_tasks;
    size_t knots = fit->curve && fit->curve->knots.count < STEPS / 2 ? fit->curve->knots.count : 0;
    size_t between = knots > 0; /* the ends are knots themselves */
    struct path path;

    for (size_t k = 0; k < knots; k++)
        path.tasks[k] = fit->curve->knots.knot[k].tasks;
    for (size_t i = knots; i < STEPS; i++)
        path.tasks[i] =
            first * pow(last / first, (double)(i - knots + between) / (double)(STEPS - 1 - knots + 2 * between));
    if (knots == 0)
        path.tasks[STEPS - 1] = last;
    qsort(path.tasks, STEPS, sizeof *path.tasks, ascending);
    return path;
}

/* A log axis cannot show a limit that is not above 0: the band goes on to the lower edge. */
static double visible(const struct figure_panel *panel, double value)
{
    return fmax(value, panel->y.low);
}

static void add_band(struct figure *figure, struct figure_panel *panel, const struct fit *fit,
                     struct figure_style style)
{
    const struct path path = path_of(fit);
    struct figure_point outline[2 * STEPS];

    for (size_t i = 0; i < STEPS; i++) {
        struct estimate mean = fit_mean_at(fit, path.tasks[i]);

        if (!isfinite(mean.low) || !isfinite(mean.high))
            return;
        outline[i] = (struct figure_point){path.tasks[i], visible(panel, mean.low)};
        outline[2 * STEPS - 1 - i] = (struct figure_point){path.tasks[i], visible(panel, mean.high)};
    }
    figure_add_mark(figure, panel, FIGURE_BAND, style, outline, 2 * STEPS);
}

/* Broken where it is not above 0. */
static void add_line(struct figure *figure, struct figure_panel *panel, const struct fit *fit,
                     struct figure_style style)
{
    const struct path path = path_of(fit);
    struct figure_point line[STEPS];
    size_t points = 0;

    for (size_t i = 0; i <= STEPS; i++) {
        double mean = i < STEPS ? fit_mean_at(fit, path.tasks[i]).value : 0;

        if (mean > 0) {
            line[points++] = (struct figure_point){path.tasks[i], mean};
            continue;
        }
        if (points > 1)
            figure_add_mark(figure, panel, FIGURE_LINE, style, line, points);
        points = 0;
    }
}

static void add_runs(struct figure *figure, struct figure_panel *panel, const struct series *series,
                     struct figure_style style)
{
    for (size_t i = 0; i < series->cells; i++) {
        style.faint = series->cell[i].runs > 1;
        for (size_t j = 0; j < chart_runs(&series->cell[i]); j++) {
            struct figure_point run = {(double)series->cell[i].tasks, chart_run(&series->cell[i], j)};

            if (run.y > 0)
                figure_add_mark(figure, panel, FIGURE_POINTS, style, &run, 1);
        }
    }
}

/* The end of the line or, without one, the last cell that has runs; false if there is nothing to label. */
static bool find_end(const struct series *series, const struct fit *fit, bool has_line, struct figure_point *end)
{
    if (has_line && fit_mean_at(fit, (double)fit->max_tasks).value > 0) {
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

static void add_label(struct figure *figure, struct figure_panel *panel, const struct chart_data *data, size_t series,
                      bool has_line)
{
    const struct cell *failure = find_failure(&data->list.series[series]);
    const char *name = chart_series_name(figure, data, series);
    struct figure_label label = {FIGURE_EDGE, chart_style(data, series).colour, {0, 0}, name};
    char count[UNIT_TEXT_SIZE];

    if (failure)
        label.text = figure_text(figure, "%s, %s at %s", name, sample_status_names[failure->failure],
                                 unit_format_count(count, failure->tasks));
    if (find_end(&data->list.series[series], &data->fit[series], has_line, &label.at))
        figure_add_label(figure, panel, label);
}

/* --- the chart ---------------------------------------------------------------------------------------------------- */

static const char *tell_factor(struct figure *figure, const struct chart_data *data, const struct finding *finding,
                               size_t first)
{
    struct finding_end least = finding_least(figure, data, finding, first);
    struct finding_end most = finding_most(figure, data, finding, first);
    const struct finding_side *low = &finding->side[least.side], *high = &finding->side[most.side];
    const char *host = finding_host(figure, data, low->series);
    char factor[UNIT_TEXT_SIZE];

    if (!finding_tells_ends_apart(finding, data, first))
        return figure_text(figure, "%s%s slopes of %s and %s, the least and the largest, are not told apart.", host,
                           *host ? "the" : "The", chart_series_name(figure, data, low->series),
                           chart_series_name(figure, data, high->series));
    if (!(low->estimate.low > 0))
        return figure_text(figure, "%s%s slope of %s is not proven to be above 0, that of %s is %s for each task.",
                           host, *host ? "the" : "The", least.phrase, most.phrase, most.values);
    return figure_text(figure, "%s%s %s to %s the slopes differ by a factor of about %s: %s and %s for each task.",
                       host, *host ? "from" : "From", least.phrase, most.phrase,
                       unit_format(factor, UNIT_COUNT, high->estimate.value / low->estimate.value), least.values,
                       most.values);
}

static const char *find(struct figure *figure, const struct chart_data *data)
{
    struct finding finding = finding_of_overheads(figure, data);
    const char *text = "";
    size_t group;

    for (size_t first = 0; first < finding.sides; first += group) {
        group = finding_group(&finding, data, first);
        if (group > 1)
            text = figure_text(figure, "%s%s%s", text, *text ? " " : "", tell_factor(figure, data, &finding, first));
    }
    if (!*text)
        text = finding.sides > 0 ? "Only one model's slope is known." : finding_lack(figure, data);
    finding_free(&finding);
    return text;
}

/* Which fits are drawn, and which are not. */
static const char *describe_fits(struct figure *figure, const struct chart_data *data, const bool *has_line)
{
    size_t missing = 0;

    if (data->method == FIT_CURVE)
        return "lines the straight pieces between the counts' means, which are curved on log axes";
    for (size_t i = 0; i < data->list.count; i++)
        missing += isfinite(data->fit[i].overhead.value) && !has_line[i];
    return figure_text(figure, "lines the fit %s = baseline + overhead × tasks%s", metrics[data->metric].noun,
                       missing > 0 ? figure_text(figure, " (not drawn for %zu %s that it misses)", missing,
                                                 missing == 1 ? "model" : "models")
                                   : "");
}

static void build_panel(struct figure *figure, struct figure_panel *panel, const struct chart_data *data,
                        const bool *has_line)
{
    panel->x_title = "Concurrent tasks (count)";
    panel->y_title = figure_text(figure, "%s (%s)", chart_metric_title(figure, data), unit_names[chart_unit(data)]);
    make_axes(panel, data);
    for (size_t i = 0; data->list.count <= MOST_BANDS && i < data->list.count; i++)
        if (has_line[i])
            add_band(figure, panel, &data->fit[i], chart_style(data, i));
    for (size_t i = 0; i < data->list.count; i++)
        add_runs(figure, panel, &data->list.series[i], chart_style(data, i));
    for (size_t i = 0; i < data->list.count; i++) {
        if (has_line[i])
            add_line(figure, panel, &data->fit[i], chart_style(data, i));
        add_label(figure, panel, data, i, has_line[i]);
    }
}

void chart_scaling(struct figure *figure, const struct chart_data *data, const struct chart_size *size)
{
    bool *has_line = lines_new(data);

    chart_begin(figure, data, size, CHART_scaling, data->list.count + data->list.count / 5, 1);
    figure->out_of_memory = figure->out_of_memory || !has_line;
    if (has_line)
        figure->subtitle = figure_text(
            figure, "Points are runs, %s%s.", describe_fits(figure, data, has_line),
            data->list.count <= MOST_BANDS
                ? figure_text(figure, ", bands %s confidence limits", chart_confidence_text(figure, data))
                : "; so many models leave no room for confidence bands, the chart of overheads has intervals");
    figure->finding = find(figure, data);
    chart_add_family_key(figure, data);
    figure_make_panels(figure, 1);
    if (has_line && figure->panels > 0)
        build_panel(figure, &figure->panel[0], data, has_line);
    free(has_line);
}
