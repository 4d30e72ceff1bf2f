/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Actors: the tasks that a work has beside those that sleep. The probes of `beat` wake on a plan and note how late they
   were; the ring of `pass` hands a token round.

   A model's actor is a task of its runtime like any other, and either blocks and runs actor_live, or is called back and
   asks actor_beat or actor_pass what to do next. Without a work no code of this file runs.

   To let a model act, write a struct actor_model for it and name it in its descriptor, as the model does that is most
   like it: posix_thread.c (tasks that block), fork.c (processes), fiber.c (a scheduler of its own) or libevent.c (tasks
   that are called back). Probes sleep as the model's tasks do, the ring hands over by what users of the runtime would
   take, and what tasks that sleep weigh does not change: an actor keeps what it needs in memory of its own. */
#ifndef TASKWEIGHT_MODELS_ACTOR_H
#define TASKWEIGHT_MODELS_ACTOR_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct actor {
    void *handle;         /* the model's own; NULL at first */
    struct actor *next;   /* in the ring */
    struct actor *queued; /* the next one in a run queue (run_queue.h) */
    uint64_t due;   /* of a probe: the planned moment that it sleeps for, in ns of the monotonic clock; 0: none yet */
    uint32_t place; /* among the actors, in the order of starting */
};

/* What a model does for its actors: `actors` of its descriptor. */
struct actor_model {
    const char *hand_off;               /* by what the token is handed over, in words; NULL: the model cannot pass */
    bool beats;                         /* the model can beat */
    bool (*start)(struct actor *actor); /* starts the actor; on failure returns task_model_refuse(...) */
    void (*post)(struct actor *actor);  /* hands the token to the actor, from any task or from none */
    void (*join)(struct actor *actor);  /* optional: called for each, in the order of starting, after run */
    /* Of models whose tasks block, called by the actor itself: */
    void (*sleep_until)(uint64_t nanoseconds); /* of the monotonic clock */
    void (*await)(struct actor *actor);        /* waits until the token was handed to it */
};

enum actor_work { ACTOR_SLEEP, ACTOR_BEAT, ACTOR_PASS };

/* The work of this run, for a model that opens what only one of them needs. */
enum actor_work actor_work(void);

/* How many there are; 0 without a work. */
uint32_t actor_count(void);

/* The actor of that place. */
struct actor *actor_at(uint32_t place);

/* An actor's first call: it counts itself in. */
void actor_started(void);

/* The whole life of an actor that blocks, actor_started included. */
void actor_live(struct actor *actor);

/* Called by a probe when it has started and whenever it has woken: notes how late it woke, also for each moment of its
   plan that it missed. Returns the moment until which to sleep next, in nanoseconds of the monotonic clock; 0 if its
   plan is over. */
uint64_t actor_beat(struct actor *actor);

/* How long it is until that moment, in units of so many nanoseconds, rounded up; 0 once it has come. For runtimes that
   only sleep relative to now. */
uint64_t actor_remaining(uint64_t moment, uint64_t unit);

/* Called by the actor that was handed the token: counts it and hands it on by the model's post. Returns whether the
   actor waits for it again. */
bool actor_pass(struct actor *actor);

/* --- for task_model.c --------------------------------------------------------------------------------------------- */

/* Reads "beat:PROBES:SECONDS" or "pass:RING:MESSAGES"; false if it is no work or not one of the model's. */
bool actor_configure(const char *work, const struct actor_model *model);

/* Starts all, `yield` (or NULL) letting them run until every one has counted itself in. The plan of probes ends
   `sleep_nanoseconds` after `first_started`, when the first sleeper was started; 0: there is none. Returns false after
   a refusal. */
bool actor_start_all(uint64_t first_started, uint64_t sleep_nanoseconds, void (*yield)(void));

/* Hands the token to the first of the ring, once collect has read the clocks. */
void actor_begin(void);

void actor_join_all(void);

/* Writes the histogram of lateness of a work that has one. */
void actor_tell(FILE *stream);

#endif
