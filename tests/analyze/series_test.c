/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cells against numbers computed by hand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/analyze/runs.h"

#include <gsl/gsl_errno.h>
#include <string.h>

#define PAGE RUNS_PAGE

/* 2, 4, 4, 5, 10 pages: mean 5, squares of deviations 9 + 1 + 1 + 0 + 25 = 36, sd sqrt(36 / 4) = 3; median 4,
   absolute deviations 0, 0, 1, 2, 6 with median 1; Student's t of 4 degrees of freedom at 97.5 % is 2.776445
   (tables). */
static void test_summary(void **state)
{
    struct run run[] = {runs_one(10, 10 * PAGE), runs_one(10, 4 * PAGE), runs_one(10, 2 * PAGE), runs_one(10, 5 * PAGE),
                        runs_one(10, 4 * PAGE)};
    struct series_list list = runs_gather(run, 5);
    const struct cell *cell = &list.series[0].cell[0];
    double half_width = 2.776445105 * 3 * PAGE / sqrt(5);

    (void)state;
    assert_int_equal(cell->tasks, 10);
    assert_int_equal(cell->runs, 5);
    assert_close(cell->mean, 5 * PAGE, 1e-12);
    assert_close(cell->sd, 3 * PAGE, 1e-12);
    assert_close(cell->median, 4 * PAGE, 1e-12);
    assert_close(cell->mad, 1.4826 * PAGE, 1e-5);
    assert_close(cell->min, 2 * PAGE, 1e-12);
    assert_close(cell->max, 10 * PAGE, 1e-12);
    assert_close(cell->low, 5 * PAGE - half_width, 1e-8);
    assert_close(cell->high, 5 * PAGE + half_width, 1e-8);
    assert_int_equal(cell->outliers, 1); /* 10 pages: 6 / 1.4826 = 4.05 scaled deviations, more than 3.5 */
    assert_true(cell->value[0] == 2 * PAGE && cell->value[4] == 10 * PAGE);
    series_list_free(&list);
}

/* All but one run equal: their deviation is 0, and the next page is rounding, not an outlier. */
static void test_next_page_is_no_outlier(void **state)
{
    struct run run[] = {runs_one(1, 9 * PAGE), runs_one(1, 9 * PAGE), runs_one(1, 9 * PAGE), runs_one(1, 9 * PAGE),
                        runs_one(1, 10 * PAGE)};
    struct series_list list = runs_gather(run, 5);

    (void)state;
    assert_int_equal(list.series[0].cell[0].outliers, 0);
    series_list_free(&list);
    run[4].value[METRIC_PEAK] = 12 * PAGE; /* 3 pages: more than 3.5 / sqrt(12) = 1.01 */
    list = runs_gather(run, 5);
    assert_int_equal(list.series[0].cell[0].outliers, 1);
    assert_close(list.series[0].cell[0].mean, 9.6 * PAGE, 1e-12); /* flagged, and still counted */
    series_list_free(&list);
}

/* As above on a machine with pages of 64 KiB: there one page, 16 pages elsewhere, is rounding. Of a host's recordings
   the one with the largest pages decides. */
static void test_a_page_is_the_machines(void **state)
{
    struct run run[5];
    struct series_list list;

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        run[i] = runs_one(1, (i == 4 ? 10 : 9) * 65536.);
        run[i].page_bytes = 65536;
    }
    list = runs_gather(run, 5);
    assert_int_equal(list.series[0].cell[0].outliers, 0);
    assert_true(list.series[0].cell[0].resolution == 65536 && list.series[0].resolution == 65536);
    series_list_free(&list);
    run[4].value[METRIC_PEAK] = 12 * 65536.;
    list = runs_gather(run, 5);
    assert_int_equal(list.series[0].cell[0].outliers, 1);
    series_list_free(&list);

    for (size_t i = 0; i < 5; i++)
        run[i] = runs_one(1, (i == 4 ? 10 : 9) * 65536.);
    list = runs_gather(run, 5);
    assert_int_equal(list.series[0].cell[0].outliers, 1);
    series_list_free(&list);
    run[0].page_bytes = 65536;
    list = runs_gather(run, 5);
    assert_int_equal(list.series[0].cell[0].outliers, 0);
    series_list_free(&list);
}

