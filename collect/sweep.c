/* SPDX-License-Identifier: GPL-3.0-or-later */
/*      setup ─▶ choice ─▶ plan ─▶ schedule ─▶ sweep ─▶ measure ─▶ recorder ─▶ X.csv
                                       ▲         ▲         │                   X.json (sidecar)
                                       │         └ forecast┤
                                       └────── results ────┘                                    */
#include "collect/sweep.h"

#include "collect/forecast.h"
#include "collect/unit.h"
#include "collect/recorder.h"
#include "collect/schedule.h"
#include "collect/sidecar.h"
#include "collect/site.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MEMORY_SHARE 0.8 /* of the available memory: the most that a run may take */
#define ATTEMPTS 4       /* to find a sleep that is long enough */
/* Of a run's timeout: the longest sleep of its tasks, which also need time to start and end. */
#define SLEEP_SHARE 0.5
#define MOST_NAMES 100  /* that are tried for a recording without one: as many may begin in one second */
#define BEGIN_SHARE 0.5 /* a run is begun if at least so much of it will be within the sweep's time */
/* A warm-up starts at most this many tasks, if the plan has such a count; fewer if it takes from the sweep's time. */
#define QUICK_TASKS 10000
#define QUICK_TASKS_IN_TIME 1000

/* A sweep under way. */
struct sweep {
    const struct sweep_order *order;
    struct sweep_outcome *outcome;
    struct site site;
    struct forecast forecast;
    struct schedule schedule;
    struct recorder recorder;
    json_object *sidecar;  /* NULL if the recording goes to stdout */
    struct timespec began; /* by the monotonic clock */
    double warm_seconds;   /* from then to the first run that is recorded */
    bool given_up;         /* a signal came */
    bool told_of_lack;     /* that a run could not be recorded whole */
    size_t first, warmed;  /* runs in the recording before; runs whose models have been warmed up */
    size_t told_retries;   /* the schedule's, as they were told of */
};

/* --- one run ------------------------------------------------------------------------------------------------------ */

static struct measure_request request_for(const struct sweep *sweep, const struct planned_run *run)
{
    const struct setup *setup = sweep->order->setup;
    struct measure_request request = {
        .run = *run,
        .setup = setup,
        .site = &sweep->site,
        .sleep_seconds = setup->sleep_seconds,
        .memory_limit = setup->memory_limit,
    };
    struct headroom headroom;

    if (setup->memory_limit != SETUP_MEMORY_AUTO)
        return request;
    headroom = headroom_read(sweep->site.proc, &sweep->site.groups.memory);
    request.memory_limit = (int64_t)(MEMORY_SHARE * (double)headroom.bytes);
    snprintf(request.limiting_group, sizeof request.limiting_group, "%s", headroom.group);
    return request;
}

/* Why the run must be skipped; "" if it need not. */
static void find_objection(const struct sweep *sweep, const struct measure_request *request, char *reason, size_t size)
{
    int64_t bytes = forecast_bytes(&sweep->forecast, &request->run);
    int64_t timed_out = forecast_timed_out(&sweep->forecast, &request->run);
    char count[UNIT_TEXT_SIZE], forecast[UNIT_TEXT_SIZE], limit[UNIT_TEXT_SIZE];

    reason[0] = '\0';
    if (bytes > request->memory_limit)
        snprintf(reason, size, "would take about %s, more than the %s that %s%s",
                 unit_format(forecast, UNIT_BYTES, (double)bytes),
                 unit_format(limit, UNIT_BYTES, (double)request->memory_limit),
                 *request->limiting_group ? "can be spared within the memory limit of the cgroup "
                 : sweep->order->setup->memory_limit == SETUP_MEMORY_AUTO ? "this machine can spare"
                                                                          : "--memory-limit allows",
                 request->limiting_group);
    else if (forecast_is_mute(&sweep->forecast, request->run.model))
        snprintf(reason, size, MEASURE_MUTE, request->setup->timeout_seconds);
    else if (timed_out != SAMPLE_UNKNOWN)
        snprintf(reason, size, "has taken longer than %g s with %s tasks before", request->setup->timeout_seconds,
                 unit_format_count(count, timed_out));
}

