/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/main_check.h"

#include "collect/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define RUNS 5

/* Bytes per task. */
static const struct {
    const char *model;
    double bytes;
} truths[] = {
    {"calibrate:256", 256},
    {"calibrate:1024", 1024},
    {"calibrate:4096", 4096},
};
#define TRUTHS (sizeof truths / sizeof *truths)
#define HEAVIEST "calibrate:4096"

/* What is to be met. */
#define MOST_SHARE_OFF 1e-3         /* of the bytes per task, */
#define MOST_BYTES_OFF 1.0          /* and bytes */
#define MOST_BASELINE_OFF 16        /* pages between the fitted baseline and what was measured before the first task */
#define MOST_SHARE_UNEXPLAINED 1e-2 /* of what a task was charged: neither its own pages nor the kernel's */

void main_check_setup(struct setup *setup, bool runs_chosen)
{
    for (setup->models = 0; setup->models < TRUTHS; setup->models++)
        setup->model[setup->models] = truths[setup->models].model;
    if (!runs_chosen)
        setup->runs = RUNS;
}

/* --- files -------------------------------------------------------------------------------------------------------- */

int main_check_open(struct main_check_files *files, const char *output, struct error *error)
{
    const char *temporary = getenv("TMPDIR");

    files->folder[0] = '\0';
    snprintf(files->recording, sizeof files->recording, "%s", output ? output : "");
    if (output)
        return 0;
    snprintf(files->folder, sizeof files->folder, "%s/taskweight-XXXXXX", temporary && *temporary ? temporary : "/tmp");
    if (!mkdtemp(files->folder))
        return error_set(error, "%s: cannot be made: %s (set TMPDIR, or name a recording with -o)", files->folder,
                         strerror(errno));
    snprintf(files->recording, sizeof files->recording, "%.4000s/check.csv", files->folder);
    return 0;
}

void main_check_close(const struct main_check_files *files)
{
    char sidecar[PATH_MAX];

    if (!*files->folder)
        return;
    snprintf(sidecar, sizeof sidecar, "%.4000s/check.json", files->folder);
    unlink(files->recording);
    unlink(sidecar);
    rmdir(files->folder);
}

/* --- asking analyze ----------------------------------------------------------------------------------------------- */

/* Beside this program, and with what stands before this one's name. */
static int find_analyze(char path[PATH_MAX], struct error *error)
{
    static const char own_name[] = "collect";
    ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - 16);
    char *name;

    if (length < 0)
        return error_set(error, "/proc/self/exe: %s (is /proc mounted?)", strerror(errno));
    path[length] = '\0';
    name = strstr(strrchr(path, '/'), own_name);
    if (!name)
        return error_set(error, "%s: is not called %s, and so analyze is not found (rename it)", path, own_name);
    snprintf(name, 16, "analyze");
    return access(path, X_OK) == 0 ? 0 : error_set(error, "%s: %s (run `make`)", path, strerror(errno));
}

