/* SPDX-License-Identifier: GPL-3.0-or-later */
/* collect: measures what concurrent tasks weigh.

       models ─▶ plan ─▶ sweep ─▶ measure ─▶ recorder ─▶ X.csv
                           ▲         │                   X.json (sidecar)
                           └ forecast┘ */
#include "collect/error.h"
#include "collect/model.h"
#include "collect/option.h"
#include "collect/plan.h"
#include "collect/quantity.h"
#include "collect/raise.h"
#include "collect/recorder.h"
#include "collect/sidecar.h"
#include "collect/sweep.h"

#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#ifndef TASKWEIGHT_VERSION
#define TASKWEIGHT_VERSION "unknown"
#endif

#define DEFAULT_TASKS "1,10k,100k,1M"
#define DEFAULT_RUNS 10
#define DEFAULT_TIMEOUT_SECONDS 120
#define MAX_SECONDS 1e6

const char *argp_program_version = "collect (taskweight) " TASKWEIGHT_VERSION;

struct options {
    const char *model[OPTION_MAX_LIST];
    size_t models;
    int64_t tasks[OPTION_MAX_LIST];
    size_t task_counts;
    int64_t runs;
    uint32_t seed;
    double sleep_seconds, timeout_seconds;
    struct launch_options launch;
    const char *output, *command, *name;
    bool list, plan, raise_limits;
};

/* --- options ------------------------------------------------------------------------------------------------------ */

enum { OPTION_LIST = 256, OPTION_PLAN, OPTION_SEED, OPTION_SLEEP, OPTION_TIMEOUT, OPTION_THP, OPTION_NO_ASLR,
       OPTION_COMMAND, OPTION_NAME, OPTION_RAISE_LIMITS };

static const struct argp_option option_table[] = {
    {"model", 'm', "MODEL,...", 0, "Measure only these (default: every model that can run here)", 1},
    {"tasks", 't', "COUNT,...", 0, "How many tasks (default: " DEFAULT_TASKS ")", 1},
    {"runs", 'r', "N", 0, "Runs of each model at each count (default: 10)", 1},
    {"output", 'o', "FILE", 0, "The recording, a new file (default: HOST-TIME.csv); beside it stands its sidecar, FILE.json", 1},
    {"sleep", OPTION_SLEEP, "SECONDS", 0,
     "How long each task sleeps (default: auto, as short as all can be alive at once and be measured)", 2},
    {"timeout", OPTION_TIMEOUT, "SECONDS", 0, "The longest that a run may take (default: 120)", 2},
    {"seed", OPTION_SEED, "N", 0, "Seed of the order of the runs (default: from the clock; it is recorded)", 2},
    {"thp", OPTION_THP, NULL, 0, "Leave transparent huge pages on (default: off for the models)", 2},
    {"no-aslr", OPTION_NO_ASLR, NULL, 0, "Switch address space randomisation off for the models", 2},
    {"raise-limits", OPTION_RAISE_LIMITS, NULL, 0,
     "Raise kernel.pid_max, kernel.threads-max and vm.max_map_count for the sweep (root; put back when collect ends)", 2},
    {"command", OPTION_COMMAND, "COMMAND", 0,
     "Measure a program that knows nothing of task models: a shell command in which {tasks} and {seconds} are filled in", 1},
    {"name", OPTION_NAME, "NAME", 0, "What the recording calls the program of --command (default: command)", 1},
    {"list", OPTION_LIST, NULL, 0, "List the models, and why one cannot run here, and exit", 3},
    {"plan", OPTION_PLAN, NULL, 0, "Print the runs in their order and exit", 3},
    {0},
};

static int take_model(const char *part, void *context, struct error *error)
{
    struct options *options = context;

    for (size_t i = 0; i < options->models; i++)
        if (strcmp(options->model[i], part) == 0)
            return 0;
    if (options->models == OPTION_MAX_LIST)
        return error_set(error, "more than %d models", OPTION_MAX_LIST);
    options->model[options->models++] = part;
    return 0;
}