/* Only sleepers are sampled while they are held. */
static bool slept_too_little(const struct measurement *measurement, enum work_kind kind)
{
    bool is_unseen = kind == WORK_SLEEP && measurement->status == SAMPLE_OK && measurement->hold_samples == 0;

    return measurement->status == SAMPLE_SHORT || is_unseen;
}

static int measure_with_auto_sleep(struct sweep *sweep, struct measure_request *request,
                                   struct measurement *measurement, struct error *error)
{
    double longest = SLEEP_SHARE * request->setup->timeout_seconds;

    for (int attempt = 1;; attempt++) {
        request->sleep_seconds = fmin(longest, attempt * forecast_sleep_seconds(&sweep->forecast, &request->run));
        if (measure(request, measurement, error) != 0)
            return -1;
        forecast_learn(&sweep->forecast, &request->run, measurement);
        if (measurement->given_up || !slept_too_little(measurement, request->run.work.kind) || attempt == ATTEMPTS ||
            request->sleep_seconds >= longest)
            return 0;
        measurement_free(measurement);
    }
}

/* Measures one run of the plan and learns from it. A run that, by the forecast, would take too much memory or too long
   is skipped. */
static int measure_run(struct sweep *sweep, const struct planned_run *run, struct measurement *measurement,
                       struct error *error)
{
    struct measure_request request = request_for(sweep, run);
    char objection[512];

    find_objection(sweep, &request, objection, sizeof objection);
    if (*objection)
        return measure_skipped(&request, measurement, objection, error);
    if (sweep->order->setup->sleep_seconds == SETUP_SLEEP_AUTO && *run->model->command)
        request.sleep_seconds = SETUP_COMMAND_SLEEP_SECONDS;
    else if (sweep->order->setup->sleep_seconds == SETUP_SLEEP_AUTO)
        return measure_with_auto_sleep(sweep, &request, measurement, error);
    if (measure(&request, measurement, error) != 0)
        return -1;
    forecast_learn(&sweep->forecast, run, measurement);
    return 0;
}

static bool is_warmed_up_with(const struct planned_run *one, const struct planned_run *other)
{
    return one->model == other->model && work_equals(&one->work, &other->work);
}

struct planned_run sweep_warm_up(const struct plan *plan, const struct planned_run *run, int64_t quick)
{
    struct planned_run best = {.model = run->model, .work = run->work, .tasks = -1, .number = PLAN_WARM_UP};

    for (size_t i = 0; i < plan->runs; i++) {
        int64_t tasks = plan->run[i].tasks;
        bool better = tasks <= quick ? tasks > best.tasks || best.tasks > quick : best.tasks < 0 || tasks < best.tasks;

        if (is_warmed_up_with(&plan->run[i], run) && better)
            best.tasks = tasks;
    }
    return best;
}

/* --- all runs ----------------------------------------------------------------------------------------------------- */

/* Seconds since the sweep began, or was resumed. */
static double seconds_gone(const struct sweep *sweep)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - sweep->began.tv_sec) + 1e-9 * (double)(now.tv_nsec - sweep->began.tv_nsec);
}

/* Whether a run that takes so long would end well after the sweep's time. */
static bool is_too_late(const struct sweep *sweep, double seconds)
{
    double most = sweep->order->setup->for_seconds;

    return most > 0 && seconds_gone(sweep) + BEGIN_SHARE * seconds >= most;
}

/* In seconds, by the time that the runs have taken since the first one began; 0: unknown. */
static double seconds_left(const struct sweep *sweep)
{
    const struct schedule *schedule = &sweep->schedule;
    size_t made = schedule->done - sweep->first;

    if (sweep->order->setup->for_seconds > 0)
        return fmax(0, sweep->order->setup->for_seconds - seconds_gone(sweep));
    return made > 0 ? (seconds_gone(sweep) - sweep->warm_seconds) / (double)made * schedule_runs_left(schedule) : 0;
}

