/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Builds tables value by value. */
#include "analyze/table.h"

#include "collect/array.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_WHOLE 1e15 /* beyond it digits are not significant */

struct table table_new(const struct table_column *column, size_t columns, enum unit unit)
{
    struct table table = {.column = calloc(columns, sizeof *column), .columns = columns};

    table.out_of_memory = !table.column;
    for (size_t i = 0; table.column && i < columns; i++) {
        table.column[i] = column[i];
        if (column[i].unit == TABLE_METRIC)
            table.column[i].unit = (int)unit;
    }
    return table;
}

void table_free(struct table *table)
{
    for (size_t i = 0; i < table->values; i++)
        if (table->column[i % table->columns].unit == TABLE_TEXT)
            free(table->value[i].text);
    free(table->column);
    free(table->value);
    free(table->remark);
    free(table->alarm);
    *table = (struct table){0};
}

static bool add(struct table *table, union table_value value)
{
    union table_value *more = array_grow(table->value, table->values, sizeof *more);

    if (!more)
        return false;
    table->value = more;
    table->value[table->values++] = value;
    return true;
}

void table_add_text(struct table *table, const char *text)
{
    char *copy = strdup(text);

    if (copy && !table->out_of_memory && add(table, (union table_value){.text = copy}))
        return;
    free(copy);
    table->out_of_memory = true;
}

void table_add_number(struct table *table, double number)
{
    if (!table->out_of_memory && !add(table, (union table_value){.number = number}))
        table->out_of_memory = true;
}

/* Appends the formatted text to *text. */
static void append_text(struct table *table, char **text, const char *format, va_list arguments)
{
    char *added = NULL, *joined = NULL;
    int length = vasprintf(&added, format, arguments);

    if (length < 0 || asprintf(&joined, "%s%s", *text ? *text : "", added) < 0)
        table->out_of_memory = true;
    if (length >= 0)
        free(added);
    if (table->out_of_memory)
        return;
    free(*text);
    *text = joined;
}

void table_remark(struct table *table, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    append_text(table, &table->remark, format, arguments);
    va_end(arguments);
}

void table_alarm(struct table *table, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    append_text(table, &table->alarm, format, arguments);
    va_end(arguments);
}

size_t table_rows(const struct table *table)
{
    return table->values / table->columns;
}

const union table_value *table_at(const struct table *table, size_t row, size_t column)
{
    return &table->value[row * table->columns + column];
}

bool table_knows(const struct table *table, size_t row, size_t column)
{
    const union table_value *value = table_at(table, row, column);

    return table->column[column].unit == TABLE_TEXT ? *value->text != '\0' : (bool)isfinite(value->number);
}

const char *table_format_number(char text[TABLE_NUMBER_SIZE], double number)
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, TABLE_NUMBER_SIZE, "%.*g", digits, number);
        if (strtod(text, NULL) == number)
            break;
    }
    return text;
}

const char *table_format_value(char text[TABLE_NUMBER_SIZE], int unit, double number)
{
    if (unit != UNIT_COUNT || !(fabs(number) < MOST_WHOLE))
        return table_format_number(text, number);
    snprintf(text, TABLE_NUMBER_SIZE, "%.0f", number);
    return text;
}
