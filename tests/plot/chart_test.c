/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Charts of cells and fits. The series are made by hand; the numbers expected are those put in. */
#include "plot/chart.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define MIB 0x1p20
#define PAGE 4096.
#define REASON "EAGAIN at 32,731"

static const struct chart_size size = {170, 105, true};

/* --- data --------------------------------------------------------------------------------------------------------- */

/* Three models at 1 and 1000 tasks: "dear" failed at 1000, "cheap" lost a run there, "free" costs nothing. */
struct sample_data {
    double value[3][2][2];
    struct cell cell[3][2];
    struct series series[3];
    struct fit fit[3], kernel_fit[3];
    struct chart_data data;
};

static void set_cell(struct sample_data *sample, size_t series, size_t i, int64_t tasks, double mean)
{
    struct cell *cell = &sample->cell[series][i];

    sample->value[series][i][0] = mean - MIB / 10;
    sample->value[series][i][1] = mean + MIB / 10;
    *cell = (struct cell){.tasks = tasks,
                          .runs = 2,
                          .reason = "",
                          .failure = SAMPLE_NO_STATUS,
                          .value = sample->value[series][i],
                          .mean = mean,
                          .median = mean,
                          .min = mean - MIB / 10,
                          .max = mean + MIB / 10,
                          .low = mean - MIB,
                          .high = mean + MIB};
}

static void fail_cell(struct cell *cell, size_t ok, size_t failed)
{
    cell->runs = ok;
    cell->failed = failed;
    cell->failure = SAMPLE_FAILED;
    cell->reason = REASON;
    if (ok == 0)
        cell->mean = cell->median = cell->min = cell->max = cell->low = cell->high = (double)NAN;
}

static struct fit make_fit(double baseline, double overhead, double error, int64_t max_tasks)
{
    return (struct fit){
        .method = FIT_ROBUST,
        .unit = UNIT_BYTES,
        .confidence = 0.95,
        .cells = 2,
        .min_tasks = 1,
        .max_tasks = max_tasks,
        .baseline = {baseline, MIB / 100, 10, baseline - MIB / 50, baseline + MIB / 50},
        .overhead = {overhead, error / 2, 10, overhead - error, overhead + error},
        .covariance = 0,
        .lack_of_fit_p = NAN,
        .resolution = PAGE,
    };
}

static void set_series(struct sample_data *sample, size_t i, const char *model, const char *family, double memory)
{
    sample->series[i] = (struct series){.host = "host-a",
                                        .model = model,
                                        .family = family,
                                        .work = "sleep",
                                        .metric = METRIC_PEAK,
                                        .cell = sample->cell[i],
                                        .cells = 2,
                                        .idle = estimate_unknown,
                                        .resolution = PAGE};
    set_cell(sample, i, 0, 1, 2 * MIB);
    set_cell(sample, i, 1, 1000, memory);
}

static void make_sample(struct sample_data *sample)
{
    *sample = (struct sample_data){0};
    set_series(sample, 0, "cheap", "async", 8 * MIB);
    set_series(sample, 1, "dear", "thread", 800 * MIB);
    set_series(sample, 2, "free", "async", 2 * MIB);
    sample->cell[0][0].mean = 3 * MIB;
    fail_cell(&sample->cell[0][1], 1, 1);
    fail_cell(&sample->cell[1][1], 0, 2);
    sample->fit[0] = make_fit(2 * MIB, 6000, 100, 1000);
    sample->fit[1] = make_fit(2 * MIB, 800000, 1000, 1);
    sample->fit[2] = make_fit(2 * MIB, 1, 5, 1000);
    for (size_t i = 0; i < 3; i++)
        sample->kernel_fit[i] = make_fit(NAN, NAN, NAN, 0);
    sample->data = (struct chart_data){.list = {.series = sample->series, .count = 3},
                                       .fit = sample->fit,
                                       .fit_of = {[METRIC_KERNEL] = sample->kernel_fit},
                                       .metric = METRIC_PEAK,
                                       .method = FIT_ROBUST,
                                       .confidence = 0.95};
}

static struct figure build(enum chart_name chart, const struct chart_data *data)
{
    struct figure figure = {0};

    chart_draw(&figure, data, &size, chart);
    assert_false(figure.out_of_memory);
    return figure;
}

/* --- looking into figures ----------------------------------------------------------------------------------------- */

/* The n-th mark of that kind, NULL if there are not so many. */
static const struct figure_mark *find_mark(const struct figure_panel *panel, enum figure_mark_kind kind, size_t n)
{
    for (size_t i = 0; i < panel->marks; i++)
        if (panel->mark[i].kind == kind && n-- == 0)
            return &panel->mark[i];
    return NULL;
}

