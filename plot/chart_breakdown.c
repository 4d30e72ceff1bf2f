/* SPDX-License-Identifier: GPL-3.0-or-later */
/* breakdown: what a task is made of, one row a model: private user memory and the kernel's parts, each as a mark of its
   own on one logarithmic axis, since they range over many decades. The total stands beside them as a number. */
#include "plot/chart.h"

#include "analyze/ratio.h"
#include "collect/unit.h"
#include "plot/finding.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum part { USER, PAGE_TABLES, KERNEL_STACK, OTHER_KERNEL, PARTS };

static const struct {
    const char *name;
    struct figure_style style;
} parts[PARTS] = {
    [USER] = {"user memory", {.colour = FIGURE_PART + 0, .shape = FIGURE_CIRCLE}},
    [PAGE_TABLES] = {"page tables", {.colour = FIGURE_PART + 1, .shape = FIGURE_SQUARE}},
    [KERNEL_STACK] = {"kernel stacks", {.colour = FIGURE_PART + 2, .shape = FIGURE_TRIANGLE}},
    [OTHER_KERNEL] = {"other kernel memory", {.colour = FIGURE_PART + 3, .shape = FIGURE_DIAMOND}},
};

/* Less than this is not drawn: a share of the largest part of a task, which the total hides. */
#define LEAST_PART 0.001

struct row {
    size_t series;
    double bytes[PARTS]; /* per task; 0 where nothing is proven or recorded */
    double total;        /* 0: nothing to be shown */
    bool has_fit;
    bool is_doubtful; /* an unproven part may be much of it */
    const char *model;
};

/* The largest share of the proven total that an unproven part may have without making the row doubtful. */
#define DOUBT 0.1

/* --- what is known of a task -------------------------------------------------------------------------------------- */

/* NULL where the recording has no such figures. */
static const struct fit *fit_of(const struct chart_data *data, enum metric metric, size_t series)
{
    const struct fit *fit = data->fit_of[metric] ? &data->fit_of[metric][series] : NULL;

    return fit && isfinite(fit->overhead.value) ? fit : NULL;
}

static double proven_overhead(const struct chart_data *data, enum metric metric, size_t series)
{
    const struct fit *fit = fit_of(data, metric, series);

    return fit && chart_is_above_zero(fit) ? fit->overhead.value : 0;
}

/* The most that an unproven part may take; less than the resolution for all tasks together is rounding. */
static double doubt(const struct chart_data *data, enum metric metric, size_t series)
{
    const struct fit *fit = fit_of(data, metric, series);

    if (!fit || chart_is_above_zero(fit) || fabs(fit->overhead.value) * (double)fit->max_tasks < fit->resolution)
        return 0;
    return isfinite(fit->overhead.high) ? fit->overhead.high : INFINITY;
}

/* Page tables and stacks are part of the kernel memory charged to a group. User memory is private memory: a shared page
   belongs to no single task. */
static struct row make_row(const struct chart_data *data, size_t series)
{
    struct row row = {.series = series, .model = data->list.series[series].model};
    double kernel = proven_overhead(data, METRIC_KERNEL, series);

    row.has_fit = fit_of(data, METRIC_USS, series) || fit_of(data, METRIC_KERNEL, series);
    row.bytes[USER] = proven_overhead(data, METRIC_USS, series);
    row.bytes[PAGE_TABLES] = proven_overhead(data, METRIC_PAGE_TABLES, series);
    row.bytes[KERNEL_STACK] = proven_overhead(data, METRIC_KERNEL_STACK, series);
    row.bytes[OTHER_KERNEL] = fmax(0, kernel - row.bytes[PAGE_TABLES] - row.bytes[KERNEL_STACK]);
    for (enum part part = 0; part < PARTS; part++)
        row.total += row.bytes[part];
    row.is_doubtful = fmax(doubt(data, METRIC_USS, series), doubt(data, METRIC_KERNEL, series)) > DOUBT * row.total;
    if (row.is_doubtful)
        row.total = 0;
    return row;
}

