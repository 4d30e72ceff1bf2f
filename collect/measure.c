/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One run, from launch to end row:

       launch ─▶ idle ─▶ spawn ─▶ hold ─▶ drain ─▶ end
                 full    cheap    full    cheap           samples

   A full sample walks every mapping of the model under its mmap lock, so none is taken while tasks are being started or
   ended; and each sample is followed by a pause in proportion to what it cost. */
#include "collect/measure.h"

#include "collect/event.h"
#include "collect/limit.h"
#include "collect/unit.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define IDLE_SAMPLES 3
#define IDLE_PAUSE_US 10000
#define HOLD_SAMPLES 3          /* spread evenly over the hold; fewer if a sample takes long */
#define SHORTEST_PAUSE_US 20000 /* between samples while spawning and draining */
#define PAUSE_SHARE 8           /* the pause is at least 1/8 of the time since the stage began, so that rows stay few */
#define PAUSE_PER_COST 100      /* reading takes at most about 1 % of the time */
#define GUARD_PAUSE_US 100000   /* between two checks of the machine's memory */
#define EXIT_PATIENCE_US 10000000 /* for a model to exit after its last answer, or after it closed its stdout */
#define NEVER INT64_MAX

enum stage { STARTING, IDLE, SPAWN, HOLD, EXITING, OVER };

/* A run under way. Times are microseconds of the monotonic clock. */
struct watch {
    const struct measure_request *request;
    struct measurement *result;
    struct launch launch;
    int process; /* pidfd: can be read once the model has ended */
    enum stage stage;
    int64_t stage_began, go_at, hold_until, sample_at, guard_at, timeout_at, exit_until;
    int64_t started_us; /* go_at as Unix time */
    int64_t alive, available_before;
    int idle_samples_left;
    struct event_lines events, stderr_lines;
    char last_stderr[sizeof((struct event_lines *)0)->line]; /* the last line on its stderr */
};

static int64_t now_us(void)
{
    return sampler_now_us();
}

static int64_t unix_time_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

__attribute__((format(printf, 3, 4))) static void finish(struct watch *watch, enum sample_status status,
                                                         const char *format, ...)
{
    va_list arguments;

    /* The first reason counts. */
    if (watch->stage == OVER)
        return;
    watch->stage = OVER;
    watch->result->status = status;
    va_start(arguments, format);
    vsnprintf(watch->result->reason, sizeof watch->result->reason, format, arguments);
    va_end(arguments);
}

/* A command does not speak the contract: it is measured from start to exit. */
static bool is_command(const struct watch *watch)
{
    return *watch->request->run.model->command;
}

static void begin(struct watch *watch, enum stage stage)
{
    watch->stage = stage;
    watch->stage_began = now_us();
    watch->sample_at = watch->stage_began;
}

static void answer(struct watch *watch)
{
    /* A model that no longer reads is judged by its exit. */
    if (write(watch->launch.input, "\n", 1) < 0)
        errno = 0;
}

/* The model is told whole milliseconds, and is judged by the same. */
static int64_t sleep_milliseconds(const struct measure_request *request)
{
    return (int64_t)ceil(request->sleep_seconds * 1000);
}

static void go(struct watch *watch)
{
    begin(watch, SPAWN);
    watch->go_at = watch->stage_began;
    watch->started_us = unix_time_us();
    watch->sample_at += SHORTEST_PAUSE_US;
    /* The first task starts after the go: none can end before this moment. */
    watch->hold_until = watch->go_at + sleep_milliseconds(watch->request) * 1000;
    answer(watch);
}

/* --- sampling ----------------------------------------------------------------------------------------------------- */

static enum sample_phase phase_at(const struct watch *watch, int64_t time)
{
    switch (watch->stage) {
    case STARTING:
    case IDLE:
        return SAMPLE_IDLE;
    case SPAWN:
        return SAMPLE_SPAWN;
    case HOLD:
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
        if (is_command(watch))
            return ended + MAX(pause, PAUSE_PER_COST * (ended - began));
        return MAX(began + (watch->hold_until - watch->stage_began) / HOLD_SAMPLES,
                   ended + PAUSE_PER_COST * (ended - began));
    default:
        return ended + MAX(pause, PAUSE_PER_COST * (ended - began));
    }
}

