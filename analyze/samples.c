/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Turns fields into samples, parsing each as it comes. */
#include "analyze/samples.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FIELDS 1024 /* of a header, far more than any recording has */

/* What a field of a row is for. */
struct slot {
    enum { UNKNOWN_COLUMN, NUMBER_COLUMN, TEXT_COLUMN } kind;
    enum sample_column column;
    int64_t *number; /* where it goes */
    /* The last text, interned: the next one is nearly always the same. */
    const char *text;
    size_t length, line_breaks;
};

struct reading {
    struct rows rows; /* first: see rows.h */
    const char *path;
    struct rows_span span;
    struct texts *texts;
    samples_take *take;
    void *context;
    struct error *error;
    bool failed; /* the error is set */

    bool has_header;
    char *name[MAX_FIELDS]; /* of the header; freed when it is whole */
    struct sample_layout layout;
    struct slot slot[MAX_FIELDS]; /* of each field */

    struct sample sample; /* of the row so far */
    bool is_bad;          /* the row has a bad field, which `fault` tells */
    struct error fault;
    bool skipping; /* up to the first end row: that run belongs to the part before */
};

/* Only the first fault is reported. */
static void fail(struct reading *reading, const struct error *fault)
{
    if (!reading->failed)
        error_set(reading->error, "%s:%zu: %s", reading->path, rows_line(&reading->rows, reading->path, reading->span),
                  fault->text);
    reading->failed = true;
}

static void stop(struct reading *reading, const char *fault)
{
    struct error error;

    error_set(&error, "%s", fault);
    fail(reading, &error);
    reading->rows.done = true;
}

/* --- the header --------------------------------------------------------------------------------------------------- */

static void take_name(struct reading *reading, size_t index, const char *field, size_t length)
{
    if (reading->rows.done)
        return;
    if (index == MAX_FIELDS)
        stop(reading, "more fields than any recording has (is this a recording?)");
    else if (memchr(field, '\0', length))
        stop(reading, "a zero byte (is this a text file?)");
    else if (!(reading->name[index] = strdup(field)))
        stop(reading, "out of memory");
}

