/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analyze/trace.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- one run ------------------------------------------------------------------------------------------------------ */

static struct trace_point larger(struct trace_point a, struct trace_point b)
{
    return b.bytes > a.bytes ? b : a;
}

static void halve(struct tracing *tracing)
{
    for (size_t i = 0; i < TRACE_POINTS / 2; i++)
        tracing->point[i] = larger(tracing->point[2 * i], tracing->point[2 * i + 1]);
    tracing->points = TRACE_POINTS / 2;
    tracing->stride *= 2;
}

static void add_point(struct tracing *tracing, struct trace_point point)
{
    if (tracing->taken > 0) {
        tracing->point[tracing->points - 1] = larger(tracing->point[tracing->points - 1], point);
    } else {
        if (tracing->points == TRACE_POINTS)
            halve(tracing);
        tracing->point[tracing->points++] = point;
    }
    tracing->taken = (tracing->taken + 1) % tracing->stride;
}

static void note_begin(double *began, double seconds)
{
    if (isnan(*began))
        *began = seconds;
}

void trace_begin(struct tracing *tracing)
{
    tracing->hold = tracing->drain = tracing->end = NAN;
    tracing->points = tracing->taken = 0;
    tracing->stride = 1;
}

void trace_take(struct tracing *tracing, const struct sample *sample)
{
    double seconds = (double)sample->time_us * 1e-6;

    if (sample->time_us == SAMPLE_UNKNOWN)
        return;
    if (sample->phase == SAMPLE_HOLD)
        note_begin(&tracing->hold, seconds);
    else if (sample->phase == SAMPLE_DRAIN)
        note_begin(&tracing->drain, seconds);
    else if (sample->phase == SAMPLE_END)
        note_begin(&tracing->end, seconds);
    if (sample->phase != SAMPLE_END && sample->rss_bytes != SAMPLE_UNKNOWN)
        add_point(tracing, (struct trace_point){seconds, (double)sample->rss_bytes});
}

struct trace_run *trace_run_new(const struct tracing *tracing)
{
    size_t bytes = tracing->points * sizeof *tracing->point;
    struct trace_run *run = malloc(sizeof *run + bytes);

    if (!run)
        return NULL;
    *run = (struct trace_run){
        .hold = tracing->hold, .drain = tracing->drain, .end = tracing->end, .points = tracing->points};
    memcpy(run->point, tracing->point, bytes);
    return run;
}

void trace_run_free(struct trace_run *run)
{
    free(run);
}

/* --- of each series ----------------------------------------------------------------------------------------------- */

static size_t runs_of(const struct cell *cell)
{
    return cell->runs + cell->unknown + cell->failed;
}

/* The traces of a cell's runs. */
static int take_cell(struct trace *trace, const struct cell *cell, const struct run *const *run)
{
    trace->tasks = cell->tasks;
    trace->run = calloc(TRACE_RUNS, sizeof *trace->run);
    if (!trace->run)
        return -1;
    for (size_t i = 0; i < runs_of(cell); i++) {
        if (!run[i]->trace)
            continue;
        if (trace->runs < TRACE_RUNS)
            trace->run[trace->runs++] = run[i]->trace;
        else
            trace->left_out++;
    }
    return 0;
}

/* `run` begins with the runs of this series, cell by cell. Returns how many they are; SIZE_MAX where memory runs out.
 */
static size_t take_series(struct trace *trace, const struct series *series, const struct run *const *run)
{
    const struct cell *largest = NULL;
    size_t runs = 0, first = 0;

    for (size_t k = 0; k < series->cells; k++) {
        if (series->cell[k].runs > 0) {
            largest = &series->cell[k];
            first = runs;
        }
        runs += runs_of(&series->cell[k]);
    }
    return largest && take_cell(trace, largest, run + first) != 0 ? SIZE_MAX : runs;
}

struct trace *traces_new(const struct series_list *list)
{
    struct trace *trace = calloc(list->count + 1, sizeof *trace);
    const struct run *const *run = list->run;

    for (size_t i = 0; trace && i < list->count; i++) {
        size_t runs = take_series(&trace[i], &list->series[i], run);

        if (runs == SIZE_MAX) {
            traces_free(trace, list);
            return NULL;
        }
        run += runs;
    }
    return trace;
}

void traces_free(struct trace *trace, const struct series_list *list)
{
    for (size_t i = 0; trace && i < list->count; i++)
        free(trace[i].run);
    free(trace);
}