static void tell(const struct sweep *sweep, struct sweep_progress progress)
{
    const struct setup *setup = sweep->order->setup;

    progress.seconds_left = progress.step == SWEEP_MEASURES || setup->for_seconds > 0 ? seconds_left(sweep) : 0;
    progress.is_timed = setup->for_seconds > 0;
    progress.is_adaptive = setup_is_adaptive(setup);
    progress.until_share = setup->until_share;
    if (setup->until_share > 0)
        progress.wide = schedule_find_wide(&sweep->schedule);
    progress.done = sweep->schedule.done;
    progress.planned = sweep->schedule.runs;
    sweep->order->tell(sweep->order->context, &progress);
}

static void remark(const struct sweep *sweep, const char *text)
{
    tell(sweep, (struct sweep_progress){.step = SWEEP_REMARKS, .remark = text});
}

/* Once: every run of the sweep would say the same. */
static void tell_of_lack(struct sweep *sweep, const struct measurement *measurement)
{
    if (!*measurement->lack || sweep->told_of_lack)
        return;
    sweep->told_of_lack = true;
    remark(sweep, measurement->lack);
}

/* A run that a signal ended is not recorded, so a process that it left behind is told of. */
static void note_given_up(struct sweep *sweep, const struct measurement *measurement)
{
    sweep->given_up = measurement->given_up;
    if (sweep->given_up && *measurement->reason)
        remark(sweep, measurement->reason);
}

/* Warms up the models of the runs that are known to come, for their works, unless they were before. */
static int warm_up(struct sweep *sweep, struct error *error)
{
    const struct schedule *schedule = &sweep->schedule;
    int64_t quick = sweep->order->setup->for_seconds > 0 ? QUICK_TASKS_IN_TIME : QUICK_TASKS;

    for (; sweep->warmed < schedule->runs && !sweep->given_up; sweep->warmed++) {
        const struct planned_run *next = &schedule->run[sweep->warmed];
        struct measurement measurement;
        struct planned_run run;
        bool warm = false;

        for (size_t before = sweep->first; before < sweep->warmed && !warm; before++)
            warm = is_warmed_up_with(&schedule->run[before], next);
        if (warm)
            continue;
        if (is_too_late(sweep, 0))
            return 0;
        run = sweep_warm_up(sweep->order->plan, next, quick);
        tell(sweep, (struct sweep_progress){.step = SWEEP_WARMS_UP, .run = &run});
        if (measure_run(sweep, &run, &measurement, error) != 0)
            return -1;
        note_given_up(sweep, &measurement);
        tell_of_lack(sweep, &measurement);
        measurement_free(&measurement);
    }
    return 0;
}

static int make_and_record(struct sweep *sweep, const struct planned_run *run, struct error *error)
{
    struct measurement measurement;
    int result = measure_run(sweep, run, &measurement, error);

    note_given_up(sweep, &measurement);
    tell_of_lack(sweep, &measurement);
    if (result == 0 && !measurement.given_up) {
        tell(sweep, (struct sweep_progress){.step = SWEEP_MEASURED, .run = run, .measurement = &measurement});
        result = recorder_append(&sweep->recorder, measurement.sampler.sample, measurement.sampler.samples, error);
        if (result == 0)
            schedule_note(&sweep->schedule, &measurement.sampler.sample[measurement.sampler.samples - 1]);
    }
    measurement_free(&measurement);
    return result;
}

/* Once for each time that runs are added, also if the sweep was resumed among them. */
static void tell_of_retries(struct sweep *sweep)
{
    char *text;

    if (sweep->told_retries == sweep->schedule.retries || !schedule_tells_of_retries(&sweep->schedule, &text))
        return;
    sweep->told_retries = sweep->schedule.retries;
    remark(sweep, text);
    free(text);
}

/* Once the sweep has ended by itself: what it was asked for and has not reached. */
static void tell_of_precision(const struct sweep *sweep)
{
    const struct schedule *schedule = &sweep->schedule;
    size_t scarce = sweep->outcome->time_is_up ? schedule_count_scarce(schedule) : 0;
    char *wide = sweep->order->setup->until_share > 0 ? schedule_tell_wide(schedule) : NULL;
    struct error text;

    error_set(&text,
              "the time was too short for two runs of each model at each count: %zu of %zu have fewer (give it more, "
              "or fewer models or counts)",
              scarce, schedule->cells);
    if (scarce > 0)
        remark(sweep, text.text);
    if (wide)
        remark(sweep, wide);
    free(wide);
}

