/* SPDX-License-Identifier: GPL-3.0-or-later */
/* collect: measures what concurrent tasks weigh.

       models ─▶ plan ─▶ sweep ─▶ measure ─▶ recorder ─▶ X.csv
                           ▲         │                   X.json (sidecar)
                           └ forecast┘

   main_options.c reads the command line, this file finds the models and makes the plan, main_sweep.c makes the runs. */
#include "collect/error.h"
#include "collect/main_check.h"
#include "collect/main_list.h"
#include "collect/main_options.h"
#include "collect/main_sweep.h"
#include "collect/model.h"
#include "collect/plan.h"
#include "collect/unit.h"
#include "collect/raise.h"
#include "collect/setup.h"
#include "collect/sidecar.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* --- what there is ------------------------------------------------------------------------------------------------ */

/* Beside this program: in the source tree build/bin and build/models, installed PREFIX/bin and PREFIX/libexec/... */
static int find_models(char folder[PATH_MAX], struct error *error)
{
    static const char *const places[] = {"../models", "../libexec/taskweight/models"};
    char program[PATH_MAX - 64];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    char *name;

    if (length < 0)
        return error_set(error, "/proc/self/exe: %s (is /proc mounted?)", strerror(errno));
    program[length] = '\0';
    name = strrchr(program, '/');
    *name = '\0';
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        snprintf(folder, PATH_MAX, "%s/%s", program, places[i]);
        if (access(folder, R_OK | X_OK) == 0)
            return 0;
    }
    return error_set(error, "%s: no task models beside this program (run `make models`)", folder);
}

/* Names the models that can carry a payload, where none is named. */
static int name_carriers(struct setup *setup, const struct model_list *list, struct error *error)
{
    for (size_t i = 0; i < list->count && setup->models < OPTION_MAX_LIST; i++)
        if (!*list->model[i].unavailable && *list->model[i].payload)
            setup->model[setup->models++] = list->model[i].request;
    return setup->models > 0
               ? 0
               : error_set(error, "--payload: no task model here can carry one (%s --list names them all)",
                           program_invocation_short_name);
}

/* Each named model's variant that carries the payload takes its place. */
static int add_payload(struct setup *setup, int64_t payload, struct model_list *list, struct error *error)
{
    char request[PATH_MAX + UNIT_TEXT_SIZE];

    if (setup->models == 0 && name_carriers(setup, list, error) != 0)
        return -1;
    for (size_t i = 0; i < setup->models; i++) {
        snprintf(request, sizeof request, "%.*s+%" PRId64, PATH_MAX, setup->model[i], payload);
        if (model_list_add(list, request, error) != 0)
            return -1;
        setup->model[i] = model_list_find(list, request)->request;
    }
    return 0;
}

static int add_command(struct setup *setup, struct model_list *list, struct error *error)
{
    if (!setup->name)
        setup->name = "command";
    if (model_list_find(list, setup->name))
        return error_set(error, "--name: %s is a task model already (choose another name)", setup->name);
    if (model_list_add_command(list, setup->name, setup->command, error) != 0)
        return -1;
    return setup_add_model(setup, setup->name, error);
}

/* What the options add to the programs in the folder. */
static int add_models(struct setup *setup, int64_t payload, struct model_list *list, struct error *error)
{
    if (payload && add_payload(setup, payload, list, error) != 0)
        return -1;
    if (setup->command && add_command(setup, list, error) != 0)
        return -1;
    for (size_t i = 0; i < setup->models; i++)
        if (model_list_add(list, setup->model[i], error) != 0)
            return -1;
    return 0;
}

/* The models to measure, which borrow from the list. */
struct choice {
    const struct model *model[OPTION_MAX_LIST];
    size_t count;
};

static void take_all(const struct model_list *list, struct choice *choice)
{
    for (size_t i = 0; i < list->count && choice->count < OPTION_MAX_LIST; i++)
        choice->model[choice->count++] = &list->model[i];
}

static int take_named(const struct setup *setup, const struct model_list *list, struct choice *choice,
                      struct error *error)
{
    for (size_t i = 0; i < setup->models; i++) {
        const struct model *model = model_list_find(list, setup->model[i]);

        if (!model)
            return error_set(error, "%s: no such task model (%s --list names them)", setup->model[i],
                             program_invocation_short_name);
        choice->model[choice->count++] = model;
    }
    return 0;
}

