/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A thread by the C standard's own interface. */
#include "collect/models/actor.h"
#include "collect/models/task_model.h"

#include <errno.h>
#include <stdlib.h>
#include <threads.h>

static int live(void *unused)
{
    (void)unused;
    task_model_live();
    return 0;
}

static bool check_start(int result)
{
    return result == thrd_success || task_model_refuse("thrd_create", result == thrd_nomem ? ENOMEM : EAGAIN);
}

static bool start(void *record)
{
    return check_start(thrd_create(record, live, NULL));
}

static void join(void *record)
{
    thrd_join(*(thrd_t *)record, NULL);
}

/* --- actors ------------------------------------------------------------------------------------------------------- */

struct player {
    thrd_t thread;
    mtx_t mutex;
    cnd_t posted;
    bool has_token; /* the mutex protects it */
};

static int act(void *actor)
{
    actor_live(actor);
    return 0;
}

static bool start_actor(struct actor *actor)
{
    struct player *player = malloc(sizeof *player);

    if (!player)
        return task_model_refuse("malloc", errno);
    actor->handle = player;
    player->has_token = false;
    mtx_init(&player->mutex, mtx_plain);
    cnd_init(&player->posted);
    return check_start(thrd_create(&player->thread, act, actor));
}

/* Signalled with the mutex held, the receiver would wake only to wait for it: twice the processor time. */
static void post(struct actor *actor)
{
    struct player *player = actor->handle;

    mtx_lock(&player->mutex);
    player->has_token = true;
    mtx_unlock(&player->mutex);
    cnd_signal(&player->posted);
}

static void await(struct actor *actor)
{
    struct player *player = actor->handle;

    mtx_lock(&player->mutex);
    while (!player->has_token)
        cnd_wait(&player->posted, &player->mutex);
    player->has_token = false;
    mtx_unlock(&player->mutex);
}

/* The player stays: whoever handed it the token may still be in cnd_signal. */
static void join_actor(struct actor *actor)
{
    thrd_join(((struct player *)actor->handle)->thread, NULL);
}

static const struct actor_model actors = {
    .hand_off = "condition variable (cnd_signal, cnd_wait)",
    .beats = true,
    .start = start_actor,
    .post = post,
    .join = join_actor,
    .sleep_until = task_model_sleep_until,
    .await = await,
};

const struct task_model task_model = {
    .family = "thread",
    .summary = "C11 thread",
    .record_size = sizeof(thrd_t),
    .has_stack = true,
    .start = start,
    .join = join,
    .actors = &actors,
};