/* Makes the next run. Returns 1 if there may be more, 0 if the sweep is over, -1 and an error. */
static int make_next(struct sweep *sweep, struct error *error)
{
    const struct planned_run *next;
    struct planned_run run;

    if (schedule_next(&sweep->schedule, &next, error) != 0 || warm_up(sweep, error) != 0)
        return -1;
    if (!next || sweep->given_up)
        return 0;
    if (is_too_late(sweep, schedule_seconds_of_next(&sweep->schedule))) {
        sweep->outcome->time_is_up = true;
        return 0;
    }
    run = *next;
    tell_of_retries(sweep);
    tell(sweep, (struct sweep_progress){.step = SWEEP_MEASURES, .run = &run});
    return make_and_record(sweep, &run, error) == 0 ? !sweep->given_up : -1;
}

/* Makes the runs that are not in the recording, until all are made, the time is up, a signal comes or collect fails. */
static int make_runs(struct sweep *sweep, struct error *error)
{
    int result;

    sweep->first = sweep->warmed = sweep->schedule.done;
    result = warm_up(sweep, error) == 0 ? !sweep->given_up : -1;
    sweep->warm_seconds = seconds_gone(sweep);
    while (result > 0)
        result = make_next(sweep, error);
    if (result == 0 && !sweep->given_up)
        tell_of_precision(sweep);
    return result;
}

/* --- its files ---------------------------------------------------------------------------------------------------- */

/* The next name to try for a recording that nobody has named: HOST-TIME.csv, HOST-TIME-2.csv, ... */
static void name_recording(const struct sweep *sweep, int number, char name[PATH_MAX])
{
    time_t now = time(NULL);
    char moment[32], again[16] = "";
    struct tm parts;

    strftime(moment, sizeof moment, "%Y%m%dT%H%M%SZ", gmtime_r(&now, &parts));
    if (number > 1)
        snprintf(again, sizeof again, "-%d", number);
    snprintf(name, PATH_MAX, "%s-%s%s.csv", sweep->site.host, moment, again);
}

static int refuse_existing(const char *path, struct error *error)
{
    if (access(path, F_OK) != 0)
        return 0;
    error_set(error, "%s: exists already, and a recording is never overwritten (name another with -o)", path);
    return RECORDER_TAKEN;
}

/* The sidecar, and the header row at last. */
static int fill_pair(struct sweep *sweep, const char *sidecar, struct error *error)
{
    if (sidecar_create(sweep->sidecar, sweep->outcome->recording, error) != 0)
        return -1;
    if (recorder_begin(&sweep->recorder, error) == 0)
        return 0;
    unlink(sidecar);
    return -1;
}

/* Makes both files before the first run, so that a file that cannot be written is reported at once. The recording comes
   first, since its name and lock make the sidecar's one's own, but stays empty until there is a sidecar: killed in
   between, collect leaves an empty file, which the next sweep of that name takes. With the sidecar, the sweep can be
   resumed. Returns as recorder_create does. */
static int create_pair(struct sweep *sweep, struct error *error)
{
    const char *recording = sweep->outcome->recording;
    char *sidecar = sidecar_path(recording);
    int result;

    if (!sidecar)
        return error_set(error, "out of memory");
    result = refuse_existing(sidecar, error);
    if (result == 0)
        result = recorder_create(&sweep->recorder, recording, error);
    if (result == 0 && fill_pair(sweep, sidecar, error) != 0) {
        recorder_discard(&sweep->recorder);
        result = -1;
    }
    free(sidecar);
    return result;
}

static int create_files(struct sweep *sweep, struct error *error)
{
    int result;

    if (sweep->order->recording)
        return create_pair(sweep, error) == 0 ? 0 : -1;
    for (int number = 1; number <= MOST_NAMES; number++) {
        name_recording(sweep, number, sweep->outcome->recording);
        result = create_pair(sweep, error);
        if (result != RECORDER_TAKEN)
            break;
    }
    return result == 0 ? 0 : -1;
}

