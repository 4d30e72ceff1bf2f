/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The histogram of lateness against bounds worked out by hand: below 16 ns each value has a bucket; above, e is
   floor(log2 value) - 3 and the bucket begins at (value >> e) << e and is 1 << e wide. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "collect/models/lateness.h"

#include <stdio.h>
#include <stdlib.h>

#define DUE 0x4000000000000000u /* far enough from both ends of the clock */

static void check_written(const struct lateness *lateness, const char *expected)
{
    char *text;
    size_t size;
    FILE *stream = open_memstream(&text, &size);

    assert_non_null(stream);
    lateness_write(lateness, stream);
    fclose(stream);
    assert_string_equal(text, expected);
    free(text);
}

/* What is written of one wake-up that was so late. */
static void check_one(int64_t late, const char *expected)
{
    static const struct lateness none;
    struct lateness lateness = none;

    lateness_note(&lateness, DUE + (uint64_t)late, DUE);
    check_written(&lateness, expected);
}

static void small_values_have_buckets_of_their_own(void **state)
{
    (void)state;
    check_one(0, "late 0 1\n");
    check_one(1, "late 1 1\n");
    check_one(15, "late 15 1\n");
    check_one(-1, "late -1 1\n");
    check_one(-15, "late -15 1\n");
}

static void each_octave_has_eight_buckets(void **state)
{
    (void)state;
    /* From 16 on they are 2 wide, from 32 on 4. */
    check_one(16, "late 16 1\n");
    check_one(17, "late 16 1\n");
    check_one(18, "late 18 1\n");
    check_one(31, "late 30 1\n");
    check_one(32, "late 32 1\n");
    check_one(35, "late 32 1\n");
    /* 1000 = 15.6 * 64, in the octave from 512 on, whose buckets are 64 wide: from 960 on. */
    check_one(1000, "late 960 1\n");
    check_one(959, "late 896 1\n");
    check_one((int64_t)1 << 40, "late 1099511627776 1\n");
    /* 2^40 - 1 is in the last bucket of the octave from 2^39 on, 2^36 wide: from 15 * 2^36 on. */
    check_one(((int64_t)1 << 40) - 1, "late 1030792151040 1\n");
}

static void early_ones_are_told_by_the_least_lateness_of_their_bucket(void **state)
{
    (void)state;
    /* 16 to 17, 30 to 31, 32 to 35, 960 to 1023, and 2^40 to 2^40 + 2^37 - 1 ns early. */
    check_one(-16, "late -17 1\n");
    check_one(-17, "late -17 1\n");
    check_one(-31, "late -31 1\n");
    check_one(-32, "late -35 1\n");
    check_one(-1000, "late -1023 1\n");
    check_one(-((int64_t)1 << 40), "late -1236950581247 1\n");
}

static void the_ends_of_the_clock_have_buckets(void **state)
{
    struct lateness lateness = {0};

    (void)state;
    lateness_note(&lateness, UINT64_MAX, 0);
    lateness_note(&lateness, 0, UINT64_MAX >> 1);
    /* 15 * 2^60, and one less than 2^63. */
    check_written(&lateness, "late -9223372036854775807 1\nlate 17293822569102704640 1\n");
}

static void buckets_are_written_in_ascending_order_with_their_counts(void **state)
{
    static const int64_t late[] = {1000, -40, 3, 1001, -1, 0, 3, -1000, -39, 3};
    struct lateness lateness = {0};

    (void)state;
    for (size_t i = 0; i < sizeof late / sizeof *late; i++)
        lateness_note(&lateness, DUE + (uint64_t)late[i], DUE);
    check_written(&lateness, "late -1023 1\nlate -43 1\nlate -39 1\nlate -1 1\nlate 0 1\nlate 3 3\nlate 960 2\n");
}

static void nothing_is_written_of_nothing(void **state)
{
    struct lateness lateness = {0};

    (void)state;
    check_written(&lateness, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_values_have_buckets_of_their_own),
        cmocka_unit_test(each_octave_has_eight_buckets),
        cmocka_unit_test(early_ones_are_told_by_the_least_lateness_of_their_bucket),
        cmocka_unit_test(the_ends_of_the_clock_have_buckets),
        cmocka_unit_test(buckets_are_written_in_ascending_order_with_their_counts),
        cmocka_unit_test(nothing_is_written_of_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
