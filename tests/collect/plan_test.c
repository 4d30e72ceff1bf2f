/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The order of a sweep is part of what a seed means: it must not change from one version to the next. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "collect/sweep.h"
#include "tests/collect/cells.h"

#include <stdbool.h>
#include <string.h>

static struct model models[3] = {{.name = "a"}, {.name = "b"}, {.name = "c"}};
static const int64_t tasks[4] = {1, 10000, 100000, 1000000};

static struct plan plan_of_seed(uint32_t seed)
{
    struct plan plan;

    assert_int_equal(cells_plan(&plan, models, 3, tasks, 4, 5, seed), 0);
    assert_int_equal(plan.runs, 3 * 4 * 5);
    return plan;
}

static void same_seed_same_order(void **state)
{
    struct plan first = plan_of_seed(7), second = plan_of_seed(7), other = plan_of_seed(8);

    (void)state;
    assert_true(cells_are_same_runs(first.run, second.run, first.runs));
    assert_false(cells_are_same_runs(first.run, other.run, first.runs));
    plan_free(&first);
    plan_free(&second);
    plan_free(&other);
}

/* collect -m fork,null,pthread -t 1,10k,100k,1M -r 5 --seed=1 --plan, where a, b, c are the models in that order;
   checked against POSIX's formula of nrand48 (48-bit linear congruence, high 31 bits) written in another language. */
static void order_of_seed_1_is_fixed(void **state)
{
    static const struct {
        const char *model;
        int64_t tasks, number;
    } first[] = {
        {"a", 1000000, 1}, {"a", 1, 1},      {"c", 100000, 1},  {"c", 1, 1},       {"a", 10000, 1},
        {"b", 100000, 1},  {"a", 100000, 1}, {"b", 1000000, 1}, {"c", 1000000, 1}, {"b", 10000, 1},
        {"c", 10000, 1},   {"b", 1, 1},      {"b", 1000000, 2}, {"c", 1000000, 2},
    };
    struct plan plan = plan_of_seed(1);

    (void)state;
    for (size_t i = 0; i < sizeof first / sizeof *first; i++) {
        assert_string_equal(plan.run[i].model->name, first[i].model);
        assert_int_equal(plan.run[i].tasks, first[i].tasks);
        assert_int_equal(plan.run[i].number, first[i].number);
    }
    plan_free(&plan);
}

static bool same_cells(const struct planned_run *one, const struct planned_run *other, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (one[i].model != other[i].model || one[i].tasks != other[i].tasks)
            return false;
    return true;
}

static void repetitions_differ_in_their_order(void **state)
{
    struct plan plan = plan_of_seed(1);

    (void)state;
    for (size_t i = 0; i < 4; i++)
        assert_false(same_cells(plan.run + 12 * i, plan.run + 12 * (i + 1), 12));
    plan_free(&plan);
}

static void each_repetition_holds_every_cell_once(void **state)
{
    struct plan plan = plan_of_seed(1);

    (void)state;
    for (int64_t number = 1; number <= 5; number++) {
        bool seen[3][4] = {0};

        for (size_t i = 0; i < 12; i++) {
            const struct planned_run *run = &plan.run[(size_t)(number - 1) * 12 + i];
            size_t model = (size_t)(run->model - models), count = 0;

            while (tasks[count] != run->tasks)
                count++;
            assert_int_equal(run->number, number);
            assert_false(seen[model][count]);
            seen[model][count] = true;
        }
    }
    plan_free(&plan);
}

static void warm_up_is_the_largest_count_that_is_quick(void **state)
{
    const struct planned_run first = {.model = &models[0]}, second = {.model = &models[1]};
    struct plan plan = plan_of_seed(1), large;

    (void)state;
    assert_int_equal(sweep_warm_up(&plan, &second, 10000).tasks, 10000);
    assert_ptr_equal(sweep_warm_up(&plan, &second, 10000).model, &models[1]);
    assert_int_equal(sweep_warm_up(&plan, &second, 10000).number, PLAN_WARM_UP);
    assert_int_equal(sweep_warm_up(&plan, &second, 1000).tasks, 1);
    assert_int_equal(cells_plan(&large, models, 1, tasks + 2, 2, 2, 1), 0);
    assert_int_equal(sweep_warm_up(&large, &first, 10000).tasks, 100000);
    plan_free(&plan);
    plan_free(&large);
}

/* Of the runs with the same work only: what they take and how long tells nothing of another. */
static void each_work_is_warmed_up_for(void **state)
{
    const struct work beat = {WORK_BEAT, 10, 10000000, 0};
    struct planned_run cell[2] = {{.model = &models[0], .tasks = 1000}, {.model = &models[0], .work = beat}};
    struct planned_run warm_up;
    struct plan plan;
    struct error error;

    (void)state;
    assert_int_equal(plan_new(&plan, cell, 2, 1, 1, &error), 0);
    assert_int_equal(sweep_warm_up(&plan, &cell[0], 10000).tasks, 1000);
    warm_up = sweep_warm_up(&plan, &cell[1], 10000);
    assert_int_equal(warm_up.tasks, 0);
    assert_true(work_equals(&warm_up.work, &beat));
    plan_free(&plan);
}

static void a_cell_is_told_with_its_work(void **state)
{
    const struct planned_run sleeping = {.model = &models[0], .tasks = 10000};
    const struct planned_run passing = {.model = &models[0], .work = {WORK_PASS, 2, 0, 200000}};
    char text[PLAN_TEXT_SIZE];

    (void)state;
    assert_string_equal(plan_tell_cell(text, &sleeping), "a with 10k tasks");
    assert_string_equal(plan_tell_cell(text, &passing), "a with 0 tasks (pass:2:200000)");
    assert_false(plan_is_same_cell(&sleeping, &passing));
}

static void shards_have_every_run_once_and_in_order(void **state)
{
    const int64_t shards = 7; /* does not divide the 60 runs */
    struct plan whole = plan_of_seed(7);
    size_t taken = 0;

    (void)state;
    for (int64_t shard = 1; shard <= shards; shard++) {
        struct plan part = plan_of_seed(7);

        plan_take_shard(&part, shard, shards);
        for (size_t i = 0; i < part.runs; i++)
            assert_true(cells_are_same_runs(&part.run[i], &whole.run[(size_t)shard - 1 + i * (size_t)shards], 1));
        taken += part.runs;
        plan_free(&part);
    }
    assert_int_equal(taken, whole.runs);
    plan_free(&whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_seed_same_order),
        cmocka_unit_test(order_of_seed_1_is_fixed),
        cmocka_unit_test(repetitions_differ_in_their_order),
        cmocka_unit_test(each_repetition_holds_every_cell_once),
        cmocka_unit_test(shards_have_every_run_once_and_in_order),
        cmocka_unit_test(warm_up_is_the_largest_count_that_is_quick),
        cmocka_unit_test(each_work_is_warmed_up_for),
        cmocka_unit_test(a_cell_is_told_with_its_work),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
