/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each expected figure is in proportion to those that the test has made the forecast learn. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "collect/forecast.h"

#include <math.h>

#define MIB (INT64_C(1) << 20)

static const struct model model = {.name = "a"}, other = {.name = "b"};

static void learn(struct forecast *forecast, int64_t tasks, enum sample_status status, double spawn_seconds,
                  int64_t held)
{
    const struct planned_run run = {.model = &model, .tasks = tasks, .number = 1};
    const struct measurement measurement = {
        .status = status,
        .spawn_seconds = spawn_seconds,
        .sampler = {.idle_bytes = 2 * MIB, .held_bytes = held, .read_seconds = 0.001},
    };

    forecast_learn(forecast, &run, &measurement);
}

static struct planned_run run_of(int64_t tasks)
{
    return (struct planned_run){.model = &model, .tasks = tasks, .number = 1};
}

static void memory_grows_in_proportion_above_idle(void **state)
{
    struct forecast forecast = {0};
    const struct planned_run million = run_of(1000000), foreign = {.model = &other, .tasks = 1000000, .number = 1};

    (void)state;
    assert_int_equal(forecast_bytes(&forecast, &million), 0);
    learn(&forecast, 10000, SAMPLE_OK, 0.1, 12 * MIB);
    assert_int_equal(forecast_bytes(&forecast, &million), 2 * MIB + 1000 * MIB);
    assert_int_equal(forecast_bytes(&forecast, &foreign), 0);
    /* From the largest count seen: 100k held 52 MiB. */
    learn(&forecast, 100000, SAMPLE_OK, 1, 52 * MIB);
    assert_int_equal(forecast_bytes(&forecast, &million), 2 * MIB + 500 * MIB);
    forecast_free(&forecast);
}

static void one_task_is_too_few_to_tell(void **state)
{
    struct forecast forecast = {0};
    const struct planned_run million = run_of(1000000);

    (void)state;
    learn(&forecast, 1, SAMPLE_OK, 0.001, 3 * MIB);
    assert_int_equal(forecast_bytes(&forecast, &million), 0);
    forecast_free(&forecast);
}

static void short_run_tells_how_long_spawning_takes_and_no_more(void **state)
{
    struct forecast forecast = {0};
    const struct planned_run hundred_thousand = run_of(100000), million = run_of(1000000);

    (void)state;
    learn(&forecast, 10000, SAMPLE_OK, 0.1, 12 * MIB);
    learn(&forecast, 100000, SAMPLE_SHORT, 7, 1 * MIB);
    assert_true(forecast_sleep_seconds(&forecast, &hundred_thousand) > 7);
    /* The 100k that never held all its tasks does not hide what 10k held. */
    assert_int_equal(forecast_bytes(&forecast, &million), 2 * MIB + 1000 * MIB);
    forecast_free(&forecast);
}

/* Two tasks in 2 s do not mean a million seconds for a million. */
static void few_tasks_do_not_tell_of_many(void **state)
{
    struct forecast forecast = {0};
    const struct planned_run million = run_of(1000000);
    double unknown = forecast_sleep_seconds(&forecast, &million);

    (void)state;
    assert_true(unknown > 0.1 && unknown < 5);
    learn(&forecast, 2, SAMPLE_OK, 2, 3 * MIB);
    assert_true(forecast_sleep_seconds(&forecast, &million) == unknown);
    forecast_free(&forecast);
}

static void slowest_run_of_a_cell_counts(void **state)
{
    struct forecast forecast = {0};
    const struct planned_run same = run_of(10000);
    double slow;

    (void)state;
    learn(&forecast, 10000, SAMPLE_OK, 5, 12 * MIB);
    slow = forecast_sleep_seconds(&forecast, &same);
    learn(&forecast, 10000, SAMPLE_OK, 1, 10 * MIB);
    assert_true(forecast_sleep_seconds(&forecast, &same) == slow);
    assert_int_equal(forecast_bytes(&forecast, &same), 12 * MIB);
    assert_int_equal(forecast.cells, 1);
    forecast_free(&forecast);
}

static void warm_up_that_timed_out_is_no_time_out(void **state)
{
    struct forecast forecast = {0};
    const struct planned_run warm_up = {.model = &model, .tasks = 10000, .number = PLAN_WARM_UP}, same = run_of(10000);
    const struct measurement measurement = {.status = SAMPLE_TIMEOUT};

    (void)state;
    forecast_learn(&forecast, &warm_up, &measurement);
    assert_int_equal(forecast_timed_out(&forecast, &same), SAMPLE_UNKNOWN);
    forecast_free(&forecast);
}

static void sleep_is_longer_than_spawning_by_a_margin(void **state)
{
    struct forecast forecast = {0};
    const struct planned_run same = run_of(10000), tenfold = run_of(100000), one = run_of(1);

    (void)state;
    learn(&forecast, 10000, SAMPLE_OK, 2, 12 * MIB);
    assert_true(forecast_sleep_seconds(&forecast, &same) > 2 && forecast_sleep_seconds(&forecast, &same) < 4);
    assert_true(forecast_sleep_seconds(&forecast, &tenfold) > 20);
    assert_true(forecast_sleep_seconds(&forecast, &one) < 0.2);
    forecast_free(&forecast);
}

