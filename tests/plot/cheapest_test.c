/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which model takes least with how many tasks: lines made by hand, whose crossings are known. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "plot/cheapest.h"

#include <math.h>

#define MODELS 4

struct lines {
    struct series series[MODELS];
    struct fit fit[MODELS];
    struct chart_data data;
};

static struct fit line(double baseline, double overhead, double error, int64_t most)
{
    return (struct fit){
        .method = FIT_ROBUST,
        .confidence = 0.95,
        .min_tasks = 1,
        .max_tasks = most,
        .baseline = estimate_of(baseline, error, 20, 0.95),
        .overhead = estimate_of(overhead, 0, 20, 0.95),
    };
}

/* "light" begins at 1,000 and adds 10, "steep" begins at 100 and adds 100: they cross at 900 / 90 = 10 tasks. "short"
   is cheaper than both, but was measured with up to 3 tasks only. */
static void make(struct lines *lines, double error)
{
    static const char *const names[MODELS] = {"light", "null", "short", "steep"};

    for (size_t i = 0; i < MODELS; i++)
        lines->series[i] = (struct series){.host = "h", .model = names[i], .work = "sleep"};
    lines->fit[0] = line(1000, 10, error, 1000000);
    lines->fit[1] = line(1, 0, error, 1000000);
    lines->fit[2] = line(50, 1, error, 3);
    lines->fit[3] = line(100, 100, error, 1000000);
    lines->data =
        (struct chart_data){.list = {.series = lines->series, .count = MODELS}, .fit = lines->fit, .confidence = 0.95};
}

static void test_ranges_follow_the_lines(void **state)
{
    struct lines lines;
    struct cheapest range[CHEAPEST_MOST];

    (void)state;
    make(&lines, 1);
    assert_int_equal(cheapest_ranges(&lines.data, 0, MODELS, range), 3);
    assert_int_equal(range[0].series, 2);
    assert_int_equal(range[1].series, 3);
    assert_int_equal(range[2].series, 0);
    assert_true(range[0].from == 1 && fabs(log10(range[1].from / 3)) < 0.05);
    assert_true(isnan(range[1].from_low)); /* the other was not measured any farther */
    assert_true(fabs(log10(range[2].from / 10)) < 0.05 && range[2].to == 1000000);
}

/* Both baselines are known to about 2 * 1 and 2 * 100: at 10 tasks the difference of 90 a task takes 0.03 and 3 tasks
   to leave that, sqrt(2) times wider for two. */
static void test_a_crossing_has_an_interval(void **state)
{
    static const double errors[] = {1, 100};
    struct lines lines;
    struct cheapest range[CHEAPEST_MOST];

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        double reach = 2.02 * sqrt(2) * errors[i] / 90; /* Student's t of 40 degrees of freedom */

        make(&lines, errors[i]);
        cheapest_ranges(&lines.data, 0, MODELS, range);
        assert_true(fabs(range[2].from_low - (10 - reach)) < 0.05 * reach + 0.01);
        assert_true(fabs(range[2].from_high - (10 + reach)) < 0.05 * reach + 0.01);
    }
}

static void test_without_a_model_there_is_no_range(void **state)
{
    struct lines lines;
    struct cheapest range[CHEAPEST_MOST];

    (void)state;
    make(&lines, 1);
    assert_int_equal(cheapest_ranges(&lines.data, 1, 1, range), 0); /* null is no finding */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ranges_follow_the_lines),
        cmocka_unit_test(test_a_crossing_has_an_interval),
        cmocka_unit_test(test_without_a_model_there_is_no_range),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
