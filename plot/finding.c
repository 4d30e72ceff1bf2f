/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/finding.h"

#include "analyze/location.h"
#include "analyze/ratio.h"
#include "collect/text.h"
#include "collect/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_NAMES 3

/* --- what is compared --------------------------------------------------------------------------------------------- */

struct finding finding_new(struct figure *figure, const struct chart_data *data, size_t room)
{
    struct finding finding = {.side = calloc(room + 1, sizeof *finding.side), .significance = 1 - data->confidence};

    figure->out_of_memory = figure->out_of_memory || !finding.side;
    return finding;
}

void finding_free(struct finding *finding)
{
    free(finding->side);
    free(finding->p);
    *finding = (struct finding){0};
}

void finding_add(struct finding *finding, const struct chart_data *data, struct finding_side side)
{
    const struct estimate *estimate = &side.estimate;

    if (!finding->side || series_is_control(&data->list.series[side.series]) || !isfinite(estimate->value))
        return;
    if (estimate->standard_error > 0 && estimate->dof > 0)
        finding->side[finding->sides++] = side;
    else
        finding->without_error++;
}

void finding_add_cell(struct finding *finding, const struct chart_data *data, size_t series, const struct cell *cell)
{
    struct location mean = location_mean(cell->value, cell->runs, cell->resolution);

    finding_add(
        finding, data,
        (struct finding_side){series, cell->tasks,
                              estimate_of(mean.value, sqrt(location_variance(&mean)), mean.dof, data->confidence)});
}

static int compare_groups(const struct series_list *list, const struct finding_side *a, const struct finding_side *b)
{
    int order = strcmp(list->series[a->series].host, list->series[b->series].host);

    if (order == 0)
        order = strcmp(list->series[a->series].work, list->series[b->series].work);
    return order ? order : (a->tasks > b->tasks) - (a->tasks < b->tasks);
}

static int compare_sides(const void *a, const void *b, void *list)
{
    const struct finding_side *left = a, *right = b;
    int order = compare_groups(list, left, right);

    if (order == 0)
        order = (left->estimate.value > right->estimate.value) - (left->estimate.value < right->estimate.value);
    return order ? order : (left->series > right->series) - (left->series < right->series);
}

size_t finding_group(const struct finding *finding, const struct chart_data *data, size_t first)
{
    size_t after = first;

    while (after < finding->sides && compare_groups(&data->list, &finding->side[first], &finding->side[after]) == 0)
        after++;
    return after - first;
}

/* Above the diagonal, where NaN is no test; the other half is filled when all are adjusted. */
static void test_pairs(struct finding *finding, const struct chart_data *data)
{
    for (size_t i = 0; i < finding->sides; i++)
        for (size_t j = 0; j < finding->sides; j++) {
            const struct finding_side *a = &finding->side[i], *b = &finding->side[j];

            finding->p[i * finding->sides + j] =
                j > i && compare_groups(&data->list, a, b) == 0
                    ? ratio_equality_p(a->estimate, b->estimate, series_scale(&data->list.series[a->series]))
                    : (double)NAN;
        }
}

void finding_compare(struct figure *figure, const struct chart_data *data, struct finding *finding)
{
    size_t sides = finding->sides;

    if (sides == 0)
        return;
    qsort_r(finding->side, sides, sizeof *finding->side, compare_sides, (void *)&data->list);
    finding->p = calloc(sides * sides, sizeof *finding->p);
    if (finding->p)
        test_pairs(finding, data);
    if (!finding->p || ratio_adjust(finding->p, sides * sides) != 0) {
        figure->out_of_memory = true;
        finding->sides = 0;
        return;
    }
    for (size_t i = 0; i < sides; i++)
        for (size_t j = 0; j < i; j++)
            finding->p[i * sides + j] = finding->p[j * sides + i];
}

struct finding finding_of_overheads(struct figure *figure, const struct chart_data *data)
{
    struct finding finding = finding_new(figure, data, data->list.count);

