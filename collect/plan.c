/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The seeded order of a sweep. */
#include "collect/plan.h"

#include <stdio.h>
#include <stdlib.h>

/* A uniform whole number from 0 to below `bound`: draws past the last whole multiple are repeated. */
static size_t draw(unsigned short state[3], size_t bound)
{
    const long range = 1L << 31; /* nrand48 draws below this */
    long number;

    do
        number = nrand48(state);
    while (number >= range - range % (long)bound);
    return (size_t)number % bound;
}

/* Fisher and Yates's shuffle, in Durstenfeld's form (Algorithm 235, CACM 7(7), 1964). */
static void shuffle(struct planned_run *run, size_t count, unsigned short state[3])
{
    for (size_t left = count; left > 1; left--) {
        size_t chosen = draw(state, left);
        struct planned_run last = run[left - 1];

        run[left - 1] = run[chosen];
        run[chosen] = last;
    }
}

int plan_new(struct plan *plan, const struct planned_run *cell, size_t cells, int64_t repetitions, uint32_t seed,
             struct error *error)
{
    unsigned short state[3] = {0x330e, (unsigned short)seed, (unsigned short)(seed >> 16)}; /* as srand48 sets it */

    plan->runs = 0;
    plan->run = calloc(cells * (size_t)repetitions + 1, sizeof *plan->run);
    if (!plan->run)
        return error_set(error, "the plan of %zu cells with %lld runs each does not fit into memory", cells,
                         (long long)repetitions);
    for (int64_t number = 1; number <= repetitions; number++) {
        struct planned_run *first = plan->run + plan->runs;

        for (size_t i = 0; i < cells; i++) {
            plan->run[plan->runs] = cell[i];
            plan->run[plan->runs++].number = number;
        }
        shuffle(first, cells, state);
    }
    return 0;
}

void plan_take_shard(struct plan *plan, int64_t shard, int64_t shards)
{
    size_t runs = 0;

    for (size_t i = (size_t)shard - 1; i < plan->runs; i += (size_t)shards)
        plan->run[runs++] = plan->run[i];
    plan->runs = runs;
}

bool plan_is_same_cell(const struct planned_run *one, const struct planned_run *other)
{
    return one->model == other->model && one->tasks == other->tasks && work_equals(&one->work, &other->work);
}

const char *plan_tell_cell(char text[PLAN_TEXT_SIZE], const struct planned_run *run)
{
    char tasks[UNIT_TEXT_SIZE], work[WORK_TEXT_SIZE];
    bool is_sleep = !*work_format(work, &run->work);

    snprintf(text, PLAN_TEXT_SIZE, "%s with %s tasks%s%s%s", run->model->name, unit_format_count(tasks, run->tasks),
             is_sleep ? "" : " (", work, is_sleep ? "" : ")");
    return text;
}

void plan_free(struct plan *plan)
{
    free(plan->run);
    *plan = (struct plan){0};
}
