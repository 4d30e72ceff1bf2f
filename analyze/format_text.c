/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text for people: columns aligned at the decimal point, the limits' half-width beside a value, no column without a
   known value. To fit a terminal's width, minor columns are left out and long texts wrap; remarks always wrap. */
#include "analyze/format.h"
#include "analyze/format_people.h"
#include "collect/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define GAP 2             /* blanks between columns */
#define NARROWEST_TEXT 24 /* a text with less room goes on the next line */
#define NEXT_LINE_INDENT 4
#define REMARK_WIDTH 116       /* of their lines, unless a terminal has another width */
#define STAND_OUT "\033[1;31m" /* bold and red */
#define AS_BEFORE "\033[0m"

/* One column as printed. */
struct printed_column {
    struct format_column shown;
    size_t before, after; /* the widest of what stands before and after the decimal point */
};

struct print {
    const struct table *table;
    const struct format_style *style;
    struct printed_column *column;
    size_t columns;
    const char **left_out; /* headings of minor columns without room */
    size_t left_outs;
};

/* --- widths ------------------------------------------------------------------------------------------------------- */

/* How many columns precede the point of alignment: a text's start, a whole number's end, the decimal point of sizes
   and times. */
static size_t width_before(const struct table *table, size_t row, const struct printed_column *printed,
                           const char *text)
{
    int unit = table_unit(table, row, printed->shown.column);
    size_t end = 0;

    if (unit == TABLE_TEXT)
        return 0;
    if (!unit_is_named((enum unit)unit) || strcmp(text, "-") == 0)
        return text_width(text, strlen(text));
    while (text[end] && !isdigit((unsigned char)text[end]))
        end++;
    while (isdigit((unsigned char)text[end]))
        end++;
    return text_width(text, end);
}

static void measure(struct printed_column *printed, const struct table *table)
{
    size_t heading = text_width(format_people_heading(table, &printed->shown),
                                strlen(format_people_heading(table, &printed->shown)));

    for (size_t row = 0; row < table_rows(table); row++) {
        char buffer[FORMAT_TEXT_SIZE];
        const char *text = format_people_cell(table, row, &printed->shown, buffer);
        size_t before = width_before(table, row, printed, text), width = text_width(text, strlen(text));

        printed->before = before > printed->before ? before : printed->before;
        printed->after = width - before > printed->after ? width - before : printed->after;
    }
    if (printed->before + printed->after >= heading)
        return;
    /* The heading is the widest: numbers stay at its right. */
    if (table->column[printed->shown.column].unit == TABLE_TEXT)
        printed->after = heading;
    else
        printed->before = heading - printed->after;
}

/* An interval is closer to its value than columns are to each other. */
static size_t gap_before(const struct print *print, size_t i)
{
    return i == 0 ? 0 : print->column[i].shown.is_interval ? 1 : GAP;
}

static bool is_last_text(const struct print *print, size_t i)
{
    return i + 1 == print->columns && print->table->column[print->column[i].shown.column].unit == TABLE_TEXT;
}

/* Where column i begins; for i = columns, the width of a line. */
static size_t position_of(const struct print *print, size_t i)
{
    size_t position = 0;

    for (size_t k = 0; k < i; k++)
        position += gap_before(print, k) + print->column[k].before + print->column[k].after;
    return position + (i < print->columns ? gap_before(print, i) : 0);
}

/* The width that cannot be wrapped: all but a text at the end. */
static size_t stiff_width(const struct print *print)
{
    size_t last = print->columns - 1;

    return is_last_text(print, last) ? position_of(print, last) : position_of(print, print->columns);
}

/* Leaves out the last minor column. Returns false if there is none. */
static bool leave_out_minor(struct print *print)
{
    size_t i = print->columns, columns;

    while (i > 0 && print->table->column[print->column[i - 1].shown.column].role != TABLE_MINOR)
        i--;
    if (i == 0)
        return false;
    columns = --print->columns;
    print->left_out[print->left_outs++] = format_people_heading(print->table, &print->column[i - 1].shown);
    memmove(&print->column[i - 1], &print->column[i], (columns - (i - 1)) * sizeof *print->column);
    return true;
}

static int print_new(struct print *print, const struct table *table, const struct format_style *style)
{
    struct format_column *shown = calloc(2 * table->columns, sizeof *shown);

    *print = (struct print){table,
                            style,
                            calloc(2 * table->columns, sizeof *print->column),
                            0,
                            calloc(table->columns, sizeof *print->left_out),
                            0};
    if (!shown || !print->column || !print->left_out) {
        free(shown);
        return -1;
    }
    print->columns = format_people_choose_columns(shown, table);
    for (size_t i = 0; i < print->columns; i++) {
        print->column[i].shown = shown[i];
        measure(&print->column[i], table);
    }
    free(shown);
    while (style->width > 0 && print->columns > 0 && stiff_width(print) > style->width && leave_out_minor(print))
        ;
    return 0;
}

static void print_free(struct print *print)
{
    free(print->column);
    free(print->left_out);
}

/* --- lines -------------------------------------------------------------------------------------------------------- */

/* Blanks are held back until something follows, so that no line ends in them. */
struct line {
    FILE *stream;
    size_t blanks;
};

