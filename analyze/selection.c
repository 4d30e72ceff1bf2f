/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analyze/selection.h"

#include "analyze/name.h"
#include "collect/quantity.h"
#include "collect/sidecar.h"
#include "collect/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEFAULT_CONFIDENCE 0.95

enum { OPTION_METRIC = 512, OPTION_CONFIDENCE, OPTION_ERRORS };

static const char *const error_names[] = {"classical", "hc3"};
enum { CLASSICAL_ERRORS };

static const struct argp_option option_table[] = {
    {"metric", OPTION_METRIC, "METRIC", 0, "default: peak", 1},
    {"fit", SELECTION_FIT, "FIT", 0, "default: curve", 1},
    {"errors", OPTION_ERRORS, "ERRORS", 0, "ols: default: classical; hc3 holds where runs scatter unequally", 1},
    {"confidence", OPTION_CONFIDENCE, "LEVEL", 0,
     "Confidence of all intervals (default: " OPTION_TEXT(DEFAULT_CONFIDENCE) ")", 1},
    {"model", 'm', "MODEL,...", 0, "Take only these models", 1},
    {"tasks", 't', "COUNT,...", 0, "Take only these counts, such as 1,10k,1M", 1},
    {0},
};

static const struct selection_choice choices[] = {
    {OPTION_METRIC, "metric", metric_names, METRIC_CHOICES},
    {SELECTION_FIT, "fit", fit_method_names, FIT_METHOD_CHOICES},
    {OPTION_ERRORS, "errors", error_names, sizeof error_names / sizeof *error_names},
};

static char *help(int key, const char *text, void *input)
{
    (void)input;
    return selection_help(choices, sizeof choices / sizeof *choices, key, text);
}

char *selection_help(const struct selection_choice *choice, size_t count, int key, const char *text)
{
    char names[NAME_LIST_SIZE], *longer;

    for (size_t i = 0; i < count; i++)
        if (choice[i].key == key &&
            asprintf(&longer, "%s (%s)", name_list(names, choice[i].names, choice[i].count), text) >= 0)
            return longer;
    return (char *)text;
}

int selection_name(const char *option, const char *text, const char *const *names, size_t count, struct error *error)
{
    struct error refusal = {""};
    int found = name_find(option, text, names, count, &refusal);

    return found >= 0 ? found : error_set(error, "--%s: %s", option, refusal.text);
}

static int parse_confidence(struct selection *selection, const char *argument)
{
    char *end;
    double level = strtod(argument, &end);

    if (*end || end == argument || !(level > 0 && level < 1))
        return error_set(&selection->error,
                         "--confidence: '%s' is not a level (write a number between 0 and 1, such as 0.95)", argument);
    selection->cells.confidence = level;
    return 0;
}

static int parse_metric(struct selection *selection, const char *argument)
{
    int found = selection_name("metric", argument, metric_names, METRIC_CHOICES, &selection->error);

    if (found < 0)
        return -1;
    selection->cells.metric = (enum metric)found;
    selection->metric_chosen = true;
    return 0;
}

static int parse_fit(struct selection *selection, const char *argument)
{
    int found = selection_name("fit", argument, fit_method_names, FIT_METHOD_CHOICES, &selection->error);

    if (found < 0)
        return -1;
    selection->method = (enum fit_method)found;
    selection->method_chosen = true;
    return 0;
}

static int parse_errors(struct selection *selection, const char *argument)
{
    int found =
        selection_name("errors", argument, error_names, sizeof error_names / sizeof *error_names, &selection->error);

    selection->hc3 = found > CLASSICAL_ERRORS;
    return found < 0 ? -1 : 0;
}

static int take_model(const char *part, void *context, struct error *error)
{
    struct selection *selection = context;

    if (selection->cells.models == OPTION_MAX_LIST)
        return error_set(error, "more than %d models", OPTION_MAX_LIST);
    selection->model[selection->cells.models++] = part;
    return 0;
}

int selection_count(const char *text, int64_t *count, struct error *error)
{
    if (strcmp(text, "0") != 0)
        return quantity_parse_count(text, count, error);
    *count = 0;
    return 0;
}

