/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/main_sweep.h"

#include "collect/unit.h"
#include "collect/raise.h"
#include "collect/recorder.h"
#include "collect/sidecar.h"
#include "collect/sweep.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

/* --- what the terminal is told ------------------------------------------------------------------------------------ */

/* Progress is for people: one line that is written over again and again, on a terminal only. */
static void show_progress(const struct planned_run *run, size_t done, size_t all, double seconds_left)
{
    char count[UNIT_TEXT_SIZE];

    if (!isatty(STDERR_FILENO))
        return;
    fprintf(stderr, "\r\033[K%zu of %zu: %s with %s tasks", done + 1, all, run->model->name,
            unit_format_count(count, run->tasks));
    if (seconds_left > 0)
        fprintf(stderr, ", about %.0f min %02.0f s left", floor(seconds_left / 60), fmod(seconds_left, 60));
    fflush(stderr);
}

static void clear_progress(void)
{
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
}

static void tell_of_failure(const struct planned_run *run, const struct measurement *measurement)
{
    char count[UNIT_TEXT_SIZE];

    clear_progress();
    warnx("%s with %s tasks, run %" PRId64 ": %s: %s", run->model->name, unit_format_count(count, run->tasks),
          run->number, sample_status_names[measurement->status], measurement->reason);
}

/* How the sweep ended: `done` runs are in the recording, of which none was made now where nothing was left to do. */
static int tell_end(const struct main_sweep *what, size_t done, bool nothing_left, const struct error *error)
{
    bool whole = done == what->plan->runs && !*error->text;
    const char *why = *error->text ? error->text : "stopped";

    clear_progress();
    if (whole && !what->temporary)
        warnx("%s%zu %s in %s", nothing_left ? "nothing was left to do: " : "", done, done == 1 ? "run is" : "runs are",
              what->recording);
    if (whole)
        return EXIT_SUCCESS;
    if (what->temporary)
        warnx("%s; %zu of %zu runs were made", why, done, what->plan->runs);
    else
        warnx("%s; %zu of %zu runs are in %s (%s --resume=%s goes on)", why, done, what->plan->runs, what->recording,
              program_invocation_short_name, what->recording);
    return EXIT_FAILURE;
}

/* --- the runs ----------------------------------------------------------------------------------------------------- */

/* The warm-ups of the models that have runs to come: each before the first of them, all before the first run. */
static int warm_up(struct sweep *sweep, const struct plan *plan, size_t first, bool *given_up, struct error *error)
{
    for (size_t i = first; i < plan->runs; i++) {
        struct measurement measurement;
        struct planned_run run;
        bool warm = false;

        for (size_t before = first; before < i && !warm; before++)
            warm = plan->run[before].model == plan->run[i].model;
        if (warm)
            continue;
        run = sweep_warm_up(plan, plan->run[i].model);
        show_progress(&run, first, plan->runs, 0);
        if (sweep_run(sweep, &run, &measurement, error) != 0)
            return -1;
        *given_up = measurement.given_up;
        measurement_free(&measurement);
        if (*given_up)
            return 0;
    }
    return 0;
}

static int record(struct sweep *sweep, const struct planned_run *run, struct recorder *recorder, bool *given_up,
                  struct error *error)
{
    struct measurement measurement;
    int result = sweep_run(sweep, run, &measurement, error);

    *given_up = measurement.given_up;
    if (result == 0 && !measurement.given_up) {
        if (measurement.status != SAMPLE_OK)
            tell_of_failure(run, &measurement);
        result = recorder_append(recorder, measurement.sampler.sample, measurement.sampler.samples, error);
    }
    measurement_free(&measurement);
    return result;
}

/* Makes the runs from the first on. Returns how many of the plan are recorded then; fewer than planned means that a
   signal came (no error text) or collect failed. */
static size_t make_runs(struct sweep *sweep, const struct plan *plan, size_t first, struct recorder *recorder,
                        struct error *error)
{
    bool given_up = false;
    time_t began;
    size_t done;

