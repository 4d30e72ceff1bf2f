/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts, sizes and times as people write them. The suffixes are SI's for counts and times and IEC's (IEC 80000-13) for
   sizes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "collect/quantity.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void counts_are_read(void **state)
{
    static const struct {
        const char *text;
        int64_t count;
    } cases[] = {{"1.5k", 1500},
                 {"0.5k", 500},
                 {"2.000001M", 2000001},
                 {"1", 1},
                 {"500", 500},
                 {"10k", 10000},
                 {"1M", 1000000},
                 {"2G", 2000000000},
                 {"3T", 3000000000000},
                 {"007", 7},
                 {"9223372036854775807", INT64_MAX}};
    struct error error;
    int64_t count;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(quantity_parse_count(cases[i].text, &count, &error), 0);
        assert_int_equal(count, cases[i].count);
    }
}

static void bad_counts_are_named_and_change_nothing(void **state)
{
    static const char *const texts[] = {
        "",         "-5",         "0",  "1e99", "ten",  "10K", "1.5", "1.2345k", "0.0k", "1.k",
        ".5k",      "1.5000000k", " 5", "5 ",   "0x10", "nan", "inf", "+5",      "k",    "9223372036854775808",
        "10000000T"};
    struct error error;
    int64_t count = 42;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_int_equal(quantity_parse_count(texts[i], &count, &error), -1);
        assert_non_null(strstr(error.text, texts[i]));
        assert_null(strchr(error.text, '\n'));
        assert_int_equal(count, 42);
    }
}

static void sizes_are_read(void **state)
{
    static const struct {
        const char *text;
        int64_t bytes;
    } cases[] = {{"0", 0},
                 {"17", 17},
                 {"17B", 17},
                 {"4KiB", 4096},
                 {"1.5MiB", 1572864},
                 {"16GiB", INT64_C(16) << 30},
                 {"2TiB", INT64_C(2) << 40}};
    struct error error;
    int64_t bytes;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(quantity_parse_bytes(cases[i].text, &bytes, &error), 0);
        assert_int_equal(bytes, cases[i].bytes);
    }
}

static void bad_sizes_are_named(void **state)
{
    static const char *const texts[] = {"", "-1", "GiB", "1GB", "1 GiB", "0x1p3", "nan", "inf", "1e30GiB", "4kib"};
    struct error error;
    int64_t bytes;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_int_equal(quantity_parse_bytes(texts[i], &bytes, &error), -1);
        assert_non_null(strstr(error.text, texts[i]));
    }
}

/* A keyboard without µ has a u. */
static void times_are_read(void **state)
{
    static const struct {
        const char *text;
        double seconds;
    } cases[] = {{"2s", 2}, {"2", 2}, {"2ms", 2e-3}, {"1.5us", 1.5e-6}, {"1.5µs", 1.5e-6}, {"30ns", 30e-9}};
    struct error error;
    double seconds;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(quantity_parse(cases[i].text, UNIT_SECONDS, &seconds, &error), 0);
        assert_true(fabs(seconds - cases[i].seconds) <= 1e-12 * cases[i].seconds);
    }
}

static void what_is_of_another_unit_is_told_of_the_right_one(void **state)
{
    struct error error;
    double value = 42;

    (void)state;
    assert_int_equal(quantity_parse("16GiB", UNIT_SECONDS, &value, &error), -1);
    assert_string_equal(error.text, "'16GiB' is not a number of seconds (write one with ns, µs, ms or s behind it)");
    assert_int_equal(quantity_parse("2s", UNIT_BYTES, &value, &error), -1);
    assert_string_equal(error.text,
                        "'2s' is not a number of bytes (write one with B, KiB, MiB, GiB, TiB or PiB behind it)");
    assert_int_equal(quantity_parse("2s", UNIT_RATIO, &value, &error), -1);
    assert_true(value == 42);
}

static void shares_are_read_as_percentages(void **state)
{
    static const struct {
        const char *text;
        double share;
    } cases[] = {{"5%", 0.05}, {"5", 0.05}, {"0.5%", 0.005}, {"0", 0}, {"200%", 2}};
    static const char *const bad[] = {"", "%", "-1%", "5%%", "5 %", "nan", "inf", "x"};
    struct error error;
    double share = 42;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(quantity_parse_share(bad[i], &share, &error), -1);
        assert_non_null(strstr(error.text, bad[i]));
        assert_true(share == 42);
    }
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(quantity_parse_share(cases[i].text, &share, &error), 0);
        assert_true(fabs(share - cases[i].share) <= 1e-15);
    }
}

static void durations_are_read(void **state)
{
    static const struct {
        const char *text;
        double seconds;
    } cases[] = {{"10min", 600}, {"1.5h", 5400}, {"2h", 7200}, {"90s", 90}, {"90", 90}, {"500ms", 0.5}, {"0.5min", 30}};
    static const char *const bad[] = {"", "min", "h", "-1min", "10 min", "10minutes", "1h30min", "10m", "1smin", "nan"};
    struct error error;
    double seconds;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(quantity_parse_duration(cases[i].text, &seconds, &error), 0);
        assert_true(fabs(seconds - cases[i].seconds) <= 1e-12 * cases[i].seconds);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char message[96];

        snprintf(message, sizeof message, "'%s' is not a time (write one such as 90s, 10min or 2h)", bad[i]);
        assert_int_equal(quantity_parse_duration(bad[i], &seconds, &error), -1);
        assert_string_equal(error.text, message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_are_read),
        cmocka_unit_test(bad_counts_are_named_and_change_nothing),
        cmocka_unit_test(sizes_are_read),
        cmocka_unit_test(bad_sizes_are_named),
        cmocka_unit_test(shares_are_read_as_percentages),
        cmocka_unit_test(durations_are_read),
        cmocka_unit_test(times_are_read),
        cmocka_unit_test(what_is_of_another_unit_is_told_of_the_right_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
