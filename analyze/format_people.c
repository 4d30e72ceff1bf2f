/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analyze/format_people.h"

#include <math.h>
#include <string.h>

/* --- one cell as text --------------------------------------------------------------------------------------------- */

/* The limit of that role for the value in `column`, or 0: the first column is never a limit. */
static size_t find_limit(const struct table *table, size_t column, enum table_role role)
{
    for (size_t i = column + 1; i < table->columns && table->column[i].role != TABLE_VALUE; i++)
        if (table->column[i].role == role)
            return i;
    return 0;
}

/* Where a number stands. */
struct place {
    const struct table *table;
    size_t row, column;
};

/* Counts are exact to the last digit; numbers with limits are estimates, and so is what a metric counts. */
static const char *format_number(char text[FORMAT_TEXT_SIZE], struct place place, double number)
{
    const struct table_column *column = &place.table->column[place.column];
    bool is_estimate = column->role == TABLE_VALUE || column->role == TABLE_LOW || column->role == TABLE_HIGH;

    if (column->unit == UNIT_COUNT && !is_estimate)
        return unit_format_count(text, (int64_t)number);
    return unit_format(text, (enum unit)table_unit(place.table, place.row, place.column), number);
}

/* "± 3 B" where both limits are equally far away, otherwise "1 B to 5 B"; "from 1 B" or "to 5 B" where there is only
   one. */
static void format_interval(char text[FORMAT_TEXT_SIZE], struct place place, double low, double value, double high)
{
    char first[FORMAT_TEXT_SIZE], second[FORMAT_TEXT_SIZE];
    double below = value - low, above = high - value;

    if (!isfinite(high))
        snprintf(text, FORMAT_TEXT_SIZE, "from %s", format_number(first, place, low));
    else if (!isfinite(low))
        snprintf(text, FORMAT_TEXT_SIZE, "to %s", format_number(first, place, high));
    else if (fabs(above - below) <= 0.01 * fmax(above, below))
        snprintf(text, FORMAT_TEXT_SIZE, "± %s", format_number(first, place, fmax(above, below)));
    else
        snprintf(text, FORMAT_TEXT_SIZE, "%.32s to %.32s", format_number(first, place, low),
                 format_number(second, place, high));
}

static const char *interval_text(const struct table *table, size_t row, size_t column, char text[FORMAT_TEXT_SIZE])
{
    size_t low = find_limit(table, column, TABLE_LOW), high = find_limit(table, column, TABLE_HIGH);

    if (!table_knows(table, row, low) && !table_knows(table, row, high))
        return "";
    format_interval(text, (struct place){table, row, column}, table_at(table, row, low)->number,
                    table_at(table, row, column)->number, table_at(table, row, high)->number);
    return text;
}

const char *format_people_cell(const struct table *table, size_t row, const struct format_column *shown,
                               char text[FORMAT_TEXT_SIZE])
{
    if (table->column[shown->column].unit == TABLE_TEXT)
        return table_at(table, row, shown->column)->text;
    if (shown->is_interval)
        return interval_text(table, row, shown->column, text);
    if (!table_knows(table, row, shown->column))
        return "-";
    return format_number(text, (struct place){table, row, shown->column}, table_at(table, row, shown->column)->number);
}

/* --- what stands out ---------------------------------------------------------------------------------------------- */

bool format_people_is_fault(const struct table *table, size_t row, const struct format_column *shown)
{
    const struct table_column *column = &table->column[shown->column];
    const struct table_value *value = table_at(table, row, shown->column);

    if (column->role != TABLE_FAULT)
        return false;
    return column->unit == TABLE_TEXT ? strncmp(value->text, "no", 2) == 0 : value->number > 0;
}

bool format_people_begins_group(const struct table *table, size_t row)
{
    bool begins = row == 0;

    for (size_t column = 0; column < table->columns && !begins; column++)
        begins = table->column[column].role == TABLE_GROUP &&
                 strcmp(table_at(table, row, column)->text, table_at(table, row - 1, column)->text) != 0;
    return begins;
}

/* --- columns ------------------------------------------------------------------------------------------------------ */

static bool is_all_unknown(const struct table *table, size_t column)
{
    bool unknown = true;

    for (size_t row = 0; row < table_rows(table) && unknown; row++)
        unknown = !table_knows(table, row, column);
    return unknown;
}

static bool is_same_everywhere(const struct table *table, size_t column)
{
    bool same = true;

    for (size_t row = 1; row < table_rows(table) && same; row++)
        same = strcmp(table_at(table, row, column)->text, table_at(table, 0, column)->text) == 0;
    return same;
}

static bool is_shown(const struct table *table, size_t column)
{
    const struct table_column *described = &table->column[column];

    return described->heading && described->role != TABLE_GROUP &&
           !(described->role == TABLE_VARIED && is_same_everywhere(table, column)) &&
           ((described->role == TABLE_VALUE && described->name) || !is_all_unknown(table, column));
}

const char *format_people_heading(const struct table *table, const struct format_column *shown)
{
    return shown->is_interval ? "" : table->column[shown->column].heading;
}

size_t format_people_choose_columns(struct format_column *shown, const struct table *table)
{
    size_t count = 0;

    for (size_t column = 0; column < table->columns; column++) {
        size_t low = find_limit(table, column, TABLE_LOW), high = find_limit(table, column, TABLE_HIGH);

        if (!is_shown(table, column))
            continue;
        shown[count++] = (struct format_column){column, false};
        if (table->column[column].role == TABLE_VALUE && low > 0 &&
            !(is_all_unknown(table, low) && is_all_unknown(table, high)))
            shown[count++] = (struct format_column){column, true};
    }
    return count;
}
