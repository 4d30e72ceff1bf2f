/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scaling: the metric against tasks, both on log axes. What was measured is drawn: every run, and a line through the
   medians of the counts; where a straight line holds, it and its confidence band stand instead. Many models are divided
   among panels, one a family, with the others in the background. */
#include "plot/chart.h"

#include "collect/unit.h"
#include "plot/finding.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* So many models have a hue each, so many fit one panel. */
#define MOST_HUES 8
#define MOST_TOGETHER 12

/* What is straight is curved on log axes; this many points make it smooth. */
#define STEPS 96

#define PANEL_ROWS 11      /* of text: the height of a family's panel */
#define GOOD_PANEL_MM 80.0 /* beside its labels */

struct scaling {
    struct figure *figure;
    const struct chart_data *data;
    const struct chart_line *line; /* of each series */
    struct chart_range tasks, taken;
};

static bool is_together(const struct chart_data *data)
{
    return data->list.count <= MOST_TOGETHER;
}

/* --- the axes ----------------------------------------------------------------------------------------------------- */

static void find_ranges(struct scaling *scaling)
{
    const struct series_list *list = &scaling->data->list;

    scaling->tasks = scaling->taken = (struct chart_range){INFINITY, 0};
    for (size_t i = 0; i < list->count; i++)
        for (size_t j = 0; j < list->series[i].cells; j++) {
            const struct cell *cell = &list->series[i].cell[j];

            chart_widen(&scaling->tasks, (double)cell->tasks);
            chart_widen(&scaling->taken, cell->min);
            chart_widen(&scaling->taken, cell->max);
        }
}

static void make_axes(const struct scaling *scaling, struct figure_panel *panel)
{
    panel->x_title = "Concurrent tasks (count)";
    panel->y_title = figure_text(scaling->figure, "%s (%s)", chart_metric_title(scaling->figure, scaling->data),
                                 unit_names[chart_unit(scaling->data)]);
    panel->x = axis_over(AXIS_LOG, UNIT_COUNT, scaling->tasks.low, scaling->tasks.high);
    panel->y = axis_over(AXIS_LOG, chart_unit(scaling->data), scaling->taken.low, scaling->taken.high);
}

/* --- one series --------------------------------------------------------------------------------------------------- */

/* Few models differ by hue, more by their family's hue and the dash. */
static struct figure_style style_of(const struct scaling *scaling, size_t series)
{
    struct figure_style style = chart_style(scaling->data, series);

    if (scaling->data->list.count > MOST_HUES)
        return style;
    style.colour = FIGURE_HUE + (unsigned)series;
    style.dash = FIGURE_SOLID;
    return style;
}

/* A line that is not ruled out by three counts of several runs. */
static bool holds(const struct chart_line *line)
{
    return isfinite(line->fit.overhead.value) && line->fit.max_tasks > line->fit.min_tasks &&
           line->p >= FIT_SIGNIFICANCE;
}

/* Steps that are even on the axis. */
static double step_of(const struct fit *fit, size_t i)
{
    double first = (double)fit->min_tasks, last = (double)fit->max_tasks;

    return first * pow(last / first, (double)i / (STEPS - 1));
}

/* A log axis cannot show a limit that is not above 0: the band goes on to the lower edge. */
static void add_band(const struct scaling *scaling, struct figure_panel *panel, const struct fit *fit,
                     struct figure_style style)
{
    struct figure_point outline[2 * STEPS];

    for (size_t i = 0; i < STEPS; i++) {
        double tasks = step_of(fit, i);
        struct estimate mean = fit_mean_at(fit, tasks);

        if (!isfinite(mean.low) || !isfinite(mean.high))
            return;
        outline[i] = (struct figure_point){tasks, fmax(mean.low, panel->y.low)};
        outline[2 * STEPS - 1 - i] = (struct figure_point){tasks, fmax(mean.high, panel->y.low)};
    }
    figure_add_mark(scaling->figure, panel, FIGURE_BAND, style, outline, 2 * STEPS);
}

static void add_fit(const struct scaling *scaling, struct figure_panel *panel, const struct fit *fit,
                    struct figure_style style)
{
    struct figure_point line[STEPS];

