/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The charts of time and lateness, of recordings by hand; the numbers expected are those put in. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "plot/finding.h"
#include "plot/report.h"
#include "tests/plot/charted.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RUNS 5

/* Runs of a count lie a little apart: 1 % in time, a page in memory. */
struct model {
    const char *name;
    int64_t bytes, nanoseconds; /* a task */
    int64_t late;               /* nanoseconds of most wake-ups; ten times as much of the latest 2 % */
};

/* Of the first, which is the harness's, no lateness is known. */
static const struct model models[] = {
    {"null", 0, 5, 0}, {"light", 100, 1000, 64000}, {"quick", 1000, 100, 640000}, {"slow", 2000, 2000, 6400000}};
#define MODELS (sizeof models / sizeof *models)

static struct sample row_of(const struct model *model, const char *work, int64_t tasks, int64_t run,
                            enum sample_phase phase)
{
    struct sample row = sample_unknown();

    row.host = "rig";
    row.model = model->name;
    row.family = "async";
    row.work = work;
    row.tasks = tasks;
    row.run = run;
    row.phase = phase;
    row.time_us = phase == SAMPLE_IDLE ? 0 : 1000;
    if (phase == SAMPLE_END)
        row.status = SAMPLE_OK;
    return row;
}

static void write_sleep(FILE *stream, const struct model *model, int64_t tasks, int64_t run)
{
    struct sample end = row_of(model, "", tasks, run, SAMPLE_END);

    end.peak_rss_bytes = (1 << 20) + tasks * model->bytes + 4096 * (run % 2);
    sample_write(&end, stream);
}

static void write_time(FILE *stream, const struct model *model, int64_t tasks, int64_t run)
{
    static const enum sample_phase phases[] = {SAMPLE_IDLE, SAMPLE_HOLD, SAMPLE_DRAIN, SAMPLE_END};
    int64_t spent[] = {0, 1, 2, 2}; /* halves of what a task takes */

    for (size_t i = 0; i < sizeof phases / sizeof *phases; i++) {
        struct sample row = row_of(model, "time", tasks, run, phases[i]);
        int64_t each = model->nanoseconds * (200 + run), halves = spent[i] * tasks * each / 400;

        row.cpu_ns = 1000000 + halves;
        sample_write(&row, stream);
    }
}

static void write_beat(FILE *stream, const struct model *model, int64_t tasks, int64_t run)
{
    struct sample bucket = row_of(model, "beat:10:10ms", tasks, run, SAMPLE_LATE);
    const struct sample end = row_of(model, "beat:10:10ms", tasks, run, SAMPLE_END);

    bucket.value_ns = model->late + 100 * run;
    bucket.count = 980;
    sample_write(&bucket, stream);
    bucket.value_ns = 10 * model->late;
    bucket.count = 20;
    sample_write(&bucket, stream);
    sample_write(&end, stream);
}

/* What is written of each model, count and run. */
typedef void write_run(FILE *stream, const struct model *model, int64_t tasks, int64_t run);

static void write_all(FILE *stream, write_run *write, int64_t least)
{
    for (size_t i = 0; i < MODELS; i++)
        for (int64_t run = 1; run <= RUNS; run++)
            for (int64_t tasks = least; tasks <= 10000; tasks = tasks == 0 ? 100 : tasks * 100)
                if (write != write_beat || models[i].late > 0)
                    write(stream, &models[i], tasks, run);
}

/* The recording has the works whose writers are not NULL. */
static struct charted read_works(write_run *sleep, write_run *time, write_run *beat, enum metric metric)
{
    char path[] = "/tmp/works_test-XXXXXX";
    FILE *stream = fdopen(mkstemp(path), "w");
    struct charted charted;

    assert_non_null(stream);
    sample_write_header(stream);
    if (sleep)
        write_all(stream, sleep, 1);
    if (time)
        write_all(stream, time, 1);
    if (beat)
        write_all(stream, beat, 0);
    fclose(stream);
    charted = charted_read(path, metric);
    unlink(path);
    return charted;
}

static const struct figure_mark *find_point(const struct figure_panel *panel, double x)
{
    for (size_t i = 0; i < panel->marks; i++)
        if (panel->mark[i].kind == FIGURE_POINTS && panel->mark[i].point[0].x == x)
            return &panel->mark[i];
    return NULL;
}

/* --- costs -------------------------------------------------------------------------------------------------------- */

static void costs_place_models_by_memory_and_time(void **state)
{
    struct charted charted = read_works(write_sleep, write_time, NULL, METRIC_PEAK);
    struct figure figure = charted_figure(&charted, CHART_costs);
    double seen[][2] = {{100, 1e-6}, {1000, 1e-7}, {2000, 2e-6}}, close = 0.02;

    (void)state;
    assert_int_equal(figure.panels, 1);
    for (size_t model = 0, found = 0; model < 3; model++, found = 0) {
        for (size_t i = 0; i < figure.panel[0].marks; i++) {
            const struct figure_mark *mark = &figure.panel[0].mark[i];

            found += mark->kind == FIGURE_POINTS && fabs(mark->point[0].x / seen[model][0] - 1) < close &&
                     fabs(mark->point[0].y / seen[model][1] - 1) < close;
        }
        assert_int_equal(found, 1);
    }
    assert_string_equal(figure.finding,
                        "Of 3 models, light takes the least memory, 100 B, and slow the most, 1.95 KiB. Of 3 models, "
                        "quick takes the least time, 102 ns, and slow the most, 2.03 µs.");
    figure_free(&figure);
    charted_free(&charted);
}

