/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analyze's options, by argp. */
#include "analyze/main_options.h"

#include "analyze/name.h"
#include "collect/quantity.h"

#include <argp.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#ifndef TASKWEIGHT_VERSION
#define TASKWEIGHT_VERSION "unknown"
#endif

const char *argp_program_version = "analyze (taskweight) " TASKWEIGHT_VERSION;

/* One row is one table: ROW("name", function, whether it fits a line); or one format: ROW("name", function). */
#define TABLES(ROW)                                                                                                    \
    ROW("fits", table_fits, true)                                                                                      \
    ROW("cells", table_cells, false)                                                                                   \
    ROW("segments", table_segments, false)                                                                             \
    ROW("ratios", table_ratios, true)                                                                                  \
    ROW("crossovers", table_crossovers, true)                                                                          \
    ROW("capacity", table_capacity, true)                                                                              \
    ROW("changes", table_changes, true)                                                                                \
    ROW("runs", table_runs, false)                                                                                     \
    ROW("calibration", table_calibration, true)
#define FORMATS(ROW)                                                                                                   \
    ROW("text", format_text)                                                                                           \
    ROW("csv", format_csv)                                                                                             \
    ROW("json", format_json)                                                                                           \
    ROW("markdown", format_markdown)                                                                                   \
    ROW("latex", format_latex)

#define ROW_NAME(name, ...) name,
#define ROW_FUNCTION(name, function, ...) function,
#define ROW_FITS(name, function, fits) fits,
static const char *const table_names[] = {TABLES(ROW_NAME)};
static table_build *const table_builders[] = {TABLES(ROW_FUNCTION)};
static const bool table_fits_line[] = {TABLES(ROW_FITS)};
static const char *const format_names[] = {FORMATS(ROW_NAME)};
static format_write *const format_writers[] = {FORMATS(ROW_FUNCTION)};

static const char *const color_names[] = {"auto", "always", "never"};
enum { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };
static const char *const test_names[] = {"welch", "mann-whitney"};
enum { TEST_WELCH };

#define LENGTH(array) (sizeof(array) / sizeof *(array))

/* For the units that have one; of any other the budget is to be named. */
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
     "ratios, crossovers: compare with this model (default: the one with the lightest task; each with each)", 3},
    {"at", OPTION_AT, "COUNT,...", 0,
     "capacity: what so many tasks would take, such as 10M,1G; ratios: compare the runs with so many", 3},
    {"test", OPTION_TEST, "TEST", 0, "ratios --at: default: welch", 3},
    {"budget", OPTION_BUDGET, "QUANTITY", 0,
     "capacity: how many tasks fit into so much of the metric's unit, such as 2s for cpu (default of "
     "memory: " DEFAULT_SIZE ")",
     3},
    {"against", OPTION_AGAINST, "RECORDING", 0, "changes: compare with the same models in this older recording", 3},
    {"fail-above", OPTION_FAIL_ABOVE, "PERCENT", 0,
     "changes: exit with 1 where an overhead is proven to have grown by more than this, such as 5%", 3},
    {"pool", OPTION_POOL, NULL, 0,
     "fits: one overhead for each model over all hosts, with a host effect in the baseline", 3},
    {"format", OPTION_FORMAT, "FORMAT", 0, "default: text", 4},
    {"color", OPTION_COLOR, "WHEN", 0, "default: auto: on a terminal, but not under NO_COLOR or TERM=dumb", 4},
    {"output", 'o', "FILE", 0, "Write to this file, over what it holds (default: standard output)", 4},
    {0},
};

static const struct selection_choice choices[] = {
    {OPTION_TABLE, "table", table_names, LENGTH(table_names)},
    {OPTION_FORMAT, "format", format_names, LENGTH(format_names)},
    {OPTION_COLOR, "color", color_names, LENGTH(color_names)},
    {OPTION_TEST, "test", test_names, LENGTH(test_names)},
};

static char *help(int key, const char *text, void *input)
{
    (void)input;
    return selection_help(choices, LENGTH(choices), key, text);
}

/* --- values ------------------------------------------------------------------------------------------------------- */

static int take_count(const char *part, void *context, struct error *error)
{
    struct options *options = context;

    if (options->at_counts == OPTION_MAX_LIST)
        return error_set(error, "more than %d counts", OPTION_MAX_LIST);
    return quantity_parse_count(part, &options->at[options->at_counts++], error);
}

/* The budget that was given, or the metric's default, in the metric's unit. */
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
        argp_failure(state, OPTION_EXIT_USAGE, 0, "--budget: '%s' is nothing to fill", argument);
    return budget;
}

/* "5%" and "5" are 0.05. */
static double parse_share(const char *argument, const struct argp_state *state)
{
    char *end;
    double percent = strtod(argument, &end);

    if (end == argument || strcmp(*end == '%' ? end + 1 : end, "") != 0 || !(percent >= 0 && percent < 1e6))
        argp_failure(state, OPTION_EXIT_USAGE, 0,
                     "--fail-above: '%s' is not a share (write a percentage of at least 0, such as 5%%)", argument);
    return percent / 100;
}

