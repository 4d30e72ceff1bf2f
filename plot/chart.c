/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of the charts, what they are made of, and what they have in common. */
#include "plot/chart.h"

#include "analyze/ratio.h"
#include "collect/text.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* About the height of the head, the caption and the page's edges, and of each panel's titles and ticks. */
#define PAGE_MM 30.0
#define PANEL_MM 17.5

/* A column of a journal, in which titles wrap: what their further lines take. */
#define NARROW_MM 100.0
#define WRAPPED_MM 16.0

/* In narrower panels beside each other there is no room for ticks. */
#define LEAST_PANEL_MM 38.0

/* The least height of a row that is legible. */
#define ROW_MM 2.9

#define CHART_STRING(name, ...) #name,
const char *const chart_names[CHART_COUNT] = {CHARTS(CHART_STRING)};

#define SHOWS_RUNS false
#define SHOWS_FITS true
#define CHART_ROW(name, question, metrics, works, shows) {question, metrics, works, SHOWS_##shows, chart_##name},
const struct chart charts[CHART_COUNT] = {CHARTS(CHART_ROW)};

/* --- names -------------------------------------------------------------------------------------------------------- */

static bool has_several_hosts(const struct chart_data *data)
{
    for (size_t i = 1; i < data->list.count; i++)
        if (strcmp(data->list.series[i].host, data->list.series[0].host) != 0)
            return true;
    return false;
}

static bool has_several_works(const struct chart_data *data)
{
    for (size_t i = 1; i < data->list.count; i++)
        if (strcmp(data->list.series[i].work, data->list.series[0].work) != 0)
            return true;
    return false;
}

/* Numbers and punctuation behind a name from right to left would join it, but for a mark: Unicode Standard Annex #9,
   section 2.6. */
static const char *direction_mark(const char *name)
{
    while (isascii(*name) && *name)
        name++;
    return *name ? "\u200e" : "";
}

const char *chart_series_name(struct figure *figure, const struct chart_data *data, size_t series)
{
    const struct series *one = &data->list.series[series];
    const char *model = figure_text(figure, "%s%s", one->model, direction_mark(one->model));

    if (has_several_works(data))
        model = figure_text(figure, "%s, %s", model, one->work);

    return has_several_hosts(data) ? figure_text(figure, "%s (%s%s)", model, one->host, direction_mark(one->host))
                                   : model;
}

const char *chart_metric_title(struct figure *figure, const struct chart_data *data)
{
    const char *description = metrics[data->metric].description;

    return figure_text(figure, "%c%s", toupper((unsigned char)description[0]), description + 1);
}

enum unit chart_unit(const struct chart_data *data)
{
    return metrics[data->metric].unit;
}

const char *chart_quantity(struct figure *figure, const struct chart_data *data, double value)
{
    char text[UNIT_TEXT_SIZE];

    return figure_text(figure, "%s", unit_format(text, chart_unit(data), value));
}

const char *chart_confidence_text(struct figure *figure, const struct chart_data *data)
{
    return figure_text(figure, "%.4g %%", 100 * data->confidence);
}

/* --- what marks say ----------------------------------------------------------------------------------------------- */

double chart_half_width(struct estimate estimate)
{
    return isfinite(estimate.low) && isfinite(estimate.high) ? (estimate.high - estimate.low) / 2 : (double)NAN;
}

static const char *value_text(struct figure *figure, const struct chart_data *data, double value, double half_width)
{
    return isfinite(half_width) ? figure_text(figure, "%s ± %s", chart_quantity(figure, data, value),
                                              chart_quantity(figure, data, half_width))
                                : chart_quantity(figure, data, value);
}

const char *chart_about_cell(struct figure *figure, const struct chart_data *data, size_t series,
                             const struct cell *cell)
{
    char count[UNIT_TEXT_SIZE];
    const char *value = value_text(figure, data, cell->mean, (cell->high - cell->low) / 2);

    return figure_text(figure, "%s, %s %s: %s, %zu %s", chart_series_name(figure, data, series),
                       unit_format_count(count, cell->tasks), cell->tasks == 1 ? "task" : "tasks", value, cell->runs,
                       cell->runs == 1 ? "run" : "runs");
}

const char *chart_about(struct figure *figure, const struct chart_data *data, size_t series, struct estimate estimate)
{
    return figure_text(figure, "%s: %s", chart_series_name(figure, data, series),
                       value_text(figure, data, estimate.value, chart_half_width(estimate)));
}

/* --- families ----------------------------------------------------------------------------------------------------- */