static size_t count_marks(const struct figure_panel *panel, enum figure_mark_kind kind)
{
    size_t count = 0;

    while (find_mark(panel, kind, count))
        count++;
    return count;
}

static const struct figure_label *find_label(const struct figure_panel *panel, const char *text)
{
    for (size_t i = 0; i < panel->labels; i++)
        if (strstr(panel->label[i].text, text))
            return &panel->label[i];
    return NULL;
}

/* --- bars --------------------------------------------------------------------------------------------------------- */

static void test_bars_are_sorted(void **state)
{
    struct sample_data sample;
    struct figure figure;

    (void)state;
    make_sample(&sample);
    figure = build(CHART_bars, &sample.data);
    assert_int_equal(figure.panels, 2);
    assert_string_equal(figure.panel[0].title, "1 task");
    assert_string_equal(figure.panel[1].title, "1k tasks");
    assert_string_equal(figure.panel[0].row[0].name, "dear"); /* 2 MiB like free, and first by name */
    assert_string_equal(figure.panel[0].row[1].name, "free");
    assert_string_equal(figure.panel[0].row[2].name, "cheap"); /* 3 MiB */
    assert_string_equal(figure.panel[1].row[0].name, "free");  /* 2 MiB */
    assert_string_equal(figure.panel[1].row[1].name, "cheap"); /* 8 MiB */
    assert_string_equal(figure.panel[1].row[2].name, "dear");  /* failed: last */
    figure_free(&figure);
}

static void test_bars_show_values_and_intervals(void **state)
{
    struct sample_data sample;
    struct figure figure;
    const struct figure_mark *bar, *interval;

    (void)state;
    make_sample(&sample);
    figure = build(CHART_bars, &sample.data);
    bar = find_mark(&figure.panel[1], FIGURE_BAR, 1);
    interval = find_mark(&figure.panel[1], FIGURE_INTERVAL, 1);
    assert_true(bar->point[0].x == 0 && bar->point[1].x == 8 * MIB && bar->point[1].y == 1);
    assert_true(interval->point[0].x == 7 * MIB && interval->point[1].x == 9 * MIB);
    assert_true(find_label(&figure.panel[1], "8.00 MiB")->at.x == 9 * MIB); /* beyond the whisker */
    assert_string_equal(axis_unit_text(&figure.panel[1].x), "MiB");
    figure_free(&figure);
}

static void test_bars_show_failures(void **state)
{
    struct sample_data sample;
    struct figure figure;
    const struct figure_label *label;

    (void)state;
    make_sample(&sample);
    figure = build(CHART_bars, &sample.data);
    label = find_label(&figure.panel[1], REASON);
    assert_string_equal(label->text, "failed: " REASON);
    assert_int_equal(label->colour, FIGURE_WARNING);
    assert_true(label->at.y == 2);
    assert_int_equal(count_marks(&figure.panel[1], FIGURE_BAR), 2);
    assert_non_null(find_label(&figure.panel[1], "8.00 MiB, 1 of 2 failed"));
    figure_free(&figure);
}

static void test_reasons_are_short(void **state)
{
    static const struct {
        const char *reason, *text;
    } cases[] = {
        {"", "failed"},
        {"out of memory", "failed: out of memory"},
        {"fork: EAGAIN (try again); limit met: pid_max 32768", "failed: pid_max 32768"},
        {"EAGAIN at 32,731, and so on", "failed: EAGAIN at 32,731"},
        {"a (b) c (d)", "failed: a"},
        {"left open (b", "failed: left open"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sample_data sample;
        struct figure figure;

        make_sample(&sample);
        sample.cell[1][1].reason = cases[i].reason;
        figure = build(CHART_bars, &sample.data);
        assert_string_equal(figure.panel[1].label[2].text, cases[i].text); /* of the last row */
        figure_free(&figure);
    }
}

/* Of four bars one may be broken, where it is more than four times as long as the next: the axis ends a fifth beyond
   that one, and value and interval are written instead of a whisker. */
static void test_bars_beyond_all_others_are_broken(void **state)
{
    static const struct {
        double longest;
        size_t broken;
    } cases[] = {{5, 0}, {20, 1}}; /* MiB, where the next longest ends at 4 */

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct series four[4];
        struct cell cell[4];
        double value[4][2];
        struct sample_data sample;
        struct figure figure;

        make_sample(&sample);
        for (size_t k = 0; k < 4; k++) {
            double mean = k == 3 ? cases[i].longest * MIB : (double)(k + 1) * MIB;

            value[k][0] = mean - 1;
            value[k][1] = mean + 1;
            cell[k] = (struct cell){.tasks = 1, .runs = 2, .reason = "", .failure = SAMPLE_NO_STATUS, .mean = mean};
            cell[k].value = value[k];
            cell[k].low = mean - MIB;
            cell[k].high = mean + MIB;
            four[k] = (struct series){
                .host = "h", .model = "m", .family = "async", .work = "sleep", .cell = &cell[k], .cells = 1};
        }
        sample.data.list = (struct series_list){.series = four, .count = 4};
        figure = build(CHART_bars, &sample.data);
        assert_int_equal(count_marks(&figure.panel[0], FIGURE_BREAK), cases[i].broken);
        assert_int_equal(count_marks(&figure.panel[0], FIGURE_INTERVAL), 4 - cases[i].broken);
        if (cases[i].broken) {
            assert_true(fabs(figure.panel[0].x.high - 1.2 * 4 * MIB) < 1);
            assert_non_null(find_label(&figure.panel[0], "20.0 MiB ± 1.00 MiB"));
        }
        figure_free(&figure);
    }
}

