/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The options that choose recordings, runs and a fit, shared by every program that fits: an argp child whose input is a
 * struct selection. */
#ifndef TASKWEIGHT_ANALYZE_SELECTION_H
#define TASKWEIGHT_ANALYZE_SELECTION_H

#include "analyze/fit.h"
#include "analyze/recording.h"
#include "analyze/series.h"
#include "collect/option.h"

#include <argp.h>
#include <stdbool.h>

struct selection {
    struct series_selection cells; /* its lists are those below */
    enum fit_method method;
    bool hc3; /* ols has HC3 errors; part of the method once all options are read */
    bool metric_chosen, method_chosen;
    const char *model[OPTION_MAX_LIST];
    int64_t tasks[OPTION_MAX_LIST];
    struct recording_file *file; /* the recordings named; texts are borrowed from the arguments */
    size_t files;
    struct error error; /* where argp_parse fails: which option was refused, and why */
};

#define SELECTION_FIT 'f' /* the key of --fit, for programs that do not always fit */

extern const struct argp selection_argp;

/* The defaults. The selection must not be moved after this. */
void selection_init(struct selection *selection);

/* Where no metric was chosen: that of the first kind of work of which there are runs. */
void selection_settle_metric(struct selection *selection, const struct recordings *recordings);

/* The index of the text among the names; -1 and an error that names the option where it is none of them. */
int selection_name(const char *option, const char *text, const char *const *names, size_t count, struct error *error);

/* "10k" -> 10000, and "0": where others act beside the tasks there may be none. Otherwise -1 and an error. */
int selection_count(const char *text, int64_t *count, struct error *error);

/* An option that takes one of several names. */
struct selection_choice {
    int key;
    const char *option;
    const char *const *names;
    size_t count;
};

/* For argp's help_filter: "a, b or c (text)" for the key of a choice, the text itself for any other. */
char *selection_help(const struct selection_choice *choices, size_t count, int key, const char *text);

/* Refuses a recording that is named twice, and an `output` (NULL: none) that would overwrite one. */
int selection_check_files(const struct selection *selection, const char *output, struct error *error);

/* The check of `output` alone, for other recordings. */
int selection_check_output(const struct recording_file *file, size_t files, const char *output, struct error *error);

/* The recording to read that "LABEL=PATH" or "PATH" names; cuts the argument up. A label has no slash ("./a=b.csv" is a
 * path), and a file with the whole name takes precedence. The path "-" is standard input. Returns -1 and an error where
 * the label is no text that a table can show. */
int selection_file(char *argument, struct recording_file *file, struct error *error);

/* Reads the good runs of the files and calls `tell` with a line for each fault and for what was left out. Returns -1 if
 * a file has a fault. */
int selection_read(struct recording_file *file, size_t files, struct recordings *recordings,
                   void (*tell)(const char *line));

void selection_free(struct selection *selection);

#endif
