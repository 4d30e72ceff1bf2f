/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run under way, as those share it who make it: measure.c starts it, listens and samples, timing.c makes the rows of
   events, ending.c finds the words for how it ends. */
#ifndef TASKWEIGHT_COLLECT_WATCH_H
#define TASKWEIGHT_COLLECT_WATCH_H

#include "collect/complaint.h"
#include "collect/cpu_clock.h"
#include "collect/event.h"
#include "collect/groups.h"
#include "collect/headroom.h"
#include "collect/launch.h"
#include "collect/measure.h"
#include "collect/timing.h"

#include <stdbool.h>
#include <stdint.h>

enum watch_stage { WATCH_STARTING, WATCH_IDLE, WATCH_SPAWN, WATCH_HOLD, WATCH_EXITING, WATCH_OVER };

#define WATCH_NEVER INT64_MAX

/* Times are microseconds of the monotonic clock. */
struct watch {
    const struct measure_request *request;
    struct measurement *result;
    struct launch launch;
    int process; /* pidfd: can be read once the model has ended */
    enum watch_stage stage;
    int64_t stage_began, go_at, hold_until, sample_at, guard_at, timeout_at, exit_until;
    int64_t started_us; /* go_at as Unix time */
    int64_t alive, available_before;
    struct run_groups groups;
    struct headroom_met met_before; /* by the groups around collect */
    int idle_samples_left;
    struct event_lines events, stderr_lines;
    struct complaint complaint; /* what it printed on stderr */
    struct timing timing;
};

int64_t watch_now_us(void);

void watch_begin(struct watch *watch, enum watch_stage stage);

/* Ends the run with that status and reason. The first to end it counts. */
__attribute__((format(printf, 3, 4))) void watch_finish(struct watch *watch, enum sample_status status,
                                                        const char *format, ...);

/* A command does not speak the contract: it is measured from start to exit. */
bool watch_is_of_command(const struct watch *watch);

/* Where time is measured, no sample is taken between the go and the end. */
bool watch_is_timed(const struct watch *watch);

/* The model is told whole milliseconds, and is judged by the same. */
int64_t watch_sleep_milliseconds(const struct measure_request *request);

#endif
