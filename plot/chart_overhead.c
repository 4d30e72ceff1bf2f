/* SPDX-License-Identifier: GPL-3.0-or-later */
/* overhead: what each further task costs, one row a model, the least first: the chosen metric and, where that is user
   memory, the kernel's part as the other end of a line. */
#include "plot/chart.h"

#include "collect/unit.h"
#include "plot/finding.h"

#include <math.h>
#include <stdlib.h>

/* The axis begins at this share of the least cost that is proven, but not below the unit's smallest step, such as 1 B:
   costs nearer to 0 would stretch it over decades in which nothing lies. */
#define AXIS_SHARE 0.25

/* The least upper limit that is written, in the smallest step of the unit: quantities have two decimals. */
#define LEAST_LIMIT 0.01

/* --- parts -------------------------------------------------------------------------------------------------------- */

/* What the figure shows of each row: the chosen metric alone, or the kernel's part as well. */
struct part {
    const struct fit *fit; /* of each series */
    enum metric metric;
    bool hollow;
};

static bool has_kernel_part(const struct chart_data *data)
{
    if (!metrics[data->metric].lacks_kernel)
        return false;
    for (size_t i = 0; i < data->list.count; i++)
        if (isfinite(data->fit_of[METRIC_KERNEL][i].overhead.value))
            return true;
    return false;
}

static size_t list_parts(struct part part[2], const struct chart_data *data)
{
    part[0] = (struct part){data->fit, data->metric, false};
    part[1] = (struct part){data->fit_of[METRIC_KERNEL], METRIC_KERNEL, true};
    return has_kernel_part(data) ? 2 : 1;
}

static struct axis make_axis(const struct chart_data *data, const struct part *part, size_t parts)
{
    double low = INFINITY, high = 0, step = unit_step_of(chart_unit(data), 0)->factor;
    struct axis axis;

    for (size_t i = 0; i < data->list.count; i++)
        for (size_t j = 0; j < parts; j++) {
            const struct estimate *overhead = &part[j].fit[i].overhead;

            if (isfinite(overhead->value))
                high = fmax(high, isfinite(overhead->high) ? overhead->high : overhead->value);
            if (chart_is_above_zero(&part[j].fit[i]))
                low = fmin(low, overhead->value);
        }
    axis = axis_over(AXIS_LOG, chart_unit(data), AXIS_SHARE * low, high);
    if (chart_unit(data) != UNIT_COUNT && high > step)
        axis.low = fmax(axis.low, step);
    return axis;
}

/* --- rows --------------------------------------------------------------------------------------------------------- */

/* An overhead that may be 0 has its upper limit written instead. */
static struct figure_entry value_entry(struct figure *figure, const struct chart_data *data, const struct fit *fit)
{
    const struct estimate *overhead = &fit->overhead;
    double least = LEAST_LIMIT * unit_step_of(chart_unit(data), 0)->factor;

    if (!chart_is_above_zero(fit) && isfinite(overhead->high) && overhead->high > 0)
        return (struct figure_entry){
            figure_text(figure, "< %s", chart_quantity(figure, data, fmax(overhead->high, least))), FIGURE_MUTED};
    if (!chart_is_above_zero(fit))
        return (struct figure_entry){"not above 0", FIGURE_MUTED};
    return (struct figure_entry){chart_quantity(figure, data, fit->overhead.value), FIGURE_TEXT};
}

static struct figure_entry interval_entry(struct figure *figure, const struct chart_data *data, const struct fit *fit)
{
    double half_width = chart_half_width(fit->overhead);

    if (!chart_is_above_zero(fit) || !isfinite(half_width))
        return (struct figure_entry){NULL, FIGURE_MUTED};
    return (struct figure_entry){figure_text(figure, "± %s", chart_quantity(figure, data, half_width)), FIGURE_MUTED};
}

/* Where a value lies on the axis: what is below it is an arrow at its edge. */
static double visible(const struct figure_panel *panel, double value)
{
    return fmax(value, panel->x.low);
}

static void add_part(struct figure *figure, struct figure_panel *panel, const struct fit *fit,
                     struct figure_style style, double y)
{
    const struct estimate *overhead = &fit->overhead;
    bool may_be_zero = !chart_is_above_zero(fit) || overhead->value < panel->x.low;
    struct figure_point at = {may_be_zero ? panel->x.low : overhead->value, y};
    struct figure_point low = {may_be_zero ? panel->x.low : visible(panel, overhead->low), y};
    struct figure_point high = {overhead->high, y};

    if (may_be_zero)
        style.shape = FIGURE_ARROW_LEFT;
    if (isfinite(low.x) && high.x > low.x)
        figure_add_mark(figure, panel, FIGURE_INTERVAL, style, (struct figure_point[]){low, high}, 2);
    figure_add_mark(figure, panel, FIGURE_POINTS, style, &at, 1);
}

