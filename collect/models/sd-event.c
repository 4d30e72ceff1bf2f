/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A time source of systemd's event loop.

   pkg-config: libsystemd
   package: libsystemd-dev */
#include "collect/models/actor.h"
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

/* --- actors ------------------------------------------------------------------------------------------------------- */

static bool arm(struct actor *actor, uint64_t due)
{
    int error = sd_event_source_set_time(actor->handle, (due + 999) / 1000);

    if (error >= 0)
        error = sd_event_source_set_enabled(actor->handle, SD_EVENT_ONESHOT);
    return error >= 0 || task_model_refuse("sd_event_source_set_time", -error);
}

static int beat(sd_event_source *source, uint64_t microseconds, void *actor)
{
    uint64_t due = actor_beat(actor);

    (void)source;
    (void)microseconds;
    if (!due)
        asleep--;
    else if (!arm(actor, due))
        task_model_give_up();
    return 0;
}

static bool start_probe(struct actor *actor)
{
    uint64_t due = actor_beat(actor);
    sd_event_source *source;
    int error;

    if (!due)
        return true;
    error = sd_event_add_time(loop, &source, CLOCK_MONOTONIC, (due + 999) / 1000, ACCURACY_MICROSECONDS, beat, actor);
    if (error < 0)
        return task_model_refuse("sd_event_add_time", -error);
    actor->handle = source;
    asleep++;
    return true;
}

static int receive(sd_event_source *source, void *actor)
{
    (void)source;
    if (!actor_pass(actor))
        asleep--;
    return 0;
}

/* A deferred source is dispatched once and is then off, as it also must be until the token comes. */
static bool start_receiver(struct actor *actor)
{
    sd_event_source *source;
    int error = sd_event_add_defer(loop, &source, receive, actor);

    if (error >= 0)
        error = sd_event_source_set_enabled(source, SD_EVENT_OFF);
    if (error < 0)
        return task_model_refuse("sd_event_add_defer", -error);
    actor->handle = source;
    asleep++;
    return true;
}

static bool start_actor(struct actor *actor)
{
    actor_started();
    return actor_work() == ACTOR_BEAT ? start_probe(actor) : start_receiver(actor);
}

static void post(struct actor *actor)
{
    sd_event_source_set_enabled(actor->handle, SD_EVENT_ONESHOT);
}

static void join_actor(struct actor *actor)
{
    sd_event_source_disable_unref(actor->handle);
}

static const struct actor_model actors = {
    .hand_off = "deferred source (sd_event_add_defer)",
    .beats = true,
    .start = start_actor,
    .post = post,
    .join = join_actor,
};

/* --- the loop ----------------------------------------------------------------------------------------------------- */

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
    .actors = &actors,
#else
    .unavailable = "built without libsystemd (install libsystemd-dev, build again)",
#endif
};