    for (size_t i = 0; i < data->list.count; i++)
        finding_add(&finding, data, (struct finding_side){i, 0, data->fit[i].overhead});
    finding_compare(figure, data, &finding);
    return finding;
}

/* --- the ends of a group ------------------------------------------------------------------------------------------ */

static bool is_told_apart(const struct finding *finding, size_t a, size_t b)
{
    return finding->p[a * finding->sides + b] < finding->significance;
}

const char *finding_join(struct figure *figure, const char *names, const char *name, size_t place, size_t models)
{
    if (place < MOST_NAMES)
        return figure_text(figure, "%s%s%s", names, text_separator(place, models, " and "), name);
    return place == MOST_NAMES ? figure_text(figure, "%s and %zu more", names, models - MOST_NAMES) : names;
}

/* A cost whose interval reaches to 0 has its upper limit told. */
static const char *tell_values(struct figure *figure, const struct chart_data *data, const struct finding_side *least,
                               const struct finding_side *most)
{
    const char *low = chart_quantity(figure, data, least->estimate.value);
    const char *high = chart_quantity(figure, data, most->estimate.value);

    if (!(least->estimate.low > 0))
        return figure_text(figure, "at most %s",
                           chart_quantity(figure, data, fmax(most->estimate.high, least->estimate.high)));
    return strcmp(low, high) == 0 ? low : figure_text(figure, "%s to %s", low, high);
}

/* From `end`, an end of its group, inwards (step 1 or -1). */
static struct finding_end find_end(struct figure *figure, const struct chart_data *data, const struct finding *finding,
                                   size_t end, size_t group, int step)
{
    struct finding_end found = {.names = "", .side = end};
    size_t far = end, place = 0;

    for (size_t i = 0, at = end; i < group; i++, at += (size_t)step)
        if (!is_told_apart(finding, end, at)) {
            found.models++;
            far = at;
        }
    for (size_t i = 0, at = end; i < group; i++, at += (size_t)step)
        if (!is_told_apart(finding, end, at))
            found.names = finding_join(figure, found.names, chart_series_name(figure, data, finding->side[at].series),
                                       place++, found.models);
    found.phrase = found.models > 1 ? figure_text(figure, "%s, not told apart,", found.names) : found.names;
    found.values = step > 0 ? tell_values(figure, data, &finding->side[end], &finding->side[far])
                            : tell_values(figure, data, &finding->side[far], &finding->side[end]);
    return found;
}

struct finding_end finding_least(struct figure *figure, const struct chart_data *data, const struct finding *finding,
                                 size_t first)
{
    return find_end(figure, data, finding, first, finding_group(finding, data, first), 1);
}

struct finding_end finding_most(struct figure *figure, const struct chart_data *data, const struct finding *finding,
                                size_t first)
{
    size_t group = finding_group(finding, data, first);

    return find_end(figure, data, finding, first + group - 1, group, -1);
}

bool finding_tells_ends_apart(const struct finding *finding, const struct chart_data *data, size_t first)
{
    return is_told_apart(finding, first, first + finding_group(finding, data, first) - 1);
}

/* --- sentences ---------------------------------------------------------------------------------------------------- */

const char *finding_host(struct figure *figure, const struct chart_data *data, size_t series)
{
    const struct series *all = data->list.series;
    bool one_host = strcmp(all[0].host, all[data->list.count - 1].host) == 0; /* they are ordered by host */

    return one_host ? "" : figure_text(figure, "On %s, ", all[series].host);
}

const char *finding_count(struct figure *figure, int64_t tasks)
{
    char count[UNIT_TEXT_SIZE];

    return figure_text(figure, "with %s %s", unit_format_count(count, tasks), tasks == 1 ? "task" : "tasks");
}

