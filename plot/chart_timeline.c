/* SPDX-License-Identifier: GPL-3.0-or-later */
/* timeline: resident memory over time, one panel a model with its largest count: every run and their median. */
#include "plot/chart.h"

#include "analyze/location.h"
#include "collect/unit.h"
#include "plot/finding.h"

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

/* --- what is joined ----------------------------------------------------------------------------------------------- */

/* Two samples are joined unless they are farther apart than so many times the median distance. Samples are taken at a
   pace that slows down within a phase and begins anew with the next, so that the median is that of the distances
   nearby, and of all in the run where a phase has too few to tell its pace; while all tasks sleep, it is that of all
   distances from then until the drain. */
#define MOST_DISTANCES 3
#define NEARBY 2 /* distances before and after */
#define LEAST_DISTANCES 3

enum phase_begin { HOLD, DRAIN, END };

static double begin_of(const struct trace_run *run, enum phase_begin phase)
{
    return phase == HOLD ? run->hold : phase == DRAIN ? run->drain : run->end;
}

enum phase { STARTING, SLEEPING, ENDING };

static enum phase phase_of(const struct trace_run *run, size_t point)
{
    double seconds = run->point[point].seconds;

    return seconds >= run->drain ? ENDING : seconds >= run->hold ? SLEEPING : STARTING; /* NaN: no such phase */
}

/* In seconds, of the point from that before it. */
static double distance_to(const struct trace_run *run, size_t point)
{
    return run->point[point].seconds - run->point[point - 1].seconds;
}

/* The median of the distances to the points from `first` to `last` that begin in the phase, NULL for any; NAN where
   they are fewer than `least`. */
static double median_distance(const struct trace_run *run, size_t first, size_t last, const enum phase *phase,
                              size_t least)
{
    double distance[TRACE_POINTS];
    size_t known = 0;

    for (size_t i = first > 1 ? first : 1; i <= last && i < run->points; i++)
        if (!phase || phase_of(run, i - 1) == *phase)
            distance[known++] = distance_to(run, i);
    return known >= least && known > 0 ? location_median(distance, known) : NAN;
}

/* The largest distance that is no gap, between the point and that before it. */
static double longest_join(const struct trace_run *run, size_t point)
{
    enum phase phase = phase_of(run, point - 1);
    size_t near = point > NEARBY ? point - NEARBY : 1;
    double median = median_distance(run, 1, run->points, &phase, phase == SLEEPING ? 1 : LEAST_DISTANCES);

    if (isfinite(median) && phase != SLEEPING)
        median = median_distance(run, near, point + NEARBY, &phase, 1);
    return MOST_DISTANCES * (isfinite(median) ? median : median_distance(run, 1, run->points, NULL, 1));
}

static bool is_near(const struct trace_run *run, size_t point)
{
    return distance_to(run, point) <= longest_join(run, point);
}

/* Whether the point begins the drain after a plateau: memory stays as it was until then, and what happens at that
   moment is not known. */
static bool ends_plateau(const struct trace_run *run, size_t point)
{
    return phase_of(run, point) == ENDING && phase_of(run, point - 1) == SLEEPING;
}

/* --- medians over the runs ---------------------------------------------------------------------------------------- */

/* A run's memory at that time, interpolated between samples that are joined; NAN where it is unknown. */
static double memory_at(const struct trace_run *run, double seconds)
{
    const struct trace_point *from, *to;
    size_t next = 0;

    while (next < run->points && run->point[next].seconds < seconds)
        next++;
    if (next == run->points)
        return NAN;
    to = &run->point[next];
    if (!(to->seconds > seconds))
        return to->bytes;
    if (next == 0 || !is_near(run, next))
        return NAN;
    from = to - 1;
    return ends_plateau(run, next)
               ? from->bytes
               : from->bytes + (to->bytes - from->bytes) * (seconds - from->seconds) / (to->seconds - from->seconds);
}

/* The median of the runs under way; NAN where that of fewer than half is known. `work` has room for one number a run.
 */
