/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A libuv timer, each handle in a malloc of its own as libuv's users do it, closed and freed from its callback.

   pkg-config: libuv
   package: libuv1-dev */
#include "collect/models/task_model.h"

#if __has_include(<uv.h>)
#include <errno.h>
#include <stdlib.h>
#include <uv.h>

static uv_loop_t loop;

static void release(uv_handle_t *handle)
{
    free(handle);
}

static void wake(uv_timer_t *timer)
{
    task_model_task_finished();
    uv_close((uv_handle_t *)timer, release);
}

static bool open_loop(void)
{
    int error = uv_loop_init(&loop);

    return error == 0 || task_model_refuse("uv_loop_init", -error);
}

static bool start(void *record)
{
    uv_timer_t *timer = malloc(sizeof *timer);

    (void)record;
    if (!timer)
        return task_model_refuse("malloc", errno);
    /* The loop's clock stands still while nothing runs it: without this a task would start in the past. */
    uv_update_time(&loop);
    uv_timer_init(&loop, timer);
    /* One more millisecond: if the kernel ticks every millisecond, libuv takes the coarse clock, which is up to a tick
       late. */
    uv_timer_start(timer, wake, task_model_milliseconds() + 1, 0);
    task_model_task_started();
    return true;
}

static void run(void)
{
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
}
#endif

const struct task_model task_model = {
    .family = "callback",
    .summary = "libuv timer",
#if __has_include(<uv.h>)
    .version = "libuv " LIBRARY_VERSION,
    .open = open_loop,
    .start = start,
    .run = run,
#else
    .unavailable = "built without libuv (install libuv1-dev, build again)",
#endif
};
