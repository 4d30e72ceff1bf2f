/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which run comes next, by what runs have shown that nobody has made. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "collect/schedule.h"
#include "tests/collect/cells.h"

#include <stdlib.h>
#include <string.h>

static struct model models[3] = {{.name = "a"}, {.name = "b"}, {.name = "c"}};
static const int64_t tasks[3] = {1, 1000, 100000};

/* A model refuses more than that many tasks; where `varying` it starts one fewer in each further run that fails. */
struct refusal {
    int64_t limit;
    bool is_silent, is_varying;
};

struct sweep {
    struct plan plan;
    struct setup setup;
    struct schedule schedule;
};

static void sweep_new(struct sweep *sweep, size_t model_count, int64_t runs, int64_t shard, int64_t shards)
{
    struct error error;

    *sweep = (struct sweep){.setup = {.runs = runs, .seed = 7, .shard = shard, .shards = shards}};
    assert_int_equal(cells_plan(&sweep->plan, models, model_count, tasks, 3, runs, 7), 0);
    plan_take_shard(&sweep->plan, shard, shards);
    assert_int_equal(schedule_new(&sweep->schedule, &sweep->plan, &sweep->setup, &error), 0);
}

static void sweep_free(struct sweep *sweep)
{
    schedule_free(&sweep->schedule);
    plan_free(&sweep->plan);
}

static bool take_next(struct sweep *sweep, struct planned_run *run)
{
    const struct planned_run *next;
    struct error error;

    assert_int_equal(schedule_next(&sweep->schedule, &next, &error), 0);
    *run = next ? *next : (struct planned_run){0};
    return next;
}

static void note(struct sweep *sweep, const struct planned_run *run, enum sample_status status, int64_t alive)
{
    struct sample end = sample_unknown();

    end.tasks = run->tasks;
    end.status = status;
    end.alive = alive;
    end.peak_rss_bytes = 1 << 20;
    schedule_note(&sweep->schedule, &end);
}

/* Makes all runs as the models of that index would; returns how many. */
static size_t make_all(struct sweep *sweep, struct refusal refusal[3])
{
    struct planned_run run;

    while (take_next(sweep, &run)) {
        struct refusal *its = &refusal[run.model - models];

        if (its->limit == 0 || run.tasks <= its->limit) {
            note(sweep, &run, SAMPLE_OK, 0);
            continue;
        }
        note(sweep, &run, SAMPLE_FAILED, its->is_silent ? SAMPLE_UNKNOWN : its->limit);
        its->limit -= its->is_varying;
    }
    return sweep->schedule.done;
}

static void the_plan_comes_first_and_as_it_is(void **state)
{
    struct refusal refusals[3] = {{.limit = 32731}};
    struct sweep sweep;

    (void)state;
    sweep_new(&sweep, 3, 4, 1, 1);
    assert_int_equal(make_all(&sweep, refusals), 36 + 4);
    assert_true(cells_are_same_runs(sweep.schedule.run, sweep.plan.run, 36));
    sweep_free(&sweep);
}

/* Largest of 1, 2, 3, 5 times a power of ten, worked out by hand; 0: none, since it is not more than 1000 of the plan,
   which was reached. */
static void a_model_that_failed_is_tried_at_the_largest_round_count(void **state)
{
    static const struct {
        int64_t limit, count;
    } cases[] = {{32731, 30000}, {99999, 50000}, {50000, 50000}, {49999, 30000}, {29999, 20000},
                 {19999, 10000}, {9999, 5000},   {2000, 2000},   {1999, 0},      {1000, 0},
                 {999, 500},     {2, 2},         {1, 0}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct refusal refusals[3] = {{.limit = cases[i].limit}};
        size_t added = cases[i].count > 0 ? 5 : 0;
        struct sweep sweep;

        sweep_new(&sweep, 1, 5, 1, 1);
        assert_int_equal(make_all(&sweep, refusals), 15 + added);
        for (size_t run = 15; run < 15 + added; run++) {
            assert_int_equal(sweep.schedule.run[run].tasks, cases[i].count);
            assert_int_equal(sweep.schedule.run[run].number, run - 14);
        }
        sweep_free(&sweep);
    }
}