/* Any other family looks like the last. */
static const struct family {
    const char *name;
    int hue;
    enum figure_shape shape;
} families[] = {
    {"thread", 0, FIGURE_CIRCLE},  {"process", 1, FIGURE_SQUARE},          {"fiber", 2, FIGURE_DIAMOND},
    {"async", 3, FIGURE_TRIANGLE}, {"callback", 4, FIGURE_TRIANGLE_DOWN},  {"kernel", 5, FIGURE_PLUS},
    {"actor", 6, FIGURE_STAR},     {SAMPLE_CONNECTION, 8, FIGURE_HEXAGON}, {"other", 7, FIGURE_CROSS},
};
#define FAMILIES (sizeof families / sizeof *families)

static size_t family_of(const struct series *series)
{
    size_t i = 0;

    while (i < FAMILIES - 1 && strcmp(families[i].name, series->family) != 0)
        i++;
    return i;
}

static struct figure_style family_style(size_t family)
{
    return (struct figure_style){.colour = FIGURE_HUE + (unsigned)families[family].hue,
                                 .shape = families[family].shape};
}

struct figure_style chart_style(const struct chart_data *data, size_t series)
{
    size_t family = family_of(&data->list.series[series]), before = 0;
    struct figure_style style = family_style(family);

    for (size_t i = 0; i < series; i++)
        before += family_of(&data->list.series[i]) == family;
    style.dash = before % FIGURE_DASHES;
    style.subject = data->list.series[series].model;
    return style;
}

void chart_name_row(struct figure *figure, struct figure_panel *panel, const struct chart_data *data, size_t row,
                    size_t series)
{
    figure_name_row(panel, row, chart_series_name(figure, data, series), data->list.series[series].model);
}

void chart_add_family_key(struct figure *figure, const struct chart_data *data)
{
    for (size_t family = 0; family < FAMILIES; family++) {
        bool present = false;

        for (size_t i = 0; i < data->list.count; i++)
            present = present || family_of(&data->list.series[i]) == family;
        if (present)
            figure_add_key(figure, family_style(family), families[family].name);
    }
}

void chart_add_series_key(struct figure *figure, const struct chart_data *data, size_t series)
{
    size_t family = family_of(&data->list.series[series]);

    for (size_t i = 0; i < figure->keys; i++)
        if (strcmp(figure->key[i].text, families[family].name) == 0)
            return;
    figure_add_key(figure, family_style(family), families[family].name);
}

/* --- order -------------------------------------------------------------------------------------------------------- */

static double weight_of(const struct chart_data *data, size_t series)
{
    return fit_weight(&data->fit[series], data->metric).value;
}

static int compare_weights(const void *a, const void *b, void *context)
{
    const struct chart_data *data = context;
    size_t first = *(const size_t *)a, second = *(const size_t *)b;
    double left = weight_of(data, first), right = weight_of(data, second);

    if (isfinite(left) != isfinite(right))
        return isfinite(left) ? -1 : 1;
    if (isfinite(left) && left != right)
        return left < right ? -1 : 1;
    return strcmp(data->list.series[first].model, data->list.series[second].model);
}

size_t *chart_order_new(const struct chart_data *data)
{
    size_t *order = calloc(data->list.count + 1, sizeof *order);

    for (size_t i = 0; order && i < data->list.count; i++)
        order[i] = i;
    if (order)
        qsort_r(order, data->list.count, sizeof *order, compare_weights, (void *)data);
    return order;
}

/* --- counts ------------------------------------------------------------------------------------------------------- */

int64_t chart_next_count(const struct chart_data *data, int64_t above)
{
    int64_t next = 0;

    for (size_t i = 0; i < data->list.count; i++)
        for (size_t j = 0; j < data->list.series[i].cells; j++) {
            int64_t tasks = data->list.series[i].cell[j].tasks;

            if (tasks > above && (next == 0 || tasks < next))
                next = tasks;
        }
    return next;
}

/* --- what failed -------------------------------------------------------------------------------------------------- */

/* The length of the text before its details. */
static size_t length_of_gist(const char *text)
{
    static const char *const ends[] = {", ", ";", " ("};
    size_t length = strlen(text);

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        const char *end = strstr(text, ends[i]);

        if (end && (size_t)(end - text) < length)
            length = (size_t)(end - text);
    }
    return length;
}

const char *chart_failure_text(struct figure *figure, const struct cell *cell)
{
    static const char met[] = "limit met: ";
    const char *status = sample_status_names[cell->failure], *limit = strstr(cell->reason, met);
    const char *why = limit ? limit + strlen(met) : cell->reason;

    return *why ? figure_text(figure, "%s: %.*s", status, (int)length_of_gist(why), why) : status;
}

