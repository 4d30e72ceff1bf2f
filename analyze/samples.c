/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Turns fields into samples, parsing each as it comes. */
#include "analyze/samples.h"

#include "collect/text.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FIELDS 1024 /* of a header, far more than any recording has */
#define HEADER_NAMES 3  /* a row with so many names of columns is a header row, and none that has gone wrong */

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
    bool failed;  /* the error is set */
    bool stopped; /* so that nothing that follows can be trusted */

    bool has_header;
    char *name[MAX_FIELDS]; /* of the header; freed when it is whole */
    struct sample_layout layout;
    struct slot slot[MAX_FIELDS]; /* of each field */

    struct sample sample; /* of the row so far */
    size_t bytes;         /* in all its fields; 0: the row is blank */
    uint64_t bad;         /* a bit for each column that has a bad field, the first of which `fault` tells */
    size_t names;         /* bad fields that are the name of a column */
    uint64_t named;       /* a bit for each column whose bad field is its own name */
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
    reading->rows.done = reading->stopped = true;
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
        stop(reading, fault.text);
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

/* A file behind the first may begin with a byte order mark. */
static bool is_name(const char *field, enum sample_column column)
{
    size_t mark = strlen(ROWS_BYTE_ORDER_MARK);
    bool has_mark = strncmp(field, ROWS_BYTE_ORDER_MARK, mark) == 0;

    return strcmp(has_mark ? field + mark : field, sample_column_names[column]) == 0;
}

static bool is_any_name(const char *field)
{
    for (enum sample_column column = 0; column < SAMPLE_COLUMN_COUNT; column++)
        if (is_name(field, column))
            return true;
    return false;
}

/* take_row reports it if the row is whole. */
static void take_bad_field(struct reading *reading, enum sample_column column, const char *field)
{
    if (!reading->bad)
        sample_field_error(column, field, &reading->fault);
    reading->bad |= UINT64_C(1) << column;
    reading->names += is_any_name(field);
    reading->named |= is_name(field, column) ? UINT64_C(1) << column : 0;
}

/* A number that is not written as collect writes it, apart from the hot path. */
static __attribute__((noinline, cold)) void take_odd_number(struct reading *reading, enum sample_column column,
                                                            const char *field, size_t length)
{
    if (!sample_set(&reading->sample, column, field, length))
        take_bad_field(reading, column, field);
}

/* Names from a spreadsheet or an earlier collect may hold any bytes; tables, JSON and figures take texts of one line.
 */
static void take_new_text(struct reading *reading, struct slot *slot, char *field, size_t length)
{
    bool is_text = !memchr(field, '\0', length);

    slot->line_breaks = count_line_breaks(field);
    text_make_plain(field);
    slot->text = is_text ? texts_intern(reading->texts, field) : NULL;
    slot->length = length;
    if (is_text && !slot->text) {
        stop(reading, "out of memory");
    } else if (!is_text || !sample_set(&reading->sample, slot->column, slot->text, length)) {
        slot->text = NULL;
        take_bad_field(reading, slot->column, field);
    }
}

static void take_text(struct reading *reading, struct slot *slot, char *field, size_t length)
{
    if (!slot->text || slot->length != length || memcmp(slot->text, field, length) != 0)
        take_new_text(reading, slot, field, length);
    reading->rows.broken_lines += slot->line_breaks;
}

/* The fields that are no numbers, apart from the hot path. */
static __attribute__((noinline)) void take_other(struct reading *reading, size_t index, char *field, size_t length)
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

    reading->bytes += length;
    if (index >= MAX_FIELDS || reading->slot[index].kind != NUMBER_COLUMN)
        take_other(reading, index, field, length);
    else if (!sample_parse_number(field, length, reading->slot[index].number))
        take_odd_number(reading, reading->slot[index].column, field, length);
}