static void a_model_that_does_not_say_what_it_reached_is_not_tried_again(void **state)
{
    struct refusal refusals[3] = {{.limit = 32731, .is_silent = true}, {0}, {0}};
    struct sweep sweep;

    (void)state;
    sweep_new(&sweep, 3, 2, 1, 1);
    assert_int_equal(make_all(&sweep, refusals), 18);
    sweep_free(&sweep);
}

/* All of these end otherwise than by a limit that they met while they were starting tasks. */
static void runs_that_did_not_fail_are_not_tried_again(void **state)
{
    static const enum sample_status statuses[] = {SAMPLE_SHORT, SAMPLE_TIMEOUT, SAMPLE_KILLED, SAMPLE_SKIPPED};

    (void)state;
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        struct planned_run run;
        struct sweep sweep;

        sweep_new(&sweep, 1, 1, 1, 1);
        while (take_next(&sweep, &run))
            note(&sweep, &run, run.tasks > 1000 ? statuses[i] : SAMPLE_OK, run.tasks > 1000 ? 32731 : 0);
        assert_int_equal(sweep.schedule.done, 3);
        sweep_free(&sweep);
    }
}

/* The fewest of what its failed runs have started: 30002 of 30002, 30001, ... with a limit that gets lower. */
static void the_fewest_that_failed_runs_have_started_count(void **state)
{
    struct refusal refusals[3] = {{.limit = 30002, .is_varying = true}};
    struct sweep sweep;

    (void)state;
    sweep_new(&sweep, 1, 4, 1, 1);
    assert_int_equal(make_all(&sweep, refusals), 12 + 4);
    assert_int_equal(sweep.schedule.run[12].tasks, 20000); /* a run has started 29999 */
    sweep_free(&sweep);
}

