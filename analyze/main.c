/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analyze: what one concurrent task costs, from recordings.

       X.csv ─▶ rows ─▶ recording ─▶ cell ─▶ fit ─▶ table_* ─▶ format_* ─▶ stdout or FILE
              (libcsv)   (runs)    (series) (GSL)  (plain data) */
#include "analyze/format.h"
#include "analyze/selection.h"
#include "analyze/table.h"
#include "collect/quantity.h"

#include <argp.h>
#include <errno.h>
#include <gsl/gsl_errno.h>
#include <stdlib.h>
#include <string.h>

#ifndef TASKWEIGHT_VERSION
#define TASKWEIGHT_VERSION "unknown"
#endif

const char *argp_program_version = "analyze (taskweight) " TASKWEIGHT_VERSION;

/* One row is one table, one format: ROW("name", function). */
#define TABLES(ROW)                                                                                                    \
    ROW("fits", table_fits)                                                                                            \
    ROW("cells", table_cells)                                                                                          \
    ROW("segments", table_segments)                                                                                    \
    ROW("ratios", table_ratios)
#define FORMATS(ROW)                                                                                                   \
    ROW("text", format_text)                                                                                           \
    ROW("csv", format_csv)

#define ROW_NAME(name, function) name,
#define ROW_FUNCTION(name, function) function,
static const char *const table_names[] = {TABLES(ROW_NAME)};
static table_build *const table_builders[] = {TABLES(ROW_FUNCTION)};
static const char *const format_names[] = {FORMATS(ROW_NAME)};
static format_write *const format_writers[] = {FORMATS(ROW_FUNCTION)};

#define LENGTH(array) (sizeof(array) / sizeof *(array))

struct options {
    struct selection selection;
    table_build *build;
    format_write *write;
    const char *output, *reference;
    int64_t at[OPTION_MAX_LIST];
    size_t at_counts;
};

/* --- options ---------------------------------------------------------------------------------------------------- */

enum { OPTION_TABLE = 256, OPTION_FORMAT, OPTION_REFERENCE, OPTION_AT };

static const struct argp_option option_table[] = {
    {"table", OPTION_TABLE, "TABLE", 0, "default: fits", 2},
    {"format", OPTION_FORMAT, "FORMAT", 0, "default: text", 2},
    {"reference", OPTION_REFERENCE, "MODEL", 0,
     "ratios: compare with this model (default: the one with the lightest task)", 2},
    {"at", OPTION_AT, "COUNT,...", 0, "ratios: compare the whole memory with so many tasks, not the overhead of one",
     2},
    {"output", 'o', "FILE", 0, "Write to this file, over what it holds (default: standard output)", 2},
    {0},
};

static const struct selection_choice choices[] = {
    {OPTION_TABLE, "table", table_names, LENGTH(table_names)},
    {OPTION_FORMAT, "format", format_names, LENGTH(format_names)},
};

static char *help(int key, const char *text, void *input)
{
    (void)input;
    return selection_help(choices, LENGTH(choices), key, text);
}

static int take_count(const char *part, void *context, struct error *error)
{
    struct options *options = context;

    if (options->at_counts == OPTION_MAX_LIST)
        return error_set(error, "more than %d counts", OPTION_MAX_LIST);
    return quantity_parse_count(part, &options->at[options->at_counts++], error);
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->selection;
        return 0;
    case OPTION_TABLE:
        options->build = table_builders[selection_name("table", argument, table_names, LENGTH(table_names), state)];
        return 0;
    case OPTION_FORMAT:
        options->write = format_writers[selection_name("format", argument, format_names, LENGTH(format_names), state)];
        return 0;
    case OPTION_REFERENCE:
        options->reference = argument;
        return 0;
    case OPTION_AT:
        option_list("at", argument, take_count, options, state);
        return 0;
    case 'o':
        options->output = argument;
        return 0;
    case ARGP_KEY_END:
        if (options->selection.recordings == 0)
            argp_error(state, "no recording is named");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {{&selection_argp, 0, NULL, 0}, {0}};

static const struct argp argp = {
    .options = option_table,
    .parser = parse_option,
    .children = children,
    .args_doc = "RECORDING...",
    .doc =
        "Fit a line through the memory of each task model's runs: what it takes before the first task (the baseline) "
        "and what each task adds (the overhead)."
        "\vWithout --metric the table of fits shows the kernel's part beside the peak. Recordings are made by collect. "
        "Runs that were interrupted or not ok are counted, told of and left out.",
    .help_filter = help,
};

/* --- from recordings to a table --------------------------------------------------------------------------------- */

static void tell(const char *line)
{
    fprintf(stderr, "analyze: %s\n", line);
}

/* Whether what was written is really there shows only when the stream is closed. */
static int write_table(const struct table *table, const struct options *options, struct error *error)
{
    const char *name = options->output ? options->output : "standard output";
    FILE *stream = options->output ? fopen(options->output, "we") : stdout;
    bool failed;

    if (!stream)
        return error_set(error, "%s: cannot be made: %s (name another with -o)", name, strerror(errno));
    if (options->write(table, stream) != 0) {
        fclose(stream);
        return error_set(error, "%s: out of memory", name);
    }
    failed = ferror(stream);
    if (fclose(stream) != 0 || failed)
        return error_set(error, "%s: cannot write: %s", name, strerror(errno));
    return 0;
}

static int analyze(const struct options *options, const struct recordings *recordings, struct error *error)
{
    const struct table_request request = {
        .recordings = recordings,
        .selection = options->selection.cells,
        .method = options->selection.method,
        .metric_chosen = options->selection.metric_chosen,
        .reference = options->reference,
        .at = options->at,
        .at_counts = options->at_counts,
    };
    struct table table = {0};
    int result;

    if (recordings->runs == 0)
        return error_set(error, "no complete run is in the recordings");
    result = options->build(&table, &request, error);
    if (result == 0)
        result = write_table(&table, options, error);
    if (result == 0 && !table.says_something)
        result = error_set(error, "nothing could be estimated (see the notes)");
    table_free(&table);
    return result;
}

static int read_and_analyze(const struct options *options)
{
    struct recordings recordings = {0};
    struct error error;
    int result;

    if (selection_check_files(&options->selection, options->output, &error) != 0) {
        tell(error.text);
        return -1;
    }
    result = selection_read(&options->selection, &recordings, tell);
    if (analyze(options, &recordings, &error) != 0) {
        tell(error.text);
        result = -1;
    }
    recordings_free(&recordings);
    return result;
}

int main(int argc, char **argv)
{
    struct options options = {.build = table_fits, .write = format_text};

    selection_init(&options.selection);
    argp_err_exit_status = OPTION_EXIT_USAGE;
    argp_parse(&argp, argc, argv, 0, NULL, &options);
    gsl_set_error_handler_off();
    return read_and_analyze(&options) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