/* Those that are named, whether they can run or not; all where none is. */
static int find_models_asked_for(const struct setup *setup, const struct model_list *list, struct choice *choice,
                                 struct error *error)
{
    *choice = (struct choice){0};
    if (setup->models > 0)
        return take_named(setup, list, choice, error);
    take_all(list, choice);
    return 0;
}

/* Those that are named, which must be able to run, or all that can. */
static int choose_models(const struct setup *setup, const struct model_list *list, struct choice *choice,
                         struct error *error)
{
    size_t able = 0;

    if (find_models_asked_for(setup, list, choice, error) != 0)
        return -1;
    for (size_t i = 0; i < choice->count; i++) {
        const struct model *model = choice->model[i];

        if (*model->unavailable && setup->models > 0)
            return error_set(error, "%s: cannot run here: %s", model->request, model->unavailable);
        if (!*model->unavailable)
            choice->model[able++] = model;
    }
    choice->count = able;
    return able > 0
               ? 0
               : error_set(error, "no task model can run here (%s --list says why)", program_invocation_short_name);
}

static int make_plan(struct plan *plan, const struct setup *setup, const struct choice *choice, struct error *error)
{
    if (plan_new(plan, choice->model, choice->count, setup->tasks, setup->task_counts, setup->runs, setup->seed,
                 error) != 0)
        return -1;
    plan_take_shard(plan, setup->shard, setup->shards);
    return 0;
}

/* --- the sweep ---------------------------------------------------------------------------------------------------- */

static const char *default_output(char path[PATH_MAX], const char *host)
{
    time_t now = time(NULL);
    char moment[32];
    struct tm parts;

    strftime(moment, sizeof moment, "%Y%m%dT%H%M%SZ", gmtime_r(&now, &parts));
    snprintf(path, PATH_MAX, "%s-%s.csv", host, moment);
    return path;
}

/* The sidecar that is `old` where a sweep is resumed, otherwise a new one. The caller frees it; NULL and an error where
   the old one's conditions are gone. */
static json_object *sidecar_for(json_object *old, const struct setup *setup, const struct choice *choice,
                                const char *host, char *const *command, struct error *error)
{
    json_object *now = sidecar_new(setup, choice->model, choice->count, host, TASKWEIGHT_VERSION, command);

    if (!old)
        return now;
    if (sidecar_compare(old, now, error) == 0) {
        json_object_put(now);
        return json_object_get(old);
    }
    json_object_put(now);
    return NULL;
}

/* A sweep: where it goes, and whether it is a new one. */
struct order {
    const struct setup *setup;
    const char *recording; /* NULL: named after host and time */
    bool temporary;        /* ... and removed afterwards */
    json_object *old;      /* the sidecar of a sweep to be resumed, or NULL */
    char *const *command;  /* collect's arguments */
};

static int sweep_planned(const struct order *order, const struct choice *choice, const struct plan *plan,
                         struct error *error)
{
    char host[HOST_NAME_MAX + 1] = "unknown", path[PATH_MAX], *sidecar_name;
    struct main_sweep what = {.setup = order->setup,
                              .plan = plan,
                              .host = host,
                              .resumed = order->old != NULL,
                              .temporary = order->temporary};
    int status = -1;

    gethostname(host, sizeof host - 1);
    what.recording = order->recording ? order->recording : default_output(path, host);
    what.sidecar_path = sidecar_name = sidecar_path(what.recording);
    what.sidecar = sidecar_for(order->old, order->setup, choice, host, order->command, error);
    if (what.sidecar)
        status = main_sweep(&what);
    json_object_put(what.sidecar);
    free(sidecar_name);
    return status;
}

/* Makes the sweep. Returns the exit status, or -1 and an error. With --raise-limits bounds are up only meanwhile. */
static int sweep(const struct order *order, const struct model_list *list, struct error *error)
{
    struct keeper keeper;
    struct choice choice;
    struct plan plan;
    int status;

    if (choose_models(order->setup, list, &choice, error) != 0 || make_plan(&plan, order->setup, &choice, error) != 0)
        return -1;
    if (order->setup->raise_limits && raise_limits(&keeper, error) != 0) {
        plan_free(&plan);
        return -1;
    }
    status = sweep_planned(order, &choice, &plan, error);
    if (order->setup->raise_limits)
        keeper_end(&keeper);
    plan_free(&plan);
    return status;
}

