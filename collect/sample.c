/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The recording's schema at work: rows written, rows parsed, both from the one table of columns. */
#include "collect/sample.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#define COLUMN_NAME(kind, name) #name,
const char *const sample_column_names[SAMPLE_COLUMN_COUNT] = {SAMPLE_COLUMNS(COLUMN_NAME)};

#define ENUMERATOR_NAME(upper, lower) #lower,
const char *const sample_phase_names[SAMPLE_PHASE_COUNT] = {SAMPLE_PHASES(ENUMERATOR_NAME)};
const char *const sample_status_names[SAMPLE_STATUS_COUNT] = {SAMPLE_STATUSES(ENUMERATOR_NAME)};

#define UNKNOWN_TEXT ""
#define UNKNOWN_NUMBER SAMPLE_UNKNOWN
#define UNKNOWN_PHASE SAMPLE_IDLE
#define UNKNOWN_STATUS SAMPLE_NO_STATUS

struct sample sample_unknown(void)
{
#define UNKNOWN_MEMBER(kind, name) .name = UNKNOWN_##kind,
    return (struct sample){SAMPLE_COLUMNS(UNKNOWN_MEMBER)};
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

/* RFC 4180: a field with a comma, quote or line break is quoted, and its quotes are doubled. */
void sample_write_text(const char *text, FILE *stream)
{
    if (!strpbrk(text, ",\"\r\n")) {
        fputs(text, stream);
        return;
    }
    putc('"', stream);
    for (; *text; text++) {
        if (*text == '"')
            putc('"', stream);
        putc(*text, stream);
    }
    putc('"', stream);
}

#define write_TEXT sample_write_text

static void write_NUMBER(int64_t number, FILE *stream)
{
    if (number != SAMPLE_UNKNOWN)
        fprintf(stream, "%" PRId64, number);
}

static void write_PHASE(enum sample_phase phase, FILE *stream)
{
    fputs(sample_phase_names[phase], stream);
}

static void write_STATUS(enum sample_status status, FILE *stream)
{
    if (status != SAMPLE_NO_STATUS)
        fputs(sample_status_names[status], stream);
}

void sample_write_header(FILE *stream)
{
    for (size_t column = 0; column < SAMPLE_COLUMN_COUNT; column++) {
        fputs(column ? "," : "", stream);
        fputs(sample_column_names[column], stream);
    }
    putc('\n', stream);
}

void sample_write(const struct sample *sample, FILE *stream)
{
#define WRITE_COLUMN(kind, name)                                                                                       \
    if (SAMPLE_COLUMN_##name)                                                                                          \
        putc(',', stream);                                                                                             \
    write_##kind(sample->name, stream);
    SAMPLE_COLUMNS(WRITE_COLUMN)
    putc('\n', stream);
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

static bool parse_TEXT(const char *field, const char **text)
{
    *text = field;
    return true;
}

/* Plain decimal digits with an optional minus: no blanks, signs of plus, hex, decimals or exponents. At most 18 digits,
   which always fit. */
static bool parse_NUMBER(const char *field, int64_t *number)
{
    bool negative = *field == '-';
    const char *digit = field + negative;
    int64_t value = 0;

    if (!*field) {
        *number = SAMPLE_UNKNOWN;
        return true;
    }
    for (; *digit >= '0' && *digit <= '9' && digit - field < 18 + negative; digit++)
        value = value * 10 + (*digit - '0');
    if (*digit || digit == field + negative)
        return false;
    *number = negative ? -value : value;
    return true;
}

static int index_of(const char *name, const char *const *names, int count)
{
    for (int i = 0; i < count; i++)
        if (strcmp(name, names[i]) == 0)
            return i;
    return -1;
}

static bool parse_PHASE(const char *field, enum sample_phase *phase)
{
    int found = index_of(field, sample_phase_names, SAMPLE_PHASE_COUNT);

    if (found < 0)
        return false;
    *phase = (enum sample_phase)found;
    return true;
}

static bool parse_STATUS(const char *field, enum sample_status *status)
{
    int found = index_of(field, sample_status_names, SAMPLE_STATUS_COUNT);

    *status = (enum sample_status)found;
    return found >= 0 || !*field;
}

#define EXPECTED_TEXT "a text"
#define EXPECTED_NUMBER "a whole number or nothing"
#define EXPECTED_PHASE "idle, spawn, hold, drain or end"
#define EXPECTED_STATUS "ok, failed, short, timeout, killed, skipped or nothing"

static int column_error(struct error *error, enum sample_column column, const char *field, const char *expected)
{
    return error_set(error, "column %s: '%.40s' is not %s", sample_column_names[column], field, expected);
}

/* What no producer can mean: the rest of the program may then rely on it. */
static int check(const struct sample *sample, struct error *error)
{
    if (!*sample->host || !*sample->model)
        return error_set(error, "column %s: empty (every row names its host and model)",
                         *sample->host ? "model" : "host");
    if (sample->tasks < 1)
        return error_set(error, "column tasks: not a count of at least 1");
    if (sample->run < 1)
        return error_set(error, "column run: not a count of at least 1");
    if (sample->phase == SAMPLE_END && sample->status == SAMPLE_NO_STATUS)
        return error_set(error, "column status: empty (an end row says how the run ended)");
    return 0;
}

int sample_parse(struct sample *sample, const char *const *row, const struct sample_layout *layout, struct error *error)
{
#define PARSE_COLUMN(kind, name)                                                                                       \
    if (!parse_##kind(row[layout->field[SAMPLE_COLUMN_##name]], &sample->name))                                        \
        return column_error(error, SAMPLE_COLUMN_##name, row[layout->field[SAMPLE_COLUMN_##name]], EXPECTED_##kind);
    SAMPLE_COLUMNS(PARSE_COLUMN)
    return check(sample, error);
}

int sample_layout_read(struct sample_layout *layout, const char *const *names, size_t fields, struct error *error)
{
    bool seen[SAMPLE_COLUMN_COUNT] = {false};

    layout->fields = fields;
    for (size_t field = 0; field < fields; field++) {
        int column = index_of(names[field], sample_column_names, SAMPLE_COLUMN_COUNT);

        if (column < 0)
            continue;
        if (seen[column])
            return error_set(error, "column %s: stands twice in the header", names[field]);
        seen[column] = true;
        layout->field[column] = field;
    }
    for (size_t column = 0; column < SAMPLE_COLUMN_COUNT; column++)
        if (!seen[column])
            return error_set(error, "column %s: missing in the header (is this a recording?)",
                             sample_column_names[column]);
    return 0;
}
