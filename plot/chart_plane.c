/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plane: above, a strip over the number of tasks that names the model which takes the least; below, each model by its
   baseline and its overhead, both on log axes, with their joint confidence region. Along a line baseline and overhead
   add up to the total of the cheapest model with so many tasks. */
#include "plot/chart.h"

#include "collect/unit.h"
#include "plot/cheapest.h"
#include "plot/finding.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STEPS 72 /* of an outline or a line, which makes it smooth */
/* Labels that are nearer than these shares of the axes would overlap. */
#define NEAR_X 0.1
#define NEAR_Y 0.06

static const int64_t line_tasks[] = {1, 10000, 100000, 1000000};
#define LINES (sizeof line_tasks / sizeof *line_tasks)

/* Whether log axes can show the model: both values are proven to be above 0. */
static bool is_shown(const struct fit *fit)
{
    return fit->baseline.value > 0 && chart_is_above_zero(fit);
}

static void make_axes(struct figure_panel *panel, const struct chart_data *data)
{
    double left = INFINITY, right = 0, bottom = INFINITY, top = 0;

    for (size_t i = 0; i < data->list.count; i++) {
        const struct fit *fit = &data->fit[i];

        if (!is_shown(fit))
            continue;
        left = fmin(left, fit->baseline.value);
        right = fmax(right, fit->baseline.value);
        bottom = fmin(bottom, fit->overhead.value);
        top = fmax(top, fit->overhead.value);
    }
    /* Room for the lines, which are nearly level at the left, where their labels stand, and nearly upright at the
       right. */
    panel->x = axis_over(AXIS_LOG, chart_unit(data), left / 4, right * 1.5);
    panel->y = axis_over(AXIS_LOG, chart_unit(data), bottom / 2, top * 2);
}

/* --- lines of equal total ----------------------------------------------------------------------------------------- */

static struct estimate total_of(const struct chart_data *data, size_t series, int64_t tasks)
{
    return fit_mean_at(&data->fit[series], (double)tasks);
}

/* Whether the model has a total at that count: it is shown and was measured there. */
static bool has_total(const struct chart_data *data, size_t series, int64_t tasks)
{
    return is_shown(&data->fit[series]) && !series_is_control(&data->list.series[series]) &&
           series_cell_at(&data->list.series[series], tasks);
}

/* The series with the least total at that count; the number of series if none. */
static size_t cheapest(const struct chart_data *data, int64_t tasks)
{
    size_t best = data->list.count;

    for (size_t i = 0; i < data->list.count; i++)
        if (has_total(data, i, tasks) &&
            (best == data->list.count || total_of(data, i, tasks).value < total_of(data, best, tasks).value))
            best = i;
    return best;
}

/* Says which models are compared, where some are left out. */
static const char *begin_finding(struct figure *figure, const struct chart_data *data)
{
    size_t shown = 0, models = 0;

    for (size_t i = 0; i < data->list.count; i++) {
        models += !series_is_control(&data->list.series[i]);
        shown += !series_is_control(&data->list.series[i]) && is_shown(&data->fit[i]);
    }
    return shown == models ? "Cheapest with " : figure_text(figure, "Of the %zu models shown, cheapest with ", shown);
}

/* "1 task: a; 10k tasks: b and c, not told apart" */
static const char *tell_counts(struct figure *figure, const struct chart_data *data, const struct finding *finding)
{
    const char *text = "", *host = "";
    size_t group;

    for (size_t first = 0; first < finding->sides; first += group) {
        const struct finding_side *side = &finding->side[first];
        struct finding_end least = finding_least(figure, data, finding, first);
        const char *on = finding_host(figure, data, side->series);
        char count[UNIT_TEXT_SIZE];

        group = finding_group(finding, data, first);
        if (group > 1)
            text = figure_text(figure, "%s%s%s%s %s: %s%s", text, *text ? "; " : "", strcmp(on, host) == 0 ? "" : on,
                               unit_format_count(count, side->tasks), side->tasks == 1 ? "task" : "tasks", least.names,
                               least.models > 1 ? ", not told apart" : "");
        host = on;
    }
    return text;
}

