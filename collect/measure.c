/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One run, from launch to end row:

       launch ─▶ idle ─▶ spawn ─▶ hold ─▶ drain ─▶ end
                 full    cheap    full    cheap           samples of memory; timing.c for what is measured in time

   A full sample walks every mapping of the model under its mmap lock, so none is taken while tasks are being started or
   ended; and each sample is followed by a pause in proportion to what it cost. */
#include "collect/measure.h"

#include "collect/command.h"
#include "collect/ending.h"
#include "collect/limit.h"
#include "collect/watch.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <sys/pidfd.h>
#include <time.h>
#include <unistd.h>

#define IDLE_SAMPLES 3
#define IDLE_PAUSE_US 10000
#define HOLD_SAMPLES 3          /* spread evenly over the hold; fewer if a sample takes long */
#define SHORTEST_PAUSE_US 20000 /* between samples while spawning and draining */
#define PAUSE_SHARE 8           /* the pause is at least 1/8 of the time since the stage began, so that rows stay few */
#define PAUSE_PER_COST 100      /* reading takes at most about 1 % of the time */
#define GUARD_PAUSE_US 100000   /* between two checks of the run's memory, at least */
#define GUARD_PAUSE_PER_COST 10
#define EXIT_PATIENCE_US 10000000 /* for a model to exit after its last answer, or after it closed its stdout */
#define PIPE_READS 16             /* of what listen_to reads at once, in what a pipe of Linux holds: 64 KiB */

static int64_t unix_time_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void answer(struct watch *watch)
{
    /* A model that no longer reads is judged by its exit. */
    if (write(watch->launch.input, "\n", 1) < 0)
        errno = 0;
}

static void go(struct watch *watch)
{
    struct cpu_clock_reading reading = cpu_clock_read(&watch->timing.clock);

    if (watch_is_timed(watch))
        timing_go(watch, &reading);
    watch_begin(watch, WATCH_SPAWN);
    watch->go_at = watch->stage_began;
    watch->started_us = unix_time_us();
    watch->sample_at += SHORTEST_PAUSE_US;
    /* The first task starts after the go: none can end before this moment. */
    watch->hold_until = watch->go_at + watch_sleep_milliseconds(watch->request) * 1000;
    answer(watch);
}

/* --- sampling ----------------------------------------------------------------------------------------------------- */

static enum sample_phase phase_at(const struct watch *watch, int64_t time)
{
    switch (watch->stage) {
    case WATCH_STARTING:
    case WATCH_IDLE:
        return SAMPLE_IDLE;
    case WATCH_SPAWN:
        return SAMPLE_SPAWN;
    case WATCH_HOLD:
        return time < watch->hold_until ? SAMPLE_HOLD : SAMPLE_DRAIN;
    default:
        return SAMPLE_DRAIN;
    }
}

/* When to take the next sample. While tasks start and end, pauses grow with the time gone by. */
static int64_t next_sample_at(const struct watch *watch, enum sample_phase phase, int64_t began, int64_t ended)
{
    int64_t pause = MAX(SHORTEST_PAUSE_US, (ended - watch->stage_began) / PAUSE_SHARE);

    switch (phase) {
    case SAMPLE_IDLE:
        return ended + IDLE_PAUSE_US;
    case SAMPLE_HOLD:
        if (watch_is_of_command(watch))
            return ended + MAX(pause, PAUSE_PER_COST * (ended - began));
        return MAX(began + (watch->hold_until - watch->stage_began) / HOLD_SAMPLES,
                   ended + PAUSE_PER_COST * (ended - began));
    default:
        return ended + MAX(pause, PAUSE_PER_COST * (ended - began));
    }
}

static int take_sample(struct watch *watch, enum process_depth depth, struct error *error)
{
    int64_t began = watch_now_us(), ended;
    struct sample *row = sampler_take(&watch->result->sampler, phase_at(watch, began), depth, error);

    if (!row)
        return -1;
    ended = watch_now_us();
    /* A sample counts as hold only if it ended before the first task woke up. */
    row->phase = phase_at(watch, ended);
    if (row->phase == SAMPLE_IDLE)
        row->alive = 0;
    if (row->phase == SAMPLE_HOLD) {
        row->alive = watch->alive;
        watch->result->hold_samples++;
    }
    watch->sample_at = next_sample_at(watch, row->phase, began, ended);
    return 0;
}

static bool is_sampling(const struct watch *watch)
{
    return watch->stage > WATCH_STARTING && watch->stage < (watch_is_timed(watch) ? WATCH_SPAWN : WATCH_EXITING);
}

