/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plot: figures of what concurrent tasks cost, from recordings.

       X.csv ─▶ analyze's library ─▶ chart_* ─▶ figure ─▶ render ─▶ canvas ─▶ surface ─▶ PNG, PDF, SVG
                (cells and fits)      axis    (plain data)  ▲ ▲   (Cairo, SVG)
                                                        theme label                                    */
#include "collect/replace.h"
#include "collect/text.h"
#include "plot/date.h"
#include "plot/main_options.h"
#include "plot/render.h"
#include "plot/render_report.h"
#include "plot/report.h"

#include <err.h>
#include <errno.h>
#include <gsl/gsl_errno.h>
#include <limits.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MOST_PIXELS 30000.0 /* a side: Cairo's image surfaces end at 32767 */

/* Makes the directory and its parents. */
static int make_directory(const char *path, struct error *error)
{
    char part[PATH_MAX];
    size_t length = strlen(path);
    int number;

    if (length >= sizeof part)
        return error_set(error, "%.80s...: the name is too long", path);
    for (size_t i = 1; i <= length; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        memcpy(part, path, i);
        part[i] = '\0';
        if (mkdir(part, 0777) == 0)
            continue;
        number = errno;
        if (!main_options_is_directory(part))
            return error_set(error, "%s: the directory cannot be made: %s (name another with -o)", part,
                             strerror(number));
    }
    return 0;
}

/* --- drawing ------------------------------------------------------------------------------------------------------ */

static int draw_file(const struct figure *figure, const struct main_options *options, const char *path,
                     enum surface_format format, struct error *error)
{
    struct surface_request request = {
        .path = path,
        .stream = options->to_stdout ? stdout : NULL,
        .format = format,
        .theme = &themes[options->theme],
        .width_mm = figure->width_mm,
        .height_mm = figure->height_mm,
        .dpi = options->dpi,
        .title = figure->title,
        .description = figure->finding,
        .date = options->date,
    };
    struct surface surface;

    if (format == SURFACE_PNG && fmax(figure->width_mm, figure->height_mm) / 25.4 * options->dpi > MOST_PIXELS)
        return error_set(error, "%s: more than %g pixels a side (choose a smaller --dpi or --size)", path, MOST_PIXELS);
    if (selection_check_files(&options->selection, path, error) != 0 || surface_open(&surface, &request, error) != 0)
        return -1;
    if (render_figure(figure, &surface.canvas, error) != 0) {
        surface_discard(&surface);
        return -1;
    }
    return surface_close(&surface, error);
}

static int draw_format(const struct figure *figure, const struct main_options *options, enum chart_name chart,
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
    if (!options->to_stdout)
        puts(path);
    return 0;
}

static int draw_chart(const struct chart_data *data, const struct main_options *options, enum chart_name chart,
                      struct error *error)
{
    struct figure figure = {0};
    int result = 0;

    chart_draw(&figure, data, &options->size, chart);
    if (options->title)
        figure.title = options->title;
    for (int format = 0; result == 0 && format < SURFACE_FORMAT_COUNT; format++)
        if (options->format[format])
            result = draw_format(&figure, options, chart, (enum surface_format)format, error);
    figure_free(&figure);
    return result;
}

static bool is_wanted(const struct chart_data *data, const struct main_options *options, enum chart_name chart)
{
    return options->charts_chosen ? options->chart[chart] : chart_has_runs(chart, data);
}

static int draw_charts(const struct chart_data *data, const struct main_options *options, struct error *error)
{
    if (!options->single_file && make_directory(options->output, error) != 0)
        return -1;
    for (int chart = 0; chart < CHART_COUNT; chart++)
        if (is_wanted(data, options, (enum chart_name)chart) &&
            draw_chart(data, options, (enum chart_name)chart, error) != 0)
            return -1;
    return 0;
}

/* --- the report --------------------------------------------------------------------------------------------------- */

static int write_pages(const struct report *report, const struct main_options *options, struct error *error)
{
    const struct surface_request request = {
        .path = options->report,
        .format = SURFACE_PDF,
        .theme = &themes[options->theme],
        .width_mm = render_paper_sizes[options->paper].width_mm,
        .height_mm = render_paper_sizes[options->paper].height_mm,
        .title = report->title,
        .description = report->subtitle,
        .date = options->date,
    };
    struct surface surface;

    if (surface_open(&surface, &request, error) != 0)
        return -1;
    if (render_report(report, &surface, error) != 0) {
        surface_discard(&surface);
        return -1;
    }
    return surface_close(&surface, error);
}

