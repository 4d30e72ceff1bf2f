/* SPDX-License-Identifier: GPL-3.0-or-later */
/* collect: measures what concurrent tasks weigh.

       models ─▶ plan ─▶ sweep ─▶ measure ─▶ recorder ─▶ X.csv
                           ▲         │                   X.json (sidecar)
                           └ forecast┘

   This file reads the options; main_sweep.c makes the runs. */
#include "collect/error.h"
#include "collect/main_check.h"
#include "collect/main_list.h"
#include "collect/main_sweep.h"
#include "collect/model.h"
#include "collect/option.h"
#include "collect/plan.h"
#include "collect/quantity.h"
#include "collect/raise.h"
#include "collect/setup.h"
#include "collect/sidecar.h"

#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#ifndef TASKWEIGHT_VERSION
#define TASKWEIGHT_VERSION "unknown"
#endif

#define DEFAULT_TASKS "1,10k,100k,1M"
#define DEFAULT_RUNS 10
#define DEFAULT_TIMEOUT_SECONDS 120
#define MAX_SECONDS 1e6
#define NO_PAYLOAD 0
#define LEAST_MEMORY_LIMIT (4 << 20) /* below it a model does not even start */

const char *argp_program_version = "collect (taskweight) " TASKWEIGHT_VERSION;

struct options {
    struct setup setup;
    int64_t payload; /* bytes that each task carries */
    const char *output, *resume;
    bool list, plan, check;
    bool seed_given, runs_given;
    int given; /* options and arguments */
};

/* --- options ------------------------------------------------------------------------------------------------------ */

enum { OPTION_LIST = 256, OPTION_PLAN, OPTION_SEED, OPTION_SLEEP, OPTION_TIMEOUT, OPTION_THP, OPTION_NO_ASLR, OPTION_COMMAND,
       OPTION_NAME, OPTION_RAISE_LIMITS, OPTION_MEMORY_LIMIT, OPTION_PAYLOAD, OPTION_RESUME, OPTION_SHARD, OPTION_CHECK };

static const struct argp_option option_table[] = {
    {NULL, 0, NULL, 0, "What to measure:", 1},
    {"model", 'm', "MODEL,...", 0, "Measure only these (default: every model that can run here)", 1},
    {"tasks", 't', "COUNT,...", 0, "How many tasks (default: " DEFAULT_TASKS ")", 1},
    {"runs", 'r', "N", 0, "Runs of each model at each count (default: 10)", 1},
    {"payload", OPTION_PAYLOAD, "SIZE", 0,
     "Give each task that many bytes of its own to keep across its sleep; the recording calls a model that does MODEL+BYTES "
     "(the models in C can)", 1},
    {"command", OPTION_COMMAND, "COMMAND", 0,
     "Measure a program that knows nothing of task models: a shell command in which {tasks} and {seconds} are filled in", 1},
    {"name", OPTION_NAME, "NAME", 0, "What the recording calls the program of --command (default: command)", 1},
    {NULL, 0, NULL, 0, "Where it goes:", 2},
    {"output", 'o', "FILE", 0, "The recording, a new file (default: HOST-TIME.csv); beside it stands its sidecar, FILE.json", 2},
    {"resume", OPTION_RESUME, "FILE", 0,
     "Go on with the sweep of this recording, which was interrupted, as its sidecar says: runs that are whole are kept", 2},
    {NULL, 0, NULL, 0, "How:", 3},
    {"sleep", OPTION_SLEEP, "SECONDS", 0,
     "How long each task sleeps (default: auto, as short as all can be alive at once and be measured)", 3},
    {"timeout", OPTION_TIMEOUT, "SECONDS", 0, "The longest that a run may take (default: 120)", 3},
    {"memory-limit", OPTION_MEMORY_LIMIT, "SIZE", 0,
     "The most that a run may take, user's and kernel's memory (default: 80 % of what is available when it begins)", 3},
    {"seed", OPTION_SEED, "N", 0, "Seed of the order of the runs (default: from the clock; it is recorded)", 3},
    {"shard", OPTION_SHARD, "I/K", 0,
     "Make the I-th of K parts of the sweep: every K-th run of the plan; all parts need the same --seed", 3},
    {"thp", OPTION_THP, NULL, 0, "Leave transparent huge pages on (default: off for the models)", 3},
    {"no-aslr", OPTION_NO_ASLR, NULL, 0, "Switch address space randomisation off for the models", 3},
    {"raise-limits", OPTION_RAISE_LIMITS, NULL, 0,
     "Raise kernel.pid_max, kernel.threads-max and vm.max_map_count for the sweep (root; put back when collect ends)", 3},
    {NULL, 0, NULL, 0, "Instead of a sweep:", 4},
    {"check", OPTION_CHECK, NULL, 0,
     "Measure tasks of known weight (the model calibrate) and say whether this machine finds it again", 4},
    {"list", OPTION_LIST, NULL, 0, "List the models, and why one cannot run here", 4},
    {"plan", OPTION_PLAN, NULL, 0, "Print the runs in their order", 4},
    {0},
};

