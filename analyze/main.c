/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analyze: what one concurrent task costs, from recordings.

       X.csv ─▶ rows ─▶ recording ─▶ series ─▶ fit ─▶ table_* ─▶ format_* ─▶ stdout or FILE
              (libcsv)   (runs)    (cells)  (GSL)   (plain data) */
#include "analyze/main_options.h"
#include "collect/replace.h"

#include <err.h>
#include <errno.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* --- from recordings to a table ----------------------------------------------------------------------------------- */

static void tell(const char *line)
{
    warnx("%s", line);
}

static int write_stream(const struct table *table, const struct main_options *options, const char *name, FILE *stream,
                        struct error *error)
{
    const struct selection *selection = &options->selection;
    const struct format_source source = {options->table_name,
                                         metric_names[selection->cells.metric],
                                         fit_method_names[selection->method],
                                         selection->cells.confidence,
                                         selection->file,
                                         selection->files,
                                         options->against.path,
                                         argp_program_version};
    bool lacks_memory = options->write(table, &source, &options->style, stream) != 0, failed = ferror(stream);

    /* Some write errors show only when the stream is closed. */
    failed = fclose(stream) != 0 || failed;
    if (lacks_memory)
        return error_set(error, "%s: out of memory", name);
    return failed ? error_set(error, "%s: cannot write: %s", name, strerror(errno)) : 0;
}

/* Makes the file only when the table is whole. */
static int write_table(const struct table *table, const struct main_options *options, struct error *error)
{
    char *text = NULL;
    size_t length;
    FILE *memory;
    int result;

    if (!options->output)
        return write_stream(table, options, "standard output", stdout, error);
    memory = open_memstream(&text, &length);
    if (!memory)
        return error_set(error, "%s: out of memory", options->output);
    result = write_stream(table, options, options->output, memory, error);
    if (result == 0)
        result = replace_file(options->output, text, length, error);
    free(text);
    return result;
}

static void tell_alarm(const char *alarm)
{
    while (*alarm) {
        size_t length = strcspn(alarm, "\n");

        warnx("%.*s", (int)length, alarm);
        alarm += length + (alarm[length] == '\n');
    }
}

/* The exit status of a gate that can neither pass nor fail: one that is blind must not pass. */
#define EXIT_CANNOT_TELL 3

/* Returns -1 or EXIT_CANNOT_TELL. */
static int refuse(const struct main_options *options, const struct table *table, struct error *error)
{
    const char *verdict = table->has_failed ? "not passed" : "cannot tell";

    if (isnan(options->fail_above))
        error_set(error, "--table=%s: %s (the reasons stand above)", options->table_name, verdict);
    else
        error_set(error, "--fail-above=%g%%: %s (the reasons stand above)", 100 * options->fail_above, verdict);
    return table->has_failed ? -1 : EXIT_CANNOT_TELL;
}

/* A metric is of one kind of work. */
static int check_runs(const struct recordings *recordings, enum metric metric, const char *which, struct error *error)
{
    enum work_kind work = series_work(recordings, metric);

    if (recordings->runs == 0)
        return error_set(error, "no complete run is in the %srecordings", which);
    if (!recordings_have(recordings, work))
        return error_set(error,
                         "--metric=%s: is of the work %s, and no run of it is in the %srecordings (choose another "
                         "metric, or measure with collect --work=%s)",
                         metric_names[metric], work_names[work], which, work_names[work]);
    return 0;
}

static int analyze(const struct main_options *options, const struct recordings *recordings,
                   const struct recordings *against, struct error *error)
{
    const struct table_request request = {
        .recordings = recordings,
        .selection = options->selection.cells,
        .method = options->selection.method,
        .metric_chosen = options->selection.metric_chosen,
        .pool = options->pool,
        .rank_test = options->rank_test,
        .reference = options->reference,
        .at = options->at,
        .at_counts = options->at_counts,
        .budget = options->budget,
        .against = against,
        .fail_above = options->fail_above,
    };
    struct table table = {0};
    int result;

    if (check_runs(recordings, request.selection.metric, "", error) != 0 ||
        (options->against.path && check_runs(against, request.selection.metric, "older ", error) != 0))
        return -1;
    result = options->build(&table, &request, error);
    if (result == 0)
        result = write_table(&table, options, error);
    if (result == 0 && !table.says_something)
        result = error_set(
            error,
            "nothing could be estimated: too few runs are ok, or at too few counts (the table of runs shows them)");
    if (result == 0 && table.alarm) {
        tell_alarm(table.alarm);
        result = refuse(options, &table, error);
    }
    table_free(&table);
    return result;
}

static int read_and_analyze(struct main_options *options)
{
    struct recordings recordings = {0}, against = {.origins.beside = &recordings.origins};
    struct error error;
    int result, analyzed;

    if (selection_check_files(&options->selection, options->output, &error) != 0 ||
        selection_check_output(&options->against, options->against.path ? 1 : 0, options->output, &error) != 0) {
        tell(error.text);
        return -1;
    }
    result = selection_read(options->selection.file, options->selection.files, &recordings, tell);
    if (options->against.path && selection_read(&options->against, 1, &against, tell) != 0)
        result = -1;
    if (options->budget == 0) /* which is in the metric's unit */
        selection_settle_metric(&options->selection, &recordings);
    analyzed = analyze(options, &recordings, &against, &error);
    if (analyzed != 0)
        tell(error.text);
    recordings_free(&recordings);
    recordings_free(&against);
    return result == 0 ? analyzed : result;
}

int main(int argc, char **argv)
{
    struct main_options options;
    int result;

    main_options_read(&options, argc, argv);
    gsl_set_error_handler_off();
    signal(SIGXFSZ, SIG_IGN); /* writing past RLIMIT_FSIZE is then an error, as on a full disk */
    result = read_and_analyze(&options);
    selection_free(&options.selection);
    return result < 0 ? EXIT_FAILURE : result;
}