static int take_sample_if_due(struct watch *watch, struct error *error)
{
    enum sample_phase phase = phase_at(watch, watch_now_us());

    if (!is_sampling(watch) || watch_now_us() < watch->sample_at)
        return 0;
    if (take_sample(watch, phase == SAMPLE_IDLE || phase == SAMPLE_HOLD ? PROCESS_FULL : PROCESS_CHEAP, error) != 0)
        return -1;
    if (watch->stage == WATCH_IDLE && --watch->idle_samples_left == 0)
        go(watch);
    return 0;
}

/* --- what the model says ------------------------------------------------------------------------------------------ */

static int on_ready(struct watch *watch, int64_t alive, struct error *error)
{
    watch_begin(watch, WATCH_HOLD);
    watch->alive = alive;
    watch->result->spawn_seconds = (double)(watch->timing.heard.at_us - watch->go_at) * 1e-6;
    if (alive > watch->request->run.tasks)
        watch_finish(watch, SAMPLE_FAILED, "said that %" PRId64 " tasks are alive", alive);
    if (watch_is_timed(watch) && timing_ready(watch, error) != 0)
        return -1;
    if (timing_is_answered(watch))
        answer(watch);
    return 0;
}

static void judge(struct watch *watch, int64_t finished)
{
    int64_t early = watch->hold_until - watch->timing.heard.at_us;

    if (early > 0 && watch->request->run.tasks > 0)
        watch_finish(watch, SAMPLE_FAILED, "said done %.3f s before the first task can have slept its time",
                     (double)early * 1e-6);
    else if (watch->alive < watch->request->run.tasks)
        watch_finish(watch, SAMPLE_SHORT,
                     "only %" PRId64 " tasks were alive at once: spawning took %.2f s, each slept %.2f s", watch->alive,
                     watch->result->spawn_seconds, watch->request->sleep_seconds);
    else if (finished != watch->request->run.tasks)
        watch_finish(watch, SAMPLE_SHORT, "%" PRId64 " tasks finished", finished);
    timing_judge(watch);
    if (watch->stage != WATCH_OVER)
        watch_begin(watch, WATCH_EXITING);
}

static int on_done(struct watch *watch, int64_t finished, struct error *error)
{
    /* The final peak must be read before the model exits. */
    if ((watch_is_timed(watch) ? timing_done(watch, error) : take_sample(watch, PROCESS_CHEAP, error)) != 0)
        return -1;
    judge(watch, finished);
    answer(watch);
    watch->exit_until = watch_now_us() + EXIT_PATIENCE_US;
    return 0;
}

/* Once all tasks are alive, what the work has to say stands before done. */
static int on_event_of_work(struct watch *watch, const struct event *event, const char *line, struct error *error)
{
    enum work_kind kind = watch->request->run.work.kind;
    bool has_passed = watch->timing.mark[TIMING_PASSED].is_made;

    if (event->kind == EVENT_LATE && kind == WORK_BEAT)
        return timing_late(watch, event, line, error);
    if (event->kind == EVENT_PASSED && kind == WORK_PASS && !has_passed) {
        int result = timing_passed(watch, event, line, error);

        answer(watch);
        return result;
    }
    if (event->kind == EVENT_DONE && (kind != WORK_PASS || has_passed))
        return on_done(watch, event->count, error);
    watch_finish(watch, SAMPLE_FAILED, "printed '%.80s' where %s was awaited", line, timing_awaited(watch));
    return 0;
}

static int on_event(struct watch *watch, const char *line, struct error *error)
{
    static const char *const awaited[] = {"idle", "its answer", "ready", "done", "its end", "nothing"};
    struct event event = event_parse(line);

    if (event.kind == EVENT_FAILED && watch->stage < WATCH_EXITING) {
        ending_failed(watch, &event);
        answer(watch);
    } else if (event.kind == EVENT_IDLE && watch->stage == WATCH_STARTING) {
        watch_begin(watch, WATCH_IDLE);
        watch->idle_samples_left = IDLE_SAMPLES;
    } else if (event.kind == EVENT_READY && watch->stage == WATCH_SPAWN) {
        return on_ready(watch, event.count, error);
    } else if (watch->stage == WATCH_HOLD) {
        return on_event_of_work(watch, &event, line, error);
    } else {
        watch_finish(watch, SAMPLE_FAILED, "printed '%.80s' where %s was awaited", line, awaited[watch->stage]);
    }
    return 0;
}

