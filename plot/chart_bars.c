/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bars: how much each model takes, one panel a count, with what failed and why. Bars begin at 0; where they are many,
   or of lengths that no linear axis shows together, they are dots on one logarithmic axis instead, in one order, so
   that a model can be followed from count to count. */
#include "plot/chart.h"

#include "collect/unit.h"
#include "plot/dots.h"
#include "plot/finding.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A bar this many times as long as the next would hide the others, so it is broken; at most one bar of four is. The
   axis ends and the gap stands at these multiples of the longest whole bar. */
#define BREAK_FACTOR 4
#define BREAK_MOST 4
#define BREAK_AXIS 1.2
#define BREAK_AT 1.1

/* More bars than these, or values farther apart at one count, are dots. */
#define MOST_BARS 12
#define MOST_RANGE 100.0

/* Narrower panels have little room for bars between names and values, still narrower ones have none. */
#define GOOD_PANEL_MM 66.0
#define LEAST_PANEL_MM 40.0

/* --- one panel: its rows ------------------------------------------------------------------------------------------ */

struct bar {
    size_t series;
    const struct cell *cell;
    const char *model;
};

/* Ascending by value; bars without one come last. */
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

/* The value and its upper limit, where it has one. What is below 0 is told by its text alone. */
static double bar_end(const struct cell *cell)
{
    return fmax(0, isfinite(cell->high) ? fmax(cell->high, cell->mean) : cell->mean);
}

static void add_failure(struct figure *figure, struct figure_panel *panel, const struct cell *cell, const char *subject,
                        double row)
{
    struct figure_point at = {0, row};
    struct figure_style style = {.colour = FIGURE_WARNING, .shape = FIGURE_CROSS, .subject = subject};

    figure_add_mark(figure, panel, FIGURE_POINTS, style, &at, 1);
    figure_add_label(
        figure, panel,
        (struct figure_label){FIGURE_WITHIN, FIGURE_WARNING, at, chart_failure_text(figure, cell), subject});
}

/* Whether the value does not fit its axis. */
static bool is_broken(const struct figure_panel *panel, const struct cell *cell)
{
    return cell->mean > panel->x.high;
}

/* "42.9 GiB, 9 of 10 timeout". A broken bar has its interval as text instead of a whisker. */
static void add_value(struct figure *figure, struct figure_panel *panel, const struct chart_data *data,
                      const struct cell *cell, const char *subject, double row)
{
    bool broken = is_broken(panel, cell);
    const char *text = chart_quantity(figure, data, cell->mean);

    if (broken && isfinite(cell->high))
        text = figure_text(figure, "%s ± %s", text, chart_quantity(figure, data, cell->high - cell->mean));
    if (cell->failed > 0)
        text = figure_text(figure, "%s, %zu of %zu %s", text, cell->failed, cell->failed + cell->runs,
                           sample_status_names[cell->failure]);
    figure_add_label(figure, panel,
                     (struct figure_label){
                         FIGURE_BESIDE, FIGURE_TEXT, {broken ? panel->x.high : bar_end(cell), row}, text, subject});
}

static void add_bar(struct figure *figure, struct figure_panel *panel, const struct chart_data *data,
                    const struct bar *bar, size_t row)
{
    double y = (double)row;
    const struct cell *cell = bar->cell;
    struct figure_style style = chart_style(data, bar->series);

    chart_name_row(figure, panel, data, row, bar->series);
    if (cell->runs == 0) {
        add_failure(figure, panel, cell, style.subject, y);
        return;
    }
    style.about = chart_about_cell(figure, data, bar->series, cell);
    figure_add_mark(figure, panel, FIGURE_BAR, style,
                    (struct figure_point[]){{0, y}, {fmax(0, fmin(cell->mean, panel->x.high)), y}}, 2);
    if (is_broken(panel, cell))
        figure_add_mark(figure, panel, FIGURE_BREAK, (struct figure_style){.colour = FIGURE_MUTED},
                        &(struct figure_point){panel->x.high * BREAK_AT / BREAK_AXIS, y}, 1);
    else if (isfinite(cell->low) && isfinite(cell->high))
        figure_add_mark(figure, panel, FIGURE_INTERVAL,
                        (struct figure_style){.colour = FIGURE_TEXT, .subject = style.subject},
                        (struct figure_point[]){{fmax(cell->low, 0), y}, {fmax(cell->high, 0), y}}, 2);
    add_value(figure, panel, data, cell, style.subject, y);
}