/* Either work may be the one whose metric is chosen. */
static void costs_do_not_depend_on_the_metric(void **state)
{
    struct charted by_memory = read_works(write_sleep, write_time, NULL, METRIC_PEAK);
    struct charted by_time = read_works(write_sleep, write_time, NULL, METRIC_SPAWN_CPU);
    struct figure first = charted_figure(&by_memory, CHART_costs), second = charted_figure(&by_time, CHART_costs);

    (void)state;
    assert_string_equal(first.finding, second.finding);
    assert_int_equal(first.panel[0].marks, second.panel[0].marks);
    figure_free(&first);
    figure_free(&second);
    charted_free(&by_memory);
    charted_free(&by_time);
}

static void costs_without_both_works_say_which_is_missing(void **state)
{
    struct charted memory = read_works(write_sleep, NULL, NULL, METRIC_PEAK);
    struct charted time = read_works(NULL, write_time, NULL, METRIC_SPAWN_CPU);
    struct figure figure = charted_figure(&memory, CHART_costs);

    (void)state;
    assert_string_equal(figure.lack, "There is nothing to show: no run of the work time is in the recordings (collect "
                                     "--work=time makes some).");
    assert_false(chart_has_runs(CHART_costs, &memory.data));
    figure_free(&figure);
    figure = charted_figure(&time, CHART_costs);
    assert_non_null(strstr(figure.lack, "no run of the work sleep"));
    figure_free(&figure);
    charted_free(&memory);
    charted_free(&time);
}

/* --- latency ------------------------------------------------------------------------------------------------------ */

/* One panel a model, all with the same axes, on which beside no sleeper has its place. The median and the 90th
   percentile lie in the first bucket, the 99th in the second. */
static void latency_shows_quantiles_against_sleepers(void **state)
{
    struct charted charted = read_works(write_sleep, NULL, write_beat, METRIC_PEAK);
    struct figure figure = charted_figure(&charted, CHART_latency);
    const struct figure_panel *panel = &figure.panel[0];
    size_t points = 0;

    (void)state;
    assert_int_equal(figure.panels, 3);
    assert_string_equal(panel->title, "light");
    assert_int_equal(panel->x.scale, AXIS_LOG_ZERO);
    assert_true(panel->y.low == figure.panel[2].y.low && panel->y.high == figure.panel[2].y.high);
    assert_non_null(find_point(panel, 0));
    for (size_t i = 0; i < panel->marks; i++)
        points += panel->mark[i].kind == FIGURE_POINTS;
    assert_int_equal(points, 9); /* 3 quantiles beside 0, 100 and 10k */
    assert_true(find_point(panel, 100)->point[0].y > 64e-6 && find_point(panel, 100)->point[0].y < 72e-6);
    assert_non_null(strstr(figure.finding, "Of 3 models with 10k tasks, light wakes the least late, "));
    assert_non_null(strstr(figure.finding, ", and slow the latest, "));
    assert_int_equal(figure.keys, 3);
    figure_free(&figure);
    charted_free(&charted);
}

static void charts_of_works_are_drawn_where_there_are_runs(void **state)
{
    struct charted charted = read_works(NULL, write_time, write_beat, METRIC_SPAWN_CPU);

    (void)state;
    assert_true(chart_has_runs(CHART_latency, &charted.data));
    assert_false(chart_has_runs(CHART_costs, &charted.data));
    assert_true(chart_has_runs(CHART_overhead, &charted.data));
    assert_false(chart_has_runs(CHART_breakdown, &charted.data)); /* of memory */
    charted_free(&charted);
}

/* How often the report has a block that begins with the text. */
static size_t count_blocks(const struct report *report, const char *text)
{
    size_t count = 0;

    for (size_t i = 0; i < report->blocks; i++)
        count += report->block[i].text && strncmp(report->block[i].text, text, strlen(text)) == 0;
    return count;
}

/* Eight figures of memory; behind them those of time, costs and lateness. */
static void a_report_has_a_part_on_time_where_there_are_runs(void **state)
{
    static const struct chart_size size = {160, 105, true};
    struct charted with = read_works(write_sleep, write_time, write_beat, METRIC_PEAK);
    struct charted without = read_works(write_sleep, NULL, NULL, METRIC_PEAK);
    struct table_request request = {.selection = {.metric = METRIC_PEAK, .confidence = 0.95}, .method = FIT_CURVE};
    struct report report;
    struct error error;

    (void)state;
    request.recordings = &with.recordings;
    assert_int_equal(report_new(&report, &with.data, &request, NULL, 0, &size, &error), 0);
    assert_int_equal(count_blocks(&report, "Time"), 1);
    assert_int_equal(report.figures, 11);
    assert_int_equal(count_blocks(&report, "Figure 1. "), 1);
    assert_int_equal(count_blocks(&report, "Figure 9. Of 3 models, quick adds the least per task to the processor"), 1);
    assert_int_equal(count_blocks(&report, "Figure 11. Of 3 models with 10k tasks, light wakes the least late"), 1);
    report_free(&report);
    request.recordings = &without.recordings;
    assert_int_equal(report_new(&report, &without.data, &request, NULL, 0, &size, &error), 0);
    assert_int_equal(count_blocks(&report, "Time"), 0);
    assert_int_equal(report.figures, 8);
    report_free(&report);
    charted_free(&with);
    charted_free(&without);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(costs_place_models_by_memory_and_time),
        cmocka_unit_test(costs_do_not_depend_on_the_metric),
        cmocka_unit_test(costs_without_both_works_say_which_is_missing),
        cmocka_unit_test(latency_shows_quantiles_against_sleepers),
        cmocka_unit_test(charts_of_works_are_drawn_where_there_are_runs),
        cmocka_unit_test(a_report_has_a_part_on_time_where_there_are_runs),
    };

    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
