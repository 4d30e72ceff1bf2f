/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What analyze is asked for. */
#ifndef TASKWEIGHT_ANALYZE_MAIN_OPTIONS_H
#define TASKWEIGHT_ANALYZE_MAIN_OPTIONS_H

#include "analyze/format.h"
#include "analyze/selection.h"
#include "analyze/table.h"

struct main_options {
    struct selection selection;
    int table; /* which of them */
    const char *table_name;
    table_build *build;
    unsigned given; /* options that go with some tables only */
    format_write *write;
    struct format_style style;
    int color;                     /* when */
    const char *output;            /* NULL: standard output */
    struct recording_file against; /* path NULL: none */
    const char *reference;
    int64_t at[OPTION_MAX_LIST];
    size_t at_counts;
    const char *budget_text; /* as given; NULL: not asked for */
    double budget;           /* in the metric's unit */
    double fail_above;       /* a share; NaN: not asked for */
    bool pool, rank_test;
};

/* Ends the program on --help, --version and usage errors. */
void main_options_read(struct main_options *options, int argc, char **argv);

#endif
