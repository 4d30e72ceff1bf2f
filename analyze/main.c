/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analyze: what one concurrent task costs, from recordings.

       X.csv ─▶ rows ─▶ recording ─▶ cell ─▶ fit ─▶ table_* ─▶ format_* ─▶ stdout or FILE
              (libcsv)   (runs)    (series) (GSL)  (plain data) */
#include "analyze/format.h"
#include "analyze/name.h"
#include "analyze/table.h"
#include "collect/quantity.h"

#include <argp.h>
#include <errno.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#ifndef TASKWEIGHT_VERSION
#define TASKWEIGHT_VERSION "unknown"
#endif

#define EXIT_USAGE 2
#define MAX_LIST 256

const char *argp_program_version = "analyze (taskweight) " TASKWEIGHT_VERSION;

/* One row is one table, one format: ROW("name", function). */
#define TABLES(ROW)          \
    ROW("fits", table_fits)  \
    ROW("cells", table_cells)
#define FORMATS(ROW)         \
    ROW("text", format_text) \
    ROW("csv", format_csv)

#define ROW_NAME(name, function) name,
#define ROW_FUNCTION(name, function) function,
static const char *const table_names[] = {TABLES(ROW_NAME)};
static table_build *const table_builders[] = {TABLES(ROW_FUNCTION)};
static const char *const format_names[] = {FORMATS(ROW_NAME)};
static format_write *const format_writers[] = {FORMATS(ROW_FUNCTION)};

#define LENGTH(array) (sizeof(array) / sizeof *(array))

struct options {
    struct table_request request;
    const char *model[MAX_LIST];
    int64_t tasks[MAX_LIST];
    table_build *build;
    format_write *write;
    const char *output;
    char **recording;
    size_t recordings;
};

/* --- options ---------------------------------------------------------------------------------------------------- */

enum { OPTION_CONFIDENCE = 256, OPTION_METRIC, OPTION_TABLE, OPTION_FORMAT };

static const struct argp_option option_table[] = {
    {"metric", OPTION_METRIC, "METRIC", 0, "default: peak, with the kernel's part beside it in the table of fits", 1},
    {"fit", 'f', "FIT", 0, "default: robust", 1},
    {"confidence", OPTION_CONFIDENCE, "LEVEL", 0, "Confidence of all intervals (default: 0.95)", 1},
    {"model", 'm', "MODEL,...", 0, "Take only these models", 2},
    {"tasks", 't', "COUNT,...", 0, "Take only these counts, such as 1,10k,1M", 2},
    {"table", OPTION_TABLE, "TABLE", 0, "default: fits", 3},
    {"format", OPTION_FORMAT, "FORMAT", 0, "default: text", 3},
    {"output", 'o', "FILE", 0, "Write to this file, over what it holds (default: standard output)", 3},
    {0},
};

/* The options that take one of several names. */
static const struct choice {
    int key;
    const char *what;
    const char *const *names;
    size_t count;
} choices[] = {
    {OPTION_METRIC, "metric", metric_names, METRIC_CHOICES},
    {'f', "fit", fit_method_names, FIT_METHOD_COUNT},
    {OPTION_TABLE, "table", table_names, LENGTH(table_names)},
    {OPTION_FORMAT, "format", format_names, LENGTH(format_names)},
};

static const struct choice *find_choice(int key)
{
    for (size_t i = 0; i < LENGTH(choices); i++)
        if (choices[i].key == key)
            return &choices[i];
    return NULL;
}

/* For argp: puts the names before the help text of such an option. */
static char *name_choices(int key, const char *text, void *input)
{
    const struct choice *choice = find_choice(key);
    char names[NAME_LIST_SIZE], *help;

    (void)input;
    if (!choice || asprintf(&help, "%s (%s)", name_list(names, choice->names, choice->count), text) < 0)
        return (char *)text;
    return help;
}

static int parse_choice(int key, const char *argument, struct argp_state *state)
{
    const struct choice *choice = find_choice(key);
    struct error error;
    int found = name_find(choice->what, argument, choice->names, choice->count, &error);

    if (found < 0)
        argp_failure(state, EXIT_USAGE, 0, "--%s: %s", choice->what, error.text);
    return found;
}

static double parse_confidence(const char *argument, struct argp_state *state)
{
    char *end;
    double level = strtod(argument, &end);

    if (*end || end == argument || !(level > 0 && level < 1))
        argp_failure(state, EXIT_USAGE, 0,
                     "--confidence: '%s' is not a level (write a number between 0 and 1, such as 0.95)", argument);
    return level;
}

static void take_model(const char *part, struct argp_state *state)
{
    struct options *options = state->input;

    if (options->request.selection.models == MAX_LIST)
        argp_failure(state, EXIT_USAGE, 0, "--model: more than %d models", MAX_LIST);
    options->model[options->request.selection.models++] = part;
}

