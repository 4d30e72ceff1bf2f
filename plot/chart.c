/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of the charts, what they are made of, and what they have in common. */
#include "plot/chart.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* About the height of the head, the caption and the page's edges, and of each panel's titles and ticks. */
#define PAGE_MM 30.0
#define PANEL_MM 14.0

/* More points of a cell cannot be told apart. */
#define MOST_RUNS 200

/* In narrower panels beside each other there is no room for ticks. */
#define LEAST_PANEL_MM 38.0

/* The least height of a row that is legible. */
#define ROW_MM 2.9

#define CHART_STRING(name, ...) #name,
const char *const chart_names[CHART_COUNT] = {CHARTS(CHART_STRING)};

#define CHART_ROW(name, question, metrics, works) {question, metrics, works, chart_##name},
const struct chart charts[CHART_COUNT] = {CHARTS(CHART_ROW)};

/* --- data --------------------------------------------------------------------------------------------------------- */

/* The series of a metric and their fits. Returns -1 and an error where there are none. */
static int fit_all(struct chart_data *data, const struct recordings *recordings,
                   const struct series_selection *selection, enum metric metric, struct error *error)
{
    struct series_selection chosen = *selection;
    struct series_list *list = &data->list_of[metric];
    struct fit *fit;

    chosen.metric = metric;
    if (series_list_new(list, recordings, &chosen, error) != 0)
        return -1;
    fit = data->fit_of[metric] = calloc(list->count + 1, sizeof *fit);
    for (size_t i = 0; fit && i < list->count; i++)
        fit[i] = fit_series(&list->series[i], data->method, selection->confidence);
    return fit ? 0 : error_set(error, "out of memory");
}

/* Of the runs of the metric's work. */
static int fit_work(struct chart_data *data, const struct recordings *recordings,
                    const struct series_selection *selection, enum fit_method method, struct error *error)
{
    enum work_kind work = series_work(recordings, selection->metric);
    int result = 0;

    *data = (struct chart_data){.metric = selection->metric,
                                .method = method,
                                .confidence = selection->confidence,
                                .interrupted = recordings->interrupted,
                                .work = work};
    for (enum metric metric = 0; metric < METRIC_COUNT && result == 0; metric++)
        if (series_work(recordings, metric) == work)
            result = fit_all(data, recordings, selection, metric, error);
    data->list = data->list_of[data->metric];
    data->fit = data->fit_of[data->metric];
    if (result == 0)
        data->trace = traces_new(&data->list);
    if (data->trace)
        return 0;
    chart_data_free(data);
    return result == 0 ? error_set(error, "out of memory") : -1;
}

/* Where no metric of a work is chosen, any leads its charts. */
static enum metric first_metric(const struct recordings *recordings, enum work_kind work)
{
    enum metric metric = 0;

    while (metric < METRIC_COUNT && series_work(recordings, metric) != work)
        metric++;
    return metric;
}

static int fit_beside(struct chart_data *data, const struct recordings *recordings,
                      const struct series_selection *selection, enum work_kind work, struct error *error)
{
    struct series_selection chosen = *selection;

    chosen.metric = first_metric(recordings, work);
    data->beside[work] = calloc(1, sizeof *data);
    if (!data->beside[work])
        return error_set(error, "out of memory");
    if (fit_work(data->beside[work], recordings, &chosen, data->method, error) == 0)
        return 0;
    free(data->beside[work]);
    data->beside[work] = NULL;
    return -1;
}

int chart_data_new(struct chart_data *data, const struct recordings *recordings,
                   const struct series_selection *selection, enum fit_method method, struct error *error)
{
    int result = fit_work(data, recordings, selection, method, error);

    for (int work = 0; result == 0 && work < WORK_KINDS; work++)
        if ((enum work_kind)work != data->work && recordings_have(recordings, (enum work_kind)work)) {
            result = fit_beside(data, recordings, selection, (enum work_kind)work, error);
            if (result != 0)
                chart_data_free(data);
        }
    return result;
}

void chart_data_free(struct chart_data *data)
{
    for (int work = 0; work < WORK_KINDS; work++)
        if (data->beside[work]) {
            chart_data_free(data->beside[work]);
            free(data->beside[work]);
        }
    traces_free(data->trace, &data->list);
    for (enum metric metric = 0; metric < METRIC_COUNT; metric++) {
        series_list_free(&data->list_of[metric]);
        free(data->fit_of[metric]);
    }
    *data = (struct chart_data){0};
}

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

/* --- families ----------------------------------------------------------------------------------------------------- */