/* From user memory to the kernel's. */
static void join_parts(struct figure *figure, struct figure_panel *panel, const struct part part[2], size_t series,
                       const char *subject, double y)
{
    double first = part[0].fit[series].overhead.value, second = part[1].fit[series].overhead.value;
    const struct figure_point ends[] = {{visible(panel, first), y}, {visible(panel, second), y}};

    if (isfinite(first) && isfinite(second))
        figure_add_mark(figure, panel, FIGURE_LINE,
                        (struct figure_style){.colour = FIGURE_CONTEXT, .faint = true, .subject = subject}, ends, 2);
}

static void add_lack(struct figure *figure, struct figure_panel *panel, const struct fit *fit, const char *subject,
                     double y)
{
    figure_add_label(figure, panel,
                     (struct figure_label){
                         FIGURE_WITHIN, FIGURE_WARNING, {panel->x.low, y}, chart_no_fit_text(figure, fit), subject});
}

static void add_row(struct figure *figure, struct figure_panel *panel, const struct chart_data *data, size_t series,
                    size_t place, const struct part *part, size_t parts)
{
    struct figure_style style = chart_style(data, series);
    double y = (double)place;

    chart_name_row(figure, panel, data, place, series);
    if (parts > 1)
        join_parts(figure, panel, part, series, style.subject, y);
    for (size_t i = 0; i < parts; i++) {
        const struct fit *fit = &part[i].fit[series];

        if (!isfinite(fit->overhead.value))
            continue;
        style.hollow = part[i].hollow;
        style.about = figure_text(figure, "%s, %s", metric_names[part[i].metric],
                                  chart_about(figure, data, series, fit->overhead));
        add_part(figure, panel, fit, style, y);
        figure_set_entry(panel, 2 * i, place, value_entry(figure, data, fit));
        figure_set_entry(panel, 2 * i + 1, place, interval_entry(figure, data, fit));
    }
    if (!isfinite(data->fit[series].overhead.value))
        add_lack(figure, panel, &data->fit[series], style.subject, y);
}

static void build_panel(struct figure *figure, struct figure_panel *panel, const struct chart_data *data,
                        const size_t *order)
{
    struct part part[2];
    size_t parts = list_parts(part, data);

    panel->x = make_axis(data, part, parts);
    panel->x_title = figure_text(figure, "Overhead per task (%s)", unit_names[chart_unit(data)]);
    panel->row_lines = true;
    figure_make_rows(figure, panel, data->list.count);
    for (size_t i = 0; i < parts; i++) {
        figure_add_column(figure, panel, metric_names[part[i].metric]);
        figure_add_column(figure, panel, "");
        if (parts > 1)
            figure_add_key(figure, (struct figure_style){.colour = FIGURE_TEXT, .hollow = part[i].hollow},
                           metrics[part[i].metric].description);
    }
    for (size_t i = 0; i < panel->rows; i++)
        add_row(figure, panel, data, order[i], i, part, parts);
}

/* --- the chart ---------------------------------------------------------------------------------------------------- */

static const char *find(struct figure *figure, const struct chart_data *data)
{
    const char *description = metrics[data->metric].description;
    const struct finding_words words = {{figure_text(figure, "adds the least per task to the %s", description),
                                         figure_text(figure, "add the least per task to the %s", description)},
                                        {"the most", "the most"}};
    struct finding finding = finding_of_overheads(figure, data);
    const char *text = finding_tell(figure, data, &finding, &words);

    finding_free(&finding);
    return text ? text : finding_lack(figure, data);
}

/* What the overhead is. */
static const char *describe(struct figure *figure, const struct chart_data *data)
{
    if (data->method == FIT_CURVE)
        return figure_text(figure,
                           "What a further task adds to the %s on average, from the smallest to the largest "
                           "count",
                           metrics[data->metric].noun);
    return figure_text(figure, "The slope of the fit %s = baseline + overhead × tasks", metrics[data->metric].noun);
}

void chart_overhead(struct figure *figure, const struct chart_data *data, const struct chart_size *size)
{
    size_t *order = chart_order_new(data);

    chart_begin(figure, data, size, CHART_overhead, chart_height_mm(data->list.count, 1));
    figure->out_of_memory = figure->out_of_memory || !order;
    figure->subtitle = figure_text(
        figure,
        "%s; whiskers and ± are its %s confidence interval, arrows mark what may be 0 or lies below the axis.%s",
        describe(figure, data), chart_confidence_text(figure, data), chart_peak_note(figure, data));
    figure->finding = find(figure, data);
    chart_add_family_key(figure, data);
    figure_make_panels(figure, 1);
    if (order && figure->panels > 0)
        build_panel(figure, &figure->panel[0], data, order);
    free(order);
}