static int take_model(const char *part, void *context, struct error *error)
{
    struct setup *setup = context;

    for (size_t i = 0; i < setup->models; i++)
        if (strcmp(setup->model[i], part) == 0)
            return 0;
    if (setup->models == OPTION_MAX_LIST)
        return error_set(error, "more than %d models", OPTION_MAX_LIST);
    setup->model[setup->models++] = part;
    return 0;
}

static int take_tasks(const char *part, void *context, struct error *error)
{
    struct setup *setup = context;
    int64_t count;

    if (quantity_parse_count(part, &count, error) != 0)
        return -1;
    if (count > UINT32_MAX)
        return error_set(error, "'%s' is more than the %u tasks that a model can count", part, UINT32_MAX);
    for (size_t i = 0; i < setup->task_counts; i++)
        if (setup->tasks[i] == count)
            return 0;
    if (setup->task_counts == OPTION_MAX_LIST)
        return error_set(error, "more than %d counts", OPTION_MAX_LIST);
    setup->tasks[setup->task_counts++] = count;
    return 0;
}

static double parse_seconds(const char *option, const char *text, struct argp_state *state)
{
    char *end;
    double seconds = strtod(text, &end);

    if (*end || end == text || !(seconds > 0 && seconds <= MAX_SECONDS))
        argp_failure(state, OPTION_EXIT_USAGE, 0, "--%s: '%s' is not a time (write seconds, more than 0 and at most %g)", option, text, MAX_SECONDS);
    return seconds;
}

static int64_t parse_number(const char *option, const char *text, int64_t least, int64_t most, struct argp_state *state)
{
    char *end;
    long long number;

    errno = 0;
    number = strtoll(text, &end, 10);
    if (*end || end == text || errno || number < least || number > most)
        argp_failure(state, OPTION_EXIT_USAGE, 0, "--%s: '%s' is not a whole number from %" PRId64 " to %" PRId64, option, text, least, most);
    return number;
}

static int64_t parse_size(const char *option, const char *text, int64_t least, int64_t most, struct argp_state *state)
{
    char least_text[QUANTITY_TEXT_SIZE], most_text[QUANTITY_TEXT_SIZE];
    struct error error;
    int64_t bytes;

    if (quantity_parse_bytes(text, &bytes, &error) != 0)
        argp_failure(state, OPTION_EXIT_USAGE, 0, "--%s: %s", option, error.text);
    if (bytes < least || bytes > most)
        argp_failure(state, OPTION_EXIT_USAGE, 0, "--%s: '%s' is not from %s to %s", option, text,
                     quantity_format_bytes(least_text, (double)least), quantity_format_bytes(most_text, (double)most));
    return bytes;
}

static void parse_shard(const char *text, struct setup *setup, struct argp_state *state)
{
    int length = 0;

    if (sscanf(text, "%" SCNd64 "/%" SCNd64 "%n", &setup->shard, &setup->shards, &length) != 2 || text[length] ||
        setup->shard < 1 || setup->shard > setup->shards)
        argp_failure(state, OPTION_EXIT_USAGE, 0, "--shard: '%s' is not a part of a whole (write 2/4 for the second of four)", text);
}

/* What a sweep is asked to do. Returns false if the key is none of that. */
static bool parse_setup(int key, char *argument, struct options *options, struct argp_state *state)
{
    struct setup *setup = &options->setup;

    switch (key) {
    case 'm':
    case ARGP_KEY_ARG:
        option_list("model", argument, take_model, setup, state);
        return true;
    case 't':
        setup->task_counts = 0;
        option_list("tasks", argument, take_tasks, setup, state);
        return true;
    case 'r':
        setup->runs = parse_number("runs", argument, 1, 100000, state);
        options->runs_given = true;
        return true;
    case OPTION_SLEEP:
        setup->sleep_seconds =
            strcmp(argument, "auto") == 0 ? SETUP_SLEEP_AUTO : parse_seconds("sleep", argument, state);
        return true;
    case OPTION_TIMEOUT:
        setup->timeout_seconds = parse_seconds("timeout", argument, state);
        return true;
    case OPTION_MEMORY_LIMIT:
        setup->memory_limit = parse_size("memory-limit", argument, LEAST_MEMORY_LIMIT, INT64_MAX, state);
        return true;
    case OPTION_SEED:
        setup->seed = (uint32_t)parse_number("seed", argument, 0, UINT32_MAX, state);
        options->seed_given = true;
        return true;
    case OPTION_SHARD:
        parse_shard(argument, setup, state);
        return true;
    case OPTION_THP:
        setup->launch.huge_pages = true;
        return true;
    case OPTION_NO_ASLR:
        setup->launch.fixed_address_layout = true;
        return true;
    case OPTION_RAISE_LIMITS:
        setup->raise_limits = true;
        return true;
    case OPTION_COMMAND:
        setup->command = argument;
        return true;
    case OPTION_NAME:
        setup->name = argument;
        return true;
    default:
        return false;
    }
}

