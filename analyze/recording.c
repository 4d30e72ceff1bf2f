/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files are cut into parts, which as many threads as there are processors read at once; their runs are put together in
   order. A part is a span of the file (rows.h) that begins and ends with a row, in the midst of whatever run that is.
   Which runs a part has is decided by end rows alone, so that the parts together have each run once:

       file     header a a A b b b B c c C d d D e E    a letter is a row, a capital the end row of its run
       cut             |         |         |            at rows, into spans of about one size (rows_cut)
       span 1   header a a A b b + +                    +  behind the span: read on to the first end row (rows_read)
       span 2   header           - - c c C + + +        -  skipped, to the span's first end row (samples_read): that
       span 3   header                     - - - e E       run was read by the part before */
#include "analyze/recording.h"

#include "analyze/run.h"
#include "analyze/samples.h"
#include "analyze/trace.h"
#include "collect/sidecar.h"

#include <limits.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST_PARTS 64
#define LEAST_PART_BYTES (4 << 20)

struct part {
    size_t file; /* of those read now */
    const char *path;
    struct rows_span span;
    struct run_list list;
    int result;
    struct error error;
};

struct parts {
    struct part *part;
    size_t count;
    atomic_size_t next; /* not yet taken by a thread */
};

static size_t processors(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);

    return count < 1 ? 1 : count > MOST_PARTS ? MOST_PARTS : (size_t)count;
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

static int parts_new(struct parts *parts, const struct recording_file *file, size_t files, bool keep_traces)
{
    *parts = (struct parts){.part = calloc(files * processors() + 1, sizeof *parts->part)};
    if (!parts->part)
        return -1;
    for (size_t i = 0; i < files; i++) {
        struct rows_span span[MOST_PARTS + 1];
        size_t spans = rows_cut(file[i].path, span, processors(), LEAST_PART_BYTES);

        for (size_t k = 0; k < spans; k++)
            parts->part[parts->count++] =
                (struct part){.file = i, .path = file[i].path, .span = span[k], .list = {.keeps_traces = keep_traces}};
    }
    return 0;
}

static void *read_parts(void *context)
{
    struct parts *parts = context;
    size_t i;

    while ((i = atomic_fetch_add(&parts->next, 1)) < parts->count) {
        struct part *part = &parts->part[i];

        part->result = run_list_read(&part->list, part->path, part->span, &part->error);
    }
    return NULL;
}

/* This thread reads too; alone where no other can be started. */
static void parts_read(struct parts *parts)
{
    pthread_t thread[MOST_PARTS];
    size_t wanted = processors() < parts->count ? processors() : parts->count, threads = 0;

    while (threads + 1 < wanted && pthread_create(&thread[threads], NULL, read_parts, parts) == 0)
        threads++;
    read_parts(parts);
    for (size_t i = 0; i < threads; i++)
        pthread_join(thread[i], NULL);
}

/* --- putting together --------------------------------------------------------------------------------------------- */

static bool grow(struct recordings *recordings, const struct parts *parts)
{
    size_t runs = recordings->runs;
    struct texts *texts = realloc(recordings->texts, (recordings->stores + parts->count + 1) * sizeof *texts);
    struct run *run;

    if (texts)
        recordings->texts = texts;
    for (size_t i = 0; i < parts->count; i++)
        runs += parts->part[i].list.runs;
    run = realloc(recordings->run, (runs + 1) * sizeof *run);
    if (run)
        recordings->run = run;
    return texts && run;
}

/* The page size of the recording's machine. Only a power of two is believed. */
static double page_bytes_of(const json_object *sidecar)
{
    int64_t bytes = sidecar_number(sidecar, "machine", "page_bytes", 0);

    return bytes > 0 && (bytes & (bytes - 1)) == 0 ? (double)bytes : RECORDING_PAGE_BYTES;
}

static void take_part(struct recordings *recordings, struct recording_file *file, struct part *part, double page_bytes)
{
    for (size_t i = 0; i < part->list.runs; i++) {
        struct run *run = &recordings->run[recordings->runs++];

        *run = part->list.run[i];
        run->file = recordings->files + part->file;
        run->page_bytes = page_bytes;
    }
    recordings->texts[recordings->stores++] = part->list.texts;
    recordings->interrupted += part->list.interrupted;
    file->interrupted += part->list.interrupted;
    file->spoiled += part->list.spoiled;
    file->passed_over += part->list.passed_over;
    file->of_other_work += part->list.of_other_work;
    if (part->result != 0 && file->result == 0) {
        file->result = -1;
        file->error = part->error;
    }
}

