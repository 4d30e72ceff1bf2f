/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A timer of Samba's tevent, freed by the library after it has fired.

   pkg-config: tevent talloc
   package: libtevent-dev */
#include "collect/models/task_model.h"

#if __has_include(<tevent.h>)
#include <errno.h>
#include <talloc.h>
#include <tevent.h>

static struct tevent_context *context;
static size_t asleep;

static bool open_context(void)
{
    context = tevent_context_init(NULL);
    return context || task_model_refuse("tevent_context_init", errno ? errno : ENOMEM);
}

static void wake(struct tevent_context *unused, struct tevent_timer *timer, struct timeval now, void *data)
{
    (void)unused;
    (void)timer;
    (void)now;
    (void)data;
    task_model_task_finished();
    asleep--;
}

static bool start(void *record)
{
    uint64_t microseconds = (task_model_nanoseconds() + 999) / 1000 + 1;
    struct timeval wake_time =
        tevent_timeval_current_ofs((uint32_t)(microseconds / 1000000), (uint32_t)(microseconds % 1000000));

    (void)record;
    if (!tevent_add_timer(context, context, wake_time, wake, NULL))
        return task_model_refuse("tevent_add_timer", ENOMEM);
    asleep++;
    task_model_task_started();
    return true;
}

static void run(void)
{
    while (asleep)
        tevent_loop_once(context);
}
#endif

const struct task_model task_model = {
    .family = "callback",
    .summary = "timer of tevent",
#if __has_include(<tevent.h>)
    .version = "tevent " LIBRARY_VERSION,
    .open = open_context,
    .start = start,
    .run = run,
#else
    .unavailable = "built without tevent (install libtevent-dev, build again)",
#endif
};
