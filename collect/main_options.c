/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/main_options.h"

#include "collect/check.h"
#include "collect/command.h"
#include "collect/precision.h"
#include "collect/quantity.h"
#include "collect/text.h"

#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DEFAULT_TASKS "1,1k,10k,100k,1M"
#define DEFAULT_RUNS 10
#define DEFAULT_MOST_RUNS 50 /* where what they show decides how many are made */
#define DEFAULT_TIMEOUT_SECONDS 120
#define MAX_SECONDS 1e6
#define NOT_IN_A_NAME "/,:+"         /* separators of paths, lists, variants and payloads */
#define LEAST_MEMORY_LIMIT (4 << 20) /* below it a model does not even start */

const char *argp_program_version = "collect (taskweight) " TASKWEIGHT_VERSION;

enum {
    OPTION_LIST = 256,
    OPTION_PLAN,
    OPTION_SEED,
    OPTION_SLEEP,
    OPTION_TIMEOUT,
    OPTION_THP,
    OPTION_NO_ASLR,
    OPTION_FAMILY,
    OPTION_COMMAND,
    OPTION_NAME,
    OPTION_RAISE_LIMITS,
    OPTION_MEMORY_LIMIT,
    OPTION_PAYLOAD,
    OPTION_WORK,
    OPTION_TIME,
    OPTION_RESUME,
    OPTION_SHARD,
    OPTION_UNTIL,
    OPTION_FOR,
    OPTION_CHECK
};

static const struct argp_option option_table[] = {
    {NULL, 0, NULL, 0, "What to measure:", 1},
    {"model", 'm', "MODEL,...", 0,
     "Measure only these (default: every model that can run here); one with a slash in it is the path of a program of "
     "yours, see taskweight-model(7)",
     1},
    {"family", OPTION_FAMILY, "FAMILY", 0,
     "Measure every model of that family that can run here (default: those of all but " SETUP_FAMILY_BY_NAME
     ", whose real servers are asked for)",
     1},
    {"tasks", 't', "COUNT,...", 0, "How many tasks (default: " DEFAULT_TASKS ")", 1},
    {"work", OPTION_WORK, "WORK,...", 0,
     "sleep, time, beat or pass (default: sleep; several make one sweep). sleep: the tasks sleep while their memory is "
     "sampled; time: the same, while nothing is sampled; beat:PROBES:PERIOD (10:10ms): PROBES further tasks wake every "
     "PERIOD; pass:RING:MESSAGES (2:200k): RING further tasks hand MESSAGES round",
     1},
    {"time", OPTION_TIME, NULL, 0, "The same as --work=time: what it takes to start and end tasks", 1},
    {"runs", 'r', "N", 0,
     "Runs of each model at each count (default: " OPTION_TEXT(
         DEFAULT_RUNS) "); with --until or --for the most (default: " OPTION_TEXT(DEFAULT_MOST_RUNS) ")",
     1},
    {"until", OPTION_UNTIL, "PERCENT", 0,
     "Repeat each model at each count until its mean peak is known to within that share, such as 1%, by a 97.5 % "
     "confidence interval, but at least " OPTION_TEXT(PRECISION_LEAST_VALUES) " times; not with --shard",
     1},
    {"for", OPTION_FOR, "TIME", 0,
     "End the sweep after that time, such as 90s, 10min or 2h, and spend it where the intervals are widest; also with "
     "--resume; not with --shard",
     1},
    {"payload", OPTION_PAYLOAD, "SIZE", 0,
     "Give each task that many bytes of its own to keep across its sleep; the recording calls a model that does so "
     "MODEL+BYTES (those in C can)",
     1},
    {"command", OPTION_COMMAND, "COMMAND", 0,
     "Measure a program that knows nothing of task models: a shell command in which " COMMAND_TASKS
     " and " COMMAND_SECONDS " are "
     "filled in",
     1},
    {"name", OPTION_NAME, "NAME", 0, "What the recording calls the program of --command (default: command)", 1},
    {NULL, 0, NULL, 0, "Where it goes:", 2},
    {"output", 'o', "FILE", 0,
     "The recording, a new file (default: HOST-TIME.csv); beside it stands its sidecar, FILE.json; - is standard "
     "output, "
     "without a sidecar",
     2},
    {"resume", OPTION_RESUME, "FILE", 0,
     "Resume the interrupted sweep of this recording by its sidecar: whole runs are kept", 2},
    {NULL, 0, NULL, 0, "How:", 3},
    {"sleep", OPTION_SLEEP, "SECONDS", 0,
     "How long each task sleeps (default: auto, the shortest that lets all be measured alive; with "
     "--command " OPTION_TEXT(SETUP_COMMAND_SLEEP_SECONDS) ")",
     3},
    {"timeout", OPTION_TIMEOUT, "SECONDS", 0,
     "The longest time of a run (default: " OPTION_TEXT(DEFAULT_TIMEOUT_SECONDS) ")", 3},
    {"memory-limit", OPTION_MEMORY_LIMIT, "SIZE", 0,
     "The most user and kernel memory of a run (default: 80 % of what is available when it begins)", 3},
    {"seed", OPTION_SEED, "N", 0, "Seed of the order of the runs (default: from the clock; it is recorded)", 3},
    {"shard", OPTION_SHARD, "I/K", 0,
     "Make the I-th of K parts of the sweep: every K-th run of the plan; all parts need the same --seed", 3},
    {"thp", OPTION_THP, NULL, 0, "Leave transparent huge pages on (default: off for the models)", 3},
    {"no-aslr", OPTION_NO_ASLR, NULL, 0, "Switch address space randomisation off for the models", 3},
    {"raise-limits", OPTION_RAISE_LIMITS, NULL, 0,
     "Raise kernel.pid_max, kernel.threads-max and vm.max_map_count for the sweep (root; put back when collect ends)",
     3},
    {NULL, 0, NULL, 0, "Instead of a sweep:", 4},
    {"check", OPTION_CHECK, NULL, 0,
     "Measure tasks of known cost in memory and time (the model calibrate) and print the command that judges the "
     "result",
     4},
    {"list", OPTION_LIST, NULL, 0, "List the models, or those that are named, and why one cannot run here", 4},
    {"plan", OPTION_PLAN, NULL, 0, "Print the runs in their order", 4},
    {NULL, 0, NULL, 0, "Messages:", 5},
    {"quiet", 'q', NULL, 0, "Show no progress, only what went wrong", 5},
    {0},
};