/* Otherwise sets the fault. */
static bool is_good_row(struct reading *reading)
{
    if (reading->bad)
        return false;
    if (reading->rows.fields == reading->layout.fields)
        return sample_check(&reading->sample, &reading->fault) == 0;
    error_set(&reading->fault, "%zu fields where the header has %zu (was the row cut off?)", reading->rows.fields,
              reading->layout.fields);
    return false;
}

/* Whether the row has a good field in that column. */
static bool is_known(const struct reading *reading, enum sample_column column)
{
    return reading->layout.field[column] < reading->rows.fields && !(reading->bad & UINT64_C(1) << column);
}

static bool names_run(const struct reading *reading)
{
    const struct sample *sample = &reading->sample;

    return is_known(reading, SAMPLE_COLUMN_host) && is_known(reading, SAMPLE_COLUMN_model) &&
           is_known(reading, SAMPLE_COLUMN_tasks) && is_known(reading, SAMPLE_COLUMN_run) &&
           (reading->layout.field[SAMPLE_COLUMN_work] == SAMPLE_NO_FIELD || is_known(reading, SAMPLE_COLUMN_work)) &&
           *sample->host && *sample->model && sample->tasks >= 0 && sample->run >= 1;
}

static void give(struct reading *reading, bool is_good)
{
    const struct samples_row row = {
        .sample = &reading->sample,
        .is_wrong = !is_good,
        .names_run = is_good || names_run(reading),
        .ends_run = is_known(reading, SAMPLE_COLUMN_phase) && reading->sample.phase == SAMPLE_END,
    };

    if (reading->take(reading->context, &row) != 0)
        stop(reading, "out of memory");
}

/* Whether each column of the header has its name in this row. Texts other than a status are not bad for that. */
static bool repeats_header(const struct reading *reading)
{
    bool repeats = reading->rows.fields == reading->layout.fields;

    for (size_t i = 0; i < reading->layout.fields && repeats; i++) {
        const struct slot *slot = &reading->slot[i];

        if (slot->kind == TEXT_COLUMN && slot->text)
            repeats = is_name(slot->text, slot->column);
        else if (slot->kind != UNKNOWN_COLUMN)
            repeats = reading->named & UINT64_C(1) << slot->column;
    }
    return repeats;
}

/* A header row that is not the first comes from files that were put together. Returns whether the row is one. */
static bool take_later_header(struct reading *reading)
{
    if (reading->names < HEADER_NAMES)
        return false;
    if (!repeats_header(reading))
        stop(reading, "another header row, with other columns (give recordings of different columns as files of their "
                      "own)");
    return true;
}

static void take_sample(struct reading *reading, bool ended)
{
    bool is_good = is_good_row(reading);
    bool is_end = is_good && reading->sample.phase == SAMPLE_END;

    if (!is_good && !ended)
        return; /* a crash or a full disk cut the file off: the run under way is lost, all others are good */
    if (!is_good && take_later_header(reading))
        return;
    if (!is_good && !reading->skipping)
        fail(reading, &reading->fault);
    if (!reading->skipping)
        give(reading, is_good);
    if (is_end && reading->rows.beyond)
        reading->rows.done = true;
    if (is_end)
        reading->skipping = false;
}

static void take_row(struct rows *rows, bool ended)
{
    struct reading *reading = (struct reading *)rows;

    if (!reading->has_header)
        take_header(reading);
    else if (reading->bytes > 0 || rows->fields != reading->layout.fields) /* others are a spreadsheet's blank rows */
        take_sample(reading, ended);
    reading->bytes = reading->names = 0;
    reading->bad = reading->named = 0;
}

/* --- the file ----------------------------------------------------------------------------------------------------- */

static int read_span(struct reading *reading)
{
    struct error fault;

    if (rows_read(&reading->rows, reading->path, reading->span, &fault) != 0) {
        reading->stopped = true;
        if (!reading->failed)
            *reading->error = fault;
    } else if (!reading->has_header && !reading->failed) {
        return error_set(reading->error, "%s: empty (a recording starts with a header row)", reading->path);
    }
    return reading->stopped ? SAMPLES_STOPPED : reading->failed ? -1 : 0;
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
