/* SPDX-License-Identifier: GPL-3.0-or-later */
/* timeline: resident memory over time, one panel a model with its largest count: every run and their median. */
#include "plot/chart.h"

#include "analyze/location.h"
#include "collect/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_PANELS 12
#define PANEL_ROWS 9 /* of text: the height of a panel */
#define GOOD_PANEL_MM 52.0
#define STEPS 64 /* of the median's line */

struct candidate {
    size_t series;
    const struct trace *trace;
    double peak; /* bytes */
    const char *model;
};

/* --- what is shown ------------------------------------------------------------------------------------------------ */

static int compare_candidates(const void *a, const void *b)
{
    const struct candidate *first = a, *second = b;

    if (first->peak != second->peak)
        return first->peak > second->peak ? -1 : 1;
    return strcmp(first->model, second->model);
}

static double peak_of(const struct trace *trace)
{
    double peak = 0;

    for (size_t i = 0; i < trace->runs; i++)
        for (size_t k = 0; k < trace->run[i]->points; k++)
            peak = fmax(peak, trace->run[i]->point[k].bytes);
    return peak;
}

/* The heaviest first; `candidate` has room for one a series. Returns how many have a run. */
static size_t gather(struct candidate *candidate, const struct chart_data *data)
{
    size_t count = 0;

    for (size_t i = 0; data->trace && i < data->list.count; i++)
        if (data->trace[i].runs > 0)
            candidate[count++] =
                (struct candidate){i, &data->trace[i], peak_of(&data->trace[i]), data->list.series[i].model};
    qsort(candidate, count, sizeof *candidate, compare_candidates);
    return count;
}

/* --- medians over the runs ---------------------------------------------------------------------------------------- */

/* A run's memory at that time, interpolated between its samples; NAN before the first and after the last. */
static double memory_at(const struct trace_run *run, double seconds)
{
    size_t next = 0;

    while (next < run->points && run->point[next].seconds < seconds)
        next++;
    if (next == run->points || (next == 0 && run->point[0].seconds > seconds))
        return NAN;
    if (next == 0)
        return run->point[0].bytes;
    return run->point[next - 1].bytes + (run->point[next].bytes - run->point[next - 1].bytes) *
                                            (seconds - run->point[next - 1].seconds) /
                                            (run->point[next].seconds - run->point[next - 1].seconds);
}

/* The median of the runs under way; NAN where fewer than half are. `work` has room for one number a run. */
static double median_at(const struct trace *trace, double seconds, double *work)
{
    size_t known = 0;

    for (size_t i = 0; i < trace->runs; i++) {
        work[known] = memory_at(trace->run[i], seconds);
        known += isfinite(work[known]);
    }
    return 2 * known > trace->runs ? location_median(work, known) : NAN;
}

enum phase_begin { HOLD, DRAIN, END };

static double begin_of(const struct trace_run *run, enum phase_begin phase)
{
    return phase == HOLD ? run->hold : phase == DRAIN ? run->drain : run->end;
}

static double median_begin(const struct trace *trace, enum phase_begin phase, double *work)
{
    size_t known = 0;

    for (size_t i = 0; i < trace->runs; i++) {
        work[known] = begin_of(trace->run[i], phase);
        known += isfinite(work[known]);
    }
    return known > 0 ? location_median(work, known) : NAN;
}

/* --- one panel ---------------------------------------------------------------------------------------------------- */

static void make_axes(struct figure_panel *panel, const struct trace *trace, double peak)
{
    double first = INFINITY, last = -INFINITY;

    for (size_t i = 0; i < trace->runs; i++) {
        const struct trace_run *run = trace->run[i];

        first = fmin(first, run->point[0].seconds);
        last = fmax(last, fmax(run->point[run->points - 1].seconds, isfinite(run->end) ? run->end : first));
    }
    panel->x = axis_over(AXIS_LINEAR, UNIT_SECONDS, first, last);
    panel->y = axis_over(AXIS_LINEAR, metrics[METRIC_RSS].unit, 0, peak);
}

static void shade(struct figure *figure, struct figure_panel *panel, double from, double to)
{
    const struct figure_point outline[] = {
        {from, panel->y.low}, {to, panel->y.low}, {to, panel->y.high}, {from, panel->y.high}};

    if (isfinite(from) && isfinite(to) && to > from)
        figure_add_mark(figure, panel, FIGURE_BAND, (struct figure_style){.colour = FIGURE_MUTED}, outline, 4);
}

static void add_run(struct figure *figure, struct figure_panel *panel, const struct trace_run *run,
                    struct figure_style style)
{
    struct figure_point line[TRACE_POINTS];

