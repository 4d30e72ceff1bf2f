/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plot's options, by argp. */
#include "plot/main_options.h"

#include "analyze/name.h"
#include "collect/text.h"

#include <argp.h>
#include <err.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#ifndef TASKWEIGHT_VERSION
#define TASKWEIGHT_VERSION "unknown"
#endif

#define LEAST_MM 40.0
#define MOST_MM 2000.0
#define LEAST_DPI 30.0
#define MOST_DPI 1200.0

const char *argp_program_version = "plot (taskweight) " TASKWEIGHT_VERSION;

/* --- options ------------------------------------------------------------------------------------------------------ */

enum {
    OPTION_LIST = 256,
    OPTION_FORMAT,
    OPTION_SIZE,
    OPTION_WIDTH,
    OPTION_DPI,
    OPTION_THEME,
    OPTION_TITLE,
    OPTION_REPORT,
    OPTION_PAPER,
    OPTION_AGAINST
};

/* The size of a figure in one column of a journal, or in two. */
static const char *const width_names[] = {"single", "double"};
#define SINGLE_MM 85
#define DOUBLE_MM 170
#define HEIGHT_MM 105
static const struct chart_size width_sizes[] = {{SINGLE_MM, HEIGHT_MM, true}, {DOUBLE_MM, HEIGHT_MM, true}};
enum { WIDTH_SINGLE, WIDTH_DOUBLE };

#define DEFAULT_DPI 200

static const struct argp_option option_table[] = {
    {"chart", 'c', "CHART,...", 0, "default: all", 3},
    {"against", OPTION_AGAINST, "RECORDING", 0,
     "Compare with the same models in this older recording, by the chart changes", 3},
    {"theme", OPTION_THEME, "THEME", 0, "default: light", 3},
    {"size", OPTION_SIZE, "WIDTHxHEIGHT", 0,
     "In millimetres (default: " OPTION_TEXT(DOUBLE_MM) "x" OPTION_TEXT(
         HEIGHT_MM) ", and higher where many models would not be legible)",
     3},
    {"width", OPTION_WIDTH, "COLUMNS", 0,
     "That of a column of a journal, " OPTION_TEXT(SINGLE_MM) " mm, or of two, " OPTION_TEXT(DOUBLE_MM) " mm", 3},
    {"title", OPTION_TITLE, "TEXT", 0, "Title of the figures (default: what each answers)", 3},
    {"report", OPTION_REPORT, "FILE", 0,
     "Write a report with all figures instead of the figures, replacing what is there: pages (FILE.pdf) or a page "
     "(FILE.html)",
     4},
    {"paper", OPTION_PAPER, "PAPER", 0, "Of a report's pages; default: a4", 4},
    {"format", OPTION_FORMAT, "FORMAT,...", 0, "default: all", 4},
    {"dpi", OPTION_DPI, "DPI", 0, "Dots per inch of a PNG (default: " OPTION_TEXT(DEFAULT_DPI) ")", 4},
    {"output", 'o', "DIRECTORY|FILE", 0,
     "Where to put the figures, replacing what is there: a directory, made if needed, or the file of a single "
     "figure, whose ending is its format, or - for standard output (default: the current directory)",
     4},
    {"list", OPTION_LIST, NULL, 0, "List the charts and what each answers, and exit", 5},
    {0},
};

/* The options that take one or more of several names. */
static const struct selection_choice choices[] = {
    {'c', "chart", chart_names, CHART_COUNT},
    {OPTION_THEME, "theme", theme_names, THEME_COUNT},
    {OPTION_WIDTH, "width", width_names, sizeof width_names / sizeof *width_names},
    {OPTION_PAPER, "paper", render_paper_names, RENDER_PAPER_COUNT},
    {OPTION_FORMAT, "format", surface_format_names, SURFACE_FORMAT_COUNT},
};

/* Options that another one excludes. From these rules come the options' help and their errors; completion reads the
   help. */
#define IN_A_REPORT "a report has all charts in its own size"
static const struct rule {
    int key;
    const char *option;
    int other_key;
    const char *other, *why;
} rules[] = {
    {'c', "chart", OPTION_REPORT, "--report", IN_A_REPORT},
    {OPTION_SIZE, "size", OPTION_REPORT, "--report", IN_A_REPORT},
    {OPTION_WIDTH, "width", OPTION_REPORT, "--report", IN_A_REPORT},
    {OPTION_TITLE, "title", OPTION_REPORT, "--report", IN_A_REPORT},
    {OPTION_FORMAT, "format", OPTION_REPORT, "--report", IN_A_REPORT},
    {OPTION_DPI, "dpi", OPTION_REPORT, "--report", IN_A_REPORT},
    {'o', "output", OPTION_REPORT, "--report", IN_A_REPORT},
    {OPTION_WIDTH, "width", OPTION_SIZE, "--size", "both say how wide"},
};
#define RULES (sizeof rules / sizeof *rules)

/* The bits in options->given of a rule's option and of the other. */
static void rule_note(struct main_options *options, int key)
{
    for (size_t i = 0; i < RULES; i++) {
        options->given |= rules[i].key == key ? 1U << 2 * i : 0;
        options->given |= rules[i].other_key == key ? 2U << 2 * i : 0;
    }
}