/* --- panels of bars ----------------------------------------------------------------------------------------------- */

/* How many of the sorted bars have a value. */
static size_t count_ok(const struct bar *bar, size_t bars)
{
    size_t ok = 0;

    while (ok < bars && bar[ok].cell->runs > 0)
        ok++;
    return ok;
}

/* From 0 to the end of the longest bar, or of the longest that is not broken. */
static struct axis make_axis(const struct chart_data *data, const struct bar *bar, size_t bars)
{
    size_t ok = count_ok(bar, bars), whole = ok;
    double most = 0;
    struct axis axis;

    for (size_t i = ok - ok / BREAK_MOST; i < ok; i++)
        if (whole == ok && i > 0 && bar[i].cell->mean > BREAK_FACTOR * bar_end(bar[i - 1].cell))
            whole = i;
    for (size_t i = 0; i < whole; i++)
        most = fmax(most, bar_end(bar[i].cell));
    axis = axis_over(AXIS_LINEAR, chart_unit(data), 0, most);
    if (whole < ok)
        axis.high = BREAK_AXIS * most;
    return axis;
}

static void build_panel(struct figure *figure, struct figure_panel *panel, const struct chart_data *data, int64_t tasks,
                        const struct bar *bar, size_t bars)
{
    char count[UNIT_TEXT_SIZE];

    panel->title = figure_text(figure, "%s %s", unit_format_count(count, tasks), tasks == 1 ? "task" : "tasks");
    panel->x = make_axis(data, bar, bars);
    panel->x_title = chart_metric_title(figure, data);
    figure_make_rows(figure, panel, bars);
    for (size_t i = 0; i < bars; i++)
        add_bar(figure, panel, data, &bar[i], i);
}

/* --- bars or dots ------------------------------------------------------------------------------------------------- */

/* Whether the values of a count are too far apart for bars. */
static bool ranges_far(const struct bar *bar, size_t bars)
{
    struct chart_range range = {INFINITY, 0};

    for (size_t i = 0; i < bars; i++)
        chart_widen(&range, bar[i].cell->mean);
    return range.high > MOST_RANGE * range.low;
}

static bool wants_dots(const struct chart_data *data, struct bar *bar)
{
    bool wants = data->list.count > MOST_BARS;

    for (int64_t tasks = chart_next_count(data, 0); !wants && tasks > 0; tasks = chart_next_count(data, tasks))
        wants = ranges_far(bar, gather_bars(bar, data, tasks));
    return wants;
}

/* --- words -------------------------------------------------------------------------------------------------------- */

/* The largest count that has ok runs; 0 if there is none. */
static int64_t largest_count(const struct chart_data *data, struct bar *bar)
{
    int64_t largest = 0;

    for (int64_t tasks = chart_next_count(data, 0); tasks > 0; tasks = chart_next_count(data, tasks))
        if (count_ok(bar, gather_bars(bar, data, tasks)) > 0)
            largest = tasks;
    return largest;
}

static const char *compare(struct figure *figure, const struct chart_data *data, const struct bar *bar, size_t ok,
                           int64_t tasks)
{
    static const struct finding_words words = {{"takes the least", "take the least"}, {"the most", "the most"}};
    struct finding finding = finding_new(figure, data, ok);
    const char *text;

    for (size_t i = 0; i < ok; i++)
        finding_add_cell(&finding, data, bar[i].series, bar[i].cell);
    finding_compare(figure, data, &finding);
    text = finding_tell(figure, data, &finding, &words);
    if (!text && finding.without_error > 0)
        text = figure_text(figure, "One run of each model %s: no error is known, so that no difference is proven.",
                           finding_count(figure, tasks));
    finding_free(&finding);
    return text ? text : finding_lack(figure, data);
}