static void test_one_run_has_no_spread(void **state)
{
    struct run run[] = {runs_one(1, PAGE)};
    struct series_list list = runs_gather(run, 1);
    const struct cell *cell = &list.series[0].cell[0];

    (void)state;
    assert_true(cell->mean == PAGE && cell->median == PAGE);
    assert_true(isnan(cell->sd) && isnan(cell->low) && isnan(cell->high));
    series_list_free(&list);
}

static void test_failed_runs_are_counted_apart(void **state)
{
    struct run run[] = {runs_one(5, PAGE), runs_failed(5, "EAGAIN"), runs_failed(5, "later"), runs_failed(7, "")};
    struct series_list list = runs_gather(run, 4);
    const struct series *series = &list.series[0];

    (void)state;
    assert_int_equal(series->cells, 2);
    assert_int_equal(series->cell[0].runs, 1);
    assert_int_equal(series->cell[0].failed, 2);
    assert_string_equal(series->cell[0].reason, "EAGAIN");
    assert_int_equal(series->cell[0].failure, SAMPLE_FAILED);
    assert_int_equal(series->cell[1].runs, 0);
    assert_true(isnan(series->cell[1].mean));
    series_list_free(&list);
}

static void test_series_are_ordered(void **state)
{
    struct run run[] = {runs_one(100, 1), runs_one(1, 2), runs_one(1, 3), runs_one(1, 4)};
    struct series_list list;

    (void)state;
    run[2].model = "an earlier model";
    run[3].host = "another host";
    run[1].value[METRIC_IDLE] = 7;
    list = runs_gather(run, 4);
    assert_int_equal(list.count, 3);
    assert_string_equal(list.series[0].host, "another host");
    assert_string_equal(list.series[1].model, "an earlier model");
    assert_true(isnan(list.series[1].idle.value));
    assert_string_equal(list.series[2].model, "model");
    assert_int_equal(list.series[2].cell[0].tasks, 1);
    assert_int_equal(list.series[2].cell[1].tasks, 100);
    assert_true(list.series[2].idle.value == 7);
    series_list_free(&list);
}

/* By hand: the mean of 4096 and 12288 is 8192, its standard error 4096, and Student's t of one degree of
   freedom 12.7062 at 97.5 %. */
static void test_idle_has_limits(void **state)
{
    struct run run[] = {runs_one(1, 1), runs_one(10, 1), runs_one(10, 1)};
    struct series_list list;

    (void)state;
    run[0].value[METRIC_IDLE] = 4096;
    run[1].value[METRIC_IDLE] = 12288;
    list = runs_gather(run, 3);
    assert_true(list.series[0].idle.value == 8192);
    assert_close(list.series[0].idle.low, 8192 - 12.7062 * 4096, 1e-5);
    assert_close(list.series[0].idle.high, 8192 + 12.7062 * 4096, 1e-5);
    series_list_free(&list);
    list = runs_gather(run, 1);
    assert_true(list.series[0].idle.value == 4096 && isnan(list.series[0].idle.low) && isnan(list.series[0].idle.high));
    series_list_free(&list);
}

static void test_controls(void **state)
{
    static const struct {
        const char *model;
        bool is_control;
    } models[] = {{"null", true},        {"calibrate", true},   {"calibrate:64", true},          {"calibrate+64", true},
                  {"null-server", true}, {"calibrated", false}, {"calibrate-server:1024", true}, {"nullable", false}};

    (void)state;
    for (size_t i = 0; i < sizeof models / sizeof *models; i++)
        assert_true(series_is_control(&(struct series){.model = models[i].model}) == models[i].is_control);
}

static void test_selection(void **state)
{
    struct run run[] = {runs_one(1, 1), runs_one(10, 2), runs_one(1, 3)};
    const struct recordings recordings = {.run = run, .runs = 3};
    const char *model = "other";
    int64_t tasks = 1;
    struct series_selection selection = {METRIC_PEAK, 0.95, &model, 1, &tasks, 1};
    struct series_list list;
    struct error error;

    (void)state;
    run[2].model = "other";
    assert_int_equal(series_list_new(&list, &recordings, &selection, &error), 0);
    assert_int_equal(list.count, 1);
    assert_int_equal(list.series[0].cells, 1);
    assert_true(list.series[0].cell[0].value[0] == 3);
    series_list_free(&list);

    model = "missing";
    assert_int_equal(series_list_new(&list, &recordings, &selection, &error), -1);
    assert_non_null(strstr(error.text, "missing: no run of this model"));
    model = "model";
    tasks = 10000;
    assert_int_equal(series_list_new(&list, &recordings, &selection, &error), -1);
    assert_non_null(strstr(error.text, "10k tasks: no run"));
}