/* --- runs --------------------------------------------------------------------------------------------------------- */

size_t chart_runs(const struct cell *cell)
{
    return cell->runs < CHART_MOST_RUNS ? cell->runs : CHART_MOST_RUNS;
}

double chart_run(const struct cell *cell, size_t i)
{
    return cell->runs <= CHART_MOST_RUNS ? cell->value[i] : cell->value[i * (cell->runs - 1) / (CHART_MOST_RUNS - 1)];
}

/* --- ranges ------------------------------------------------------------------------------------------------------- */

void chart_widen(struct chart_range *range, double value)
{
    if (value > 0 && isfinite(value)) {
        range->low = fmin(range->low, value);
        range->high = fmax(range->high, value);
    }
}

/* --- lines through points ----------------------------------------------------------------------------------------- */

void chart_join(struct figure *figure, struct figure_panel *panel, struct figure_style style,
                const struct figure_point *point, size_t points)
{
    size_t length;

    for (size_t first = 0; first < points; first += length + 1) {
        length = 0;
        while (first + length < points && point[first + length].y > 0)
            length++;
        if (length > 1)
            figure_add_mark(figure, panel, FIGURE_LINE, style, &point[first], length);
    }
}

void chart_join_cells(struct figure *figure, struct figure_panel *panel, struct figure_style style,
                      const struct series *series, double (*value)(const struct cell *cell))
{
    struct figure_point *point = calloc(series->cells + 1, sizeof *point);

    for (size_t i = 0; point && i < series->cells; i++)
        point[i] = (struct figure_point){(double)series->cell[i].tasks, value(&series->cell[i])};
    if (point)
        chart_join(figure, panel, style, point, series->cells);
    figure->out_of_memory = figure->out_of_memory || !point;
    free(point);
}

/* --- title, caption, size ----------------------------------------------------------------------------------------- */

/* The numbers of runs of all cells. */
struct tally {
    size_t fewest, most, ok, failed;
};

static struct tally tally_runs(const struct chart_data *data)
{
    struct tally tally = {.fewest = SIZE_MAX};

    for (size_t i = 0; i < data->list.count; i++)
        for (size_t j = 0; j < data->list.series[i].cells; j++) {
            const struct cell *cell = &data->list.series[i].cell[j];

            tally.ok += cell->runs;
            tally.failed += cell->failed;
            if (cell->runs > 0 && cell->runs < tally.fewest)
                tally.fewest = cell->runs;
            if (cell->runs > tally.most)
                tally.most = cell->runs;
        }
    return tally;
}

const char *chart_runs_text(struct figure *figure, const struct chart_data *data)
{
    struct tally tally = tally_runs(data);

    if (tally.ok == 0)
        return "no ok runs";
    if (tally.fewest == tally.most)
        return figure_text(figure, "%zu %s", tally.most, tally.most == 1 ? "run" : "runs");
    return figure_text(figure, "%zu to %zu runs", tally.fewest, tally.most);
}

/* "10 runs at each count (1240 ok, 40 not ok, 1 interrupted)" */
static const char *describe_runs(struct figure *figure, const struct chart_data *data)
{
    struct tally tally = tally_runs(data);
    const char *range = chart_runs_text(figure, data), *failed = "", *interrupted = "";

    if (tally.ok > 0)
        range = figure_text(figure, "%s at each count", range);
    if (tally.failed > 0)
        failed = figure_text(figure, ", %zu not ok", tally.failed);
    if (data->interrupted > 0)
        interrupted = figure_text(figure, ", %zu interrupted", data->interrupted);
    return figure_text(figure, "%s (%zu ok%s%s)", range, tally.ok, failed, interrupted);
}

static bool host_was_named(const struct chart_data *data, size_t series)
{
    return series > 0 && strcmp(data->list.series[series - 1].host, data->list.series[series].host) == 0;
}

/* The series are ordered by host. */
static const char *describe_hosts(struct figure *figure, const struct chart_data *data)
{
    const char *hosts = has_several_hosts(data) ? "Hosts " : "Host ";

    for (size_t i = 0; i < data->list.count; i++)
        if (!host_was_named(data, i))
            hosts = figure_text(figure, "%s%s%s", hosts, i > 0 ? ", " : "", data->list.series[i].host);
    return hosts;
}

