/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The runtime of task models in C. A model's file defines `task_model` at its end; the runtime speaks the contract
   with collect (idle, ready, done, failed on stdout; a line on stdin answers) and counts the tasks.

   The comment at the top of a model's file may hold lines that the Makefile reads:
       pkg-config: NAME...   what to compile and link with
       link: -lNAME          the same for a library that pkg-config does not know
       compiler: COMMAND     another compiler than CC
       package: NAME         the Debian package that brings it
   LIBRARY_VERSION is then a macro. Without its library a model is still built (see __has_include) and says so in
   `unavailable`. */
#ifndef TASKWEIGHT_MODELS_TASK_MODEL_H
#define TASKWEIGHT_MODELS_TASK_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct actor_model;

struct task_model {
    const char *family;      /* thread, process, fiber, async, callback, kernel, actor */
    const char *summary;     /* one line: what a task is here */
    const char *version;     /* the library it is built with, such as "libuv 1.44.2"; NULL: the C library */
    const char *unavailable; /* what this build lacks and where to get it; NULL: nothing */
    size_t record_size;      /* bytes of zeroed memory each task is given; 0: it needs none */
    bool has_stack;          /* tasks have stacks and keep the payload there, by task_model_carry */

    /* Optional: takes the parameter behind the colon of a name such as fiber:16k. Returns false if it is wrong. The
       payload behind a plus, as in fiber:16k+512, is the runtime's. */
    bool (*configure)(const char *parameter);

    /* Called in this order; all but start are optional. On failure they return task_model_refuse(...). */
    bool (*open)(void);          /* brings the runtime up; no task exists yet */
    bool (*start)(void *record); /* starts one task, which counts itself in and out */
    void (*yield)(void);         /* lets started tasks run; called until every one has counted itself in */
    void (*run)(void);           /* runs the tasks until every one has ended */
    void (*join)(void *record);  /* joins one task; called for each in the order of starting */

    const struct actor_model *actors; /* the works that it can do beside sleeping (actor.h); NULL: none */
};

extern const struct task_model task_model;

/* A task's first and last calls, in whatever thread or process it runs. */
void task_model_task_started(void);
void task_model_task_finished(void);

/* How long each task sleeps, relative to its own start. */
uint64_t task_model_nanoseconds(void);

/* The same in whole milliseconds, rounded up, for timers with no finer unit. One is added since such a timer's clock
   may tick just after the start: no task may end early. */
uint64_t task_model_milliseconds(void);

/* Bytes of live state that each task keeps across its sleep, to measure realistic tasks; 0 if none. The runtime keeps
   them beside the records. A task with a stack keeps them there; a model that chooses the size of its stacks adds them.
   */
size_t task_model_payload(void);

/* Calls `sleep` with the payload on the caller's stack. */
void task_model_carry(void (*sleep)(void));

/* Sets the payload: calibrate's parameter is its payload. */
void task_model_set_payload(size_t bytes);

/* A zeroed record for an actor (see actor.h), behind those of the tasks, for a model whose records find each other by
   their places. Others need none. */
void *task_model_actor_record(uint32_t place);

/* The whole life of a task that blocks: counts in, sleeps in the kernel, counts out. */
void task_model_live(void);

/* Sleeps in the kernel until that moment of the monotonic clock. */
void task_model_sleep_until(uint64_t nanoseconds);

/* The monotonic clock, in nanoseconds. */
uint64_t task_model_now(void);

/* Notes why a task could not be started (the failed call and its error number) and returns false. */
bool task_model_refuse(const char *call, int error_number);

/* Waits until collect has answered an event: any line is an answer, and so is the end of its input, as collect is then
   gone. */
void task_model_await_answer(void);

/* Ends the run with the reason that task_model_refuse noted, where a started task cannot go on. */
_Noreturn void task_model_give_up(void);

#endif
