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
#define FIRST_PASS_SECONDS 0.5     /* as of spawning */
#define WAKE_UPS 1000              /* enough for the 99th percentile of a run to have 10 beyond it */
#define LONGEST_BEAT_SECONDS 5.0   /* where wake-ups are rare */
#define LEAST_PERIODS 2            /* so that each probe wakes at least once */

static bool knows_spawn(const struct forecast_cell *cell)
{
    return cell->spawn_seconds > 0;
}

static bool knows_pass(const struct forecast_cell *cell)
{
    return cell->pass_seconds > 0;
}

static bool knows_bytes(const struct forecast_cell *cell)
{
    return cell->idle_bytes != SAMPLE_UNKNOWN && cell->held_bytes != SAMPLE_UNKNOWN;
}

/* Whether the cell is of the run's model and work. */
static bool is_of(const struct forecast_cell *cell, const struct planned_run *run)
{
    return cell->model == run->model && work_equals(&cell->work, &run->work);
}

/* The cell of the run's model and work with the largest count up to the run's for which `knows` holds; NULL if there is
   none. */
static const struct forecast_cell *find(const struct forecast *forecast, const struct planned_run *run,
                                        bool (*knows)(const struct forecast_cell *))
{
    const struct forecast_cell *best = NULL;

    for (size_t i = 0; i < forecast->cells; i++) {
        const struct forecast_cell *cell = &forecast->cell[i];

        if (is_of(cell, run) && cell->tasks <= run->tasks && knows(cell) && (!best || cell->tasks > best->tasks))
            best = cell;
    }
    return best;
}

/* The same with the smallest count above the run's. */
static const struct forecast_cell *find_above(const struct forecast *forecast, const struct planned_run *run,
                                              bool (*knows)(const struct forecast_cell *))
{
    const struct forecast_cell *best = NULL;

    for (size_t i = 0; i < forecast->cells; i++) {
        const struct forecast_cell *cell = &forecast->cell[i];

        if (is_of(cell, run) && cell->tasks > run->tasks && knows(cell) && (!best || cell->tasks < best->tasks))
            best = cell;
    }
    return best;
}

static struct forecast_cell *find_or_add(struct forecast *forecast, const struct planned_run *run)
{
    struct forecast_cell *cell;

    for (size_t i = 0; i < forecast->cells; i++)
        if (is_of(&forecast->cell[i], run) && forecast->cell[i].tasks == run->tasks)
            return &forecast->cell[i];
    cell = array_grow(forecast->cell, forecast->cells, sizeof *cell);
    if (!cell)
        return NULL;
    forecast->cell = cell;
    cell = &forecast->cell[forecast->cells++];
    *cell = (struct forecast_cell){.model = run->model,
                                   .work = run->work,
                                   .tasks = run->tasks,
                                   .idle_bytes = SAMPLE_UNKNOWN,
                                   .held_bytes = SAMPLE_UNKNOWN};
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
    cell->is_mute = cell->is_mute || measurement->is_mute;
    cell->spawn_seconds = fmax(cell->spawn_seconds, measurement->spawn_seconds);
    cell->pass_seconds = fmax(cell->pass_seconds, measurement->pass_seconds);
    cell->read_seconds = fmax(cell->read_seconds, measurement->sampler.read_seconds);
    if (measurement->status != SAMPLE_OK)
        return;
    cell->idle_bytes = MAX(cell->idle_bytes, measurement->sampler.idle_bytes);
    cell->held_bytes = MAX(cell->held_bytes, measurement->sampler.held_bytes);
}

/* With no sleepers there is a cell of no tasks, too. */
static double proportion(const struct forecast_cell *cell, int64_t tasks)
{
    return cell->tasks > 0 ? (double)tasks / (double)cell->tasks : 1;
}

int64_t forecast_bytes(const struct forecast *forecast, const struct planned_run *run)
{
    const struct forecast_cell *cell = find(forecast, run, knows_bytes);
    double growth;

    if (!cell || (cell->tasks < TELLING_TASKS && cell->tasks < run->tasks))
        return 0;
    growth = (double)MAX(0, cell->held_bytes - cell->idle_bytes) * proportion(cell, run->tasks);
    return cell->idle_bytes + llround(growth);
}

int64_t forecast_timed_out(const struct forecast *forecast, const struct planned_run *run)
{
    int64_t smallest = SAMPLE_UNKNOWN;

    for (size_t i = 0; i < forecast->cells; i++) {
        const struct forecast_cell *cell = &forecast->cell[i];

        if (is_of(cell, run) && cell->timed_out && cell->tasks <= run->tasks &&
            (smallest == SAMPLE_UNKNOWN || cell->tasks < smallest))
            smallest = cell->tasks;
    }
    return smallest;
}

bool forecast_is_mute(const struct forecast *forecast, const struct model *model)
{
    for (size_t i = 0; i < forecast->cells; i++)
        if (forecast->cell[i].model == model && forecast->cell[i].is_mute)
            return true;
    return false;
}

static double hold_seconds(double read_seconds)
{
    return fmax(SHORTEST_HOLD_SECONDS, HOLD_PER_READ * read_seconds);
}

/* How long the further tasks of beats take, by the wake-ups that there are to be. */
static double beat_seconds(const struct work *work)
{
    double period = (double)work->period_nanoseconds * 1e-9;
    double seconds = WAKE_UPS * period / (double)work->actors;

    return fmax(fmin(seconds, LONGEST_BEAT_SECONDS), LEAST_PERIODS * period);
}

static double margin_of(const struct forecast_cell *cell, const struct planned_run *run)
{
    return cell->tasks == run->tasks ? SAME_COUNT_MARGIN : OTHER_COUNT_MARGIN;
}

/* How long the messages take, whose number is the same whatever the count. */
static double pass_seconds(const struct forecast *forecast, const struct planned_run *run)
{
    const struct forecast_cell *cell = find(forecast, run, knows_pass);

    if (!cell)
        cell = find_above(forecast, run, knows_pass);
    return cell ? margin_of(cell, run) * cell->pass_seconds : FIRST_PASS_SECONDS;
}

/* What all tasks sleep for once they have been started; a full sample takes as long as in the cell, if any, in
   proportion. */
static double all_asleep_seconds(const struct forecast *forecast, const struct planned_run *run, double read_seconds)
{
    switch (run->work.kind) {
    case WORK_TIME:
        return 0;
    case WORK_BEAT:
        return beat_seconds(&run->work);
    case WORK_PASS:
        return pass_seconds(forecast, run);
    default:
        return hold_seconds(read_seconds);
    }
}

double forecast_sleep_seconds(const struct forecast *forecast, const struct planned_run *run)
{
    const struct forecast_cell *cell = find(forecast, run, knows_spawn);
    double ratio;

    if (!cell || (cell->tasks < TELLING_TASKS && cell->tasks < run->tasks))
        cell = find_above(forecast, run, knows_spawn);
    if (!cell)
        return FIRST_SPAWN_SECONDS + all_asleep_seconds(forecast, run, 0);
    ratio = proportion(cell, run->tasks);
    return SHORTEST_SPAWN_SECONDS + margin_of(cell, run) * ratio * cell->spawn_seconds +
           all_asleep_seconds(forecast, run, ratio * cell->read_seconds);
}

void forecast_free(struct forecast *forecast)
{
    free(forecast->cell);
    *forecast = (struct forecast){0};
}
