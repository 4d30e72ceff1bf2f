/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libcsv, fed a line at a time so that an error can name the line. */
#include "analyze/rows.h"

#include <csv.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES 65536
/* No recording comes near these: what does is some other file, and would fill the memory. */
#define MAX_FIELDS 1024
#define MAX_ROW_BYTES (1 << 20)

struct reading {
    rows_take *take;
    void *context;
    struct error *error; /* of the row; file and line are put before it at the end */
    bool failed;
    size_t line;     /* being fed */
    size_t row_line; /* on which the row began */
    char *text;      /* the row's fields, each with its NUL */
    size_t length, capacity;
    size_t start[MAX_FIELDS]; /* of each field within text */
    size_t fields;
};

static void fail(struct reading *reading, const char *message)
{
    error_set(reading->error, "%s", message);
    reading->failed = true;
}

static bool reserve(struct reading *reading, size_t bytes)
{
    size_t capacity = reading->capacity ? reading->capacity : 1024;
    char *text;

    while (capacity < reading->length + bytes)
        capacity *= 2;
    if (capacity == reading->capacity)
        return true;
    text = realloc(reading->text, capacity);
    if (!text)
        return false;
    reading->text = text;
    reading->capacity = capacity;
    return true;
}

/* What is wrong with a field, or NULL. */
static const char *find_fault(const struct reading *reading, const void *bytes, size_t length)
{
    if (reading->fields == MAX_FIELDS)
        return "more fields than any recording has (is this a recording?)";
    if (reading->length + length > MAX_ROW_BYTES)
        return "a longer row than any recording has (is this a recording?)";
    if (memchr(bytes, '\0', length))
        return "a zero byte (is this a text file?)";
    return NULL;
}

static void take_field(void *bytes, size_t length, void *context)
{
    struct reading *reading = context;
    const char *fault = reading->failed ? NULL : find_fault(reading, bytes, length);

    if (!fault && !reserve(reading, length + 1))
        fault = "out of memory";
    if (fault)
        fail(reading, fault);
    if (reading->failed)
        return;
    reading->start[reading->fields++] = reading->length;
    memcpy(reading->text + reading->length, bytes, length);
    reading->length += length;
    reading->text[reading->length++] = '\0';
}

static void take_row(int ended_by, void *context)
{
    struct reading *reading = context;
    const char *field[MAX_FIELDS];
    struct row row = {field, reading->fields, ended_by >= 0};

    if (reading->failed)
        return;
    for (size_t i = 0; i < reading->fields; i++)
        field[i] = reading->text + reading->start[i];
    reading->failed = reading->take(reading->context, &row, reading->error) != 0;
    reading->fields = 0;
    reading->length = 0;
}

static int is_never_space(unsigned char byte)
{
    (void)byte;
    return 0;
}

static void feed_line(struct csv_parser *parser, const char *bytes, size_t length, struct reading *reading)
{
    if (reading->fields == 0)
        reading->row_line = reading->line;
    if (csv_parse(parser, bytes, length, take_field, take_row, reading) != length && !reading->failed)
        fail(reading, csv_strerror(csv_error(parser)));
    if (csv_get_buffer_size(parser) > 2 * MAX_ROW_BYTES && !reading->failed)
        fail(reading, "a longer field than any recording has (is a quote missing?)");
}

static void feed_block(struct csv_parser *parser, const char *bytes, size_t length, struct reading *reading)
{
    const char *end = bytes + length;

    while (bytes < end && !reading->failed) {
        const char *line_break = memchr(bytes, '\n', (size_t)(end - bytes));
        const char *next = line_break ? line_break + 1 : end;

        feed_line(parser, bytes, (size_t)(next - bytes), reading);
        if (line_break && !reading->failed)
            reading->line++;
        bytes = next;
    }
}

static void feed_file(struct csv_parser *parser, FILE *file, struct reading *reading)
{
    char block[BLOCK_BYTES];
    size_t length;

    while (!reading->failed && (length = fread(block, 1, sizeof block, file)) > 0)
        feed_block(parser, block, length, reading);
    if (reading->failed)
        return;
    if (ferror(file))
        fail(reading, strerror(errno));
    else if (csv_fini(parser, take_field, take_row, reading) != 0 && !reading->failed)
        fail(reading, "a quoted field does not end (is a quote missing, or the file cut off?)");
}

static int tell_where(const char *path, const struct reading *reading, struct error *error)
{
    return error_set(error, "%s:%zu: %s", path, reading->row_line, reading->error->text);
}

int rows_read(const char *path, rows_take *take, void *context, struct error *error)
{
    struct error row_error = {""};
    struct reading reading = {.take = take, .context = context, .error = &row_error, .line = 1, .row_line = 1};
    struct csv_parser parser;
    FILE *file = fopen(path, "re");

    if (!file)
        return error_set(error, "%s: %s", path, strerror(errno));
    csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI);
    csv_set_space_func(&parser, is_never_space);
    csv_set_blk_size(&parser, BLOCK_BYTES);
    feed_file(&parser, file, &reading);
    csv_free(&parser);
    free(reading.text);
    fclose(file);
    return reading.failed ? tell_where(path, &reading, error) : 0;
}
