/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/setup.h"

#include <string.h>

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

int64_t setup_planned_runs(const struct setup *setup)
{
    int64_t all = (int64_t)setup->models * (int64_t)setup->task_counts * setup->runs;

    return (all - setup->shard + setup->shards) / setup->shards; /* every shards-th from the shard-th on */
}
