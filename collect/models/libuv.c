/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A libuv timer, each handle in a malloc of its own as libuv's users do it, closed and freed from its callback. The
   parameter is how a ring passes its token: libuv:idle.

   pkg-config: libuv
   package: libuv1-dev */
#include "collect/models/actor.h"
#include "collect/models/task_model.h"

#if __has_include(<uv.h>)
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define NANOSECONDS_A_MILLISECOND 1000000

static uv_loop_t loop;
static bool is_idle; /* the ring hands over by idle handles */

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

/* --- actors ------------------------------------------------------------------------------------------------------- */

struct player {
    union {
        uv_handle_t handle;
        uv_timer_t timer; /* of a probe */
        uv_async_t async; /* of the ring: either of these */
        uv_idle_t idle;
    };
    struct actor *actor;
};

static void beat(uv_timer_t *timer)
{
    struct player *player = timer->data;
    uint64_t due = actor_beat(player->actor);

    if (!due) {
        uv_close(&player->handle, release);
        return;
    }
    uv_update_time(&loop);
    uv_timer_start(timer, beat, actor_remaining(due, NANOSECONDS_A_MILLISECOND), 0);
}

static void receive(struct player *player)
{
    if (!actor_pass(player->actor))
        uv_close(&player->handle, release);
}

static void receive_async(uv_async_t *async)
{
    receive(async->data);
}

static void post_async(struct actor *actor)
{
    uv_async_send(&((struct player *)actor->handle)->async);
}

static void receive_idle(uv_idle_t *idle)
{
    uv_idle_stop(idle);
    receive(idle->data);
}

static void post_idle(struct actor *actor)
{
    uv_idle_start(&((struct player *)actor->handle)->idle, receive_idle);
}

static int init_handle(struct player *player)
{
    if (actor_work() == ACTOR_BEAT)
        return uv_timer_init(&loop, &player->timer);
    return is_idle ? uv_idle_init(&loop, &player->idle) : uv_async_init(&loop, &player->async, receive_async);
}

static bool start_actor(struct actor *actor)
{
    struct player *player = malloc(sizeof *player);
    int error;

    if (!player)
        return task_model_refuse("malloc", errno);
    error = init_handle(player);
    if (error != 0)
        return task_model_refuse("uv_async_init", -error);
    player->actor = actor;
    player->handle.data = actor->handle = player;
    actor_started();
    if (actor_work() == ACTOR_BEAT)
        beat(&player->timer);
    return true;
}

static struct actor_model actors = {
    .hand_off = "uv_async_send",
    .beats = true,
    .start = start_actor,
    .post = post_async,
};

/* An idle handle is the hand-off within a loop, uv_async_send that of any thread. */
static bool configure(const char *parameter)
{
    if (strcmp(parameter, "idle") != 0)
        return false;
    is_idle = true;
    actors.hand_off = "idle handle (uv_idle_start)";
    actors.post = post_idle;
    return true;
}

/* --- the loop ----------------------------------------------------------------------------------------------------- */

static void run(void)
{
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
}
#endif

const struct task_model task_model = {
    .family = "callback",
    .summary = "libuv timer (libuv:idle passes messages by idle handles)",
#if __has_include(<uv.h>)
    .version = "libuv " LIBRARY_VERSION,
    .configure = configure,
    .open = open_loop,
    .start = start,
    .run = run,
    .actors = &actors,
#else
    .unavailable = "built without libuv (install libuv1-dev, build again)",
#endif
};