static int on_output_of_command(struct watch *watch, const char *line, struct error *error)
{
    (void)watch;
    (void)line;
    (void)error;
    return 0;
}

static int on_stderr(struct watch *watch, const char *line, struct error *error)
{
    (void)error;
    complaint_take(&watch->complaint, line);
    return 0;
}

static bool is_open(int descriptor)
{
    return descriptor >= 0;
}

/* Reads what there is, notes when, and hands on its lines. At the end of the stream the descriptor is closed and
 * becomes -1. */
static int listen_to(struct watch *watch, int *descriptor, struct event_lines *lines,
                     int (*on_line)(struct watch *, const char *, struct error *), struct error *error)
{
    char bytes[4096];
    ssize_t length = is_open(*descriptor) ? read(*descriptor, bytes, sizeof bytes) : -1;

    if (length > 0 && descriptor == &watch->launch.output)
        watch->timing.heard = cpu_clock_read(&watch->timing.clock);
    if (length == 0) {
        close(*descriptor);
        *descriptor = -1;
    }
    for (ssize_t i = 0; i < length && watch->stage != WATCH_OVER; i++)
        if (event_lines_take(lines, bytes[i]) && on_line(watch, lines->line, error) != 0)
            return -1;
    return 0;
}

/* --- how it ends -------------------------------------------------------------------------------------------------- */

static bool can_be_read(int descriptor)
{
    struct pollfd source = {descriptor, POLLIN, 0};

    return is_open(descriptor) && poll(&source, 1, 0) == 1;
}

/* Reads what a program that has ended left on its stderr: no more than a pipe holds, since others may have it open. Its
   last line may lack the newline. */
static void hear_last_words(struct watch *watch)
{
    struct error unused;

    for (size_t heard = 0; heard < PIPE_READS && can_be_read(watch->launch.stderr_end); heard++)
        listen_to(watch, &watch->launch.stderr_end, &watch->stderr_lines, on_stderr, &unused);
    event_lines_take(&watch->stderr_lines, '\n');
    complaint_take(&watch->complaint, watch->stderr_lines.line);
}

static void on_end(struct watch *watch)
{
    struct launch_outcome outcome;
    bool has_succeeded;

    /* Output written before the exit is read first. */
    if (!launch_ended(&watch->launch, &outcome) || can_be_read(watch->launch.output))
        return;
    has_succeeded = outcome.wait_status == 0;
    if (watch_is_of_command(watch))
        sampler_settle_peak(&watch->result->sampler, outcome.peak_rss_bytes, watch->launch.inherited_bytes);
    if (watch_is_of_command(watch) && has_succeeded)
        ending_of_command(watch);
    else if (watch->stage == WATCH_EXITING && has_succeeded)
        watch_finish(watch, SAMPLE_OK, "%s", "");
    else {
        hear_last_words(watch);
        ending_of_program(watch, outcome.wait_status);
    }
}

static void look_after_machine(struct watch *watch)
{
    int64_t began = watch_now_us(), ended;

    if (began < watch->guard_at)
        return;
    if (ending_is_over_limit(watch))
        ending_over_limit(watch);
    ended = watch_now_us();
    watch->guard_at = ended + MAX(GUARD_PAUSE_US, GUARD_PAUSE_PER_COST * (ended - began));
}

static void look_at_clock(struct watch *watch)
{
    if (watch_now_us() >= watch->timeout_at && watch->stage != WATCH_OVER)
        ending_by_timeout(watch);
    if (watch_now_us() >= watch->exit_until)
        watch_finish(watch, SAMPLE_FAILED, "%s",
                     watch->stage == WATCH_EXITING ? "was done but did not exit" : "closed its stdout");
    if (!is_open(watch->launch.output) && watch->exit_until == WATCH_NEVER && !watch_is_of_command(watch))
        watch->exit_until = watch_now_us() + EXIT_PATIENCE_US;
}

/* --- the loop ----------------------------------------------------------------------------------------------------- */

/* Waits for output or exit of the model, a signal or the next deadline. Returns whether a signal came. */
static bool await(struct watch *watch)
{
    int64_t due = MIN(MIN(watch->guard_at, watch->timeout_at), watch->exit_until), pause;
    struct pollfd sources[] = {
        {watch->request->site->signals, POLLIN, 0},
        {watch->launch.output, POLLIN, 0},
        {watch->launch.stderr_end, POLLIN, 0},
        {watch->process, POLLIN, 0},
    };
    struct timespec timeout;

    if (is_sampling(watch))
        due = MIN(due, watch->sample_at);
    pause = due - watch_now_us();
    pause = MAX(0, pause);
    timeout = (struct timespec){.tv_sec = pause / 1000000, .tv_nsec = pause % 1000000 * 1000};
    if (ppoll(sources, sizeof sources / sizeof *sources, &timeout, NULL) < 0)
        return false;
    return sources[0].revents & POLLIN;
}