static int rule_check_all(const struct main_options *options, struct error *error)
{
    for (size_t i = 0; i < RULES; i++)
        if ((options->given >> 2 * i & 3) == 3)
            return error_set(error, "--%s does not go with %s (%s)", rules[i].option, rules[i].other, rules[i].why);
    return 0;
}

/* "TEXT; not with --a or --b" where rules say so, otherwise NULL. The caller frees it. */
static char *rule_help(int key, const char *text)
{
    const char *others[RULES];
    char names[NAME_LIST_SIZE], *ruled;
    size_t count = 0;

    for (size_t i = 0; i < RULES; i++)
        if (rules[i].key == key)
            others[count++] = rules[i].other;
    if (count == 0 || !text || asprintf(&ruled, "%s; not with %s", text, name_list(names, others, count)) < 0)
        return NULL;
    return ruled;
}

static char *help(int key, const char *text, void *input)
{
    char *ruled = rule_help(key, text), *whole;

    (void)input;
    whole = selection_help(choices, sizeof choices / sizeof *choices, key, ruled ? ruled : text);
    if (ruled && whole != ruled)
        free(ruled);
    return whole;
}

/* A number within bounds at the start of the text; *end is what follows it. NaN where there is none. */
static double parse_number(const char *text, char **end, double least, double most)
{
    double number = strtod(text, end);

    return *end != text && number >= least && number <= most ? number : NAN;
}

static double parse_dpi(const char *argument, struct argp_state *state)
{
    char *end;
    double dpi = parse_number(argument, &end, LEAST_DPI, MOST_DPI);

    if (*end || isnan(dpi))
        argp_failure(state, OPTION_EXIT_USAGE, 0, "--dpi: '%s' is not a resolution (write a number from %g to %g)",
                     argument, LEAST_DPI, MOST_DPI);
    return dpi;
}

static struct chart_size parse_size(const char *argument, struct argp_state *state)
{
    char *end;
    double width = parse_number(argument, &end, LEAST_MM, MOST_MM), height = NAN;

    if (*end == 'x')
        height = parse_number(end + 1, &end, LEAST_MM, MOST_MM);
    if (*end || isnan(width) || isnan(height))
        argp_failure(
            state, OPTION_EXIT_USAGE, 0,
            "--size: '%s' is not a size (write WIDTHxHEIGHT in millimetres, each from %g to %g, such as 170x105)",
            argument, LEAST_MM, MOST_MM);
    return (struct chart_size){width, height, false};
}

static struct recording_file parse_against(char *argument, struct argp_state *state)
{
    struct recording_file file;
    struct error error;

    if (selection_file(argument, &file, &error) != 0)
        argp_failure(state, OPTION_EXIT_USAGE, 0, "--against: %s", error.text);
    return file;
}

static const char *parse_title(const char *argument, struct argp_state *state)
{
    struct error error;

    if (text_is_plain(argument, TEXT_BLANKS))
        return argument;
    error_set(&error, "--title: '%.300s' is not UTF-8 or has control characters", argument);
    argp_failure(state, OPTION_EXIT_USAGE, 0, "%s", error.text);
    return NULL;
}

/* --- options that are lists --------------------------------------------------------------------------------------- */

static int take_chart(const char *part, void *context, struct error *error)
{
    struct main_options *options = context;
    int chart = name_find("chart", part, chart_names, CHART_COUNT, error);

    if (chart >= 0)
        options->chart[chart] = true;
    return chart < 0 ? -1 : 0;
}

static int take_format(const char *part, void *context, struct error *error)
{
    struct main_options *options = context;
    int format = name_find("format", part, surface_format_names, SURFACE_FORMAT_COUNT, error);

    if (format < 0)
        return -1;
    options->format[format] = true;
    options->format_chosen = true;
    return 0;
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

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
    struct main_options *options = state->input;

    rule_note(options, key);
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->selection;
        return 0;
    case 'c':
        parse_list("chart", argument, take_chart, options, state);
        return 0;
    case OPTION_FORMAT:
        parse_list("format", argument, take_format, options, state);
        return 0;
    case OPTION_THEME:
        options->theme = (enum theme_name)choose("theme", argument, theme_names, THEME_COUNT, state);
        return 0;
    case OPTION_SIZE:
        options->size = parse_size(argument, state);
        return 0;
    case OPTION_WIDTH:
        options->size = width_sizes[choose("width", argument, width_names, 2, state)];
        return 0;
    case OPTION_TITLE:
        options->title = parse_title(argument, state);
        return 0;
    case OPTION_REPORT:
        options->report = argument;
        return 0;
    case OPTION_AGAINST:
        options->against = parse_against(argument, state);
        return 0;
    case OPTION_PAPER:
        options->paper = (enum render_paper)choose("paper", argument, render_paper_names, RENDER_PAPER_COUNT, state);
        return 0;
    case OPTION_DPI:
        options->dpi = parse_dpi(argument, state);
        return 0;
    case 'o':
        options->output = argument;
        return 0;
    case OPTION_LIST:
        options->list = true;
        return 0;
    case ARGP_KEY_END:
        if (!options->list && options->selection.files == 0)
            argp_error(state, "no recording is named");
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
    .args_doc = "RECORDING...",
    .doc = "Draw figures of what concurrent tasks cost, from recordings made by collect."
           "\vThe recording - is standard input. The names of the files written are printed, one a line. The same "
           "recordings give the same bytes; a PDF "
           "bears the date in SOURCE_DATE_EPOCH or, if that is not set, that of the recording.",
    .help_filter = help,
};

