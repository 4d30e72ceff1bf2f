/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LaTeX: a tabular with the rules of the package booktabs; the text is UTF-8, as LaTeX takes it since 2018. */
#include "analyze/format.h"
#include "analyze/format_people.h"

#include <stdlib.h>
#include <string.h>

struct escape {
    const char *plain, *latex;
};

/* A longer one precedes one that it begins with. */
static const struct escape escapes[] = {
    {"\\", "\\textbackslash{}"},
    {"{", "\\{"},
    {"}", "\\}"},
    {"&", "\\&"},
    {"%", "\\%"},
    {"$", "\\$"},
    {"#", "\\#"},
    {"_", "\\_"},
    {"~", "\\textasciitilde{}"},
    {"^", "\\textasciicircum{}"},
    {"<", "$<$"},
    {">", "$>$"},
    {"±", "$\\pm$"},
    {"×", "$\\times$"},
    {"µ", "$\\mu$"},
    {"\n", " "},
    {"\r", " "},
};

static void put_text(const char *text, FILE *stream)
{
    while (*text) {
        const struct escape *found = NULL;

        for (size_t i = 0; i < sizeof escapes / sizeof *escapes && !found; i++)
            if (strncmp(text, escapes[i].plain, strlen(escapes[i].plain)) == 0)
                found = &escapes[i];
        if (found)
            fputs(found->latex, stream);
        else
            putc(*text, stream);
        text += found ? strlen(found->plain) : 1;
    }
}

static void begin(const struct table *table, const struct format_column *shown, size_t count, FILE *stream)
{
    fputs("% \\usepackage{booktabs}\n\\begin{tabular}{", stream);
    for (size_t i = 0; i < count; i++)
        fputs(table->column[shown[i].column].unit == TABLE_TEXT ? "l"
              : shown[i].is_interval                            ? "@{ }l" /* close to its value */
                                                                : "r",
              stream);
    fputs("}\n\\toprule\n", stream);
    for (size_t i = 0; i < count; i++) {
        fputs(i ? " & " : "", stream);
        put_text(format_people_heading(table, &shown[i]), stream);
    }
    fputs(" \\\\\n", stream);
}

static void put_group(const struct table *table, size_t row, size_t count, FILE *stream)
{
    fputs("\\midrule\n", stream);
    for (size_t column = 0; column < table->columns; column++)
        if (table->column[column].role == TABLE_GROUP) {
            fprintf(stream, "\\multicolumn{%zu}{l}{\\emph{", count);
            put_text(table_at(table, row, column)->text, stream);
            fputs("}} \\\\\n", stream);
        }
}

static void put_row(const struct table *table, size_t row, const struct format_column *shown, size_t count,
                    FILE *stream)
{
    for (size_t i = 0; i < count; i++) {
        char buffer[FORMAT_TEXT_SIZE];

        fputs(i ? " & " : "", stream);
        put_text(format_people_cell(table, row, &shown[i], buffer), stream);
    }
    fputs(" \\\\\n", stream);
}

int format_latex(const struct table *table, const struct format_source *source, const struct format_style *style,
                 FILE *stream)
{
    struct format_column *shown = calloc(2 * table->columns, sizeof *shown);
    size_t count;

    (void)source;
    (void)style;
    if (!shown)
        return -1;
    count = format_people_choose_columns(shown, table);
    begin(table, shown, count, stream);
    for (size_t row = 0; row < table_rows(table); row++) {
        if (format_people_begins_group(table, row))
            put_group(table, row, count, stream);
        put_row(table, row, shown, count, stream);
    }
    fputs("\\bottomrule\n\\end{tabular}\n", stream);
    if (table->remark) {
        fputs("\n\\par\\medskip\\noindent\n", stream);
        put_text(table->remark, stream);
        putc('\n', stream);
    }
    free(shown);
    return 0;
}
