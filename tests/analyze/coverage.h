/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of coverage. Each prints a table and returns how many of its figures break the promise. */
#ifndef TASKWEIGHT_TESTS_ANALYZE_COVERAGE_H
#define TASKWEIGHT_TESTS_ANALYZE_COVERAGE_H

#include "analyze/fit.h"
#include "analyze/table.h"
#include "tests/analyze/coverage_design.h"

#define COVERAGE_CONFIDENCE 0.95
#define COVERAGE_FEW_RUNS 10     /* fewer promise less: */
#define COVERAGE_PROMISE 0.93    /* of 95 % limits */
#define COVERAGE_PROMISE_FEW 0.9 /* with few runs */
#define COVERAGE_SEED 20240229

size_t coverage_curves(size_t rounds);   /* limits of one series, of every design */
size_t coverage_lines(size_t rounds);    /* the other methods, where a line holds */
size_t coverage_made_of(size_t rounds);  /* ratios, crossovers, capacity */
size_t coverage_times(size_t rounds);    /* ratios of times */
size_t coverage_verdicts(size_t rounds); /* of many models, and of the gate */
size_t coverage_pools(size_t rounds);    /* of hosts that differ */
size_t coverage_stopping(size_t rounds); /* once the limits are narrow enough */

/* One series and its fit. */
struct study {
    struct run run[DESIGN_MAX_COUNTS * DESIGN_MAX_RUNS];
    struct recordings recordings;
    struct series_list list;
    struct fit fit;
};

/* The series; ends the program where memory runs out. */
struct series_list coverage_series(const struct recordings *recordings, const struct series_selection *selection);

/* Draws a study and fits it; ends the program where memory runs out. */
void study_new(struct study *study, const struct design_sample *sample, gsl_rng *random, enum fit_method method);
void study_free(struct study *study);

/* How often something was so. */
struct tally {
    size_t yes, tried;
};

void tally_add(struct tally *tally, bool yes);

/* Whether the limits hold the truth. One that is infinite or NaN holds all. */
void tally_add_limits(struct tally *tally, double low, double high, double truth);

double tally_share(const struct tally *tally);

/* Whether the share is below (above) a promise by more than so many of its own standard errors. */
bool tally_is_below(const struct tally *tally, double promise, double errors);
bool tally_is_above(const struct tally *tally, double promise, double errors);

/* What 95 % limits promise with so many runs a count; of verdicts at 5 % no more than the rest may be false. */
double coverage_promise(size_t runs);

/* The table; ends the program where it cannot be built. */
struct table coverage_table(table_build *build, const struct table_request *request);

/* Whether P, adjusted by Holm's method, proves anything in some row. */
bool coverage_table_proves(const struct table *table);

/* A generator with its own seed, so that each row of a table is the same whatever else is simulated. */
gsl_rng *coverage_random(void);

#endif
