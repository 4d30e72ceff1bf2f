/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A libevent timer, made by evtimer_new and freed from its callback.

   pkg-config: libevent
   package: libevent-dev */
#include "collect/models/actor.h"
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

static struct timeval time_value(uint64_t microseconds)
{
    return (struct timeval){.tv_sec = (time_t)(microseconds / 1000000),
                            .tv_usec = (suseconds_t)(microseconds % 1000000)};
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
    struct timeval pause = time_value((task_model_nanoseconds() + 999) / 1000);

    *timer = evtimer_new(base, wake, timer);
    if (!*timer || evtimer_add(*timer, &pause) != 0)
        return task_model_refuse("evtimer_new", ENOMEM);
    task_model_task_started();
    return true;
}

/* --- actors ------------------------------------------------------------------------------------------------------- */

static bool await_beat(struct actor *actor)
{
    uint64_t due = actor_beat(actor);
    struct timeval pause;

    if (!due)
        return true;
    /* A pause counts from when the loop last looked at the clock, which is before this callback. */
    event_base_update_cache_time(base);
    pause = time_value(actor_remaining(due, 1000));
    return evtimer_add(actor->handle, &pause) == 0 || task_model_refuse("evtimer_add", ENOMEM);
}

static void beat(evutil_socket_t none, short what, void *actor)
{
    (void)none;
    (void)what;
    if (!await_beat(actor))
        task_model_give_up();
}

static void receive(evutil_socket_t none, short what, void *actor)
{
    (void)none;
    (void)what;
    actor_pass(actor);
}

/* The ring's events have neither descriptor nor time: only event_active calls them back. */
static bool start_actor(struct actor *actor)
{
    actor->handle = event_new(base, -1, 0, actor_work() == ACTOR_BEAT ? beat : receive, actor);
    if (!actor->handle)
        return task_model_refuse("event_new", ENOMEM);
    actor_started();
    return actor_work() != ACTOR_BEAT || await_beat(actor);
}

static void post(struct actor *actor)
{
    event_active(actor->handle, EV_READ, 0);
}

static void join_actor(struct actor *actor)
{
    event_free(actor->handle);
}

static const struct actor_model actors = {
    .hand_off = "event_active",
    .beats = true,
    .start = start_actor,
    .post = post,
    .join = join_actor,
};

/* --- the loop ----------------------------------------------------------------------------------------------------- */

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
    .actors = &actors,
#else
    .unavailable = "built without libevent (install libevent-dev, build again)",
#endif
};
