/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plane: each model by its baseline and its overhead, both on log axes, with their joint confidence region. Along a
   line baseline and overhead add up to the total of the cheapest model with so many tasks. */
#include "plot/chart.h"

#include "collect/unit.h"
#include "plot/finding.h"

#include <math.h>
#include <string.h>

#define STEPS 72 /* of an outline or a line, which makes it smooth */
/* Labels that are nearer than these shares of the axes would overlap. */
#define NEAR_X 0.4
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

/* baseline + overhead * tasks = total. Returns where to put its label: at the left edge, where nearly all is overhead,
   or near the top if the line misses that edge. */
static struct figure_point add_line(struct figure *figure, struct figure_panel *panel, int64_t tasks, double total)
{
    struct figure_point line[STEPS + 1];
    size_t points = 0;

    for (size_t i = 0; i < STEPS; i++) {
        double overhead = panel->y.low * pow(panel->y.high / panel->y.low, (double)i / (STEPS - 1));
        double baseline = total - overhead * (double)tasks;

        if (baseline > panel->x.low)
            line[points++] = (struct figure_point){baseline, overhead};
    }
    if (points < STEPS)
        line[points++] = (struct figure_point){panel->x.low, (total - panel->x.low) / (double)tasks};
    figure_add_mark(figure, panel, FIGURE_LINE, (struct figure_style){.colour = FIGURE_MUTED, .dash = FIGURE_DASHED},
                    line, points);
    return line[points <= STEPS && line[points - 1].x <= panel->x.low ? points - 1 : points - 1 - points / 20];
}

static bool is_near(const struct figure_panel *panel, struct figure_point a, struct figure_point b)
{
    return fabs(axis_fraction(&panel->x, a.x) - axis_fraction(&panel->x, b.x)) < NEAR_X &&
           fabs(axis_fraction(&panel->y, a.y) - axis_fraction(&panel->y, b.y)) < NEAR_Y;
}

/* Lines with one label, since they nearly coincide. */
struct label_group {
    const char *before; /* the text of lines with another cheapest model */
    const char *counts; /* "100k, 1M" */
    size_t lines, cheapest;
    double total;
    struct figure_point at;
};

/* "10k tasks: libuv, 3.8 MiB" of one line, "100k, 1M tasks: libuv" of several. */
static const char *group_text(struct figure *figure, const struct chart_data *data, const struct label_group *group)
{
    const char *name = chart_series_name(figure, data, group->cheapest);
    const char *unit = strcmp(group->counts, "1") == 0 ? "task" : "tasks";

    if (group->lines > 1)
        return figure_text(figure, "%s%s %s: %s", group->before, group->counts, unit, name);
    return figure_text(figure, "%s%s %s: %s, %s", group->before, group->counts, unit, name,
                       chart_quantity(figure, data, group->total));
}

static void label_group(struct figure *figure, struct figure_panel *panel, const struct chart_data *data,
                        const struct label_group *group)
{
    if (group->lines > 0)
        figure_add_label(
            figure, panel,
            (struct figure_label){FIGURE_WITHIN, FIGURE_MUTED, group->at, group_text(figure, data, group)});
}

/* Adds a line to the group: another count of its model, or a near line of another model. */
static void join_line(struct figure *figure, const struct chart_data *data, struct label_group *group, int64_t tasks,
                      size_t best)
{
    char count[UNIT_TEXT_SIZE];

    unit_format_count(count, tasks);
    if (group->lines > 0 && best == group->cheapest) {
        group->counts = figure_text(figure, "%s, %s", group->counts, count);
        group->lines++;
        return;
    }
    if (group->lines > 0)
        group->before = figure_text(figure, "%s · ", group_text(figure, data, group));
    group->counts = figure_text(figure, "%s", count);
    group->lines = 1;
    group->cheapest = best;
    group->total = total_of(data, best, tasks).value;
}

/* Lines of large counts can nearly coincide: those share a label. */
static void add_lines(struct figure *figure, struct figure_panel *panel, const struct chart_data *data)
{
    struct label_group group = {.before = ""};

    for (size_t i = 0; i < LINES; i++) {
        size_t best = cheapest(data, line_tasks[i]);
        struct figure_point at;

        if (best == data->list.count)
            continue;
        at = add_line(figure, panel, line_tasks[i], total_of(data, best, line_tasks[i]).value);
        if (group.lines > 0 && !is_near(panel, group.at, at)) {
            label_group(figure, panel, data, &group);
            group = (struct label_group){.before = ""};
        }
        join_line(figure, data, &group, line_tasks[i], best);
        group.at = at;
    }
    label_group(figure, panel, data, &group);
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

    add_region(figure, panel, fit, style);
    figure_add_mark(figure, panel, FIGURE_POINTS, style, &at, 1);
    figure_add_label(figure, panel,
                     (struct figure_label){FIGURE_EDGE, style.colour, at, chart_series_name(figure, data, series)});
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

void chart_plane(struct figure *figure, const struct chart_data *data, const struct chart_size *size)
{
    struct figure_panel *panel;

    chart_begin(figure, data, size, CHART_plane, data->list.count + data->list.count / 5, 1);
    figure->subtitle = figure_text(
        figure,
        "Clouds are %s confidence regions. Along each line baseline + overhead × tasks is the least total that was "
        "measured with so many tasks, that of the model which the label names.%s",
        chart_confidence_text(figure, data), name_hidden(figure, data));
    figure->finding = find(figure, data);
    chart_add_family_key(figure, data);
    figure_make_panels(figure, 1);
    if (figure->panels == 0)
        return;
    panel = &figure->panel[0];
    panel->x_title = figure_text(figure, "Baseline (%s)", unit_names[chart_unit(data)]);
    panel->y_title = figure_text(figure, "Overhead per task (%s)", unit_names[chart_unit(data)]);
    make_axes(panel, data);
    add_lines(figure, panel, data);
    for (size_t i = 0; i < data->list.count; i++)
        if (is_shown(&data->fit[i]))
            add_model(figure, panel, data, i);
}