static void time_outs_are_remembered_from_their_count_on(void **state)
{
    struct forecast forecast = {0};
    const struct planned_run below = run_of(10000), same = run_of(100000), above = run_of(1000000);

    (void)state;
    learn(&forecast, 100000, SAMPLE_TIMEOUT, 0, SAMPLE_UNKNOWN);
    assert_int_equal(forecast_timed_out(&forecast, &below), SAMPLE_UNKNOWN);
    assert_int_equal(forecast_timed_out(&forecast, &same), 100000);
    assert_int_equal(forecast_timed_out(&forecast, &above), 100000);
    forecast_free(&forecast);
}

static void learn_of(struct forecast *forecast, const struct planned_run *run, double spawn_seconds,
                     double pass_seconds)
{
    const struct measurement measurement = {
        .status = SAMPLE_SHORT, .spawn_seconds = spawn_seconds, .pass_seconds = pass_seconds};

    forecast_learn(forecast, run, &measurement);
}

/* With sleepers to be sampled it would be longer by 0.08 s. */
static void tasks_that_are_not_sampled_sleep_for_no_longer_than_it_takes_to_start_them(void **state)
{
    const struct planned_run timed = {.model = &model, .work = {.kind = WORK_TIME}, .tasks = 10000, .number = 1};
    struct planned_run sleeping = timed;
    struct forecast forecast = {0};
    double seconds;

    (void)state;
    sleeping.work.kind = WORK_SLEEP;
    learn_of(&forecast, &timed, 2, 0);
    learn_of(&forecast, &sleeping, 2, 0);
    seconds = forecast_sleep_seconds(&forecast, &timed);
    assert_true(seconds > 2 && seconds < 3);
    assert_float_equal(forecast_sleep_seconds(&forecast, &sleeping), seconds + 0.08, 1e-9);
    forecast_free(&forecast);
}

/* A thousand: 10 probes every 10 ms wake that often in a second, one every 100 ms not in 5 s, and one every 10 s at
   least twice in 20 s. */
static void beats_go_on_for_a_thousand_wake_ups_or_some_seconds(void **state)
{
    static const struct {
        struct work work;
        double seconds;
    } cases[] = {{{WORK_BEAT, 10, 10000000, 0}, 1},
                 {{WORK_BEAT, 1, 100000000, 0}, 5},
                 {{WORK_BEAT, 1, INT64_C(10000000000), 0}, 20}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct planned_run run = {.model = &model, .work = cases[i].work, .tasks = 0, .number = 1};
        struct forecast forecast = {0};

        learn_of(&forecast, &run, 0.5, 0);
        assert_true(forecast_sleep_seconds(&forecast, &run) > cases[i].seconds + 0.5);
        assert_true(forecast_sleep_seconds(&forecast, &run) < cases[i].seconds + 1);
        forecast_free(&forecast);
    }
}

static void tasks_sleep_while_messages_are_passed(void **state)
{
    const struct work pass = {WORK_PASS, 2, 0, 200000}, fewer = {WORK_PASS, 2, 0, 1000};
    const struct planned_run none = {.model = &model, .work = pass, .tasks = 0, .number = 1};
    const struct planned_run many = {.model = &model, .work = pass, .tasks = 10000, .number = 1};
    const struct planned_run other_work = {.model = &model, .work = fewer, .tasks = 10000, .number = 1};
    struct forecast forecast = {0};

    (void)state;
    learn_of(&forecast, &none, 0.001, 3);
    assert_true(forecast_sleep_seconds(&forecast, &none) > 3 && forecast_sleep_seconds(&forecast, &none) < 5);
    assert_true(forecast_sleep_seconds(&forecast, &many) > 3);
    assert_true(forecast_sleep_seconds(&forecast, &other_work) < 3);
    assert_int_equal(forecast_bytes(&forecast, &many), 0);
    forecast_free(&forecast);
}

static void failed_run_teaches_nothing(void **state)
{
    struct forecast forecast = {0};
    const struct planned_run million = run_of(1000000);

    (void)state;
    learn(&forecast, 10000, SAMPLE_FAILED, 9, 900 * MIB);
    assert_int_equal(forecast_bytes(&forecast, &million), 0);
    assert_int_equal(forecast.cells, 0);
    forecast_free(&forecast);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_grows_in_proportion_above_idle),
        cmocka_unit_test(one_task_is_too_few_to_tell),
        cmocka_unit_test(short_run_tells_how_long_spawning_takes_and_no_more),
        cmocka_unit_test(few_tasks_do_not_tell_of_many),
        cmocka_unit_test(slowest_run_of_a_cell_counts),
        cmocka_unit_test(warm_up_that_timed_out_is_no_time_out),
        cmocka_unit_test(sleep_is_longer_than_spawning_by_a_margin),
        cmocka_unit_test(time_outs_are_remembered_from_their_count_on),
        cmocka_unit_test(tasks_that_are_not_sampled_sleep_for_no_longer_than_it_takes_to_start_them),
        cmocka_unit_test(beats_go_on_for_a_thousand_wake_ups_or_some_seconds),
        cmocka_unit_test(tasks_sleep_while_messages_are_passed),
        cmocka_unit_test(failed_run_teaches_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
