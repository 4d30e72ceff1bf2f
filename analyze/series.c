/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sorts runs into cells and summarises them. */
#include "analyze/series.h"

#include "analyze/location.h"
#include "collect/unit.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Below 5 runs the median absolute deviation is too uncertain to flag anything. */
#define OUTLIER_RUNS 5

/* --- one cell ----------------------------------------------------------------------------------------------------- */

bool series_is_outlier(const struct cell *cell, double value)
{
    double scale = fmax(cell->mad, sqrt(location_rounding_variance(cell->resolution)));

    return cell->runs >= OUTLIER_RUNS && fabs(value - cell->median) > SERIES_OUTLIER_SCORE * scale;
}

static size_t count_outliers(const struct cell *cell)
{
    size_t outliers = 0;

    for (size_t i = 0; i < cell->runs; i++)
        outliers += series_is_outlier(cell, cell->value[i]);
    return outliers;
}

/* The work space has room for all runs. */
static void summarise(struct cell *cell, double confidence, double *work)
{
    size_t runs = cell->runs;
    double half_width;

    cell->mean = cell->sd = cell->median = cell->mad = cell->min = cell->max = cell->low = cell->high = NAN;
    if (runs == 0)
        return;
    gsl_sort(cell->value, 1, runs);
    cell->min = cell->value[0];
    cell->max = cell->value[runs - 1];
    cell->mean = gsl_stats_mean(cell->value, 1, runs);
    cell->median = gsl_stats_median_from_sorted_data(cell->value, 1, runs);
    cell->mad = gsl_stats_mad(cell->value, 1, runs, work);
    cell->outliers = count_outliers(cell);
    if (runs == 1)
        return;
    cell->sd = gsl_stats_sd(cell->value, 1, runs);
    half_width = gsl_cdf_tdist_Pinv(0.5 + confidence / 2, (double)(runs - 1)) * cell->sd / sqrt((double)runs);
    cell->low = cell->mean - half_width;
    cell->high = cell->mean + half_width;
}

static void take_failure(struct cell *cell, const struct run *run)
{
    if (cell->failed++ > 0)
        return;
    cell->failure = run->status;
    cell->reason = run->reason;
}

static double resolution_of(const struct run *run, enum metric metric)
{
    return metrics[metric].resolution == METRIC_PAGE ? run->page_bytes : metrics[metric].resolution;
}

/* Makes the cell of `count` runs with the same host, model and number of tasks. */
static int cell_new(struct cell *cell, const struct run *const *run, size_t count,
                    const struct series_selection *selection)
{
    double *room = malloc(2 * count * sizeof *room);

    *cell = (struct cell){.tasks = run[0]->tasks, .reason = "", .failure = SAMPLE_NO_STATUS, .value = room};
    if (!room)
        return -1;
    for (size_t i = 0; i < count; i++) {
        double value = run[i]->value[selection->metric];

        cell->resolution = fmax(cell->resolution, resolution_of(run[i], selection->metric));
        if (run[i]->status != SAMPLE_OK)
            take_failure(cell, run[i]);
        else if (isfinite(value))
            cell->value[cell->runs++] = value;
        else
            cell->unknown++;
    }
    summarise(cell, selection->confidence, room + count);
    return 0;
}

/* --- one series --------------------------------------------------------------------------------------------------- */

typedef bool same_group(const struct run *a, const struct run *b);

static bool same_series(const struct run *a, const struct run *b)
{
    return texts_compare(a->host, b->host) == 0 && texts_compare(a->model, b->model) == 0;
}

static bool same_cell(const struct run *a, const struct run *b)
{
    return same_series(a, b) && a->tasks == b->tasks;
}

/* How many of the sorted runs, at least one, belong together with the first. */
static size_t group_length(const struct run *const *run, size_t count, same_group *same)
{
    size_t length = 1;

    while (length < count && same(run[0], run[length]))
        length++;
    return length;
}

static size_t count_groups(const struct run *const *run, size_t count, same_group *same)
{
    size_t groups = 0;

    for (size_t i = 0; i < count; i += group_length(run + i, count - i, same))
        groups++;
    return groups;
}

/* The measured baseline cannot be compared with a metric of another unit. */
static int median_idle(const struct run *const *run, size_t count, enum metric metric, double *idle)
{
    double *value = malloc(count * sizeof *value);
    bool fits = metrics[metric].unit == metrics[METRIC_IDLE].unit;
    size_t known = 0;

    if (!value)
        return -1;
    for (size_t i = 0; i < count && fits; i++)
        if (run[i]->status == SAMPLE_OK && isfinite(run[i]->value[METRIC_IDLE]))
            value[known++] = run[i]->value[METRIC_IDLE];
    *idle = known ? gsl_stats_median(value, 1, known) : NAN;
    free(value);
    return 0;
}