static const char *find(struct figure *figure, const struct chart_data *data)
{
    struct finding finding = finding_new(figure, data, LINES * data->list.count);
    const char *text;

    for (size_t i = 0; i < LINES; i++)
        for (size_t k = 0; k < data->list.count; k++)
            if (has_total(data, k, line_tasks[i]))
                finding_add(&finding, data, (struct finding_side){k, line_tasks[i], total_of(data, k, line_tasks[i])});
    finding_compare(figure, data, &finding);
    text = tell_counts(figure, data, &finding);
    if (*text)
        text = figure_text(figure, "%s%s.", begin_finding(figure, data), text);
    else
        text = finding.sides > 0 ? "No two models were run with 1, 10k, 100k or 1M tasks: none is cheapest."
                                 : finding_lack(figure, data);
    finding_free(&finding);
    return text;
}

/* baseline + overhead * tasks = total, by shares of the total that are smooth at both ends of log axes. Returns where
   its label stands: at the left edge, where nearly all is overhead, or near the top if the line misses that edge. */
static struct figure_point add_line(struct figure *figure, struct figure_panel *panel, int64_t tasks, double total)
{
    struct figure_point line[STEPS];
    double first = log(total / panel->x.low), last = -log(total / (double)tasks / panel->y.low);

    for (size_t i = 0; i < STEPS; i++) {
        double odds = exp(first + (last - first) * (double)i / (STEPS - 1)); /* of overhead to baseline */

        line[i] = (struct figure_point){total / (1 + odds), total * odds / (1 + odds) / (double)tasks};
    }
    figure_add_mark(figure, panel, FIGURE_LINE, (struct figure_style){.colour = FIGURE_MUTED, .dash = FIGURE_DASHED},
                    line, STEPS);
    for (size_t i = 0; i < STEPS; i++)
        if (line[i].y <= panel->y.high)
            return line[i];
    return line[STEPS - 1];
}

static bool is_near(const struct figure_panel *panel, struct figure_point a, struct figure_point b)
{
    return fabs(axis_fraction(&panel->x, a.x) - axis_fraction(&panel->x, b.x)) < NEAR_X &&
           fabs(axis_fraction(&panel->y, a.y) - axis_fraction(&panel->y, b.y)) < NEAR_Y;
}

static void add_line_label(struct figure *figure, struct figure_panel *panel, const char *counts,
                           struct figure_point at)
{
    const char *text = figure_text(figure, "%s %s", counts, strcmp(counts, "1") == 0 ? "task" : "tasks");

    if (*counts)
        figure_add_label(figure, panel, (struct figure_label){FIGURE_WITHIN, FIGURE_MUTED, at, text, NULL});
}

/* Lines of large counts can nearly coincide: those share a label. */
static void add_lines(struct figure *figure, struct figure_panel *panel, const struct chart_data *data)
{
    const char *counts = "";
    struct figure_point last = {0, 0};

    for (size_t i = 0; i < LINES; i++) {
        size_t best = cheapest(data, line_tasks[i]);
        struct figure_point at;
        char count[UNIT_TEXT_SIZE];

        if (best == data->list.count)
            continue;
        at = add_line(figure, panel, line_tasks[i], total_of(data, best, line_tasks[i]).value);
        unit_format_count(count, line_tasks[i]);
        if (*counts && is_near(panel, last, at)) {
            counts = figure_text(figure, "%s, %s", counts, count);
            continue;
        }
        add_line_label(figure, panel, counts, last);
        counts = figure_text(figure, "%s", count);
        last = at;
    }
    add_line_label(figure, panel, counts, last);
}

/* --- models ------------------------------------------------------------------------------------------------------- */

/* The outline of the joint confidence region, an ellipse. */
static void add_region(struct figure *figure, struct figure_panel *panel, const struct fit *fit,
                       struct figure_style style)
{
    double half_width = fit_region_half_width(fit), along, across;
    struct figure_point outline[STEPS];

