/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The truths that coverage simulates: how memory grows with the count, and how runs scatter about it. In bytes. */
#ifndef TASKWEIGHT_TESTS_ANALYZE_COVERAGE_DESIGN_H
#define TASKWEIGHT_TESTS_ANALYZE_COVERAGE_DESIGN_H

#include "analyze/recording.h"

#include <gsl/gsl_rng.h>

#define DESIGN_MAX_COUNTS 13
#define DESIGN_MAX_RUNS 20
#define DESIGN_LARGEST_COUNT 1e6

/* What limits are asked for. */
enum quantity {
    QUANTITY_OVERHEAD, /* the average slope of the mean from the smallest to the largest count */
    QUANTITY_BASELINE, /* the mean at 0 tasks */
    QUANTITY_COUNTS,   /* the means at the measured counts */
    QUANTITY_BETWEEN,  /* the means at the geometric middles between these */
    QUANTITY_RUN,      /* one more run at the measured counts */
    QUANTITY_RUN_50K,  /* ... at 50k tasks */
    QUANTITIES
};

/* Where the limits are not promised to hold, and why. */
struct exemption {
    unsigned quantities; /* bits by enum quantity */
    size_t most_runs;    /* with so many runs a count or fewer; 0: with any */
    size_t most_counts;  /* with so many counts or fewer; 0: with any */
    const char *reason;  /* NULL: no exemption */
};

#define DESIGN_MAX_EXEMPTIONS 4

struct design {
    const char *name;
    double (*typical)(double tasks); /* what a run takes without noise */
    bool is_line;
    /* The standard deviation of a run is sqrt(constant^2 + root^2 tasks + (share * typical)^2). */
    double constant, root, share;
    double tail;      /* above 0: noise is lognormal, with this standard deviation of the logarithm */
    double hiccups;   /* the share of runs that take 5 to 60 MiB more, which is no part of the truth */
    double modes;     /* the share of runs that take 2 MiB more, which is */
    double garbage;   /* a run takes up to this share more, uniformly */
    size_t last_runs; /* at the largest count there are only so many runs; 0: as many as elsewhere */
    double drift;     /* the correlation of a repetition's noise with the one before */
    struct exemption exemption[DESIGN_MAX_EXEMPTIONS];
};

extern const struct design designs[];
extern const size_t designs_count;

/* How many counts there are, and which, from 1 to 1M. */
struct design_counts {
    size_t counts;
    int64_t tasks[DESIGN_MAX_COUNTS];
};

enum { DESIGN_COUNTS_2, DESIGN_COUNTS_3, DESIGN_COUNTS_5, DESIGN_COUNTS_8, DESIGN_COUNTS_13, DESIGN_COUNTS };
extern const struct design_counts design_counts[DESIGN_COUNTS];

/* The design of that name, which there is. */
const struct design *design_find(const char *name);

/* The mean of runs with so many tasks, hiccups apart. */
double design_mean(const struct design *design, double tasks);

/* The standard deviation of such runs. */
double design_deviation(const struct design *design, double tasks);

/* A run by itself, without hiccups: outliers are not predicted. */
double design_draw_run(const struct design *design, gsl_rng *random, double tasks);

/* Appends `runs` runs at each of the counts to the recordings, whose `run` has room for them. What a run takes is
 * multiplied by `factor`, then `added` bytes come on top. */
struct design_sample {
    const struct design *design;
    const struct design_counts *counts;
    size_t runs;
    const char *host, *model;
    double factor, added;
};
void design_draw(const struct design_sample *sample, gsl_rng *random, struct recordings *recordings);

/* How many runs there are at the largest count, and so how many promise anything. */
size_t design_last_runs(const struct design *design, size_t runs);

/* Of every design. */
extern const struct exemption design_two_counts;

/* Whether the quantity is not promised. */
bool design_is_exempt(const struct design *design, enum quantity quantity, size_t counts, size_t runs);

#endif
