/* SPDX-License-Identifier: GPL-3.0-or-later */
/*      setup ─▶ choice ─▶ plan ─▶ sweep ─▶ measure ─▶ recorder ─▶ X.csv
                                   ▲         │                   X.json (sidecar)
                                   └ forecast┘                                    */
#include "collect/sweep.h"

#include "collect/forecast.h"
#include "collect/unit.h"
#include "collect/recorder.h"
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
#define QUICK_TASKS 10000 /* a warm-up starts at most this many tasks, if the plan has such a count */

/* A sweep under way. */
struct sweep {
    const struct sweep_order *order;
    struct sweep_outcome *outcome;
    struct site site;
    struct forecast forecast;
    struct recorder recorder;
    json_object *sidecar;  /* NULL if the recording goes to stdout */
    char *sidecar_path;    /* NULL likewise */
    struct timespec began; /* by the monotonic clock */
    bool given_up;         /* a signal came */
};

/* --- one run ------------------------------------------------------------------------------------------------------ */

static struct measure_request request_for(const struct sweep *sweep, const struct planned_run *run)
{
    const struct setup *setup = sweep->order->setup;
    double available = (double)machine_memory_read(sweep->site.proc).available_bytes;

    return (struct measure_request){
        .run = *run,
        .setup = setup,
        .site = &sweep->site,
        .sleep_seconds = setup->sleep_seconds,
        .memory_limit =
            setup->memory_limit == SETUP_MEMORY_AUTO ? (int64_t)(MEMORY_SHARE * available) : setup->memory_limit,
    };
}

/* Why the run must be skipped; "" if it need not. */
static void find_objection(const struct sweep *sweep, const struct measure_request *request, char *reason, size_t size)
{
    int64_t bytes = forecast_bytes(&sweep->forecast, &request->run);
    int64_t timed_out = forecast_timed_out(&sweep->forecast, &request->run);
    char count[UNIT_TEXT_SIZE], forecast[UNIT_TEXT_SIZE], limit[UNIT_TEXT_SIZE];

    reason[0] = '\0';
    if (bytes > request->memory_limit)
        snprintf(reason, size, "would take about %s, more than the %s that %s",
                 unit_format(forecast, UNIT_BYTES, (double)bytes),
                 unit_format(limit, UNIT_BYTES, (double)request->memory_limit),
                 sweep->order->setup->memory_limit == SETUP_MEMORY_AUTO ? "this machine can spare"
                                                                        : "--memory-limit allows");
    else if (timed_out)
        snprintf(reason, size, "has taken longer than %g s with %s tasks before", request->setup->timeout_seconds,
                 unit_format_count(count, timed_out));
}

