/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A coroutine with a context switch of our own: it saves only what the calling convention says a call preserves (System
   V ABI for AMD64, section 3.2.1; AAPCS64, section 6.1). The parameter is the stack's size: fiber:1k to fiber:64k. */
#include "collect/models/deadline_heap.h"
#include "collect/models/run_queue.h"
#include "collect/models/task_model.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_STACK_SIZE 4096

/* fiber_switch(save, load): pushes the preserved registers, stores the stack pointer in *save, switches to the stack at
   load and returns to where that one was left. */
void fiber_switch(void **save, void *load);

#if defined(__x86_64__)
#define PLACE_OF_RETURN 6
__asm__(".text\n.globl fiber_switch\n.type fiber_switch, @function\n"
        "fiber_switch:\n"
        "    push %rbp\n    push %rbx\n    push %r12\n    push %r13\n    push %r14\n    push %r15\n"
        "    mov %rsp, (%rdi)\n"
        "    mov %rsi, %rsp\n"
        "    pop %r15\n    pop %r14\n    pop %r13\n    pop %r12\n    pop %rbx\n    pop %rbp\n"
        "    ret\n"
        ".size fiber_switch, . - fiber_switch\n");
/* The registers, the return address, and one word so that the stack is aligned as after a call. */
#define FRAME_WORDS 8
#elif defined(__aarch64__)
#define PLACE_OF_RETURN 11
__asm__(".text\n.globl fiber_switch\n.type fiber_switch, %function\n"
        "fiber_switch:\n"
        "    sub sp, sp, #160\n"
        "    stp x19, x20, [sp, #0]\n    stp x21, x22, [sp, #16]\n    stp x23, x24, [sp, #32]\n"
        "    stp x25, x26, [sp, #48]\n    stp x27, x28, [sp, #64]\n    stp x29, x30, [sp, #80]\n"
        "    stp d8, d9, [sp, #96]\n    stp d10, d11, [sp, #112]\n"
        "    stp d12, d13, [sp, #128]\n    stp d14, d15, [sp, #144]\n"
        "    mov x2, sp\n    str x2, [x0]\n"
        "    mov sp, x1\n"
        "    ldp x19, x20, [sp, #0]\n    ldp x21, x22, [sp, #16]\n    ldp x23, x24, [sp, #32]\n"
        "    ldp x25, x26, [sp, #48]\n    ldp x27, x28, [sp, #64]\n    ldp x29, x30, [sp, #80]\n"
        "    ldp d8, d9, [sp, #96]\n    ldp d10, d11, [sp, #112]\n"
        "    ldp d12, d13, [sp, #128]\n    ldp d14, d15, [sp, #144]\n"
        "    add sp, sp, #160\n"
        "    ret\n"
        ".size fiber_switch, . - fiber_switch\n");
#define FRAME_WORDS 20
#else
#define UNKNOWN_PROCESSOR
#endif

#ifndef UNKNOWN_PROCESSOR
struct task {
    void *stack_pointer; /* while the task does not run */
    char *stack;
};

static size_t stack_size = DEFAULT_STACK_SIZE; /* without the payload, which comes on top */
static struct deadline_heap sleepers;
static struct task *current;
static void *scheduler;

static bool configure(const char *parameter)
{
    static const char *const sizes[] = {"1k", "2k", "4k", "8k", "16k", "32k", "64k"};

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        if (strcmp(parameter, sizes[i]) == 0) {
            stack_size = (size_t)1024 << i;
            return true;
        }
    return false;
}

static void sleep_in_scheduler(void)
{
    deadline_heap_add(&sleepers, task_model_now() + task_model_nanoseconds(), current);
    fiber_switch(&current->stack_pointer, scheduler);
}

static void live(void)
{
    task_model_task_started();
    task_model_carry(sleep_in_scheduler);
    task_model_task_finished();
    fiber_switch(&current->stack_pointer, scheduler); /* for good: the stack is freed from outside */
}

static void resume(struct task *task)
{
    current = task;
    fiber_switch(&scheduler, task->stack_pointer);
}

/* A new stack looks as if it had been left just before a return to the start of that life. */
static void prepare_stack(struct task *task, void (*life)(void))
{
    char *end = (char *)task->stack + stack_size + task_model_payload(), *top = end - ((uintptr_t)end & 15);
    uintptr_t *frame = (uintptr_t *)top - FRAME_WORDS;

    memset(frame, 0, FRAME_WORDS * sizeof *frame);
    frame[PLACE_OF_RETURN] = (uintptr_t)life;
    task->stack_pointer = frame;
}

static bool start_life(struct task *task, void (*life)(void))
{
    if (!deadline_heap_reserve(&sleepers))
        return task_model_refuse("realloc", errno);
    task->stack = malloc(stack_size + task_model_payload());
    if (!task->stack)
        return task_model_refuse("malloc", errno);
    prepare_stack(task, life);
    resume(task);
    return true;
}

static bool start(void *record)
{
    return start_life(record, live);
}

static void join(void *record)
{
    free(((struct task *)record)->stack);
}

/* --- actors ------------------------------------------------------------------------------------------------------- */

struct player {
    struct task task; /* the first member: from the current task the rest is found */
    struct actor *actor;
};

static void live_as_actor(void)
{
    actor_live(((struct player *)current)->actor);
    fiber_switch(&current->stack_pointer, scheduler);
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
    fiber_switch(&current->stack_pointer, scheduler);
}

/* The scheduler goes on with an actor once the token was handed to it. */
static void await(struct actor *actor)
{
    (void)actor;
    fiber_switch(&current->stack_pointer, scheduler);
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
    .hand_off = "switch of our own through a run queue of our own",
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
#endif

const struct task_model task_model = {
    .family = "fiber",
    .summary = "coroutine with a context switch of our own, 4 KiB stack (fiber:1k to fiber:64k)",
#ifndef UNKNOWN_PROCESSOR
    .configure = configure,
    .record_size = sizeof(struct task),
    .has_stack = true,
    .start = start,
    .run = run,
    .join = join,
    .actors = &actors,
#else
    .unavailable = "no context switch is written for this processor (x86-64 and aarch64 have one)",
#endif
};