/* --- labels ------------------------------------------------------------------------------------------------------- */

static bool has_one_host(const struct run *run, size_t runs)
{
    for (size_t i = 1; i < runs; i++)
        if (strcmp(run[i].host, run[0].host) != 0)
            return false;
    return true;
}

/* Gives all runs the label, or what it is called for this recording (origin.h). Returns -1 where memory runs out. */
static int label_runs(struct recordings *recordings, size_t first, struct recording_file *file, json_object *sidecar)
{
    struct run *run = recordings->run + first;
    size_t runs = recordings->runs - first;
    bool one_host = has_one_host(run, runs);

    file->origin = origins_place_label(&recordings->origins, file->path, file->label, sidecar);
    if (!file->origin)
        return -1;
    for (size_t i = 0; i < runs; i++) {
        char *name;

        if (asprintf(&name, "%s%s%s", file->origin->name, one_host ? "" : "/", one_host ? "" : run[i].host) < 0)
            return -1;
        run[i].host = texts_intern(&recordings->texts[0], name);
        free(name);
        if (!run[i].host)
            return -1;
    }
    return 0;
}

/* --- machines ----------------------------------------------------------------------------------------------------- */

static bool has_host(const struct run *run, size_t runs, const char *host)
{
    for (size_t i = 0; i < runs; i++)
        if (strcmp(run[i].host, host) == 0)
            return true;
    return false;
}

/* Gives runs on the sidecar's host the name of its machine. Returns -1 where memory runs out. */
static int place_runs(struct recordings *recordings, size_t first, struct recording_file *file, json_object *sidecar)
{
    struct run *run = recordings->run + first;
    size_t runs = recordings->runs - first;
    const char *host = sidecar_text(sidecar, "machine", "host");

    if (!has_host(run, runs, host))
        return 0;
    file->origin = origins_place(&recordings->origins, file->path, host, sidecar);
    for (size_t i = 0; file->origin && i < runs; i++)
        run[i].host = origin_name(file->origin, run[i].host);
    return file->origin ? 0 : -1;
}

/* --- runs that stand there twice ---------------------------------------------------------------------------------- */

static int compare_runs(const void *a, const void *b)
{
    const struct run *left = *(struct run *const *)a, *right = *(struct run *const *)b;
    int order = texts_compare(left->host, right->host);

    if (order == 0)
        order = texts_compare(left->model, right->model);
    if (order == 0)
        order = texts_compare(left->work, right->work);
    if (order == 0)
        order = (left->tasks > right->tasks) - (left->tasks < right->tasks);
    if (order == 0)
        order = (left->number > right->number) - (left->number < right->number);
    return order;
}

static int compare_runs_in_order(const void *a, const void *b)
{
    const struct run *left = *(struct run *const *)a, *right = *(struct run *const *)b;
    int order = compare_runs(a, b);

    return order ? order : (left > right) - (left < right);
}

static bool same_values(const struct run *a, const struct run *b)
{
    bool same = a->status == b->status && strcmp(a->reason, b->reason) == 0;

    for (size_t metric = 0; metric < METRIC_COUNT && same; metric++)
        same = a->value[metric] == b->value[metric] || (isnan(a->value[metric]) && isnan(b->value[metric]));
    return same;
}

/* In one recording a name is one run. Two recordings of a host may have different runs of one name, but not with the
   same figures. */
static bool is_repetition(const struct run *first, const struct run *later)
{
    return first->file == later->file || same_values(first, later);
}

/* Marks runs of one name that repeat an earlier one, by taking their model away. */
static void mark_repetitions(struct run **run, size_t runs, struct recording_file *file, size_t first_file)
{
    for (size_t later = 1; later < runs; later++)
        for (size_t earlier = 0; earlier < later; earlier++) {
            if (!run[earlier]->model || !is_repetition(run[earlier], run[later]))
                continue;
            run[later]->model = NULL;
            file[run[later]->file - first_file].repeated++;
            break;
        }
}