/* --- where figures go --------------------------------------------------------------------------------------------- */

bool main_options_is_directory(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* What follows the last dot of the path's last part; "" if there is none. */
static const char *ending_of(const char *path)
{
    const char *name = strrchr(path, '/'), *dot;

    name = name ? name + 1 : path;
    dot = strrchr(name, '.');
    return dot && dot > name ? dot + 1 : "";
}

/* Whether the output is a single file: an existing one that is no directory, or a new one with an ending. */
static bool is_file_name(const char *path)
{
    size_t length = strlen(path);
    struct stat status;

    if (main_options_is_directory(path) || length == 0 || path[length - 1] == '/')
        return false;
    return stat(path, &status) == 0 || *ending_of(path);
}

static size_t count_chosen(const bool *chosen, size_t count)
{
    size_t sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += chosen[i];
    return sum;
}

static void choose_all(bool *chosen, size_t count)
{
    if (count_chosen(chosen, count) == 0)
        for (size_t i = 0; i < count; i++)
            chosen[i] = true;
}

/* The format of a single file: its ending, or --format where it has none (such as /dev/stdout). */
static int choose_file_format(struct main_options *options, struct error *error)
{
    const char *path = options->output, *ending = ending_of(path);
    int format;

    if (count_chosen(options->chart, CHART_COUNT) != 1)
        return error_set(error, "%s: a file holds one chart (choose it with --chart, or name a directory)", path);
    if (!*ending && count_chosen(options->format, SURFACE_FORMAT_COUNT) == 1)
        return 0;
    format = name_find("format", ending, surface_format_names, SURFACE_FORMAT_COUNT, error);
    if (format < 0)
        return error_set(
            error, "%s: its ending names no format (choose .png, .pdf or .svg, or --format; end a directory with /)",
            path);
    if (options->format_chosen && !options->format[format])
        return error_set(error, "%s: its ending is not what --format says (leave one of them out)", path);
    memset(options->format, 0, sizeof options->format);
    options->format[format] = true;
    return 0;
}

static int check_charts(const struct main_options *options, struct error *error)
{
    enum metric metric = options->selection.cells.metric;

    for (enum chart_name chart = 0; chart < CHART_COUNT; chart++)
        if (options->selection.metric_chosen && options->chart[chart] && !chart_shows(chart, metric))
            return error_set(error,
                             "--chart=%s: does not show the metric %s (plot --metric=%s --list names those that do)",
                             chart_names[chart], metric_names[metric], metric_names[metric]);
    return 0;
}

/* A report is one file with all charts. */
static int settle_report(struct main_options *options, struct error *error)
{
    const char *ending = ending_of(options->report);

    if (strcmp(ending, "pdf") != 0 && strcmp(ending, "html") != 0)
        return error_set(error, "%s: its ending names no kind of report (choose .pdf or .html)", options->report);
    options->report_format = strcmp(ending, "pdf") == 0 ? REPORT_PDF : REPORT_HTML;
    return check_charts(options, error);
}

static int settle_stdout(struct main_options *options, struct error *error)
{
    options->single_file = true;
    options->output = "standard output";
    if (count_chosen(options->chart, CHART_COUNT) != 1 || count_chosen(options->format, SURFACE_FORMAT_COUNT) != 1)
        return error_set(error, "--output=-: standard output takes one figure (choose one --chart and one --format)");
    return check_charts(options, error);
}

int main_options_settle(struct main_options *options, struct error *error)
{
    options->charts_chosen = count_chosen(options->chart, CHART_COUNT) > 0;
    if (!*options->output)
        return error_set(error, "--output: the name is empty (name a directory or a file)");
    if (rule_check_all(options, error) != 0)
        return -1;
    if (options->report)
        return settle_report(options, error);
    options->to_stdout = strcmp(options->output, "-") == 0;
    if (options->to_stdout)
        return settle_stdout(options, error);
    if (check_charts(options, error) != 0)
        return -1;
    options->single_file = is_file_name(options->output);
    if (options->single_file)
        return choose_file_format(options, error);
    choose_all(options->format, SURFACE_FORMAT_COUNT);
    return 0;
}

void main_options_read(struct main_options *options, int argc, char **argv)
{
    *options = (struct main_options){.size = width_sizes[WIDTH_DOUBLE], .dpi = DEFAULT_DPI, .output = "."};
    selection_init(&options->selection);
    argp_err_exit_status = OPTION_EXIT_USAGE;
    if (argp_parse(&argp, argc, argv, 0, NULL, options) != 0)
        errx(OPTION_EXIT_USAGE, "%s", options->selection.error.text);
}
