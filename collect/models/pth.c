/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A thread of GNU Pth, scheduled in one kernel thread. The scheduler searches all threads at every switch, so this
   model is slow beyond some ten thousand tasks.

   link: -lpth
   package: libpth-dev */
#include "collect/models/actor.h"
#include "collect/models/task_model.h"

#if __has_include(<pth.h>)
#include <errno.h>
#include <pth.h>
#include <stdlib.h>

static pth_attr_t attributes;

static void nap_for(uint64_t microseconds)
{
    pth_nap(pth_time((long)(microseconds / 1000000), (long)(microseconds % 1000000)));
}

static void nap(void)
{
    nap_for((task_model_nanoseconds() + 999) / 1000);
}

static void *live(void *unused)
{
    task_model_task_started();
    task_model_carry(nap);
    task_model_task_finished();
    return unused;
}

/* The default stack, 64 KiB, has no room for the largest payload. */
static bool open_library(void)
{
    unsigned int stack_size;

    if (!pth_init())
        return task_model_refuse("pth_init", errno);
    attributes = pth_attr_new();
    if (!attributes || !pth_attr_get(attributes, PTH_ATTR_STACK_SIZE, &stack_size) ||
        !pth_attr_set(attributes, PTH_ATTR_STACK_SIZE, stack_size + (unsigned int)task_model_payload()))
        return task_model_refuse("pth_attr_set", errno);
    return true;
}

static bool start(void *record)
{
    pth_t *thread = record;

    *thread = pth_spawn(attributes, live, NULL);
    return *thread || task_model_refuse("pth_spawn", errno);
}

static void yield(void)
{
    pth_yield(NULL);
}

static void join(void *record)
{
    pth_join(*(pth_t *)record, NULL);
}

/* --- actors ------------------------------------------------------------------------------------------------------- */

struct player {
    pth_t thread;
    pth_mutex_t mutex;
    pth_cond_t posted;
    bool has_token; /* the mutex protects it */
};

static void *act(void *actor)
{
    actor_live(actor);
    return NULL;
}

static bool start_actor(struct actor *actor)
{
    struct player *player = malloc(sizeof *player);

    if (!player)
        return task_model_refuse("malloc", errno);
    actor->handle = player;
    player->has_token = false;
    pth_mutex_init(&player->mutex);
    pth_cond_init(&player->posted);
    player->thread = pth_spawn(attributes, act, actor);
    return player->thread || task_model_refuse("pth_spawn", errno);
}

static void sleep_until(uint64_t nanoseconds)
{
    nap_for(actor_remaining(nanoseconds, 1000));
}

/* Notified with the mutex held, the receiver would run only to wait for it: pth_cond_notify yields. */
static void post(struct actor *actor)
{
    struct player *player = actor->handle;

    pth_mutex_acquire(&player->mutex, FALSE, NULL);
    player->has_token = true;
    pth_mutex_release(&player->mutex);
    pth_cond_notify(&player->posted, FALSE);
}

static void await(struct actor *actor)
{
    struct player *player = actor->handle;

    pth_mutex_acquire(&player->mutex, FALSE, NULL);
    while (!player->has_token)
        pth_cond_await(&player->posted, &player->mutex, NULL);
    player->has_token = false;
    pth_mutex_release(&player->mutex);
}

/* The player stays: whoever handed it the token may still be in pth_cond_notify. */
static void join_actor(struct actor *actor)
{
    pth_join(((struct player *)actor->handle)->thread, NULL);
}

static const struct actor_model actors = {
    .hand_off = "condition variable (pth_cond_notify, pth_cond_await)",
    .beats = true,
    .start = start_actor,
    .post = post,
    .join = join_actor,
    .sleep_until = sleep_until,
    .await = await,
};
#endif

const struct task_model task_model = {
    .family = "fiber",
    .summary = "thread of GNU Pth, default attributes",
#if __has_include(<pth.h>)
    .version = "GNU Pth " LIBRARY_VERSION,
    .record_size = sizeof(pth_t),
    .has_stack = true,
    .open = open_library,
    .start = start,
    .yield = yield,
    .join = join,
    .actors = &actors,
#else
    .unavailable = "built without GNU Pth (install libpth-dev, build again)",
#endif
};
