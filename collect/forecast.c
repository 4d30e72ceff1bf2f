/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Predicts in proportion, with margins. A run whose sleep turns out too short is repeated. */
#include "collect/forecast.h"

#include "collect/array.h"

#include <math.h>
#include <stdlib.h>
#include <sys/param.h>

#define TELLING_TASKS 1000      /* smaller counts say nothing about larger ones: fixed costs dominate */
#define FIRST_SPAWN_SECONDS 0.5 /* where nothing is known: a warm-up */
#define SHORTEST_SPAWN_SECONDS 0.02
#define SAME_COUNT_MARGIN 1.2      /* spread of spawn times between runs of one cell */
#define OTHER_COUNT_MARGIN 1.6     /* ... and the error of the proportion */
#define SHORTEST_HOLD_SECONDS 0.08 /* the time in which all tasks sleep and full samples are taken */
#define HOLD_PER_READ 1.5          /* a full sample fits into the hold even if it takes 1.5 times as long as before */

static bool knows_spawn(const struct forecast_cell *cell)
{
    return cell->spawn_seconds > 0;
}

static bool knows_bytes(const struct forecast_cell *cell)
{
    return cell->idle_bytes != SAMPLE_UNKNOWN && cell->held_bytes != SAMPLE_UNKNOWN;
}

/* The model's cell with the largest count up to `tasks` for which `knows` holds; NULL if there is none. */
static const struct forecast_cell *find(const struct forecast *forecast, const struct model *model, int64_t tasks,
                                        bool (*knows)(const struct forecast_cell *))
{
    const struct forecast_cell *best = NULL;

    for (size_t i = 0; i < forecast->cells; i++) {
        const struct forecast_cell *cell = &forecast->cell[i];

        if (cell->model == model && cell->tasks <= tasks && knows(cell) && (!best || cell->tasks > best->tasks))
            best = cell;
    }
    return best;
}

/* The same with the smallest count above `tasks`. */
static const struct forecast_cell *find_above(const struct forecast *forecast, const struct model *model, int64_t tasks,
                                              bool (*knows)(const struct forecast_cell *))
{
    const struct forecast_cell *best = NULL;

    for (size_t i = 0; i < forecast->cells; i++) {
        const struct forecast_cell *cell = &forecast->cell[i];

        if (cell->model == model && cell->tasks > tasks && knows(cell) && (!best || cell->tasks < best->tasks))
            best = cell;
    }
    return best;
}

static struct forecast_cell *find_or_add(struct forecast *forecast, const struct planned_run *run)
{
    struct forecast_cell *cell;

    for (size_t i = 0; i < forecast->cells; i++)
        if (forecast->cell[i].model == run->model && forecast->cell[i].tasks == run->tasks)
            return &forecast->cell[i];
    cell = array_grow(forecast->cell, forecast->cells, sizeof *cell);
    if (!cell)
        return NULL;
    forecast->cell = cell;
    cell = &forecast->cell[forecast->cells++];
    *cell = (struct forecast_cell){
        .model = run->model, .tasks = run->tasks, .idle_bytes = SAMPLE_UNKNOWN, .held_bytes = SAMPLE_UNKNOWN};
    return cell;
}

void forecast_learn(struct forecast *forecast, const struct planned_run *run, const struct measurement *measurement)
{
    struct forecast_cell *cell;

    if (measurement->status != SAMPLE_OK && measurement->status != SAMPLE_SHORT &&
        measurement->status != SAMPLE_TIMEOUT)
        return;
    cell = find_or_add(forecast, run);
    if (!cell)
        return;
    /* A warm-up is not recorded, so the recording must show a time-out of its own. */
    cell->timed_out = cell->timed_out || (measurement->status == SAMPLE_TIMEOUT && run->number != PLAN_WARM_UP);
    cell->spawn_seconds = fmax(cell->spawn_seconds, measurement->spawn_seconds);
    cell->read_seconds = fmax(cell->read_seconds, measurement->sampler.read_seconds);
    if (measurement->status != SAMPLE_OK)
        return;
    cell->idle_bytes = MAX(cell->idle_bytes, measurement->sampler.idle_bytes);
    cell->held_bytes = MAX(cell->held_bytes, measurement->sampler.held_bytes);
}

static double proportion(const struct forecast_cell *cell, int64_t tasks)
{
    return (double)tasks / (double)cell->tasks;
}

int64_t forecast_bytes(const struct forecast *forecast, const struct planned_run *run)
{
    const struct forecast_cell *cell = find(forecast, run->model, run->tasks, knows_bytes);
    double growth;

    if (!cell || (cell->tasks < TELLING_TASKS && cell->tasks < run->tasks))
        return 0;
    growth = (double)MAX(0, cell->held_bytes - cell->idle_bytes) * proportion(cell, run->tasks);
    return cell->idle_bytes + llround(growth);
}

int64_t forecast_timed_out(const struct forecast *forecast, const struct planned_run *run)
{
    int64_t smallest = 0;

    for (size_t i = 0; i < forecast->cells; i++) {
        const struct forecast_cell *cell = &forecast->cell[i];

        if (cell->model == run->model && cell->timed_out && cell->tasks <= run->tasks &&
            (smallest == 0 || cell->tasks < smallest))
            smallest = cell->tasks;
    }
    return smallest;
}

static double hold_seconds(double read_seconds)
{
    return fmax(SHORTEST_HOLD_SECONDS, HOLD_PER_READ * read_seconds);
}

double forecast_sleep_seconds(const struct forecast *forecast, const struct planned_run *run)
{
    const struct forecast_cell *cell = find(forecast, run->model, run->tasks, knows_spawn);
    double ratio, margin;

    if (!cell || (cell->tasks < TELLING_TASKS && cell->tasks < run->tasks))
        cell = find_above(forecast, run->model, run->tasks, knows_spawn);
    if (!cell)
        return FIRST_SPAWN_SECONDS + SHORTEST_HOLD_SECONDS;
    ratio = proportion(cell, run->tasks);
    margin = cell->tasks == run->tasks ? SAME_COUNT_MARGIN : OTHER_COUNT_MARGIN;
    return SHORTEST_SPAWN_SECONDS + margin * ratio * cell->spawn_seconds + hold_seconds(ratio * cell->read_seconds);
}

void forecast_free(struct forecast *forecast)
{
    free(forecast->cell);
    *forecast = (struct forecast){0};
}
