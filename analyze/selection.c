/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analyze/selection.h"

#include "analyze/name.h"
#include "collect/quantity.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define DEFAULT_CONFIDENCE 0.95

enum { OPTION_METRIC = 512, OPTION_CONFIDENCE };

static const struct argp_option option_table[] = {
    {"metric", OPTION_METRIC, "METRIC", 0, "default: peak", 1},
    {"fit", 'f', "FIT", 0, "default: robust", 1},
    {"confidence", OPTION_CONFIDENCE, "LEVEL", 0, "Confidence of all intervals (default: 0.95)", 1},
    {"model", 'm', "MODEL,...", 0, "Take only these models", 1},
    {"tasks", 't', "COUNT,...", 0, "Take only these counts, such as 1,10k,1M", 1},
    {0},
};

static const struct selection_choice choices[] = {
    {OPTION_METRIC, "metric", metric_names, METRIC_CHOICES},
    {'f', "fit", fit_method_names, FIT_METHOD_COUNT},
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

int selection_name(const char *option, const char *text, const char *const *names, size_t count,
                   const struct argp_state *state)
{
    struct error error;
    int found = name_find(option, text, names, count, &error);

    if (found < 0)
        argp_failure(state, OPTION_EXIT_USAGE, 0, "--%s: %s", option, error.text);
    return found;
}

static double parse_confidence(const char *argument, const struct argp_state *state)
{
    char *end;
    double level = strtod(argument, &end);

    if (*end || end == argument || !(level > 0 && level < 1))
        argp_failure(state, OPTION_EXIT_USAGE, 0,
                     "--confidence: '%s' is not a level (write a number between 0 and 1, such as 0.95)", argument);
    return level;
}

static int take_model(const char *part, void *context, struct error *error)
{
    struct selection *selection = context;

    if (selection->cells.models == OPTION_MAX_LIST)
        return error_set(error, "more than %d models", OPTION_MAX_LIST);
    selection->model[selection->cells.models++] = part;
    return 0;
}

static int take_tasks(const char *part, void *context, struct error *error)
{
    struct selection *selection = context;

    if (selection->cells.counts == OPTION_MAX_LIST)
        return error_set(error, "more than %d counts", OPTION_MAX_LIST);
    return quantity_parse_count(part, &selection->tasks[selection->cells.counts++], error);
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
    struct selection *selection = state->input;

    switch (key) {
    case OPTION_METRIC:
        selection->cells.metric = (enum metric)selection_name("metric", argument, metric_names, METRIC_CHOICES, state);
        selection->metric_chosen = true;
        return 0;
    case 'f':
        selection->method = (enum fit_method)selection_name("fit", argument, fit_method_names, FIT_METHOD_COUNT, state);
        return 0;
    case OPTION_CONFIDENCE:
        selection->cells.confidence = parse_confidence(argument, state);
        return 0;
    case 'm':
        option_list("model", argument, take_model, selection, state);
        return 0;
    case 't':
        option_list("tasks", argument, take_tasks, selection, state);
        return 0;
    case ARGP_KEY_ARGS:
        selection->recording = state->argv + state->next;
        selection->recordings = (size_t)(state->argc - state->next);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp selection_argp = {.options = option_table, .parser = parse_option, .help_filter = help};

void selection_init(struct selection *selection)
{
    *selection = (struct selection){.cells = {.metric = METRIC_PEAK, .confidence = DEFAULT_CONFIDENCE}};
    selection->cells.model = selection->model;
    selection->cells.tasks = selection->tasks;
}

/* --- recordings ------------------------------------------------------------------------------------------------- */

static bool is_same_file(const char *a, const char *b)
{
    struct stat first, second;

    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

int selection_check_files(const struct selection *selection, const char *output, struct error *error)
{
    for (size_t i = 0; i < selection->recordings; i++) {
        if (output && is_same_file(output, selection->recording[i]))
            return error_set(error, "%s: is a recording to read (name another file with -o)", output);
        for (size_t j = 0; j < i; j++)
            if (is_same_file(selection->recording[i], selection->recording[j]))
                return error_set(error, "%s: is named twice (name each recording once)", selection->recording[i]);
    }
    return 0;
}

static void tell_of_interrupted(const char *path, size_t interrupted, void (*tell)(const char *line))
{
    struct error line;

    if (interrupted == 0)
        return;
    error_set(&line, "%s: %zu interrupted %s left out", path, interrupted,
              interrupted == 1 ? "run (without an end row) is" : "runs (without an end row) are");
    tell(line.text);
}

int selection_read(const struct selection *selection, struct recordings *recordings, void (*tell)(const char *line))
{
    int result = 0;

    for (size_t i = 0; i < selection->recordings; i++) {
        size_t interrupted = recordings->interrupted;
        struct error error;

        if (recordings_read(recordings, selection->recording[i], &error) != 0) {
            tell(error.text);
            result = -1;
        }
        tell_of_interrupted(selection->recording[i], recordings->interrupted - interrupted, tell);
    }
    return result;
}
