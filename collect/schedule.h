/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which run comes next, by the plan and by what the runs made so far have shown. It knows no clock and no file: the
   same results give the same runs, so that a recording can be followed to where it ends and gone on with. */
#ifndef TASKWEIGHT_COLLECT_SCHEDULE_H
#define TASKWEIGHT_COLLECT_SCHEDULE_H

#include "collect/error.h"
#include "collect/plan.h"
#include "collect/sample.h"
#include "collect/setup.h"

#include <gsl/gsl_rstat.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the runs of one model at one work and count have shown. */
struct schedule_cell {
    struct planned_run run;     /* of it; the number does not matter */
    size_t ok, not_ok;          /* runs made */
    gsl_rstat_workspace *value; /* of those that are ok, what is to be known precisely: of sleep the peak in bytes, of
                                   time and pass the processor time in nanoseconds, of beat nothing */
    double seconds;             /* that all its runs took together, from the go */
    int64_t started; /* the fewest tasks that a failed run started before it failed; SAMPLE_UNKNOWN if none told */
    bool is_retry;   /* not of the plan: a model that failed is measured at what it reached */
};

#define SCHEDULE_MOST_RETRIES 3

struct schedule {
    const struct plan *plan;           /* borrowed */
    const struct setup *setup;         /* borrowed */
    struct planned_run *run;           /* those made, and behind them those that come next */
    size_t done, runs;                 /* runs made, and runs in all that are known to be made */
    int64_t repetition;                /* of the plan: the last from which runs were taken */
    size_t retries;                    /* times that runs were added since models had failed */
    size_t retries_begin, retries_end; /* of the last of these among the runs */
    struct plan retry[SCHEDULE_MOST_RETRIES];
    struct schedule_cell *cell;
    size_t cells;
};

/* The schedule of that plan of that setup. Returns -1 and an error if memory runs out. Free it in either case. */
int schedule_new(struct schedule *schedule, const struct plan *plan, const struct setup *setup, struct error *error);

/* Takes *run to the next run, valid until the next call, or to NULL if the sweep is over. Returns -1 and an error if
   memory runs out.

   First come all repetitions of the plan; of an adaptive setup the equal runs (setup.h). Then each model that failed at
   a count, and told how many tasks it had started, is run at the largest round count (1, 2, 3 or 5 times a power of
   ten) that all its runs of that work reached, if that is more than what it did well and not of the plan; if it fails
   there, too, at the next smaller one, and once more. The further repetitions of an adaptive setup have, in the plan's
   order, only cells that are not precise yet and have not given too many runs in vain; with a time that ends the sweep,
   of these the half whose intervals are widest when the repetition begins. */
int schedule_next(struct schedule *schedule, const struct planned_run **run, struct error *error);

/* Notes that the next run was made, by its end row. */
void schedule_note(struct schedule *schedule, const struct sample *end);

/* Whether the next run is one of those that were added last since models had failed. Then "20 more runs at ..." in
 *text, which the caller frees, says which these are and why. False, without a text, also if memory runs out. */
bool schedule_tells_of_retries(const struct schedule *schedule, char **text);

/* About how many runs there are still to make, by the intervals so far; without until, those that are known. */
double schedule_runs_left(const struct schedule *schedule);

/* Seconds that a run of the next one's cell has taken on average, from the go; 0 if there was none. */
double schedule_seconds_of_next(const struct schedule *schedule);

/* Cells that are not as precise as asked for. */
struct schedule_wide {
    size_t wide, cells;                 /* of that many */
    const struct schedule_cell *widest; /* NULL if none is wide */
};

struct schedule_wide schedule_find_wide(const struct schedule *schedule);

/* "3 of 12 cells are not within ±1.0 %: null with 10k tasks (±3.2 % after 50 runs), ..." names the widest few; the
   caller frees it. NULL if there are none, or memory runs out. */
char *schedule_tell_wide(const struct schedule *schedule);

/* How many cells have fewer than two runs. */
size_t schedule_count_scarce(const struct schedule *schedule);

void schedule_free(struct schedule *schedule);

#endif
