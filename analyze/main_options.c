/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analyze's options, by argp. */
#include "analyze/main_options.h"

#include "analyze/name.h"
#include "collect/quantity.h"

#include <argp.h>
#include <err.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#ifndef TASKWEIGHT_VERSION
#define TASKWEIGHT_VERSION "unknown"
#endif

const char *argp_program_version = "analyze (taskweight) " TASKWEIGHT_VERSION;

/* TABLE(name): one row is one table, which table_NAME builds. ROW("name", function): one row is one format. */
#define TABLES(TABLE)                                                                                                  \
    TABLE(fits)                                                                                                        \
    TABLE(cells)                                                                                                       \
    TABLE(segments)                                                                                                    \
    TABLE(ratios)                                                                                                      \
    TABLE(crossovers)                                                                                                  \
    TABLE(capacity)                                                                                                    \
    TABLE(changes)                                                                                                     \
    TABLE(runs)                                                                                                        \
    TABLE(calibration)                                                                                                 \
    TABLE(claims)
#define FORMATS(ROW)                                                                                                   \
    ROW("text", format_text)                                                                                           \
    ROW("csv", format_csv)                                                                                             \
    ROW("json", format_json)                                                                                           \
    ROW("markdown", format_markdown)                                                                                   \
    ROW("latex", format_latex)

#define TABLE_ENUMERATOR(name) TABLE_##name,
#define TABLE_STRING(name) #name,
#define TABLE_FUNCTION(name) table_##name,
enum table_name { TABLES(TABLE_ENUMERATOR) TABLE_NAMES };
static const char *const table_names[] = {TABLES(TABLE_STRING)};
static table_build *const table_builders[] = {TABLES(TABLE_FUNCTION)};

#define FORMAT_STRING(name, function) name,
#define FORMAT_FUNCTION(name, function) function,
static const char *const format_names[] = {FORMATS(FORMAT_STRING)};
static format_write *const format_writers[] = {FORMATS(FORMAT_FUNCTION)};

static const char *const color_names[] = {"auto", "always", "never"};
enum { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };
static const char *const test_names[] = {"welch", "mann-whitney"};
enum { TEST_WELCH };

#define LENGTH(array) (sizeof(array) / sizeof *(array))

/* Default budgets; for a unit without one --budget must be given. */
#define DEFAULT_SIZE "16GiB"
static const char *const default_budgets[UNIT_LENGTH] = {[UNIT_BYTES] = DEFAULT_SIZE};

enum {
    OPTION_TABLE = 256,
    OPTION_FORMAT,
    OPTION_REFERENCE,
    OPTION_AT,
    OPTION_BUDGET,
    OPTION_AGAINST,
    OPTION_FAIL_ABOVE,
    OPTION_POOL,
    OPTION_TEST,
    OPTION_COLOR
};

static const struct argp_option option_table[] = {
    {"table", OPTION_TABLE, "TABLE", 0, "default: fits, or what the options below ask for", 2},
    {"reference", OPTION_REFERENCE, "MODEL", 0,
     "compare with this model (default: the one with the lightest task; each with each)", 3},
    {"at", OPTION_AT, "COUNT,...", 0,
     "what so many tasks would take, such as 10M,1G; for ratios and changes, compare the runs with so many", 3},
    {"test", OPTION_TEST, "TEST", 0, "of runs at the counts of --at; default: welch", 3},
    {"budget", OPTION_BUDGET, "QUANTITY", 0,
     "how many tasks fit into so much of the metric's unit, such as 2s for cpu (default of memory: " DEFAULT_SIZE ")",
     3},
    {"against", OPTION_AGAINST, "RECORDING", 0, "compare with the same models in this older recording", 3},
    {"fail-above", OPTION_FAIL_ABOVE, "PERCENT", 0,
     "exit with 1 where an overhead is proven to have grown by more than this, such as 5%, and with 3 where that can "
     "be "
     "neither proven nor ruled out",
     3},
    {"pool", OPTION_POOL, NULL, 0, "each model's mean over all hosts, which may differ", 3},
    {"format", OPTION_FORMAT, "FORMAT", 0, "default: text", 4},
    {"color", OPTION_COLOR, "WHEN", 0, "default: auto: on a terminal, but not under NO_COLOR or TERM=dumb", 4},
    {"output", 'o', "FILE", 0, "Write to this file, replacing what it holds (default: -, standard output)", 4},
    {0},
};

static const struct selection_choice choices[] = {
    {OPTION_TABLE, "table", table_names, LENGTH(table_names)},
    {OPTION_FORMAT, "format", format_names, LENGTH(format_names)},
    {OPTION_COLOR, "color", color_names, LENGTH(color_names)},
    {OPTION_TEST, "test", test_names, LENGTH(test_names)},
};

/* --- which options go with which tables --------------------------------------------------------------------------- */

/* From these rules come the options' help, their errors, and the table that an option implies where none is chosen;
   completion reads the help. */
