/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The formats: each writes any table. */
#ifndef TASKWEIGHT_ANALYZE_FORMAT_H
#define TASKWEIGHT_ANALYZE_FORMAT_H

#include "analyze/table.h"

#include <stdio.h>

/* How a table is shown. */
struct format_style {
    size_t width; /* most characters in a line; 0: any number */
    bool color;   /* highlight faults */
};

/* Where a table comes from. */
struct format_source {
    const char *table, *metric, *fit; /* names */
    double confidence;
    const struct recording_file *file;
    size_t files;
    const char *against; /* path; NULL: none */
    const char *version; /* of analyze */
};

/* Writes the table. Errors stay in the stream: ask ferror(). Returns -1 where memory runs out, otherwise 0. */
typedef int format_write(const struct table *table, const struct format_source *source,
                         const struct format_style *style, FILE *stream);

format_write format_text;     /* for people: aligned columns, sizes with units, remarks */
format_write format_csv;      /* for programs: RFC 4180, every digit, unknown values empty */
format_write format_json;     /* for programs: one document, with the recordings' sidecars; unknown values null */
format_write format_markdown; /* for people: a pipe table for each group */
format_write format_latex;    /* for people: a tabular with the rules of the package booktabs */

#endif
