/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From plan to measurements. */
#include "collect/sweep.h"

#include "collect/unit.h"

#include <math.h>
#include <stdio.h>

#define MEMORY_SHARE 0.8 /* of what is available: the most that a run may take */
#define ATTEMPTS 4       /* to find a sleep that is long enough */
/* Of the time that a run may take: the most that its tasks sleep, since they start and end in it too. */
#define SLEEP_SHARE 0.5
#define QUICK_TASKS 10000 /* a warm-up starts no more than this, if the plan has so few */

static struct measure_request request_for(const struct sweep *sweep, const struct planned_run *run)
{
    const struct setup *setup = sweep->setup;
    double available = (double)machine_memory_read(sweep->proc).available_bytes;

    return (struct measure_request){
        .run = *run,
        .host = sweep->host,
        .sleep_seconds = setup->sleep_seconds,
        .timeout_seconds = setup->timeout_seconds,
        .launch = setup->launch,
        .groups = &sweep->groups,
        .memory_limit =
            setup->memory_limit == SETUP_MEMORY_AUTO ? (int64_t)(MEMORY_SHARE * available) : setup->memory_limit,
        .proc = sweep->proc,
        .signals = sweep->signals,
    };
}

/* Why the run is not even to be started, "" if nothing speaks against it. */
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
                 sweep->setup->memory_limit == SETUP_MEMORY_AUTO ? "this machine can spare" : "--memory-limit allows");
    else if (timed_out)
        snprintf(reason, size, "has taken longer than %g s with %s tasks before", request->timeout_seconds,
                 unit_format_count(count, timed_out));
}

static bool slept_too_little(const struct measurement *measurement)
{
    return measurement->status == SAMPLE_SHORT || (measurement->status == SAMPLE_OK && measurement->hold_samples == 0);
}

static int measure_with_auto_sleep(struct sweep *sweep, struct measure_request *request,
                                   struct measurement *measurement, struct error *error)
{
    double longest = SLEEP_SHARE * request->timeout_seconds;

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

int sweep_run(struct sweep *sweep, const struct planned_run *run, struct measurement *measurement, struct error *error)
{
    struct measure_request request = request_for(sweep, run);
    char objection[160];

    find_objection(sweep, &request, objection, sizeof objection);
    if (*objection)
        return measure_skipped(&request, measurement, objection, error);
    if (sweep->setup->sleep_seconds == SETUP_SLEEP_AUTO && *run->model->command)
        request.sleep_seconds = SETUP_COMMAND_SLEEP_SECONDS;
    else if (sweep->setup->sleep_seconds == SETUP_SLEEP_AUTO)
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
