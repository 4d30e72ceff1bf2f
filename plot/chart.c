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

#define CHART_STRING(name, question, metrics) #name,
const char *const chart_names[CHART_COUNT] = {CHARTS(CHART_STRING)};

#define CHART_ROW(name, question, metrics) {question, metrics, chart_##name},
const struct chart charts[CHART_COUNT] = {CHARTS(CHART_ROW)};

/* --- data --------------------------------------------------------------------------------------------------------- */

/* The fits of the same series with another metric; NULL and an error where there are none. */
static struct fit *fit_all(const struct recordings *recordings, const struct series_selection *selection,
                           enum metric metric, enum fit_method method, struct error *error)
{
    struct series_selection chosen = *selection;
    struct series_list list;
    struct fit *fit;

    chosen.metric = metric;
    if (series_list_new(&list, recordings, &chosen, error) != 0)
        return NULL;
    fit = calloc(list.count + 1, sizeof *fit);
    if (!fit)
        error_set(error, "out of memory");
    for (size_t i = 0; fit && i < list.count; i++)
        fit[i] = fit_series(&list.series[i], method, selection->confidence);
    series_list_free(&list);
    return fit;
}

int chart_data_new(struct chart_data *data, const struct recordings *recordings,
                   const struct series_selection *selection, enum fit_method method, struct error *error)
{
    *data = (struct chart_data){.metric = selection->metric,
                                .method = method,
                                .confidence = selection->confidence,
                                .interrupted = recordings->interrupted};
    if (series_list_new(&data->list, recordings, selection, error) != 0)
        return -1;
    for (enum metric metric = 0; metric < METRIC_COUNT; metric++) {
        data->fit_of[metric] = fit_all(recordings, selection, metric, method, error);
        if (data->fit_of[metric])
            continue;
        chart_data_free(data);
        return -1;
    }
    data->fit = data->fit_of[data->metric];
    data->trace = traces_new(&data->list);
    if (data->trace)
        return 0;
    chart_data_free(data);
    return error_set(error, "out of memory");
}

void chart_data_free(struct chart_data *data)
{
    traces_free(data->trace, &data->list);
    series_list_free(&data->list);
    for (enum metric metric = 0; metric < METRIC_COUNT; metric++)
        free(data->fit_of[metric]);
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

const char *chart_series_name(struct figure *figure, const struct chart_data *data, size_t series)
{
    const struct series *one = &data->list.series[series];

    return has_several_hosts(data) ? figure_text(figure, "%s (%s)", one->model, one->host)
                                   : figure_text(figure, "%s", one->model);
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
    return !charts[chart].metrics || metrics[metric].unit == metrics[METRIC_RSS].unit;
}

const char *chart_question(char text[CHART_QUESTION_SIZE], enum chart_name chart, enum metric metric)
{
    snprintf(text, CHART_QUESTION_SIZE, charts[chart].question, metrics[metric].noun);
    return text;
}

void chart_draw(struct figure *figure, const struct chart_data *data, const struct chart_size *size,
                enum chart_name chart)
{
    if (!chart_shows(chart, data->metric)) {
        figure->lack =
            figure_text(figure, "There is nothing to show: this chart is not of %s.", metric_names[data->metric]);
        return;
    }
    charts[chart].build(figure, data, size);
    if (tally_runs(data).ok == 0)
        figure->finding = "No run was ok: the runs table of analyze says why.";
    if (figure_is_empty(figure))
        figure->lack = figure_text(figure, "There is nothing to show. %s", figure->finding);
}

/* --- overheads ---------------------------------------------------------------------------------------------------- */

bool chart_is_above_zero(const struct fit *fit)
{
    double low = isfinite(fit->overhead.low) ? fit->overhead.low : fit->overhead.value;

    return low > 0 && fit->overhead.value * (double)fit->max_tasks >= fit->resolution;
}

size_t chart_overhead_range(const struct chart_data *data, size_t *least, size_t *most)
{
    size_t known = 0;

    for (size_t i = 0; i < data->list.count; i++) {
        if (!chart_is_above_zero(&data->fit[i]))
            continue;
        if (known == 0 || data->fit[i].overhead.value < data->fit[*least].overhead.value)
            *least = i;
        if (known == 0 || data->fit[i].overhead.value > data->fit[*most].overhead.value)
            *most = i;
        known++;
    }
    return known;
}
