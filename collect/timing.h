/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of a run whose work is measured in time: one at each event, with what the clocks said when it was read. */
#ifndef TASKWEIGHT_COLLECT_TIMING_H
#define TASKWEIGHT_COLLECT_TIMING_H

#include "collect/cpu_clock.h"
#include "collect/error.h"
#include "collect/event.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct watch;

/* The events that have a row with processor time. */
enum timing_mark { TIMING_GO, TIMING_READY, TIMING_PASSED, TIMING_DONE, TIMING_MARKS };

/* Zeroed before the launch. */
struct timing {
    struct cpu_clock clock;
    struct cpu_clock_reading heard; /* at once when the model's last output was read */
    struct {
        bool is_made;
        size_t row; /* its index among the samples */
        struct cpu_clock_reading reading;
    } mark[TIMING_MARKS];
    bool had_several; /* processes, when all tasks were alive */
    size_t buckets;   /* of the histogram so far */
    int64_t last_late_ns;
};

/* To be called once the model was launched. A run of sleepers has no clock of processor time. */
void timing_open(struct watch *watch);

/* The last idle row is that of the go, which was made at that reading. */
void timing_go(struct watch *watch, const struct cpu_clock_reading *reading);

/* Whether the model waits for an answer when it is ready and when it has passed, so that nothing runs while the clocks
   are read. The row of ready is the moment of the answer. */
bool timing_is_answered(const struct watch *watch);

/* These add the event's row; -1 and an error if memory runs out. What the model may not say ends the run. */
int timing_ready(struct watch *watch, struct error *error);
int timing_late(struct watch *watch, const struct event *event, const char *line, struct error *error);
int timing_passed(struct watch *watch, const struct event *event, const char *line, struct error *error);

/* The row has a cheap sample, too, which is taken here. */
int timing_done(struct watch *watch, struct error *error);

/* Ends the run as short if its messages were not passed while all tasks slept. */
void timing_judge(struct watch *watch);

/* What is awaited once all tasks are alive: "done", "late or done" or "passed". */
const char *timing_awaited(const struct watch *watch);

/* Fills the processor time of the rows, which ends with that of the end. All are by one clock: the process's, or, where
   there were several processes, the group's. Without either they are unknown, and the measurement says so. */
void timing_settle(struct watch *watch);

#endif