static double median_at(const struct trace *trace, double seconds, double *work)
{
    size_t known = 0;

    for (size_t i = 0; i < trace->runs; i++) {
        work[known] = memory_at(trace->run[i], seconds);
        known += isfinite(work[known]);
    }
    return 2 * known > trace->runs ? location_median(work, known) : NAN;
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

/* A line, or a point where it has only one, which is then empty. */
static void end_line(struct figure *figure, struct figure_panel *panel, struct figure_style style,
                     const struct figure_point *line, size_t *points)
{
    if (*points > 0)
        figure_add_mark(figure, panel, *points > 1 ? FIGURE_LINE : FIGURE_POINTS, style, line, *points);
    *points = 0;
}

static void add_run(struct figure *figure, struct figure_panel *panel, const struct trace_run *run,
                    struct figure_style style)
{
    struct figure_point line[TRACE_POINTS + 1];
    size_t points = 0;

    style.dash = FIGURE_SOLID;
    for (size_t i = 0; i < run->points; i++) {
        bool near = i > 0 && is_near(run, i), ends = i > 0 && ends_plateau(run, i);

        if (near && ends)
            line[points++] = (struct figure_point){run->drain, run->point[i - 1].bytes};
        if (!near || ends)
            end_line(figure, panel, style, line, &points);
        line[points++] = (struct figure_point){run->point[i].seconds, run->point[i].bytes};
    }
    end_line(figure, panel, style, line, &points);
}

/* When the first run was sampled. */
static void add_samples(struct figure *figure, struct figure_panel *panel, const struct trace_run *run,
                        const char *subject)
{
    struct figure_point sample[TRACE_POINTS];

    for (size_t i = 0; i < run->points; i++)
        sample[i] = (struct figure_point){run->point[i].seconds, run->point[i].bytes};
    figure_add_mark(figure, panel, FIGURE_TICKS, (struct figure_style){.colour = FIGURE_MUTED, .subject = subject},
                    sample, run->points);
}

static void add_median(struct figure *figure, struct figure_panel *panel, const struct trace *trace, double *work)
{
    const struct figure_style style = {.colour = FIGURE_TEXT, .dash = FIGURE_DASHED};
    struct figure_point line[STEPS];
    size_t points = 0;

    for (size_t i = 0; i <= STEPS; i++) {
        double seconds = panel->x.low + (panel->x.high - panel->x.low) * (double)i / (STEPS - 1);
        double median = i < STEPS ? median_at(trace, seconds, work) : (double)NAN;

        if (isfinite(median)) {
            line[points++] = (struct figure_point){seconds, median};
            continue;
        }
        if (points > 1)
            figure_add_mark(figure, panel, FIGURE_LINE, style, line, points);
        points = 0;
    }
}

static void build_panel(struct figure *figure, struct figure_panel *panel, const struct chart_data *data,
                        const struct candidate *candidate)
{
    const struct trace *trace = candidate->trace;
    double *work = calloc(trace->runs + 1, sizeof *work);
    struct figure_style style = chart_style(data, candidate->series);
    char count[UNIT_TEXT_SIZE];

    style.about = chart_series_name(figure, data, candidate->series);
    figure->out_of_memory = figure->out_of_memory || !work;
    panel->title = figure_text(figure, "%s, %s", chart_series_name(figure, data, candidate->series),
                               unit_format_count(count, trace->tasks));
    panel->x_title = "Time since the start";
    panel->y_title = "Resident";
    make_axes(panel, trace, candidate->peak);
    if (work) {
        shade(figure, panel, 0, median_begin(trace, HOLD, work));
        shade(figure, panel, median_begin(trace, DRAIN, work), median_begin(trace, END, work));
        add_samples(figure, panel, trace->run[0], style.subject);
        for (size_t i = 0; i < trace->runs; i++)
            add_run(figure, panel, trace->run[i], style);
        if (trace->runs > 1)
            add_median(figure, panel, trace, work);
    }
    free(work);
}

/* What was seen: no model is said to take more than others, whose largest counts may differ. `heaviest` is the heaviest
   that is no model of the harness. */
static const char *find(struct figure *figure, const struct chart_data *data, const struct candidate *heaviest)
{
    double *work = calloc(heaviest->trace->runs + 1, sizeof *work);
    char peak[UNIT_TEXT_SIZE], count[UNIT_TEXT_SIZE];
    double end = work ? median_begin(heaviest->trace, END, work) : NAN;
    const char *family = data->list.series[heaviest->series].family;

    figure->out_of_memory = figure->out_of_memory || !work;
    free(work);
    return figure_text(
        figure, "The largest resident memory in any run is %s, of %s with %s tasks, whose runs took %.3g s.%s",
        unit_format(peak, metrics[METRIC_RSS].unit, heaviest->peak), chart_series_name(figure, data, heaviest->series),
        unit_format_count(count, heaviest->trace->tasks), end,
        strcmp(family, "process") == 0 ? " A page that its processes share counts in each of them." : "");
}

/* `candidate` is in order of the peaks. */
static const char *find_heaviest(struct figure *figure, const struct chart_data *data,
                                 const struct candidate *candidate, size_t traces)
{
    for (size_t i = 0; i < traces; i++)
        if (!series_is_control(&data->list.series[candidate[i].series]))
            return find(figure, data, &candidate[i]);
    return traces > 0 ? finding_lack(figure, data) : "No run was ok.";
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
    const char *left_out =
        traces > shown ? figure_text(figure, " The %zu of %zu models with the largest peaks.", shown, traces) : "";

    chart_begin(figure, data, size, CHART_timeline, chart_height_mm(PANEL_ROWS, chart_divide_up(shown, columns)));
    figure->out_of_memory = figure->out_of_memory || !candidate;
    figure->columns = columns;
    figure->subtitle =
        figure_text(figure,
                    "%s of the largest count, dashed their median; ticks are the first run's samples, and samples far "
                    "apart are not joined. Shaded: tasks start, tasks end; between them all sleep.%s%s",
                    describe_runs(figure, candidate, shown), left_out, traces == 0 ? " There is no ok run." : "");
    figure->finding = find_heaviest(figure, data, candidate, traces);
    for (size_t i = 0; i < shown; i++)
        chart_add_series_key(figure, data, candidate[i].series);
    if (shown > 0)
        figure_make_panels(figure, shown);
    for (size_t i = 0; candidate && i < figure->panels; i++)
        build_panel(figure, &figure->panel[i], data, &candidate[i]);
    if (shown > 0 && !(candidate[0].peak > 0))
        chart_say_zero(figure, "resident memory");
    free(candidate);
}
