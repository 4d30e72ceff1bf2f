/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows become samples, samples become runs. */
#include "analyze/recording.h"

#include "analyze/rows.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <search.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* --- texts shared by many runs ---------------------------------------------------------------------------------- */

struct recording_texts {
    void *tree; /* of tsearch(3) */
};

static int compare_texts(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* The stored text that equals this one, or NULL where memory runs out. */
static const char *store(struct recording_texts *texts, const char *text)
{
    char *const *found = tfind(text, &texts->tree, compare_texts);
    char *copy;

    if (found)
        return *found;
    copy = strdup(text);
    if (!copy)
        return NULL;
    found = tsearch(copy, &texts->tree, compare_texts);
    if (found)
        return *found;
    free(copy);
    return NULL;
}

/* --- one run ---------------------------------------------------------------------------------------------------- */

/* The values of one metric in the samples of the run under way; the memory serves the next run again. */
struct values {
    double *value;
    size_t count, capacity;
};

struct reading {
    struct recordings *recordings;
    struct sample_layout layout;
    bool has_header;
    bool in_run;    /* its end row has not come yet */
    struct run run; /* under way */
    struct values values[METRIC_COUNT];
};

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

/* Whether a sample of the phase counts into a metric with that reduction and phase. */
#define COUNTS_LARGEST(phase, metric_phase) true
#define COUNTS_MEDIAN(phase, metric_phase) ((phase) == (metric_phase))

#define REDUCE_LARGEST(values) gsl_stats_max((values)->value, 1, (values)->count)
#define REDUCE_MEDIAN(values) gsl_stats_median((values)->value, 1, (values)->count)

static bool add_sample(struct reading *reading, const struct sample *sample)
{
#define ADD_VALUE(upper, name, description, column, reduction, metric_phase)                       \
    if (sample->column != SAMPLE_UNKNOWN && COUNTS_##reduction(sample->phase, metric_phase) && \
        !values_add(&reading->values[METRIC_##upper], (double)sample->column))                 \
        return false;
    METRICS(ADD_VALUE)
    return true;
}

static void reduce_values(struct reading *reading)
{
    struct values *values = reading->values;

#define REDUCE_VALUES(upper, name, description, column, reduction, phase) \
    reading->run.value[METRIC_##upper] =                                  \
        values[METRIC_##upper].count ? REDUCE_##reduction(&values[METRIC_##upper]) : NAN;
    METRICS(REDUCE_VALUES)
}

static bool same_run(const struct run *run, const struct sample *sample)
{
    return run->tasks == sample->tasks && run->number == sample->run && strcmp(run->model, sample->model) == 0 &&
           strcmp(run->host, sample->host) == 0;
}

static bool begin_run(struct reading *reading, const struct sample *sample)
{
    struct recording_texts *texts = reading->recordings->texts;

    reading->run = (struct run){
        .host = store(texts, sample->host),
        .model = store(texts, sample->model),
        .family = store(texts, sample->family),
        .tasks = sample->tasks,
        .number = sample->run,
    };
    for (size_t metric = 0; metric < METRIC_COUNT; metric++)
        reading->values[metric].count = 0;
    reading->in_run = true;
    return reading->run.host && reading->run.model && reading->run.family;
}

/* Room for the runs grows by doubling: there is none left where their number is a power of two. */
static bool append_run(struct recordings *recordings, const struct run *run)
{
    size_t runs = recordings->runs;

    if ((runs & (runs - 1)) == 0) {
        struct run *more = realloc(recordings->run, (runs ? 2 * runs : 1) * sizeof *more);

        if (!more)
            return false;
        recordings->run = more;
    }
    recordings->run[recordings->runs++] = *run;
    return true;
}

static bool end_run(struct reading *reading, const struct sample *sample)
{
    reading->run.status = sample->status;
    reading->run.reason = store(reading->recordings->texts, sample->reason);
    reduce_values(reading);
    reading->in_run = false;
    return reading->run.reason && append_run(reading->recordings, &reading->run);
}

static void interrupt_run(struct reading *reading)
{
    reading->recordings->interrupted += reading->in_run;
    reading->in_run = false;
}

static bool take_sample(struct reading *reading, const struct sample *sample)
{
    if (reading->in_run && !same_run(&reading->run, sample))
        interrupt_run(reading);
    if (!reading->in_run && !begin_run(reading, sample))
        return false;
    if (!add_sample(reading, sample))
        return false;
    return sample->phase != SAMPLE_END || end_run(reading, sample);
}

/* --- one file --------------------------------------------------------------------------------------------------- */

static int parse_row(const struct reading *reading, const struct row *row, struct sample *sample, struct error *error)
{
    if (row->fields != reading->layout.fields)
        return error_set(error, "%zu fields where the header has %zu (was the row cut off?)", row->fields,
                         reading->layout.fields);
    return sample_parse(sample, row->field, &reading->layout, error);
}

static int take_row(void *context, const struct row *row, struct error *error)
{
    struct reading *reading = context;
    struct sample sample;

    if (!reading->has_header) {
        reading->has_header = true;
        return sample_layout_read(&reading->layout, row->field, row->fields, error);
    }
    if (parse_row(reading, row, &sample, error) != 0) {
        /* A crash or a full disk cut the file off: the run under way is lost, all others are good. */
        return row->ended ? -1 : 0;
    }
    return take_sample(reading, &sample) ? 0 : error_set(error, "out of memory");
}

static int read_file(struct reading *reading, const char *path, struct error *error)
{
    int result = rows_read(path, take_row, reading, error);

    for (size_t metric = 0; metric < METRIC_COUNT; metric++)
        free(reading->values[metric].value);
    if (result != 0)
        return -1;
    if (!reading->has_header)
        return error_set(error, "%s: empty (a recording starts with a header row)", path);
    interrupt_run(reading);
    return 0;
}

int recordings_read(struct recordings *recordings, const char *path, struct error *error)
{
    struct reading reading = {.recordings = recordings};
    size_t runs = recordings->runs, interrupted = recordings->interrupted;

    if (!recordings->texts)
        recordings->texts = calloc(1, sizeof *recordings->texts);
    if (!recordings->texts)
        return error_set(error, "%s: out of memory", path);
    if (read_file(&reading, path, error) == 0)
        return 0;
    /* Room for `runs` runs is at least what append_run takes for granted, and stored texts do no harm. */
    recordings->runs = runs;
    recordings->interrupted = interrupted;
    return -1;
}

void recordings_free(struct recordings *recordings)
{
    if (recordings->texts)
        tdestroy(recordings->texts->tree, free);
    free(recordings->texts);
    free(recordings->run);
    *recordings = (struct recordings){0};
}
