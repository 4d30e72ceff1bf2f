/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The values of a run: one for each metric, from all its samples. */
#include "analyze/run.h"

#include "analyze/lateness.h"
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
    double before, last; /* of the phase that begins a span, and of the metric's own */
    int64_t messages;    /* that the last one tells of */
    double *value;       /* of which the median or the least is asked for */
    size_t count, capacity;
    struct lateness lateness;
};

struct gathering {
    struct run_list *list;
    bool in_run; /* its end row has not come yet */
    bool is_spoiled;
    bool is_of_other_work; /* one that this version does not know */
    struct run run;        /* under way */
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

static bool take_last(struct values *values, double number, const struct sample *sample, enum sample_phase phase)
{
    if (sample->phase == phase) {
        values->last = number;
        values->messages = sample->count;
    } else {
        values->before = number;
    }
    return true;
}

static double median(struct values *values)
{
    return values->count > 0 ? gsl_stats_median(values->value, 1, values->count) : NAN;
}

static double least(const struct values *values)
{
    return values->count > 0 ? gsl_stats_min(values->value, 1, values->count) : NAN;
}

/* Nothing is known for each of no messages. */
static double a_message(const struct values *values)
{
    return values->messages > 0 ? (values->last - values->before) / (double)values->messages : NAN;
}

/* Of each reduction: whether it wants samples of a phase, how it takes one's value, and its result. */
#define WANTS_LARGEST(phase, metric_phase) true
#define WANTS_MEDIAN(phase, metric_phase) ((phase) == (metric_phase))
#define WANTS_AGE(phase, metric_phase) ((phase) == (metric_phase))
#define WANTS_LAST(phase, metric_phase) ((phase) == (metric_phase))
#define WANTS_SINCE_IDLE(phase, metric_phase) ((phase) == (metric_phase) || (phase) == SAMPLE_IDLE)
#define WANTS_SINCE_HOLD(phase, metric_phase) ((phase) == (metric_phase) || (phase) == SAMPLE_HOLD)
#define WANTS_A_MESSAGE(phase, metric_phase) WANTS_SINCE_HOLD(phase, metric_phase)
#define WANTS_LATE_P50(phase, metric_phase) ((phase) == (metric_phase))
#define WANTS_LATE_P90(phase, metric_phase) ((phase) == (metric_phase))
#define WANTS_LATE_P99(phase, metric_phase) ((phase) == (metric_phase))
#define WANTS_LATE_MAX(phase, metric_phase) ((phase) == (metric_phase))

#define TAKE_LARGEST(values, number, sample, phase) ((values)->largest = fmax((values)->largest, (number)), true)
#define TAKE_MEDIAN(values, number, sample, phase) values_add(values, number)
#define TAKE_AGE(values, number, sample, phase) values_add(values, number)
#define TAKE_LAST(values, number, sample, phase) take_last(values, number, sample, phase)
#define TAKE_SINCE_IDLE(values, number, sample, phase) take_last(values, number, sample, phase)
#define TAKE_SINCE_HOLD(values, number, sample, phase) take_last(values, number, sample, phase)
#define TAKE_A_MESSAGE(values, number, sample, phase) take_last(values, number, sample, phase)
#define TAKE_BUCKET(values, sample) lateness_take(&(values)->lateness, (sample)->value_ns, (sample)->count)
#define TAKE_LATE_P50(values, number, sample, phase) TAKE_BUCKET(values, sample)
#define TAKE_LATE_P90(values, number, sample, phase) TAKE_BUCKET(values, sample)
#define TAKE_LATE_P99(values, number, sample, phase) TAKE_BUCKET(values, sample)
#define TAKE_LATE_MAX(values, number, sample, phase) TAKE_BUCKET(values, sample)

#define REDUCE_LARGEST(values) (values)->largest
#define REDUCE_MEDIAN(values) median(values)
#define REDUCE_AGE(values) (median(values) - least(values))
#define REDUCE_LAST(values) (values)->last
#define REDUCE_SINCE_IDLE(values) ((values)->last - (values)->before)
#define REDUCE_SINCE_HOLD(values) ((values)->last - (values)->before)
#define REDUCE_A_MESSAGE(values) a_message(values)
#define REDUCE_LATE_P50(values) lateness_quantile(&(values)->lateness, 50)
#define REDUCE_LATE_P90(values) lateness_quantile(&(values)->lateness, 90)
#define REDUCE_LATE_P99(values) lateness_quantile(&(values)->lateness, 99)
#define REDUCE_LATE_MAX(values) lateness_max(&(values)->lateness)

static bool take_values(struct values *values, const struct sample *sample)
{
    double number;

#define TAKE_VALUE(upper, name, description, noun, unit, resolution, facts, work, sampled, reduction, metric_phase)    \
    if (WANTS_##reduction(sample->phase, metric_phase)) {                                                              \
        number = (sampled);                                                                                            \
        if (!isnan(number) && !TAKE_##reduction(&values[METRIC_##upper], number, sample, metric_phase))                \
            return false;                                                                                              \
    }
    METRICS(TAKE_VALUE)
    return true;
}

static bool is_of_work(enum metric metric, enum work_kind kind)
{
    return metrics[metric].work == kind || (metrics[metric].knows_sleep && kind == WORK_SLEEP);
}

static void reduce_values(struct values *values, struct run *run)
{
#define REDUCE_VALUES(upper, name, description, noun, unit, resolution, facts, work, sampled, reduction, phase)        \
    run->value[METRIC_##upper] =                                                                                       \
        is_of_work(METRIC_##upper, run->kind) ? REDUCE_##reduction(&values[METRIC_##upper]) : NAN;
    METRICS(REDUCE_VALUES)
}

static void forget_values(struct values *values)
{
    for (size_t metric = 0; metric < METRIC_COUNT; metric++) {
        values[metric].largest = values[metric].before = values[metric].last = NAN;
        values[metric].count = 0;
        lateness_forget(&values[metric].lateness);
    }
}

static void free_values(struct values *values)
{
    for (size_t metric = 0; metric < METRIC_COUNT; metric++) {
        free(values[metric].value);
        lateness_free(&values[metric].lateness);
    }
}

/* --- runs --------------------------------------------------------------------------------------------------------- */

/* A recording may leave it empty where the tasks sleep. */
static const char *work_of(const struct sample *sample)
{
    return *sample->work ? sample->work : work_names[WORK_SLEEP];
}

/* Equal interned texts are the same pointer. */
static bool is_of_run(const struct run *run, const struct sample *sample)
{
    return run->tasks == sample->tasks && run->number == sample->run && run->model == sample->model &&
           run->host == sample->host && run->work == work_of(sample);
}

static void begin_run(struct gathering *gathering, const struct sample *sample)
{
    gathering->run = (struct run){
        .host = sample->host,
        .model = sample->model,
        .family = sample->family,
        .work = work_of(sample),
        .tasks = sample->tasks,
        .number = sample->run,
    };
    gathering->is_of_other_work = !work_kind_of(sample->work, &gathering->run.kind);
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
    else if (gathering->is_of_other_work)
        list->of_other_work++;
    if (is_spoiled || !end || gathering->is_of_other_work)
        return true;
    gathering->run.status = end->status;
    gathering->run.reason = end->reason;
    gathering->run.started = metric_value(end->started_us, 1e-6);
    reduce_values(gathering->values, &gathering->run);
    return append_run(list, &gathering->run) && add_trace(&list->run[list->runs - 1], gathering);
}

/* Begins the sample's run where that is another one than the run under way. Returns false where memory runs out. */
static bool go_to_run(struct gathering *gathering, const struct sample *sample)
{
    if (gathering->in_run && !is_of_run(&gathering->run, sample) && !end_run(gathering, NULL))
        return false;
    if (!gathering->in_run)
        begin_run(gathering, sample);
    return true;
}

/* A wrong row that does not say whose it is belongs to the run under way, or to the next. */
static bool take_wrong(struct gathering *gathering, const struct samples_row *row)
{
    if (row->names_run && !go_to_run(gathering, row->sample))
        return false;
    gathering->is_spoiled = true;
    return !row->ends_run || end_run(gathering, NULL);
}

static bool take_good(struct gathering *gathering, const struct sample *sample)
{
    if (!go_to_run(gathering, sample) || !take_values(gathering->values, sample))
        return false;
    if (gathering->list->keeps_traces)
        trace_take(&gathering->tracing, sample);
    return sample->phase != SAMPLE_END || end_run(gathering, sample);
}

static int take_row(void *context, const struct samples_row *row)
{
    struct gathering *gathering = context;

    if (row->is_wrong)
        return take_wrong(gathering, row) ? 0 : -1;
    if (row->sample->phase == SAMPLE_OTHER_PHASE) {
        gathering->list->passed_over++;
        return 0;
    }
    return take_good(gathering, row->sample) ? 0 : -1;
}

int run_list_read(struct run_list *list, const char *path, struct rows_span span, struct error *error)
{
    struct gathering gathering = {.list = list};
    int result = samples_read(path, span, &list->texts, take_row, &gathering, error);

    if (gathering.in_run || gathering.is_spoiled)
        end_run(&gathering, NULL);
    free_values(gathering.values);
    return result;
}

void run_list_forget(struct run_list *list)
{
    for (size_t i = 0; i < list->runs; i++)
        trace_run_free(list->run[i].trace);
    list->runs = list->interrupted = list->spoiled = list->passed_over = list->of_other_work = 0;
}

void run_list_free(struct run_list *list)
{
    free(list->run);
    list->run = NULL;
    list->runs = 0;
}