#define WITH(name) (1U << TABLE_##name)
static const struct rule {
    int key;
    const char *option;
    unsigned tables;       /* that the option goes with */
    enum table_name meant; /* that the option implies; TABLE_NAMES: none */
} rules[] = {
    {OPTION_AGAINST, "against", WITH(changes), TABLE_changes},
    {OPTION_FAIL_ABOVE, "fail-above", WITH(changes), TABLE_NAMES},
    {OPTION_BUDGET, "budget", WITH(capacity), TABLE_capacity},
    {OPTION_AT, "at", WITH(capacity) | WITH(ratios) | WITH(changes), TABLE_capacity},
    {OPTION_REFERENCE, "reference", WITH(ratios) | WITH(crossovers), TABLE_NAMES},
    {OPTION_TEST, "test", WITH(ratios), TABLE_NAMES},
    {OPTION_POOL, "pool", WITH(fits), TABLE_NAMES},
    {SELECTION_FIT, "fit", ~(WITH(cells) | WITH(segments) | WITH(runs) | WITH(claims)),
     TABLE_NAMES}, /* tables that fit no line */
};

/* "ratios or crossovers". Returns text. */
static const char *rule_tables(const struct rule *rule, char text[NAME_LIST_SIZE])
{
    const char *names[TABLE_NAMES];
    size_t count = 0;

    for (size_t i = 0; i < TABLE_NAMES; i++)
        if (rule->tables & 1U << i)
            names[count++] = table_names[i];
    return name_list(text, names, count);
}

/* For argp's help_filter: puts the tables before the option's text. */
static char *help(int key, const char *text, void *input)
{
    char tables[NAME_LIST_SIZE], *ruled = NULL, *whole;

    (void)input;
    for (size_t i = 0; text && i < LENGTH(rules); i++)
        if (rules[i].key == key && asprintf(&ruled, "%s: %s", rule_tables(&rules[i], tables), text) < 0)
            ruled = NULL;
    whole = selection_help(choices, LENGTH(choices), key, ruled ? ruled : text);
    if (ruled && whole != ruled)
        free(ruled);
    return whole;
}

/* Bit i of options->given: the option of rule i was given. */
static void rule_note(struct main_options *options, int key)
{
    for (size_t i = 0; i < LENGTH(rules); i++)
        if (rules[i].key == key)
            options->given |= 1U << i;
}

static bool rule_was_given(const struct main_options *options, size_t rule)
{
    return options->given & 1U << rule;
}

static void rule_check_all(const struct main_options *options, const struct argp_state *state)
{
    char tables[NAME_LIST_SIZE];

    for (size_t i = 0; i < LENGTH(rules); i++)
        if (rule_was_given(options, i) && !(rules[i].tables & 1U << options->table))
            argp_error(state, "--%s goes with --table=%s only", rules[i].option, rule_tables(&rules[i], tables));
}

/* --- values ------------------------------------------------------------------------------------------------------- */

static int take_count(const char *part, void *context, struct error *error)
{
    struct main_options *options = context;

    if (options->at_counts == OPTION_MAX_LIST)
        return error_set(error, "more than %d counts", OPTION_MAX_LIST);
    return selection_count(part, &options->at[options->at_counts++], error);
}

/* One of several names. */
static int choose(const char *option, const char *argument, const char *const *names, size_t count,
                  const struct argp_state *state)
{
    struct error error;
    int found = selection_name(option, argument, names, count, &error);

    if (found < 0)
        argp_failure(state, OPTION_EXIT_USAGE, 0, "%s", error.text);
    return found;
}

static void parse_list(const char *option, char *list, option_take *take, struct main_options *options,
                       const struct argp_state *state)
{
    struct error error;

    if (option_list(option, list, take, options, &error) != 0)
        argp_failure(state, OPTION_EXIT_USAGE, 0, "%s", error.text);
}

/* The given budget, or the unit's default, in the metric's unit. */
static double parse_budget(const char *text, enum metric metric, const struct argp_state *state)
{
    enum unit unit = metrics[metric].unit;
    const char *argument = text ? text : default_budgets[unit];
    struct error error;
    double budget = 0;

    if (!argument)
        argp_error(state, "--table=capacity of %s needs --budget, a number of %s", metric_names[metric],
                   unit_names[unit]);
    else if (quantity_parse(argument, unit, &budget, &error) != 0)
        argp_failure(state, OPTION_EXIT_USAGE, 0, "--budget: %s", error.text);
    else if (budget <= 0)
        argp_failure(state, OPTION_EXIT_USAGE, 0, "--budget: '%s' is not above 0 (write how much there is to fill)",
                     argument);
    return budget;
}

static double parse_share(const char *argument, const struct argp_state *state)
{
    struct error error;
    double share = 0;

    if (quantity_parse_share(argument, &share, &error) != 0)
        argp_failure(state, OPTION_EXIT_USAGE, 0, "--fail-above: %s", error.text);
    return share;
}

