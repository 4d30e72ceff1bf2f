/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A libev timer watcher, each in a malloc of its own as its users embed it, freed from its callback.

   link: -lev
   package: libev-dev */
#include "collect/models/task_model.h"

#if __has_include(<ev.h>)
#include <errno.h>
#include <ev.h>
#include <stdlib.h>

static struct ev_loop *loop;

static bool open_loop(void)
{
    loop = ev_loop_new(EVFLAG_AUTO);
    return loop || task_model_refuse("ev_loop_new", errno);
}

static void wake(struct ev_loop *unused, ev_timer *timer, int events)
{
    (void)unused;
    (void)events;
    task_model_task_finished();
    free(timer);
}

static bool start(void *record)
{
    ev_timer *timer = malloc(sizeof *timer);

    (void)record;
    if (!timer)
        return task_model_refuse("malloc", errno);
    /* The loop's clock stands still while nothing runs it: without this a task would start in the past. */
    ev_now_update(loop);
    ev_timer_init(timer, wake, (double)task_model_nanoseconds() * 1e-9, 0);
    ev_timer_start(loop, timer);
    task_model_task_started();
    return true;
}

static void run(void)
{
    ev_run(loop, 0);
}
#endif

const struct task_model task_model = {
    .family = "callback",
    .summary = "libev timer",
#if __has_include(<ev.h>)
    .version = "libev " LIBRARY_VERSION,
    .open = open_loop,
    .start = start,
    .run = run,
#else
    .unavailable = "built without libev (install libev-dev, build again)",
#endif
};
