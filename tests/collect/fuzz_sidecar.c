/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any sidecar gives a setup within its bounds or an error of one line. */
#include "collect/sidecar.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct setup *setup)
{
    if (setup->models < 1 || setup->models > OPTION_MAX_LIST || setup->works < 1 || setup->works > SETUP_MOST_WORKS ||
        setup->task_counts < 1 || setup->task_counts > OPTION_MAX_LIST || setup->runs < 1 || setup->shard < 1 ||
        setup->shard > setup->shards)
        abort();
    for (size_t i = 0; i < setup->models; i++)
        if (!setup->model[i])
            abort();
    for (size_t i = 0; i < setup->task_counts; i++)
        if (setup->tasks[i] < setup_least_tasks(setup))
            abort();
    if (!(setup->sleep_seconds >= 0) || !(setup->timeout_seconds > 0))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_tokener *tokener = json_tokener_new();
    json_object *document = json_tokener_parse_ex(tokener, (const char *)data, (int)size);
    struct setup setup = {0};
    struct error error = {""};

    if (document && sidecar_setup(document, "x.json", &setup, &error) == 0)
        check(&setup);
    else if (document && (!*error.text || strchr(error.text, '\n')))
        abort();
    json_object_put(document);
    json_tokener_free(tokener);
    return 0;
}
