/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes and parses rows by the table of columns. */
#include "collect/sample.h"

#include "collect/work.h"

#include <inttypes.h>
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

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

/* RFC 4180: a field with a comma, quote or line break is quoted, and its quotes are doubled. Fields with blanks at an
   end are quoted too: many readers, libcsv among them, strip other fields. */
void sample_write_text(const char *text, FILE *stream)
{
    size_t length = strlen(text);

    if (!strpbrk(text, ",\"\r\n") && !(length > 0 && (is_blank(*text) || is_blank(text[length - 1])))) {
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
    if (phase != SAMPLE_OTHER_PHASE)
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

static void write_column(const struct sample *sample, enum sample_column column, FILE *stream)
{
#define WRITE_COLUMN(kind, name)                                                                                       \
    case SAMPLE_COLUMN_##name:                                                                                         \
        write_##kind(sample->name, stream);                                                                            \
        break;
    switch (column) {
        SAMPLE_COLUMNS(WRITE_COLUMN)
    default:
        break;
    }
}

void sample_write(const struct sample *sample, FILE *stream)
{
    const struct sample_layout layout = sample_layout_own();

    sample_write_as(sample, &layout, stream);
}

void sample_write_as(const struct sample *sample, const struct sample_layout *layout, FILE *stream)
{
    for (size_t field = 0; field < layout->fields; field++) {
        if (field > 0)
            putc(',', stream);
        for (enum sample_column column = 0; column < SAMPLE_COLUMN_COUNT; column++)
            if (layout->field[column] == field)
                write_column(sample, column, stream);
    }
    putc('\n', stream);
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

#define MAX_DIGITS 18 /* they always fit an int64_t */

static bool parse_TEXT(const char *field, size_t length, const char **text)
{
    *text = field;
    return !memchr(field, '\0', length);
}

bool sample_parse_number(const char *field, size_t length, int64_t *number)
{
    bool negative = *field == '-';
    const char *digit = field + negative, *end = field + length;
    int64_t value = 0;

    if (length == 0) {
        *number = SAMPLE_UNKNOWN;
        return true;
    }
    if (digit == end || end - digit > MAX_DIGITS)
        return false;
    for (; digit < end; digit++) {
        unsigned next = (unsigned)(*digit - '0');

        if (next > 9)
            return false;
        value = value * 10 + next;
    }
    *number = negative ? -value : value;
    return true;
}

/* pandas writes whole numbers as 4096.0 where their column has unknown values. Nothing is lost by it; an exponent may
   stand for digits that were rounded off. */
static bool parse_NUMBER(const char *field, size_t length, int64_t *number)
{
    const char *point = memchr(field, '.', length), *end = field + length;

    if (point && point > field && point + 1 < end && strspn(point + 1, "0") == (size_t)(end - point - 1))
        end = point;
    return sample_parse_number(field, (size_t)(end - field), number);
}

static int index_of(const char *name, const char *const *names, int count)
{
    for (int i = 0; i < count; i++)
        if (strcmp(name, names[i]) == 0)
            return i;
    return -1;
}

static bool is_word(const char *field, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (field[i] < 'a' || field[i] > 'z')
            return false;
    return length > 0;
}

static bool parse_PHASE(const char *field, size_t length, enum sample_phase *phase)
{
    if (!is_word(field, length))
        return false;
    *phase = (enum sample_phase)index_of(field, sample_phase_names, SAMPLE_PHASE_COUNT);
    return true;
}

static bool parse_STATUS(const char *field, size_t length, enum sample_status *status)
{
    int found = length > 0 ? index_of(field, sample_status_names, SAMPLE_STATUS_COUNT) : SAMPLE_NO_STATUS;

    *status = (enum sample_status)found;
    return length == 0 || (found >= 0 && strlen(sample_status_names[found]) == length);
}

#define EXPECTED_TEXT "a text without a zero byte"
#define EXPECTED_NUMBER "a whole number or nothing"
#define EXPECTED_PHASE "the name of a phase (idle, spawn, hold, drain, late, pass, end)"
#define EXPECTED_STATUS "ok, failed, short, timeout, killed, skipped or nothing"

#define IS_NUMBER_TEXT false
#define IS_NUMBER_NUMBER true
#define IS_NUMBER_PHASE false
#define IS_NUMBER_STATUS false

/* What to do about a number that other programs have written in their own way. */
static const char *hint_of(const char *field)
{
    static const char *const unknown[] = {"NA", "N/A", "#N/A", "NaN", "NULL", "None"};

    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        if (strcasecmp(field, unknown[i]) == 0)
            return " (leave unknown values empty, as R's write.csv does with na = \"\")";
    if (*field && strspn(field, "+-0123456789.,eE") == strlen(field) && strpbrk(field, "eE"))
        return " (its last digits may be lost: write numbers without exponents, as a spreadsheet does in the number "
               "format 0 and R with options(scipen = 999))";
    return "";
}

int sample_field_error(enum sample_column column, const char *field, struct error *error)
{
#define EXPECTED(kind, name) EXPECTED_##kind,
#define IS_NUMBER(kind, name) IS_NUMBER_##kind,
    static const char *const expected[SAMPLE_COLUMN_COUNT] = {SAMPLE_COLUMNS(EXPECTED)};
    static const bool is_number[SAMPLE_COLUMN_COUNT] = {SAMPLE_COLUMNS(IS_NUMBER)};

    return error_set(error, "column %s: '%.40s' is not %s%s", sample_column_names[column], field, expected[column],
                     is_number[column] ? hint_of(field) : "");
}

bool sample_set(struct sample *sample, enum sample_column column, const char *field, size_t length)
{
#define SET_COLUMN(kind, name)                                                                                         \
    case SAMPLE_COLUMN_##name:                                                                                         \
        return parse_##kind(field, length, &sample->name);
    switch (column) {
        SAMPLE_COLUMNS(SET_COLUMN)
    default:
        return false;
    }
}

/* Rejects what no writer can mean, so that the rest of the program need not check it. */
int sample_check(const struct sample *sample, struct error *error)
{
    enum work_kind kind;

    if (!*sample->host || !*sample->model)
        return error_set(error, "column %s: empty (every row names its host and model)",
                         *sample->host ? "model" : "host");
    if (!work_kind_of(sample->work, &kind))
        kind = WORK_KINDS; /* of a newer version: its rows are passed over */
    if (sample->tasks < (work_has_actors(kind) || kind == WORK_KINDS ? 0 : 1))
        return error_set(error, "column tasks: not a count of at least 1");
    if (sample->run < 1)
        return error_set(error, "column run: not a count of at least 1");
    if (sample->phase == SAMPLE_END && sample->status == SAMPLE_NO_STATUS)
        return error_set(error, "column status: empty (an end row says how the run ended)");
    if ((sample->phase == SAMPLE_LATE || sample->phase == SAMPLE_PASS) && sample->count < 0)
        return error_set(error, "column count: not a count (a row of phase %s tells how many)",
                         sample_phase_names[sample->phase]);
    if (sample->phase == SAMPLE_LATE && sample->value_ns == SAMPLE_UNKNOWN)
        return error_set(error, "column value_ns: empty (a row of phase late tells how late)");
    return 0;
}

int sample_parse(struct sample *sample, const char *const *row, const struct sample_layout *layout, struct error *error)
{
    *sample = sample_unknown();
    for (enum sample_column column = 0; column < SAMPLE_COLUMN_COUNT; column++) {
        const char *field = layout->field[column] == SAMPLE_NO_FIELD ? NULL : row[layout->field[column]];

        if (field && !sample_set(sample, column, field, strlen(field)))
            return sample_field_error(column, field, error);
    }
    return sample_check(sample, error);
}

/* The required columns come first. */
#define REQUIRED_INDEX(kind, name) REQUIRED_##name,
enum { SAMPLE_REQUIRED_COLUMNS(REQUIRED_INDEX) REQUIRED_COLUMNS };

int sample_layout_read(struct sample_layout *layout, const char *const *names, size_t fields, struct error *error)
{
    layout->fields = fields;
    for (size_t column = 0; column < SAMPLE_COLUMN_COUNT; column++)
        layout->field[column] = SAMPLE_NO_FIELD;
    for (size_t field = 0; field < fields; field++) {
        int column = index_of(names[field], sample_column_names, SAMPLE_COLUMN_COUNT);

        if (column < 0)
            continue;
        if (layout->field[column] != SAMPLE_NO_FIELD)
            return error_set(error, "column %s: stands twice in the header", names[field]);
        layout->field[column] = field;
    }
    for (size_t column = 0; column < REQUIRED_COLUMNS; column++)
        if (layout->field[column] == SAMPLE_NO_FIELD)
            return error_set(error, "column %s: missing in the header (is this a recording?)",
                             sample_column_names[column]);
    return 0;
}

struct sample_layout sample_layout_own(void)
{
    struct sample_layout layout = {.fields = SAMPLE_COLUMN_COUNT};

    for (size_t column = 0; column < SAMPLE_COLUMN_COUNT; column++)
        layout.field[column] = column;
    return layout;
}

#define MAX_FIELDS 1024 /* far more columns than any recording has */

int sample_layout_parse(struct sample_layout *layout, char *line, struct error *error)
{
    const char *name[MAX_FIELDS];
    size_t fields = 0;
    char *rest = line;

    line[strcspn(line, "\r\n")] = '\0';
    while (rest && fields < MAX_FIELDS)
        name[fields++] = strsep(&rest, ",");
    if (rest)
        return error_set(error, "more fields than any recording has (is this a recording?)");
    return sample_layout_read(layout, name, fields, error);
}

/* Takes one field off the line, without its quotes, in place. */
static char *take_field(char **line)
{
    char *field = *line, *from = field, *to = field;
    bool quoted = false;

    for (; *from && (quoted || *from != ','); from++) {
        bool is_doubled = quoted && from[0] == '"' && from[1] == '"';

        if (*from != '"' || is_doubled)
            *to++ = *from;
        else
            quoted = !quoted;
        from += is_doubled;
    }
    *line = *from ? from + 1 : NULL;
    *to = '\0';
    return field;
}

int sample_parse_line(struct sample *sample, char *line, const struct sample_layout *layout, struct error *error)
{
    const char *field[MAX_FIELDS];
    size_t fields = 0;
    char *rest = line;

    while (rest && fields < MAX_FIELDS)
        field[fields++] = take_field(&rest);
    if (rest || fields != layout->fields)
        return error_set(error, "a row of other fields than the header's");
    return sample_parse(sample, field, layout, error);
}