/* Its events come first: when they came is part of what is measured. */
static int watch_until_over(struct watch *watch, struct error *error)
{
    int (*on_output)(struct watch *, const char *, struct error *) =
        watch_is_of_command(watch) ? on_output_of_command : on_event;

    while (watch->stage != WATCH_OVER) {
        if (await(watch)) {
            watch->result->given_up = true;
            return 0;
        }
        if (listen_to(watch, &watch->launch.output, &watch->events, on_output, error) != 0 ||
            listen_to(watch, &watch->launch.stderr_end, &watch->stderr_lines, on_stderr, error) != 0 ||
            take_sample_if_due(watch, error) != 0)
            return -1;
        on_end(watch);
        look_after_machine(watch);
        look_at_clock(watch);
    }
    return 0;
}

static struct sample identity_of(const struct measure_request *request, const char *work)
{
    struct sample identity = sample_unknown();

    identity.host = request->site->host;
    identity.model = request->run.model->name;
    identity.family = request->run.model->family;
    identity.tasks = request->run.tasks;
    identity.run = request->run.number;
    identity.work = work;
    return identity;
}

static void start_measurement(struct measurement *measurement, const struct measure_request *request,
                              const struct cgroup *group)
{
    struct sample identity;

    *measurement = (struct measurement){.status = SAMPLE_NO_STATUS};
    identity = identity_of(request, work_format(measurement->work, &request->run.work));
    measurement->sampler = sampler_new(&identity, request->site->proc, group, groups_common(&request->site->groups));
}

/* Groups that leave some processes to others, or a limit of the user where none can be made. */
static struct run_groups begin_groups(const struct measure_request *request)
{
    int proc = request->site->proc;
    struct run_groups groups = groups_begin_run(&request->site->groups, request->memory_limit, limit_processes(proc));

    if (!cgroup_exists(groups_of_processes(&groups)))
        groups.bounds.processes = limit_processes_of_user(proc);
    groups.bounds.stays_outside = model_is_client(request->run.model);
    return groups;
}

static struct watch watch_new(const struct measure_request *request, struct measurement *measurement)
{
    int64_t now = watch_now_us();

    return (struct watch){
        .request = request,
        .result = measurement,
        .stage = WATCH_STARTING,
        .stage_began = now,
        .go_at = now,
        .started_us = unix_time_us(),
        .guard_at = now,
        .timeout_at = now + llround(request->setup->timeout_seconds * 1e6),
        .exit_until = WATCH_NEVER,
        .alive = SAMPLE_UNKNOWN,
        .available_before = machine_memory_read(request->site->proc).available_bytes,
        .groups = begin_groups(request),
        .met_before = headroom_note_met(&request->site->groups.memory),
    };
}

/* The members that only an end row has. */
static void add_facts(struct sample *row, const struct watch *watch)
{
    const struct rusage *usage = &watch->launch.usage;

    row->started_us = watch->started_us;
    if (!watch->launch.reaped || watch->groups.bounds.stays_outside)
        return;
    row->voluntary_switches = usage->ru_nvcsw;
    row->involuntary_switches = usage->ru_nivcsw;
    row->minor_faults = usage->ru_minflt;
    row->major_faults = usage->ru_majflt;
}

static int end_row(struct watch *watch, struct error *error)
{
    struct measurement *result = watch->result;
    int64_t alive = result->status == SAMPLE_OK && !watch_is_of_command(watch) ? 0 : watch->alive;

    if (sampler_end(&result->sampler, watch->go_at, result->status, result->reason, alive, error) != 0)
        return -1;
    add_facts(&result->sampler.sample[result->sampler.samples - 1], watch);
    timing_settle(watch);
    return 0;
}

/* To a command its input is at its end: nobody answers it. */
static void close_input(struct watch *watch)
{
    close(watch->launch.input);
    watch->launch.input = -1;
}

static int launch_with(struct watch *watch, const char *const *arguments, struct error *error)
{
    return launch_start(&watch->launch, arguments, &watch->request->setup->launch, &watch->groups.bounds, error);
}

