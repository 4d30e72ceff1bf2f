/* SPDX-License-Identifier: GPL-3.0-or-later */
/* No task at all: this model's weight is that of the harness, a message is only counted, and a probe is a sleep of the
   main thread, whose lateness is the kernel's own. */
#include "collect/models/actor.h"
#include "collect/models/deadline_heap.h"
#include "collect/models/no_task.h"
#include "collect/models/task_model.h"

#include <errno.h>

static struct actor *holder; /* of the token */
static struct deadline_heap probes;

static void await_beat(struct actor *actor)
{
    uint64_t due = actor_beat(actor);

    if (due)
        deadline_heap_add(&probes, due, actor);
}

static bool start_actor(struct actor *actor)
{
    if (!deadline_heap_reserve(&probes))
        return task_model_refuse("realloc", errno);
    actor_started();
    if (actor_work() == ACTOR_BEAT)
        await_beat(actor);
    return true;
}

static void post(struct actor *actor)
{
    holder = actor;
}

static void run(void)
{
    struct actor *actor;

    while ((actor = holder)) {
        holder = NULL;
        actor_pass(actor);
    }
    while ((actor = deadline_heap_await(&probes)))
        await_beat(actor);
    no_task_run();
}

static const struct actor_model actors = {
    .hand_off = "nothing",
    .beats = true,
    .start = start_actor,
    .post = post,
};

const struct task_model task_model = {
    .family = "async",
    .summary = "no task: what the harness itself costs",
    .start = no_task_start,
    .run = run,
    .join = no_task_join,
    .actors = &actors,
};
