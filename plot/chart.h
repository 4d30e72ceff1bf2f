/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The charts: each makes a figure of cells and fits. */
#ifndef TASKWEIGHT_PLOT_CHART_H
#define TASKWEIGHT_PLOT_CHART_H

#include "analyze/table.h"
#include "analyze/trace.h"
#include "plot/figure.h"

/* What charts show: everything that analyze makes of the runs of the chosen metric's work. */
struct chart_data {
    struct series_list list_of[METRIC_COUNT]; /* of each metric of the same runs, the same series in the same order */
    struct series_list list;                  /* of the chosen one; borrowed */
    struct fit *fit_of[METRIC_COUNT];         /* of each series, with each metric of the same runs; NULL: of none */
    const struct fit *fit;                    /* ... with the chosen one */
    struct trace *trace; /* of each series, without runs where the recordings keep none; NULL: of none */
    enum metric metric;
    enum fit_method method;
    double confidence;
    size_t interrupted;                    /* runs without an end */
    struct chart_data *beside[WORK_KINDS]; /* of the runs of each other work; NULL: the recordings have none */
    enum work_kind work;
    struct table claims, changes; /* of the chosen metric's data only; changes without rows where nothing is compared */
};

/* How large a figure is to be. */
struct chart_size {
    double width_mm, height_mm;
    bool may_grow; /* in height, so that many models stay legible */
};

/* Puts the figure together; where memory runs out the figure says so. */
typedef void chart_build(struct figure *figure, const struct chart_data *data, const struct chart_size *size);

/* CHART(name, question, where %s is the metric's noun, metrics, works, shows): metrics is NULL for a chart of the
 * chosen metric, whatever its unit; a chart of certain metrics goes with METRIC_RSS's unit only, unless it is of the
 * runs of certain works, whatever is chosen. It shows what was measured (RUNS) or estimates (FITS). Its function is
 * chart_NAME, in chart_NAME.c. */
#define CHART_ANY 0 /* works */
#define CHARTS(CHART)                                                                                                  \
    CHART(scaling, "How does %s grow with the number of concurrent tasks?", NULL, CHART_ANY, RUNS)                     \
    CHART(bars, "How much %s do concurrent tasks take?", NULL, CHART_ANY, RUNS)                                        \
    CHART(overhead, "What does one more concurrent task cost?", NULL, CHART_ANY, FITS)                                 \
    CHART(timeline, "How does %s go through the life of a run?", "resident memory at each sample", CHART_ANY, RUNS)    \
    CHART(breakdown, "What is a concurrent task made of?", "uss, page-tables, kernel-stack and kernel", CHART_ANY,     \
          FITS)                                                                                                        \
    CHART(plane, "Which model is cheapest with how many tasks?", NULL, CHART_ANY, FITS)                                \
    CHART(residuals, "Does the line hold?", NULL, CHART_ANY, RUNS)                                                     \
    CHART(distribution, "How far do runs scatter?", NULL, CHART_ANY, RUNS)                                             \
    CHART(costs, "Who is cheap in memory and in time?", "peak, kernel and cpu", 1 << WORK_SLEEP | 1 << WORK_TIME,      \
          FITS)                                                                                                        \
    CHART(latency, "How late does a task wake up?", "late-p50, late-p90 and late-p99", 1 << WORK_BEAT, RUNS)           \
    CHART(claims, "Does a famous comparison hold here?", "peak", CHART_ANY, RUNS)                                      \
    CHART(changes, "What has changed against an older recording?", NULL, CHART_ANY, FITS)

#define CHART_ENUMERATOR(name, ...) CHART_##name,
enum chart_name { CHARTS(CHART_ENUMERATOR) CHART_COUNT };
#undef CHART_ENUMERATOR

extern const char *const chart_names[CHART_COUNT];

struct chart {
    const char *question, *metrics;
    unsigned works; /* a bit for each enum work_kind of which it needs runs, or CHART_ANY */
    bool shows_fits;
    chart_build *build;
};

extern const struct chart charts[CHART_COUNT];

/* Whether the chart goes with the choice of that metric. */
bool chart_shows(enum chart_name chart, enum metric metric);

/* Whether it also finds the runs that it is made of. */
bool chart_has_runs(enum chart_name chart, const struct chart_data *data);

#define CHART_QUESTION_SIZE 128

/* Makes the figure say that it is empty because no run has any of what it shows ("resident memory"). */
void chart_say_zero(struct figure *figure, const char *description);

/* What the chart answers of the metric. Returns text. */
const char *chart_question(char text[CHART_QUESTION_SIZE], enum chart_name chart, enum metric metric);

/* Builds a chart of the data; where the data have nothing for it the figure says what it lacks. */
void chart_draw(struct figure *figure, const struct chart_data *data, const struct chart_size *size,
                enum chart_name chart);

#define CHART_FUNCTION(name, ...) chart_build chart_##name;
CHARTS(CHART_FUNCTION)
#undef CHART_FUNCTION

/* Fits the recordings, which must outlive the data, and compares them with older ones unless `against` is NULL. After a
 * failure there is nothing to free. */
int chart_data_new(struct chart_data *data, const struct recordings *recordings, const struct recordings *against,
                   const struct series_selection *selection, enum fit_method method, struct error *error);
void chart_data_free(struct chart_data *data);

/* --- for the charts (chart_*.c) ----------------------------------------------------------------------------------- */

/* What analyze makes of the runs of that work; NULL where the recordings have none. */
const struct chart_data *chart_data_of(const struct chart_data *data, enum work_kind work);