/* Of the group, without its beginning and its end. */
static const char *tell_group(struct figure *figure, const struct chart_data *data, const struct finding *finding,
                              size_t first, const struct finding_words *words)
{
    struct finding_end least = finding_least(figure, data, finding, first);
    struct finding_end most = finding_most(figure, data, finding, first);
    const char *begin;

    if (least.models == finding_group(finding, data, first) && least.models > 1)
        return figure_text(figure, "%s are not told apart by %s a count: %s", least.names,
                           chart_runs_text(figure, data), least.values);
    begin = figure_text(figure, "%s %s, %s", least.phrase, words->least[least.models > 1], least.values);
    if (!finding_tells_ends_apart(finding, data, first))
        return begin;
    return figure_text(figure, "%s, and %s %s, %s", begin, most.phrase, words->most[most.models > 1], most.values);
}

static const char *begin_group(struct figure *figure, const struct chart_data *data, const struct finding *finding,
                               size_t first)
{
    const char *host = finding_host(figure, data, finding->side[first].series);
    int64_t tasks = finding->side[first].tasks;

    return figure_text(figure, "%s%s %zu models%s%s", host, *host ? "of" : "Of", finding_group(finding, data, first),
                       tasks > 0 ? " " : "", tasks > 0 ? finding_count(figure, tasks) : "");
}

static const char *tell_alone(struct figure *figure, const struct chart_data *data, const struct finding_side *side)
{
    const char *host = finding_host(figure, data, side->series), *name = chart_series_name(figure, data, side->series);
    const char *value = tell_values(figure, data, side, side);

    if (side->tasks > 0)
        return figure_text(figure, "%s%s takes %s %s", host, name, value, finding_count(figure, side->tasks));
    return figure_text(figure, "%s%s task of %s costs %s", host, *host ? "a" : "A", name, value);
}

/* What is not compared for want of an error. */
static const char *tell_left_out(struct figure *figure, const struct finding *finding)
{
    return finding->without_error > 0
               ? figure_text(figure, " Not compared: %zu without a known error.", finding->without_error)
               : "";
}

const char *finding_tell(struct figure *figure, const struct chart_data *data, const struct finding *finding,
                         const struct finding_words *words)
{
    const char *text = "";
    size_t group;

    for (size_t first = 0; first < finding->sides; first += group) {
        const char *space = *text ? " " : "";

        group = finding_group(finding, data, first);
        if (group == 1)
            text = figure_text(figure, "%s%s%s.", text, space, tell_alone(figure, data, &finding->side[first]));
        else
            text = figure_text(figure, "%s%s%s, %s.", text, space, begin_group(figure, data, finding, first),
                               tell_group(figure, data, finding, first, words));
    }
    return *text ? figure_text(figure, "%s%s", text, tell_left_out(figure, finding)) : NULL;
}

/* --- why there is nothing to tell --------------------------------------------------------------------------------- */

static bool has_several_counts(const struct chart_data *data)
{
    for (size_t i = 0; i < data->list.count; i++)
        if (data->fit[i].cells > 1)
            return true;
    return false;
}

static bool has_several_runs(const struct chart_data *data)
{
    for (size_t i = 0; i < data->list.count; i++)
        for (size_t k = 0; k < data->list.series[i].cells; k++)
            if (data->list.series[i].cell[k].runs > 1)
                return true;
    return false;
}

bool finding_has_models(const struct chart_data *data)
{
    for (size_t i = 0; i < data->list.count; i++)
        if (!series_is_control(&data->list.series[i]))
            return true;
    return false;
}

const char *finding_lack(struct figure *figure, const struct chart_data *data)
{
    if (!finding_has_models(data))
        return "Only the harness's own models were run, whose cost is no finding.";
    if (!has_several_counts(data))
        return "Every model was run at one count only: what a task costs takes two.";
    if (!has_several_runs(data))
        return "One run a count: no error is known, so that nothing is proven.";
    if (data->method == FIT_THEIL_SEN)
        return figure_text(figure, "The fit %s gives no standard errors, by which models are compared.",
                           fit_method_names[data->method]);
    return "No model's task is proven to cost anything.";
}
