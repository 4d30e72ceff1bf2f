/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scales and ticks. The expected ticks follow from the rules in plot/axis.h; they were worked out by hand. */
#include "plot/axis.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define LENGTH(array) (sizeof(array) / sizeof *(array))

/* The texts of the labelled ticks, with blanks between the ticks: "0|200|400". */
static const char *labels_of(const struct axis *axis, size_t wanted, char text[1024])
{
    struct axis_tick tick[AXIS_MAX_TICKS];
    size_t count = axis_ticks(axis, wanted, tick), length = 0;

    *text = '\0';
    for (size_t i = 0; i < count; i++)
        if (*tick[i].text)
            length += (size_t)snprintf(text + length, 1024 - length, "%s%s", length ? "|" : "", tick[i].text);
    return text;
}

static const struct {
    struct axis axis;
    size_t wanted;
    const char *labels;
} linear_cases[] = {
    {{AXIS_LINEAR, UNIT_RATIO, 0, 1}, 5, "0|0.5|1.0"},
    {{AXIS_LINEAR, UNIT_RATIO, 0, 1}, 6, "0|0.2|0.4|0.6|0.8|1.0"},
    {{AXIS_LINEAR, UNIT_RATIO, 0, 10}, 6, "0|2|4|6|8|10"},
    {{AXIS_LINEAR, UNIT_RATIO, 0, 0.01}, 3, "0|0.005|0.010"},
    {{AXIS_LINEAR, UNIT_RATIO, -3, 3}, 7, "-3|-2|-1|0|1|2|3"},
    {{AXIS_LINEAR, UNIT_RATIO, -1, 1}, 5, "-1.0|-0.5|0|0.5|1.0"},
    {{AXIS_LINEAR, UNIT_RATIO, 3.5, -0.5}, 4, "0|1|2|3"}, /* downwards, as rows are */
    {{AXIS_LINEAR, UNIT_RATIO, 1000000, 1000010}, 3, "1000000|1000005|1000010"},
    {{AXIS_LINEAR, UNIT_RATIO, 0.6, 1.4}, 4, "0.6|0.8|1.0|1.2|1.4"}, /* 0.5 would leave one: two at least */
    {{AXIS_LINEAR, UNIT_COUNT, 0, 1e6}, 6, "0|200k|400k|600k|800k|1M"},
    {{AXIS_LINEAR, UNIT_COUNT, 0, 3e9}, 4, "0|1G|2G|3G"},
    /* Units by the upper end: 0x1p10 B is a KiB, 0x1p20 a MiB, and so on. */
    {{AXIS_LINEAR, UNIT_BYTES, 0, 800}, 5, "0|200|400|600|800"},
    {{AXIS_LINEAR, UNIT_BYTES, 0, 4 * 0x1p10}, 5, "0|1|2|3|4"},
    {{AXIS_LINEAR, UNIT_BYTES, 0, 2.5 * 0x1p20}, 6, "0|0.5|1.0|1.5|2.0|2.5"},
    {{AXIS_LINEAR, UNIT_BYTES, 0, 1000 * 0x1p20}, 6, "0|200|400|600|800|1000"},
    {{AXIS_LINEAR, UNIT_BYTES, 0, 8 * 0x1p30}, 5, "0|2|4|6|8"},
    {{AXIS_LINEAR, UNIT_BYTES, 0, 1.5 * 0x1p40}, 4, "0|0.5|1.0|1.5"},
    {{AXIS_LINEAR, UNIT_BYTES, 0, 3 * 0x1p50}, 4, "0|1|2|3"},
    {{AXIS_LINEAR, UNIT_BYTES, 0, 2048 * 0x1p50}, 3, "0|1000|2000"}, /* PiB is the last step */
    {{AXIS_LINEAR, UNIT_SECONDS, 0, 2.5e-6}, 6, "0|0.5|1.0|1.5|2.0|2.5"},
    {{AXIS_LINEAR, UNIT_SECONDS, -8.8e-6, 93.8e-6}, 6, "0|20|40|60|80"},
    {{AXIS_LINEAR, UNIT_SECONDS, 0, 0.8}, 5, "0|200|400|600|800"},
    {{AXIS_LINEAR, UNIT_SECONDS, 0, 120}, 4, "0|50|100"}, /* s is the last step */
};

