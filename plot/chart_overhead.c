/* SPDX-License-Identifier: GPL-3.0-or-later */
/* overhead: what each further task costs, one row a model, by the chosen metric, with the kernel's part beside it. */
#include "plot/chart.h"

#include "collect/unit.h"
#include "plot/finding.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The distance of a row's two parts from its middle: millimetres, but at most this share of the row. */
#define OFFSET_MM 0.9
#define OFFSET_MOST 0.2

/* The least upper limit that is written, in the smallest step of the unit: quantities have two decimals. */
#define LEAST_LIMIT 0.01

/* --- rows --------------------------------------------------------------------------------------------------------- */

struct row {
    size_t series;
    const struct fit *fit;
    const char *model;
};

/* Ascending by overhead; series without a fit come last. */
static int compare_rows(const void *a, const void *b)
{
    const struct row *first = a, *second = b;
    bool no_first = !isfinite(first->fit->overhead.value), no_second = !isfinite(second->fit->overhead.value);

    if (no_first != no_second)
        return no_first - no_second;
    if (!no_first && first->fit->overhead.value != second->fit->overhead.value)
        return first->fit->overhead.value < second->fit->overhead.value ? -1 : 1;
    return strcmp(first->model, second->model);
}

static void gather_rows(struct row *row, const struct chart_data *data)
{
    for (size_t i = 0; i < data->list.count; i++)
        row[i] = (struct row){i, &data->fit[i], data->list.series[i].model};
    qsort(row, data->list.count, sizeof *row, compare_rows);
}

/* --- parts -------------------------------------------------------------------------------------------------------- */

/* What the figure shows of each row: the chosen metric alone, or the kernel's part as well. */
struct part {
    const struct fit *fit; /* of each series */
    const char *heading, *description;
    bool hollow;
    double offset;
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

static size_t list_parts(struct part part[2], const struct figure *figure, const struct chart_data *data)
{
    bool both = has_kernel_part(data);
    double offset = fmin(OFFSET_MOST, OFFSET_MM / chart_row_mm(figure, data->list.count, 1));

    part[0] = (struct part){data->fit, metric_names[data->metric], metrics[data->metric].description, false,
                            both ? -offset : 0};
    part[1] = (struct part){data->fit_of[METRIC_KERNEL], metric_names[METRIC_KERNEL],
                            metrics[METRIC_KERNEL].description, true, offset};
    return both ? 2 : 1;
}

static struct axis make_axis(const struct chart_data *data, const struct part *part, size_t parts)
{
    double low = INFINITY, high = 0;

    for (size_t i = 0; i < data->list.count; i++)
        for (size_t j = 0; j < parts; j++) {
            const struct estimate *overhead = &part[j].fit[i].overhead;

            if (isfinite(overhead->value))
                high = fmax(high, isfinite(overhead->high) ? overhead->high : overhead->value);
            if (chart_is_above_zero(&part[j].fit[i]))
                low = fmin(low, isfinite(overhead->low) ? overhead->low : overhead->value);
        }
    return axis_over(AXIS_LOG, chart_unit(data), low, high);
}

/* An overhead that may be 0 has its upper limit written instead. */
static struct figure_entry overhead_entry(struct figure *figure, const struct chart_data *data, const struct fit *fit)
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

static void add_part(struct figure *figure, struct figure_panel *panel, const struct fit *fit,
                     struct figure_style style, double y)
{
    const struct estimate *overhead = &fit->overhead;
    bool may_be_zero = !chart_is_above_zero(fit);
    struct figure_point at = {may_be_zero ? panel->x.low : overhead->value, y};
    struct figure_point low = {may_be_zero ? panel->x.low : overhead->low, y}, high = {overhead->high, y};

    if (may_be_zero)
        style.shape = FIGURE_ARROW_LEFT;
    if (isfinite(low.x) && isfinite(high.x) && high.x > low.x)
        figure_add_mark(figure, panel, FIGURE_INTERVAL, style, (struct figure_point[]){low, high}, 2);
    figure_add_mark(figure, panel, FIGURE_POINTS, style, &at, 1);
}

/* --- the chart ---------------------------------------------------------------------------------------------------- */

static void add_lack(struct figure *figure, struct figure_panel *panel, const struct fit *fit, double y)
{
    const char *text = *fit->note ? figure_text(figure, "no fit: %s", fit->note) : "no fit";

    figure_add_label(figure, panel, (struct figure_label){FIGURE_WITHIN, FIGURE_WARNING, {panel->x.low, y}, text});
}

static void add_row(struct figure *figure, struct figure_panel *panel, const struct chart_data *data,
                    const struct row *row, size_t place, const struct part *part, size_t parts)
{
    figure_name_row(panel, place, chart_series_name(figure, data, row->series));
    for (size_t i = 0; i < parts; i++) {
        const struct fit *fit = &part[i].fit[row->series];
        struct figure_style style = chart_style(data, row->series);

        if (!isfinite(fit->overhead.value))
            continue;
        style.hollow = part[i].hollow;
        add_part(figure, panel, fit, style, (double)place + part[i].offset);
        figure_set_entry(panel, i, place, overhead_entry(figure, data, fit));
    }
    if (!isfinite(row->fit->overhead.value))
        add_lack(figure, panel, row->fit, (double)place);
}

static void build_panel(struct figure *figure, struct figure_panel *panel, const struct chart_data *data,
                        const struct row *row)
{
    struct part part[2];
    size_t parts = list_parts(part, figure, data);

    panel->x = make_axis(data, part, parts);
    panel->x_title = figure_text(figure, "Overhead per task (%s)", unit_names[chart_unit(data)]);
    panel->row_lines = true;
    figure_make_rows(figure, panel, data->list.count);
    for (size_t i = 0; i < parts; i++) {
        figure_add_column(figure, panel, part[i].heading);
        if (parts > 1)
            figure_add_key(figure, (struct figure_style){.colour = FIGURE_TEXT, .hollow = part[i].hollow},
                           part[i].description);
    }
    for (size_t i = 0; i < panel->rows; i++)
        add_row(figure, panel, data, &row[i], i, part, parts);
}

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
    struct row *row = calloc(data->list.count + 1, sizeof *row);

    chart_begin(figure, data, size, CHART_overhead, data->list.count, 1);
    figure->out_of_memory = figure->out_of_memory || !row;
    figure->subtitle =
        figure_text(figure, "%s; whiskers are its %s confidence interval, arrows mark those that reach to 0.%s",
                    describe(figure, data), chart_confidence_text(figure, data), chart_peak_note(figure, data));
    figure->finding = find(figure, data);
    chart_add_family_key(figure, data);
    figure_make_panels(figure, 1);
    if (row && figure->panels > 0) {
        gather_rows(row, data);
        build_panel(figure, &figure->panel[0], data, row);
    }
    free(row);
}
