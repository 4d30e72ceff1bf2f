/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What plot is asked for. */
#ifndef TASKWEIGHT_PLOT_MAIN_OPTIONS_H
#define TASKWEIGHT_PLOT_MAIN_OPTIONS_H

#include "analyze/selection.h"
#include "plot/chart.h"
#include "plot/render_report.h"
#include "plot/surface.h"
#include "plot/theme.h"

enum report_format { REPORT_PDF, REPORT_HTML };

struct main_options {
    struct selection selection;
    struct recording_file against; /* path NULL: none */
    bool chart[CHART_COUNT];
    bool charts_chosen; /* otherwise all that the recordings have runs for are wanted */
    bool format[SURFACE_FORMAT_COUNT];
    bool format_chosen;
    enum theme_name theme;
    struct chart_size size;
    double dpi;
    const char *title;  /* NULL: what each chart answers */
    const char *report; /* NULL: figures */
    enum report_format report_format;
    enum render_paper paper;
    const char *output;
    bool single_file; /* the output is a file, not a directory */
    bool to_stdout;   /* the output is stdout, and `output` its name in messages */
    unsigned given;   /* options that exclude others */
    time_t date;
    bool list;
};

/* Ends the program on --help, --version and usage errors. */
void main_options_read(struct main_options *options, int argc, char **argv);

/* Settles what the options leave open. Returns -1 and an error where they contradict each other. */
int main_options_settle(struct main_options *options, struct error *error);

bool main_options_is_directory(const char *path);

#endif