/* Linear up to 0.1, then a decade each. */
static const struct {
    struct axis axis;
    size_t wanted;
    const char *labels;
} symlog_cases[] = {
    {{AXIS_SYMLOG, UNIT_RATIO, -2, 2}, 9, "-1|-0.1|0|0.1|1"},
    {{AXIS_SYMLOG, UNIT_RATIO, -0.5, 200}, 9, "-0.1|0|0.1|1|10|100"},
    {{AXIS_SYMLOG, UNIT_RATIO, -200, 200}, 5, "-10|-0.1|0|0.1|10"},         /* every second */
    {{AXIS_SYMLOG, UNIT_RATIO, -0.05, 0.05}, 5, "-0.04|-0.02|0|0.02|0.04"}, /* all of it is linear */
};

static void test_symlog_ticks(void **state)
{
    char text[1024];

    (void)state;
    for (size_t i = 0; i < LENGTH(symlog_cases); i++)
        assert_string_equal(labels_of(&symlog_cases[i].axis, symlog_cases[i].wanted, text), symlog_cases[i].labels);
}

/* asinh(1) is to asinh(10) as the end of the linear part to ten times that. */
static void test_symlog_is_linear_and_then_logarithmic(void **state)
{
    const struct axis axis = axis_over(AXIS_SYMLOG, UNIT_RATIO, -1, 1);

    (void)state;
    assert_true(fabs(axis_fraction(&axis, 0) - 0.5) < 1e-12);
    assert_true(fabs((axis_fraction(&axis, 0.1) - 0.5) / (axis_fraction(&axis, 1) - 0.5) - asinh(1) / asinh(10)) <
                1e-12);
    assert_true(axis.low < -1 && axis.low > -2 && fabs(axis.low + axis.high) < 1e-12);
    assert_true(axis_fraction(&axis, axis.low) == 0 && axis_fraction(&axis, axis.high) == 1);
}

/* A single value, and none, still give an axis. */
static void test_symlog_of_nothing(void **state)
{
    const struct axis one = axis_over(AXIS_SYMLOG, UNIT_RATIO, 0, 0), none = axis_over(AXIS_SYMLOG, UNIT_RATIO, 1, 0);

    (void)state;
    assert_true(one.low < 0 && one.high > 0);
    assert_true(none.low < none.high);
}

static void test_linear_ticks(void **state)
{
    char text[1024];

    (void)state;
    for (size_t i = 0; i < LENGTH(linear_cases); i++)
        assert_string_equal(labels_of(&linear_cases[i].axis, linear_cases[i].wanted, text), linear_cases[i].labels);
}