    style.dash = FIGURE_SOLID;
    for (size_t i = 0; i < run->points; i++)
        line[i] = (struct figure_point){run->point[i].seconds, run->point[i].bytes};
    figure_add_mark(figure, panel, FIGURE_LINE, style, line, run->points);
}

static void add_median(struct figure *figure, struct figure_panel *panel, const struct trace *trace, double *work)
{
    struct figure_point line[STEPS];
    size_t points = 0;

    for (size_t i = 0; i < STEPS; i++) {
        double seconds = panel->x.low + (panel->x.high - panel->x.low) * (double)i / (STEPS - 1);
        double median = median_at(trace, seconds, work);

        if (isfinite(median))
            line[points++] = (struct figure_point){seconds, median};
    }
    if (points > 1)
        figure_add_mark(figure, panel, FIGURE_LINE, (struct figure_style){.colour = FIGURE_TEXT, .dash = FIGURE_DASHED},
                        line, points);
}

static void build_panel(struct figure *figure, struct figure_panel *panel, const struct chart_data *data,
                        const struct candidate *candidate)
{
    const struct trace *trace = candidate->trace;
    double *work = calloc(trace->runs + 1, sizeof *work);
    char count[UNIT_TEXT_SIZE];

    figure->out_of_memory = figure->out_of_memory || !work;
    panel->title = figure_text(figure, "%s, %s", chart_series_name(figure, data, candidate->series),
                               unit_format_count(count, trace->tasks));
    panel->x_title = "Time since the start";
    panel->y_title = "Resident";
    make_axes(panel, trace, candidate->peak);
    if (work) {
        shade(figure, panel, 0, median_begin(trace, HOLD, work));
        shade(figure, panel, median_begin(trace, DRAIN, work), median_begin(trace, END, work));
        for (size_t i = 0; i < trace->runs; i++)
            add_run(figure, panel, trace->run[i], chart_style(data, candidate->series));
        if (trace->runs > 1)
            add_median(figure, panel, trace, work);
    }
    free(work);
}

static const char *find(struct figure *figure, const struct chart_data *data, const struct candidate *heaviest)
{
    double *work = calloc(heaviest->trace->runs + 1, sizeof *work);
    char peak[UNIT_TEXT_SIZE], count[UNIT_TEXT_SIZE];
    double end = work ? median_begin(heaviest->trace, END, work) : NAN;

    figure->out_of_memory = figure->out_of_memory || !work;
    free(work);
    return figure_text(figure, "The heaviest is %s: %s tasks take up to %s, and a run %.3g s.%s",
                       chart_series_name(figure, data, heaviest->series),
                       unit_format_count(count, heaviest->trace->tasks),
                       unit_format(peak, metrics[METRIC_RSS].unit, heaviest->peak), end,
                       strcmp(data->list.series[heaviest->series].family, "process") == 0
                           ? " A page that its processes share counts in each of them."
                           : "");
}

/* --- the chart ---------------------------------------------------------------------------------------------------- */

static const char *describe_runs(struct figure *figure, const struct candidate *candidate, size_t shown)
{
    for (size_t i = 0; i < shown; i++)
        if (candidate[i].trace->left_out > 0)
            return figure_text(figure, "The first %d runs", TRACE_RUNS);
    return "Every run";
}

void chart_timeline(struct figure *figure, const struct chart_data *data, const struct chart_size *size)
{
    struct candidate *candidate = calloc(data->list.count + 1, sizeof *candidate);
    size_t traces = candidate ? gather(candidate, data) : 0, shown = traces < MOST_PANELS ? traces : MOST_PANELS;
    size_t columns = chart_columns(shown, GOOD_PANEL_MM, size);
    const char *left_out = traces > shown ? figure_text(figure, " The %zu heaviest of %zu models.", shown, traces) : "";

    chart_begin(figure, data, size, CHART_timeline, PANEL_ROWS, (shown + columns - 1) / columns);
    figure->out_of_memory = figure->out_of_memory || !candidate;
    figure->columns = columns;
    figure->subtitle =
        figure_text(figure,
                    "%s of the largest count, dashed their median. Shaded: tasks start, tasks end; "
                    "between them all sleep.%s%s",
                    describe_runs(figure, candidate, shown), left_out, traces == 0 ? " There is no ok run." : "");
    figure->finding = shown > 0 ? find(figure, data, &candidate[0]) : "No run was ok.";
    for (size_t i = 0; i < shown; i++)
        chart_add_series_key(figure, data, candidate[i].series);
    if (shown > 0)
        figure_make_panels(figure, shown);
    for (size_t i = 0; candidate && i < figure->panels; i++)
        build_panel(figure, &figure->panel[i], data, &candidate[i]);
    free(candidate);
}
