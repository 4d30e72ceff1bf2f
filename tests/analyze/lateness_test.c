/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Quantiles of a run's histogram, by hand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "analyze/lateness.h"

#include <math.h>

static void assert_nanoseconds(double seconds, double expected)
{
    assert_true(fabs(seconds * 1e9 - expected) < 1e-6);
}

/* 50 wake-ups in [1024, 1152) and 50 in [2048, 2304), buckets of 2^7 and 2^8 ns: the 25th of the first 50 lies half way
   through theirs, the 90th of all four fifths through the second. */
static void test_a_quantile_is_interpolated_within_its_bucket(void **state)
{
    struct lateness lateness = {0};

    (void)state;
    assert_true(lateness_take(&lateness, 1024, 50));
    assert_true(lateness_take(&lateness, 1152, 0)); /* a bucket without wake-ups says nothing */
    assert_true(lateness_take(&lateness, 2048, 50));
    assert_nanoseconds(lateness_quantile(&lateness, 25), 1024 + 64);
    assert_nanoseconds(lateness_quantile(&lateness, 50), 1152);
    assert_nanoseconds(lateness_quantile(&lateness, 90), 2048 + 0.8 * 256);
    assert_nanoseconds(lateness_max(&lateness), 2304);
    lateness_free(&lateness);
}

/* Of 100 wake-ups 10 lie beyond the 90th percentile, and one beyond the 99th; of 99 fewer than 10. */
static void test_a_quantile_needs_wakeups_beyond_it(void **state)
{
    struct lateness lateness = {0};

    (void)state;
    assert_true(isnan(lateness_quantile(&lateness, 50)));
    assert_true(isnan(lateness_max(&lateness)));
    lateness_take(&lateness, 5, 100);
    assert_nanoseconds(lateness_quantile(&lateness, 90), 5.9);
    assert_true(isnan(lateness_quantile(&lateness, 99)));
    lateness_forget(&lateness);
    lateness_take(&lateness, 5, 99);
    assert_true(isnan(lateness_quantile(&lateness, 90)));
    assert_nanoseconds(lateness_max(&lateness), 6); /* of any number */
    lateness_free(&lateness);
}

/* From -1151 to -1024 ns, as wide as the bucket of the same lateness: 128 ns. */
static void test_early_wakeups_have_buckets_as_wide(void **state)
{
    struct lateness lateness = {0};

    (void)state;
    lateness_take(&lateness, -1151, 40);
    assert_nanoseconds(lateness_quantile(&lateness, 50), -1151 + 64);
    assert_nanoseconds(lateness_max(&lateness), -1023);
    lateness_take(&lateness, -3, 40);
    assert_nanoseconds(lateness_max(&lateness), -2);
    lateness_free(&lateness);
}

/* Other programs may cut buckets finer; the next one begins where one ends. */
static void test_the_next_bucket_ends_one(void **state)
{
    struct lateness lateness = {0};

    (void)state;
    lateness_take(&lateness, 1024, 100);
    lateness_take(&lateness, 1030, 100);
    assert_nanoseconds(lateness_quantile(&lateness, 25), 1027);
    lateness_free(&lateness);
}

static void test_torn_buckets_tell_nothing(void **state)
{
    struct lateness lateness = {0};

    (void)state;
    lateness_take(&lateness, 2048, 100);
    lateness_take(&lateness, 1024, 100);
    assert_true(isnan(lateness_quantile(&lateness, 50)));
    assert_true(isnan(lateness_max(&lateness)));
    lateness_forget(&lateness);
    lateness_take(&lateness, INT64_MIN + 1, 100); /* the largest magnitude that a field can have is far less */
    assert_true(isfinite(lateness_max(&lateness)));
    lateness_free(&lateness);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_quantile_is_interpolated_within_its_bucket),
        cmocka_unit_test(test_a_quantile_needs_wakeups_beyond_it),
        cmocka_unit_test(test_early_wakeups_have_buckets_as_wide),
        cmocka_unit_test(test_the_next_bucket_ends_one),
        cmocka_unit_test(test_torn_buckets_tell_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
