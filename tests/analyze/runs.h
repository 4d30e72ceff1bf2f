/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs made by hand. Include after cmocka.h. */
#ifndef TASKWEIGHT_TESTS_ANALYZE_RUNS_H
#define TASKWEIGHT_TESTS_ANALYZE_RUNS_H

#include "analyze/series.h"

#include <math.h>

#define RUNS_PAGE 4096.

/* An ok run, on a machine with pages of RUNS_PAGE, of the model "model" on "host" with that peak in bytes, and no other
 * figure. */
static inline struct run runs_one(int64_t tasks, double peak)
{
    struct run run = {.host = "host",
                      .model = "model",
                      .family = "thread",
                      .work = "sleep",
                      .reason = "",
                      .tasks = tasks,
                      .number = 1};

    run.page_bytes = RUNS_PAGE;
    run.started = NAN;
    run.status = SAMPLE_OK;
    for (size_t metric = 0; metric < METRIC_COUNT; metric++)
        run.value[metric] = NAN;
    run.value[METRIC_PEAK] = peak;
    return run;
}

static inline struct run runs_failed(int64_t tasks, const char *reason)
{
    struct run run = runs_one(tasks, NAN);

    run.status = SAMPLE_FAILED;
    run.reason = reason;
    return run;
}

/* Their peaks as series, with 95 % limits. */
static inline struct series_list runs_gather(struct run *run, size_t count)
{
    const struct recordings recordings = {.run = run, .runs = count};
    const struct series_selection selection = {.metric = METRIC_PEAK, .confidence = 0.95};
    struct series_list list;
    struct error error;

    assert_int_equal(series_list_new(&list, &recordings, &selection, &error), 0);
    return list;
}

#define assert_close(actual, expected, relative)                                                                       \
    assert_true(fabs((actual) - (expected)) <= (relative)*fabs((double)(expected)))

#endif
