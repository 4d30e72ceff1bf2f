/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/setup.h"

#include "collect/precision.h"

#include <string.h>
#include <sys/param.h>

int setup_add_model(struct setup *setup, const char *name, struct error *error)
{
    for (size_t i = 0; i < setup->models; i++)
        if (strcmp(setup->model[i], name) == 0)
            return 0;
    if (setup->models == OPTION_MAX_LIST)
        return error_set(error, "more than %d models", OPTION_MAX_LIST);
    setup->model[setup->models++] = name;
    return 0;
}

int setup_add_work(struct setup *setup, const struct work *work, struct error *error)
{
    for (size_t i = 0; i < setup->works; i++)
        if (work_equals(&setup->work[i], work))
            return 0;
    if (setup->works == SETUP_MOST_WORKS)
        return error_set(error, "more than %d works", SETUP_MOST_WORKS);
    setup->work[setup->works++] = *work;
    return 0;
}

int64_t setup_least_tasks(const struct setup *setup)
{
    if (setup->works == 0)
        return 1;
    for (size_t i = 0; i < setup->works; i++)
        if (!work_has_actors(setup->work[i].kind))
            return 1;
    return 0;
}

bool setup_is_adaptive(const struct setup *setup)
{
    return setup->until_share > 0 || setup->for_seconds > 0;
}

int64_t setup_equal_runs(const struct setup *setup)
{
    return setup_is_adaptive(setup) ? MIN(PRECISION_LEAST_VALUES, setup->runs) : setup->runs;
}

/* How many pairs of a model and a work there are. */
static int64_t count_pairs(const struct setup *setup)
{
    int64_t pairs = 0;

    for (size_t model = 0; model < setup->models; model++)
        for (size_t work = 0; work < setup->works; work++)
            pairs += !setup->left_out[model][work];
    return pairs;
}

int64_t setup_planned_runs(const struct setup *setup)
{
    int64_t all = count_pairs(setup) * (int64_t)setup->task_counts * setup_equal_runs(setup);

    if (setup->for_seconds > 0)
        return 0;                                                /* what the time allows */
    return (all - setup->shard + setup->shards) / setup->shards; /* every shards-th from the shard-th on */
}
