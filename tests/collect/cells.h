/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests of what is planned: sleeping tasks of some models at some counts. */
#ifndef TASKWEIGHT_TESTS_CELLS_H
#define TASKWEIGHT_TESTS_CELLS_H

#include "collect/plan.h"

#define CELLS_MOST 64

/* The cells in the order of models and, of each, counts; so many times. */
static inline int cells_plan(struct plan *plan, const struct model *models, size_t model_count, const int64_t *tasks,
                             size_t task_counts, int64_t repetitions, uint32_t seed)
{
    struct planned_run cell[CELLS_MOST] = {0};
    struct error error;

    if (model_count * task_counts > CELLS_MOST)
        return -1;
    for (size_t i = 0; i < model_count * task_counts; i++) {
        cell[i].model = &models[i / task_counts];
        cell[i].tasks = tasks[i % task_counts];
    }
    return plan_new(plan, cell, model_count * task_counts, repetitions, seed, &error);
}

/* Whether these are the same runs in the same order. */
static inline bool cells_are_same_runs(const struct planned_run *one, const struct planned_run *other, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!plan_is_same_cell(&one[i], &other[i]) || one[i].number != other[i].number)
            return false;
    return true;
}

#endif
