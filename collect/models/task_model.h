/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a task model in C is made of. Its file defines `task_model` at its end, and this runtime does the rest: it
   speaks the contract with collect (idle, ready, done, failed on stdout; a line on stdin answers) and counts the tasks.

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

struct task_model {
    const char *family;      /* thread, process, fiber, async, callback, kernel, actor */
    const char *summary;     /* one line: what a task is here */
    const char *version;     /* the library it is built with, such as "libuv 1.44.2"; NULL: the C library */
    const char *unavailable; /* what is missing in this build and where to get it; NULL: nothing is */
    size_t record_size;      /* bytes of zeroed memory each task is given; 0: it needs none */
    bool has_stack;          /* a task has one: it carries the payload there, by task_model_carry */

    /* Optional: takes the parameter that stands behind the colon of a name such as fiber:16k. False: it is none. What
       stands behind a plus, as in fiber:16k+512, is the payload, which the runtime takes. */
    bool (*configure)(const char *parameter);

    /* In this order; all but start are optional. One that is refused something returns false by task_model_refuse. */
    bool (*open)(void);          /* brings the runtime up; no task exists yet */
    bool (*start)(void *record); /* starts one task, which counts itself in and out */
    void (*yield)(void);         /* lets started tasks run; called until every one has counted itself in */
    void (*run)(void);           /* runs the tasks until every one has ended */
    void (*join)(void *record);  /* joins one task; called for each in the order of starting */
};

extern const struct task_model task_model;

/* Called by each task, from whatever thread or process it runs in: as its first and as its last act. */
void task_model_task_started(void);
void task_model_task_finished(void);

/* How long each task sleeps, relative to its own start. */
uint64_t task_model_nanoseconds(void);

/* The same in whole milliseconds for timers that know no finer unit. It is rounded up, and one is added because such a
   timer's clock may have ticked just before the start: no task may end early. */
uint64_t task_model_milliseconds(void);

/* Bytes of live state that each task is to keep of its own across its sleep, so that a realistic task can be weighed; 0
   if none. The runtime keeps them beside the records; a task with a stack has them there while it sleeps, and a model
   that chooses its stacks' size makes room for them. */
size_t task_model_payload(void);

/* Calls `sleep` with the payload on the caller's stack. */
void task_model_carry(void (*sleep)(void));

/* Makes that the payload: for calibrate, whose parameter is one. */
void task_model_set_payload(size_t bytes);

/* The whole life of a task that blocks: counts in, sleeps in the kernel, counts out. */
void task_model_live(void);

/* Sleeps in the kernel until that moment of the monotonic clock. */
void task_model_sleep_until(uint64_t nanoseconds);

/* The monotonic clock, in nanoseconds. */
uint64_t task_model_now(void);

/* Notes why a task could not be started (the call and its error number) and returns false. */
bool task_model_refuse(const char *call, int error_number);

#endif
