/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A thread of GNU Pth, which schedules them itself, in one kernel thread. Its scheduler looks through all of them at every
   switch: beyond some ten thousand it is slow, and that is what this model then shows.

   link: -lpth
   package: libpth-dev */
#include "collect/models/task_model.h"

#if __has_include(<pth.h>)
#include <errno.h>
#include <pth.h>

static void *live(void *unused)
{
    uint64_t microseconds = (task_model_nanoseconds() + 999) / 1000;

    task_model_task_started();
    pth_nap(pth_time((long)(microseconds / 1000000), (long)(microseconds % 1000000)));
    task_model_task_finished();
    return unused;
}

static bool open_library(void)
{
    return pth_init() || task_model_refuse("pth_init", errno);
}

static bool start(void *record)
{
    pth_t *thread = record;

    *thread = pth_spawn(PTH_ATTR_DEFAULT, live, NULL);
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
    .open = open_library,
    .start = start,
    .yield = yield,
    .join = join,
#else
    .unavailable = "built without GNU Pth (install libpth-dev, build again)",
#endif
};