static int take_model(const char *part, void *context, struct error *error)
{
    return setup_add_model(context, part, error);
}

static int take_tasks(const char *part, void *context, struct error *error)
{
    struct setup *setup = context;
    int64_t count = 0;

    if (strcmp(part, "0") != 0 && quantity_parse_count(part, &count, error) != 0)
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

static int take_work(const char *part, void *context, struct error *error)
{
    struct work work;

    return work_parse(part, &work, error) == 0 ? setup_add_work(context, &work, error) : -1;
}

static void parse_list(const char *option, char *list, option_take *take, struct setup *setup,
                       const struct argp_state *state)
{
    struct error error;

    if (option_list(option, list, take, setup, &error) != 0)
        argp_failure(state, OPTION_EXIT_USAGE, 0, "%s", error.text);
}

static double parse_seconds(const char *option, const char *text, struct argp_state *state)
{
    char *end;
    double seconds = strtod(text, &end);

    if (*end || end == text || !(seconds > 0 && seconds <= MAX_SECONDS))
        argp_failure(state, OPTION_EXIT_USAGE, 0,
                     "--%s: '%s' is not a time (write seconds, more than 0 and at most %g)", option, text, MAX_SECONDS);
    return seconds;
}

static int64_t parse_number(const char *option, const char *text, int64_t least, int64_t most, struct argp_state *state)
{
    char *end;
    long long number;

    errno = 0;
    number = strtoll(text, &end, 10);
    if (*end || end == text || errno || number < least || number > most)
        argp_failure(state, OPTION_EXIT_USAGE, 0, "--%s: '%s' is not a whole number from %" PRId64 " to %" PRId64,
                     option, text, least, most);
    return number;
}

static int64_t parse_size(const char *option, const char *text, int64_t least, int64_t most, struct argp_state *state)
{
    char least_text[UNIT_TEXT_SIZE], most_text[UNIT_TEXT_SIZE];
    struct error error;
    int64_t bytes;

    if (quantity_parse_bytes(text, &bytes, &error) != 0)
        argp_failure(state, OPTION_EXIT_USAGE, 0, "--%s: %s", option, error.text);
    if (bytes < least || bytes > most)
        argp_failure(state, OPTION_EXIT_USAGE, 0, "--%s: '%s' is not from %s to %s", option, text,
                     unit_format(least_text, UNIT_BYTES, (double)least),
                     unit_format(most_text, UNIT_BYTES, (double)most));
    return bytes;
}

static void parse_shard(const char *text, struct setup *setup, struct argp_state *state)
{
    int length = 0;

    if (sscanf(text, "%" SCNd64 "/%" SCNd64 "%n", &setup->shard, &setup->shards, &length) != 2 || text[length] ||
        setup->shard < 1 || setup->shard > setup->shards)
        argp_failure(state, OPTION_EXIT_USAGE, 0,
                     "--shard: '%s' is not a part of a whole (write 2/4 for the second of four)", text);
}

static double parse_precision(const char *text, const struct argp_state *state)
{
    struct error error;
    double share = 0;

    if (quantity_parse_share(text, &share, &error) != 0)
        argp_failure(state, OPTION_EXIT_USAGE, 0, "--until: %s", error.text);
    if (!(share > 0 && share < 1))
        argp_failure(state, OPTION_EXIT_USAGE, 0, "--until: '%s' is not more than 0 and less than 100%%", text);
    return share;
}

static double parse_duration(const char *text, const struct argp_state *state)
{
    struct error error;
    double seconds = 0;

    if (quantity_parse_duration(text, &seconds, &error) != 0)
        argp_failure(state, OPTION_EXIT_USAGE, 0, "--for: %s", error.text);
    if (!(seconds > 0 && seconds <= MAX_SECONDS))
        argp_failure(state, OPTION_EXIT_USAGE, 0, "--for: '%s' is not more than 0 and at most %g s", text, MAX_SECONDS);
    return seconds;
}

/* Options of how many runs there are. Returns false if the key is none of them. */
static bool parse_number_of_runs(int key, char *argument, struct main_options *options, struct argp_state *state)
{
    switch (key) {
    case 'r':
        options->setup.runs = parse_number("runs", argument, 1, 100000, state);
        options->runs_given = true;
        return true;
    case OPTION_UNTIL:
        options->setup.until_share = parse_precision(argument, state);
        return true;
    case OPTION_FOR:
        options->setup.for_seconds = parse_duration(argument, state);
        return true;
    default:
        return false;
    }
}

/* Options of what is run. Returns false if the key is none of them. */
static bool parse_subject(int key, char *argument, struct main_options *options, struct argp_state *state)
{
    char time[] = "time";

    switch (key) {
    case 'm':
    case ARGP_KEY_ARG:
        parse_list("model", argument, take_model, &options->setup, state);
        return true;
    case OPTION_FAMILY:
        options->setup.family = argument;
        return true;
    case OPTION_WORK:
        parse_list("work", argument, take_work, &options->setup, state);
        return true;
    case OPTION_TIME:
        parse_list("time", time, take_work, &options->setup, state);
        return true;
    case 't':
        options->setup.task_counts = 0;
        parse_list("tasks", argument, take_tasks, &options->setup, state);
        return true;
    case OPTION_COMMAND:
        options->setup.command = argument;
        return true;
    case OPTION_NAME:
        options->setup.name = argument;
        return true;
    default:
        return parse_number_of_runs(key, argument, options, state);
    }
}

/* Options of the sweep itself. Returns false if the key is none of them. */
static bool parse_setup(int key, char *argument, struct main_options *options, struct argp_state *state)
{
    struct setup *setup = &options->setup;

    switch (key) {
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
    default:
        return parse_subject(key, argument, options, state);
    }
}

/* The first work of such a kind; NULL if there is none. */
static const struct work *find_work(const struct setup *setup, bool (*is_such)(enum work_kind))
{
    for (size_t i = 0; i < setup->works; i++)
        if (is_such(setup->work[i].kind))
            return &setup->work[i];
    return NULL;
}

static bool is_no_sleep(enum work_kind kind)
{
    return kind != WORK_SLEEP;
}

/* What the tasks are to do, and what does not go with it. */
static void check_works(const struct main_options *options, struct argp_state *state)
{
    const struct setup *setup = &options->setup;
    const struct work *waking = find_work(setup, is_no_sleep), *acting = find_work(setup, work_has_actors);
    int64_t least = setup_least_tasks(setup);

    for (size_t i = 0; i < setup->task_counts; i++)
        if (setup->tasks[i] < least)
            argp_failure(state, OPTION_EXIT_USAGE, 0,
                         "--tasks: 0 tasks can be asked for only where others act beside them (with --work=beat or "
                         "pass and no other)");
    if (setup->command && waking)
        argp_failure(state, OPTION_EXIT_USAGE, 0,
                     "--work: the program of --command can do sleep only (it is not told of works; see "
                     "taskweight-model(7))");
    if (options->payload && acting)
        argp_failure(state, OPTION_EXIT_USAGE, 0,
                     "--payload: not with the work %s, whose further tasks carry none (sleep and time go with it)",
                     work_names[acting->kind]);
    if (options->check && setup->works > 0)
        argp_failure(state, OPTION_EXIT_USAGE, 0, "--check: knows its works itself (leave --work and --time out)");
}

/* Options that exclude others. */
static void check_mode(const struct main_options *options, struct argp_state *state)
{
    if (options->list + options->plan + options->check > 1)
        argp_failure(state, OPTION_EXIT_USAGE, 0, "--list, --plan and --check exclude each other (ask for one)");
    if ((options->list || options->plan) && options->output)
        argp_failure(state, OPTION_EXIT_USAGE, 0, "--output: no recording is made (leave it out)");
    if (options->check &&
        (options->setup.models > 0 || options->setup.family || options->setup.command || options->payload))
        argp_failure(state, OPTION_EXIT_USAGE, 0,
                     "--check: measures the model calibrate and no other (leave the models out)");
    if (options->setup.family && (options->setup.models > 0 || options->setup.command || options->payload))
        argp_failure(state, OPTION_EXIT_USAGE, 0,
                     "--family: not with --model, --command or --payload, which name the models themselves");
    if (options->check && options->setup.task_counts < 2)
        argp_failure(state, OPTION_EXIT_USAGE, 0, "--check: a weight needs two counts (give --tasks two or more)");
}

static void check_number_of_runs(const struct main_options *options, struct argp_state *state)
{
    const struct setup *setup = &options->setup;

    if (setup->shards > 1 && setup_is_adaptive(setup))
        argp_failure(state, OPTION_EXIT_USAGE, 0,
                     "--%s: not with --shard, since no part knows the runs of the others (give --runs)",
                     setup->until_share > 0 ? "until" : "for");
    if (setup->until_share > 0 && options->runs_given && setup->runs < PRECISION_LEAST_VALUES)
        argp_failure(state, OPTION_EXIT_USAGE, 0, "--until: needs at least %d runs (give --runs more, or leave it out)",
                     PRECISION_LEAST_VALUES);
}

/* Texts that go into the recording and its sidecar. */
static void check_texts(const struct setup *setup, struct argp_state *state)
{
    struct error error;

    if (setup->name && (!*setup->name || strpbrk(setup->name, NOT_IN_A_NAME) || !text_is_plain(setup->name, ""))) {
        error_set(&error,
                  "--name: '%.300s' cannot be the name of a model (it is UTF-8, without control characters and %s)",
                  setup->name, NOT_IN_A_NAME);
        argp_failure(state, OPTION_EXIT_USAGE, 0, "%s", error.text);
    }
    if (setup->command && !text_is_plain(setup->command, TEXT_BLANKS)) {
        error_set(&error, "--command: '%.300s' is not UTF-8 or has control characters (put it into a script)",
                  setup->command);
        argp_failure(state, OPTION_EXIT_USAGE, 0, "%s", error.text);
    }
}

/* Options that need or exclude each other. */
static void check_options(const struct main_options *options, struct argp_state *state)
{
    int allowed = options->setup.for_seconds > 0 ? 2 : 1;

    check_mode(options, state);
    if (options->resume && options->given > allowed)
        argp_failure(state, OPTION_EXIT_USAGE, 0,
                     "--resume: everything else comes from the sidecar (give no other option but --for)");
    check_works(options, state);
    check_number_of_runs(options, state);
    if (options->setup.shards > 1 && !options->seed_given)
        argp_failure(state, OPTION_EXIT_USAGE, 0,
                     "--shard: needs --seed, the same for all parts, or they would overlap");
    if (options->setup.command && !strstr(options->setup.command, COMMAND_TASKS))
        argp_failure(state, OPTION_EXIT_USAGE, 0,
                     "--command: '%s' does not say how many tasks to start (write " COMMAND_TASKS " for the number)",
                     options->setup.command);
    if (options->setup.command && options->payload)
        argp_failure(state, OPTION_EXIT_USAGE, 0, "--payload: the program of --command takes none");
    if (options->setup.name && !options->setup.command)
        argp_failure(state, OPTION_EXIT_USAGE, 0, "--name: names the program of --command, which is missing");
    check_texts(&options->setup, state);
}

static void choose_check(struct main_options *options)
{
    check_fill(&options->setup);
    if (!options->runs_given && !setup_is_adaptive(&options->setup))
        options->setup.runs = CHECK_RUNS;
}

/* What follows from options that came before or behind. */
static void finish(struct main_options *options)
{
    const struct work sleep = {.kind = WORK_SLEEP};
    struct error unused;

    if (setup_is_adaptive(&options->setup) && !options->runs_given)
        options->setup.runs = DEFAULT_MOST_RUNS;
    if (options->check)
        choose_check(options);
    else if (options->setup.works == 0)
        setup_add_work(&options->setup, &sleep, &unused);
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
    struct main_options *options = state->input;

    if (key != 'q' && key < ARGP_KEY_END)
        options->given++;
    if (parse_setup(key, argument, options, state))
        return 0;
    switch (key) {
    case 'o':
        options->output = argument;
        return 0;
    case OPTION_PAYLOAD:
        options->payload = parse_size("payload", argument, 1, INT64_MAX, state);
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
    case 'q':
        options->quiet = true;
        return 0;
    case ARGP_KEY_END:
        check_options(options, state);
        finish(options);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = option_table,
    .parser = parse_option,
    .args_doc = "[MODEL...]",
    .doc = "Run each task model many times with 1, 1 k, 10 k, 100 k and 1 M sleeping tasks and record what they weigh."
           "\vRuns are made in a seeded random order, each in a process of its own. Ctrl-C ends the run under way and "
           "keeps all complete ones. Read the recording with analyze and plot.",
};

static struct main_options default_options(void)
{
    return (struct main_options){
        .setup =
            {
                .runs = DEFAULT_RUNS,
                .seed = (uint32_t)time(NULL),
                .shard = 1,
                .shards = 1,
                .sleep_seconds = SETUP_SLEEP_AUTO,
                .timeout_seconds = DEFAULT_TIMEOUT_SECONDS,
                .memory_limit = SETUP_MEMORY_AUTO,
            },
        .payload = CHOICE_NO_PAYLOAD,
    };
}

/* A copy, since parsing splits lists and moves options to the front. NULL if memory runs out. */
static char **copy_command(int argc, char *const *argv)
{
    char **copy = calloc((size_t)argc + 1, sizeof *copy);

    for (int i = 0; copy && i < argc; i++)
        copy[i] = strdup(argv[i]);
    return copy;
}

void main_options_read(struct main_options *options, int argc, char **argv)
{
    char tasks[] = DEFAULT_TASKS;

    *options = default_options();
    options->command = copy_command(argc, argv);
    parse_list("tasks", tasks, take_tasks, &options->setup, NULL);
    argp_err_exit_status = OPTION_EXIT_USAGE;
    argp_parse(&argp, argc, argv, 0, NULL, options);
}

void main_options_free(struct main_options *options)
{
    for (char **argument = options->command; argument && *argument; argument++)
        free(*argument);
    free(options->command);
    *options = (struct main_options){0};
}
