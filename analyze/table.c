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
    struct table table = {.column = calloc(columns, sizeof *column), .columns = columns, .unit = unit};

    table.out_of_memory = !table.column;
    if (table.column)
        memcpy(table.column, column, columns * sizeof *column);
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

static bool add(struct table *table, struct table_value value)
{
    struct table_value *more = array_grow(table->value, table->values, sizeof *more);

    if (!more)
        return false;
    table->value = more;
    table->value[table->values++] = value;
    return true;
}

void table_add_text(struct table *table, const char *text)
{
    char *copy = strdup(text);

    if (copy && !table->out_of_memory && add(table, (struct table_value){.text = copy}))
        return;
    free(copy);
    table->out_of_memory = true;
}

void table_add_number(struct table *table, double number)
{
    if (!table->out_of_memory && !add(table, (struct table_value){.number = number, .unit = table->unit}))
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
    table->has_failed = true;
    append_text(table, &table->alarm, format, arguments);
    va_end(arguments);
}

void table_doubt(struct table *table, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    append_text(table, &table->alarm, format, arguments);
    va_end(arguments);
}

size_t table_rows(const struct table *table)
{
    return table->columns > 0 ? table->values / table->columns : 0;
}

const struct table_value *table_at(const struct table *table, size_t row, size_t column)
{
    return &table->value[row * table->columns + column];
}

const struct table_value *table_of(const struct table *table, size_t row, const char *name)
{
    size_t column = 0;

    while (strcmp(table->column[column].name ? table->column[column].name : "", name) != 0)
        column++;
    return table_at(table, row, column);
}

bool table_knows(const struct table *table, size_t row, size_t column)
{
    const struct table_value *value = table_at(table, row, column);

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

int table_unit(const struct table *table, size_t row, size_t column)
{
    int unit = table->column[column].unit;

    return unit == TABLE_METRIC ? (int)table_at(table, row, column)->unit : unit;
}

/* A metric that counts has means, which are not whole. */
const char *table_format_value(char text[TABLE_NUMBER_SIZE], const struct table *table, size_t row, size_t column)
{
    double number = table_at(table, row, column)->number;

    if (table->column[column].unit != UNIT_COUNT || !(fabs(number) < MOST_WHOLE))
        return table_format_number(text, number);
    snprintf(text, TABLE_NUMBER_SIZE, "%.0f", number);
    return text;
}