    if (warm_up(sweep, plan, first, &given_up, error) != 0 || given_up)
        return first;
    began = time(NULL);
    for (done = first; done < plan->runs; done++) {
        double seconds_each = done > first ? difftime(time(NULL), began) / (double)(done - first) : 0;

        show_progress(&plan->run[done], done, plan->runs, seconds_each * (double)(plan->runs - done));
        if (record(sweep, &plan->run[done], recorder, &given_up, error) != 0 || given_up)
            break;
    }
    return done;
}

/* --- its files ---------------------------------------------------------------------------------------------------- */

static int refuse_existing(const char *path, struct error *error)
{
    if (access(path, F_OK) != 0)
        return 0;
    return error_set(error, "%s: exists already, and a recording is never overwritten (name another with -o)", path);
}

/* Both files are made before the first run, so that what cannot be written is said at once; the sidecar first, since
   from it alone a sweep can be resumed. */
static int create_files(const struct main_sweep *what, struct recorder *recorder, struct error *error)
{
    if (refuse_existing(what->sidecar_path, error) != 0 || refuse_existing(what->recording, error) != 0 ||
        sidecar_write(what->sidecar, what->sidecar_path, error) != 0)
        return -1;
    if (recorder_create(recorder, what->recording, error) == 0)
        return 0;
    unlink(what->sidecar_path);
    return -1;
}

static int open_files(const struct main_sweep *what, struct recorder *recorder, size_t *done, struct error *error)
{
    *done = 0;
    if (!what->resumed)
        return create_files(what, recorder, error);
    if (recorder_resume(recorder, what->recording, what->host, what->plan, done, error) != 0)
        return -1;
    if (*done == what->plan->runs)
        return 0;
    sidecar_note_resumed(what->sidecar);
    return sidecar_write(what->sidecar, what->sidecar_path, error);
}

/* --- what surrounds the runs -------------------------------------------------------------------------------------- */

/* Signals that end a sweep arrive through a descriptor, so that the run under way is ended in order. A hangup that was
   ignored when collect was started, as nohup does, stays so: the descriptor would tell of it all the same. */
static int open_signals(void)
{
    struct sigaction hangup;
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    if (sigaction(SIGHUP, NULL, &hangup) != 0 || hangup.sa_handler != SIG_IGN)
        sigaddset(&signals, SIGHUP);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow further is an error like a full disk */
    return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Without a group the recording lacks the kernel's part, which is said once. */
static void find_groups(struct sweep *sweep)
{
    struct error error = {""};

    sweep->groups = cgroup_find_parent(sweep->proc, "/sys/fs/cgroup", &error);
    if (*error.text)
        warnx("%s", error.text);
}

static int sweep_between_files(const struct main_sweep *what, struct sweep *sweep)
{
    struct error error = {""};
    struct recorder recorder;
    struct timespec began;
    bool nothing_left;
    size_t done;

    clock_gettime(CLOCK_MONOTONIC, &began);
    if (open_files(what, &recorder, &done, &error) != 0) {
        warnx("%s", error.text);
        return EXIT_FAILURE;
    }
    nothing_left = done == what->plan->runs;
    if (!nothing_left) {
        done = make_runs(sweep, what->plan, done, &recorder, &error);
        sidecar_note_end(what->sidecar, &began);
        if (!*error.text)
            sidecar_write(what->sidecar, what->sidecar_path, &error);
    }
    recorder_close(&recorder, &error);
    return tell_end(what, done, nothing_left, &error);
}

/* A keeper takes the groups away even where collect is killed. */
static int sweep_with_groups(const struct main_sweep *what, struct sweep *sweep)
{
    struct error error = {""};
    struct keeper keeper;
    int status;

    find_groups(sweep);
    if (cgroup_keep_clean(&sweep->groups, &keeper, &error) != 0) {
        warnx("%s", error.text);
        return EXIT_FAILURE;
    }
    launch_adopt_orphans();
    status = sweep_between_files(what, sweep);
    cgroup_leave(&sweep->groups);
    keeper_end(&keeper);
    return status;
}

int main_sweep(const struct main_sweep *what)
{
    struct sweep sweep = {
        .setup = what->setup,
        .host = what->host,
        .proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC),
        .signals = open_signals(),
    };
    int status = sweep_with_groups(what, &sweep);

    forecast_free(&sweep.forecast);
    close(sweep.proc);
    close(sweep.signals);
    return status;
}
