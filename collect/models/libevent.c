/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A libevent timer, made by evtimer_new and freed from its callback.

   pkg-config: libevent
   package: libevent-dev */
#include "collect/models/task_model.h"

#if __has_include(<event2/event.h>)
#include <errno.h>
#include <event2/event.h>

static struct event_base *base;

static bool open_base(void)
{
    struct event_config *configuration = event_config_new();

    /* By default libevent takes the coarse clock, which ticks every few milliseconds: tasks could wake early. */
    if (configuration && event_config_set_flag(configuration, EVENT_BASE_FLAG_PRECISE_TIMER) == 0)
        base = event_base_new_with_config(configuration);
    if (configuration)
        event_config_free(configuration);
    return base || task_model_refuse("event_base_new", errno ? errno : ENOMEM);
}

static void wake(evutil_socket_t none, short what, void *argument)
{
    struct event **timer = argument;

    (void)none;
    (void)what;
    task_model_task_finished();
    event_free(*timer);
}

static bool start(void *record)
{
    struct event **timer = record;
    uint64_t microseconds = (task_model_nanoseconds() + 999) / 1000;
    struct timeval pause = {.tv_sec = (time_t)(microseconds / 1000000),
                            .tv_usec = (suseconds_t)(microseconds % 1000000)};

    *timer = evtimer_new(base, wake, timer);
    if (!*timer || evtimer_add(*timer, &pause) != 0)
        return task_model_refuse("evtimer_new", ENOMEM);
    task_model_task_started();
    return true;
}

static void run(void)
{
    event_base_dispatch(base);
}
#endif

const struct task_model task_model = {
    .family = "callback",
    .summary = "libevent timer",
#if __has_include(<event2/event.h>)
    .version = "libevent " LIBRARY_VERSION,
    .record_size = sizeof(struct event *),
    .open = open_base,
    .start = start,
    .run = run,
#else
    .unavailable = "built without libevent (install libevent-dev, build again)",
#endif
};
