/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The values of a run: one for each metric, from all its samples. */
#include "analyze/run.h"

#include "analyze/samples.h"
#include "analyze/trace.h"
#include "collect/array.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/* What one metric needs of the samples so far; the next run reuses the memory. */
struct values {
    double largest;
    double *value; /* for the median */
    size_t count, capacity;
};

struct gathering {
    struct run_list *list;
    bool in_run; /* its end row has not come yet */
    bool is_spoiled;
    struct run run; /* under way */
    struct values values[METRIC_COUNT];
    struct tracing tracing;
};

/* --- values ------------------------------------------------------------------------------------------------------- */

static bool values_add(struct values *values, double value)
{
    if (values->count == values->capacity) {
        size_t capacity = values->capacity ? 2 * values->capacity : 64;
        double *more = realloc(values->value, capacity * sizeof *more);

        if (!more)
            return false;
        values->value = more;
        values->capacity = capacity;
    }
    values->value[values->count++] = value;
    return true;
}

/* How each reduction takes a sample's value, and its result. */
#define TAKE_LARGEST(values, number, phase, metric_phase) ((values)->largest = fmax((values)->largest, (number)), true)
#define TAKE_MEDIAN(values, number, phase, metric_phase) ((phase) != (metric_phase) || values_add((values), (number)))

#define REDUCE_LARGEST(values) (values)->largest
#define REDUCE_MEDIAN(values) ((values)->count ? gsl_stats_median((values)->value, 1, (values)->count) : NAN)

static bool take_values(struct values *values, const struct sample *sample)
{
    double number;

#define TAKE_VALUE(upper, name, description, noun, unit, resolution, facts, sampled, reduction, metric_phase)          \
    number = (sampled);                                                                                                \
    if (!isnan(number) && !TAKE_##reduction(&values[METRIC_##upper], number, sample->phase, metric_phase))             \
        return false;
    METRICS(TAKE_VALUE)
    return true;
}

static void reduce_values(struct values *values, struct run *run)
{
#define REDUCE_VALUES(upper, name, description, noun, unit, resolution, facts, sampled, reduction, phase)              \
    run->value[METRIC_##upper] = REDUCE_##reduction(&values[METRIC_##upper]);
    METRICS(REDUCE_VALUES)
}

static void forget_values(struct values *values)
{
    for (size_t metric = 0; metric < METRIC_COUNT; metric++) {
        values[metric].largest = NAN;
        values[metric].count = 0;
    }
}

/* --- runs --------------------------------------------------------------------------------------------------------- */

/* Equal interned texts are the same pointer. */
static bool is_of_run(const struct run *run, const struct sample *sample)
{
    return run->tasks == sample->tasks && run->number == sample->run && run->model == sample->model &&
           run->host == sample->host;
}

static void begin_run(struct gathering *gathering, const struct sample *sample)
{
    gathering->run = (struct run){
        .host = sample->host,
        .model = sample->model,
        .family = sample->family,
        .tasks = sample->tasks,
        .number = sample->run,
    };
    forget_values(gathering->values);
    trace_begin(&gathering->tracing);
    gathering->in_run = true;
}

static bool append_run(struct run_list *list, const struct run *run)
{
    struct run *more = array_grow(list->run, list->runs, sizeof *more);

    if (!more)
        return false;
    list->run = more;
    list->run[list->runs++] = *run;
    return true;
}

/* Adds the trace of an ok run that was sampled, if asked for. Returns false where memory runs out. */
static bool add_trace(struct run *run, const struct gathering *gathering)
{
    if (!gathering->list->keeps_traces || run->status != SAMPLE_OK || gathering->tracing.points == 0)
        return true;
    run->trace = trace_run_new(&gathering->tracing);
    return run->trace;
}

/* Ends the run under way: complete, spoiled or interrupted. */
static bool end_run(struct gathering *gathering, const struct sample *end)
{
    struct run_list *list = gathering->list;
    bool is_spoiled = gathering->is_spoiled;

    gathering->in_run = gathering->is_spoiled = false;
    if (is_spoiled)
        list->spoiled++;
    else if (!end)
        list->interrupted++;
    if (is_spoiled || !end)
        return true;
    gathering->run.status = end->status;
    gathering->run.reason = end->reason;
    reduce_values(gathering->values, &gathering->run);
    return append_run(list, &gathering->run) && add_trace(&list->run[list->runs - 1], gathering);
}

static int take_sample(void *context, const struct sample *sample)
{
    struct gathering *gathering = context;

    if (!sample) {
        gathering->is_spoiled = true;
        return 0;
    }
    if (sample->phase == SAMPLE_OTHER_PHASE) {
        gathering->list->passed_over++;
        return 0;
    }
    if (gathering->in_run && !is_of_run(&gathering->run, sample) && !end_run(gathering, NULL))
        return -1;
    if (!gathering->in_run)
        begin_run(gathering, sample);
    if (!take_values(gathering->values, sample))
        return -1;
    if (gathering->list->keeps_traces)
        trace_take(&gathering->tracing, sample);
    return sample->phase != SAMPLE_END || end_run(gathering, sample) ? 0 : -1;
}

int run_list_read(struct run_list *list, const char *path, struct rows_span span, struct error *error)
{
    struct gathering gathering = {.list = list};
    int result = samples_read(path, span, &list->texts, take_sample, &gathering, error);

    if (gathering.in_run || gathering.is_spoiled)
        end_run(&gathering, NULL);
    for (size_t metric = 0; metric < METRIC_COUNT; metric++)
        free(gathering.values[metric].value);
    return result;
}

void run_list_free(struct run_list *list)
{
    free(list->run);
    list->run = NULL;
    list->runs = 0;
}