static int resume_files(struct sweep *sweep, struct error *error)
{
    struct sweep_outcome *outcome = sweep->outcome;
    const struct planned_run *next;

    if (recorder_resume(&sweep->recorder, outcome->recording, sweep->site.host, &sweep->schedule, error) != 0 ||
        schedule_next(&sweep->schedule, &next, error) != 0)
        return -1;
    outcome->nothing_left = !next;
    if (outcome->nothing_left)
        return 0;
    sidecar_note_resumed(sweep->sidecar);
    return sidecar_write(sweep->sidecar, sweep->outcome->recording, error);
}

static int open_files(struct sweep *sweep, struct error *error)
{
    if (!sweep->sidecar)
        return recorder_stream(&sweep->recorder, STDOUT_FILENO, error);
    return sweep->order->old ? resume_files(sweep, error) : create_files(sweep, error);
}

/* Notes the end in the sidecar and closes the recording. Of several errors the first is reported. */
static int close_files(struct sweep *sweep, int result, struct error *error)
{
    struct error later;

    if (sweep->sidecar && !sweep->outcome->nothing_left) {
        sidecar_note_end(sweep->sidecar, &sweep->began);
        if (result == 0)
            result = sidecar_write(sweep->sidecar, sweep->outcome->recording, error);
    }
    if (recorder_close(&sweep->recorder, result == 0 ? error : &later) != 0)
        result = -1;
    return result;
}

/* The old sidecar if the sweep is resumed, else a new one. NULL and an error if the conditions have changed. */
static json_object *sidecar_for(const struct sweep_order *order, const char *host, struct error *error)
{
    json_object *now = sidecar_new(order->setup, order->choice, host, order->version, order->command);
    int result = order->old ? sidecar_compare(order->old, now, error) : 0;

    if (!order->old)
        return now;
    json_object_put(now);
    return result == 0 ? json_object_get(order->old) : NULL;
}

/* --- from its place to its end ------------------------------------------------------------------------------------ */

static void note_outcome(const struct sweep *sweep)
{
    struct sweep_outcome *outcome = sweep->outcome;

    outcome->done = sweep->schedule.done;
    outcome->planned = outcome->time_is_up ? outcome->done : sweep->schedule.runs;
    outcome->is_adaptive = setup_is_adaptive(sweep->order->setup);
}

static int sweep_recorded(struct sweep *sweep, struct error *error)
{
    int result = 0;

    clock_gettime(CLOCK_MONOTONIC, &sweep->began);
    if (open_files(sweep, error) != 0)
        return -1;
    sweep->outcome->is_open = true;
    if (!sweep->outcome->nothing_left)
        result = make_runs(sweep, error);
    note_outcome(sweep);
    return close_files(sweep, result, error);
}

static int sweep_described(struct sweep *sweep, struct error *error)
{
    int result;

    if (strcmp(sweep->outcome->recording, SWEEP_STDOUT) == 0)
        return sweep_recorded(sweep, error);
    sweep->sidecar = sidecar_for(sweep->order, sweep->site.host, error);
    if (!sweep->sidecar)
        return -1;
    result = sweep_recorded(sweep, error);
    json_object_put(sweep->sidecar);
    return result;
}

/* On the machine as it was opened. */
static int sweep_scheduled(struct sweep *sweep, struct error *error)
{
    const struct sweep_order *order = sweep->order;
    int result = schedule_new(&sweep->schedule, order->plan, order->setup, error);

    if (result == 0)
        result = sweep_described(sweep, error);
    forecast_free(&sweep->forecast);
    schedule_free(&sweep->schedule);
    return result;
}

int sweep_make(const struct sweep_order *order, struct sweep_outcome *outcome, struct error *error)
{
    struct sweep sweep = {.order = order, .outcome = outcome};
    struct error lack;
    int result;

    *outcome = (struct sweep_outcome){.planned = order->plan->runs};
    if (site_open(&sweep.site, order->setup->raise_limits, &lack, error) != 0)
        return -1;
    if (*lack.text)
        remark(&sweep, lack.text);
    if (order->recording)
        snprintf(outcome->recording, sizeof outcome->recording, "%s", order->recording);
    result = sweep_scheduled(&sweep, error);
    site_close(&sweep.site);
    return result;
}
