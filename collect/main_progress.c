/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/main_progress.h"

#include "collect/unit.h"

#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* --- the line that is written over -------------------------------------------------------------------------------- */

/* 0 where stderr is no terminal. */
static int terminal_columns(void)
{
    struct winsize size;

    if (!isatty(STDERR_FILENO) || ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0)
        return 0;
    return size.ws_col > 0 ? size.ws_col : 80;
}

/* No wider than the terminal: a wrapped line cannot be rewritten in place. */
static void show_line(const struct sweep_progress *progress)
{
    int columns = terminal_columns();
    char count[UNIT_TEXT_SIZE], line[256];
    size_t length;

    if (columns == 0)
        return;
    length =
        (size_t)snprintf(line, sizeof line, "%zu of %zu: %.80s with %s tasks", progress->done + 1, progress->planned,
                         progress->run->model->name, unit_format_count(count, progress->run->tasks));
    if (progress->seconds_left > 0)
        snprintf(line + length, sizeof line - length, ", about %.0f min %02.0f s left",
                 floor(progress->seconds_left / 60), fmod(progress->seconds_left, 60));
    fprintf(stderr, "\r\033[K%.*s", columns - 1, line);
}

static void clear_line(void)
{
    if (terminal_columns() > 0)
        fputs("\r\033[K", stderr);
}

/* --- lines that stay ---------------------------------------------------------------------------------------------- */

static void tell_of_failure(const struct planned_run *run, const struct measurement *measurement)
{
    char count[UNIT_TEXT_SIZE];

    clear_line();
    warnx("%s with %s tasks, run %" PRId64 ": %s: %s", run->model->name, unit_format_count(count, run->tasks),
          run->number, sample_status_names[measurement->status], measurement->reason);
}

void main_progress_tell(void *context, const struct sweep_progress *progress)
{
    const struct main_progress *told = context;

    switch (progress->step) {
    case SWEEP_LACKS:
        warnx("%s", progress->remark);
        break;
    case SWEEP_WARMS_UP:
    case SWEEP_MEASURES:
        if (!told->quiet)
            show_line(progress);
        break;
    case SWEEP_MEASURED:
        if (progress->measurement->status != SAMPLE_OK)
            tell_of_failure(progress->run, progress->measurement);
        break;
    }
}

/* --- the end ------------------------------------------------------------------------------------------------------ */

static void tell_whole(const struct sweep_outcome *outcome)
{
    warnx("%s%zu %s in %s", outcome->nothing_left ? "nothing was left to do: " : "", outcome->done,
          outcome->done == 1 ? "run is" : "runs are", outcome->recording);
}

static void tell_cut_short(const struct sweep_outcome *outcome, const char *why)
{
    if (strcmp(outcome->recording, SWEEP_STDOUT) == 0)
        warnx("%s; %zu of %zu runs were made", why, outcome->done, outcome->planned);
    else
        warnx("%s; %zu of %zu runs are in %s (%s --resume=%s goes on)", why, outcome->done, outcome->planned,
              outcome->recording, program_invocation_short_name, outcome->recording);
}

int main_progress_end(const struct main_progress *told, const struct sweep_outcome *outcome, bool failed,
                      const struct error *error)
{
    clear_line();
    if (failed && !outcome->is_open) {
        warnx("%s", error->text);
        return EXIT_FAILURE;
    }
    if (failed || outcome->done < outcome->planned) {
        tell_cut_short(outcome, failed ? error->text : "stopped");
        return EXIT_FAILURE;
    }
    if (!told->quiet && strcmp(outcome->recording, SWEEP_STDOUT) != 0)
        tell_whole(outcome);
    return EXIT_SUCCESS;
}