static const char *make_caption(struct figure *figure, const struct chart_data *data, enum chart_name chart,
                                const char *size_note)
{
    const char *hosts = describe_hosts(figure, data), *runs = describe_runs(figure, data);
    const char *shown = charts[chart].metrics, *thinned = "", *fit = "";

    if (!shown)
        shown = figure_text(figure, "%s: %s", metric_names[data->metric], metrics[data->metric].description);
    if (tally_runs(data).most > CHART_MOST_RUNS)
        thinned = figure_text(figure, " · of cells with more than %d runs only %d are drawn, with both extremes",
                              CHART_MOST_RUNS, CHART_MOST_RUNS);
    if (charts[chart].shows_fits)
        fit = figure_text(figure, " · fit %s", fit_method_names[data->method]);
    return figure_text(figure, "%s · metric %s%s · %s confidence · %s%s%s", hosts, shown, fit,
                       chart_confidence_text(figure, data), runs, thinned, size_note);
}

bool chart_is_narrow(const struct figure *figure)
{
    return figure->width_mm < NARROW_MM;
}

size_t chart_divide_up(size_t panels, size_t columns)
{
    return (panels + columns - 1) / columns;
}

size_t chart_columns(size_t panels, double good_mm, const struct chart_size *size)
{
    size_t least = size->width_mm >= 2 * LEAST_PANEL_MM ? 2 : 1;
    size_t most = (size_t)fmax((double)least, floor(size->width_mm / good_mm)), lines = (panels + most - 1) / most;

    return lines > 0 ? (panels + lines - 1) / lines : 1;
}

double chart_height_mm(size_t rows, size_t stacked)
{
    return ceil(PAGE_MM + (double)stacked * (PANEL_MM + (double)rows * ROW_MM));
}

void chart_begin(struct figure *figure, const struct chart_data *data, const struct chart_size *size,
                 enum chart_name chart, double wanted_mm)
{
    char question[CHART_QUESTION_SIZE];
    const char *note = "";

    figure->width_mm = size->width_mm;
    wanted_mm += chart_is_narrow(figure) ? WRAPPED_MM : 0;
    figure->height_mm = size->may_grow ? fmax(size->height_mm, wanted_mm) : size->height_mm;
    if (figure->height_mm < wanted_mm)
        note = figure_text(figure, " · small print: %zu models want a height of %g mm", data->list.count, wanted_mm);
    figure->columns = 1;
    figure->title = figure_text(figure, "%s", chart_question(question, chart, data->metric));
    figure->caption = make_caption(figure, data, chart, note);
}

bool chart_shows(enum chart_name chart, enum metric metric)
{
    return !charts[chart].metrics || charts[chart].works != CHART_ANY ||
           metrics[metric].unit == metrics[METRIC_RSS].unit;
}

/* The first work that the chart is of and the recordings have no run of; WORK_KINDS where they have all. */
static int lacking_work(enum chart_name chart, const struct chart_data *data)
{
    int work = 0;

    while (work < WORK_KINDS && (!(charts[chart].works & 1u << work) || chart_data_of(data, (enum work_kind)work)))
        work++;
    return work;
}

bool chart_has_runs(enum chart_name chart, const struct chart_data *data)
{
    if ((chart == CHART_claims && !data->claims.says_something) ||
        (chart == CHART_changes && table_rows(&data->changes) == 0))
        return false;
    return chart_shows(chart, data->metric) && lacking_work(chart, data) == WORK_KINDS;
}

const char *chart_question(char text[CHART_QUESTION_SIZE], enum chart_name chart, enum metric metric)
{
    snprintf(text, CHART_QUESTION_SIZE, charts[chart].question, metrics[metric].noun);
    return text;
}

void chart_say_zero(struct figure *figure, const char *description)
{
    figure->finding = figure_text(figure, "In no run is the %s above 0.", description);
    figure->lack = figure_text(figure, "There is nothing to show. %s", figure->finding);
}

/* The chart of overheads shows what is not above 0 as well: in words, with limits. */
static bool has_nothing_above_zero(const struct chart_data *data, enum chart_name chart)
{
    if (charts[chart].metrics || chart == CHART_overhead || chart == CHART_changes)
        return false;
    for (size_t i = 0; i < data->list.count; i++)
        for (size_t j = 0; j < data->list.series[i].cells; j++)
            if (data->list.series[i].cell[j].max > 0) /* and NaN is not */
                return false;
    return true;
}

/* Titles that panels beside or above each other have in common are written once; a panel whose axis counts in a unit of
   its own keeps that. */
