/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tasks of a run do, as --work names it. A metric belongs to one kind of work. */
#ifndef TASKWEIGHT_COLLECT_WORK_H
#define TASKWEIGHT_COLLECT_WORK_H

#include "collect/error.h"

#include <stdbool.h>
#include <stdint.h>

/* WORK(upper, name, form): the form is how --work is written. */
/* clang-format off */
#define WORKS(WORK)                                                                                 \
    WORK(SLEEP, sleep, "sleep")               /* all tasks sleep, and their memory is sampled */    \
    WORK(TIME, time, "time")                  /* the same to the model, but no sample disturbs it */ \
    WORK(BEAT, beat, "beat:PROBES:PERIOD")    /* PROBES further tasks wake every PERIOD */          \
    WORK(PASS, pass, "pass:RING:MESSAGES")    /* RING further tasks hand MESSAGES round */
/* clang-format on */

#define WORK_ENUMERATOR(upper, name, form) WORK_##upper,
enum work_kind { WORKS(WORK_ENUMERATOR) WORK_KINDS };
#undef WORK_ENUMERATOR

extern const char *const work_names[WORK_KINDS];

struct work {
    enum work_kind kind;
    int64_t actors;             /* PROBES or RING; else 0 */
    int64_t period_nanoseconds; /* of beats; else 0 */
    int64_t messages;           /* to be passed in all; else 0 */
};

/* Enough for every text that the functions below write. */
#define WORK_TEXT_SIZE 64

/* "sleep", "time", "beat", "beat:10:10ms", "pass", "pass:2:200k". Bare beat and pass have the default numbers, which
   are these. PERIOD is a time of at least the monotonic clock's resolution, RING at least 2, the others at least 1.
   Returns -1 and an error that names a bad text and its form. */
int work_parse(const char *text, struct work *work, struct error *error);

/* As a recording has it, so that one work has one name: "beat:10:10ms", "pass:2:200000", "time", and "" for sleep.
   Returns text. */
const char *work_format(char text[WORK_TEXT_SIZE], const struct work *work);

/* As a model is told it: "beat:10:0.010000000" with the period in seconds, "pass:2:200000"; "" where it is told
   nothing, since the work is sleep to it. Returns text. */
const char *work_argument(char text[WORK_TEXT_SIZE], const struct work *work);

/* The kind that a recording's text (see work_format) begins with, in *kind; false if it is of none that this version
   knows. */
bool work_kind_of(const char *text, enum work_kind *kind);

bool work_equals(const struct work *a, const struct work *b);

/* Whether further tasks act beside the sleepers, of which there may then be none. */
bool work_has_actors(enum work_kind kind);

#endif
