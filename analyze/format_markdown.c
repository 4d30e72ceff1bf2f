/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Markdown: a pipe table for each group, as GitHub, GitLab and Pandoc read it. */
#include "analyze/format.h"
#include "analyze/format_people.h"

#include <stdlib.h>
#include <string.h>

/* Escapes Markdown's own marks; a line break would end the row. */
static void put_text(const char *text, FILE *stream)
{
    for (; *text; text++) {
        if (strchr("|\\*_`<>[]#~", *text))
            putc('\\', stream);
        putc(*text == '\n' || *text == '\r' ? ' ' : *text, stream);
    }
}

/* A heading stands over a value and its interval. */
static void put_headings(const struct table *table, const struct format_column *shown, size_t count, FILE *stream)
{
    for (size_t i = 0; i < count; i++) {
        if (shown[i].is_interval)
            continue;
        fputs("| ", stream);
        put_text(format_people_heading(table, &shown[i]), stream);
        putc(' ', stream);
    }
    fputs("|\n", stream);
    for (size_t i = 0; i < count; i++)
        if (!shown[i].is_interval)
            fputs(table->column[shown[i].column].unit == TABLE_TEXT ? "| --- " : "| ---: ", stream);
    fputs("|\n", stream);
}

static void put_row(const struct table *table, size_t row, const struct format_column *shown, size_t count,
                    FILE *stream)
{
    for (size_t i = 0; i < count; i++) {
        char buffer[FORMAT_TEXT_SIZE];

        fputs(shown[i].is_interval ? "" : "| ", stream);
        put_text(format_people_cell(table, row, &shown[i], buffer), stream);
        putc(' ', stream);
    }
    fputs("|\n", stream);
}

static void put_group(const struct table *table, size_t row, FILE *stream)
{
    fputs(row > 0 ? "\n" : "", stream);
    for (size_t column = 0; column < table->columns; column++)
        if (table->column[column].role == TABLE_GROUP) {
            fprintf(stream, "**%s: ", table->column[column].heading);
            put_text(table_at(table, row, column)->text, stream);
            fputs("**\n\n", stream);
        }
}

int format_markdown(const struct table *table, const struct format_source *source, const struct format_style *style,
                    FILE *stream)
{
    struct format_column *shown = calloc(2 * table->columns, sizeof *shown);
    size_t count;

    (void)source;
    (void)style;
    if (!shown)
        return -1;
    count = format_people_choose_columns(shown, table);
    for (size_t row = 0; row < table_rows(table); row++) {
        if (format_people_begins_group(table, row)) {
            put_group(table, row, stream);
            put_headings(table, shown, count, stream);
        }
        put_row(table, row, shown, count, stream);
    }
    free(shown);
    if (table->remark) {
        putc('\n', stream);
        for (const char *text = table->remark; *text; text++)
            fprintf(stream, strchr("\\*_`<>[]#~", *text) ? "\\%c" : "%c", *text);
    }
    return 0;
}