    add_band(scaling, panel, fit, style);
    for (size_t i = 0; i < STEPS; i++)
        line[i] = (struct figure_point){step_of(fit, i), fit_mean_at(fit, step_of(fit, i)).value};
    chart_join(scaling->figure, panel, style, line, STEPS);
}

static double median_of(const struct cell *cell)
{
    return cell->median;
}

/* Every run; of many models the median. Returns how many points there are. */
static size_t points_of(const struct scaling *scaling, const struct cell *cell,
                        struct figure_point point[CHART_MOST_RUNS])
{
    size_t points = 0;

    if (!is_together(scaling->data)) {
        point[0] = (struct figure_point){(double)cell->tasks, cell->median};
        return cell->median > 0;
    }
    for (size_t j = 0; j < chart_runs(cell); j++) {
        point[points] = (struct figure_point){(double)cell->tasks, chart_run(cell, j)};
        points += point[points].y > 0;
    }
    return points;
}

static void add_runs(const struct scaling *scaling, struct figure_panel *panel, size_t series,
                     struct figure_style style)
{
    const struct series *one = &scaling->data->list.series[series];
    struct figure_point point[CHART_MOST_RUNS];

    for (size_t i = 0; i < one->cells; i++) {
        size_t points = points_of(scaling, &one->cell[i], point);

        style.faint = points > 1;
        style.about = chart_about_cell(scaling->figure, scaling->data, series, &one->cell[i]);
        if (points > 0)
            figure_add_mark(scaling->figure, panel, FIGURE_POINTS, style, point, points);
    }
}

/* The last count that was measured; false if nothing is above 0. */
static bool find_end(const struct series *series, struct figure_point *end)
{
    for (size_t i = series->cells; i-- > 0;)
        if (series->cell[i].median > 0) {
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

/* With the count that failed, where one panel has room for it. */
static const char *name_of(const struct scaling *scaling, size_t series)
{
    const struct cell *failure = find_failure(&scaling->data->list.series[series]);
    const char *name = chart_series_name(scaling->figure, scaling->data, series);
    char count[UNIT_TEXT_SIZE];

    return failure && is_together(scaling->data)
               ? figure_text(scaling->figure, "%s, %s at %s", name, sample_status_names[failure->failure],
                             unit_format_count(count, failure->tasks))
               : name;
}

/* Beside its end or, where one narrow panel has no room for that, in the key. */
static void add_name(const struct scaling *scaling, struct figure_panel *panel, size_t series,
                     struct figure_style style)
{
    struct figure_point end;

    if (chart_is_narrow(scaling->figure) && is_together(scaling->data))
        figure_add_key(scaling->figure, style, name_of(scaling, series));
    else if (find_end(&scaling->data->list.series[series], &end))
        figure_add_label(
            scaling->figure, panel,
            (struct figure_label){FIGURE_EDGE, style.colour, end, name_of(scaling, series), style.subject});
}

static void add_series(const struct scaling *scaling, struct figure_panel *panel, size_t series)
{
    struct figure_style style = style_of(scaling, series);

    add_runs(scaling, panel, series, style);
    if (holds(&scaling->line[series]))
        add_fit(scaling, panel, &scaling->line[series].fit, style);
    else
        chart_join_cells(scaling->figure, panel, style, &scaling->data->list.series[series], median_of);
    add_name(scaling, panel, series, style);
}

/* --- panels ------------------------------------------------------------------------------------------------------- */

static void build_family(const struct scaling *scaling, struct figure_panel *panel, const char *family)
{
    const struct series_list *list = &scaling->data->list;

    panel->title = family;
    make_axes(scaling, panel);
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->series[i].family, family) != 0)
            chart_join_cells(
                scaling->figure, panel,
                (struct figure_style){.colour = FIGURE_CONTEXT, .faint = true, .subject = list->series[i].model},
                &list->series[i], median_of);
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->series[i].family, family) == 0)
            add_series(scaling, panel, i);
}

/* Whether no series before it is of its family. */
static bool begins_family(const struct series_list *list, size_t series)
{
    for (size_t i = 0; i < series; i++)
        if (strcmp(list->series[i].family, list->series[series].family) == 0)
            return false;
    return true;
}

static size_t count_families(const struct series_list *list)
{
    size_t families = 0;

    for (size_t i = 0; i < list->count; i++)
        families += begins_family(list, i);
    return families;
}