static bool slept_too_little(const struct measurement *measurement)
{
    return measurement->status == SAMPLE_SHORT || (measurement->status == SAMPLE_OK && measurement->hold_samples == 0);
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
        if (measurement->given_up || !slept_too_little(measurement) || attempt == ATTEMPTS ||
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
    char objection[160];

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

struct planned_run sweep_warm_up(const struct plan *plan, const struct model *model)
{
    struct planned_run best = {model, 0, PLAN_WARM_UP};

    for (size_t i = 0; i < plan->runs; i++) {
        int64_t tasks = plan->run[i].tasks;
        bool better = tasks <= QUICK_TASKS ? tasks > best.tasks || best.tasks > QUICK_TASKS
                                           : best.tasks == 0 || tasks < best.tasks;

        if (plan->run[i].model == model && better)
            best.tasks = tasks;
    }
    return best;
}

/* --- all runs ----------------------------------------------------------------------------------------------------- */

static void tell(const struct sweep *sweep, struct sweep_progress progress)
{
    progress.done = sweep->outcome->done;
    progress.planned = sweep->outcome->planned;
    sweep->order->tell(sweep->order->context, &progress);
}

/* Warms up each model that has runs left, before the first run of any. */
static int warm_up(struct sweep *sweep, struct error *error)
{
    const struct plan *plan = sweep->order->plan;
    size_t first = sweep->outcome->done;

    for (size_t i = first; i < plan->runs && !sweep->given_up; i++) {
        struct measurement measurement;
        struct planned_run run;
        bool warm = false;

        for (size_t before = first; before < i && !warm; before++)
            warm = plan->run[before].model == plan->run[i].model;
        if (warm)
            continue;
        run = sweep_warm_up(plan, plan->run[i].model);
        tell(sweep, (struct sweep_progress){.step = SWEEP_WARMS_UP, .run = &run});
        if (measure_run(sweep, &run, &measurement, error) != 0)
            return -1;
        sweep->given_up = measurement.given_up;
        measurement_free(&measurement);
    }
    return 0;
}

static int make_and_record(struct sweep *sweep, const struct planned_run *run, struct error *error)
{
    struct measurement measurement;
    int result = measure_run(sweep, run, &measurement, error);

    sweep->given_up = measurement.given_up;
    if (result == 0 && !measurement.given_up) {
        tell(sweep, (struct sweep_progress){.step = SWEEP_MEASURED, .run = run, .measurement = &measurement});
        result = recorder_append(&sweep->recorder, measurement.sampler.sample, measurement.sampler.samples, error);
    }
    measurement_free(&measurement);
    return result;
}

/* Makes the runs that are not in the recording, until all are made, a signal comes or collect fails. */
static int make_runs(struct sweep *sweep, struct error *error)
{
    const struct plan *plan = sweep->order->plan;
    size_t first = sweep->outcome->done, *done = &sweep->outcome->done;
    time_t began;

    if (warm_up(sweep, error) != 0)
        return -1;
    began = time(NULL);
    while (*done < plan->runs && !sweep->given_up) {
        double seconds_each = *done > first ? difftime(time(NULL), began) / (double)(*done - first) : 0;

        tell(sweep, (struct sweep_progress){.step = SWEEP_MEASURES,
                                            .run = &plan->run[*done],
                                            .seconds_left = seconds_each * (double)(plan->runs - *done)});
        if (make_and_record(sweep, &plan->run[*done], error) != 0)
            return -1;
        *done += !sweep->given_up;
    }
    return 0;
}

/* --- its files ---------------------------------------------------------------------------------------------------- */

static int refuse_existing(const char *path, struct error *error)
{
    if (access(path, F_OK) != 0)
        return 0;
    return error_set(error, "%s: exists already, and a recording is never overwritten (name another with -o)", path);
}

/* Makes both files before the first run, so that a file that cannot be written is reported at once. The sidecar comes
   first: a sweep can be resumed from it alone. */
static int create_files(struct sweep *sweep, struct error *error)
{
    const char *recording = sweep->outcome->recording;

    if (refuse_existing(sweep->sidecar_path, error) != 0 || refuse_existing(recording, error) != 0 ||
        sidecar_write(sweep->sidecar, sweep->sidecar_path, error) != 0)
        return -1;
    if (recorder_create(&sweep->recorder, recording, error) == 0)
        return 0;
    unlink(sweep->sidecar_path);
    return -1;
}

static int resume_files(struct sweep *sweep, struct error *error)
{
    const struct sweep_order *order = sweep->order;
    struct sweep_outcome *outcome = sweep->outcome;

    if (recorder_resume(&sweep->recorder, outcome->recording, sweep->site.host, order->plan, &outcome->done, error) !=
        0)
        return -1;
    outcome->nothing_left = outcome->done == outcome->planned;
    if (outcome->nothing_left)
        return 0;
    sidecar_note_resumed(sweep->sidecar);
    return sidecar_write(sweep->sidecar, sweep->sidecar_path, error);
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
            result = sidecar_write(sweep->sidecar, sweep->sidecar_path, error);
    }
    if (recorder_close(&sweep->recorder, result == 0 ? error : &later) != 0)
        result = -1;
    return result;
}

/* The old sidecar if the sweep is resumed, else a new one. NULL and an error if the conditions have changed. */
static json_object *sidecar_for(const struct sweep_order *order, const char *host, struct error *error)
{
    json_object *now =
        sidecar_new(order->setup, order->choice->model, order->choice->count, host, order->version, order->command);
    int result = order->old ? sidecar_compare(order->old, now, error) : 0;

    if (!order->old)
        return now;
    json_object_put(now);
    return result == 0 ? json_object_get(order->old) : NULL;
}

/* --- from its place to its end ------------------------------------------------------------------------------------ */

static int sweep_recorded(struct sweep *sweep, struct error *error)
{
    int result = 0;

    clock_gettime(CLOCK_MONOTONIC, &sweep->began);
    if (open_files(sweep, error) != 0)
        return -1;
    sweep->outcome->is_open = true;
    if (!sweep->outcome->nothing_left)
        result = make_runs(sweep, error);
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
    sweep->sidecar_path = sidecar_path(sweep->outcome->recording);
    result = sweep->sidecar_path ? sweep_recorded(sweep, error) : error_set(error, "out of memory");
    json_object_put(sweep->sidecar);
    free(sweep->sidecar_path);
    return result;
}

static void name_recording(char name[PATH_MAX], const char *chosen, const char *host)
{
    time_t now = time(NULL);
    char moment[32];
    struct tm parts;

    strftime(moment, sizeof moment, "%Y%m%dT%H%M%SZ", gmtime_r(&now, &parts));
    if (chosen)
        snprintf(name, PATH_MAX, "%s", chosen);
    else
        snprintf(name, PATH_MAX, "%s-%s.csv", host, moment);
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
        tell(&sweep, (struct sweep_progress){.step = SWEEP_LACKS, .remark = lack.text});
    name_recording(outcome->recording, order->recording, sweep.site.host);
    result = sweep_described(&sweep, error);
    forecast_free(&sweep.forecast);
    site_close(&sweep.site);
    return result;
}
