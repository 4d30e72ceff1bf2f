/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "analyze/drift.h"
#include "tests/analyze/runs.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

/* Two cells of three runs, 1 2 3 and 10 30 20: -1 0 1 and -1 1 0 standard deviations, so the repetitions' sums are -2,
   1 and 1, their squares over two runs each 3 in all, and 1 of the 4 is left: F = (3 / 2) / (1 / 2) with 2 and 2
   degrees of freedom, for which p is 1 / (1 + F). */
static void fill(struct run run[6])
{
    static const double value[] = {1, 2, 3, 10, 30, 20};

    for (size_t i = 0; i < 6; i++) {
        run[i] = runs_one(i < 3 ? 1 : 10, value[i]);
        run[i].number = (int64_t)(i % 3) + 1;
    }
}

static void test_by_hand(void **state)
{
    struct run run[6];
    struct series_list list;
    struct drift drift;

    (void)state;
    fill(run);
    list = runs_gather(run, 6);
    drift = drift_of(&list);
    assert_close(drift.f, 3, 1e-12);
    assert_close(drift.p, 0.25, 1e-12);
    assert_close(drift.range, 1.5, 1e-12); /* from -2 / 2 to 1 / 2 */
    series_list_free(&list);
}

/* Where the recording tells when runs were started, that and not the number is their order. */
static void test_time_comes_before_numbers(void **state)
{
    static const double started[] = {3, 1, 2, 30, 10, 20}; /* 2 3 1 and 30 20 10: 0 1 -1 and 1 0 -1 */
    struct run run[6];
    struct series_list list;

    (void)state;
    fill(run);
    for (size_t i = 0; i < 6; i++)
        run[i].started = started[i];
    list = runs_gather(run, 6);
    /* sums 1, 1, -2: as by hand */
    assert_close(drift_of(&list).f, 3, 1e-12);
    run[0].started = 1; /* 1 2 3: with 30 20 10 the sums are 0 */
    run[1].started = 2;
    run[2].started = 3;
    series_list_free(&list);
    list = runs_gather(run, 6);
    assert_true(drift_of(&list).f < 1e-12);
    series_list_free(&list);
}

static void test_too_little_to_tell(void **state)
{
    struct run run[] = {runs_one(1, 5), runs_one(1, 5), runs_one(10, 7), runs_failed(10, "EAGAIN")};
    struct series_list list = runs_gather(run, 4);

    (void)state;
    assert_true(isnan(drift_of(&list).p));
    series_list_free(&list);
}

/* Of runs that do not drift 1 % are said to at 1 %: of 2000 rounds 20 +- 4.4, and 40 are beyond chance. */
static void test_chance(void **state)
{
    gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
    size_t told = 0;

    (void)state;
    for (int round = 0; round < 2000; round++) {
        struct run run[40];
        struct series_list list;

        for (size_t i = 0; i < 40; i++) {
            int64_t tasks = (int64_t)(1 + i / 10);

            run[i] = runs_one(tasks, gsl_ran_gaussian(random, 100. * (double)tasks));
            run[i].number = (int64_t)(i % 10);
        }
        list = runs_gather(run, 40);
        told += drift_of(&list).p < 0.01;
        series_list_free(&list);
    }
    gsl_rng_free(random);
    assert_in_range(told, 4, 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_hand),
        cmocka_unit_test(test_time_comes_before_numbers),
        cmocka_unit_test(test_too_little_to_tell),
        cmocka_unit_test(test_chance),
    };

    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
