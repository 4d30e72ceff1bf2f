/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A command line of collect that is accepted is a sweep that can be made. */
#include "tests/fuzz_options.h"

#include "collect/main_options.h"

#include <stdlib.h>

static struct main_options options;

static void parse(int argc, char **argv)
{
    main_options_read(&options, argc, argv);
}

static void check(const struct setup *setup)
{
    if (setup->works < 1 || setup->task_counts < 1 || setup->runs < 1 || setup->shard < 1 ||
        setup->shard > setup->shards || !(setup->timeout_seconds > 0))
        abort();
    if (!(setup->until_share >= 0 && setup->until_share < 1) ||
        !(setup->for_seconds >= 0 && setup->for_seconds < 1e7) || (setup_is_adaptive(setup) && setup->shards > 1))
        abort();
    for (size_t i = 0; i < setup->task_counts; i++)
        if (setup->tasks[i] < setup_least_tasks(setup))
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (fuzz_options_accept(data, size, parse))
        check(&options.setup);
    main_options_free(&options);
    return 0;
}
