/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plot: figures of what concurrent tasks cost, from recordings.

       X.csv ─▶ analyze's library ─▶ chart_* ─▶ figure ─▶ render ─▶ surface ─▶ PNG, PDF, SVG
                (cells and fits)      axis    (plain data)  ▲ ▲      (Cairo)
                                                        theme label                          */
#include "analyze/name.h"
#include "analyze/selection.h"
#include "plot/chart.h"
#include "plot/render.h"
#include "plot/surface.h"
#include "plot/theme.h"

#include <argp.h>
#include <errno.h>
#include <gsl/gsl_errno.h>
#include <limits.h>
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
#define MOST_PIXELS 30000.0 /* a side: Cairo's image surfaces end at 32767 */

const char *argp_program_version = "plot (taskweight) " TASKWEIGHT_VERSION;

struct options {
    struct selection selection;
    bool chart[CHART_COUNT];
    bool format[SURFACE_FORMAT_COUNT];
    bool format_chosen;
    enum theme_name theme;
    struct chart_size size;
    double dpi;
    const char *output;
    bool single_file; /* the output is one, and no folder */
    time_t date;
    bool list;
};

/* --- options ---------------------------------------------------------------------------------------------------- */

enum { OPTION_LIST = 256, OPTION_FORMAT, OPTION_SIZE, OPTION_DPI, OPTION_THEME };

static const struct argp_option option_table[] = {
    {"chart", 'c', "CHART,...", 0, "default: all", 3},
    {"theme", OPTION_THEME, "THEME", 0, "default: light", 3},
    {"size", OPTION_SIZE, "WIDTHxHEIGHT", 0,
     "In millimetres (default: 170x105, and higher where many models would not be legible)", 3},
    {"format", OPTION_FORMAT, "FORMAT,...", 0, "default: all", 4},
    {"dpi", OPTION_DPI, "DPI", 0, "Dots per inch of a PNG (default: 200)", 4},
    {"output", 'o', "FOLDER|FILE", 0,
     "Where to put the figures, over what is there: a folder, which is made if needed, or the file of a single "
     "figure, whose ending is its format (default: the current folder)",
     4},
    {"list", OPTION_LIST, NULL, 0, "List the charts and what each answers, and exit", 5},
    {0},
};

/* The options that take one or more of several names. */
static const struct selection_choice choices[] = {
    {'c', "chart", chart_names, CHART_COUNT},
    {OPTION_THEME, "theme", theme_names, THEME_COUNT},
    {OPTION_FORMAT, "format", surface_format_names, SURFACE_FORMAT_COUNT},
};

