/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analyze: what one concurrent task costs, from recordings.

       X.csv ─▶ rows ─▶ recording ─▶ series ─▶ fit ─▶ table_* ─▶ format_* ─▶ stdout or FILE
              (libcsv)   (runs)    (cells)  (GSL)   (plain data) */
#include "analyze/main_options.h"

#include <err.h>
#include <errno.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- from recordings to a table ----------------------------------------------------------------------------------- */

static void tell(const char *line)
{
    warnx("%s", line);
}

/* Some write errors show only when the stream is closed. */
static int write_table(const struct table *table, const struct main_options *options, struct error *error)
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
    const char *name = options->output ? options->output : "standard output";
    FILE *stream = options->output ? fopen(options->output, "we") : stdout;
    bool failed;

    if (!stream)
        return error_set(error, "%s: cannot be made: %s (name another with -o)", name, strerror(errno));
    if (options->write(table, &source, &options->style, stream) != 0) {
        fclose(stream);
        return error_set(error, "%s: out of memory", name);
    }
    failed = ferror(stream);
    if (fclose(stream) != 0 || failed)
        return error_set(error, "%s: cannot write: %s", name, strerror(errno));
    return 0;
}

static void tell_alarm(const char *alarm)
{
    while (*alarm) {
        size_t length = strcspn(alarm, "\n");

        warnx("%.*s", (int)length, alarm);
        alarm += length + (alarm[length] == '\n');
    }
}

static int refuse(const struct main_options *options, struct error *error)
{
    return isnan(options->fail_above)
               ? error_set(error, "--table=%s: not passed (the reasons stand above)", options->table_name)
               : error_set(error, "--fail-above=%g%%: not passed (the reasons stand above)", 100 * options->fail_above);
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

    if (recordings->runs == 0 || (options->against.path && against->runs == 0))
        return error_set(error, "no complete run is in the %srecordings", recordings->runs == 0 ? "" : "older ");
    result = options->build(&table, &request, error);
    if (result == 0)
        result = write_table(&table, options, error);
    if (result == 0 && !table.says_something)
        result = error_set(
            error,
            "nothing could be estimated: too few runs are ok, or at too few counts (the table of runs shows them)");
    if (result == 0 && table.alarm) {
        tell_alarm(table.alarm);
        result = refuse(options, error);
    }
    table_free(&table);
    return result;
}

static int read_and_analyze(struct main_options *options)
{
    struct recordings recordings = {0}, against = {.origins.beside = &recordings.origins};
    struct error error;
    int result;

    if (selection_check_files(&options->selection, options->output, &error) != 0 ||
        selection_check_output(&options->against, options->against.path ? 1 : 0, options->output, &error) != 0) {
        tell(error.text);
        return -1;
    }
    result = selection_read(options->selection.file, options->selection.files, &recordings, tell);
    if (options->against.path && selection_read(&options->against, 1, &against, tell) != 0)
        result = -1;
    if (analyze(options, &recordings, &against, &error) != 0) {
        tell(error.text);
        result = -1;
    }
    recordings_free(&recordings);
    recordings_free(&against);
    return result;
}

int main(int argc, char **argv)
{
    struct main_options options;
    int result;

    main_options_read(&options, argc, argv);
    gsl_set_error_handler_off();
    result = read_and_analyze(&options);
    selection_free(&options.selection);
    return result == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
