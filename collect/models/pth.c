/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A thread of GNU Pth, scheduled in one kernel thread. The scheduler searches all threads at every switch, so this
   model is slow beyond some ten thousand tasks.

   link: -lpth
   package: libpth-dev */
#include "collect/models/task_model.h"

#if __has_include(<pth.h>)
#include <errno.h>
#include <pth.h>

static pth_attr_t attributes;

static void nap(void)
{
    uint64_t microseconds = (task_model_nanoseconds() + 999) / 1000;

    pth_nap(pth_time((long)(microseconds / 1000000), (long)(microseconds % 1000000)));
}

static void *live(void *unused)
{
    task_model_task_started();
    task_model_carry(nap);
    task_model_task_finished();
    return unused;
}

/* The default stack, 64 KiB, has no room for the largest payload. */
static bool open_library(void)
{
    unsigned int stack_size;

    if (!pth_init())
        return task_model_refuse("pth_init", errno);
    attributes = pth_attr_new();
    if (!attributes || !pth_attr_get(attributes, PTH_ATTR_STACK_SIZE, &stack_size) ||
        !pth_attr_set(attributes, PTH_ATTR_STACK_SIZE, stack_size + (unsigned int)task_model_payload()))
        return task_model_refuse("pth_attr_set", errno);
    return true;
}

static bool start(void *record)
{
    pth_t *thread = record;

    *thread = pth_spawn(attributes, live, NULL);
    return *thread || task_model_refuse("pth_spawn", errno);
}

static void yield(void)
{
    pth_yield(NULL);
}

static void join(void *record)
{
    pth_join(*(pth_t *)record, NULL);
}
#endif

const struct task_model task_model = {
    .family = "fiber",
    .summary = "thread of GNU Pth, default attributes",
#if __has_include(<pth.h>)
    .version = "GNU Pth " LIBRARY_VERSION,
    .record_size = sizeof(pth_t),
    .has_stack = true,
    .open = open_library,
    .start = start,
    .yield = yield,
    .join = join,
#else
    .unavailable = "built without GNU Pth (install libpth-dev, build again)",
#endif
};