static void take_header(struct reading *reading)
{
    struct error fault;
    size_t fields = reading->rows.fields;

    reading->has_header = true;
    if (sample_layout_read(&reading->layout, (const char *const *)reading->name, fields, &fault) != 0) {
        fail(reading, &fault);
        reading->rows.done = true;
        return;
    }
#define KIND_NUMBER NUMBER_COLUMN
#define KIND_TEXT TEXT_COLUMN
#define KIND_PHASE TEXT_COLUMN
#define KIND_STATUS TEXT_COLUMN
#define SET_SLOT(kind_of, name)                                                                                        \
    if (reading->layout.field[SAMPLE_COLUMN_##name] != SAMPLE_NO_FIELD)                                                \
        reading->slot[reading->layout.field[SAMPLE_COLUMN_##name]] = (struct slot){                                    \
            .kind = KIND_##kind_of, .column = SAMPLE_COLUMN_##name, .number = (int64_t *)&reading->sample.name};
    SAMPLE_COLUMNS(SET_SLOT)
}

/* --- rows --------------------------------------------------------------------------------------------------------- */

static size_t count_line_breaks(const char *text)
{
    size_t breaks = 0;

    for (; (text = strchr(text, '\n')); text++)
        breaks++;
    return breaks;
}

/* take_row reports it if the row is whole. */
static __attribute__((noinline, cold)) void take_bad_field(struct reading *reading, enum sample_column column,
                                                           const char *field)
{
    if (!reading->is_bad)
        sample_field_error(column, field, &reading->fault);
    reading->is_bad = true;
}

static void take_new_text(struct reading *reading, struct slot *slot, const char *field, size_t length)
{
    bool is_text = !memchr(field, '\0', length);

    slot->text = is_text ? texts_intern(reading->texts, field) : NULL;
    slot->length = length;
    slot->line_breaks = count_line_breaks(field);
    if (is_text && !slot->text) {
        stop(reading, "out of memory");
    } else if (!is_text || !sample_set(&reading->sample, slot->column, slot->text, length)) {
        slot->text = NULL;
        take_bad_field(reading, slot->column, field);
    }
}

static void take_text(struct reading *reading, struct slot *slot, const char *field, size_t length)
{
    if (!slot->text || slot->length != length || memcmp(slot->text, field, length) != 0)
        take_new_text(reading, slot, field, length);
    reading->rows.broken_lines += slot->line_breaks;
}

/* The fields that are no numbers, apart from the hot path. */
static __attribute__((noinline)) void take_other(struct reading *reading, size_t index, const char *field,
                                                 size_t length)
{
    if (!reading->has_header)
        take_name(reading, index, field, length);
    else if (index >= MAX_FIELDS)
        return; /* too many: the row is wrong */
    else if (reading->slot[index].kind == TEXT_COLUMN)
        take_text(reading, &reading->slot[index], field, length);
    else
        reading->rows.broken_lines += count_line_breaks(field);
}

static void take_field(void *field, size_t length, void *taker)
{
    struct reading *reading = taker;
    size_t index = reading->rows.fields++;

    if (index >= MAX_FIELDS || reading->slot[index].kind != NUMBER_COLUMN)
        take_other(reading, index, field, length);
    else if (!sample_parse_number(field, length, reading->slot[index].number))
        take_bad_field(reading, reading->slot[index].column, field);
}

/* Otherwise sets the fault. */
static bool is_good_row(struct reading *reading)
{
    if (reading->is_bad)
        return false;
    if (reading->rows.fields == reading->layout.fields)
        return sample_check(&reading->sample, &reading->fault) == 0;
    error_set(&reading->fault, "%zu fields where the header has %zu (was the row cut off?)", reading->rows.fields,
              reading->layout.fields);
    return false;
}

static void give(struct reading *reading, const struct sample *sample)
{
    if (reading->take(reading->context, sample) != 0)
        stop(reading, "out of memory");
}

static void take_sample(struct reading *reading, bool ended)
{
    bool is_good = is_good_row(reading);
    bool is_end = is_good && reading->sample.phase == SAMPLE_END;

    if (!is_good && !ended)
        return; /* a crash or a full disk cut the file off: the run under way is lost, all others are good */
    if (!is_good && !reading->skipping)
        fail(reading, &reading->fault);
    if (!reading->skipping)
        give(reading, is_good ? &reading->sample : NULL);
    if (is_end && reading->rows.beyond)
        reading->rows.done = true;
    if (is_end)
        reading->skipping = false;
}

static void take_row(struct rows *rows, bool ended)
{
    struct reading *reading = (struct reading *)rows;

    if (reading->has_header)
        take_sample(reading, ended);
    else
        take_header(reading);
    reading->is_bad = false;
}

/* --- the file ----------------------------------------------------------------------------------------------------- */

static int read_span(struct reading *reading)
{
    struct error fault;

    if (rows_read(&reading->rows, reading->path, reading->span, &fault) != 0 && !reading->failed) {
        *reading->error = fault;
        return -1;
    }
    if (!reading->has_header && !reading->failed)
        return error_set(reading->error, "%s: empty (a recording starts with a header row)", reading->path);
    return reading->failed ? -1 : 0;
}

int samples_read(const char *path, struct rows_span span, struct texts *texts, samples_take *take, void *context,
                 struct error *error)
{
    struct reading *reading = calloc(1, sizeof *reading);
    int result;

    if (!reading)
        return error_set(error, "%s: out of memory", path);
    *reading = (struct reading){.rows = {.take_field = take_field, .take_row = take_row},
                                .path = path,
                                .span = span,
                                .texts = texts,
                                .take = take,
                                .context = context,
                                .error = error,
                                .sample = sample_unknown(),
                                .skipping = span.begin != span.head};
    result = read_span(reading);
    for (size_t i = 0; i < MAX_FIELDS; i++)
        free(reading->name[i]);
    free(reading);
    return result;
}