static size_t same_name(struct run **run, size_t runs)
{
    size_t length = 1;

    while (length < runs && compare_runs(&run[0], &run[length]) == 0)
        length++;
    return length;
}

/* Returns -1 where memory runs out. */
static int leave_out_repetitions(struct recordings *recordings, struct recording_file *file)
{
    struct run **sorted = malloc((recordings->runs + 1) * sizeof *sorted);
    size_t kept = 0;

    if (!sorted)
        return -1;
    for (size_t i = 0; i < recordings->runs; i++)
        sorted[i] = &recordings->run[i];
    qsort(sorted, recordings->runs, sizeof *sorted, compare_runs_in_order);
    for (size_t i = 0, length; i < recordings->runs; i += length) {
        length = same_name(sorted + i, recordings->runs - i);
        mark_repetitions(sorted + i, length, file, recordings->files);
    }
    free(sorted);
    for (size_t i = 0; i < recordings->runs; i++)
        if (recordings->run[i].model)
            recordings->run[kept++] = recordings->run[i];
        else
            trace_run_free(recordings->run[i].trace);
    recordings->runs = kept;
    return 0;
}

/* --- recordings --------------------------------------------------------------------------------------------------- */

/* The parts of one file, of which *next is the first. Returns -1 where memory runs out. */
static int take_file(struct recordings *recordings, struct recording_file *file, struct parts *parts, size_t *next)
{
    size_t first = recordings->runs, index = parts->part[*next].file;
    json_object *sidecar = sidecar_of(file->path);
    double page_bytes = page_bytes_of(sidecar);
    bool stopped = false;
    int result;

    for (; *next < parts->count && parts->part[*next].file == index; ++*next) {
        struct part *part = &parts->part[*next];

        if (stopped)
            run_list_forget(&part->list);
        take_part(recordings, file, part, page_bytes);
        stopped = stopped || part->result == SAMPLES_STOPPED;
    }
    file->complete = recordings->runs - first;
    result = file->label ? label_runs(recordings, first, file, sidecar) : place_runs(recordings, first, file, sidecar);
    json_object_put(sidecar);
    return result;
}

/* Returns -1 where memory runs out. */
static int put_together(struct recordings *recordings, struct parts *parts, struct recording_file *file, size_t files)
{
    size_t next = 0;

    if (!grow(recordings, parts))
        return -1;
    for (size_t i = 0; i < files; i++)
        if (take_file(recordings, &file[i], parts, &next) != 0)
            return -1;
    return leave_out_repetitions(recordings, file);
}

static void fail_all(struct recording_file *file, size_t files)
{
    for (size_t i = 0; i < files; i++)
        file[i].result = error_set(&file[i].error, "%s: out of memory", file[i].path);
}

int recordings_read_files(struct recordings *recordings, struct recording_file *file, size_t files)
{
    struct parts parts;
    int result = 0;

    if (parts_new(&parts, file, files, recordings->keeps_traces) != 0) {
        fail_all(file, files);
        return -1;
    }
    parts_read(&parts);
    if (put_together(recordings, &parts, file, files) != 0)
        fail_all(file, files);
    recordings->files += files;
    for (size_t i = 0; i < parts.count; i++)
        run_list_free(&parts.part[i].list);
    free(parts.part);
    for (size_t i = 0; i < files; i++)
        result = file[i].result != 0 ? -1 : result;
    return result;
}

int recordings_read(struct recordings *recordings, const char *path, struct error *error)
{
    struct recording_file file = {.path = path};
    int result = recordings_read_files(recordings, &file, 1);

    if (result != 0)
        *error = file.error;
    return result;
}

bool recordings_have(const struct recordings *recordings, enum work_kind work)
{
    for (size_t i = 0; i < recordings->runs; i++)
        if (recordings->run[i].kind == work)
            return true;
    return false;
}

void recordings_free(struct recordings *recordings)
{
    for (size_t i = 0; i < recordings->stores; i++)
        texts_free(&recordings->texts[i]);
    for (size_t i = 0; i < recordings->runs; i++)
        trace_run_free(recordings->run[i].trace);
    free(recordings->texts);
    free(recordings->run);
    origins_free(&recordings->origins);
    *recordings = (struct recordings){0};
}
