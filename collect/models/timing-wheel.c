/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stackless task in 16 bytes: continuation, state, its own deadline, and its place in a hierarchical timing wheel
   (G. Varghese and T. Lauck, Hashed and Hierarchical Timing Wheels, SOSP 1987, scheme 7).

   What makes it small: tasks live in one arena and name each other by 32-bit index; time is counted in ticks of a
   millisecond, which 32 bits carry for 49 days; a continuation is an index into a table of functions. */
#include "collect/models/actor.h"
#include "collect/models/run_queue.h"
#include "collect/models/task_model.h"

#include <string.h>

#define TICK_NANOSECONDS 1000000u
#define LEVELS 4
#define SLOT_BITS 8
#define SLOTS (1u << SLOT_BITS)
#define NOBODY 0 /* indices start at 1 */

struct task {
    uint32_t next;         /* the next sleeper in the same slot */
    uint32_t deadline;     /* tick */
    uint16_t continuation; /* index into continuations */
    uint16_t place;        /* the task's position in it */
    uint32_t local;        /* what the task keeps across a sleep */
};

static struct task *arena; /* arena[1] is the first task */
static uint32_t wheel[LEVELS][SLOTS];
static uint32_t sleepers, current_tick;
static uint64_t epoch;

/* A slot of level L spans 256^L ticks. A sleeper waits on the level of the highest byte in which its deadline differs
   from the present, and moves down as the present comes nearer. */
static void insert(uint32_t index)
{
    struct task *task = &arena[index];
    uint32_t difference = task->deadline ^ current_tick;
    unsigned level = difference ? (unsigned)(31 - __builtin_clz(difference)) / SLOT_BITS : 0;
    uint32_t *slot = &wheel[level][task->deadline >> (level * SLOT_BITS) & (SLOTS - 1)];

    task->next = *slot;
    *slot = index;
}

/* The first tick that begins at that moment or after it: a task never wakes early. */
static uint32_t tick_from(uint64_t moment)
{
    return (uint32_t)((moment - epoch + TICK_NANOSECONDS - 1) / TICK_NANOSECONDS);
}

static void sleep_until(uint32_t index, uint64_t moment)
{
    arena[index].deadline = tick_from(moment);
    if (arena[index].deadline <= current_tick)
        arena[index].deadline = current_tick + 1;
    sleepers++;
    insert(index);
}

static void sleep_then_resume(uint32_t index, uint16_t place)
{
    arena[index].place = place;
    sleep_until(index, task_model_now() + task_model_nanoseconds());
}

static void live(uint32_t index)
{
    switch (arena[index].place) {
    case 0:
        task_model_task_started();
        sleep_then_resume(index, 1);
        return;
    case 1:
        task_model_task_finished();
    }
}

/* What an actor keeps across a sleep is its place. */
static void beat(uint32_t index)
{
    uint64_t due = actor_beat(actor_at(arena[index].local));

    if (due)
        sleep_until(index, due);
}

static void receive(uint32_t index)
{
    actor_pass(actor_at(arena[index].local));
}

enum { LIVE, BEAT, RECEIVE };
static void (*const continuations[])(uint32_t) = {[LIVE] = live, [BEAT] = beat, [RECEIVE] = receive};

static bool open_wheel(void)
{
    epoch = task_model_now();
    return true;
}

static void resume(struct task *task)
{
    continuations[task->continuation]((uint32_t)(task - arena));
}

static bool start(void *record)
{
    struct task *task = record;

    if (!arena)
        arena = task - 1;
    task->continuation = LIVE;
    resume(task);
    return true;
}

/* --- actors ------------------------------------------------------------------------------------------------------- */

/* In the arena, too, behind the tasks. */
static bool start_actor(struct actor *actor)
{
    struct task *task = task_model_actor_record(actor->place);

    if (!arena)
        arena = task - 1;
    task->continuation = actor_work() == ACTOR_BEAT ? BEAT : RECEIVE;
    task->local = actor->place;
    actor->handle = task;
    actor_started();
    if (actor_work() == ACTOR_BEAT)
        resume(task);
    return true;
}

/* The ring never sleeps, so it is run to its end before the first tick is waited for. */
static void run_ring(void)
{
    struct actor *actor;

    while ((actor = run_queue_take()))
        resume(actor->handle);
}

static const struct actor_model actors = {
    .hand_off = "run queue of our own",
    .beats = true,
    .start = start_actor,
    .post = run_queue_add,
};

/* --- the wheel----------------------------------------------------------------------------------------------------- */

static uint32_t take_slot(unsigned level)
{
    uint32_t *slot = &wheel[level][current_tick >> (level * SLOT_BITS) & (SLOTS - 1)], first = *slot;

    *slot = NOBODY;
    return first;
}

/* When a level has gone round, the next slot of the level above is distributed over it. */
static void cascade(void)
{
    for (unsigned level = 1; level < LEVELS && !(current_tick & ((1u << (level * SLOT_BITS)) - 1)); level++)
        for (uint32_t index = take_slot(level), next; index; index = next) {
            next = arena[index].next;
            insert(index);
        }
}

static void run(void)
{
    run_ring();
    while (sleepers) {
        task_model_sleep_until(epoch + (uint64_t)++current_tick * TICK_NANOSECONDS);
        cascade();
        for (uint32_t index = take_slot(0), next; index; index = next) {
            next = arena[index].next;
            sleepers--;
            continuations[arena[index].continuation](index);
        }
    }
}

const struct task_model task_model = {
    .family = "async",
    .summary = "stackless task of 16 bytes, hierarchical timing wheel",
    .record_size = sizeof(struct task),
    .open = open_wheel,
    .start = start,
    .run = run,
    .actors = &actors,
};