/* --- overhead ----------------------------------------------------------------------------------------------------- */

static void test_overhead_is_sorted_with_intervals(void **state)
{
    struct sample_data sample;
    struct figure figure;
    const struct figure_panel *panel;
    const struct figure_mark *interval;

    (void)state;
    make_sample(&sample);
    figure = build(CHART_overhead, &sample.data);
    panel = &figure.panel[0];
    assert_string_equal(panel->row[0].name, "free");
    assert_string_equal(panel->row[1].name, "cheap");
    assert_string_equal(panel->row[2].name, "dear");
    interval = find_mark(panel, FIGURE_INTERVAL, 0);
    assert_true(interval->point[0].x == 5900 && interval->point[1].x == 6100);
    assert_string_equal(panel->column[0].entry[1].text, "5.86 KiB"); /* 6000 / 1024 = 5.859 */
    assert_string_equal(panel->column[1].entry[1].text, "± 100 B");
    assert_int_equal(panel->columns, 2);
    figure_free(&figure);
}

/* The interval of "free" is 1 +- 5 bytes. */
static void test_overhead_that_may_be_zero_is_said_to(void **state)
{
    struct sample_data sample;
    struct figure figure;
    const struct figure_panel *panel;
    const struct figure_mark *mark;

    (void)state;
    make_sample(&sample);
    figure = build(CHART_overhead, &sample.data);
    panel = &figure.panel[0];
    mark = find_mark(panel, FIGURE_POINTS, 0);
    assert_int_equal(mark->style.shape, FIGURE_ARROW_LEFT);
    assert_true(mark->point[0].x == panel->x.low);
    assert_string_equal(panel->column[0].entry[0].text, "< 6 B");
    figure_free(&figure);
}

/* Without limits: 1000 tasks of 4 bytes are less than the page of 4096 bytes that memory is counted in, of 5 more. */
static void test_overhead_without_limits_has_to_reach_a_page(void **state)
{
    struct sample_data sample;
    struct figure figure;

    (void)state;
    make_sample(&sample);
    sample.fit[0].overhead = (struct estimate){5, NAN, NAN, NAN, NAN};
    sample.fit[2].overhead = (struct estimate){4, NAN, NAN, NAN, NAN};
    figure = build(CHART_overhead, &sample.data);
    assert_string_equal(figure.panel[0].column[0].entry[0].text, "not above 0");
    assert_string_equal(figure.panel[0].column[0].entry[1].text, "5 B");
    figure_free(&figure);

    sample.fit[0].resolution = 16384; /* with pages of 16 KiB that is less than one, too */
    figure = build(CHART_overhead, &sample.data);
    assert_null(strstr(figure.panel[0].column[0].entry[1].text, "5 B"));
    figure_free(&figure);
}

static void test_overhead_shows_the_kernel_part(void **state)
{
    struct sample_data sample;
    struct figure figure;
    const struct figure_panel *panel;

    (void)state;
    make_sample(&sample);
    sample.kernel_fit[1] = make_fit(MIB, 9000, 10, 1000);
    figure = build(CHART_overhead, &sample.data);
    panel = &figure.panel[0];
    assert_int_equal(panel->columns, 4);
    assert_string_equal(panel->column[2].heading, "kernel");
    assert_string_equal(panel->column[2].entry[2].text, "8.79 KiB"); /* 9000 / 1024 = 8.789 */
    assert_null(panel->column[2].entry[0].text);
    assert_int_equal(count_marks(panel, FIGURE_POINTS), 4);
    assert_true(find_mark(panel, FIGURE_POINTS, 3)->style.hollow);
    assert_int_equal(count_marks(panel, FIGURE_LINE), 1); /* between both ends */
    figure_free(&figure);
}