static int take_sample(struct watch *watch, enum process_depth depth, struct error *error)
{
    int64_t began = now_us(), ended;
    struct sample *row = sampler_take(&watch->result->sampler, phase_at(watch, began), depth, error);

    if (!row)
        return -1;
    ended = now_us();
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

static int take_sample_if_due(struct watch *watch, struct error *error)
{
    enum sample_phase phase = phase_at(watch, now_us());

    if (watch->stage == STARTING || watch->stage >= EXITING || now_us() < watch->sample_at)
        return 0;
    if (take_sample(watch, phase == SAMPLE_IDLE || phase == SAMPLE_HOLD ? PROCESS_FULL : PROCESS_CHEAP, error) != 0)
        return -1;
    if (watch->stage == IDLE && --watch->idle_samples_left == 0)
        go(watch);
    return 0;
}

/* --- the limit of a run ------------------------------------------------------------------------------------------- */

/* The kernel enforces a group's limit. If it kills a forked task, the model itself goes on and would never be ready.
   Without a group, the memory that the machine has lost since the launch counts as the run's. */
static bool is_over_limit(const struct watch *watch)
{
    const struct cgroup *group = watch->result->sampler.group;

    if (group->directory >= 0)
        return cgroup_hit_limit(group);
    return watch->available_before - machine_memory_read(watch->request->site->proc).available_bytes >
           watch->request->memory_limit;
}

static void finish_over_limit(struct watch *watch)
{
    char limit[UNIT_TEXT_SIZE];

    finish(watch, SAMPLE_KILLED, "took more than %s, the limit of a run (--memory-limit)",
           unit_format(limit, UNIT_BYTES, (double)watch->request->memory_limit));
}

/* --- what the model says ------------------------------------------------------------------------------------------ */

static void on_ready(struct watch *watch, int64_t alive)
{
    begin(watch, HOLD);
    watch->alive = alive;
    watch->result->spawn_seconds = (double)(watch->stage_began - watch->go_at) * 1e-6;
    if (alive > watch->request->run.tasks)
        finish(watch, SAMPLE_FAILED, "said that %" PRId64 " tasks are alive", alive);
}

static void judge(struct watch *watch, int64_t finished)
{
    int64_t early = watch->hold_until - now_us();

    if (early > 0)
        finish(watch, SAMPLE_FAILED, "said done %.3f s before the first task can have slept its time",
               (double)early * 1e-6);
    else if (watch->alive < watch->request->run.tasks)
        finish(watch, SAMPLE_SHORT,
               "only %" PRId64 " tasks were alive at once: spawning took %.2f s, each slept %.2f s", watch->alive,
               watch->result->spawn_seconds, watch->request->sleep_seconds);
    else if (finished != watch->request->run.tasks)
        finish(watch, SAMPLE_SHORT, "%" PRId64 " tasks finished", finished);
    else
        begin(watch, EXITING);
}

static int on_done(struct watch *watch, int64_t finished, struct error *error)
{
    /* The final peak must be read before the model exits. */
    if (take_sample(watch, PROCESS_CHEAP, error) != 0)
        return -1;
    judge(watch, finished);
    answer(watch);
    watch->exit_until = now_us() + EXIT_PATIENCE_US;
    return 0;
}

/* The model waits for an answer, so its limits can still be read. */
static void on_failed(struct watch *watch, const struct event *event)
{
    char limits[96];

    watch->alive = event->count;
    if (is_over_limit(watch))
        finish_over_limit(watch);
    limit_describe(watch->request->site->proc, watch->launch.pid, limits, sizeof limits);
    finish(watch, SAMPLE_FAILED, "%.150s%s%s", *event->reason ? event->reason : "the model gave no reason",
           *limits ? "; limit met: " : "", limits);
    answer(watch);
}

static int on_event(struct watch *watch, const char *line, struct error *error)
{
    static const char *const awaited[] = {"idle", "its answer", "ready", "done", "its end", "nothing"};
    struct event event = event_parse(line);

    if (event.kind == EVENT_FAILED && watch->stage < EXITING) {
        on_failed(watch, &event);
    } else if (event.kind == EVENT_IDLE && watch->stage == STARTING) {
        begin(watch, IDLE);
        watch->idle_samples_left = IDLE_SAMPLES;
    } else if (event.kind == EVENT_READY && watch->stage == SPAWN) {
        on_ready(watch, event.count);
    } else if (event.kind == EVENT_DONE && watch->stage == HOLD) {
        return on_done(watch, event.count, error);
    } else {
        finish(watch, SAMPLE_FAILED, "printed '%.80s' where %s was awaited", line, awaited[watch->stage]);
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
    if (*line)
        snprintf(watch->last_stderr, sizeof watch->last_stderr, "%s", line);
    return 0;
}

static bool is_open(int descriptor)
{
    return descriptor >= 0;
}

/* Reads what there is and hands on its lines. At the end of the stream the descriptor is closed and becomes -1. */
static int listen_to(struct watch *watch, int *descriptor, struct event_lines *lines,
                     int (*on_line)(struct watch *, const char *, struct error *), struct error *error)
{
    char bytes[4096];
    ssize_t length = is_open(*descriptor) ? read(*descriptor, bytes, sizeof bytes) : -1;

    if (length == 0) {
        close(*descriptor);
        *descriptor = -1;
    }
    for (ssize_t i = 0; i < length && watch->stage != OVER; i++)
        if (event_lines_take(lines, bytes[i]) && on_line(watch, lines->line, error) != 0)
            return -1;
    return 0;
}

/* --- how it ends -------------------------------------------------------------------------------------------------- */

static void describe_end(struct watch *watch, int wait_status)
{
    bool has_stderr = *watch->last_stderr;

    if (cgroup_hit_limit(watch->result->sampler.group))
        finish_over_limit(watch);
    else if (WIFSIGNALED(wait_status))
        finish(watch, SAMPLE_KILLED, "died of signal %d (%s)", WTERMSIG(wait_status), strsignal(WTERMSIG(wait_status)));
    else
        finish(watch, SAMPLE_FAILED, "exited with status %d%s%s%.150s", WEXITSTATUS(wait_status),
               watch->stage == EXITING ? " after it was done" : " before it was done", has_stderr ? ": " : "",
               watch->last_stderr);
}

static bool can_be_read(int descriptor)
{
    struct pollfd source = {descriptor, POLLIN, 0};

    return is_open(descriptor) && poll(&source, 1, 0) == 1;
}

static void on_end(struct watch *watch)
{
    struct launch_outcome outcome;
    struct sampler *sampler = &watch->result->sampler;

    /* Output written before the exit is read first. */
    if (!launch_ended(&watch->launch, &outcome) || can_be_read(watch->launch.output))
        return;
    if (is_command(watch))
        sampler->peak_rss_bytes = MAX(sampler->peak_rss_bytes, outcome.peak_rss_bytes);
    if ((watch->stage == EXITING || is_command(watch)) && outcome.wait_status == 0)
        finish(watch, SAMPLE_OK, "%s", "");
    else
        describe_end(watch, outcome.wait_status);
}

static void look_after_machine(struct watch *watch)
{
    if (now_us() < watch->guard_at)
        return;
    watch->guard_at = now_us() + GUARD_PAUSE_US;
    if (is_over_limit(watch))
        finish_over_limit(watch);
}

static void look_at_clock(struct watch *watch)
{
    static const char *const doing[] = {"starting", "idle", "spawning", "sleeping or ending tasks", "exiting", "over"};

    if (now_us() >= watch->timeout_at)
        finish(watch, SAMPLE_TIMEOUT, "took longer than %g s, and was still %s", watch->request->setup->timeout_seconds,
               doing[watch->stage]);
    if (now_us() >= watch->exit_until)
        finish(watch, SAMPLE_FAILED, "%s", watch->stage == EXITING ? "was done but did not exit" : "closed its stdout");
    if (!is_open(watch->launch.output) && watch->exit_until == NEVER && !is_command(watch))
        watch->exit_until = now_us() + EXIT_PATIENCE_US;
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

    if (watch->stage > STARTING && watch->stage < EXITING)
        due = MIN(due, watch->sample_at);
    pause = due - now_us();
    pause = MAX(0, pause);
    timeout = (struct timespec){.tv_sec = pause / 1000000, .tv_nsec = pause % 1000000 * 1000};
    if (ppoll(sources, sizeof sources / sizeof *sources, &timeout, NULL) < 0)
        return false;
    return sources[0].revents & POLLIN;
}

static int watch_until_over(struct watch *watch, struct error *error)
{
    while (watch->stage != OVER) {
        if (await(watch)) {
            watch->result->given_up = true;
            return 0;
        }
        if (listen_to(watch, &watch->launch.stderr_end, &watch->stderr_lines, on_stderr, error) != 0 ||
            listen_to(watch, &watch->launch.output, &watch->events, is_command(watch) ? on_output_of_command : on_event,
                      error) != 0 ||
            take_sample_if_due(watch, error) != 0)
            return -1;
        on_end(watch);
        look_after_machine(watch);
        look_at_clock(watch);
    }
    return 0;
}

static struct sample identity_of(const struct measure_request *request)
{
    struct sample identity = sample_unknown();

    identity.host = request->site->host;
    identity.model = request->run.model->name;
    identity.family = request->run.model->family;
    identity.tasks = request->run.tasks;
    identity.run = request->run.number;
    return identity;
}

static struct measurement measurement_new(const struct measure_request *request, const struct cgroup *group)
{
    struct sample identity = identity_of(request);

    return (struct measurement){.sampler = sampler_new(&identity, request->site->proc, group),
                                .status = SAMPLE_NO_STATUS};
}

static struct watch watch_new(const struct measure_request *request, struct measurement *measurement)
{
    int64_t now = now_us();

    return (struct watch){
        .request = request,
        .result = measurement,
        .stage = STARTING,
        .stage_began = now,
        .go_at = now,
        .started_us = unix_time_us(),
        .guard_at = now,
        .timeout_at = now + llround(request->setup->timeout_seconds * 1e6),
        .exit_until = NEVER,
        .alive = SAMPLE_UNKNOWN,
        .available_before = machine_memory_read(request->site->proc).available_bytes,
    };
}

/* The members that only an end row has. */
static void add_facts(struct sample *row, const struct watch *watch)
{
    const struct rusage *usage = &watch->launch.usage;

    row->started_us = watch->started_us;
    if (!watch->launch.reaped)
        return;
    row->voluntary_switches = usage->ru_nvcsw;
    row->involuntary_switches = usage->ru_nivcsw;
    row->minor_faults = usage->ru_minflt;
    row->major_faults = usage->ru_majflt;
}

static int end_row(struct watch *watch, struct error *error)
{
    struct measurement *result = watch->result;
    int64_t alive = result->status == SAMPLE_OK && !is_command(watch) ? 0 : watch->alive;

    if (sampler_end(&result->sampler, watch->go_at, result->status, result->reason, alive, error) != 0)
        return -1;
    add_facts(&result->sampler.sample[result->sampler.samples - 1], watch);
    return 0;
}

/* The command's text with each {tasks} and {seconds} filled in. The caller frees it; NULL where memory runs out. */
static char *expand(const char *command, const char *tasks, const char *seconds)
{
    char *text = NULL;
    size_t length;
    FILE *stream = open_memstream(&text, &length);

    if (!stream)
        return NULL;
    while (*command) {
        const char *value = strncmp(command, "{tasks}", 7) == 0     ? tasks
                            : strncmp(command, "{seconds}", 9) == 0 ? seconds
                                                                    : NULL;

        if (value)
            fputs(value, stream);
        else
            putc(*command, stream);
        command += !value ? 1 : value == tasks ? 7 : 9;
    }
    if (fclose(stream) == 0)
        return text;
    free(text);
    return NULL;
}

static int launch(struct watch *watch, int group, struct error *error)
{
    const struct measure_request *request = watch->request;
    const struct model *model = request->run.model;
    char tasks[24], seconds[32], *command;
    int result;

    snprintf(tasks, sizeof tasks, "%" PRId64, request->run.tasks);
    snprintf(seconds, sizeof seconds, "%.3f", (double)sleep_milliseconds(request) / 1000);
    if (!is_command(watch)) {
        const char *arguments[] = {model->path, tasks, seconds, *model->parameter ? model->parameter : NULL, NULL};

        return launch_start(&watch->launch, arguments, &request->setup->launch, group, error);
    }
    command = expand(model->command, tasks, seconds);
    if (!command)
        return error_set(error, "out of memory for the command");
    result = launch_start(&watch->launch, (const char *[]){model->path, "-c", command, NULL}, &request->setup->launch,
                          group, error);
    free(command);
    return result;
}

static int run_to_its_end(struct watch *watch, int group, struct error *error)
{
    struct error refusal;
    int result;

    /* A program that cannot be started (it may be being rebuilt) fails its run, not the sweep. */
    if (launch(watch, group, &refusal) != 0) {
        finish(watch, SAMPLE_FAILED, "cannot be started: %.200s", refusal.text);
        return 0;
    }
    if (is_command(watch)) {
        begin(watch, HOLD);
        watch->hold_until = NEVER;
    }
    watch->result->sampler.root = watch->launch.pid;
    watch->process = pidfd_open(watch->launch.pid, 0);
    result = watch_until_over(watch, error);
    launch_end(&watch->launch);
    close(watch->process);
    return result;
}

int measure(const struct measure_request *request, struct measurement *measurement, struct error *error)
{
    struct cgroup group = cgroup_new(&request->site->groups, request->memory_limit);
    struct watch watch;
    int result;

    *measurement = measurement_new(request, &group);
    watch = watch_new(request, measurement);
    result = run_to_its_end(&watch, group.join, error);
    if (result == 0 && !measurement->given_up)
        result = end_row(&watch, error);
    cgroup_remove(&group);
    return result;
}

int measure_skipped(const struct measure_request *request, struct measurement *measurement, const char *reason,
                    struct error *error)
{
    *measurement = measurement_new(request, NULL);
    measurement->status = SAMPLE_SKIPPED;
    snprintf(measurement->reason, sizeof measurement->reason, "%s", reason);
    return sampler_end(&measurement->sampler, now_us(), SAMPLE_SKIPPED, measurement->reason, SAMPLE_UNKNOWN, error);
}

void measurement_free(struct measurement *measurement)
{
    sampler_free(&measurement->sampler);
}
