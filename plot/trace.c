/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/trace.h"

#include "analyze/samples.h"

#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The run under way is added to its trace when its end row says that it was ok. */
struct tracing {
    const struct recording_file *file;
    const struct series_list *list;
    struct trace *trace; /* of each series */
    struct trace_run run;
    int64_t tasks, number;
    const char *host, *model; /* kept texts: those that are equal are the same */
    size_t stride, skipped;   /* samples that make one point; those of the next one so far */
    bool is_spoiled;          /* a row of the run is wrong: it is no run of its cell */
    bool out_of_memory;
};

/* --- points ------------------------------------------------------------------------------------------------------- */

static struct trace_point larger(struct trace_point a, struct trace_point b)
{
    return b.bytes > a.bytes ? b : a;
}

static void halve(struct tracing *tracing)
{
    struct trace_run *run = &tracing->run;

    for (size_t i = 0; i < TRACE_POINTS / 2; i++)
        run->point[i] = larger(run->point[2 * i], run->point[2 * i + 1]);
    run->points = TRACE_POINTS / 2;
    tracing->stride *= 2;
}

static void add_point(struct tracing *tracing, struct trace_point point)
{
    struct trace_run *run = &tracing->run;

    if (tracing->skipped > 0) {
        run->point[run->points - 1] = larger(run->point[run->points - 1], point);
    } else {
        if (run->points == TRACE_POINTS)
            halve(tracing);
        run->point[run->points++] = point;
    }
    tracing->skipped = (tracing->skipped + 1) % tracing->stride;
}

/* --- runs --------------------------------------------------------------------------------------------------------- */

/* The series' host is the recording's label, where it has one, or begins with it. */
static bool is_host_of(const struct series *series, const char *label, const char *host)
{
    size_t length = label ? strlen(label) : 0;

    if (!label || strncmp(series->host, label, length) != 0)
        return !label && strcmp(series->host, host) == 0;
    return series->host[length] == '\0' || strcmp(series->host + length + 1, host) == 0;
}

static struct trace *find_trace(struct tracing *tracing, const struct sample *sample)
{
    for (size_t i = 0; i < tracing->list->count; i++) {
        const struct series *series = &tracing->list->series[i];

        if (tracing->trace[i].tasks == sample->tasks && strcmp(series->model, sample->model) == 0 &&
            is_host_of(series, tracing->file->label, sample->host))
            return &tracing->trace[i];
    }
    return NULL;
}

static bool is_same_run(const struct trace_run *a, const struct trace_run *b)
{
    return a->points == b->points && memcmp(a->point, b->point, a->points * sizeof *a->point) == 0;
}

/* A run that stands in two recordings, to the last figure, is one: as in its cell. */
static int add_run(struct trace *trace, const struct trace_run *run)
{
    struct trace_run *more;

    for (size_t i = 0; i < trace->runs; i++)
        if (is_same_run(&trace->run[i], run))
            return 0;
    if (trace->runs == TRACE_RUNS) {
        trace->left_out++;
        return 0;
    }
    more = realloc(trace->run, (trace->runs + 1) * sizeof *more);
    if (!more)
        return -1;
    trace->run = more;
    trace->run[trace->runs++] = *run;
    return 0;
}

static void begin_run(struct tracing *tracing, const struct sample *sample)
{
    tracing->host = sample->host;
    tracing->model = sample->model;
    tracing->tasks = sample->tasks;
    tracing->number = sample->run;
    tracing->run.points = tracing->skipped = 0;
    tracing->stride = 1;
    tracing->is_spoiled = false;
    tracing->run.hold = tracing->run.drain = tracing->run.end = NAN;
}

static void note_phase(struct trace_run *run, enum sample_phase phase, double seconds)
{
    double *began = phase == SAMPLE_HOLD ? &run->hold : phase == SAMPLE_DRAIN ? &run->drain : &run->end;

    if (phase >= SAMPLE_HOLD && isnan(*began))
        *began = seconds;
}

static int take_sample(void *context, const struct sample *sample)
{
    struct tracing *tracing = context;
    struct trace *trace;

    if (!sample) {
        tracing->is_spoiled = true;
        return 0;
    }
    if (sample->host != tracing->host || sample->model != tracing->model || sample->tasks != tracing->tasks ||
        sample->run != tracing->number)
        begin_run(tracing, sample);
    if (sample->time_us == SAMPLE_UNKNOWN)
        return 0;
    note_phase(&tracing->run, sample->phase, (double)sample->time_us * 1e-6);
    if (sample->phase != SAMPLE_END && sample->rss_bytes != SAMPLE_UNKNOWN)
        add_point(tracing, (struct trace_point){(double)sample->time_us * 1e-6, (double)sample->rss_bytes});
    if (sample->phase != SAMPLE_END || sample->status != SAMPLE_OK || tracing->run.points == 0 || tracing->is_spoiled)
        return 0;
    trace = find_trace(tracing, sample);
    tracing->out_of_memory = trace && add_run(trace, &tracing->run) != 0;
    return tracing->out_of_memory ? -1 : 0;
}

/* --- traces ------------------------------------------------------------------------------------------------------- */

static int64_t largest_count(const struct series *series)
{
    int64_t largest = 0;

    for (size_t k = 0; k < series->cells; k++)
        if (series->cell[k].runs > 0)
            largest = series->cell[k].tasks;
    return largest;
}

/* Recordings were read once already. */
static int check_files(const struct recording_file *file, size_t files, struct error *error)
{
    for (size_t i = 0; i < files; i++) {
        struct stat status;

        if (stat(file[i].path, &status) == 0 && !S_ISREG(status.st_mode))
            return error_set(
                error,
                "%s: the timeline reads a recording twice, which this is not the kind of file for (save it "
                "as one, or choose other charts with --chart)",
                file[i].path);
    }
    return 0;
}

static int trace_file(struct tracing *tracing, struct error *error)
{
    struct texts texts = {NULL};
    struct error told;

    samples_read(tracing->file->path, (struct rows_span){0, 0, LONG_MAX}, &texts, take_sample, tracing, &told);
    texts_free(&texts);
    return tracing->out_of_memory ? error_set(error, "out of memory") : 0;
}

struct trace *traces_read(const struct recording_file *file, size_t files, const struct series_list *list,
                          struct error *error)
{
    struct trace *trace = calloc(list->count + 1, sizeof *trace);
    struct tracing *tracing = calloc(1, sizeof *tracing);
    int result;

    if (!trace || !tracing) {
        free(trace);
        free(tracing);
        error_set(error, "out of memory");
        return NULL;
    }
    result = check_files(file, files, error);
    for (size_t i = 0; result == 0 && i < list->count; i++)
        trace[i].tasks = largest_count(&list->series[i]);
    for (size_t i = 0; result == 0 && i < files; i++) {
        *tracing = (struct tracing){.file = &file[i], .list = list, .trace = trace};
        result = trace_file(tracing, error);
    }
    free(tracing);
    if (result == 0)
        return trace;
    traces_free(trace, list);
    return NULL;
}

void traces_free(struct trace *trace, const struct series_list *list)
{
    for (size_t i = 0; trace && i < list->count; i++)
        free(trace[i].run);
    free(trace);
}
