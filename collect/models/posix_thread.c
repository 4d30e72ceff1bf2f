/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/models/posix_thread.h"

#include "collect/models/task_model.h"

#include <errno.h>
#include <semaphore.h>
#include <stdlib.h>

const pthread_attr_t *posix_thread_attributes;

static void *live(void *unused)
{
    task_model_live();
    return unused;
}

bool posix_thread_start(void *record)
{
    int error = pthread_create(record, posix_thread_attributes, live, NULL);

    return error == 0 || task_model_refuse("pthread_create", error);
}

void posix_thread_join(void *record)
{
    pthread_join(*(pthread_t *)record, NULL);
}

/* --- actors ------------------------------------------------------------------------------------------------------- */

struct player {
    pthread_t thread;
    sem_t token; /* posted when the token is handed to it */
};

static void *act(void *actor)
{
    actor_live(actor);
    return NULL;
}

static bool start_actor(struct actor *actor)
{
    struct player *player = malloc(sizeof *player);
    int error;

    if (!player)
        return task_model_refuse("malloc", errno);
    actor->handle = player;
    sem_init(&player->token, 0, 0);
    error = pthread_create(&player->thread, posix_thread_attributes, act, actor);
    return error == 0 || task_model_refuse("pthread_create", error);
}

static void post(struct actor *actor)
{
    sem_post(&((struct player *)actor->handle)->token);
}

static void await(struct actor *actor)
{
    while (sem_wait(&((struct player *)actor->handle)->token) != 0)
        continue;
}

static void join_actor(struct actor *actor)
{
    pthread_join(((struct player *)actor->handle)->thread, NULL);
    free(actor->handle);
}

const struct actor_model posix_thread_actors = {
    .hand_off = "semaphore (sem_post, sem_wait)",
    .beats = true,
    .start = start_actor,
    .post = post,
    .join = join_actor,
    .sleep_until = task_model_sleep_until,
    .await = await,
};