static int series_new(struct series *series, const struct run *const *run, size_t count,
                      const struct series_selection *selection)
{
    *series = (struct series){run[0]->host, run[0]->model, run[0]->family, selection->metric, NULL, 0, NAN, 0};
    series->cell = calloc(count_groups(run, count, same_cell), sizeof *series->cell);
    if (!series->cell || median_idle(run, count, selection->metric, &series->idle) != 0)
        return -1;
    for (size_t i = 0, length; i < count; i += length) {
        struct cell *cell = &series->cell[series->cells++];

        length = group_length(run + i, count - i, same_cell);
        if (cell_new(cell, run + i, length, selection) != 0)
            return -1;
        series->resolution = fmax(series->resolution, cell->resolution);
    }
    return 0;
}

static void series_free(struct series *series)
{
    for (size_t i = 0; i < series->cells; i++)
        free(series->cell[i].value);
    free(series->cell);
}

/* --- what is chosen ----------------------------------------------------------------------------------------------- */

static bool is_chosen_model(const struct run *run, const struct series_selection *selection)
{
    bool chosen = selection->models == 0;

    for (size_t i = 0; i < selection->models && !chosen; i++)
        chosen = strcmp(run->model, selection->model[i]) == 0;
    return chosen;
}

static bool is_chosen_count(const struct run *run, const struct series_selection *selection)
{
    bool chosen = selection->counts == 0;

    for (size_t i = 0; i < selection->counts && !chosen; i++)
        chosen = run->tasks == selection->tasks[i];
    return chosen;
}

static int check_models(const struct recordings *recordings, const struct series_selection *selection,
                        struct error *error)
{
    for (size_t i = 0; i < selection->models; i++) {
        const struct series_selection one = {.model = &selection->model[i], .models = 1};
        bool found = false;

        for (size_t j = 0; j < recordings->runs && !found; j++)
            found = is_chosen_model(&recordings->run[j], &one);
        if (!found)
            return error_set(error,
                             "%s: no run of this model is in the recordings (analyze's table of cells shows what is)",
                             selection->model[i]);
    }
    return 0;
}

static int check_counts(const struct recordings *recordings, const struct series_selection *selection,
                        struct error *error)
{
    for (size_t i = 0; i < selection->counts; i++) {
        const struct series_selection one = {.tasks = &selection->tasks[i], .counts = 1};
        char count[UNIT_TEXT_SIZE];
        bool found = false;

        for (size_t j = 0; j < recordings->runs && !found; j++)
            found = is_chosen_count(&recordings->run[j], &one);
        if (!found)
            return error_set(
                error, "%s tasks: no run with so many is in the recordings (analyze's table of cells shows what is)",
                unit_format_count(count, selection->tasks[i]));
    }
    return 0;
}

static int compare_runs(const void *a, const void *b)
{
    const struct run *left = *(const struct run *const *)a, *right = *(const struct run *const *)b;
    int order = texts_compare(left->host, right->host);

    if (order == 0)
        order = texts_compare(left->model, right->model);
    if (order == 0)
        order = (left->tasks > right->tasks) - (left->tasks < right->tasks);
    if (order == 0)
        order = (left > right) - (left < right); /* as read, so that the sort does not decide which failure is first */
    return order;
}

/* The chosen runs, sorted. NULL where memory runs out. */
static const struct run **choose_runs(const struct recordings *recordings, const struct series_selection *selection,
                                      size_t *count)
{
    const struct run **chosen = malloc((recordings->runs + 1) * sizeof *chosen);

    *count = 0;
    if (!chosen)
        return NULL;
    for (size_t i = 0; i < recordings->runs; i++) {
        const struct run *run = &recordings->run[i];

        if (is_chosen_model(run, selection) && is_chosen_count(run, selection))
            chosen[(*count)++] = run;
    }
    qsort(chosen, *count, sizeof *chosen, compare_runs);
    return chosen;
}

/* --- the list ----------------------------------------------------------------------------------------------------- */

static int gather(struct series_list *list, const struct run *const *run, size_t count,
                  const struct series_selection *selection)
{
    list->series = calloc(count_groups(run, count, same_series) + 1, sizeof *list->series);
    if (!list->series)
        return -1;
    for (size_t i = 0, length; i < count; i += length) {
        length = group_length(run + i, count - i, same_series);
        if (series_new(&list->series[list->count++], run + i, length, selection) != 0)
            return -1;
    }
    return 0;
}

int series_list_new(struct series_list *list, const struct recordings *recordings,
                    const struct series_selection *selection, struct error *error)
{
    size_t count;

    *list = (struct series_list){0};
    if (check_models(recordings, selection, error) != 0 || check_counts(recordings, selection, error) != 0)
        return -1;
    list->run = choose_runs(recordings, selection, &count);
    if (list->run && gather(list, list->run, count, selection) == 0)
        return 0;
    series_list_free(list);
    return error_set(error, "out of memory");
}

int series_list_check_model(const struct series_list *list, const char *option, const char *model, struct error *error)
{
    if (!model)
        return 0;
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->series[i].model, model) == 0)
            return 0;
    return error_set(error, "%s: %s is not in the recordings (or not among the models chosen)", option, model);
}

size_t series_list_host(const struct series_list *list, size_t first)
{
    size_t end = first + 1;

    while (end < list->count && strcmp(list->series[end].host, list->series[first].host) == 0)
        end++;
    return end - first;
}

void series_list_free(struct series_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        series_free(&list->series[i]);
    free(list->series);
    free(list->run);
    *list = (struct series_list){0};
}
