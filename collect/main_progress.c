/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/main_progress.h"

#include "collect/progress.h"
#include "collect/unit.h"

#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* --- the line that is written over -------------------------------------------------------------------------------- */

/* 0 where stderr is no terminal, or where another job is in its foreground: progress would be written into what that
   one shows. */
static size_t terminal_columns(void)
{
    struct winsize size;
    pid_t foreground;

    if (!isatty(STDERR_FILENO) || ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0)
        return 0;
    foreground = tcgetpgrp(STDERR_FILENO); /* none where this is not collect's own terminal */
    if (foreground > 0 && foreground != getpgrp())
        return 0;
    return size.ws_col > 0 ? size.ws_col : 80;
}

/* By blanks: not every terminal understands more, and nobody has to be asked whether it does. */
static void clear_line(struct main_progress *told)
{
    if (told->shown > 0)
        fprintf(stderr, "\r%*s\r", (int)told->shown, "");
    told->shown = 0;
}

/* Narrower than the terminal: a wrapped line cannot be rewritten in place. */
static void show_line(struct main_progress *told, const struct sweep_progress *progress)
{
    size_t columns = terminal_columns();
    char line[PROGRESS_LINE_SIZE];

    clear_line(told);
    if (columns == 0)
        return;
    progress_line(line, progress, columns - 1);
    fputs(line, stderr);
    told->shown = strlen(line);
}

/* --- lines that stay ---------------------------------------------------------------------------------------------- */

/* Each tenth of the sweep once, where there is no line to rewrite. */
static void tell_in_lines(struct main_progress *told, const struct sweep_progress *progress)
{
    char line[PROGRESS_LINE_SIZE];
    size_t tenths = 1 + 10 * progress->done / progress->planned;

    if (terminal_columns() > 0 || tenths <= told->tenths)
        return;
    told->tenths = tenths;
    progress_line(line, progress, sizeof line);
    warnx("%s", line);
}

static void tell_of_run(const struct planned_run *run, const struct measurement *measurement)
{
    char cell[PLAN_TEXT_SIZE];

    warnx("%s, run %" PRId64 ": %s: %s", plan_tell_cell(cell, run), run->number,
          sample_status_names[measurement->status], measurement->reason);
}

/* Failures, and the first of the runs that are ok but for a remark: the recording has it for each. */
static void tell_of_result(struct main_progress *told, const struct sweep_progress *progress)
{
    bool is_ok = progress->measurement->status == SAMPLE_OK;

    if (is_ok && (told->has_remarked || !*progress->measurement->reason))
        return;
    clear_line(told);
    tell_of_run(progress->run, progress->measurement);
    told->has_remarked |= is_ok;
}

void main_progress_tell(void *context, const struct sweep_progress *progress)
{
    struct main_progress *told = context;

    switch (progress->step) {
    case SWEEP_REMARKS:
        clear_line(told);
        warnx("%s", progress->remark);
        break;
    case SWEEP_WARMS_UP:
    case SWEEP_MEASURES:
        if (!told->quiet)
            show_line(told, progress);
        if (!told->quiet && told->in_lines)
            tell_in_lines(told, progress);
        break;
    case SWEEP_MEASURED:
        tell_of_result(told, progress);
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
    const char *least = outcome->is_adaptive ? "at least " : "";

    if (strcmp(outcome->recording, SWEEP_STDOUT) == 0)
        warnx("%s; %zu of %s%zu runs were made", why, outcome->done, least, outcome->planned);
    else
        warnx("%s; %zu of %s%zu runs are in %s (%s --resume=%s goes on)", why, outcome->done, least, outcome->planned,
              outcome->recording, program_invocation_short_name, outcome->recording);
}

int main_progress_end(struct main_progress *told, const struct sweep_outcome *outcome, bool failed,
                      const struct error *error)
{
    clear_line(told);
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