    if (!isfinite(half_width) || !(fit->baseline.standard_error > 0))
        return;
    /* Cholesky's factor of the covariance matrix. */
    along = fit->covariance / fit->baseline.standard_error;
    across = sqrt(fmax(0, pow(fit->overhead.standard_error, 2) - along * along));
    for (size_t i = 0; i < STEPS; i++) {
        double angle = 2 * M_PI * (double)i / STEPS, x = half_width * cos(angle), y = half_width * sin(angle);

        outline[i] =
            (struct figure_point){fmax(fit->baseline.value + fit->baseline.standard_error * x, panel->x.low / 10),
                                  fmax(fit->overhead.value + along * x + across * y, panel->y.low / 10)};
    }
    figure_add_mark(figure, panel, FIGURE_BAND, style, outline, STEPS);
}

static void add_model(struct figure *figure, struct figure_panel *panel, const struct chart_data *data, size_t series)
{
    const struct fit *fit = &data->fit[series];
    struct figure_style style = chart_style(data, series);
    struct figure_point at = {fit->baseline.value, fit->overhead.value};
    const char *name = chart_series_name(figure, data, series);

    style.about = figure_text(figure, "%s: %s and %s a task", name, chart_quantity(figure, data, at.x),
                              chart_quantity(figure, data, at.y));
    add_region(figure, panel, fit, style);
    figure_add_mark(figure, panel, FIGURE_POINTS, style, &at, 1);
    figure_add_label(figure, panel, (struct figure_label){FIGURE_EDGE, style.colour, at, name, style.subject});
}

static const char *name_hidden(struct figure *figure, const struct chart_data *data)
{
    const char *names = "";

    for (size_t i = 0; i < data->list.count; i++)
        if (!is_shown(&data->fit[i]))
            names = figure_text(figure, "%s%s%s", names, *names ? ", " : "", chart_series_name(figure, data, i));
    return *names ? figure_text(figure, " Not shown, as baseline or overhead is unknown or not above 0: %s.", names)
                  : "";
}

static void build_plane(struct figure *figure, struct figure_panel *panel, const struct chart_data *data)
{
    panel->x_title = figure_text(figure, "Baseline (%s)", unit_names[chart_unit(data)]);
    panel->y_title = figure_text(figure, "Overhead per task (%s)", unit_names[chart_unit(data)]);
    make_axes(panel, data);
    add_lines(figure, panel, data);
    for (size_t i = 0; i < data->list.count; i++)
        if (is_shown(&data->fit[i]))
            add_model(figure, panel, data, i);
}

/* --- the strip ---------------------------------------------------------------------------------------------------- */

/* All ranges of all hosts. */
struct strip {
    struct cheapest *range; /* CHEAPEST_MOST for each series */
    size_t ranges;
};

/* One model alone is the cheapest of nothing. */
static size_t count_compared(const struct chart_data *data, size_t first, size_t count)
{
    size_t compared = 0;

    for (size_t i = first; i < first + count; i++)
        compared += !series_is_control(&data->list.series[i]) && isfinite(data->fit[i].overhead.value);
    return compared;
}

static struct strip strip_new(const struct chart_data *data)
{
    struct strip strip = {calloc(data->list.count * CHEAPEST_MOST + 1, sizeof *strip.range), 0};
    size_t peers;

    for (size_t first = 0; strip.range && first < data->list.count; first += peers) {
        peers = series_list_peers(&data->list, first);
        if (count_compared(data, first, peers) > 1)
            strip.ranges += cheapest_ranges(data, first, peers, strip.range + strip.ranges);
    }
    return strip;
}

/* The row of a range's model: how many others have begun before its first range. */
static size_t row_of(const struct strip *strip, size_t range)
{
    size_t row = 0, first = range;

    for (size_t i = range; i-- > 0;)
        if (strip->range[i].series == strip->range[range].series)
            first = i;
    for (size_t i = 0; i < first; i++) {
        bool is_new = true;

        for (size_t k = 0; k < i; k++)
            is_new = is_new && strip->range[k].series != strip->range[i].series;
        row += is_new;
    }
    return row;
}

