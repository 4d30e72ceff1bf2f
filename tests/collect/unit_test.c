/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values as they are written. The steps are SI's for counts and times and IEC's (IEC 80000-13) for sizes; every text
   expected is the value rounded by hand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "collect/unit.h"

static void counts_are_written_short_where_nothing_is_lost(void **state)
{
    static const struct {
        int64_t count;
        const char *text;
    } cases[] = {{0, "0"},          {1, "1"},         {999, "999"},       {1000, "1k"},
                 {1500, "1.5k"},    {10000, "10k"},   {12345, "12345"},   {1000000, "1M"},
                 {2500000, "2.5M"}, {32731, "32731"}, {1000000000, "1G"}, {5000000000000, "5T"}};
    char text[UNIT_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(unit_format_count(text, cases[i].count), cases[i].text);
}

static void estimated_counts_are_written_with_three_digits(void **state)
{
    static const struct {
        double count;
        const char *text;
    } cases[] = {{0, "0"},         {1, "1"},          {12.26, "12.3"},       {999.4, "999"},   {999.6, "1.00k"},
                 {12345, "12.3k"}, {999949, "1.00M"}, {11382045.3, "11.4M"}, {2.5e9, "2.50G"}, {-1500, "-1.50k"}};
    char text[UNIT_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(unit_format(text, UNIT_COUNT, cases[i].count), cases[i].text);
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
    char text[UNIT_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(unit_format(text, UNIT_BYTES, cases[i].bytes), cases[i].text);
}

static void seconds_are_written_with_three_digits(void **state)
{
    static const struct {
        double seconds;
        const char *text;
    } cases[] = {
        {0, "0 s"},         {1.25e-6, "1.25 µs"}, {-1.25e-6, "-1.25 µs"}, {0.25e-9, "0.25 ns"}, {-0.004e-9, "0.00 ns"},
        {16e-9, "16.0 ns"}, {999.4e-9, "999 ns"}, {999.6e-9, "1.00 µs"},  {0.01, "10.0 ms"},    {0.9996, "1.00 s"},
        {1, "1.00 s"},      {90, "90.0 s"},       {3600, "3600 s"}};
    char text[UNIT_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(unit_format(text, UNIT_SECONDS, cases[i].seconds), cases[i].text);
}

static void what_has_no_steps_is_a_number(void **state)
{
    char text[UNIT_TEXT_SIZE];

    (void)state;
    assert_string_equal(unit_format(text, UNIT_RATIO, 2.4194), "2.42");
    assert_string_equal(unit_format(text, UNIT_PROBABILITY, 0.05), "0.05");
}

/* Needed to read a number without a suffix and to write 0. */
static void each_unit_has_steps_that_ascend_and_one_that_is_the_unit(void **state)
{
    (void)state;
    for (int unit = 0; unit < UNIT_LENGTH; unit++) {
        size_t count;
        const struct unit_step *step = unit_steps((enum unit)unit, &count);

        assert_true(unit_step_of((enum unit)unit, 1)->factor == 1);
        for (size_t i = 1; i < count; i++)
            assert_true(step[i - 1].factor < step[i].factor);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_are_written_short_where_nothing_is_lost),
        cmocka_unit_test(estimated_counts_are_written_with_three_digits),
        cmocka_unit_test(bytes_are_written_with_three_digits),
        cmocka_unit_test(seconds_are_written_with_three_digits),
        cmocka_unit_test(what_has_no_steps_is_a_number),
        cmocka_unit_test(each_unit_has_steps_that_ascend_and_one_that_is_the_unit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