static void build_panels(const struct scaling *scaling)
{
    const struct series_list *list = &scaling->data->list;
    struct figure *figure = scaling->figure;
    size_t panel = 0;

    figure_make_panels(figure, is_together(scaling->data) ? 1 : count_families(list));
    if (figure->panels == 0)
        return;
    if (is_together(scaling->data)) {
        make_axes(scaling, &figure->panel[0]);
        for (size_t i = 0; i < list->count; i++)
            add_series(scaling, &figure->panel[0], i);
        return;
    }
    for (size_t i = 0; i < list->count; i++)
        if (begins_family(list, i))
            build_family(scaling, &figure->panel[panel++], list->series[i].family);
}

/* --- words -------------------------------------------------------------------------------------------------------- */

/* What so few runs leave open is said with what they saw. */
static const char *tell_doubt(struct figure *figure, const struct chart_data *data, const struct finding *finding,
                              const char *host, const struct finding_side *low, const struct finding_side *high)
{
    size_t models = finding_group(finding, data, (size_t)(low - finding->side)), pairs = models * (models - 1) / 2;

    return figure_text(figure,
                       "%s%s least and the largest slope, %s of %s and %s of %s, are not told apart by %s a count: %zu "
                       "%s compared.",
                       host, *host ? "the" : "The", chart_quantity(figure, data, low->estimate.value),
                       chart_series_name(figure, data, low->series), chart_quantity(figure, data, high->estimate.value),
                       chart_series_name(figure, data, high->series), chart_runs_text(figure, data), pairs,
                       pairs == 1 ? "pair of models is" : "pairs of models are");
}

static const char *tell_factor(struct figure *figure, const struct chart_data *data, const struct finding *finding,
                               size_t first)
{
    struct finding_end least = finding_least(figure, data, finding, first);
    struct finding_end most = finding_most(figure, data, finding, first);
    const struct finding_side *low = &finding->side[least.side], *high = &finding->side[most.side];
    const char *host = finding_host(figure, data, low->series);
    char factor[UNIT_TEXT_SIZE];

    if (!finding_tells_ends_apart(finding, data, first))
        return tell_doubt(figure, data, finding, host, low, high);
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

static const char *describe(const struct scaling *scaling)
{
    struct figure *figure = scaling->figure;
    size_t lines = 0;
    const char *points = is_together(scaling->data) ? "Points are runs" : "Points are medians of the runs";

    for (size_t i = 0; i < scaling->data->list.count; i++)
        lines += holds(&scaling->line[i]);
    if (lines == 0)
        return figure_text(figure, "%s, lines join the counts' medians; no straight line is known to hold.", points);
    return figure_text(figure,
                       "%s, lines join the counts' medians. %s straight line (fit: %s) holds: it and its band of %s "
                       "confidence are drawn instead.",
                       points,
                       scaling->data->list.count == 1
                           ? "A"
                           : figure_text(figure, "For %zu of %zu models a", lines, scaling->data->list.count),
                       fit_method_names[chart_line_method(scaling->data)],
                       chart_confidence_text(figure, scaling->data));
}

/* --- the chart ---------------------------------------------------------------------------------------------------- */

void chart_scaling(struct figure *figure, const struct chart_data *data, const struct chart_size *size)
{
    struct chart_line *line = chart_lines_new(data);
    struct scaling scaling = {.figure = figure, .data = data, .line = line};
    size_t panels = is_together(data) ? 1 : count_families(&data->list);
    size_t columns = (size_t)fmax(1, floor(size->width_mm / GOOD_PANEL_MM));

    chart_begin(figure, data, size, CHART_scaling,
                chart_height_mm(is_together(data) ? data->list.count + data->list.count / 5 : PANEL_ROWS,
                                chart_divide_up(panels, columns)));
    figure->out_of_memory = figure->out_of_memory || !line;
    figure->columns = columns < panels ? columns : panels;
    figure->shares_left = true;
    figure->finding = find(figure, data);
    if (data->list.count > MOST_HUES && is_together(data))
        chart_add_family_key(figure, data);
    find_ranges(&scaling);
    if (line) {
        figure->subtitle = describe(&scaling);
        build_panels(&scaling);
    }
    free(line);
}