static const struct {
    struct axis axis;
    size_t wanted;
    const char *labels;
} log_cases[] = {
    {{AXIS_LOG_ZERO, UNIT_COUNT, 0.1, 1e5}, 8, "0|1|10|100|1k|10k|100k"},
    {{AXIS_LOG_ZERO, UNIT_COUNT, 100, 1e6}, 8, "0|1k|10k|100k|1M"}, /* nothing in the decade next to 0 */
    {{AXIS_LOG, UNIT_COUNT, 1, 1e6}, 8, "1|10|100|1k|10k|100k|1M"},
    {{AXIS_LOG, UNIT_COUNT, 1, 1e6}, 4, "1|100|10k|1M"},
    {{AXIS_LOG, UNIT_COUNT, 1, 1e6}, 2, "10|10k"}, /* every third; from 1 on they are three */
    {{AXIS_LOG, UNIT_BYTES, 20 * 0x1p10, 150 * 0x1p20}, 2, "1 MiB|100 MiB"},
    {{AXIS_LOG, UNIT_BYTES, 20 * 0x1p10, 90 * 0x1p20}, 2, "100 KiB|10 MiB"}, /* counted from 1 MiB there is but one */
    {{AXIS_LOG, UNIT_COUNT, 0.5, 2e6}, 8, "1|10|100|1k|10k|100k|1M"},
    {{AXIS_LOG, UNIT_COUNT, 1, 1e6}, 19, "1|2|5|10|20|50|100|200|500|1k|2k|5k|10k|20k|50k|100k|200k|500k|1M"},
    {{AXIS_LOG, UNIT_RATIO, 0.01, 1}, 3, "0.01|0.1|1"},
    {{AXIS_LOG, UNIT_RATIO, 9, 60}, 2, "10|20|50"}, /* 10 alone would be one: two at least */
    {{AXIS_LOG, UNIT_RATIO, 9, 110}, 3, "10|100"},
    /* A decade of bytes is 1, 10 and 100 of each unit; a thousand of one has no tick, 1024 of it is the next. */
    {{AXIS_LOG, UNIT_BYTES, 1, 0x1p20}, 7, "1 B|10 B|100 B|1 KiB|10 KiB|100 KiB|1 MiB"},
    {{AXIS_LOG, UNIT_BYTES, 1, 0x1p50}, 6, "1 B|1 KiB|1 MiB|1 GiB|1 TiB|1 PiB"},
    {{AXIS_LOG, UNIT_BYTES, 0x1p20, 10 * 0x1p30}, 5, "1 MiB|10 MiB|100 MiB|1 GiB|10 GiB"},
    {{AXIS_LOG, UNIT_BYTES, 100 * 0x1p10, 2 * 0x1p20}, 6, "100 KiB|200 KiB|500 KiB|1 MiB|2 MiB"},
    {{AXIS_LOG, UNIT_BYTES, 0.01, 1}, 3, "0.01 B|0.1 B|1 B"},
    {{AXIS_LOG, UNIT_BYTES, 0x1p30, 100 * 0x1p30}, 3, "1 GiB|10 GiB|100 GiB"},
    {{AXIS_LOG, UNIT_SECONDS, 1e-9, 1e-3}, 7, "1 ns|10 ns|100 ns|1 µs|10 µs|100 µs|1 ms"},
    {{AXIS_LOG, UNIT_SECONDS, 0.1, 100}, 4, "100 ms|1 s|10 s|100 s"},
    /* Too short for 1-2-5: evenly spaced, and each names its unit. */
    {{AXIS_LOG, UNIT_BYTES, 21 * 0x1p20, 29 * 0x1p20}, 4, "22 MiB|24 MiB|26 MiB|28 MiB"},
    {{AXIS_LOG, UNIT_COUNT, 2100, 2900}, 4, "2.2k|2.4k|2.6k|2.8k"},
};

static void test_log_ticks(void **state)
{
    char text[1024];

    (void)state;
    for (size_t i = 0; i < LENGTH(log_cases); i++)
        assert_string_equal(labels_of(&log_cases[i].axis, log_cases[i].wanted, text), log_cases[i].labels);
}

static void test_log_axes_have_ticks_between_decades(void **state)
{
    struct axis axis = {AXIS_LOG, UNIT_COUNT, 1, 1000};
    struct axis_tick tick[AXIS_MAX_TICKS];
    size_t count = axis_ticks(&axis, 4, tick);

    (void)state;
    assert_int_equal(count, 3 * 9 + 1); /* 1..9, 10..90, 100..900, 1000 */
    assert_string_equal(tick[1].text, "");
    assert_true(tick[1].value == 2);
    assert_string_equal(tick[27].text, "1k");
}

static void test_ticks_ascend_within_the_axis(void **state)
{
    static const struct axis axes[] = {
        {AXIS_LOG, UNIT_BYTES, 1e-3, 1e18},      {AXIS_LOG, UNIT_RATIO, 1e-200, 1e200},
        {AXIS_LOG, UNIT_COUNT, 0.57, 1.7e6},     {AXIS_LINEAR, UNIT_BYTES, 0, 123456789},
        {AXIS_LINEAR, UNIT_RATIO, -1e-9, 1e300}, {AXIS_LINEAR, UNIT_COUNT, 17, 17.0001},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(axes); i++)
        for (size_t wanted = 0; wanted < 12; wanted++) {
            struct axis_tick tick[AXIS_MAX_TICKS];
            size_t count = axis_ticks(&axes[i], wanted, tick);

            assert_in_range(count, 2, AXIS_MAX_TICKS);
            for (size_t j = 0; j < count; j++) {
                assert_true(axis_fraction(&axes[i], tick[j].value) > -1e-6);
                assert_true(axis_fraction(&axes[i], tick[j].value) < 1 + 1e-6);
                assert_true(j == 0 || tick[j].value > tick[j - 1].value);
            }
        }
}

