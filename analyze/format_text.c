/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text for people: columns aligned at the decimal point, the reach of the limits beside a value, columns of which
   nothing is known left out. */
#include "analyze/format.h"

#include "collect/quantity.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define GAP 2 /* blanks between columns */

/* One column as printed: a column of the table, or the limits of one. */
struct printed_column {
    size_t column;
    bool is_interval;
    size_t before, after; /* the widest of what stands before and after the decimal point */
};

#define CELL_TEXT_SIZE (2 * QUANTITY_TEXT_SIZE + 8)

/* --- one cell as text ------------------------------------------------------------------------------------------- */

/* The column of that role which belongs to the value in `column`, or 0: no limit is the first. */
static size_t find_limit(const struct table *table, size_t column, enum table_role role)
{
    for (size_t i = column + 1; i < table->columns && table->column[i].role != TABLE_VALUE; i++)
        if (table->column[i].role == role)
            return i;
    return 0;
}

static void format_interval(char text[CELL_TEXT_SIZE], double low, double value, double high)
{
    char first[QUANTITY_TEXT_SIZE], second[QUANTITY_TEXT_SIZE];
    double below = value - low, above = high - value;

    if (fabs(above - below) <= 0.01 * fmax(above, below))
        snprintf(text, CELL_TEXT_SIZE, "± %s", quantity_format_bytes(first, fmax(above, below)));
    else
        snprintf(text, CELL_TEXT_SIZE, "%s to %s", quantity_format_bytes(first, low),
                 quantity_format_bytes(second, high));
}

static const char *interval_text(const struct table *table, size_t row, size_t column, char text[CELL_TEXT_SIZE])
{
    size_t low = find_limit(table, column, TABLE_LOW), high = find_limit(table, column, TABLE_HIGH);

    if (!table_knows(table, row, low) || !table_knows(table, row, high))
        return "";
    format_interval(text, table_at(table, row, low)->number, table_at(table, row, column)->number,
                    table_at(table, row, high)->number);
    return text;
}

static void format_number(char text[CELL_TEXT_SIZE], enum table_unit unit, double number)
{
    switch (unit) {
    case TABLE_BYTES:
        quantity_format_bytes(text, number);
        break;
    case TABLE_TASKS:
        quantity_format_count(text, (int64_t)number);
        break;
    case TABLE_COUNT:
        snprintf(text, CELL_TEXT_SIZE, "%.0f", number);
        break;
    default:
        snprintf(text, CELL_TEXT_SIZE, "%.3g", number);
    }
}

/* The text stands in the table, in `text`, or is constant. */
static const char *cell_text(const struct table *table, size_t row, const struct printed_column *printed,
                             char text[CELL_TEXT_SIZE])
{
    enum table_unit unit = table->column[printed->column].unit;

    if (unit == TABLE_TEXT)
        return table_at(table, row, printed->column)->text;
    if (printed->is_interval)
        return interval_text(table, row, printed->column, text);
    if (!table_knows(table, row, printed->column))
        return "-";
    format_number(text, unit, table_at(table, row, printed->column)->number);
    return text;
}

/* Characters, of UTF-8: continuation bytes take no room. */
static size_t width_of(const char *text, size_t bytes)
{
    size_t width = 0;

    for (size_t i = 0; i < bytes; i++)
        width += ((unsigned char)text[i] & 0xc0) != 0x80;
    return width;
}

/* How many characters stand before the place at which the column is aligned: texts at their start, whole numbers at
   their end, sizes at the decimal point. */
static size_t width_before(const struct table *table, const struct printed_column *printed, const char *text)
{
    enum table_unit unit = table->column[printed->column].unit;
    size_t end = 0;

    if (unit == TABLE_TEXT)
        return 0;
    if (unit != TABLE_BYTES || strcmp(text, "-") == 0)
        return width_of(text, strlen(text));
    while (text[end] && !isdigit((unsigned char)text[end]))
        end++;
    while (isdigit((unsigned char)text[end]))
        end++;
    return width_of(text, end);
}

/* --- columns ---------------------------------------------------------------------------------------------------- */

static bool is_all_unknown(const struct table *table, size_t column)
{
    bool unknown = true;

    for (size_t row = 0; row < table_rows(table) && unknown; row++)
        unknown = !table_knows(table, row, column);
    return unknown;
}

static bool is_shown(const struct table *table, size_t column)
{
    const struct table_column *described = &table->column[column];

    return described->heading && described->role != TABLE_GROUP &&
           (described->role == TABLE_VALUE || !is_all_unknown(table, column));
}

static const char *heading_of(const struct table *table, const struct printed_column *printed)
{
    return printed->is_interval ? "" : table->column[printed->column].heading;
}