/* Any other family looks like the last. */
static const struct family {
    const char *name;
    int hue;
    enum figure_shape shape;
} families[] = {
    {"thread", 0, FIGURE_CIRCLE},
    {"process", 1, FIGURE_SQUARE},
    {"fiber", 2, FIGURE_DIAMOND},
    {"async", 3, FIGURE_TRIANGLE},
    {"callback", 4, FIGURE_TRIANGLE_DOWN},
    {"kernel", 5, FIGURE_PLUS},
    {"actor", 6, FIGURE_STAR},
    {"other", 7, FIGURE_CROSS},
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
    return style;
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

/* --- runs --------------------------------------------------------------------------------------------------------- */

size_t chart_runs(const struct cell *cell)
{
    return cell->runs < MOST_RUNS ? cell->runs : MOST_RUNS;
}

double chart_run(const struct cell *cell, size_t i)
{
    return cell->runs <= MOST_RUNS ? cell->value[i] : cell->value[i * (cell->runs - 1) / (MOST_RUNS - 1)];
}

/* --- ranges ------------------------------------------------------------------------------------------------------- */

void chart_widen(struct chart_range *range, double value)
{
    if (value > 0 && isfinite(value)) {
        range->low = fmin(range->low, value);
        range->high = fmax(range->high, value);
    }
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

/* "10 runs at each count (1240 ok, 40 not ok, 1 interrupted)" */
static const char *describe_runs(struct figure *figure, const struct chart_data *data)
{
    struct tally tally = tally_runs(data);
    const char *range, *failed = "", *interrupted = "";

    if (tally.ok == 0)
        range = "no ok runs";
    else if (tally.fewest == tally.most)
        range = figure_text(figure, "%zu %s at each count", tally.most, tally.most == 1 ? "run" : "runs");
    else
        range = figure_text(figure, "%zu to %zu runs at each count", tally.fewest, tally.most);
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
    const char *shown = charts[chart].metrics, *thinned = "";

    if (!shown)
        shown = figure_text(figure, "%s: %s", metric_names[data->metric], metrics[data->metric].description);
    if (tally_runs(data).most > MOST_RUNS)
        thinned = figure_text(figure, " · of cells with more than %d runs only %d are drawn, with both extremes",
                              MOST_RUNS, MOST_RUNS);
    return figure_text(figure, "%s · metric %s · fit %s · %s confidence · %s%s%s", hosts, shown,
                       fit_method_names[data->method], chart_confidence_text(figure, data), runs, thinned, size_note);
}

double chart_row_mm(const struct figure *figure, size_t rows, size_t stacked)
{
    double panel = (figure->height_mm - PAGE_MM) / (double)(stacked > 0 ? stacked : 1) - PANEL_MM;

    return fmax(1, panel) / (double)(rows > 0 ? rows : 1);
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
                 enum chart_name chart, size_t rows, size_t stacked)
{
    double wanted = chart_height_mm(rows, stacked);
    char question[CHART_QUESTION_SIZE];
    const char *note = "";

    figure->width_mm = size->width_mm;
    figure->height_mm = size->may_grow ? fmax(size->height_mm, wanted) : size->height_mm;
    if (figure->height_mm > size->height_mm)
        note = figure_text(figure, " · grown to %g mm for %zu models", figure->height_mm, data->list.count);
    else if (figure->height_mm < wanted)
        note = figure_text(figure, " · small print: %zu models want a height of %g mm", data->list.count, wanted);
    figure->columns = 1;
    figure->title = figure_text(figure, "%s", chart_question(question, chart, data->metric));
    figure->caption = make_caption(figure, data, chart, note);
}

bool chart_shows(enum chart_name chart, enum metric metric)
{
    return !charts[chart].metrics || charts[chart].works != CHART_ANY ||
           metrics[metric].unit == metrics[METRIC_RSS].unit;
}

const struct chart_data *chart_data_of(const struct chart_data *data, enum work_kind work)
{
    return work == data->work ? data : data->beside[work];
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
    if (charts[chart].metrics || chart == CHART_overhead)
        return false;
    for (size_t i = 0; i < data->list.count; i++)
        for (size_t j = 0; j < data->list.series[i].cells; j++)
            if (data->list.series[i].cell[j].max > 0) /* and NaN is not */
                return false;
    return true;
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
    if (tally_runs(data).ok == 0)
        figure->finding = "No run was ok: the runs table of analyze says why.";
    else if (has_nothing_above_zero(data, chart))
        chart_say_zero(figure, metrics[data->metric].description);
    if (figure_is_empty(figure))
        figure->lack = figure_text(figure, "There is nothing to show. %s", figure->finding);
}

/* --- overheads ---------------------------------------------------------------------------------------------------- */

bool chart_is_above_zero(const struct fit *fit)
{
    double low = isfinite(fit->overhead.low) ? fit->overhead.low : fit->overhead.value;

    return low > 0 && fit->overhead.value * (double)fit->max_tasks >= fit->resolution;
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
            names = figure_text(figure, "%s%s%s", names,
                                place++ == 0      ? ""
                                : place == models ? " and "
                                                  : ", ",
                                chart_series_name(figure, data, i));
    return names;
}

const char *chart_peak_note(struct figure *figure, const struct chart_data *data)
{
    const char *names = data->metric == METRIC_PEAK ? chart_peaked_models(figure, data) : "";

    return *names ? figure_text(figure, " Peak while tasks start or end, not while they sleep: %s.", names) : "";
}