static void take_tasks(const char *part, struct argp_state *state)
{
    struct options *options = state->input;
    struct error error;

    if (options->request.selection.counts == MAX_LIST)
        argp_failure(state, EXIT_USAGE, 0, "--tasks: more than %d counts", MAX_LIST);
    if (quantity_parse_count(part, &options->tasks[options->request.selection.counts++], &error) != 0)
        argp_failure(state, EXIT_USAGE, 0, "--tasks: %s", error.text);
}

/* Calls take for each part of a list "a,b,c", which is cut up for it. */
static void for_each_part(char *list, const char *option, void (*take)(const char *part, struct argp_state *state),
                          struct argp_state *state)
{
    char *part;

    while ((part = strsep(&list, ","))) {
        if (!*part)
            argp_failure(state, EXIT_USAGE, 0, "--%s: an empty part (write single commas between the parts)", option);
        take(part, state);
    }
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case OPTION_METRIC:
        options->request.selection.metric = (enum metric)parse_choice(key, argument, state);
        options->request.metric_chosen = true;
        return 0;
    case 'f':
        options->request.method = (enum fit_method)parse_choice(key, argument, state);
        return 0;
    case OPTION_CONFIDENCE:
        options->request.selection.confidence = parse_confidence(argument, state);
        return 0;
    case 'm':
        for_each_part(argument, "model", take_model, state);
        return 0;
    case 't':
        for_each_part(argument, "tasks", take_tasks, state);
        return 0;
    case OPTION_TABLE:
        options->build = table_builders[parse_choice(key, argument, state)];
        return 0;
    case OPTION_FORMAT:
        options->write = format_writers[parse_choice(key, argument, state)];
        return 0;
    case 'o':
        options->output = argument;
        return 0;
    case ARGP_KEY_ARGS:
        options->recording = state->argv + state->next;
        options->recordings = (size_t)(state->argc - state->next);
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "no recording is named");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = option_table,
    .parser = parse_option,
    .args_doc = "RECORDING...",
    .doc =
        "Fit a line through the memory of each task model's runs: what it takes before the first task (the baseline) "
        "and "
        "what each task adds (the overhead)."
        "\vRecordings are made by collect. Runs that were interrupted or not ok are counted, told of and left out.",
    .help_filter = name_choices,
};

/* --- from recordings to a table --------------------------------------------------------------------------------- */

static int tell(const struct error *error)
{
    fprintf(stderr, "analyze: %s\n", error->text);
    return EXIT_FAILURE;
}

static void tell_of_interrupted(const char *path, size_t interrupted)
{
    if (interrupted > 0)
        fprintf(stderr, "analyze: %s: %zu interrupted %s left out\n", path, interrupted,
                interrupted == 1 ? "run (without an end row) is" : "runs (without an end row) are");
}

/* Reads all that can be read; a bad recording is told of and does not take the good ones with it. */
static int read_recordings(struct recordings *recordings, const struct options *options)
{
    int status = EXIT_SUCCESS;

    for (size_t i = 0; i < options->recordings; i++) {
        size_t interrupted = recordings->interrupted;
        struct error error;

        if (recordings_read(recordings, options->recording[i], &error) != 0)
            status = tell(&error);
        tell_of_interrupted(options->recording[i], recordings->interrupted - interrupted);
    }
    return status;
}

/* --- files ------------------------------------------------------------------------------------------------------ */

static bool is_same_file(const char *a, const char *b)
{
    struct stat first, second;

    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

/* Nothing may be overwritten that is still to be read, and no run may count twice. */
static int check_files(const struct options *options, struct error *error)
{
    for (size_t i = 0; i < options->recordings; i++) {
        if (options->output && is_same_file(options->output, options->recording[i]))
            return error_set(error, "%s: is a recording to read (name another file with -o)", options->output);
        for (size_t j = 0; j < i; j++)
            if (is_same_file(options->recording[i], options->recording[j]))
                return error_set(error, "%s: is named twice (name each recording once)", options->recording[i]);
    }
    return 0;
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

static int analyze(const struct options *options, struct error *error)
{
    struct table table = {0};
    int result;

    if (options->request.recordings->runs == 0)
        return error_set(error, "no complete run is in the recordings");
    result = options->build(&table, &options->request, error);
    if (result == 0)
        result = write_table(&table, options, error);
    if (result == 0 && !table.says_something)
        result = error_set(error, "nothing could be estimated (see the notes)");
    table_free(&table);
    return result;
}

int main(int argc, char **argv)
{
    struct recordings recordings = {0};
    struct options options = {
        .request = {.recordings = &recordings, .selection = {.metric = METRIC_PEAK, .confidence = 0.95}},
        .build = table_fits,
        .write = format_text,
    };
    struct error error;
    int status;

    options.request.selection.model = options.model;
    options.request.selection.tasks = options.tasks;
    argp_err_exit_status = EXIT_USAGE;
    argp_parse(&argp, argc, argv, 0, NULL, &options);
    gsl_set_error_handler_off();
    if (check_files(&options, &error) != 0)
        return tell(&error);
    status = read_recordings(&recordings, &options);
    if (analyze(&options, &error) != 0)
        status = tell(&error);
    recordings_free(&recordings);
    return status;
}