static void test_overhead_says_why_there_is_no_fit(void **state)
{
    struct sample_data sample;
    struct figure figure;

    (void)state;
    make_sample(&sample);
    sample.fit[0] = make_fit(NAN, NAN, NAN, 1);
    strcpy(sample.fit[0].note, "one count only");
    figure = build(CHART_overhead, &sample.data);
    assert_string_equal(figure.panel[0].row[2].name, "cheap");
    assert_string_equal(find_label(&figure.panel[0], "one count")->text, "no fit: one count only");
    figure_free(&figure);
}

/* Costs of 2 MiB and, proven, of 0.02 bytes: the axis begins at 1 byte, and what is below it is an arrow there. */
static void test_overhead_axis_begins_near_the_least_cost(void **state)
{
    struct sample_data sample;
    struct figure figure;

    (void)state;
    make_sample(&sample);
    figure = build(CHART_overhead, &sample.data);
    assert_in_range(figure.panel[0].x.low, 1000, 1500); /* a quarter of 6000 */
    figure_free(&figure);
    sample.fit[2] = make_fit(2 * MIB, 0.02, 0.001, 1000000);
    figure = build(CHART_overhead, &sample.data);
    assert_true(figure.panel[0].x.low == 1);
    assert_int_equal(find_mark(&figure.panel[0], FIGURE_POINTS, 0)->style.shape, FIGURE_ARROW_LEFT);
    assert_string_equal(figure.panel[0].column[0].entry[0].text, "0.02 B");
    figure_free(&figure);
}

/* --- scaling ------------------------------------------------------------------------------------------------------ */

static void test_scaling_shows_every_run_where_it_is(void **state)
{
    struct sample_data sample;
    struct figure figure;
    const struct figure_mark *runs;

    (void)state;
    make_sample(&sample);
    figure = build(CHART_scaling, &sample.data);
    assert_int_equal(count_marks(&figure.panel[0], FIGURE_POINTS), 5); /* cells with runs */
    runs = find_mark(&figure.panel[0], FIGURE_POINTS, 0);
    assert_int_equal(runs->points, 2);
    runs = find_mark(&figure.panel[0], FIGURE_POINTS, 1);
    assert_int_equal(runs->points, 1);
    assert_true(runs->point[0].x == 1000 && runs->point[0].y == 8 * MIB - MIB / 10);
    assert_string_equal(runs->style.subject, "cheap");
    assert_string_equal(runs->style.about, "cheap, 1k tasks: 8.00 MiB ± 1.00 MiB, 1 run");
    figure_free(&figure);
}

/* Of "cheap" and "free", whose medians are joined; of "cheap" alone once its line holds. */
static void test_scaling_draws_a_line_where_it_holds(void **state)
{
    struct sample_data sample;
    struct figure figure;
    const struct figure_mark *line, *band;
    struct estimate mean;

    (void)state;
    make_sample(&sample);
    figure = build(CHART_scaling, &sample.data);
    assert_int_equal(count_marks(&figure.panel[0], FIGURE_LINE), 2);
    assert_int_equal(count_marks(&figure.panel[0], FIGURE_BAND), 0);
    line = find_mark(&figure.panel[0], FIGURE_LINE, 0);
    assert_int_equal(line->points, 2);
    assert_true(line->point[0].y == 2 * MIB && line->point[1].y == 8 * MIB);
    figure_free(&figure);

    sample.fit[0].lack_of_fit_p = 0.5;
    figure = build(CHART_scaling, &sample.data);
    line = find_mark(&figure.panel[0], FIGURE_LINE, 0);
    band = find_mark(&figure.panel[0], FIGURE_BAND, 0);
    mean = fit_mean_at(&sample.fit[0], 1000);
    assert_int_equal(count_marks(&figure.panel[0], FIGURE_BAND), 1);
    assert_true(fabs(line->point[line->points - 1].x - 1000) < 1e-6);
    assert_true(fabs(line->point[line->points - 1].y / (2 * MIB + 6000 * 1000.0) - 1) < 1e-9);
    assert_true(fabs(band->point[band->points / 2 - 1].y / mean.low - 1) < 1e-9);
    assert_true(fabs(band->point[band->points / 2].y / mean.high - 1) < 1e-9);
    figure_free(&figure);
}

