/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A time source of systemd's event loop.

   pkg-config: libsystemd
   package: libsystemd-dev */
#include "collect/models/task_model.h"

#if __has_include(<systemd/sd-event.h>)
#include <systemd/sd-event.h>

#define ACCURACY_MICROSECONDS 1
#define NO_TIMEOUT UINT64_MAX

static sd_event *loop;
static size_t asleep;

static bool open_loop(void)
{
    int error = sd_event_new(&loop);

    return error >= 0 || task_model_refuse("sd_event_new", -error);
}

static int wake(sd_event_source *source, uint64_t microseconds, void *unused)
{
    (void)microseconds;
    (void)unused;
    task_model_task_finished();
    asleep--;
    sd_event_source_disable_unref(source);
    return 0;
}

static bool start(void *record)
{
    uint64_t now = task_model_now() / 1000 + 1, pause = (task_model_nanoseconds() + 999) / 1000;
    int error = sd_event_add_time(loop, record, CLOCK_MONOTONIC, now + pause, ACCURACY_MICROSECONDS, wake, NULL);

    if (error < 0)
        return task_model_refuse("sd_event_add_time", -error);
    asleep++;
    task_model_task_started();
    return true;
}

static void run(void)
{
    while (asleep)
        sd_event_run(loop, NO_TIMEOUT);
}
#endif

const struct task_model task_model = {
    .family = "callback",
    .summary = "time source of sd-event",
#if __has_include(<systemd/sd-event.h>)
    .version = "libsystemd " LIBRARY_VERSION,
    .record_size = sizeof(sd_event_source *),
    .open = open_loop,
    .start = start,
    .run = run,
#else
    .unavailable = "built without libsystemd (install libsystemd-dev, build again)",
#endif
};
