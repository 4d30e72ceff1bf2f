/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For any recording: values of runs are finite or unknown, a fault is an error of one line, a good recording has the
   same runs in one part and in many, and limits of estimates enclose them. */
#include "analyze/fit.h"
#include "analyze/recording.h"
#include "analyze/run.h"
#include "analyze/trace.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PARTS 5

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_runs(const struct recordings *recordings)
{
    for (size_t i = 0; i < recordings->runs; i++) {
        const struct run *run = &recordings->run[i];

        if (!*run->host || !*run->model || run->tasks < (work_has_actors(run->kind) ? 0 : 1) || run->number < 1 ||
            run->status == SAMPLE_NO_STATUS)
            abort();
        for (size_t metric = 0; metric < METRIC_COUNT; metric++)
            if (isinf(run->value[metric]))
                abort();
    }
}

static void check_estimate(struct estimate estimate)
{
    if (isfinite(estimate.low) && !(estimate.low <= estimate.value && estimate.value <= estimate.high))
        abort();
}

/* A trace is of an ok run that its cell has. */
static void check_traces(const struct series_list *list)
{
    struct trace *trace = traces_new(list);

    if (!trace)
        abort();
    for (size_t i = 0; i < list->count; i++) {
        const struct series *series = &list->series[i];

        for (size_t k = 0; k < series->cells; k++)
            if (series->cell[k].tasks == trace[i].tasks &&
                trace[i].runs + trace[i].left_out > series->cell[k].runs + series->cell[k].unknown)
                abort();
        for (size_t k = 0; k < trace[i].runs; k++)
            if (trace[i].run[k]->points < 1 || trace[i].run[k]->points > TRACE_POINTS)
                abort();
    }
    traces_free(trace, list);
}

static void check_fits(const struct recordings *recordings)
{
    const struct series_selection selection = {.metric = METRIC_PEAK, .confidence = 0.95};
    struct series_list list;
    struct error error;

    if (series_list_new(&list, recordings, &selection, &error) != 0)
        abort();
    for (size_t i = 0; i < list.count; i++)
        for (int method = 0; method < FIT_METHOD_COUNT; method++) {
            struct fit fit = fit_series(&list.series[i], (enum fit_method)method, 0.95);

            check_estimate(fit.baseline);
            check_estimate(fit.overhead);
        }
    check_traces(&list);
    series_list_free(&list);
}

/* How many runs the file has when it is read in parts. */
static size_t count_in_parts(const char *path)
{
    struct rows_span span[PARTS];
    size_t spans = rows_cut(path, span, PARTS, 1), runs = 0;

    for (size_t i = 0; i < spans; i++) {
        struct run_list list = {0};
        struct error error;

        if (run_list_read(&list, path, span[i], &error) != 0)
            abort();
        runs += list.runs;
        run_list_free(&list);
        texts_free(&list.texts);
    }
    return runs;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int file = memfd_create("recording", MFD_CLOEXEC);
    char path[32];
    struct recordings recordings = {.keeps_traces = true};
    struct recording_file one;

    gsl_set_error_handler_off();
    if (file < 0 || write(file, data, size) != (ssize_t)size)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    one = (struct recording_file){.path = path};
    if (recordings_read_files(&recordings, &one, 1) != 0 && (!*one.error.text || strchr(one.error.text, '\n')))
        abort();
    check_runs(&recordings);
    check_fits(&recordings);
    if (one.result == 0 && count_in_parts(path) != recordings.runs + one.repeated)
        abort();
    recordings_free(&recordings);
    close(file);
    return 0;
}
