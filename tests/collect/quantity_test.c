/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts and sizes as people write them. The suffixes are SI's for counts and IEC's (IEC 80000-13) for sizes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "collect/quantity.h"

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

static void counts_are_written_short_where_nothing_is_lost(void **state)
{
    static const struct {
        int64_t count;
        const char *text;
    } cases[] = {{0, "0"},          {1, "1"},         {999, "999"},       {1000, "1k"},
                 {1500, "1.5k"},    {10000, "10k"},   {12345, "12345"},   {1000000, "1M"},
                 {2500000, "2.5M"}, {32731, "32731"}, {1000000000, "1G"}, {5000000000000, "5T"}};
    char text[QUANTITY_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(quantity_format_count(text, cases[i].count), cases[i].text);
}

static void estimated_counts_are_written_with_three_digits(void **state)
{
    static const struct {
        double count;
        const char *text;
    } cases[] = {{0, "0"},         {1, "1"},          {12.26, "12.3"},       {999.4, "999"},   {999.6, "1.00k"},
                 {12345, "12.3k"}, {999949, "1.00M"}, {11382045.3, "11.4M"}, {2.5e9, "2.50G"}, {-1500, "-1.50k"}};
    char text[QUANTITY_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(quantity_format_about(text, cases[i].count), cases[i].text);
}

static void bytes_are_written_with_three_digits(void **state)
{
    static const struct {
        double bytes;
        const char *text;
    } cases[] = {{0, "0 B"},
                 {16, "16 B"},
                 {168, "168 B"},
                 {16.5, "16.5 B"},
                 {8.125, "8.12 B"},
                 {1023, "1023 B"},
                 {1024, "1.00 KiB"},
                 {8683.5, "8.48 KiB"},
                 {102349, "100 KiB"},
                 {1048575, "1.00 MiB"},
                 {2.5 * 1073741824, "2.50 GiB"},
                 {-5.73, "-5.73 B"}};
    char text[QUANTITY_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(quantity_format_bytes(text, cases[i].bytes), cases[i].text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_are_read),
        cmocka_unit_test(bad_counts_are_named_and_change_nothing),
        cmocka_unit_test(sizes_are_read),
        cmocka_unit_test(bad_sizes_are_named),
        cmocka_unit_test(counts_are_written_short_where_nothing_is_lost),
        cmocka_unit_test(estimated_counts_are_written_with_three_digits),
        cmocka_unit_test(bytes_are_written_with_three_digits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