static bool wants_color(int when, const char *output)
{
    const char *off = getenv("NO_COLOR"), *terminal = getenv("TERM");

    if (when != COLOR_AUTO)
        return when == COLOR_ALWAYS;
    return !output && isatty(STDOUT_FILENO) && !(off && *off) && terminal && strcmp(terminal, "dumb") != 0;
}

/* Of the terminal; without one a line is as long as it takes. */
static size_t terminal_width(const char *output)
{
    struct winsize size;

    if (output || !isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
        return 0;
    return size.ws_col;
}

/* --- parsing ------------------------------------------------------------------------------------------------------ */

static size_t find_table(const char *name)
{
    size_t i = 0;

    while (strcmp(table_names[i], name) != 0)
        i++;
    return i;
}

static void choose_table(struct options *options, size_t table)
{
    options->table = table_names[table];
    options->build = table_builders[table];
}

/* What an option is for says which table is meant. */
static void choose_default_table(struct options *options)
{
    const char *name = options->against.path                        ? "changes"
                       : options->budget_text || options->at_counts ? "capacity"
                                                                    : "fits";

    if (!options->table)
        choose_table(options, find_table(name));
}

/* No option is passed over in silence. */
static void check(const struct options *options, const struct argp_state *state)
{
    bool changes = strcmp(options->table, "changes") == 0, capacity = strcmp(options->table, "capacity") == 0;
    bool ratios = strcmp(options->table, "ratios") == 0, crossovers = strcmp(options->table, "crossovers") == 0;

    if (options->selection.files == 0)
        argp_error(state, "no recording is named");
    if (changes && !options->against.path)
        argp_error(state, "--table=changes needs --against=RECORDING");
    if (!changes && options->against.path)
        argp_error(state, "--against goes with --table=changes only");
    if (!changes && !isnan(options->fail_above))
        argp_error(state, "--fail-above goes with --against only");
    if (!capacity && options->budget_text)
        argp_error(state, "--budget goes with --table=capacity only");
    if (options->budget_text && options->at_counts)
        argp_error(state, "--budget and --at are two questions (ask one at a time)");
    if (!capacity && !ratios && options->at_counts)
        argp_error(state, "--at goes with --table=capacity or ratios only");
    if (!ratios && !crossovers && options->reference)
        argp_error(state, "--reference goes with --table=ratios or crossovers only");
    if (options->rank_test && !(ratios && options->at_counts))
        argp_error(state, "--test=mann-whitney compares runs (it goes with --table=ratios --at=COUNT only)");
    if (options->selection.method_chosen && !table_fits_line[find_table(options->table)])
        argp_error(state, "--fit: --table=%s fits no line", options->table);
    if (options->pool && strcmp(options->table, "fits") != 0)
        argp_error(state, "--pool goes with --table=fits only");
}

static void finish(struct options *options, const struct argp_state *state)
{
    choose_default_table(options);
    check(options, state);
    if (strcmp(options->table, "capacity") == 0 && options->at_counts == 0)
        options->budget = parse_budget(options->budget_text, options->selection.cells.metric, state);
    options->style =
        (struct format_style){terminal_width(options->output), wants_color(options->color, options->output)};
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->selection;
        return 0;
    case OPTION_TABLE:
        choose_table(options, (size_t)selection_name("table", argument, table_names, LENGTH(table_names), state));
        return 0;
    case OPTION_FORMAT:
        options->write = format_writers[selection_name("format", argument, format_names, LENGTH(format_names), state)];
        return 0;
    case OPTION_REFERENCE:
        options->reference = argument;
        return 0;
    case OPTION_AT:
        option_list("at", argument, take_count, options, state);
        return 0;
    case OPTION_BUDGET:
        options->budget_text = argument;
        return 0;
    case OPTION_AGAINST:
        if (options->against.path)
            argp_error(state, "--against: takes one recording (and was given twice)");
        options->against = selection_file(argument);
        return 0;
    case OPTION_FAIL_ABOVE:
        options->fail_above = parse_share(argument, state);
        return 0;
    case OPTION_POOL:
        options->pool = true;
        return 0;
    case OPTION_TEST:
        options->rank_test = selection_name("test", argument, test_names, LENGTH(test_names), state) != TEST_WELCH;
        return 0;
    case OPTION_COLOR:
        options->color = selection_name("color", argument, color_names, LENGTH(color_names), state);
        return 0;
    case 'o':
        options->output = argument;
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
        "task "
        "(the baseline) and what each task adds (the overhead)."
        "\vWithout --metric the table of fits shows the kernel's part beside the peak. Recordings are made by collect; "
        "a label stands for the host of all runs in the recording. Runs that were interrupted or not ok are counted, "
        "told of and left out.",
    .help_filter = help,
};

void options_parse(struct options *options, int argc, char **argv)
{
    *options = (struct options){.write = format_text, .fail_above = NAN};
    selection_init(&options->selection);
    argp_err_exit_status = OPTION_EXIT_USAGE;
    argp_parse(&argp, argc, argv, 0, NULL, options);
}