/* A table of analyze as CSV: the stream of its standard output; NULL and an error if it cannot be asked. */
static FILE *ask(const char *table, const char *metric, const char *recording, pid_t *pid, struct error *error)
{
    char path[PATH_MAX], table_option[32], metric_option[32];
    char *const arguments[] = {path, "--format=csv", table_option, metric_option, (char *)recording, NULL};
    posix_spawn_file_actions_t actions;
    int ends[2], failure;

    snprintf(table_option, sizeof table_option, "--table=%s", table);
    snprintf(metric_option, sizeof metric_option, "--metric=%s", metric);
    if (find_analyze(path, error) != 0)
        return NULL;
    if (pipe2(ends, O_CLOEXEC) != 0) {
        error_set(error, "pipe: %s", strerror(errno));
        return NULL;
    }
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    failure = posix_spawn(pid, path, &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    if (failure == 0)
        return fdopen(ends[0], "r");
    close(ends[0]);
    error_set(error, "%s: %s", path, strerror(failure));
    return NULL;
}

/* The index of a column in the header line; -1 if there is none. No field that is read here needs quotes. */
static int column_of(const char *header, const char *name)
{
    size_t length = strlen(name);

    for (int column = 0; header; column++) {
        if (strncmp(header, name, length) == 0 && (header[length] == ',' || header[length] == '\n'))
            return column;
        header = strchr(header, ',');
        header += header ? 1 : 0;
    }
    return -1;
}

static const char *field(const char *line, int column)
{
    while (line && column-- > 0) {
        line = strchr(line, ',');
        line += line ? 1 : 0;
    }
    return line;
}

static double number(const char *line, int column)
{
    const char *text = field(line, column);
    char *end;
    double value = text ? strtod(text, &end) : NAN;

    return text && end != text ? value : NAN;
}

/* Which row of a table, and which figures of it: NaN where there is none. */
struct question {
    const char *table, *metric, *model;
    const char *column[4];
    double answer[4];
};

/* Takes the last of the model's rows: in the table of cells that is the largest count. */
static void read_answers(struct question *question, FILE *stream)
{
    char *line = NULL;
    size_t capacity = 0, length = strlen(question->model);
    int model = -1, column[4] = {-1, -1, -1, -1};

    if (getline(&line, &capacity, stream) > 0) {
        model = column_of(line, "model");
        for (int i = 0; i < 4 && question->column[i]; i++)
            column[i] = column_of(line, question->column[i]);
    }
    while (model >= 0 && getline(&line, &capacity, stream) > 0) {
        const char *name = field(line, model);

        if (!name || strncmp(name, question->model, length) != 0 || name[length] != ',')
            continue;
        for (int i = 0; i < 4 && column[i] >= 0; i++)
            question->answer[i] = number(line, column[i]);
    }
    free(line);
}

static int put(struct question *question, const char *recording, struct error *error)
{
    pid_t pid;
    FILE *stream = ask(question->table, question->metric, recording, &pid, error);
    int status;

    for (int i = 0; i < 4; i++)
        question->answer[i] = NAN;
    if (!stream)
        return -1;
    read_answers(question, stream);
    fclose(stream);
    if (waitpid(pid, &status, 0) != pid || status != 0)
        return error_set(error, "analyze --table=%s --metric=%s did not end well (what it said stands above)",
                         question->table, question->metric);
    return 0;
}

/* --- the report --------------------------------------------------------------------------------------------------- */

/* NaN is no success. */
static const char *verdict(bool met, bool *all_met)
{
    *all_met = *all_met && met;
    return met ? "ok" : "MISSED";
}

static int report_overheads(const char *recording, bool *all_met, struct error *error)
{
    printf("Tasks of known weight, by the peak resident memory:\n\n    %10s  %24s  %10s\n", "BYTES", "FOUND", "OFF BY");
    for (size_t i = 0; i < TRUTHS; i++) {
        struct question fit = {"fits", "peak", truths[i].model, {"overhead", "overhead_low", "overhead_high"}, {0}};
        double off;

        if (put(&fit, recording, error) != 0)
            return -1;
        off = fabs(fit.answer[0] - truths[i].bytes);
        printf("    %10g  %14.3f ± %7.3f  %8.4f %%  %s\n", truths[i].bytes, fit.answer[0],
               (fit.answer[2] - fit.answer[1]) / 2, 100 * off / truths[i].bytes,
               verdict(off <= MOST_SHARE_OFF * truths[i].bytes && off <= MOST_BYTES_OFF, all_met));
    }
    printf("\n    To be met: off by at most %g %% and %g byte.\n\n", 100 * MOST_SHARE_OFF, MOST_BYTES_OFF);
    return 0;
}

static int report_baselines(const char *recording, bool *all_met, struct error *error)
{
    double farthest = 0, most = (double)(MOST_BASELINE_OFF * sysconf(_SC_PAGESIZE));
    char text[UNIT_TEXT_SIZE];

    for (size_t i = 0; i < TRUTHS; i++) {
        struct question fit = {"fits", "peak", truths[i].model, {"baseline", "idle"}, {0}};
        double distance;

        if (put(&fit, recording, error) != 0)
            return -1;
        distance = fabs(fit.answer[0] - fit.answer[1]);
        farthest = isnan(farthest) || distance <= farthest ? farthest : distance; /* NaN stays */
    }
    printf("Baseline: what was fitted and what was measured before the first task are %s apart at the most: %s\n",
           isnan(farthest) ? "?" : unit_format(text, UNIT_BYTES, farthest), verdict(farthest <= most, all_met));
    printf("    To be met: at most %s.\n\n", unit_format(text, UNIT_BYTES, most));
    return 0;
}

static int overhead_of(const char *metric, const char *recording, double *bytes, struct error *error)
{
    struct question fit = {"fits", metric, HEAVIEST, {"overhead"}, {0}};
    int result = put(&fit, recording, error);

    *bytes = fit.answer[0];
    return result;
}

/* The run's group must have been charged for what the task holds and what the kernel holds for it, and for nothing
 * else. */
static int report_accounting(const char *recording, bool *all_met, struct error *error)
{
    double charged, user, kernel, unexplained;

    if (overhead_of("charged", recording, &charged, error) != 0 || overhead_of("uss", recording, &user, error) != 0 ||
        overhead_of("kernel", recording, &kernel, error) != 0)
        return -1;
    if (isnan(charged)) {
        printf("Accounting: there was no memory cgroup, so kernel memory was not recorded.\n\n");
        return 0;
    }
    unexplained = charged - user - kernel;
    printf("Accounting: a task of %s was charged %.1f bytes, of which %.1f are its own pages, %.1f the kernel's\n"
           "    and %.1f (%.3f %%) neither: %s\n",
           HEAVIEST, charged, user, kernel, unexplained, 100 * unexplained / charged,
           verdict(fabs(unexplained) <= MOST_SHARE_UNEXPLAINED * charged, all_met));
    printf("    To be met: at most %g %%.\n\n", 100 * MOST_SHARE_UNEXPLAINED);
    return 0;
}

static int report_noise(const char *recording, struct error *error)
{
    static const char *const metrics[] = {"peak", "rss", "pss", "uss", "page-tables", "kernel", "charged"};
    char text[UNIT_TEXT_SIZE];

    printf("Noise, as the standard deviation of the runs of %s at its largest count:\n   ", HEAVIEST);
    for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++) {
        struct question cells = {"cells", metrics[i], HEAVIEST, {"sd"}, {0}};

        if (put(&cells, recording, error) != 0)
            return -1;
        printf("%s %s %s", i ? "," : "", metrics[i],
               isnan(cells.answer[0]) ? "?" : unit_format(text, UNIT_BYTES, cells.answer[0]));
    }
    printf("\n");
    return 0;
}

int main_check_report(const char *recording, struct error *error)
{
    bool all_met = true;

    if (report_overheads(recording, &all_met, error) != 0 || report_baselines(recording, &all_met, error) != 0 ||
        report_accounting(recording, &all_met, error) != 0 || report_noise(recording, error) != 0)
        return -1;
    printf("\n%s\n", all_met ? "This machine finds a known weight again." : "A target was missed: see above.");
    return all_met ? EXIT_SUCCESS : EXIT_FAILURE;
}
