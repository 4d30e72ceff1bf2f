/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A timer of ivykis, embedded in the task's record.

   pkg-config: ivykis
   package: libivykis-dev */
#include "collect/models/task_model.h"

#if __has_include(<iv.h>)
#include <iv.h>

#define NANOSECONDS 1000000000

static bool open_loop(void)
{
    iv_init();
    return true;
}

static void wake(void *unused)
{
    (void)unused;
    task_model_task_finished();
}

static bool start(void *record)
{
    struct iv_timer *timer = record;
    uint64_t wake_time = task_model_now() + task_model_nanoseconds();

    IV_TIMER_INIT(timer);
    timer->expires =
        (struct timespec){.tv_sec = (time_t)(wake_time / NANOSECONDS), .tv_nsec = (long)(wake_time % NANOSECONDS)};
    timer->handler = wake;
    iv_timer_register(timer);
    task_model_task_started();
    return true;
}

static void run(void)
{
    iv_main();
}
#endif

const struct task_model task_model = {
    .family = "callback",
    .summary = "timer of ivykis",
#if __has_include(<iv.h>)
    .version = "ivykis " LIBRARY_VERSION,
    .record_size = sizeof(struct iv_timer),
    .open = open_loop,
    .start = start,
    .run = run,
#else
    .unavailable = "built without ivykis (install libivykis-dev, build again)",
#endif
};