static void test_scaling_labels_every_line(void **state)
{
    struct sample_data sample;
    struct figure figure;

    (void)state;
    make_sample(&sample);
    figure = build(CHART_scaling, &sample.data);
    assert_int_equal(figure.panel[0].labels, 3);
    assert_non_null(find_label(&figure.panel[0], "cheap"));
    assert_string_equal(find_label(&figure.panel[0], "dear")->text, "dear, failed at 1k");
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(figure.panel[0].label[i].place, FIGURE_EDGE);
    figure_free(&figure);
}

/* Fourteen models: "cheap", "dear" and "free" again and again. */
#define MANY 14

struct many {
    struct series series[MANY];
    struct fit fit[MANY], kernel_fit[MANY];
    struct chart_data data;
};

static void make_many(struct many *many, const struct sample_data *sample)
{
    for (size_t i = 0; i < MANY; i++) {
        many->series[i] = sample->series[i % 3];
        many->fit[i] = sample->fit[i % 3];
        many->kernel_fit[i] = sample->kernel_fit[i % 3];
    }
    many->data = sample->data;
    many->data.list = (struct series_list){.series = many->series, .count = MANY};
    many->data.fit = many->fit;
    many->data.fit_of[METRIC_KERNEL] = many->kernel_fit;
}

/* Families async and thread; in each panel the others are lines in the background. */
static void test_scaling_of_many_has_a_panel_for_each_family(void **state)
{
    struct sample_data sample;
    struct many many;
    struct figure figure;
    size_t behind = 0;

    (void)state;
    make_sample(&sample);
    make_many(&many, &sample);
    figure = build(CHART_scaling, &many.data);
    assert_int_equal(figure.panels, 2);
    assert_string_equal(figure.panel[0].title, "async");
    assert_string_equal(figure.panel[1].title, "thread");
    for (size_t i = 0; i < figure.panel[1].marks; i++)
        behind += figure.panel[1].mark[i].style.colour == FIGURE_CONTEXT;
    assert_int_equal(behind, 9);                 /* 5 of "cheap" and 4 of "free" */
    assert_int_equal(figure.panel[1].labels, 5); /* of "dear" */
    figure_free(&figure);
}

static void test_bars_of_many_are_dots_in_one_order(void **state)
{
    struct sample_data sample;
    struct many many;
    struct figure figure;

    (void)state;
    make_sample(&sample);
    make_many(&many, &sample);
    figure = build(CHART_bars, &many.data);
    assert_true(figure.shares_left);
    assert_int_equal(figure.panels, 2);
    assert_string_equal(figure.panel[0].row[0].name, "free");
    assert_string_equal(figure.panel[0].row[MANY - 1].name, "dear");
    assert_null(figure.panel[1].row[0].name);
    assert_true(figure.panel[0].x.low == figure.panel[1].x.low && figure.panel[0].x.high == figure.panel[1].x.high);
    assert_int_equal(count_marks(&figure.panel[0], FIGURE_BAR), 0);
    assert_true(find_mark(&figure.panel[1], FIGURE_POINTS, 0)->point[0].x == 2 * MIB);
    assert_int_equal(find_mark(&figure.panel[1], FIGURE_POINTS, MANY - 1)->style.colour, FIGURE_WARNING);
    assert_non_null(strstr(figure.finding, "Without an ok run: dear"));
    figure_free(&figure);
}

/* --- plane -------------------------------------------------------------------------------------------------------- */

/* "free" takes the least whatever the count, but costs nothing that is proven; along the line of one task the total is
   that of "cheap", 2 MiB + 6000 bytes. */
static void test_plane(void **state)
{
    struct sample_data sample;
    struct figure figure;
    const struct figure_mark *line, *point, *bar;

    (void)state;
    make_sample(&sample);
    figure = build(CHART_plane, &sample.data);
    assert_int_equal(figure.panels, 2);
    assert_int_equal(figure.panel[0].rows, 1);
    assert_string_equal(figure.panel[0].row[0].name, "free");
    bar = find_mark(&figure.panel[0], FIGURE_BAR, 0);
    assert_true(bar->point[0].x == 1 && bar->point[1].x == 1000);
    assert_non_null(strstr(figure.subtitle, "is unknown or not above 0: free."));
    point = find_mark(&figure.panel[1], FIGURE_POINTS, 0);
    assert_true(point->point[0].x == 2 * MIB && point->point[0].y == 6000);
    line = find_mark(&figure.panel[1], FIGURE_LINE, 0);
    for (size_t i = 0; i < line->points; i++)
        assert_true(fabs(line->point[i].x + line->point[i].y - (2 * MIB + 6000)) < 1);
    assert_int_equal(count_marks(&figure.panel[1], FIGURE_BAND), 2);
    figure_free(&figure);
}

