/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The heap against a clock of its own, which moves only when the heap sleeps: nothing here waits. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "collect/models/deadline_heap.h"
#include "collect/models/task_model.h"

#include <stdlib.h>

#define SLEEPERS 5000 /* several times the heap's first capacity */

/* What the heap asks of its runtime; these stand in for task_model.c's. */
static uint64_t now;
static size_t sleeps;

uint64_t task_model_now(void)
{
    return now;
}

void task_model_sleep_until(uint64_t nanoseconds)
{
    now = nanoseconds;
    sleeps++;
}

static int reset_clock(void **state)
{
    (void)state;
    now = 0;
    sleeps = 0;
    return 0;
}

static void add(struct deadline_heap *heap, uint64_t nanoseconds, void *sleeper)
{
    assert_true(deadline_heap_reserve(heap));
    deadline_heap_add(heap, nanoseconds, sleeper);
}

static void random_order_comes_out_sorted(void **state)
{
    static uint64_t deadline[SLEEPERS];
    struct deadline_heap heap = {0};
    unsigned short random[3] = {1, 2, 3};
    uint64_t *sleeper, last = 0;
    size_t taken = 0;

    (void)state;
    for (size_t i = 0; i < SLEEPERS; i++) {
        deadline[i] = (uint64_t)nrand48(random);
        add(&heap, deadline[i], &deadline[i]);
    }
    for (; (sleeper = deadline_heap_await(&heap)); taken++) {
        assert_true(*sleeper >= last);
        assert_true(now == *sleeper);
        last = *sleeper;
        *sleeper = 0; /* a second time it would come out of order */
    }
    assert_int_equal(taken, SLEEPERS);
    free(heap.deadline);
}

static void sleepers_of_one_moment_all_come_out_once(void **state)
{
    static bool taken[SLEEPERS];
    struct deadline_heap heap = {0};
    bool *sleeper;

    (void)state;
    for (size_t i = 0; i < SLEEPERS; i++)
        add(&heap, i % 3, &taken[i]);
    while ((sleeper = deadline_heap_await(&heap))) {
        assert_false(*sleeper);
        *sleeper = true;
    }
    for (size_t i = 0; i < SLEEPERS; i++)
        assert_true(taken[i]);
    assert_int_equal(sleeps, 2); /* until 1 and until 2: the clock starts at 0 */
    free(heap.deadline);
}

static void what_is_due_is_not_waited_for(void **state)
{
    struct deadline_heap heap = {0};
    int early, late;

    (void)state;
    now = 100;
    add(&heap, 100, &late);
    add(&heap, 40, &early);
    assert_ptr_equal(deadline_heap_await(&heap), &early);
    assert_ptr_equal(deadline_heap_await(&heap), &late);
    assert_int_equal(sleeps, 0);
    free(heap.deadline);
}

static void deadlines_can_be_added_between_awaits(void **state)
{
    struct deadline_heap heap = {0};
    int first, second, third;

    (void)state;
    add(&heap, 10, &first);
    add(&heap, 30, &third);
    assert_ptr_equal(deadline_heap_await(&heap), &first);
    add(&heap, 20, &second);
    assert_ptr_equal(deadline_heap_await(&heap), &second);
    assert_ptr_equal(deadline_heap_await(&heap), &third);
    assert_null(deadline_heap_await(&heap));
    free(heap.deadline);
}

static void empty_heap_has_nobody(void **state)
{
    struct deadline_heap heap = {0};

    (void)state;
    assert_null(deadline_heap_await(&heap));
    assert_int_equal(sleeps, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(random_order_comes_out_sorted, reset_clock),
        cmocka_unit_test_setup(sleepers_of_one_moment_all_come_out_once, reset_clock),
        cmocka_unit_test_setup(what_is_due_is_not_waited_for, reset_clock),
        cmocka_unit_test_setup(deadlines_can_be_added_between_awaits, reset_clock),
        cmocka_unit_test_setup(empty_heap_has_nobody, reset_clock),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