static void a_count_that_fails_too_is_given_up_after_two_smaller_ones(void **state)
{
    static const int64_t tried[] = {30000, 20000, 10000};
    struct planned_run run;
    struct sweep sweep;

    (void)state;
    sweep_new(&sweep, 1, 1, 1, 1);
    while (take_next(&sweep, &run))
        note(&sweep, &run, run.tasks > 1000 ? SAMPLE_FAILED : SAMPLE_OK, run.tasks == 100000 ? 32731 : SAMPLE_UNKNOWN);
    assert_int_equal(sweep.schedule.done, 3 + 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(sweep.schedule.run[3 + i].tasks, tried[i]);
    sweep_free(&sweep);
}

static void what_is_added_is_told_once_it_comes(void **state)
{
    struct planned_run run;
    struct sweep sweep;
    char *text;

    (void)state;
    sweep_new(&sweep, 3, 2, 1, 1);
    while (sweep.schedule.done < 18 && take_next(&sweep, &run)) {
        bool fails = run.model != &models[1] && run.tasks == 100000;

        assert_false(schedule_tells_of_retries(&sweep.schedule, &text));
        note(&sweep, &run, fails ? SAMPLE_FAILED : SAMPLE_OK, run.model == &models[0] ? 32731 : 1000 + 1500);
    }
    assert_true(take_next(&sweep, &run));
    assert_true(schedule_tells_of_retries(&sweep.schedule, &text));
    assert_non_null(strstr(text, "4 more runs at what failed models reached: "));
    assert_non_null(strstr(text, "a with 30k tasks (32731 were started)"));
    assert_non_null(strstr(text, "c with 2k tasks (2500 were started)"));
    assert_null(strstr(text, "b with"));
    free(text);
    sweep_free(&sweep);
}

/* Repetitions are numbered as in the whole sweep, so that analyze finds no run twice. */
static void shards_share_the_repetitions_that_are_added(void **state)
{
    bool seen[8] = {false};

    (void)state;
    for (int64_t shard = 1; shard <= 3; shard++) {
        struct refusal refusals[3] = {{.limit = 32731}};
        struct sweep sweep;

        sweep_new(&sweep, 1, 7, shard, 3);
        make_all(&sweep, refusals);
        for (size_t i = sweep.plan.runs; i < sweep.schedule.done; i++) {
            const struct planned_run *run = &sweep.schedule.run[i];

            assert_int_equal(run->tasks, 30000);
            assert_false(seen[run->number]);
            seen[run->number] = true;
        }
        sweep_free(&sweep);
    }
    for (size_t number = 1; number <= 7; number++)
        assert_true(seen[number]);
}

/* --- adaptive setups ---------------------------------------------------------------------------------------------- */

/* A sweep of at most so many runs of three models at three counts. */
static void sweep_adapt(struct sweep *sweep, int64_t runs, double until_share, double for_seconds)
{
    struct error error;

    *sweep = (struct sweep){
        .setup = {
            .runs = runs, .seed = 7, .shard = 1, .shards = 1, .until_share = until_share, .for_seconds = for_seconds}};
    assert_int_equal(cells_plan(&sweep->plan, models, 3, tasks, 3, runs, 7), 0);
    assert_int_equal(schedule_new(&sweep->schedule, &sweep->plan, &sweep->setup, &error), 0);
}

/* Ends the run with a peak of 100 MiB that alternates by that share from one repetition to the next. */
static void note_alternating(struct sweep *sweep, const struct planned_run *run, double share)
{
    struct sample end = sample_unknown();

    end.tasks = run->tasks;
    end.status = SAMPLE_OK;
    end.time_us = 2000000;
    end.peak_rss_bytes = (int64_t)(100 * 0x1p20 * (1 + (run->number % 2 ? share : -share)));
    schedule_note(&sweep->schedule, &end);
}

static size_t count_runs(const struct sweep *sweep, const struct model *model, int64_t count)
{
    size_t runs = 0;

    for (size_t i = 0; i < sweep->schedule.done; i++)
        runs += sweep->schedule.run[i].model == model && sweep->schedule.run[i].tasks == count;
    return runs;
}

/* Of the plan's runs, some are passed over, but none changes its place. */
static void assert_in_the_plans_order(const struct sweep *sweep)
{
    size_t at = 0;

    for (size_t i = 0; i < sweep->schedule.done; i++) {
        const struct planned_run *run = &sweep->schedule.run[i];

        while (at < sweep->plan.runs && !cells_are_same_runs(&sweep->plan.run[at], run, 1))
            at++;
        assert_true(at < sweep->plan.runs);
    }
}

/* Of n values of which half are 1 % higher and half 1 % lower the standard error is 1 % / sqrt(n - 1), but for an odd
   n, 1 % * sqrt((1 - 1/n^2) / (n - 1)). With R's qt(0.9875, n - 1) the width is 2.533 * 0.2774 = 0.703 % with 14 and
   2.510 * 0.2667 = 0.669 % with 15: it is first within 0.7 % there. */
static void cells_are_repeated_until_they_are_precise(void **state)
{
    struct planned_run run;
    struct sweep sweep;

    (void)state;
    sweep_adapt(&sweep, 50, 0.007, 0);
    while (take_next(&sweep, &run))
        note_alternating(&sweep, &run, run.model == &models[0] ? 0 : run.model == &models[1] ? 0.01 : 0.1);
    assert_int_equal(count_runs(&sweep, &models[0], 1), 8);
    assert_int_equal(count_runs(&sweep, &models[0], 100000), 8);
    assert_int_equal(count_runs(&sweep, &models[1], 1), 15);
    assert_int_equal(count_runs(&sweep, &models[2], 1000), 50);
    assert_int_equal(sweep.schedule.done, 3 * (8 + 15 + 50));
    assert_in_the_plans_order(&sweep);
    sweep_free(&sweep);
}

static void the_first_repetitions_are_the_plans(void **state)
{
    struct planned_run run;
    struct sweep sweep;

    (void)state;
    sweep_adapt(&sweep, 50, 0.01, 600);
    while (take_next(&sweep, &run))
        note_alternating(&sweep, &run, 0);
    assert_int_equal(sweep.schedule.done, 9 * 8);
    assert_true(cells_are_same_runs(sweep.schedule.run, sweep.plan.run, 9 * 8));
    sweep_free(&sweep);
}

/* Skipped, timed out, or ok without a peak, as a command may be: eight tell enough. */
static void runs_in_vain_are_made_eight_times(void **state)
{
    struct planned_run run;
    struct sweep sweep;

    (void)state;
    sweep_adapt(&sweep, 50, 0.01, 0);
    while (take_next(&sweep, &run)) {
        struct sample end = sample_unknown();

        end.tasks = run.tasks;
        end.status = run.model == &models[0]   ? SAMPLE_SKIPPED
                     : run.model == &models[1] ? SAMPLE_OK
                     : run.number % 3 == 0     ? SAMPLE_TIMEOUT
                                               : SAMPLE_OK;
        if (run.model == &models[2])
            end.peak_rss_bytes = 1 << 20;
        schedule_note(&sweep.schedule, &end);
    }
    assert_int_equal(count_runs(&sweep, &models[0], 1), 8);
    assert_int_equal(count_runs(&sweep, &models[1], 1), 8);
    assert_int_equal(count_runs(&sweep, &models[2], 1), 11); /* eight are ok, three timed out */
    assert_int_equal(schedule_find_wide(&sweep.schedule).wide, 0);
    sweep_free(&sweep);
}

/* Nine cells, of which those of the third model are the widest, then those of the second: the wider half are five or,
   with ties, six. */
static void time_is_spent_where_intervals_are_widest(void **state)
{
    struct planned_run run;
    struct sweep sweep;

    (void)state;
    sweep_adapt(&sweep, 20, 0, 600);
    while (take_next(&sweep, &run))
        note_alternating(&sweep, &run, run.model == &models[0] ? 0.001 : run.model == &models[1] ? 0.01 : 0.1);
    assert_int_equal(count_runs(&sweep, &models[0], 1), 8);
    assert_int_equal(count_runs(&sweep, &models[1], 1), 20);
    assert_int_equal(count_runs(&sweep, &models[2], 1), 20);
    assert_in_the_plans_order(&sweep);
    assert_true(sweep.schedule.cell[0].seconds > 0);
    sweep_free(&sweep);
}

/* Three cells are not precise; the half of these that is widest are two, and in the end all have all runs that they may
   have or are precise. */
static void of_those_not_precise_the_wider_half_goes_on(void **state)
{
    size_t ninth = 0;
    struct planned_run run;
    struct sweep sweep;

    (void)state;
    sweep_adapt(&sweep, 9, 0.01, 600);
    while (take_next(&sweep, &run)) {
        double share = run.model != &models[2] ? 0 : run.tasks == 1 ? 0.1 : run.tasks == 1000 ? 0.2 : 0.3;

        ninth += run.number == 9;
        assert_true(run.number < 9 || run.tasks > 1);
        note_alternating(&sweep, &run, share);
    }
    assert_int_equal(ninth, 2);
    sweep_free(&sweep);
}

static void models_that_failed_get_the_equal_runs_before_the_others_go_on(void **state)
{
    struct planned_run run;
    struct sweep sweep;

    (void)state;
    sweep_adapt(&sweep, 10, 0.01, 0);
    while (take_next(&sweep, &run)) {
        if (run.model == &models[0] && run.tasks == 100000)
            note(&sweep, &run, SAMPLE_FAILED, 32731);
        else
            note_alternating(&sweep, &run, 0.5);
    }
    for (size_t i = 72; i < 80; i++)
        assert_int_equal(sweep.schedule.run[i].tasks, 30000);
    assert_int_equal(count_runs(&sweep, &models[0], 100000), 8);
    assert_int_equal(count_runs(&sweep, &models[0], 30000), 10);
    assert_int_equal(sweep.schedule.done, 8 + 9 * 10);
    sweep_free(&sweep);
}

/* A recording that is followed leads to the same runs: the results alone decide. */
static void the_same_results_give_the_same_runs(void **state)
{
    struct sweep first, second;
    struct planned_run run, other;

    (void)state;
    sweep_adapt(&first, 30, 0.02, 600);
    sweep_adapt(&second, 30, 0.02, 1);
    while (take_next(&first, &run)) {
        assert_true(take_next(&second, &other));
        assert_true(cells_are_same_runs(&run, &other, 1));
        note_alternating(&first, &run, 0.03 * (double)(run.model - models));
        note_alternating(&second, &run, 0.03 * (double)(run.model - models));
    }
    assert_false(take_next(&second, &other));
    sweep_free(&first);
    sweep_free(&second);
}

/* Of nine values by the same formula, 10 % * sqrt((1 - 1/81) / 8) = 3.514 %; R's qt(0.9875, 8) is 2.752, and the mean
   is higher by a ninth of 10 %: 9.56 %. */
static void the_widest_are_told_with_their_runs(void **state)
{
    struct planned_run run;
    struct sweep sweep;
    char *text;

    (void)state;
    sweep_adapt(&sweep, 9, 0.01, 0);
    while (take_next(&sweep, &run))
        note_alternating(&sweep, &run, run.model != &models[2] ? 0 : run.tasks == 1 ? 0.1 : 0.05);
    text = schedule_tell_wide(&sweep.schedule);
    assert_non_null(strstr(text, "3 of 9 cells are not within ±1.0 %: c with 1 tasks (±9.6 % after 9 runs), c with 1"));
    free(text);
    assert_int_equal(schedule_find_wide(&sweep.schedule).wide, 3);
    assert_ptr_equal(schedule_find_wide(&sweep.schedule).widest->run.model, &models[2]);
    assert_int_equal(schedule_find_wide(&sweep.schedule).widest->run.tasks, 1);
    sweep_free(&sweep);
}

static void the_time_of_a_run_is_the_mean_of_its_cell(void **state)
{
    struct planned_run run;
    struct sweep sweep;

    (void)state;
    sweep_adapt(&sweep, 8, 0, 600);
    assert_int_equal(schedule_count_scarce(&sweep.schedule), 9);
    for (size_t i = 0; i < 17; i++) {
        assert_true(take_next(&sweep, &run));
        assert_true(schedule_seconds_of_next(&sweep.schedule) == (i < 9 ? 0 : 2));
        note_alternating(&sweep, &run, 0);
    }
    assert_int_equal(schedule_count_scarce(&sweep.schedule), 1);
    sweep_free(&sweep);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_plan_comes_first_and_as_it_is),
        cmocka_unit_test(a_model_that_failed_is_tried_at_the_largest_round_count),
        cmocka_unit_test(a_model_that_does_not_say_what_it_reached_is_not_tried_again),
        cmocka_unit_test(runs_that_did_not_fail_are_not_tried_again),
        cmocka_unit_test(the_fewest_that_failed_runs_have_started_count),
        cmocka_unit_test(a_count_that_fails_too_is_given_up_after_two_smaller_ones),
        cmocka_unit_test(what_is_added_is_told_once_it_comes),
        cmocka_unit_test(shards_share_the_repetitions_that_are_added),
        cmocka_unit_test(cells_are_repeated_until_they_are_precise),
        cmocka_unit_test(the_first_repetitions_are_the_plans),
        cmocka_unit_test(runs_in_vain_are_made_eight_times),
        cmocka_unit_test(time_is_spent_where_intervals_are_widest),
        cmocka_unit_test(of_those_not_precise_the_wider_half_goes_on),
        cmocka_unit_test(models_that_failed_get_the_equal_runs_before_the_others_go_on),
        cmocka_unit_test(the_same_results_give_the_same_runs),
        cmocka_unit_test(the_widest_are_told_with_their_runs),
        cmocka_unit_test(the_time_of_a_run_is_the_mean_of_its_cell),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