static size_t count_rows(const struct strip *strip)
{
    size_t rows = 0;

    for (size_t i = 0; i < strip->ranges; i++)
        rows = row_of(strip, i) + 1 > rows ? row_of(strip, i) + 1 : rows;
    return rows;
}

static void add_range(struct figure *figure, struct figure_panel *panel, const struct chart_data *data,
                      const struct cheapest *range, size_t row)
{
    struct figure_style style = chart_style(data, range->series);
    double y = (double)row;
    char from[UNIT_TEXT_SIZE], to[UNIT_TEXT_SIZE];

    chart_name_row(figure, panel, data, row, range->series);
    style.about =
        figure_text(figure, "%s takes the least from %s to %s tasks", chart_series_name(figure, data, range->series),
                    unit_format(from, UNIT_COUNT, range->from), unit_format(to, UNIT_COUNT, range->to));
    figure_add_mark(figure, panel, FIGURE_BAR, style, (struct figure_point[]){{range->from, y}, {range->to, y}}, 2);
    if (isfinite(range->from_low) && isfinite(range->from_high))
        figure_add_mark(figure, panel, FIGURE_INTERVAL,
                        (struct figure_style){.colour = FIGURE_TEXT, .subject = style.subject, .about = style.about},
                        (struct figure_point[]){{range->from_low, y}, {range->from_high, y}}, 2);
}

static void build_strip(struct figure *figure, struct figure_panel *panel, const struct chart_data *data,
                        const struct strip *strip)
{
    struct chart_range tasks = {INFINITY, 0};

    for (size_t i = 0; i < strip->ranges; i++) {
        chart_widen(&tasks, strip->range[i].from);
        chart_widen(&tasks, strip->range[i].to);
    }
    panel->title = "The least of all that were measured with so many tasks";
    panel->x = axis_over(AXIS_LOG, UNIT_COUNT, tasks.low, tasks.high);
    panel->x_title = "Concurrent tasks (count)";
    panel->row_lines = true;
    figure_make_rows(figure, panel, count_rows(strip));
    for (size_t i = 0; i < strip->ranges; i++)
        add_range(figure, panel, data, &strip->range[i], row_of(strip, i));
}

/* --- the chart ---------------------------------------------------------------------------------------------------- */

/* Of the strip's titles and ticks, and of a row. */
#define STRIP_MM 17.0
#define STRIP_ROW_MM 4.0

static void build(struct figure *figure, const struct chart_data *data, const struct strip *strip)
{
    bool has_strip = strip->ranges > 0;

    figure_make_panels(figure, has_strip ? 2 : 1);
    if (figure->panels == 0)
        return;
    if (has_strip) {
        figure->panel[0].height_mm = STRIP_MM + STRIP_ROW_MM * (double)count_rows(strip);
        build_strip(figure, &figure->panel[0], data, strip);
    }
    build_plane(figure, &figure->panel[has_strip], data);
}

void chart_plane(struct figure *figure, const struct chart_data *data, const struct chart_size *size)
{
    struct strip strip = strip_new(data);
    double strip_mm = strip.ranges > 0 ? STRIP_MM + STRIP_ROW_MM * (double)count_rows(&strip) : 0;
    double plane_mm = chart_height_mm(data->list.count + data->list.count / 5, 1);

    chart_begin(figure, data, size, CHART_plane,
                strip_mm + (size->may_grow ? fmax(size->height_mm, plane_mm) : plane_mm));
    figure->out_of_memory = figure->out_of_memory || !strip.range;
    figure->subtitle = figure_text(
        figure,
        "%sClouds are %s confidence regions, and along each line baseline + overhead × tasks is the least total that "
        "was "
        "measured with as many tasks as the line's label says.%s",
        strip.ranges > 0
            ? figure_text(figure,
                          "Above, who takes the least: whiskers are where it may have become so, with %s confidence. ",
                          chart_confidence_text(figure, data))
            : "",
        chart_confidence_text(figure, data), name_hidden(figure, data));
    figure->finding = find(figure, data);
    chart_add_family_key(figure, data);
    build(figure, data, &strip);
    free(strip.range);
}