/* The lightest first; unknown ones last. */
static int compare_rows(const void *a, const void *b)
{
    const struct row *first = a, *second = b;

    if ((first->total > 0) != (second->total > 0))
        return first->total > 0 ? -1 : 1;
    if (first->total != second->total)
        return first->total < second->total ? -1 : 1;
    return strcmp(first->model, second->model);
}

/* --- the chart ---------------------------------------------------------------------------------------------------- */

static const char *about(struct figure *figure, const struct chart_data *data, const struct row *row, enum part part)
{
    char text[UNIT_TEXT_SIZE];

    return figure_text(figure, "%s, %s: %s, %.2g %% of a task", chart_series_name(figure, data, row->series),
                       parts[part].name, unit_format(text, metrics[METRIC_USS].unit, row->bytes[part]),
                       100 * row->bytes[part] / row->total);
}

static void add_parts(struct figure *figure, struct figure_panel *panel, const struct chart_data *data,
                      const struct row *row, double y)
{
    for (enum part part = 0; part < PARTS; part++) {
        struct figure_style style = parts[part].style;

        style.subject = data->list.series[row->series].model;
        style.about = about(figure, data, row, part);
        if (row->bytes[part] >= panel->x.low)
            figure_add_mark(figure, panel, FIGURE_POINTS, style, &(struct figure_point){row->bytes[part], y}, 1);
    }
}

static void add_entry(struct figure *figure, struct figure_panel *panel, size_t column, size_t place, double bytes)
{
    char text[UNIT_TEXT_SIZE];

    if (bytes > 0)
        figure_set_entry(
            panel, column, place,
            (struct figure_entry){figure_text(figure, "%s", unit_format(text, metrics[METRIC_USS].unit, bytes)),
                                  FIGURE_TEXT});
}

static const char *say_lack(struct figure *figure, const struct chart_data *data, const struct row *row)
{
    const struct fit *user = data->fit_of[METRIC_USS];

    if (!row->has_fit)
        return user ? chart_no_fit_text(figure, &user[row->series]) : "no fit";
    return row->is_doubtful ? "cannot tell: a part that may be much of it is not proven"
                            : "nothing is proven to be above 0";
}

static void add_row(struct figure *figure, struct figure_panel *panel, const struct chart_data *data,
                    const struct row *row, size_t place)
{
    chart_name_row(figure, panel, data, place, row->series);
    if (row->total > 0) {
        add_parts(figure, panel, data, row, (double)place);
        add_entry(figure, panel, 0, place, row->total);
        add_entry(figure, panel, 1, place, row->bytes[USER]);
        add_entry(figure, panel, 2, place, row->total - row->bytes[USER]);
        return;
    }
    figure_add_label(figure, panel,
                     (struct figure_label){FIGURE_WITHIN,
                                           FIGURE_MUTED,
                                           {panel->x.low, (double)place},
                                           say_lack(figure, data, row),
                                           data->list.series[row->series].model});
}

static bool has_part(const struct row *row, size_t rows, enum part part)
{
    for (size_t i = 0; i < rows; i++)
        if (row[i].bytes[part] > 0)
            return true;
    return false;
}

/* From the least part that matters, in whole bytes. */
static struct axis make_axis(const struct chart_data *data, const struct row *row)
{
    struct chart_range range = {INFINITY, 0};

    for (size_t i = 0; i < data->list.count; i++)
        for (enum part part = 0; row[i].total > 0 && part < PARTS; part++)
            chart_widen(&range, row[i].bytes[part] >= LEAST_PART * row[i].total ? row[i].bytes[part] : 0);
    return axis_over(AXIS_LOG, metrics[METRIC_USS].unit, fmax(1, range.low), range.high);
}

