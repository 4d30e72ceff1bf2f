/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stackless task written by hand: a function that is called again and goes on where it left off. Sleepers wait in a
   binary heap of deadlines. */
#include "collect/models/deadline_heap.h"
#include "collect/models/run_queue.h"
#include "collect/models/task_model.h"

#include <errno.h>
#include <stdlib.h>

struct task {
    void (*resume)(struct task *); /* the continuation */
    int place;                     /* the task's position in it */
};

static struct deadline_heap sleepers;

static void sleep_then_resume(struct task *task, int place)
{
    task->place = place;
    deadline_heap_add(&sleepers, task_model_now() + task_model_nanoseconds(), task);
}

static void live(struct task *task)
{
    switch (task->place) {
    case 0:
        task_model_task_started();
        sleep_then_resume(task, 1);
        return;
    case 1:
        task_model_task_finished();
    }
}

static bool start(void *record)
{
    struct task *task = record;

    if (!deadline_heap_reserve(&sleepers))
        return task_model_refuse("realloc", errno);
    *task = (struct task){.resume = live};
    task->resume(task);
    return true;
}

/* --- actors ------------------------------------------------------------------------------------------------------- */

struct player {
    struct task task; /* the first member: a task's continuation finds the rest */
    struct actor *actor;
};

static void beat(struct task *task)
{
    uint64_t due = actor_beat(((struct player *)task)->actor);

    if (due)
        deadline_heap_add(&sleepers, due, task);
}

static void receive(struct task *task)
{
    actor_pass(((struct player *)task)->actor);
}

static bool start_actor(struct actor *actor)
{
    struct player *player;

    if (!deadline_heap_reserve(&sleepers))
        return task_model_refuse("realloc", errno);
    player = malloc(sizeof *player);
    if (!player)
        return task_model_refuse("malloc", errno);
    *player = (struct player){{.resume = actor_work() == ACTOR_BEAT ? beat : receive}, actor};
    actor->handle = player;
    actor_started();
    if (actor_work() == ACTOR_BEAT)
        beat(&player->task);
    return true;
}

static void join_actor(struct actor *actor)
{
    free(actor->handle);
}

/* The ring never sleeps, so it is run to its end before the first sleeper is waited for. */
static void run_ring(void)
{
    struct actor *actor;

    while ((actor = run_queue_take())) {
        struct task *task = actor->handle;

        task->resume(task);
    }
}

static const struct actor_model actors = {
    .hand_off = "run queue of our own",
    .beats = true,
    .start = start_actor,
    .post = run_queue_add,
    .join = join_actor,
};

/* --- the loop ----------------------------------------------------------------------------------------------------- */

static void run(void)
{
    struct task *task;

    run_ring();
    while ((task = deadline_heap_await(&sleepers)))
        task->resume(task);
}

const struct task_model task_model = {
    .family = "async",
    .summary = "stackless task, binary heap of deadlines",
    .record_size = sizeof(struct task),
    .start = start,
    .run = run,
    .actors = &actors,
};