/* " Without an ok run: a, b and 3 more." of the bars that have none; "" if all have. */
static const char *name_missing(struct figure *figure, const struct chart_data *data, const struct bar *missing,
                                size_t bars)
{
    const char *names = "";

    for (size_t i = 0; i < bars; i++)
        names = finding_join(figure, names, chart_series_name(figure, data, missing[i].series), i, bars);
    return bars > 0 ? figure_text(figure, " Without an ok run: %s.", names) : "";
}

static const char *tell(struct figure *figure, const struct chart_data *data, const struct bar *bar, size_t ok,
                        int64_t tasks)
{
    if (ok > 1)
        return compare(figure, data, bar, ok, tasks);
    return figure_text(figure, "Only %s ran %s, and took %s.", chart_series_name(figure, data, bar->series),
                       finding_count(figure, tasks), chart_quantity(figure, data, bar->cell->mean));
}

/* At the largest count that has ok runs; `bar` has room for one a series. */
static const char *find(struct figure *figure, const struct chart_data *data, struct bar *bar)
{
    int64_t tasks = largest_count(data, bar);
    size_t bars, ok;

    if (tasks == 0)
        return "No run was ok.";
    bars = gather_bars(bar, data, tasks);
    ok = count_ok(bar, bars);
    return figure_text(figure, "%s%s", tell(figure, data, bar, ok, tasks),
                       name_missing(figure, data, bar + ok, bars - ok));
}

/* How many panels beside each other: as many as have good room, and more where a given height is too small for their
   rows; in lines of about equal length. */
static size_t choose_columns(size_t panels, size_t rows, const struct chart_size *size)
{
    size_t columns = (size_t)fmax(1, floor(size->width_mm / GOOD_PANEL_MM));
    size_t most = (size_t)fmax(1, floor(size->width_mm / LEAST_PANEL_MM));

    while (!size->may_grow && columns < most &&
           chart_height_mm(rows, chart_divide_up(panels, columns)) > size->height_mm)
        columns++;
    return panels > 0 ? chart_divide_up(panels, chart_divide_up(panels, columns)) : 1;
}

static bool has_breaks(const struct figure *figure)
{
    for (size_t i = 0; i < figure->panels; i++)
        for (size_t k = 0; k < figure->panel[i].marks; k++)
            if (figure->panel[i].mark[k].kind == FIGURE_BREAK)
                return true;
    return false;
}

/* --- the chart ---------------------------------------------------------------------------------------------------- */

static size_t count_counts(const struct chart_data *data)
{
    size_t counts = 0;

    for (int64_t tasks = chart_next_count(data, 0); tasks > 0; tasks = chart_next_count(data, tasks))
        counts++;
    return counts;
}

static void draw_bars(struct figure *figure, const struct chart_data *data, const struct chart_size *size,
                      struct bar *bar)
{
    size_t panels = count_counts(data), columns = choose_columns(panels, data->list.count, size);
    int64_t tasks = 0;

    chart_begin(figure, data, size, CHART_bars, chart_height_mm(data->list.count, chart_divide_up(panels, columns)));
    figure->columns = columns;
    if (panels > 0)
        figure_make_panels(figure, panels);
    for (size_t i = 0; i < figure->panels; i++) {
        tasks = chart_next_count(data, tasks);
        build_panel(figure, &figure->panel[i], data, tasks, bar, gather_bars(bar, data, tasks));
    }
    figure->subtitle = figure_text(
        figure, "Mean of the runs; whiskers are its %s confidence interval. Each panel has its own scale%s.%s",
        chart_confidence_text(figure, data), has_breaks(figure) ? "; a bar with a gap goes beyond it" : "",
        chart_peak_note(figure, data));
}

void chart_bars(struct figure *figure, const struct chart_data *data, const struct chart_size *size)
{
    struct bar *bar = calloc(data->list.count + 1, sizeof *bar);

    figure->out_of_memory = figure->out_of_memory || !bar;
    chart_add_family_key(figure, data);
    if (bar && wants_dots(data, bar))
        dots_draw(figure, data, size);
    else if (bar)
        draw_bars(figure, data, size, bar);
    figure->finding = bar ? find(figure, data, bar) : NULL;
    free(bar);
}