/* The height for `stacked` panels above each other, each with `rows` rows of text. */
double chart_height_mm(size_t rows, size_t stacked);

/* Begins a figure: title, caption, and a size that has the height wanted. One that may not grow is kept, and the
   caption says what it lacks. */
void chart_begin(struct figure *figure, const struct chart_data *data, const struct chart_size *size,
                 enum chart_name chart, double wanted_mm);

/* Whether there is no room for names at the right of the data. */
bool chart_is_narrow(const struct figure *figure);

/* How many of so many panels to put beside each other, each `good_mm` wide or wider, in lines of about equal length. */
size_t chart_columns(size_t panels, double good_mm, const struct chart_size *size);

/* The style of a series: colour and shape tell the family, the dash tells lines of one family apart. Its subject is the
 * model. */
struct figure_style chart_style(const struct chart_data *data, size_t series);

/* The series by what a task adds (of a level: by the level itself), the least first, those without a fit last; NULL
   where memory runs out. Free it. */
size_t *chart_order_new(const struct chart_data *data);

/* The smallest count above `above` that any series has; 0 if there is none. */
int64_t chart_next_count(const struct chart_data *data, int64_t above);

/* Of a cell without an ok run "failed: kernel.pid_max 32768", "skipped: would take about 33.3 GiB": the limit that was
   met, or else the start of the reason, as a row has no room for more. */
const char *chart_failure_text(struct figure *figure, const struct cell *cell);

/* How many lines so many panels take, `columns` beside each other. */
size_t chart_divide_up(size_t panels, size_t columns);

/* Names a row by the series, whose subject it then has. */
void chart_name_row(struct figure *figure, struct figure_panel *panel, const struct chart_data *data, size_t row,
                    size_t series);

/* What marks say: "libuv, 10k tasks: 1.62 MiB ± 4.10 KiB, 10 runs" of a cell's mean, "libuv: 160 B ± 2.1 B" of an
   estimate of the chosen metric. */
const char *chart_about_cell(struct figure *figure, const struct chart_data *data, size_t series,
                             const struct cell *cell);
const char *chart_about(struct figure *figure, const struct chart_data *data, size_t series, struct estimate estimate);

/* The half-width of the interval; NAN where it is unknown. */
double chart_half_width(struct estimate estimate);

/* "10 runs", "2 to 3 runs": of the cells with ok runs. */
const char *chart_runs_text(struct figure *figure, const struct chart_data *data);

/* The straight line through each series. */
struct chart_line {
    struct fit fit; /* by the chosen method; where that is the curve, which is no line, by robust */
    double p;       /* for it to hold, adjusted for all by Holm's method; NaN if unknown */
};

/* One for each series; NULL where memory runs out. Free it. */
struct chart_line *chart_lines_new(const struct chart_data *data);

/* The method by which the lines are fitted. */
enum fit_method chart_line_method(const struct chart_data *data);

/* More points of a cell cannot be told apart. */
#define CHART_MOST_RUNS 200

/* The runs of a cell that are drawn: all, or CHART_MOST_RUNS, evenly through their order and the extremes among them;
   the caption says so. */
size_t chart_runs(const struct cell *cell);
double chart_run(const struct cell *cell, size_t i);

/* Adds a key entry for each family shown, or for the family of one series unless it has one. */
void chart_add_family_key(struct figure *figure, const struct chart_data *data);
void chart_add_series_key(struct figure *figure, const struct chart_data *data, size_t series);

/* "pthread", or "pthread (host)" where the recordings are of several hosts. */
const char *chart_series_name(struct figure *figure, const struct chart_data *data, size_t series);

/* What a log axis has to show. It begins as {INFINITY, 0}, which axis_over takes for no values. */
struct chart_range {
    double low, high;
};

/* Widens it by a value, which a log axis can show if it is finite and above 0. */
void chart_widen(struct chart_range *range, double value);

/* What the metric measures, as the start of an axis title: "Peak resident memory". */
const char *chart_metric_title(struct figure *figure, const struct chart_data *data);

/* The unit of the metric, and a value in it as a text: "8.48 KiB". */
enum unit chart_unit(const struct chart_data *data);
const char *chart_quantity(struct figure *figure, const struct chart_data *data, double value);

/* An overhead is above 0 where its whole interval is, and all tasks together take at least what values are rounded to,
 * such as a page: less is rounding. */
bool chart_is_above_zero(const struct fit *fit);

/* Lines through the points, broken where one is not above 0. */
void chart_join(struct figure *figure, struct figure_panel *panel, struct figure_style style,
                const struct figure_point *point, size_t points);

/* The same through that value of each of the series' cells. */
void chart_join_cells(struct figure *figure, struct figure_panel *panel, struct figure_style style,
                      const struct series *series, double (*value)(const struct cell *cell));

/* "no fit", and why. */
const char *chart_no_fit_text(struct figure *figure, const struct fit *fit);

/* " Peak while tasks start or end, not while they sleep: a and b." of the chosen metric peak, where a task's peak is
 * more than what is left while all sleep by more than their intervals, so that charts of the one and of the other
 * differ; otherwise "". */
const char *chart_peak_note(struct figure *figure, const struct chart_data *data);

/* The names of those models, whatever the metric: "a, b and c"; "" if there are none. */
const char *chart_peaked_models(struct figure *figure, const struct chart_data *data);

/* "95 %" */
const char *chart_confidence_text(struct figure *figure, const struct chart_data *data);

#endif