static void share_titles(struct figure *figure)
{
    for (size_t i = 0; i < figure->panels && figure->columns > 0; i++) {
        struct figure_panel *panel = &figure->panel[i], *below = panel + figure->columns;

        if (i % figure->columns > 0 && panel->y_title && figure->panel[i - 1].y_title)
            panel->y_title = "";
        if (i + figure->columns < figure->panels && panel->x_title && below->x_title &&
            strcmp(panel->x_title, below->x_title) == 0)
            panel->x_title = "";
    }
}

void chart_draw(struct figure *figure, const struct chart_data *data, const struct chart_size *size,
                enum chart_name chart)
{
    int lacking = lacking_work(chart, data);

    if (!chart_shows(chart, data->metric)) {
        figure->lack =
            figure_text(figure, "There is nothing to show: this chart is not of %s.", metric_names[data->metric]);
        return;
    }
    if (lacking < WORK_KINDS) {
        figure->lack = figure_text(figure,
                                   "There is nothing to show: no run of the work %s is in the recordings (collect "
                                   "--work=%s makes some).",
                                   work_names[lacking], work_names[lacking]);
        return;
    }
    charts[chart].build(figure, data, size);
    for (size_t i = 0; i < figure->panels; i++)
        figure_drop_empty_columns(&figure->panel[i]);
    share_titles(figure);
    if (tally_runs(data).ok == 0)
        figure->finding = "No run was ok: the runs table of analyze says why.";
    else if (has_nothing_above_zero(data, chart))
        chart_say_zero(figure, metrics[data->metric].description);
    if (figure_is_empty(figure))
        figure->lack = figure_text(figure, "There is nothing to show. %s", figure->finding);
}

/* --- lines -------------------------------------------------------------------------------------------------------- */

enum fit_method chart_line_method(const struct chart_data *data)
{
    return data->method == FIT_CURVE ? FIT_ROBUST : data->method;
}

/* Each line is a test of its own, so that of many some would fail by chance. */
static int adjust_lines(struct chart_line *line, size_t lines)
{
    double *p = calloc(lines + 1, sizeof *p);
    int result = -1;

    for (size_t i = 0; p && i < lines; i++)
        p[i] = line[i].fit.lack_of_fit_p;
    if (p)
        result = ratio_adjust(p, lines);
    for (size_t i = 0; result == 0 && i < lines; i++)
        line[i].p = p[i];
    free(p);
    return result;
}

struct chart_line *chart_lines_new(const struct chart_data *data)
{
    struct chart_line *line = calloc(data->list.count + 1, sizeof *line);

    for (size_t i = 0; line && i < data->list.count; i++)
        line[i].fit = data->method == FIT_CURVE
                          ? fit_series(&data->list.series[i], chart_line_method(data), data->confidence)
                          : data->fit[i];
    if (!line || adjust_lines(line, data->list.count) == 0)
        return line;
    free(line);
    return NULL;
}

/* --- overheads ---------------------------------------------------------------------------------------------------- */

bool chart_is_above_zero(const struct fit *fit)
{
    double low = isfinite(fit->overhead.low) ? fit->overhead.low : fit->overhead.value;

    return low > 0 && fit->overhead.value * (double)fit->max_tasks >= fit->resolution;
}

const char *chart_no_fit_text(struct figure *figure, const struct fit *fit)
{
    return *fit->note ? figure_text(figure, "no fit: %s", fit->note) : "no fit";
}

/* --- peaks outside the hold --------------------------------------------------------------------------------------- */

static bool peaks_outside_hold(const struct chart_data *data, size_t series)
{
    const struct fit *peak = data->fit_of[METRIC_PEAK], *hold = data->fit_of[METRIC_RSS];

    return peak && hold && estimate_is_above(peak[series].overhead, hold[series].overhead);
}

const char *chart_peaked_models(struct figure *figure, const struct chart_data *data)
{
    const char *names = "";
    size_t models = 0, place = 0;

    for (size_t i = 0; i < data->list.count; i++)
        models += peaks_outside_hold(data, i);
    for (size_t i = 0; i < data->list.count; i++)
        if (peaks_outside_hold(data, i))
            names = figure_text(figure, "%s%s%s", names, text_separator(place++, models, " and "),
                                chart_series_name(figure, data, i));
    return names;
}

const char *chart_peak_note(struct figure *figure, const struct chart_data *data)
{
    const char *names = data->metric == METRIC_PEAK ? chart_peaked_models(figure, data) : "";

    return *names ? figure_text(figure, " Peak while tasks start or end, not while they sleep: %s.", names) : "";
}