static void put_padded(struct line *line, size_t before, const char *text, size_t after, bool stands_out)
{
    if (*text)
        fprintf(line->stream, "%*s%s%s%s", (int)(line->blanks + before), "", stands_out ? STAND_OUT : "", text,
                stands_out ? AS_BEFORE : "");
    line->blanks = *text ? after : line->blanks + before + after;
}

static void end_line(struct line *line)
{
    putc('\n', line->stream);
    line->blanks = 0;
}

static void put_headings(struct line *line, const struct print *print)
{
    for (size_t i = 0; i < print->columns; i++) {
        const struct printed_column *printed = &print->column[i];
        const char *heading = format_people_heading(print->table, &printed->shown);
        size_t rest = printed->before + printed->after - text_width(heading, strlen(heading));
        const struct table_column *column = &print->table->column[printed->shown.column];
        bool at_right = column->unit != TABLE_TEXT && column->role != TABLE_VALUE;

        line->blanks += gap_before(print, i);
        put_padded(line, at_right ? rest : 0, heading, at_right ? 0 : rest, false);
    }
    end_line(line);
}

/* The length up to the next break: a blank, but not that of "95 %". */
static size_t next_break(const char *text)
{
    size_t bytes = strcspn(text, " ");

    while (strncmp(text + bytes, " %", 2) == 0)
        bytes += 2 + strcspn(text + bytes + 2, " ");
    return bytes;
}

/* How many bytes of whole words fit `room` characters; at least one word. */
static size_t bytes_for(const char *text, size_t room)
{
    size_t bytes = next_break(text), next = bytes;

    while (text[next] == ' ') {
        next += 1 + next_break(text + next + 1);
        if (text_width(text, next) > room)
            break;
        bytes = next;
    }
    return bytes;
}

/* A text at the end of the line, which is at `position`, on as many lines as it takes. */
static void put_wrapped(struct line *line, const struct print *print, size_t position, const char *text)
{
    size_t width = print->style->width;

    if (position + NARROWEST_TEXT > width && position + text_width(text, strlen(text)) > width) {
        end_line(line);
        position = line->blanks = NEXT_LINE_INDENT;
    }
    while (position + text_width(text, strlen(text)) > width && position < width) {
        size_t bytes = bytes_for(text, width - position);

        fprintf(line->stream, "%*s%.*s", (int)line->blanks, "", (int)bytes, text);
        text += bytes + (text[bytes] == ' ');
        if (!*text)
            return;
        end_line(line);
        line->blanks = position;
    }
    put_padded(line, 0, text, 0, false);
}

static void put_row(struct line *line, const struct print *print, size_t row)
{
    for (size_t i = 0; i < print->columns; i++) {
        const struct printed_column *printed = &print->column[i];
        char buffer[FORMAT_TEXT_SIZE];
        const char *text = format_people_cell(print->table, row, &printed->shown, buffer);
        size_t before = width_before(print->table, row, printed, text), width = text_width(text, strlen(text));
        bool stands_out = print->style->color && format_people_is_fault(print->table, row, &printed->shown);

        line->blanks += gap_before(print, i);
        if (print->style->width > 0 && *text && is_last_text(print, i))
            put_wrapped(line, print, position_of(print, i), text);
        else
            put_padded(line, printed->before - before, text, printed->after - (width - before), stands_out);
    }
    end_line(line);
}

static void put_group(const struct line *line, const struct table *table, size_t row)
{
    fputs(row > 0 ? "\n" : "", line->stream);
    for (size_t column = 0; column < table->columns; column++)
        if (table->column[column].role == TABLE_GROUP)
            fprintf(line->stream, "%s: %s\n", table->column[column].heading, table_at(table, row, column)->text);
}

/* A line of text on as many lines as it takes. Returns what follows it. */
static const char *put_remark(const char *text, size_t width, FILE *stream)
{
    const char *end = strchrnul(text, '\n');

    while (text < end) {
        size_t rest = (size_t)(end - text), bytes = bytes_for(text, width);

        if (bytes > rest || text_width(text, rest) <= width)
            bytes = rest;
        fprintf(stream, "%.*s\n", (int)bytes, text);
        text += bytes + (text[bytes] == ' ');
    }
    return end + (*end == '\n');
}

static void put_remarks(const struct print *print, FILE *stream)
{
    size_t width = print->style->width > 0 ? print->style->width : REMARK_WIDTH;
    const char *text = print->table->remark;

    fputs(text && *text ? "\n" : "", stream);
    while (text && *text)
        text = put_remark(text, width, stream);
}

static void put_left_out(const struct print *print, FILE *stream)
{
    for (size_t i = print->left_outs; i > 0; i--)
        fprintf(stream, "%s%s", i == print->left_outs ? "\nNo room for: " : ", ", print->left_out[i - 1]);
    fputs(print->left_outs > 0 ? " (widen the terminal).\n" : "", stream);
}

int format_text(const struct table *table, const struct format_source *source, const struct format_style *style,
                FILE *stream)
{
    struct line line = {stream, 0};
    struct print print;
    int result = print_new(&print, table, style);

    (void)source;
    for (size_t row = 0; result == 0 && row < table_rows(table); row++) {
        if (format_people_begins_group(table, row)) {
            put_group(&line, table, row);
            put_headings(&line, &print);
        }
        put_row(&line, &print, row);
    }
    if (result == 0)
        put_left_out(&print, stream);
    if (result == 0)
        put_remarks(&print, stream);
    print_free(&print);
    return result;
}
