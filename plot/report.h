/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The report as plain data: what it says, in order. render_report.c draws it as pages, report_html.c writes it as one
 * page. */
#ifndef TASKWEIGHT_PLOT_REPORT_H
#define TASKWEIGHT_PLOT_REPORT_H

#include "analyze/table.h"
#include "plot/chart.h"

#include <stdio.h>

enum report_kind {
    REPORT_HEADING,
    REPORT_PARAGRAPH,
    REPORT_ITEM, /* of a list */
    REPORT_FORMULA,
    REPORT_COMMAND, /* to be typed */
    REPORT_TABLE,
    REPORT_FIGURE,
};

struct report_block {
    enum report_kind kind;
    const char *text;          /* of a table or figure the caption */
    const char *name;          /* of a heading, table or figure, for links: "machine", "overhead"; otherwise NULL */
    const struct table *table; /* of REPORT_TABLE */
    size_t figure;             /* of REPORT_FIGURE: which of the report's */
};

/* Each chart once, and some again of the runs of another work. */
#define REPORT_MOST_FIGURES (2 * CHART_COUNT)

struct report {
    const char *title, *subtitle;
    struct report_block *block;
    size_t blocks;
    struct table machines, models, fits, failures;
    struct figure figure[REPORT_MOST_FIGURES];
    size_t figures;
    unsigned told, drawn; /* a bit for each chart whose sentence is a finding, or that has a figure */
    bool out_of_memory;
    struct figure texts; /* owns the texts; has no panels */
};

/* Puts the report together: the charts in that size, and the table of fits as the request has it. Returns -1 and an
   error where memory runs out. The recordings and the data must outlive it. */
int report_new(struct report *report, const struct chart_data *data, const struct table_request *request,
               const struct recording_file *file, size_t files, const struct chart_size *size, struct error *error);
void report_free(struct report *report);

/* Writes the report as one page of HTML that needs nothing else. Errors of writing stay in the stream. Returns -1 and
   an error where a figure cannot be drawn. */
int report_write_html(const struct report *report, FILE *stream, struct error *error);

#endif
