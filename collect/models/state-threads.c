/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A thread of the State Threads library, scheduled in one kernel thread, on a stack of the library's default size.

   pkg-config: st
   package: libst-dev */
#include "collect/models/actor.h"
#include "collect/models/task_model.h"

#if __has_include(<st.h>)
#include <errno.h>
#include <st.h>
#include <stdlib.h>

#define JOINABLE 1
#define DEFAULT_STACK 0

/* The library counts a sleep from its last reading of the clock, which may be old: tasks would wake early. */
static st_utime_t time_since_last_look(void)
{
    return st_utime() - st_utime_last_clock();
}

static void sleep_in_library(void)
{
    st_usleep((task_model_nanoseconds() + 999) / 1000 + time_since_last_look());
}

static void *live(void *unused)
{
    task_model_task_started();
    task_model_carry(sleep_in_library);
    task_model_task_finished();
    return unused;
}

static bool open_library(void)
{
    return st_init() == 0 || task_model_refuse("st_init", errno);
}

static bool start(void *record)
{
    st_thread_t *thread = record;

    *thread = st_thread_create(live, NULL, JOINABLE, DEFAULT_STACK);
    return *thread || task_model_refuse("st_thread_create", errno ? errno : ENOMEM);
}

static void yield(void)
{
    st_usleep(0);
}

static void join(void *record)
{
    st_thread_join(*(st_thread_t *)record, NULL);
}

/* --- actors ------------------------------------------------------------------------------------------------------- */

struct player {
    st_thread_t thread;
    st_cond_t posted;
    bool has_token;
};

static void *act(void *actor)
{
    actor_live(actor);
    return NULL;
}

static bool start_actor(struct actor *actor)
{
    struct player *player = calloc(1, sizeof *player);

    if (!player)
        return task_model_refuse("calloc", errno);
    actor->handle = player;
    player->posted = st_cond_new();
    if (!player->posted)
        return task_model_refuse("st_cond_new", errno);
    player->thread = st_thread_create(act, actor, JOINABLE, DEFAULT_STACK);
    return player->thread || task_model_refuse("st_thread_create", errno ? errno : ENOMEM);
}

static void sleep_until(uint64_t nanoseconds)
{
    st_usleep(actor_remaining(nanoseconds, 1000) + time_since_last_look());
}

static void post(struct actor *actor)
{
    struct player *player = actor->handle;

    player->has_token = true;
    st_cond_signal(player->posted);
}

static void await(struct actor *actor)
{
    struct player *player = actor->handle;

    while (!player->has_token)
        st_cond_wait(player->posted);
    player->has_token = false;
}

static void join_actor(struct actor *actor)
{
    struct player *player = actor->handle;

    st_thread_join(player->thread, NULL);
    st_cond_destroy(player->posted);
    free(player);
}

static const struct actor_model actors = {
    .hand_off = "condition variable (st_cond_signal, st_cond_wait)",
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
    .summary = "thread of State Threads, default stack",
#if __has_include(<st.h>)
    .version = "State Threads " LIBRARY_VERSION,
    .record_size = sizeof(st_thread_t),
    .has_stack = true,
    .open = open_library,
    .start = start,
    .yield = yield,
    .join = join,
    .actors = &actors,
#else
    .unavailable = "built without State Threads (install libst-dev, build again)",
#endif
};