/* What goes together. */
static void check_options(const struct options *options, struct argp_state *state)
{
    if (options->resume && options->given > 1)
        argp_failure(state, OPTION_EXIT_USAGE, 0, "--resume: all else is taken from the sidecar (give no other option)");
    if (options->setup.shards > 1 && !options->seed_given)
        argp_failure(state, OPTION_EXIT_USAGE, 0, "--shard: needs --seed, the same for all parts, or they would overlap");
    if (options->setup.name && !options->setup.command)
        argp_failure(state, OPTION_EXIT_USAGE, 0, "--name: names the program of --command, which is missing");
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;

    if (key < ARGP_KEY_END)
        options->given++;
    if (parse_setup(key, argument, options, state))
        return 0;
    switch (key) {
    case 'o':
        options->output = argument;
        return 0;
    case OPTION_PAYLOAD:
        options->payload = parse_size("payload", argument, 1, MODEL_MAX_PAYLOAD, state);
        return 0;
    case OPTION_RESUME:
        options->resume = argument;
        return 0;
    case OPTION_CHECK:
        options->check = true;
        return 0;
    case OPTION_LIST:
        options->list = true;
        return 0;
    case OPTION_PLAN:
        options->plan = true;
        return 0;
    case ARGP_KEY_END:
        check_options(options, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = option_table,
    .parser = parse_option,
    .args_doc = "[MODEL...]",
    .doc = "Run each task model many times with 1, 10 k, 100 k and 1 M sleeping tasks and record what they weigh."
           "\vRuns are made in a seeded random order, each in a process of its own. Ctrl-C ends the run under way and keeps "
           "all complete ones. Read the recording with analyze and plot.",
};

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
            setup->model[setup->models++] = list->model[i].name;
    return setup->models > 0 ? 0 : error_set(error, "--payload: no task model here can carry one (collect --list names them all)");
}

/* Each named model's variant that carries the payload takes its place. */
static int add_payload(struct setup *setup, int64_t payload, struct model_list *list, struct error *error)
{
    char name[NAME_MAX + QUANTITY_TEXT_SIZE];

    if (setup->models == 0 && name_carriers(setup, list, error) != 0)
        return -1;
    for (size_t i = 0; i < setup->models; i++) {
        snprintf(name, sizeof name, "%.*s+%" PRId64, NAME_MAX, setup->model[i], payload);
        if (model_list_add_variant(list, name, error) != 0)
            return -1;
        setup->model[i] = model_list_find(list, name)->name;
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
    return take_model(setup->name, setup, error);
}

/* What the options add to the programs in the folder. */
static int add_models(struct setup *setup, int64_t payload, struct model_list *list, struct error *error)
{
    if (payload && add_payload(setup, payload, list, error) != 0)
        return -1;
    if (setup->command && add_command(setup, list, error) != 0)
        return -1;
    for (size_t i = 0; i < setup->models; i++)
        if (model_list_add_variant(list, setup->model[i], error) != 0)
            return -1;
    return 0;
}

/* The models to measure, which borrow from the list. */
struct choice {
    const struct model *model[OPTION_MAX_LIST];
    size_t count;
};

static int choose_all(const struct model_list *list, struct choice *choice, struct error *error)
{
    for (size_t i = 0; i < list->count && choice->count < OPTION_MAX_LIST; i++)
        if (!*list->model[i].unavailable)
            choice->model[choice->count++] = &list->model[i];
    return choice->count > 0 ? 0 : error_set(error, "no task model can run here (collect --list says why)");
}

/* Those named, or all that can run. */
static int choose_models(const struct setup *setup, const struct model_list *list, struct choice *choice, struct error *error)
{
    *choice = (struct choice){0};
    if (setup->models == 0)
        return choose_all(list, choice, error);
    for (size_t i = 0; i < setup->models; i++) {
        const struct model *model = model_list_find(list, setup->model[i]);

        if (!model)
            return error_set(error, "%s: no such task model (collect --list names them)", setup->model[i]);
        if (*model->unavailable)
            return error_set(error, "%s: cannot run here: %s", setup->model[i], model->unavailable);
        choice->model[choice->count++] = model;
    }
    return 0;
}

static int make_plan(struct plan *plan, const struct setup *setup, const struct choice *choice, struct error *error)
{
    if (plan_new(plan, choice->model, choice->count, setup->tasks, setup->task_counts, setup->runs, setup->seed, error) != 0)
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

/* The sidecar that is `old` where a sweep is resumed, otherwise a new one. The caller frees it; NULL and an error where the
   old one's conditions are gone. */
static json_object *sidecar_for(json_object *old, const struct setup *setup, const struct choice *choice, const char *host,
                                char *const *command, struct error *error)
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
    json_object *old;      /* the sidecar of a sweep to be resumed, or NULL */
    char *const *command;  /* collect's arguments */
};

static int sweep_planned(const struct order *order, const struct choice *choice, const struct plan *plan, struct error *error)
{
    char host[HOST_NAME_MAX + 1] = "unknown", path[PATH_MAX], *sidecar_name;
    struct main_sweep what = {.setup = order->setup, .plan = plan, .host = host, .resumed = order->old != NULL};
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

/* Makes the sweep. Returns the exit status, or -1 and an error. With --raise-limits the bounds are up only meanwhile. */
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

    if (old && sidecar_setup(old, path, &setup, error) == 0 && add_models(&setup, NO_PAYLOAD, list, error) == 0)
        status = sweep(&(struct order){&setup, recording, old, command}, list, error);
    json_object_put(old);
    free(path);
    return status;
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
static int check(const struct options *options, struct model_list *list, char *const *command, struct error *error)
{
    struct setup setup = options->setup;
    struct main_check_files files;
    int status;

    if (setup.models > 0 || setup.command || options->payload)
        return error_set(error, "--check: measures the model calibrate and no other (leave the models out)");
    main_check_setup(&setup, options->runs_given);
    if (add_models(&setup, NO_PAYLOAD, list, error) != 0 || main_check_open(&files, options->output, error) != 0)
        return -1;
    status = sweep(&(struct order){&setup, files.recording, NULL, command}, list, error);
    if (status == EXIT_SUCCESS)
        status = main_check_report(files.recording, error);
    main_check_close(&files);
    return status;
}

/* --- main --------------------------------------------------------------------------------------------------------- */

static struct options default_options(void)
{
    return (struct options){
        .setup =
            {
                .tasks = {1, 10000, 100000, 1000000},
                .task_counts = 4,
                .runs = DEFAULT_RUNS,
                .seed = (uint32_t)time(NULL),
                .shard = 1,
                .shards = 1,
                .sleep_seconds = SETUP_SLEEP_AUTO,
                .timeout_seconds = DEFAULT_TIMEOUT_SECONDS,
                .memory_limit = SETUP_MEMORY_AUTO,
            },
        .payload = NO_PAYLOAD,
    };
}

static int close_stdout(int status)
{
    if (fclose(stdout) == 0 || status != EXIT_SUCCESS)
        return status;
    fprintf(stderr, "collect: standard output: %s\n", strerror(errno));
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
static int collect(struct options *options, struct model_list *list, char *const *command, struct error *error)
{
    if (options->resume)
        return resume(options->resume, list, command, error);
    if (options->check)
        return check(options, list, command, error);
    if (add_models(&options->setup, options->payload, list, error) != 0)
        return -1;
    if (options->plan)
        return show_plan(&options->setup, list, error);
    if (!options->list)
        return sweep(&(struct order){&options->setup, options->output, NULL, command}, list, error);
    main_list_models(list);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    char **command = copy_command(argc, argv);
    struct options options = default_options();
    struct model_list list = {0};
    struct error error = {""};
    char folder[PATH_MAX];
    int status = -1;

    argp_err_exit_status = OPTION_EXIT_USAGE;
    argp_parse(&argp, argc, argv, 0, NULL, &options);
    if (find_models(folder, &error) == 0 && model_list_read(&list, folder, &error) == 0)
        status = collect(&options, &list, command, &error);
    if (status < 0) {
        fprintf(stderr, "collect: %s\n", error.text);
        status = EXIT_FAILURE;
    }
    model_list_free(&list);
    free_command(command);
    return close_stdout(status);
}