static char *help(int key, const char *text, void *input)
{
    (void)input;
    return selection_help(choices, sizeof choices / sizeof *choices, key, text);
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
        argp_failure(state, OPTION_EXIT_USAGE, 0, "--dpi: '%s' is not a resolution (write a number from %g to %g)", argument,
                     LEAST_DPI, MOST_DPI);
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

/* --- options that are lists ------------------------------------------------------------------------------------- */

static int take_chart(const char *part, void *context, struct error *error)
{
    struct options *options = context;
    int chart = name_find("chart", part, chart_names, CHART_COUNT, error);

    if (chart >= 0)
        options->chart[chart] = true;
    return chart < 0 ? -1 : 0;
}

static int take_format(const char *part, void *context, struct error *error)
{
    struct options *options = context;
    int format = name_find("format", part, surface_format_names, SURFACE_FORMAT_COUNT, error);

    if (format < 0)
        return -1;
    options->format[format] = true;
    options->format_chosen = true;
    return 0;
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->selection;
        return 0;
    case 'c':
        option_list("chart", argument, take_chart, options, state);
        return 0;
    case OPTION_FORMAT:
        option_list("format", argument, take_format, options, state);
        return 0;
    case OPTION_THEME:
        options->theme = (enum theme_name)selection_name("theme", argument, theme_names, THEME_COUNT, state);
        return 0;
    case OPTION_SIZE:
        options->size = parse_size(argument, state);
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
           "\vThe names of the files written are printed, one a line. The same recordings give the same bytes; a PDF "
           "bears the date in SOURCE_DATE_EPOCH if that is set, and else none.",
    .help_filter = help,
};

/* --- where figures go ------------------------------------------------------------------------------------------- */

static bool is_folder(const char *path)
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

/* A file of its own: what is there and is no folder, or is not there and has an ending. */
static bool is_file_name(const char *path)
{
    size_t length = strlen(path);
    struct stat status;

    if (is_folder(path) || length == 0 || path[length - 1] == '/')
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

/* The format of a single file: that of its ending, or of --format where it has none (such as /dev/stdout). */
static int choose_file_format(struct options *options, struct error *error)
{
    const char *path = options->output, *ending = ending_of(path);
    int format;

    if (count_chosen(options->chart, CHART_COUNT) != 1)
        return error_set(error, "%s: a file holds one chart (choose it with --chart, or name a folder)", path);
    if (!*ending && count_chosen(options->format, SURFACE_FORMAT_COUNT) == 1)
        return 0;
    format = name_find("format", ending, surface_format_names, SURFACE_FORMAT_COUNT, error);
    if (format < 0)
        return error_set(
            error, "%s: its ending names no format (choose .png, .pdf or .svg, or --format; end a folder with /)",
            path);
    if (options->format_chosen && !options->format[format])
        return error_set(error, "%s: its ending is not what --format says (leave one of them away)", path);
    memset(options->format, 0, sizeof options->format);
    options->format[format] = true;
    return 0;
}

/* Returns -1 and an error where the options do not go together. */
static int choose_outputs(struct options *options, struct error *error)
{
    choose_all(options->chart, CHART_COUNT);
    options->single_file = is_file_name(options->output);
    if (options->single_file)
        return choose_file_format(options, error);
    choose_all(options->format, SURFACE_FORMAT_COUNT);
    return 0;
}

/* Makes the folder and those above it. */
static int make_folder(const char *path, struct error *error)
{
    char part[PATH_MAX];
    size_t length = strlen(path);

    if (length >= sizeof part)
        return error_set(error, "%.80s...: the name is too long", path);
    for (size_t i = 1; i <= length; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        memcpy(part, path, i);
        part[i] = '\0';
        if (mkdir(part, 0777) != 0 && !is_folder(part))
            return error_set(error, "%s: the folder cannot be made: %s (name another with -o)", part,
                             strerror(errno));
    }
    return 0;
}

/* --- drawing ---------------------------------------------------------------------------------------------------- */

static int draw_file(const struct figure *figure, const struct options *options, const char *path,
                     enum surface_format format, struct error *error)
{
    struct surface_request request = {
        .path = path,
        .format = format,
        .width_mm = figure->width_mm,
        .height_mm = figure->height_mm,
        .dpi = options->dpi,
        .title = figure->title,
        .date = options->date,
    };
    struct surface surface;

    if (format == SURFACE_PNG && fmax(figure->width_mm, figure->height_mm) / 25.4 * options->dpi > MOST_PIXELS)
        return error_set(error, "%s: more than %g pixels a side (choose a smaller --dpi or --size)", path,
                         MOST_PIXELS);
    if (selection_check_files(&options->selection, path, error) != 0 || surface_open(&surface, &request, error) != 0)
        return -1;
    if (render_figure(figure, &themes[options->theme], &surface, error) != 0) {
        struct error other;

        surface_close(&surface, &other);
        return -1;
    }
    return surface_close(&surface, error);
}

static int draw_format(const struct figure *figure, const struct options *options, enum chart_name chart,
                       enum surface_format format, struct error *error)
{
    const char *path = options->output;
    char name[PATH_MAX];

    if (!options->single_file) {
        const char *separator = path[strlen(path) - 1] == '/' ? "" : "/";

        if (snprintf(name, sizeof name, "%s%s%s.%s", path, separator, chart_names[chart],
                     surface_format_names[format]) >= (int)sizeof name)
            return error_set(error, "%.80s...: the name is too long", path);
        path = strncmp(name, "./", 2) == 0 ? name + 2 : name;
    }
    if (draw_file(figure, options, path, format, error) != 0)
        return -1;
    puts(path);
    return 0;
}

static int draw_chart(const struct chart_data *data, const struct options *options, enum chart_name chart,
                      struct error *error)
{
    struct figure figure = {0};
    int result = 0;

    charts[chart].build(&figure, data, &options->size);
    for (int format = 0; result == 0 && format < SURFACE_FORMAT_COUNT; format++)
        if (options->format[format])
            result = draw_format(&figure, options, chart, (enum surface_format)format, error);
    figure_free(&figure);
    return result;
}

static int draw_charts(const struct chart_data *data, const struct options *options, struct error *error)
{
    if (!options->single_file && make_folder(options->output, error) != 0)
        return -1;
    for (int chart = 0; chart < CHART_COUNT; chart++)
        if (options->chart[chart] && draw_chart(data, options, (enum chart_name)chart, error) != 0)
            return -1;
    return 0;
}

/* --- from recordings to figures --------------------------------------------------------------------------------- */

static void tell(const char *line)
{
    fprintf(stderr, "plot: %s\n", line);
}

static int plot(const struct options *options, const struct recordings *recordings, struct error *error)
{
    struct chart_data data;
    int result;

    if (recordings->runs == 0)
        return error_set(error, "no complete run is in the recordings");
    if (selection_check_files(&options->selection, NULL, error) != 0)
        return -1;
    if (chart_data_new(&data, recordings, &options->selection.cells, options->selection.method, error) != 0)
        return -1;
    if (options->chart[CHART_timeline])
        data.trace = traces_read(options->selection.file, options->selection.files, &data.list, error);
    result = options->chart[CHART_timeline] && !data.trace ? -1 : draw_charts(&data, options, error);
    chart_data_free(&data);
    return result;
}

static int read_and_plot(struct options *options)
{
    struct recordings recordings = {0};
    struct error error;
    int result = selection_read(options->selection.file, options->selection.files, &recordings, tell);

    if (plot(options, &recordings, &error) != 0) {
        tell(error.text);
        result = -1;
    }
    recordings_free(&recordings);
    selection_free(&options->selection);
    return result == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static void list_charts(void)
{
    for (size_t i = 0; i < CHART_COUNT; i++)
        printf("%-12s %s\n", chart_names[i], charts[i].question);
}

/* See https://reproducible-builds.org/specs/source-date-epoch/ */
static int read_date(time_t *date, struct error *error)
{
    const char *text = getenv("SOURCE_DATE_EPOCH");
    char *end;
    long long seconds;

    *date = SURFACE_NO_DATE;
    if (!text || !*text)
        return 0;
    errno = 0;
    seconds = strtoll(text, &end, 10);
    if (errno || *end || seconds < 0 || seconds > INT64_C(253402300799))
        return error_set(error, "SOURCE_DATE_EPOCH: '%.40s' is no date (write seconds since 1970)", text);
    *date = (time_t)seconds;
    return 0;
}

/* Whether all was written shows only when the stream is closed. */
static int close_stdout(int status)
{
    bool failed = ferror(stdout);

    if (fclose(stdout) == 0 && !failed)
        return status;
    fprintf(stderr, "plot: standard output: cannot write: %s\n", strerror(errno));
    return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    struct options options = {.size = {170, 105, true}, .dpi = 200, .output = "."};
    struct error error;

    selection_init(&options.selection);
    argp_err_exit_status = OPTION_EXIT_USAGE;
    argp_parse(&argp, argc, argv, 0, NULL, &options);
    gsl_set_error_handler_off();
    if (options.list) {
        list_charts();
        return close_stdout(EXIT_SUCCESS);
    }
    if (choose_outputs(&options, &error) != 0) {
        tell(error.text);
        return OPTION_EXIT_USAGE;
    }
    if (read_date(&options.date, &error) != 0) {
        tell(error.text);
        return EXIT_FAILURE;
    }
    return close_stdout(read_and_plot(&options));
}