static struct run run_of(const char *model, const char *work, enum work_kind kind, int64_t tasks)
{
    struct run run = runs_one(tasks, 1);

    run.model = model;
    run.work = work;
    run.kind = kind;
    run.value[METRIC_CPU] = run.value[METRIC_SPAWN_CPU] = 0.5;
    run.value[METRIC_SPAWN_TIME] = tasks > 0 ? 2.0 / (double)tasks : NAN;
    run.value[METRIC_LATE_P50] = 1;
    return run;
}

static struct series_list gather_by(struct run *run, size_t count, enum metric metric)
{
    const struct recordings recordings = {.run = run, .runs = count};
    const struct series_selection selection = {.metric = metric, .confidence = 0.95};
    struct series_list list;
    struct error error;

    assert_int_equal(series_list_new(&list, &recordings, &selection, &error), 0);
    return list;
}

static void test_a_metric_is_of_one_kind_of_work(void **state)
{
    struct run run[] = {run_of("a", "beat:10:10ms", WORK_BEAT, 0), run_of("a", "sleep", WORK_SLEEP, 1),
                        run_of("b", "beat:10:10ms", WORK_BEAT, 0), run_of("a", "beat:1:1s", WORK_BEAT, 0),
                        run_of("b", "time", WORK_TIME, 1)};
    struct series_list peak = gather_by(run, 5, METRIC_PEAK), late = gather_by(run, 5, METRIC_LATE_P50);
    struct series_list cpu = gather_by(run, 5, METRIC_CPU), spawn = gather_by(run, 5, METRIC_SPAWN_CPU);

    (void)state;
    assert_int_equal(peak.count, 1);
    assert_string_equal(peak.series[0].work, "sleep");
    assert_int_equal(late.count, 3); /* each work of a model for itself; those of one work beside each other */
    assert_int_equal(series_list_peers(&late, 0), 2);
    assert_int_equal(series_list_host(&late, 0), 3);
    assert_string_equal(late.series[2].work, "beat:1:1s");
    assert_int_equal(cpu.count, 1);
    assert_string_equal(cpu.series[0].model, "b");
    assert_true(cpu.series[0].resolution == 1e-9);
    assert_ptr_equal(series_list_find(&spawn, &cpu.series[0]), &spawn.series[0]);
    assert_null(series_list_find(&spawn, &peak.series[0]));
    series_list_free(&peak);
    series_list_free(&late);
    series_list_free(&cpu);
    series_list_free(&spawn);
    cpu = gather_by(run, 4, METRIC_CPU); /* none of time: what ticks told of runs that sleep */
    assert_int_equal(cpu.count, 1);
    assert_string_equal(cpu.series[0].model, "a");
    assert_true(cpu.series[0].resolution == 0.01);
    series_list_free(&cpu);
}

/* 0.5 s of processor time in 2 / 1 s, and in 2 / 4 s. */
static void test_the_share_of_a_wall_time_is_that_of_the_largest_count(void **state)
{
    struct run run[] = {run_of("a", "time", WORK_TIME, 1), run_of("a", "time", WORK_TIME, 4)};
    struct series_list wall = gather_by(run, 2, METRIC_SPAWN_TIME), cpu = gather_by(run, 2, METRIC_SPAWN_CPU);

    (void)state;
    assert_close(wall.series[0].cell[0].cpu_share, 0.25, 1e-12);
    assert_close(series_cpu_share(&wall.series[0]), 1, 1e-12);
    assert_true(isnan(series_cpu_share(&cpu.series[0])));
    series_list_free(&wall);
    series_list_free(&cpu);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_summary),
        cmocka_unit_test(test_next_page_is_no_outlier),
        cmocka_unit_test(test_a_page_is_the_machines),
        cmocka_unit_test(test_one_run_has_no_spread),
        cmocka_unit_test(test_failed_runs_are_counted_apart),
        cmocka_unit_test(test_series_are_ordered),
        cmocka_unit_test(test_idle_has_limits),
        cmocka_unit_test(test_controls),
        cmocka_unit_test(test_selection),
        cmocka_unit_test(test_a_metric_is_of_one_kind_of_work),
        cmocka_unit_test(test_the_share_of_a_wall_time_is_that_of_the_largest_count),
    };

    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