/* --- residuals ---------------------------------------------------------------------------------------------------- */

/* The line that is missed by most comes first: that of "cheap" with 1 task, whose mean of 3 MiB stands for a line at 2
 * MiB
 * + 6000; then that of "dear", 2 MiB for 2 MiB + 800000. By Holm's method 0.01 and 0.5 are 0.02 and 0.5. The runs of
 * "cheap" lie MIB / 10 about 2 MiB. */
static void test_residuals(void **state)
{
    struct sample_data sample;
    struct figure figure;
    const struct figure_mark *first;

    (void)state;
    make_sample(&sample);
    sample.fit[0].lack_of_fit_p = 0.5;
    sample.fit[2].lack_of_fit_p = 0.01;
    sample.fit[2].least_slope = 938;
    sample.fit[2].largest_slope = 3610; /* / 1024 = 3.525 */
    figure = build(CHART_residuals, &sample.data);
    assert_int_equal(figure.panels, 3);
    assert_string_equal(figure.panel[0].title, "cheap: yes");
    assert_string_equal(figure.panel[1].title, "dear: cannot tell");
    assert_string_equal(figure.panel[2].title, "free: no: 938 B to 3.53 KiB");
    first = find_mark(&figure.panel[0], FIGURE_POINTS, 0);
    assert_true(first->point[0].x == 1);
    assert_true(fabs(first->point[0].y - 100 * (1.9 * MIB / (2 * MIB + 6000) - 1)) < 1e-9);
    assert_string_equal(figure.finding, "A straight line is ruled out for 1 of 2 models (Holm's p below 0.05).");
    figure_free(&figure);
}

/* --- distribution ------------------------------------------------------------------------------------------------- */

static void test_distribution(void **state)
{
    struct sample_data sample;
    struct figure figure;
    const struct figure_mark *run;

    (void)state;
    make_sample(&sample);
    figure = build(CHART_distribution, &sample.data);
    assert_int_equal(figure.panel[0].rows, 3);
    assert_string_equal(figure.panel[0].column[0].heading, "tasks");
    assert_string_equal(figure.panel[0].row[0].name, "cheap"); /* 8 MiB -+ 0.1 MiB: the steadiest */
    assert_string_equal(figure.panel[0].column[0].entry[0].text, "1k");
    run = find_mark(&figure.panel[0], FIGURE_POINTS, 0);
    assert_true(fabs(run->point[0].x + 100 * 0.1 / 8) < 1e-9);
    figure_free(&figure);
}

/* --- breakdown ---------------------------------------------------------------------------------------------------- */

/* Of 1000 bytes 600 are private, 300 page tables, and 100 what else the kernel charges. */
static void test_breakdown(void **state)
{
    struct sample_data sample;
    struct fit user[3], tables[3];
    struct figure figure;
    const struct figure_mark *tables_mark;

    (void)state;
    make_sample(&sample);
    for (size_t i = 0; i < 3; i++)
        user[i] = tables[i] = make_fit(MIB, 0, 1e-3, 1000);
    user[0] = make_fit(MIB, 600, 1, 1000);
    tables[0] = make_fit(MIB, 300, 1, 1000);
    sample.kernel_fit[0] = make_fit(MIB, 400, 1, 1000);
    user[1] = make_fit(MIB, 500, 600, 1000); /* may be nothing, or twice as much */
    sample.kernel_fit[1] = make_fit(MIB, 400, 1, 1000);
    sample.data.fit_of[METRIC_USS] = user;
    sample.data.fit_of[METRIC_PAGE_TABLES] = tables;
    figure = build(CHART_breakdown, &sample.data);
    assert_int_equal(figure.keys, 3);
    assert_string_equal(figure.panel[0].row[0].name, "cheap");
    assert_string_equal(figure.panel[0].column[0].entry[0].text, "1000 B");
    assert_int_equal(count_marks(&figure.panel[0], FIGURE_POINTS), 3);
    tables_mark = find_mark(&figure.panel[0], FIGURE_POINTS, 1);
    assert_true(tables_mark->point[0].x == 300);
    assert_string_equal(tables_mark->style.about, "cheap, page tables: 300 B, 30 % of a task");
    assert_string_equal(figure.panel[0].label[0].text, "cannot tell: a part that may be much of it is not proven");
    assert_string_equal(figure.panel[0].label[1].text, "nothing is proven to be above 0");
    figure_free(&figure);
}

/* --- timeline ----------------------------------------------------------------------------------------------------- */