/* Makes the file only when the page is whole. */
static int write_page(const struct report *report, const struct main_options *options, struct error *error)
{
    char *page = NULL;
    size_t length;
    FILE *memory = open_memstream(&page, &length);
    int result = memory ? report_write_html(report, memory, error) : error_set(error, "out of memory");

    if (memory && fclose(memory) != 0 && result == 0)
        result = error_set(error, "out of memory");
    if (result == 0) {
        text_make_utf8(page); /* paths may hold any bytes */
        result = replace_file(options->report, page, length, error);
    }
    free(page);
    return result;
}

static int write_report(const struct main_options *options, const struct recordings *recordings,
                        const struct chart_data *data, struct error *error)
{
    const struct table_request request = {
        .recordings = recordings,
        .selection = options->selection.cells,
        .method = options->selection.method,
        .metric_chosen = options->selection.metric_chosen,
    };
    const struct chart_size size = {render_paper_sizes[options->paper].width_mm - 2 * RENDER_MARGIN_MM, 105, true};
    struct report report;
    int result;

    if (selection_check_output(options->selection.file, options->selection.files, options->report, error) != 0 ||
        report_new(&report, data, &request, options->selection.file, options->selection.files, &size, error) != 0)
        return -1;
    result = options->report_format == REPORT_PDF ? write_pages(&report, options, error)
                                                  : write_page(&report, options, error);
    report_free(&report);
    if (result == 0)
        puts(options->report);
    return result;
}

/* --- from recordings to figures ----------------------------------------------------------------------------------- */

static void tell(const char *line)
{
    warnx("%s", line);
}

static int plot(struct main_options *options, const struct recordings *recordings, const struct recordings *against,
                struct error *error)
{
    struct chart_data data;
    int result;

    if (recordings->runs == 0)
        return error_set(error, "no complete run is in the recordings");
    if (selection_check_files(&options->selection, NULL, error) != 0)
        return -1;
    selection_settle_metric(&options->selection, recordings);
    if (chart_data_new(&data, recordings, options->against.path ? against : NULL, &options->selection.cells,
                       options->selection.method, error) != 0)
        return -1;
    if (options->report)
        result = write_report(options, recordings, &data, error);
    else
        result = draw_charts(&data, options, error);
    chart_data_free(&data);
    return result;
}

static int read_and_plot(struct main_options *options)
{
    struct recordings recordings = {.keeps_traces = !options->charts_chosen || options->chart[CHART_timeline]};
    struct recordings against = {.origins.beside = &recordings.origins};
    struct error error;
    int result = selection_read(options->selection.file, options->selection.files, &recordings, tell);

    if (options->against.path && selection_read(&options->against, 1, &against, tell) != 0)
        result = -1;
    if (plot(options, &recordings, &against, &error) != 0) {
        tell(error.text);
        result = -1;
    }
    recordings_free(&recordings);
    recordings_free(&against);
    return result == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static void list_charts(enum metric metric)
{
    char question[CHART_QUESTION_SIZE];

    for (enum chart_name i = 0; i < CHART_COUNT; i++)
        if (chart_shows(i, metric))
            printf("%-12s %s\n", chart_names[i], chart_question(question, i, metric));
}

/* Some write errors show only when the stream is closed. */
static int close_stdout(int status)
{
    bool failed = ferror(stdout);

    if (fclose(stdout) == 0 && !failed)
        return status;
    warn("standard output: cannot write");
    return EXIT_FAILURE;
}

static int run(struct main_options *options)
{
    struct error error;

    if (options->list) {
        list_charts(options->selection.cells.metric);
        return EXIT_SUCCESS;
    }
    if (main_options_settle(options, &error) != 0) {
        tell(error.text);
        return OPTION_EXIT_USAGE;
    }
    if (date_of(options->selection.file, options->selection.files, &options->date, &error) != 0) {
        tell(error.text);
        return EXIT_FAILURE;
    }
    return read_and_plot(options);
}

int main(int argc, char **argv)
{
    struct main_options options;
    int status;

    main_options_read(&options, argc, argv);
    gsl_set_error_handler_off();
    signal(SIGXFSZ, SIG_IGN); /* writing past RLIMIT_FSIZE is then an error, as on a full disk */
    status = run(&options);
    selection_free(&options.selection);
    return close_stdout(status);
}