static struct recording_file parse_against(char *argument, const struct argp_state *state)
{
    struct recording_file file;
    struct error error;

    if (selection_file(argument, &file, &error) != 0)
        argp_failure(state, OPTION_EXIT_USAGE, 0, "--against: %s", error.text);
    return file;
}

static bool wants_color(int when, const char *output)
{
    const char *off = getenv("NO_COLOR"), *terminal = getenv("TERM");

    if (when != COLOR_AUTO)
        return when == COLOR_ALWAYS;
    return !output && isatty(STDOUT_FILENO) && !(off && *off) && terminal && strcmp(terminal, "dumb") != 0;
}

/* The terminal's width; 0 (any) without one. */
static size_t terminal_width(const char *output)
{
    struct winsize size;

    if (output || !isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
        return 0;
    return size.ws_col;
}

/* --- parsing ------------------------------------------------------------------------------------------------------ */

/* An option that goes with one table implies it. */
static enum table_name default_table(const struct main_options *options)
{
    for (size_t i = 0; i < LENGTH(rules); i++)
        if (rule_was_given(options, i) && rules[i].meant != TABLE_NAMES)
            return rules[i].meant;
    return TABLE_fits;
}

/* Every option that has no effect is an error. */
static void check(const struct main_options *options, const struct argp_state *state)
{
    if (options->selection.files == 0)
        argp_error(state, "no recording is named");
    if (options->table == TABLE_changes && !options->against.path)
        argp_error(state, "--table=changes needs --against=RECORDING");
    rule_check_all(options, state);
    if (options->budget_text && options->at_counts)
        argp_error(state, "--budget and --at are two questions (ask one at a time)");
    if (options->rank_test && !options->at_counts)
        argp_error(state, "--test=mann-whitney compares runs (it goes with --at=COUNT only)");
}

static void finish(struct main_options *options, const struct argp_state *state)
{
    if (options->selection.method_chosen)
        rule_note(options, SELECTION_FIT);
    if (options->table == TABLE_NAMES)
        options->table = default_table(options);
    options->build = table_builders[options->table];
    options->table_name = table_names[options->table];
    check(options, state);
    if (options->table == TABLE_capacity && options->at_counts == 0)
        options->budget = parse_budget(options->budget_text, options->selection.cells.metric, state);
    options->style =
        (struct format_style){terminal_width(options->output), wants_color(options->color, options->output)};
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
    struct main_options *options = state->input;

    rule_note(options, key);
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->selection;
        return 0;
    case OPTION_TABLE:
        options->table = choose("table", argument, table_names, LENGTH(table_names), state);
        return 0;
    case OPTION_FORMAT:
        options->write = format_writers[choose("format", argument, format_names, LENGTH(format_names), state)];
        return 0;
    case OPTION_REFERENCE:
        options->reference = argument;
        return 0;
    case OPTION_AT:
        parse_list("at", argument, take_count, options, state);
        return 0;
    case OPTION_BUDGET:
        options->budget_text = argument;
        return 0;
    case OPTION_AGAINST:
        if (options->against.path)
            argp_error(state, "--against: takes one recording (and was given twice)");
        options->against = parse_against(argument, state);
        return 0;
    case OPTION_FAIL_ABOVE:
        options->fail_above = parse_share(argument, state);
        return 0;
    case OPTION_POOL:
        options->pool = true;
        return 0;
    case OPTION_TEST:
        options->rank_test = choose("test", argument, test_names, LENGTH(test_names), state) != TEST_WELCH;
        return 0;
    case OPTION_COLOR:
        options->color = choose("color", argument, color_names, LENGTH(color_names), state);
        return 0;
    case 'o':
        options->output = strcmp(argument, "-") == 0 ? NULL : argument;
        return 0;
    case ARGP_KEY_END:
        finish(options, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {{&selection_argp, 0, NULL, 0}, {0}};

static const struct argp argp = {
    .options = option_table,
    .parser = parse_option,
    .children = children,
    .args_doc = "[LABEL=]RECORDING...",
    .doc =
        "Fit a line through what each task model's runs took, such as their memory: what there is before the first "
        "task (the baseline) and what each task adds (the overhead)."
        "\vWithout --metric the table of fits shows the kernel's part beside the peak, and what a task takes of the "
        "processor where there are runs of time; of recordings without memory it shows spawn-cpu, late-p99 or "
        "message-cpu. Recordings are made by collect; a label stands for the host of all runs in the recording, and - "
        "for standard input. Runs that were interrupted or not ok are counted, told of and left out.",
    .help_filter = help,
};

void main_options_read(struct main_options *options, int argc, char **argv)
{
    *options = (struct main_options){.table = TABLE_NAMES, .write = format_text, .fail_above = NAN};
    selection_init(&options->selection);
    argp_err_exit_status = OPTION_EXIT_USAGE;
    if (argp_parse(&argp, argc, argv, 0, NULL, options) != 0)
        errx(OPTION_EXIT_USAGE, "%s", options->selection.error.text);
}