static const char recording_head[] =
    "host,model,family,tasks,run,phase,time_us,alive,rss_bytes,pss_bytes,uss_bytes,peak_rss_bytes,page_table_bytes,"
    "kernel_stack_bytes,kernel_bytes,charged_bytes,peak_charged_bytes,threads,user_us,system_us,status,reason\n";

/* A run of 3000 samples, of which one is a peak: the trace has a bounded number, and the peak. */
static void test_timeline(void **state)
{
    const struct series_selection selection = {.metric = METRIC_PEAK, .confidence = 0.95};
    char path[] = "/tmp/chart_test-XXXXXX";
    FILE *file = fdopen(mkstemp(path), "w");
    struct recordings recordings = {.keeps_traces = true};
    struct chart_data data;
    struct error error;
    struct figure figure;
    const struct figure_mark *line;
    size_t points = 0;
    double peak = 0;

    (void)state;
    assert_non_null(file);
    fputs(recording_head, file);
    for (int i = 0; i < 3000; i++)
        fprintf(file, "host-a,cheap,async,1000,1,%s,%d000,,%d,,,,,,,,,,,,,\n",
                i < 1000   ? "spawn"
                : i < 2000 ? "hold"
                           : "drain",
                i, i == 1234 ? 99999999 : 4096 * i);
    fputs("host-a,cheap,async,1000,1,end,3000000,,,,,99999999,,,,,,,,,ok,\n", file);
    fputs("host-a,cheap,async,1,1,end,3000000,,5,,,5,,,,,,,,,ok,\n", file); /* not the largest count */
    fclose(file);
    assert_int_equal(recordings_read(&recordings, path, &error), 0);
    unlink(path);
    assert_int_equal(chart_data_new(&data, &recordings, NULL, &selection, FIT_ROBUST, &error), 0);
    figure = build(CHART_timeline, &data);
    assert_int_equal(figure.panels, 1);
    assert_string_equal(figure.panel[0].title, "cheap, 1k");
    assert_int_equal(count_marks(&figure.panel[0], FIGURE_LINE), 2); /* the plateau ends where drain begins */
    for (size_t k = 0; k < 2; k++) {
        line = find_mark(&figure.panel[0], FIGURE_LINE, k);
        points += line->points;
        for (size_t i = 0; i < line->points; i++)
            peak = fmax(peak, line->point[i].y);
    }
    assert_true(points > TRACE_POINTS / 2 && points <= TRACE_POINTS);
    assert_true(peak == 99999999);
    assert_int_equal(count_marks(&figure.panel[0], FIGURE_BAND), 2); /* spawn and drain */
    assert_true(find_mark(&figure.panel[0], FIGURE_BAND, 0)->point[1].x == 1);
    figure_free(&figure);
    chart_data_free(&data);
    recordings_free(&recordings);
}

/* --- all charts --------------------------------------------------------------------------------------------------- */

static void test_charts_say_what_they_show(void **state)
{
    char question[CHART_QUESTION_SIZE];
    struct sample_data sample;

    (void)state;
    make_sample(&sample);
    for (int chart = 0; chart < CHART_COUNT; chart++) {
        struct figure figure = {0};

        if (charts[chart].works != CHART_ANY)
            continue;
        figure = build((enum chart_name)chart, &sample.data);
        assert_string_equal(figure.title, chart_question(question, (enum chart_name)chart, METRIC_PEAK));
        assert_non_null(strstr(figure.caption, "Host host-a"));
        assert_non_null(strstr(figure.caption, charts[chart].metrics ? charts[chart].metrics : "metric peak: peak"));
        assert_true((strstr(figure.caption, "fit robust") != NULL) == charts[chart].shows_fits);
        assert_non_null(strstr(figure.caption, "95 % confidence"));
        assert_non_null(strstr(figure.caption, "1 to 2 runs at each count (9 ok, 3 not ok)"));
        assert_true(figure.panels > 0 ? *figure.panel[0].x_title != '\0' /* there are no traces, and no tables */
                                      : chart == CHART_timeline || chart == CHART_claims || chart == CHART_changes);
        figure_free(&figure);
    }
}

static void test_names_tell_hosts_apart(void **state)
{
    struct sample_data sample;
    struct figure figure;

    (void)state;
    make_sample(&sample);
    sample.series[2].host = "host-b";
    figure = build(CHART_overhead, &sample.data);
    assert_string_equal(figure.panel[0].row[0].name, "free (host-b)");
    assert_non_null(strstr(figure.caption, "Hosts host-a, host-b"));
    figure_free(&figure);
}

