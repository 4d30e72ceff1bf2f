/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A coroutine of the Portable Coroutine Library, on a stack that the library allocates.

   link: -lpcl
   package: libpcl1-dev */
#include "collect/models/deadline_heap.h"
#include "collect/models/run_queue.h"
#include "collect/models/task_model.h"

#if __has_include(<pcl.h>)
#include <errno.h>
#include <pcl.h>

#define STACK_SIZE (16 * 1024)

static struct deadline_heap sleepers;

static void sleep_in_scheduler(void)
{
    deadline_heap_add(&sleepers, task_model_now() + task_model_nanoseconds(), co_current());
    co_resume();
}

static void live(void *unused)
{
    (void)unused;
    task_model_task_started();
    task_model_carry(sleep_in_scheduler);
    task_model_task_finished();
}

static bool open_library(void)
{
    return co_thread_init() == 0 || task_model_refuse("co_thread_init", errno);
}

static bool start_life(coroutine_t *coroutine, void (*life)(void *), void *data)
{
    if (!deadline_heap_reserve(&sleepers))
        return task_model_refuse("realloc", errno);
    *coroutine = co_create(life, data, NULL, (int)(STACK_SIZE + task_model_payload()));
    if (!*coroutine)
        return task_model_refuse("co_create", errno ? errno : ENOMEM);
    co_call(*coroutine);
    return true;
}

static bool start(void *record)
{
    return start_life(record, live, NULL);
}

/* --- actors ------------------------------------------------------------------------------------------------------- */

static void live_as_actor(void *actor)
{
    actor_live(actor);
}

static bool start_actor(struct actor *actor)
{
    return start_life(&actor->handle, live_as_actor, actor);
}

static void sleep_until(uint64_t nanoseconds)
{
    deadline_heap_add(&sleepers, nanoseconds, co_current());
    co_resume();
}

/* The scheduler goes on with an actor once the token was handed to it. */
static void await(struct actor *actor)
{
    (void)actor;
    co_resume();
}

/* The ring never sleeps, so it is run to its end before the first sleeper is waited for. */
static void run_ring(void)
{
    struct actor *actor;

    while ((actor = run_queue_take()))
        co_call(actor->handle);
}

static const struct actor_model actors = {
    .hand_off = "switch by co_call and co_resume through a run queue of our own",
    .beats = true,
    .start = start_actor,
    .post = run_queue_add,
    .sleep_until = sleep_until,
    .await = await,
};

/* --- the scheduler ------------------------------------------------------------------------------------------------ */

static void run(void)
{
    coroutine_t coroutine;

    run_ring();
    /* A coroutine whose function returns is deleted by the library. */
    while ((coroutine = deadline_heap_await(&sleepers)))
        co_call(coroutine);
}
#endif

const struct task_model task_model = {
    .family = "fiber",
    .summary = "coroutine of PCL, 16 KiB stack",
#if __has_include(<pcl.h>)
    .version = "PCL " LIBRARY_VERSION,
    .record_size = sizeof(coroutine_t),
    .has_stack = true,
    .open = open_library,
    .start = start,
    .run = run,
    .actors = &actors,
#else
    .unavailable = "built without PCL (install libpcl1-dev, build again)",
#endif
};