static int take_tasks(const char *part, void *context, struct error *error)
{
    struct options *options = context;
    int64_t count;

    if (quantity_parse_count(part, &count, error) != 0)
        return -1;
    if (count > UINT32_MAX)
        return error_set(error, "'%s' is more than the %u tasks that a model can count", part, UINT32_MAX);
    for (size_t i = 0; i < options->task_counts; i++)
        if (options->tasks[i] == count)
            return 0;
    if (options->task_counts == OPTION_MAX_LIST)
        return error_set(error, "more than %d counts", OPTION_MAX_LIST);
    options->tasks[options->task_counts++] = count;
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

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case 'm':
        option_list("model", argument, take_model, options, state);
        return 0;
    case ARGP_KEY_ARG:
        option_list("model", argument, take_model, options, state);
        return 0;
    case 't':
        options->task_counts = 0;
        option_list("tasks", argument, take_tasks, options, state);
        return 0;
    case 'r':
        options->runs = parse_number("runs", argument, 1, 100000, state);
        return 0;
    case 'o':
        options->output = argument;
        return 0;
    case OPTION_SLEEP:
        options->sleep_seconds =
            strcmp(argument, "auto") == 0 ? SWEEP_SLEEP_AUTO : parse_seconds("sleep", argument, state);
        return 0;
    case OPTION_TIMEOUT:
        options->timeout_seconds = parse_seconds("timeout", argument, state);
        return 0;
    case OPTION_SEED:
        options->seed = (uint32_t)parse_number("seed", argument, 0, UINT32_MAX, state);
        return 0;
    case OPTION_THP:
        options->launch.huge_pages = true;
        return 0;
    case OPTION_NO_ASLR:
        options->launch.fixed_address_layout = true;
        return 0;
    case OPTION_RAISE_LIMITS:
        options->raise_limits = true;
        return 0;
    case OPTION_COMMAND:
        options->command = argument;
        return 0;
    case OPTION_NAME:
        options->name = argument;
        return 0;
    case OPTION_LIST:
        options->list = true;
        return 0;
    case OPTION_PLAN:
        options->plan = true;
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

/* The columns of the list of models. */
enum { LIST_NAME, LIST_FAMILY, LIST_LANGUAGE, LIST_VERSION, LIST_COLUMNS };

static const char *list_text(const struct model *model, int column)
{
    static const char *const headings[LIST_COLUMNS] = {"MODEL", "FAMILY", "LANGUAGE", "VERSION"};

    if (!model)
        return headings[column];
    switch (column) {
    case LIST_NAME:
        return model->name;
    case LIST_FAMILY:
        return model->family;
    case LIST_LANGUAGE:
        return *model->language ? model->language : "-";
    default:
        return *model->unavailable || !*model->version ? "-" : model->version;
    }
}

static void list_line(const struct model *model, const int width[LIST_COLUMNS])
{
    for (int column = 0; column < LIST_COLUMNS; column++)
        printf("%-*s  ", width[column], list_text(model, column));
    if (!model)
        puts("WHAT A TASK IS");
    else if (*model->unavailable)
        printf("%s  cannot run here: %s\n", model->summary, model->unavailable);
    else
        puts(model->summary);
}

static void list_models(const struct model_list *list)
{
    int width[LIST_COLUMNS] = {0};

    for (size_t i = 0; i <= list->count; i++)
        for (int column = 0; column < LIST_COLUMNS; column++) {
            int length = (int)strlen(list_text(i < list->count ? &list->model[i] : NULL, column));

            width[column] = length > width[column] ? length : width[column];
        }
    list_line(NULL, width);
    for (size_t i = 0; i < list->count; i++)
        list_line(&list->model[i], width);
}

static int choose_all(const struct model_list *list, const struct model *chosen[OPTION_MAX_LIST], size_t *count, struct error *error)
{
    *count = 0;
    for (size_t i = 0; i < list->count && *count < OPTION_MAX_LIST; i++)
        if (!*list->model[i].unavailable)
            chosen[(*count)++] = &list->model[i];
    return *count > 0 ? 0 : error_set(error, "no task model can run here (collect --list says why)");
}

/* What the options add to the programs in the folder. */
static int add_models(struct options *options, struct model_list *list, struct error *error)
{
    for (size_t i = 0; i < options->models; i++)
        if (model_list_add_variant(list, options->model[i], error) != 0)
            return -1;
    if (options->name && !options->command)
        return error_set(error, "--name: names the program of --command, which is missing");
    if (!options->command)
        return 0;
    if (!options->name)
        options->name = "command";
    if (model_list_find(list, options->name))
        return error_set(error, "--name: %s is a task model already (choose another name)", options->name);
    if (options->models < OPTION_MAX_LIST)
        options->model[options->models++] = options->name;
    return model_list_add_command(list, options->name, options->command, error);
}

/* The models to measure: those named, or all that can run. */
static int choose_models(const struct options *options, const struct model_list *list, const struct model *chosen[OPTION_MAX_LIST],
                         size_t *count, struct error *error)
{
    if (options->models == 0)
        return choose_all(list, chosen, count, error);
    *count = options->models;
    for (size_t i = 0; i < options->models; i++) {
        chosen[i] = model_list_find(list, options->model[i]);
        if (!chosen[i])
            return error_set(error, "%s: no such task model (collect --list names them)", options->model[i]);
        if (*chosen[i]->unavailable)
            return error_set(error, "%s: cannot run here: %s", options->model[i], chosen[i]->unavailable);
    }
    return 0;
}

static void print_plan(const struct plan *plan)
{
    for (size_t i = 0; i < plan->runs; i++)
        printf("%s %" PRId64 " %" PRId64 "\n", plan->run[i].model->name, plan->run[i].tasks, plan->run[i].number);
}

/* --- the sweep ---------------------------------------------------------------------------------------------------- */

/* Progress is for people: one line that is written over again and again, on a terminal only. */
static void show_progress(const struct planned_run *run, size_t done, size_t all, time_t began)
{
    char count[QUANTITY_TEXT_SIZE];
    double left = done ? difftime(time(NULL), began) / (double)done * (double)(all - done) : 0;

    if (!isatty(STDERR_FILENO))
        return;
    fprintf(stderr, "\r\033[K%zu of %zu: %s with %s tasks", done + 1, all, run->model->name,
            quantity_format_count(count, run->tasks));
    if (done)
        fprintf(stderr, ", about %.0f min %02.0f s left", floor(left / 60), fmod(left, 60));
    fflush(stderr);
}

static void clear_progress(void)
{
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
}

static void tell_of_failure(const struct planned_run *run, const struct measurement *measurement)
{
    char count[QUANTITY_TEXT_SIZE];

    clear_progress();
    fprintf(stderr, "collect: %s with %s tasks, run %" PRId64 ": %s: %s\n", run->model->name,
            quantity_format_count(count, run->tasks), run->number, sample_status_names[measurement->status],
            measurement->reason);
}

static int warm_up(struct sweep *sweep, const struct plan *plan, const struct model *model, bool *given_up,
                   struct error *error)
{
    struct planned_run run = sweep_warm_up(plan, model);
    struct measurement measurement;
    int result = sweep_run(sweep, &run, &measurement, error);

    *given_up = measurement.given_up;
    measurement_free(&measurement);
    return result;
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

/* Returns how many runs were recorded; fewer than planned means that a signal came (no error text) or collect failed. */
static size_t make_runs(struct sweep *sweep, const struct plan *plan, const struct model *const *models, size_t model_count,
                        struct recorder *recorder, struct error *error)
{
    bool given_up = false;
    time_t began;
    size_t done;

    for (size_t i = 0; i < model_count; i++) {
        struct planned_run run = sweep_warm_up(plan, models[i]);

        show_progress(&run, 0, plan->runs, 0);
        if (warm_up(sweep, plan, models[i], &given_up, error) != 0 || given_up)
            return 0;
    }
    began = time(NULL);
    for (done = 0; done < plan->runs; done++) {
        show_progress(&plan->run[done], done, plan->runs, began);
        if (record(sweep, &plan->run[done], recorder, &given_up, error) != 0 || given_up)
            break;
    }
    return done;
}

/* Signals that end a sweep arrive through a descriptor, so that the run under way is ended in order. */
static int open_signals(void)
{
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* The recording is made before the first run: what cannot be written is said at once. */
static int open_output(struct recorder *recorder, const struct sidecar *sidecar, const char *recording, const char *path,
                       struct error *error)
{
    if (access(path, F_OK) == 0)
        return error_set(error, "%s: exists already, and a recording is never overwritten (name another with -o)", path);
    if (recorder_create(recorder, recording, error) != 0)
        return -1;
    return sidecar_write(sidecar, path, error);
}

static int tell_end(const char *recording, size_t done, size_t planned, const struct error *error)
{
    clear_progress();
    if (done == planned && !*error->text) {
        fprintf(stderr, "collect: %zu runs are in %s\n", done, recording);
        return EXIT_SUCCESS;
    }
    fprintf(stderr, "collect: %s; %zu of %zu runs are in %s\n", *error->text ? error->text : "stopped", done, planned,
            recording);
    return EXIT_FAILURE;
}

/* Without a group the recording lacks the kernel's part, which is said once. */
static void open_groups(struct sweep *sweep)
{
    struct error error = {""};

    sweep->groups = cgroup_find_parent(sweep->proc, "/sys/fs/cgroup", &error);
    cgroup_remove_leftovers(&sweep->groups);
    if (*error.text)
        fprintf(stderr, "collect: %s\n", error.text);
}

static int run_sweep(struct sweep *sweep, const struct plan *plan, struct sidecar *sidecar, const char *recording)
{
    struct error error = {""};
    struct recorder recorder;
    char *path = sidecar_path(recording);
    size_t done;

    if (!path || open_output(&recorder, sidecar, recording, path, &error) != 0) {
        fprintf(stderr, "collect: %s\n", error.text);
        free(path);
        return EXIT_FAILURE;
    }
    open_groups(sweep);
    done = make_runs(sweep, plan, sidecar->model, sidecar->models, &recorder, &error);
    sidecar->end = time(NULL);
    if (recorder_close(&recorder, &error) == 0 && !*error.text)
        sidecar_write(sidecar, path, &error);
    free(path);
    return tell_end(recording, done, plan->runs, &error);
}

static const char *default_output(char path[PATH_MAX], const char *host, time_t start)
{
    char moment[32];
    struct tm parts;

    strftime(moment, sizeof moment, "%Y%m%dT%H%M%SZ", gmtime_r(&start, &parts));
    snprintf(path, PATH_MAX, "%s-%s.csv", host, moment);
    return path;
}

static int collect(const struct options *options, const struct model *const *models, size_t model_count,
                   const struct plan *plan, char *const *command)
{
    char host[HOST_NAME_MAX + 1] = "unknown", output[PATH_MAX];
    time_t start = time(NULL);
    struct sweep sweep = {
        .host = host,
        .sleep_seconds = options->sleep_seconds,
        .timeout_seconds = options->timeout_seconds,
        .launch = options->launch,
        .proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC),
        .signals = open_signals(),
    };
    struct sidecar sidecar = {
        .version = TASKWEIGHT_VERSION,
        .command = command,
        .host = host,
        .model = models,
        .models = model_count,
        .tasks = options->tasks,
        .task_counts = options->task_counts,
        .runs = options->runs,
        .seed = options->seed,
        .sleep_seconds = options->sleep_seconds,
        .timeout_seconds = options->timeout_seconds,
        .launch = options->launch,
        .start = start,
    };
    int status;

    gethostname(host, sizeof host - 1);
    launch_adopt_orphans();
    status = run_sweep(&sweep, plan, &sidecar, options->output ? options->output : default_output(output, host, start));
    forecast_free(&sweep.forecast);
    close(sweep.proc);
    close(sweep.signals);
    return status;
}

/* With --raise-limits the bounds are up only while the sweep goes on. */
static int collect_with_limits(const struct options *options, const struct model *const *models, size_t model_count,
                               const struct plan *plan, char *const *command, struct error *error)
{
    struct raise raise;
    int status;

    if (options->raise_limits && raise_limits(&raise, error) != 0)
        return -1;
    status = collect(options, models, model_count, plan, command);
    if (options->raise_limits)
        raise_end(&raise);
    return status;
}

static int plan_and_collect(const struct options *options, const struct model_list *list, char *const *command,
                            struct error *error)
{
    const struct model *models[OPTION_MAX_LIST];
    struct plan plan;
    size_t count;
    int status = EXIT_SUCCESS;

    if (choose_models(options, list, models, &count, error) != 0)
        return -1;
    if (plan_new(&plan, models, count, options->tasks, options->task_counts, options->runs, options->seed, error) != 0)
        return -1;
    if (options->plan)
        print_plan(&plan);
    else
        status = collect_with_limits(options, models, count, &plan, command, error);
    plan_free(&plan);
    return status;
}

static struct options default_options(void)
{
    return (struct options){
        .tasks = {1, 10000, 100000, 1000000},
        .task_counts = 4,
        .runs = DEFAULT_RUNS,
        .seed = (uint32_t)time(NULL),
        .sleep_seconds = SWEEP_SLEEP_AUTO,
        .timeout_seconds = DEFAULT_TIMEOUT_SECONDS,
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

int main(int argc, char **argv)
{
    char **command = copy_command(argc, argv);
    struct options options = default_options();
    struct model_list list;
    struct error error = {""};
    char folder[PATH_MAX];
    int status = EXIT_SUCCESS;

    argp_err_exit_status = OPTION_EXIT_USAGE;
    argp_parse(&argp, argc, argv, 0, NULL, &options);
    if (find_models(folder, &error) != 0 || model_list_read(&list, folder, &error) != 0) {
        fprintf(stderr, "collect: %s\n", error.text);
        return EXIT_FAILURE;
    }
    if (add_models(&options, &list, &error) != 0)
        status = -1;
    else if (options.list)
        list_models(&list);
    else
        status = plan_and_collect(&options, &list, command, &error);
    if (status < 0) {
        fprintf(stderr, "collect: %s\n", error.text);
        status = EXIT_FAILURE;
    }
    model_list_free(&list);
    free_command(command);
    return close_stdout(status);
}