static int launch_command(struct watch *watch, const char *tasks, const char *seconds, struct error *error)
{
    const struct model *model = watch->request->run.model;
    char *command = command_expand(model->command, tasks, seconds);
    int result;

    if (!command)
        return error_set(error, "out of memory for the command");
    result = launch_with(watch, (const char *[]){model->path, "-c", command, NULL}, error);
    free(command);
    if (result == 0)
        close_input(watch);
    return result;
}

/* NAME [--work=WORK] TASKS SECONDS [PARAMETER] */
static int launch_model(struct watch *watch, const char *tasks, const char *seconds, struct error *error)
{
    const struct planned_run *run = &watch->request->run;
    char work[WORK_TEXT_SIZE], option[WORK_TEXT_SIZE + sizeof "--work="];
    const char *arguments[6] = {run->model->path};
    size_t count = 1;

    snprintf(option, sizeof option, "--work=%s", work_argument(work, &run->work));
    if (*work)
        arguments[count++] = option;
    arguments[count++] = tasks;
    arguments[count++] = seconds;
    if (*run->model->parameter)
        arguments[count] = run->model->parameter;
    return launch_with(watch, arguments, error);
}

static int launch(struct watch *watch, struct error *error)
{
    char tasks[24], seconds[32];

    snprintf(tasks, sizeof tasks, "%" PRId64, watch->request->run.tasks);
    snprintf(seconds, sizeof seconds, "%.3f", (double)watch_sleep_milliseconds(watch->request) / 1000);
    return watch_is_of_command(watch) ? launch_command(watch, tasks, seconds, error)
                                      : launch_model(watch, tasks, seconds, error);
}

/* A run outside its group is not measured by it, and is watched like one without. */
static void look_at_refusal(struct watch *watch)
{
    int number = watch->launch.refused[GROUPS_JOIN_MEMORY];

    if (watch->launch.refused[GROUPS_JOIN_CPUACCT] != 0)
        cgroup_remove(&watch->groups.cpuacct);
    if (number == 0)
        return;
    cgroup_remove(&watch->groups.memory);
    snprintf(watch->result->lack, sizeof watch->result->lack,
             "a run cannot enter its memory cgroup (%s), so kernel memory is not recorded", strerror(number));
}

/* The reason of a run that left a process behind says which, after what it says already. */
static void note_unended(struct watch *watch)
{
    char *reason = watch->result->reason;
    size_t length = strlen(reason), size = sizeof watch->result->reason - length;

    if (watch->launch.unended)
        snprintf(reason + length, size, "%sprocess %d cannot be ended (it runs as another user)", length ? "; " : "",
                 (int)watch->launch.unended);
}

static int run_to_its_end(struct watch *watch, struct error *error)
{
    struct error refusal;
    int result;

    /* A program that cannot be started (it may be being rebuilt) fails its run, not the sweep. */
    if (launch(watch, &refusal) != 0) {
        watch_finish(watch, SAMPLE_FAILED, "cannot be started: %.200s", refusal.text);
        return 0;
    }
    look_at_refusal(watch);
    if (watch_is_of_command(watch)) {
        watch_begin(watch, WATCH_HOLD);
        watch->hold_until = WATCH_NEVER;
        watch->sample_at += SHORTEST_PAUSE_US; /* at first it is only being loaded */
    }
    watch->result->sampler.root = watch->launch.pid;
    watch->result->sampler.is_root_outside = watch->groups.bounds.stays_outside;
    timing_open(watch);
    watch->process = pidfd_open(watch->launch.pid, 0);
    result = watch_until_over(watch, error);
    launch_end(&watch->launch);
    note_unended(watch);
    close(watch->process);
    return result;
}

int measure(const struct measure_request *request, struct measurement *measurement, struct error *error)
{
    struct watch watch = watch_new(request, measurement);
    int result;

    start_measurement(measurement, request, &watch.groups.memory);
    result = run_to_its_end(&watch, error);
    if (result == 0 && !measurement->given_up)
        result = end_row(&watch, error);
    groups_end_run(&watch.groups);
    return result;
}

int measure_skipped(const struct measure_request *request, struct measurement *measurement, const char *reason,
                    struct error *error)
{
    const struct cgroup none = cgroup_none();

    start_measurement(measurement, request, &none);
    measurement->status = SAMPLE_SKIPPED;
    snprintf(measurement->reason, sizeof measurement->reason, "%s", reason);
    return sampler_end(&measurement->sampler, watch_now_us(), SAMPLE_SKIPPED, measurement->reason, SAMPLE_UNKNOWN,
                       error);
}

void measurement_free(struct measurement *measurement)
{
    sampler_free(&measurement->sampler);
}
