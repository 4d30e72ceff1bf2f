/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CSV: plain numbers that read back as the same double. */
#include "analyze/format.h"

#include "collect/sample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void write_value(const struct table *table, size_t row, size_t column, FILE *stream)
{
    const struct table_value *value = table_at(table, row, column);
    char text[TABLE_NUMBER_SIZE];

    if (!table_knows(table, row, column))
        return;
    if (table->column[column].unit == TABLE_TEXT)
        sample_write_text(value->text, stream);
    else
        fputs(table_format_value(text, table, row, column), stream);
}

static void write_header(const struct table *table, FILE *stream)
{
    const char *separator = "";

    for (size_t column = 0; column < table->columns; column++) {
        if (!table->column[column].name)
            continue;
        fprintf(stream, "%s%s", separator, table->column[column].name);
        separator = ",";
    }
    putc('\n', stream);
}

int format_csv(const struct table *table, const struct format_source *source, const struct format_style *style,
               FILE *stream)
{
    (void)source;
    (void)style;
    write_header(table, stream);
    for (size_t row = 0; row < table_rows(table); row++) {
        const char *separator = "";

        for (size_t column = 0; column < table->columns; column++) {
            if (!table->column[column].name)
                continue;
            fputs(separator, stream);
            write_value(table, row, column, stream);
            separator = ",";
        }
        putc('\n', stream);
    }
    return 0;
}