static void test_families_look_the_same_in_all_charts(void **state)
{
    struct sample_data sample;

    (void)state;
    make_sample(&sample);
    assert_int_equal(chart_style(&sample.data, 0).colour, chart_style(&sample.data, 2).colour);
    assert_int_equal(chart_style(&sample.data, 0).shape, chart_style(&sample.data, 2).shape);
    assert_int_not_equal(chart_style(&sample.data, 0).dash, chart_style(&sample.data, 2).dash);
    assert_int_not_equal(chart_style(&sample.data, 0).colour, chart_style(&sample.data, 1).colour);
    sample.series[1].family = "of tomorrow";
    assert_in_range(chart_style(&sample.data, 1).colour, FIGURE_HUE, FIGURE_COLOURS - 1);
}

static void test_height_grows_only_where_it_may(void **state)
{
    struct sample_data sample;
    struct series many[40];
    struct fit fit[40], kernel_fit[40];
    const struct chart_size fixed = {170, 105, false}, narrow = {84, 105, true};
    struct figure figure = {0};
    double height_mm;

    (void)state;
    make_sample(&sample);
    for (size_t i = 0; i < 40; i++) {
        many[i] = sample.series[0];
        fit[i] = sample.fit[0];
        kernel_fit[i] = sample.kernel_fit[0];
    }
    sample.data.list = (struct series_list){.series = many, .count = 40};
    sample.data.fit = fit;
    sample.data.fit_of[METRIC_KERNEL] = kernel_fit;
    for (int chart = 0; chart < CHART_COUNT; chart++) {
        if (chart == CHART_timeline || chart == CHART_claims || chart == CHART_changes || chart == CHART_scaling ||
            charts[chart].works != CHART_ANY) /* there are no traces, no tables, and two families */
            continue;
        chart_draw(&figure, &sample.data, &size, chart);
        height_mm = figure.height_mm;
        assert_true(height_mm > 105);
        figure_free(&figure);
        chart_draw(&figure, &sample.data, &narrow, chart); /* its titles wrap */
        assert_true(figure.height_mm > height_mm);
        figure_free(&figure);
        chart_draw(&figure, &sample.data, &fixed, chart);
        assert_true(figure.width_mm == 170 && figure.height_mm == 105);
        assert_non_null(strstr(figure.caption, "small print"));
        figure_free(&figure);
    }
}

static void test_charts_of_nothing(void **state)
{
    struct chart_data data = {.metric = METRIC_PEAK, .confidence = 0.95};

    (void)state;
    for (int chart = 0; chart < CHART_COUNT; chart++) {
        struct figure figure = build((enum chart_name)chart, &data);

        if (charts[chart].works == CHART_ANY) {
            assert_non_null(strstr(figure.caption, "no ok runs"));
            assert_string_equal(figure.lack,
                                "There is nothing to show. No run was ok: the runs table of analyze says why.");
        } else
            assert_non_null(strstr(figure.lack, "There is nothing to show: no run of the work "));
        figure_free(&figure);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bars_are_sorted),
        cmocka_unit_test(test_bars_show_values_and_intervals),
        cmocka_unit_test(test_bars_show_failures),
        cmocka_unit_test(test_reasons_are_short),
        cmocka_unit_test(test_bars_beyond_all_others_are_broken),
        cmocka_unit_test(test_overhead_is_sorted_with_intervals),
        cmocka_unit_test(test_overhead_that_may_be_zero_is_said_to),
        cmocka_unit_test(test_overhead_without_limits_has_to_reach_a_page),
        cmocka_unit_test(test_overhead_shows_the_kernel_part),
        cmocka_unit_test(test_overhead_says_why_there_is_no_fit),
        cmocka_unit_test(test_overhead_axis_begins_near_the_least_cost),
        cmocka_unit_test(test_scaling_shows_every_run_where_it_is),
        cmocka_unit_test(test_scaling_draws_a_line_where_it_holds),
        cmocka_unit_test(test_scaling_of_many_has_a_panel_for_each_family),
        cmocka_unit_test(test_bars_of_many_are_dots_in_one_order),
        cmocka_unit_test(test_scaling_labels_every_line),
        cmocka_unit_test(test_plane),
        cmocka_unit_test(test_residuals),
        cmocka_unit_test(test_distribution),
        cmocka_unit_test(test_breakdown),
        cmocka_unit_test(test_timeline),
        cmocka_unit_test(test_charts_say_what_they_show),
        cmocka_unit_test(test_names_tell_hosts_apart),
        cmocka_unit_test(test_families_look_the_same_in_all_charts),
        cmocka_unit_test(test_height_grows_only_where_it_may),
        cmocka_unit_test(test_charts_of_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