static int take_tasks(const char *part, void *context, struct error *error)
{
    struct selection *selection = context;

    if (selection->cells.counts == OPTION_MAX_LIST)
        return error_set(error, "more than %d counts", OPTION_MAX_LIST);
    return selection_count(part, &selection->tasks[selection->cells.counts++], error);
}

static const char *path_of(const char *name)
{
    return strcmp(name, "-") == 0 ? "/dev/stdin" : name;
}

int selection_file(char *argument, struct recording_file *file, struct error *error)
{
    size_t length = strcspn(argument, "=/");

    *file = (struct recording_file){.path = path_of(argument)};
    if (argument[length] != '=' || length == 0 || !argument[length + 1] || access(argument, F_OK) == 0)
        return 0;
    argument[length] = '\0';
    *file = (struct recording_file){.path = path_of(argument + length + 1), .label = argument};
    if (text_is_plain(argument, ""))
        return 0;
    return error_set(error, "'%.300s' cannot be a label: it is not UTF-8 or has control characters", argument);
}

static int take_files(struct selection *selection, const struct argp_state *state)
{
    selection->files = (size_t)(state->argc - state->next);
    selection->file = calloc(selection->files, sizeof *selection->file);
    if (!selection->file)
        return error_set(&selection->error, "out of memory");
    for (size_t i = 0; i < selection->files; i++)
        if (selection_file(state->argv[state->next + (int)i], &selection->file[i], &selection->error) != 0)
            return -1;
    return 0;
}

static int settle(struct selection *selection)
{
    if (selection->hc3 && selection->method != FIT_OLS)
        return error_set(&selection->error, "--errors=hc3 goes with --fit=ols only");
    selection->method = selection->hc3 ? FIT_OLS_HC3 : selection->method;
    return 0;
}

