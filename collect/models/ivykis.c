/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A timer of ivykis, embedded in the task's record.

   pkg-config: ivykis
   package: libivykis-dev */
#include "collect/models/actor.h"
#include "collect/models/task_model.h"

#if __has_include(<iv.h>)
#include <errno.h>
#include <iv.h>
#include <stdlib.h>

#define NANOSECONDS 1000000000

static bool open_loop(void)
{
    iv_init();
    return true;
}

static struct timespec time_of(uint64_t moment)
{
    return (struct timespec){.tv_sec = (time_t)(moment / NANOSECONDS), .tv_nsec = (long)(moment % NANOSECONDS)};
}

static void wake(void *unused)
{
    (void)unused;
    task_model_task_finished();
}

static bool start(void *record)
{
    struct iv_timer *timer = record;

    IV_TIMER_INIT(timer);
    timer->expires = time_of(task_model_now() + task_model_nanoseconds());
    timer->handler = wake;
    iv_timer_register(timer);
    task_model_task_started();
    return true;
}

/* --- actors ------------------------------------------------------------------------------------------------------- */

union player {
    struct iv_timer timer; /* of a probe */
    struct iv_task token;  /* of the ring */
};

static void beat(void *cookie)
{
    struct actor *actor = cookie;
    struct iv_timer *timer = &((union player *)actor->handle)->timer;
    uint64_t due = actor_beat(actor);

    if (!due)
        return;
    timer->expires = time_of(due);
    iv_timer_register(timer);
}

static void receive(void *actor)
{
    actor_pass(actor);
}

static void init_timer(struct iv_timer *timer, struct actor *actor)
{
    IV_TIMER_INIT(timer);
    timer->handler = beat;
    timer->cookie = actor;
}

static void init_token(struct iv_task *token, struct actor *actor)
{
    IV_TASK_INIT(token);
    token->handler = receive;
    token->cookie = actor;
}

static bool start_actor(struct actor *actor)
{
    union player *player = malloc(sizeof *player);

    if (!player)
        return task_model_refuse("malloc", errno);
    actor->handle = player;
    actor_started();
    if (actor_work() == ACTOR_BEAT) {
        init_timer(&player->timer, actor);
        beat(actor);
    } else
        init_token(&player->token, actor);
    return true;
}

static void post(struct actor *actor)
{
    iv_task_register(&((union player *)actor->handle)->token);
}

static void join_actor(struct actor *actor)
{
    free(actor->handle);
}

static const struct actor_model actors = {
    .hand_off = "iv_task_register",
    .beats = true,
    .start = start_actor,
    .post = post,
    .join = join_actor,
};

/* --- the loop ----------------------------------------------------------------------------------------------------- */

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
    .actors = &actors,
#else
    .unavailable = "built without ivykis (install libivykis-dev, build again)",
#endif
};
