/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much sampling slows a model down: the time to start its tasks under collect, over the time without collect. Both
   are measured in turns, so that the machine's load affects both; the ratio is of medians. */
#include "collect/event.h"
#include "collect/measure.h"
#include "collect/raise.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROUNDS 7
#define TIMEOUT_SECONDS 120

static int fail(const struct error *error)
{
    fprintf(stderr, "bench_spawn: %s\n", error->text);
    return EXIT_FAILURE;
}

/* Waits for the model's next line and returns what it says. */
static struct event await_event(const struct launch *launch)
{
    static struct event_lines lines;
    struct pollfd source = {launch->output, POLLIN, 0};
    char byte;

    for (;;) {
        if (poll(&source, 1, -1) < 0 || read(launch->output, &byte, 1) != 1)
            return (struct event){.kind = EVENT_OTHER};
        if (event_lines_take(&lines, byte))
            return event_parse(lines.line);
    }
}

static double spawn_unwatched(const struct measure_request *request, struct error *error)
{
    char tasks[24];
    const char *arguments[] = {request->run.model->path, tasks, "0", NULL};
    const struct launch_bounds none = {.join = {-1, -1}};
    struct launch launch;
    int64_t went;
    double seconds;

    snprintf(tasks, sizeof tasks, "%lld", (long long)request->run.tasks);
    if (launch_start(&launch, arguments, &request->setup->launch, &none, error) != 0)
        return -1;
    if (await_event(&launch).kind != EVENT_IDLE)
        return error_set(error, "%s: is not idle", request->run.model->name);
    went = sampler_now_us();
    if (write(launch.input, "\n", 1) != 1 || await_event(&launch).kind != EVENT_READY)
        return error_set(error, "%s: is not ready", request->run.model->name);
    seconds = (double)(sampler_now_us() - went) * 1e-6;
    launch_end(&launch);
    return seconds;
}

static double spawn_watched(const struct measure_request *request, struct error *error)
{
    struct measurement measurement;
    double seconds;

    if (measure(request, &measurement, error) != 0)
        return -1;
    seconds = measurement.spawn_seconds;
    measurement_free(&measurement);
    return seconds;
}

static int ascending(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

static double median(double *value)
{
    qsort(value, ROUNDS, sizeof *value, ascending);
    return value[ROUNDS / 2];
}

static int compare(const struct measure_request *request, struct error *error)
{
    double watched[ROUNDS], unwatched[ROUNDS];

    for (int i = 0; i < ROUNDS; i++) {
        unwatched[i] = spawn_unwatched(request, error);
        watched[i] = spawn_watched(request, error);
        if (watched[i] < 0 || unwatched[i] < 0)
            return -1;
    }
    printf("spawn of %lld %s tasks, watched / unwatched: %.3f (medians of %d: %.4f s / %.4f s)\n",
           (long long)request->run.tasks, request->run.model->name, median(watched) / median(unwatched), ROUNDS,
           median(watched), median(unwatched));
    return 0;
}

int main(int argc, char **argv)
{
    const struct setup setup = {.timeout_seconds = TIMEOUT_SECONDS};
    struct site site = {.host = "bench", .groups = groups_none(), .signals = -1};
    struct measure_request request = {.setup = &setup, .site = &site, .memory_limit = INT64_MAX};
    struct model_list models;
    struct error error;
    struct keeper keeper;
    bool raised;

    if (argc < 4) {
        fprintf(stderr, "usage: bench_spawn MODELS TASKS MODEL...\n");
        return 2;
    }
    if (model_list_read(&models, argv[1], &error) != 0)
        return fail(&error);
    model_list_describe(&models);
    site.proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    request.run.tasks = atoll(argv[2]);
    /* 100 k threads and stacks are beyond the usual limits; without root some models are not ready. */
    raised = raise_limits(&keeper, &error) == 0;
    launch_adopt_orphans();
    for (int i = 3; i < argc; i++) {
        request.run.model = model_list_find(&models, argv[i]);
        if (!request.run.model || *request.run.model->unavailable)
            continue;
        if (compare(&request, &error) != 0)
            return fail(&error);
    }
    if (raised)
        keeper_end(&keeper);
    model_list_free(&models);
    return EXIT_SUCCESS;
}
