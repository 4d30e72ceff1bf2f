/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recordings with a known truth. */
#ifndef TASKWEIGHT_TESTS_ANALYZE_SIMULATION_H
#define TASKWEIGHT_TESTS_ANALYZE_SIMULATION_H

#include "analyze/fit.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>

#define SIMULATION_BASELINE 2.5e6 /* bytes */
#define SIMULATION_OVERHEAD 2000. /* bytes per task */
#define SIMULATION_PAGE 4096.     /* bytes */
#define SIMULATION_MAX_RUNS 30

/* The standard deviation of a run is sqrt(constant^2 + (proportional * SIMULATION_OVERHEAD * tasks)^2). */
struct simulation {
    double constant;     /* bytes */
    double proportional; /* a share */
    double hiccups;      /* the share of the runs that take 5 to 60 MiB more */
    double lighter;      /* bytes that the baseline is below SIMULATION_BASELINE */
    double heavier;      /* bytes per task that the overhead is above SIMULATION_OVERHEAD */
    double bend;         /* bytes per task that the line lacks at the largest count: 0 where it holds */
    size_t runs;         /* at each of the counts 1, 10k, 100k and 1M */
};

static inline double simulation_draw_value(const struct simulation *simulation, gsl_rng *random, double tasks)
{
    double proportional = simulation->proportional * SIMULATION_OVERHEAD * tasks;
    double value = SIMULATION_BASELINE - simulation->lighter + (SIMULATION_OVERHEAD + simulation->heavier) * tasks;

    value += gsl_ran_gaussian(random, hypot(simulation->constant, proportional));
    if (tasks >= 1e6)
        value += simulation->bend * tasks;
    if (gsl_rng_uniform(random) < simulation->hiccups)
        value += gsl_ran_flat(random, 5, 60) * 0x1p20;
    return SIMULATION_PAGE * round(value / SIMULATION_PAGE);
}

/* Draws a recording, in whole pages. `run` has room for 4 times simulation->runs runs, and goes into the result. */
static inline struct recordings simulation_draw(const struct simulation *simulation, gsl_rng *random, struct run *run)
{
    static const int64_t tasks[] = {1, 10000, 100000, 1000000};
    struct recordings recordings = {.run = run};

    for (size_t k = 0; k < sizeof tasks / sizeof *tasks; k++)
        for (size_t i = 0; i < simulation->runs; i++) {
            struct run one = {.host = "host",
                              .model = "model",
                              .family = "thread",
                              .reason = "",
                              .tasks = tasks[k],
                              .number = (int64_t)i + 1,
                              .page_bytes = SIMULATION_PAGE,
                              .status = SAMPLE_OK};

            one.value[METRIC_PEAK] = simulation_draw_value(simulation, random, (double)tasks[k]);
            one.value[METRIC_IDLE] = SIMULATION_BASELINE;
            run[recordings.runs++] = one;
        }
    return recordings;
}

/* Draws a recording of at most SIMULATION_MAX_RUNS runs a count and fits it. */
static inline struct fit simulation_fit(const struct simulation *simulation, gsl_rng *random, enum fit_method method,
                                        double confidence)
{
    const struct series_selection selection = {.metric = METRIC_PEAK, .confidence = confidence};
    struct run run[4 * SIMULATION_MAX_RUNS];
    struct recordings recordings = simulation_draw(simulation, random, run);
    struct series_list list;
    struct error error;
    struct fit fit;

    if (series_list_new(&list, &recordings, &selection, &error) != 0)
        abort();
    fit = fit_series(&list.series[0], method, confidence);
    series_list_free(&list);
    return fit;
}

#endif