static int resume(const char *recording, struct model_list *list, char *const *command, struct error *error)
{
    struct setup setup = {0};
    char *path = sidecar_path(recording);
    json_object *old = sidecar_read(path, error);
    int status = -1;

    if (old && sidecar_setup(old, path, &setup, error) == 0 &&
        add_models(&setup, MAIN_OPTIONS_NO_PAYLOAD, list, error) == 0)
        status = sweep(&(struct order){.setup = &setup, .recording = recording, .old = old, .command = command}, list,
                       error);
    json_object_put(old);
    free(path);
    return status;
}

static int show_models(const struct setup *setup, const struct model_list *list, struct error *error)
{
    struct choice choice;

    if (find_models_asked_for(setup, list, &choice, error) != 0)
        return -1;
    main_list_models(choice.model, choice.count);
    return EXIT_SUCCESS;
}

static int show_plan(const struct setup *setup, const struct model_list *list, struct error *error)
{
    struct choice choice;
    struct plan plan;

    if (choose_models(setup, list, &choice, error) != 0 || make_plan(&plan, setup, &choice, error) != 0)
        return -1;
    main_list_plan(&plan);
    plan_free(&plan);
    return EXIT_SUCCESS;
}

/* Whatever is not asked for otherwise is chosen so that the check takes about a minute. */
static int check(const struct main_options *options, struct model_list *list, char *const *command, struct error *error)
{
    struct setup setup = options->setup;
    struct main_check_files files;
    int status;

    if (setup.models > 0 || setup.command || options->payload)
        return error_set(error, "--check: measures the model calibrate and no other (leave the models out)");
    main_check_setup(&setup, options->runs_given);
    if (add_models(&setup, MAIN_OPTIONS_NO_PAYLOAD, list, error) != 0 ||
        main_check_open(&files, options->output, error) != 0)
        return -1;
    status = sweep(
        &(struct order){
            .setup = &setup, .recording = files.recording, .temporary = *files.folder != '\0', .command = command},
        list, error);
    if (status == EXIT_SUCCESS)
        status = main_check_report(files.recording, error);
    main_check_close(&files);
    return status;
}

/* --- main --------------------------------------------------------------------------------------------------------- */

static int close_stdout(int status)
{
    if (fclose(stdout) == 0 || status != EXIT_SUCCESS)
        return status;
    warn("standard output");
    return EXIT_FAILURE;
}

/* The command as it was given: parsing cuts lists up and moves options to the front. NULL where memory runs out. */
static char **copy_command(int argc, char *const *argv)
{
    char **copy = calloc((size_t)argc + 1, sizeof *copy);

    for (int i = 0; copy && i < argc; i++)
        copy[i] = strdup(argv[i]);
    return copy;
}

static void free_command(char **command)
{
    for (char **argument = command; argument && *argument; argument++)
        free(*argument);
    free(command);
}

/* What was asked for. Returns the exit status, or -1 and an error. */
static int collect(struct main_options *options, struct model_list *list, char *const *command, struct error *error)
{
    if (options->resume)
        return resume(options->resume, list, command, error);
    if (options->check)
        return check(options, list, command, error);
    if (add_models(&options->setup, options->payload, list, error) != 0)
        return -1;
    if (options->plan)
        return show_plan(&options->setup, list, error);
    if (options->list)
        return show_models(&options->setup, list, error);
    return sweep(&(struct order){.setup = &options->setup, .recording = options->output, .command = command}, list,
                 error);
}

/* What collect was started with may not reach into a recording: a stream that is closed would have its number taken by
   a file, and children whose end is ignored cannot be waited for. */
static void settle_surroundings(void)
{
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++)
        if (fcntl(stream, F_GETFD) < 0 && open("/dev/null", O_RDWR) < 0)
            _exit(EXIT_FAILURE);
    signal(SIGCHLD, SIG_DFL);
}

int main(int argc, char **argv)
{
    char **command = copy_command(argc, argv);
    struct main_options options;
    struct model_list list = {0};
    struct error error = {""};
    char folder[PATH_MAX];
    int status = -1;

    settle_surroundings();
    main_options_read(&options, argc, argv);
    if (find_models(folder, &error) == 0 && model_list_read(&list, folder, &error) == 0)
        status = collect(&options, &list, command, &error);
    if (status < 0) {
        warnx("%s", error.text);
        status = EXIT_FAILURE;
    }
    model_list_free(&list);
    free_command(command);
    return close_stdout(status);
}