static void build_panel(struct figure *figure, struct figure_panel *panel, const struct chart_data *data,
                        const struct row *row)
{
    static const char *const headings[] = {"per task", "user", "kernel"};

    panel->x = make_axis(data, row);
    panel->x_title = "Memory per task (bytes)";
    panel->row_lines = true;
    figure_make_rows(figure, panel, data->list.count);
    for (size_t i = 0; i < sizeof headings / sizeof *headings; i++)
        figure_add_column(figure, panel, headings[i]);
    for (enum part part = 0; part < PARTS; part++)
        if (has_part(row, data->list.count, part))
            figure_add_key(figure, parts[part].style, parts[part].name);
    for (size_t i = 0; i < panel->rows; i++)
        add_row(figure, panel, data, &row[i], i);
}

/* The kernel's whole part of a task. */
static struct estimate kernel_of(const struct chart_data *data, size_t series)
{
    const struct fit *kernel = fit_of(data, METRIC_KERNEL, series), *tables = fit_of(data, METRIC_PAGE_TABLES, series);

    return kernel ? kernel->overhead : tables ? tables->overhead : estimate_unknown;
}

/* The p value for user memory and kernel memory being equal. Those of one run go together if at all, which makes their
   difference vary less than is assumed. NaN where it cannot be told. */
static double test_halves(const struct chart_data *data, const struct row *row)
{
    const struct fit *user = fit_of(data, METRIC_USS, row->series);

    if (!(row->total > 0) || !user || series_is_control(&data->list.series[row->series]))
        return NAN;
    return ratio_equality_p(user->overhead, kernel_of(data, row->series), RATIO_PLAIN);
}

static const char *count_halves(struct figure *figure, const struct chart_data *data, const struct row *row,
                                const double *p)
{
    size_t known = 0, mostly[2] = {0, 0}; /* user, kernel */

    for (size_t i = 0; i < data->list.count; i++) {
        bool is_kernel = 2 * row[i].bytes[USER] < row[i].total;

        known += !isnan(p[i]);
        mostly[is_kernel] += p[i] < 1 - data->confidence;
    }
    if (!finding_has_models(data))
        return finding_lack(figure, data);
    if (known == 0)
        return "Of no model is it known whether most of a task is kernel memory.";
    return figure_text(figure, "Of %zu %s, most of a task is proven to be kernel memory in %zu and user memory in %zu.",
                       known, known == 1 ? "model" : "models", mostly[1], mostly[0]);
}

static const char *find(struct figure *figure, const struct chart_data *data, const struct row *row)
{
    double *p = calloc(data->list.count + 1, sizeof *p);
    const char *text = NULL;

    for (size_t i = 0; p && i < data->list.count; i++)
        p[i] = test_halves(data, &row[i]);
    if (p && ratio_adjust(p, data->list.count) == 0)
        text = count_halves(figure, data, row, p);
    figure->out_of_memory = figure->out_of_memory || !text;
    free(p);
    return text;
}

/* What is left out, as the charts of the peak show it. */
static const char *describe_peaks(struct figure *figure, const struct chart_data *data)
{
    const char *names = chart_peaked_models(figure, data);

    return *names ? figure_text(figure, " Not shown: what more is taken while tasks start or end, by %s.", names) : "";
}

void chart_breakdown(struct figure *figure, const struct chart_data *data, const struct chart_size *size)
{
    struct row *row = calloc(data->list.count + 1, sizeof *row);

    chart_begin(figure, data, size, CHART_breakdown, chart_height_mm(data->list.count, 1));
    figure->out_of_memory = figure->out_of_memory || !row;
    figure->subtitle = figure_text(figure,
                                   "Slopes of private memory, page tables and kernel memory, each as it was while all "
                                   "tasks slept.%s",
                                   describe_peaks(figure, data));
    figure_make_panels(figure, 1);
    for (size_t i = 0; row && i < data->list.count; i++)
        row[i] = make_row(data, i);
    if (row && figure->panels > 0) {
        qsort(row, data->list.count, sizeof *row, compare_rows);
        build_panel(figure, &figure->panel[0], data, row);
        figure->finding = find(figure, data, row);
    }
    free(row);
}
