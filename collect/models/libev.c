/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A libev timer watcher, each in a malloc of its own as its users embed it, freed from its callback.

   link: -lev
   package: libev-dev */
#include "collect/models/actor.h"
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

/* --- actors ------------------------------------------------------------------------------------------------------- */

union watcher {
    ev_timer timer; /* of a probe */
    ev_async token; /* of the ring */
};

static void await_beat(ev_timer *timer)
{
    uint64_t due = actor_beat(timer->data);

    if (!due)
        return;
    ev_now_update(loop);
    ev_timer_set(timer, (double)actor_remaining(due, 1) * 1e-9, 0);
    ev_timer_start(loop, timer);
}

static void beat(struct ev_loop *unused, ev_timer *timer, int events)
{
    (void)unused;
    (void)events;
    await_beat(timer);
}

static void receive(struct ev_loop *unused, ev_async *token, int events)
{
    (void)unused;
    (void)events;
    if (!actor_pass(token->data))
        ev_async_stop(loop, token);
}

static bool start_actor(struct actor *actor)
{
    union watcher *watcher = calloc(1, sizeof *watcher);

    if (!watcher)
        return task_model_refuse("calloc", errno);
    actor->handle = watcher;
    actor_started();
    if (actor_work() == ACTOR_BEAT) {
        ev_init(&watcher->timer, beat);
        watcher->timer.data = actor;
        await_beat(&watcher->timer);
    } else {
        ev_async_init(&watcher->token, receive);
        watcher->token.data = actor;
        ev_async_start(loop, &watcher->token);
    }
    return true;
}

static void post(struct actor *actor)
{
    ev_async_send(loop, &((union watcher *)actor->handle)->token);
}

static void join_actor(struct actor *actor)
{
    free(actor->handle);
}

static const struct actor_model actors = {
    .hand_off = "ev_async_send",
    .beats = true,
    .start = start_actor,
    .post = post,
    .join = join_actor,
};

/* --- the loop ----------------------------------------------------------------------------------------------------- */

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
    .actors = &actors,
#else
    .unavailable = "built without libev (install libev-dev, build again)",
#endif
};