/* Makes argp_parse return EINVAL; a main file says why. */
static error_t parse_option(int key, char *argument, struct argp_state *state)
{
    struct selection *selection = state->input;
    int result;

    switch (key) {
    case OPTION_METRIC:
        result = parse_metric(selection, argument);
        break;
    case SELECTION_FIT:
        result = parse_fit(selection, argument);
        break;
    case OPTION_ERRORS:
        result = parse_errors(selection, argument);
        break;
    case OPTION_CONFIDENCE:
        result = parse_confidence(selection, argument);
        break;
    case 'm':
        result = option_list("model", argument, take_model, selection, &selection->error);
        break;
    case 't':
        result = option_list("tasks", argument, take_tasks, selection, &selection->error);
        break;
    case ARGP_KEY_ARGS:
        result = take_files(selection, state);
        break;
    case ARGP_KEY_END:
        result = settle(selection);
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return result == 0 ? 0 : EINVAL;
}

const struct argp selection_argp = {.options = option_table, .parser = parse_option, .help_filter = help};

void selection_init(struct selection *selection)
{
    *selection = (struct selection){.cells = {.metric = METRIC_PEAK, .confidence = DEFAULT_CONFIDENCE}};
    selection->cells.model = selection->model;
    selection->cells.tasks = selection->tasks;
}

void selection_free(struct selection *selection)
{
    free(selection->file);
    *selection = (struct selection){0};
}

/* --- what the recordings are of ----------------------------------------------------------------------------------- */

void selection_settle_metric(struct selection *selection, const struct recordings *recordings)
{
    static const enum metric defaults[WORK_KINDS] = {
        [WORK_SLEEP] = METRIC_PEAK,
        [WORK_TIME] = METRIC_SPAWN_CPU,
        [WORK_BEAT] = METRIC_LATE_P99,
        [WORK_PASS] = METRIC_MESSAGE_CPU,
    };

    for (int kind = 0; kind < WORK_KINDS && !selection->metric_chosen; kind++)
        if (recordings_have(recordings, (enum work_kind)kind)) {
            selection->cells.metric = defaults[kind];
            return;
        }
}

/* --- recordings --------------------------------------------------------------------------------------------------- */

static bool is_same_file(const char *a, const char *b)
{
    struct stat first, second;

    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

static bool is_sidecar_of(const char *output, const char *recording)
{
    char *sidecar = sidecar_path(recording);
    bool is_it = sidecar && is_same_file(output, sidecar);

    free(sidecar);
    return is_it;
}

int selection_check_output(const struct recording_file *file, size_t files, const char *output, struct error *error)
{
    for (size_t i = 0; output && i < files; i++)
        if (is_same_file(output, file[i].path))
            return error_set(error, "%s: is a recording to read (name another file with -o)", output);
        else if (is_sidecar_of(output, file[i].path))
            return error_set(error, "%s: is the sidecar of a recording (name another file with -o)", output);
    return 0;
}

int selection_check_files(const struct selection *selection, const char *output, struct error *error)
{
    for (size_t i = 0; i < selection->files; i++)
        for (size_t j = 0; j < i; j++)
            if (is_same_file(selection->file[i].path, selection->file[j].path))
                return error_set(error, "%s: is named twice (name each recording once)", selection->file[i].path);
    return selection_check_output(selection->file, selection->files, output, error);
}

static void tell_left_out(const struct recording_file *file, size_t runs, const char *one, const char *many,
                          void (*tell)(const char *line))
{
    struct error line;

    if (runs == 0)
        return;
    error_set(&line, "%s: %zu %s left out", file->path, runs, runs == 1 ? one : many);
    tell(line.text);
}

static void tell_of_file(const struct recording_file *file, void (*tell)(const char *line))
{
    struct error line;

    if (file->result != 0)
        tell(file->error.text);
    if (file->origin && file->origin->apart) {
        error_set(&line, "%s: %s", file->path, file->origin->apart);
        tell(line.text);
    }
    tell_left_out(file, file->spoiled, "run with a wrong row is", "runs with wrong rows are", tell);
    tell_left_out(file, file->interrupted, "interrupted run (without an end row) is",
                  "interrupted runs (without an end row) are", tell);
    tell_left_out(file, file->passed_over, "row of a phase that this version does not know is",
                  "rows of a phase that this version does not know are", tell);
    tell_left_out(file, file->of_other_work, "run of a work that this version does not know is",
                  "runs of works that this version does not know are", tell);
    tell_left_out(file, file->repeated, "run that was read already is", "runs that were read already are", tell);
}

static bool tell_of_version(const json_object *sidecar, const char *path, void (*tell)(const char *line))
{
    int64_t version = sidecar_number(sidecar, NULL, "schema_version", SIDECAR_SCHEMA_VERSION);
    struct error line;

    if (version <= SIDECAR_SCHEMA_VERSION)
        return false;
    error_set(&line,
              "%s: is of schema version %" PRId64 ", and this program knows %d: what is new is passed over (a newer "
              "taskweight reads all of it)",
              path, version, SIDECAR_SCHEMA_VERSION);
    tell(line.text);
    return true;
}

/* Tells what the sidecar at the path says of the sweep, compared with the complete runs. */
static void tell_of_sweep(const char *path, const char *recording, int64_t complete, void (*tell)(const char *line))
{
    struct setup setup = {0};
    struct error line;
    json_object *sidecar = sidecar_read(path, &line);
    bool is_newer = sidecar && tell_of_version(sidecar, path, tell);

    if (!sidecar || sidecar_setup(sidecar, path, &setup, &line) != 0) {
        if (!is_newer)
            tell(line.text);
    } else if (complete < setup_planned_runs(&setup)) {
        error_set(&line, "%s: %" PRId64 " of the %" PRId64 " runs of its sweep are there (collect's --resume goes on)",
                  recording, complete, setup_planned_runs(&setup));
        tell(line.text);
    }
    json_object_put(sidecar);
}

/* A recording needs no sidecar. */
static void tell_of_sidecar(const struct recording_file *file, void (*tell)(const char *line))
{
    char *path = sidecar_path(file->path);

    if (path && file->result == 0 && access(path, F_OK) == 0)
        tell_of_sweep(path, file->path, (int64_t)(file->complete + file->spoiled + file->of_other_work), tell);
    free(path);
}

int selection_read(struct recording_file *file, size_t files, struct recordings *recordings,
                   void (*tell)(const char *line))
{
    int result = recordings_read_files(recordings, file, files);

    for (size_t i = 0; i < files; i++) {
        tell_of_file(&file[i], tell);
        tell_of_sidecar(&file[i], tell);
    }
    return result;
}
