/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "collect/sweep.h"

#include <stdbool.h>
#include <string.h>

static struct model models[3] = {{.name = "a"}, {.name = "b"}, {.name = "c"}};
static const struct model *const chosen[3] = {&models[0], &models[1], &models[2]};
static const int64_t tasks[4] = {1, 10000, 100000, 1000000};

static struct plan plan_of_seed(uint32_t seed)
{
    struct plan plan;
    struct error error;

    assert_int_equal(plan_new(&plan, chosen, 3, tasks, 4, 5, seed, &error), 0);
    assert_int_equal(plan.runs, 3 * 4 * 5);
    return plan;
}

static void same_seed_same_order(void **state)
{
    struct plan first = plan_of_seed(7), second = plan_of_seed(7), other = plan_of_seed(8);

    (void)state;
    assert_memory_equal(first.run, second.run, first.runs * sizeof *first.run);
    assert_memory_not_equal(first.run, other.run, first.runs * sizeof *first.run);
    plan_free(&first);
    plan_free(&second);
    plan_free(&other);
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
    struct plan plan = plan_of_seed(1), large;
    struct error error;

    (void)state;
    assert_int_equal(sweep_warm_up(&plan, &models[1]).tasks, 10000);
    assert_ptr_equal(sweep_warm_up(&plan, &models[1]).model, &models[1]);
    assert_int_equal(sweep_warm_up(&plan, &models[1]).number, PLAN_WARM_UP);
    assert_int_equal(plan_new(&large, chosen, 1, tasks + 2, 2, 2, 1, &error), 0);
    assert_int_equal(sweep_warm_up(&large, &models[0]).tasks, 100000);
    plan_free(&plan);
    plan_free(&large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_seed_same_order),
        cmocka_unit_test(each_repetition_holds_every_cell_once),
        cmocka_unit_test(warm_up_is_the_largest_count_that_is_quick),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
