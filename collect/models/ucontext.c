/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A coroutine on a stack of its own, switched by swapcontext. Each stack is mapped with a guard page below it, as a
   program that must survive an overflow does; so a task takes two mappings, and vm.max_map_count bounds the tasks. */
#include "collect/models/deadline_heap.h"
#include "collect/models/run_queue.h"
#include "collect/models/task_model.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#define STACK_SIZE (64 * 1024) /* reserved; only pages that are touched cost memory */

struct task {
    ucontext_t context;
    char *stack;
};

static ucontext_t scheduler;
static struct deadline_heap sleepers;
static struct task *current;
static size_t guard_size; /* a page */

static bool open_guards(void)
{
    guard_size = (size_t)sysconf(_SC_PAGESIZE);
    return true;
}

static size_t stack_size(void)
{
    return STACK_SIZE + task_model_payload();
}

static void sleep_in_scheduler(void)
{
    deadline_heap_add(&sleepers, task_model_now() + task_model_nanoseconds(), current);
    swapcontext(&current->context, &scheduler);
}

static void live(void)
{
    task_model_task_started();
    task_model_carry(sleep_in_scheduler);
    task_model_task_finished();
}

static void resume(struct task *task)
{
    current = task;
    swapcontext(&scheduler, &task->context);
}

static bool map_stack(struct task *task)
{
    task->stack = mmap(NULL, guard_size + stack_size(), PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (task->stack == MAP_FAILED)
        return task_model_refuse("mmap", errno);
    return mprotect(task->stack, guard_size, PROT_NONE) == 0 || task_model_refuse("mprotect", errno);
}

static bool start_life(struct task *task, void (*life)(void))
{
    if (!deadline_heap_reserve(&sleepers))
        return task_model_refuse("realloc", errno);
    if (!map_stack(task))
        return false;
    getcontext(&task->context);
    task->context.uc_stack = (stack_t){.ss_sp = task->stack + guard_size, .ss_size = stack_size()};
    task->context.uc_link = &scheduler;
    makecontext(&task->context, life, 0);
    resume(task);
    return true;
}

static bool start(void *record)
{
    return start_life(record, live);
}

static void join(void *record)
{
    munmap(((struct task *)record)->stack, guard_size + stack_size());
}

/* --- actors ------------------------------------------------------------------------------------------------------- */

struct player {
    struct task task; /* the first member: from the current task the rest is found */
    struct actor *actor;
};

static void live_as_actor(void)
{
    actor_live(((struct player *)current)->actor);
}

static bool start_actor(struct actor *actor)
{
    struct player *player = malloc(sizeof *player);

    if (!player)
        return task_model_refuse("malloc", errno);
    player->actor = actor;
    actor->handle = player;
    return start_life(&player->task, live_as_actor);
}

static void sleep_until(uint64_t nanoseconds)
{
    deadline_heap_add(&sleepers, nanoseconds, current);
    swapcontext(&current->context, &scheduler);
}

/* The scheduler goes on with an actor once the token was handed to it. */
static void await(struct actor *actor)
{
    (void)actor;
    swapcontext(&current->context, &scheduler);
}

/* The ring never sleeps, so it is run to its end before the first sleeper is waited for. */
static void run_ring(void)
{
    struct actor *actor;

    while ((actor = run_queue_take()))
        resume(actor->handle);
}

static void join_actor(struct actor *actor)
{
    join(actor->handle);
    free(actor->handle);
}

static const struct actor_model actors = {
    .hand_off = "switch by swapcontext through a run queue of our own",
    .beats = true,
    .start = start_actor,
    .post = run_queue_add,
    .join = join_actor,
    .sleep_until = sleep_until,
    .await = await,
};

/* --- the scheduler ------------------------------------------------------------------------------------------------ */

static void run(void)
{
    struct task *task;

    run_ring();
    while ((task = deadline_heap_await(&sleepers)))
        resume(task);
}

const struct task_model task_model = {
    .family = "fiber",
    .summary = "coroutine by swapcontext, stack with guard page",
    .record_size = sizeof(struct task),
    .has_stack = true,
    .open = open_guards,
    .start = start,
    .run = run,
    .join = join,
    .actors = &actors,
};