static void measure(struct printed_column *printed, const struct table *table)
{
    size_t heading = width_of(heading_of(table, printed), strlen(heading_of(table, printed)));

    for (size_t row = 0; row < table_rows(table); row++) {
        char buffer[CELL_TEXT_SIZE];
        const char *text = cell_text(table, row, printed, buffer);
        size_t before = width_before(table, printed, text), width = width_of(text, strlen(text));

        printed->before = before > printed->before ? before : printed->before;
        printed->after = width - before > printed->after ? width - before : printed->after;
    }
    if (printed->before + printed->after >= heading)
        return;
    /* The heading is the widest: numbers stay at its right. */
    if (table->column[printed->column].unit == TABLE_TEXT)
        printed->after = heading;
    else
        printed->before = heading - printed->after;
}

/* Fills room for 2 columns a column of the table; returns how many are used. */
static size_t choose_columns(struct printed_column *printed, const struct table *table)
{
    size_t count = 0;

    for (size_t column = 0; column < table->columns; column++) {
        size_t low = find_limit(table, column, TABLE_LOW);

        if (!is_shown(table, column))
            continue;
        printed[count++] = (struct printed_column){.column = column};
        if (table->column[column].role == TABLE_VALUE && low > 0 && !is_all_unknown(table, low))
            printed[count++] = (struct printed_column){.column = column, .is_interval = true};
    }
    for (size_t i = 0; i < count; i++)
        measure(&printed[i], table);
    return count;
}

/* --- lines ------------------------------------------------------------------------------------------------------ */

/* Blanks are held back until something follows, so that no line ends in them. */
struct line {
    FILE *stream;
    size_t blanks;
};

static void put_padded(struct line *line, size_t before, const char *text, size_t after)
{
    if (*text)
        fprintf(line->stream, "%*s%s", (int)(line->blanks + before), "", text);
    line->blanks = *text ? after : line->blanks + before + after;
}

static void end_line(struct line *line)
{
    putc('\n', line->stream);
    line->blanks = 0;
}

/* An interval stands closer to its value than columns to each other. */
static size_t gap_before(const struct printed_column *printed, size_t i)
{
    return i == 0 ? 0 : printed[i].is_interval ? 1 : GAP;
}

static void put_headings(struct line *line, const struct table *table, const struct printed_column *printed,
                         size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *heading = heading_of(table, &printed[i]);
        size_t rest = printed[i].before + printed[i].after - width_of(heading, strlen(heading));
        enum table_unit unit = table->column[printed[i].column].unit;
        bool at_right = unit != TABLE_TEXT && table->column[printed[i].column].role != TABLE_VALUE;

        line->blanks += gap_before(printed, i);
        put_padded(line, at_right ? rest : 0, heading, at_right ? 0 : rest);
    }
    end_line(line);
}

static void put_row(struct line *line, const struct table *table, size_t row, const struct printed_column *printed,
                    size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char buffer[CELL_TEXT_SIZE];
        const char *text = cell_text(table, row, &printed[i], buffer);
        size_t before = width_before(table, &printed[i], text), width = width_of(text, strlen(text));

        line->blanks += gap_before(printed, i);
        put_padded(line, printed[i].before - before, text, printed[i].after - (width - before));
    }
    end_line(line);
}

/* The first row does, and each whose group is not that of the row before. */
static bool begins_group(const struct table *table, size_t row)
{
    bool begins = row == 0;

    for (size_t column = 0; column < table->columns && !begins; column++)
        begins = table->column[column].role == TABLE_GROUP &&
                 strcmp(table_at(table, row, column)->text, table_at(table, row - 1, column)->text) != 0;
    return begins;
}

static void put_group(const struct line *line, const struct table *table, size_t row)
{
    fputs(row > 0 ? "\n" : "", line->stream);
    for (size_t column = 0; column < table->columns; column++)
        if (table->column[column].role == TABLE_GROUP)
            fprintf(line->stream, "%s: %s\n", table->column[column].heading, table_at(table, row, column)->text);
}

int format_text(const struct table *table, FILE *stream)
{
    struct printed_column *printed = calloc(2 * table->columns, sizeof *printed);
    struct line line = {stream, 0};
    size_t count;

    if (!printed)
        return -1;
    count = choose_columns(printed, table);
    for (size_t row = 0; row < table_rows(table); row++) {
        if (begins_group(table, row)) {
            put_group(&line, table, row);
            put_headings(&line, table, printed, count);
        }
        put_row(&line, table, row, printed, count);
    }
    if (table->remark)
        fprintf(stream, "\n%s", table->remark);
    free(printed);
    return 0;
}
