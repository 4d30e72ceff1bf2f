/* SPDX-License-Identifier: GPL-3.0-or-later */
/* costs: each model by the memory and by the processor time that one more task takes, both on log axes, with their
   confidence intervals: who is cheap in both. */
#include "plot/chart.h"

#include "collect/unit.h"
#include "plot/finding.h"

#include <math.h>
#include <stdlib.h>

/* What a task of a series of time takes in memory, by the series of the same model; unknown where that was not
   measured. Peak and kernel memory together, where the kernel's is recorded. */
static struct estimate memory_of(const struct chart_data *sleep, const struct series *series)
{
    const struct series_list *list = &sleep->list_of[METRIC_PEAK];
    const struct series *own = series_list_find(list, series);
    struct estimate peak, kernel;

    if (!own)
        return estimate_unknown;
    peak = sleep->fit_of[METRIC_PEAK][own - list->series].overhead;
    kernel = sleep->fit_of[METRIC_KERNEL][own - list->series].overhead;
    return isfinite(kernel.value) ? estimate_sum(peak, 1, kernel, sleep->confidence) : peak;
}

/* What a task of each series of time takes in memory and in processor time. */
struct costs {
    struct estimate memory;
    const struct fit *time;
};

static struct costs *costs_new(const struct chart_data *time, const struct chart_data *sleep)
{
    struct costs *costs = calloc(time->list.count + 1, sizeof *costs);

    for (size_t i = 0; costs && i < time->list.count; i++)
        costs[i] = (struct costs){memory_of(sleep, &time->list.series[i]), &time->fit_of[METRIC_CPU][i]};
    return costs;
}

/* Whether log axes can show the model: both costs are proven to be above 0. */
static bool is_shown(const struct costs *costs)
{
    return costs->memory.low > 0 && chart_is_above_zero(costs->time);
}

/* --- the panel ---------------------------------------------------------------------------------------------------- */

static void make_axes(struct figure_panel *panel, const struct chart_data *data, const struct costs *costs)
{
    double left = INFINITY, right = 0, bottom = INFINITY, top = 0;

    for (size_t i = 0; i < data->list.count; i++) {
        if (!is_shown(&costs[i]))
            continue;
        left = fmin(left, costs[i].memory.value);
        right = fmax(right, costs[i].memory.value);
        bottom = fmin(bottom, costs[i].time->overhead.value);
        top = fmax(top, costs[i].time->overhead.value);
    }
    panel->x = axis_over(AXIS_LOG, UNIT_BYTES, left / 2, right * 2);
    panel->y = axis_over(AXIS_LOG, UNIT_SECONDS, bottom / 2, top * 2);
}

static void add_model(struct figure *figure, struct figure_panel *panel, const struct chart_data *data, size_t series,
                      const struct costs *costs)
{
    struct estimate memory = costs->memory, time = costs->time->overhead;
    struct figure_style style = chart_style(data, series);
    struct figure_point at = {memory.value, time.value};
    const struct figure_point across[] = {{memory.low, at.y}, {memory.high, at.y}};
    const struct figure_point along[] = {{at.x, fmax(time.low, panel->y.low)}, {at.x, time.high}};

    const char *name = chart_series_name(figure, data, series);
    char bytes[UNIT_TEXT_SIZE], seconds[UNIT_TEXT_SIZE];

    style.about = figure_text(figure, "%s: %s and %s a task", name, unit_format(bytes, UNIT_BYTES, memory.value),
                              unit_format(seconds, UNIT_SECONDS, time.value));
    figure_add_mark(figure, panel, FIGURE_INTERVAL, style, across, 2);
    figure_add_mark(figure, panel, FIGURE_INTERVAL, style, along, 2);
    figure_add_mark(figure, panel, FIGURE_POINTS, style, &at, 1);
    figure_add_label(figure, panel, (struct figure_label){FIGURE_EDGE, style.colour, at, name, style.subject});
}

/* --- words -------------------------------------------------------------------------------------------------------- */

/* Which model takes the least and which the most, of memory or of time. */
static const char *tell_least(struct figure *figure, const struct chart_data *data, const struct costs *costs,
                              const struct finding_words *words, bool is_memory)
{
    struct finding finding = finding_new(figure, data, data->list.count);
    struct chart_data view = *data;
    const char *text;

    view.metric = is_memory ? METRIC_PEAK : METRIC_CPU; /* in whose unit values are told */
    for (size_t i = 0; i < data->list.count; i++)
        if (is_shown(&costs[i]))
            finding_add(&finding, &view,
                        (struct finding_side){i, 0, is_memory ? costs[i].memory : costs[i].time->overhead});
    finding_compare(figure, &view, &finding);
    text = finding_tell(figure, &view, &finding, words);
    finding_free(&finding);
    return text;
}

static const char *find(struct figure *figure, const struct chart_data *data, const struct costs *costs)
{
    static const struct finding_words space = {{"takes the least memory", "take the least memory"},
                                               {"the most", "the most"}};
    static const struct finding_words time = {{"takes the least time", "take the least time"},
                                              {"the most", "the most"}};
    const char *least_memory = tell_least(figure, data, costs, &space, true);
    const char *least_time = tell_least(figure, data, costs, &time, false);

    return least_memory && least_time ? figure_text(figure, "%s %s", least_memory, least_time)
                                      : finding_lack(figure, data);
}

static const char *name_hidden(struct figure *figure, const struct chart_data *data, const struct costs *costs)
{
    const char *names = "";

    for (size_t i = 0; i < data->list.count; i++)
        if (!is_shown(&costs[i]) && !series_is_control(&data->list.series[i]))
            names = figure_text(figure, "%s%s%s", names, *names ? ", " : "", chart_series_name(figure, data, i));
    return *names
               ? figure_text(figure, " Not shown, as one of the two is unknown or not proven to be above 0: %s.", names)
               : "";
}

static void build(struct figure *figure, const struct chart_data *data, const struct costs *costs)
{
    struct figure_panel *panel;

    figure->subtitle = figure_text(
        figure,
        "Whiskers are %s confidence limits. Memory is peak and kernel memory, time is spent by all processors "
        "from before the first task until all have ended.%s",
        chart_confidence_text(figure, data), name_hidden(figure, data, costs));
    figure->finding = find(figure, data, costs);
    chart_add_family_key(figure, data);
    figure_make_panels(figure, 1);
    if (figure->panels == 0)
        return;
    panel = &figure->panel[0];
    panel->x_title = "Memory per task (bytes)";
    panel->y_title = "Processor time per task (seconds)";
    make_axes(panel, data, costs);
    for (size_t i = 0; i < data->list.count; i++)
        if (is_shown(&costs[i]))
            add_model(figure, panel, data, i, &costs[i]);
}

void chart_costs(struct figure *figure, const struct chart_data *data, const struct chart_size *size)
{
    const struct chart_data *time = chart_data_of(data, WORK_TIME);
    struct costs *costs = costs_new(time, chart_data_of(data, WORK_SLEEP));

    chart_begin(figure, time, size, CHART_costs, chart_height_mm(time->list.count + time->list.count / 5, 1));
    figure->out_of_memory = figure->out_of_memory || !costs;
    if (costs)
        build(figure, time, costs);
    free(costs);
}