static void test_linear_axis_of_bytes_has_a_unit(void **state)
{
    static const struct {
        double high;
        const char *unit;
    } cases[] = {{1, "B"},        {1023, "B"},     {0x1p10, "KiB"}, {1023 * 0x1p10, "KiB"}, {0x1p20, "MiB"},
                 {0x1p30, "GiB"}, {0x1p40, "TiB"}, {0x1p50, "PiB"}, {0x1p60, "PiB"}};
    struct axis axis = {AXIS_LOG, UNIT_BYTES, 1, 0x1p30}, counts = {AXIS_LINEAR, UNIT_COUNT, 0, 10};

    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++)
        assert_string_equal(axis_unit_text(&(struct axis){AXIS_LINEAR, UNIT_BYTES, 0, cases[i].high}), cases[i].unit);
    assert_string_equal(axis_unit_text(&axis), "");
    assert_string_equal(axis_unit_text(&counts), "");
}

static void test_fraction(void **state)
{
    struct axis linear = {AXIS_LINEAR, UNIT_RATIO, 10, 20}, down = {AXIS_LINEAR, UNIT_RATIO, 3.5, -0.5};
    struct axis log = {AXIS_LOG, UNIT_RATIO, 1, 100}, zero = axis_over(AXIS_LOG_ZERO, UNIT_COUNT, 1, 100);

    (void)state;
    assert_true(axis_fraction(&linear, 10) == 0);
    assert_true(axis_fraction(&linear, 15) == 0.5);
    assert_true(axis_fraction(&linear, 25) == 1.5);
    assert_true(axis_fraction(&down, 1.5) == 0.5);
    assert_true(fabs(axis_fraction(&log, 10) - 0.5) < 1e-15);
    assert_true(axis_fraction(&log, 0) == -INFINITY);
    assert_true(axis_fraction(&log, -1) == -INFINITY);
    assert_true(axis_fraction(&zero, 0) > 0 && axis_fraction(&zero, 0) < 0.1);
    assert_true(axis_fraction(&zero, 1) > 0.3);
    assert_true(axis_fraction(&zero, -1) == -INFINITY);
}

static void test_axis_over_leaves_room(void **state)
{
    struct axis linear = axis_over(AXIS_LINEAR, UNIT_BYTES, 0, 100);
    struct axis away = axis_over(AXIS_LINEAR, UNIT_RATIO, 50, 100);
    struct axis log = axis_over(AXIS_LOG, UNIT_COUNT, 1, 1e6);
    struct axis near = axis_over(AXIS_LOG, UNIT_BYTES, 1.6 * 0x1p20, 5 * 0x1p30);

    (void)state;
    assert_true(linear.low == 0 && linear.high > 100);
    assert_true(away.low > 0 && away.low < 50 && away.high > 100);
    assert_true(log.low < 1 && log.low > 0.1 && log.high > 1e6 && log.high < 1e7);
    assert_true(near.low == 0x1p20); /* nearer than a factor of 2: goes on to the decade */
    assert_true(near.high == 10 * 0x1p30);
}

static void test_axis_over_degenerate_ranges(void **state)
{
    static const double ranges[][2] = {
        {5, 5},         {0, 0},        {-5, -5},      {3, 1}, {NAN, 1}, {1, NAN},
        {-INFINITY, 1}, {1, INFINITY}, {INFINITY, 0}, {0, 5}, {-5, 5},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(ranges); i++)
        for (int scale = AXIS_LINEAR; scale <= AXIS_LOG_ZERO; scale++) {
            struct axis axis = axis_over((enum axis_scale)scale, UNIT_BYTES, ranges[i][0], ranges[i][1]);
            struct axis_tick tick[AXIS_MAX_TICKS];

            assert_true(isfinite(axis.low) && isfinite(axis.high) && axis.low < axis.high);
            assert_true(scale == AXIS_LINEAR || axis.low > 0);
            assert_in_range(axis_ticks(&axis, 5, tick), 2, AXIS_MAX_TICKS);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_linear_ticks),
        cmocka_unit_test(test_symlog_ticks),
        cmocka_unit_test(test_symlog_is_linear_and_then_logarithmic),
        cmocka_unit_test(test_symlog_of_nothing),
        cmocka_unit_test(test_log_ticks),
        cmocka_unit_test(test_log_axes_have_ticks_between_decades),
        cmocka_unit_test(test_ticks_ascend_within_the_axis),
        cmocka_unit_test(test_linear_axis_of_bytes_has_a_unit),
        cmocka_unit_test(test_fraction),
        cmocka_unit_test(test_axis_over_leaves_room),
        cmocka_unit_test(test_axis_over_degenerate_ranges),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
