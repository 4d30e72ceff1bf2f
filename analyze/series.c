/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sorts runs into cells and series. */
#include "analyze/series.h"

#include "analyze/location.h"
#include "collect/unit.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* --- one cell ----------------------------------------------------------------------------------------------------- */

static void take_failure(struct cell *cell, const struct run *run)
{
    if (cell->failed++ > 0)
        return;
    cell->failure = run->status;
    cell->reason = run->reason;
}

static double resolution_of(const struct run *run, enum metric metric)
{
    return metric_resolution(metric, run->kind, run->page_bytes);
}

/* `work` has room for a share of each run. */
static double cpu_share(const struct run *const *run, size_t count, enum metric wall, double *work)
{
    enum metric processor;
    size_t shares = 0;

    for (size_t i = 0; metric_is_wall(wall, &processor) && i < count; i++) {
        double share = run[i]->value[processor] / run[i]->value[wall];

        if (run[i]->status == SAMPLE_OK && isfinite(share))
            work[shares++] = share;
    }
    return shares > 0 ? location_median(work, shares) : NAN;
}

/* Makes the cell of `count` runs with the same host, model, work and number of tasks. */
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
    cell->cpu_share = cpu_share(run, count, selection->metric, room + count);
    cell_summarise(cell, selection->confidence, room + count);
    return 0;
}

/* --- one series --------------------------------------------------------------------------------------------------- */

typedef bool same_group(const struct run *a, const struct run *b);

static bool same_series(const struct run *a, const struct run *b)
{
    return texts_compare(a->host, b->host) == 0 && texts_compare(a->work, b->work) == 0 &&
           texts_compare(a->model, b->model) == 0;
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
static int measure_idle(struct series *series, const struct run *const *run, size_t count, double confidence)
{
    double *value = malloc(count * sizeof *value), resolution = 0;
    bool fits = metrics[series->metric].unit == metrics[METRIC_IDLE].unit;
    struct location mean;
    size_t known = 0;

    if (!value)
        return -1;
    for (size_t i = 0; i < count && fits; i++)
        if (run[i]->status == SAMPLE_OK && isfinite(run[i]->value[METRIC_IDLE])) {
            resolution = fmax(resolution, resolution_of(run[i], METRIC_IDLE));
            value[known++] = run[i]->value[METRIC_IDLE];
        }
    if (known > 0) {
        mean = location_mean(value, known, resolution);
        series->idle = estimate_of(mean.value, sqrt(location_variance(&mean)), mean.dof, confidence);
    }
    free(value);
    return 0;
}

static int series_new(struct series *series, const struct run *const *run, size_t count,
                      const struct series_selection *selection)
{
    *series = (struct series){.host = run[0]->host,
                              .model = run[0]->model,
                              .family = run[0]->family,
                              .work = run[0]->work,
                              .metric = selection->metric,
                              .idle = estimate_unknown};
    series->cell = calloc(count_groups(run, count, same_cell), sizeof *series->cell);
    if (!series->cell || measure_idle(series, run, count, selection->confidence) != 0)
        return -1;
    for (size_t i = 0, length; i < count; i += length) {
        struct cell *cell = &series->cell[series->cells++];

        length = group_length(run + i, count - i, same_cell);
        if (cell_new(cell, run + i, length, selection) != 0)
            return -1;
        series->resolution = fmax(series->resolution, cell->resolution);
    }
    return curve_new(&series->curve, series->cell, series->cells, series->resolution);
}

static void series_free(struct series *series)
{
    for (size_t i = 0; i < series->cells; i++)
        free(series->cell[i].value);
    free(series->cell);
    curve_free(&series->curve);
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

enum work_kind series_work(const struct recordings *recordings, enum metric metric)
{
    const struct metric_facts *facts = &metrics[metric];

    return facts->knows_sleep && !recordings_have(recordings, facts->work) ? WORK_SLEEP : facts->work;
}

static int compare_runs(const void *a, const void *b)
{
    const struct run *left = *(const struct run *const *)a, *right = *(const struct run *const *)b;
    int order = texts_compare(left->host, right->host);

    if (order == 0)
        order = texts_compare(left->work, right->work);
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
    enum work_kind work = series_work(recordings, selection->metric);

    *count = 0;
    if (!chosen)
        return NULL;
    for (size_t i = 0; i < recordings->runs; i++) {
        const struct run *run = &recordings->run[i];

        if (run->kind == work && is_chosen_model(run, selection) && is_chosen_count(run, selection))
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

const struct cell *series_cell_at(const struct series *series, int64_t tasks)
{
    for (size_t i = 0; i < series->cells; i++)
        if (series->cell[i].tasks == tasks && series->cell[i].runs > 0)
            return &series->cell[i];
    return NULL;
}

double series_cpu_share(const struct series *series)
{
    for (size_t k = series->cells; k > 0; k--)
        if (series->cell[k - 1].runs > 0)
            return series->cell[k - 1].cpu_share;
    return NAN;
}

enum ratio_scale series_scale(const struct series *series)
{
    return metrics[series->metric].unit == UNIT_SECONDS ? RATIO_LOGARITHM : RATIO_PLAIN;
}

bool series_is_control(const struct series *series)
{
    static const char *const controls[] = {"null", "calibrate", "null-server", "calibrate-server"};
    size_t length = strcspn(series->model, ":+"); /* without parameter and payload */

    for (size_t i = 0; i < sizeof controls / sizeof *controls; i++)
        if (strlen(controls[i]) == length && strncmp(series->model, controls[i], length) == 0)
            return true;
    return false;
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

const struct series *series_list_find(const struct series_list *list, const struct series *series)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->series[i].model, series->model) == 0 && strcmp(list->series[i].host, series->host) == 0)
            return &list->series[i];
    return NULL;
}

size_t series_list_host(const struct series_list *list, size_t first)
{
    size_t end = first + 1;

    while (end < list->count && strcmp(list->series[end].host, list->series[first].host) == 0)
        end++;
    return end - first;
}

size_t series_list_peers(const struct series_list *list, size_t first)
{
    size_t end = first + 1;

    while (end < list->count && strcmp(list->series[end].host, list->series[first].host) == 0 &&
           strcmp(list->series[end].work, list->series[first].work) == 0)
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
