/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The line of progress, in terminals of every width. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "collect/progress.h"

#include <string.h>

static const char *line_of(const char *name, double seconds_left, size_t columns)
{
    static char line[PROGRESS_LINE_SIZE];
    struct model model = {.name = (char *)name};
    const struct planned_run run = {.model = &model, .tasks = 10000, .number = 1};
    const struct sweep_progress progress = {
        .step = SWEEP_MEASURES, .run = &run, .done = 11, .planned = 400, .seconds_left = seconds_left};

    progress_line(line, &progress, columns);
    return line;
}

static void the_first_that_fits_is_told(void **state)
{
    static const struct {
        double seconds_left;
        size_t columns;
        const char *line;
    } cases[] = {
        {200, 79, "12 of 400: libuv with 10k tasks, about 3 min 20 s left"},
        {200, 54, "12 of 400: libuv with 10k tasks, about 3 min 20 s left"},
        {200, 53, "12 of 400, about 3 min 20 s left"},
        {200, 31, "12 of 400, 3 min 20 s"},
        {200, 19, "12/400, 3 min 20 s"},
        {200, 17, "12/400"},
        {200, 5, ""},
        {200, 0, ""},
        {0, 79, "12 of 400: libuv with 10k tasks"},
        {0, 19, "12 of 400: libuv"},
        {0, 15, "12 of 400"},
        {0, 8, "12/400"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(line_of("libuv", cases[i].seconds_left, cases[i].columns), cases[i].line);
}

static void minutes_have_at_most_59_seconds(void **state)
{
    static const struct {
        double seconds_left;
        const char *line;
    } cases[] = {
        {0.2, "12/400, 0 min 01 s"},    {59.2, "12/400, 1 min 00 s"},  {59.7, "12/400, 1 min 00 s"},
        {119.6, "12/400, 2 min 00 s"},  {3599, "12/400, 59 min 59 s"}, {3599.5, "12/400, 1 h 00 min"},
        {45240, "12/400, 12 h 34 min"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(line_of("libuv", cases[i].seconds_left, 20), cases[i].line);
}

/* A name is never cut, so that no character is. */
static void a_name_is_whole_or_left_out(void **state)
{
    char name[256];

    (void)state;
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_non_null(strstr(line_of(name, 0, 400), name));
    assert_string_equal(line_of(name, 0, 200), "12 of 400");
    assert_string_equal(line_of("m\xc3\xb6glich", 0, 19), "12 of 400: m\xc3\xb6glich");
    assert_string_equal(line_of("m\xc3\xb6glich", 0, 18), "12 of 400");
}

/* With --until and --for nobody knows how many runs there will be, but what is too wide and how long it goes on. */
static void what_is_too_wide_is_told_where_there_is_room(void **state)
{
    static const struct {
        double until_share, seconds_left;
        size_t columns;
        const char *line;
    } cases[] = {
        {0.01, 200, 110,
         "run 12: libuv with 10k tasks; 7 of 165 too wide, the widest go with 1k tasks: ±25 %, 3 min 20 s left"},
        {0.01, 200, 70, "run 12: libuv with 10k tasks, 7 too wide, 3 min 20 s left"},
        {0.01, 200, 40, "run 12, 7 too wide, 3 min 20 s left"},
        {0.01, 200, 30, "run 12, 7 too wide, 3 min 20 s"},
        {0.01, 200, 20, "run 12, 3 min 20 s"},
        {0.01, 200, 16, "12, 3 min 20 s"},
        {0.01, 200, 5, "12"},
        {0.01, 0, 25, "run 12, 7 too wide"},
        {0, 200, 79, "run 12: libuv with 10k tasks, 3 min 20 s left"},
        {0, 200, 30, "run 12, 3 min 20 s left"},
    };
    struct model libuv = {.name = "libuv"}, go = {.name = "go"};
    struct schedule_cell widest = {.run = {.model = &go, .tasks = 1000}, .value = gsl_rstat_alloc()};
    const struct planned_run run = {.model = &libuv, .tasks = 10000, .number = 1};
    char line[PROGRESS_LINE_SIZE];

    (void)state;
    /* as in precision_test.c */
    gsl_rstat_add(99, widest.value);
    gsl_rstat_add(101, widest.value);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct sweep_progress progress = {.step = SWEEP_MEASURES,
                                                .run = &run,
                                                .done = 11,
                                                .planned = 400,
                                                .seconds_left = cases[i].seconds_left,
                                                .is_timed = true,
                                                .is_adaptive = true,
                                                .until_share = cases[i].until_share,
                                                .wide = {7, 165, &widest}};

        progress_line(line, &progress, cases[i].columns);
        assert_string_equal(line, cases[i].line);
    }
    gsl_rstat_free(widest.value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_that_fits_is_told),
        cmocka_unit_test(minutes_have_at_most_59_seconds),
        cmocka_unit_test(a_name_is_whole_or_left_out),
        cmocka_unit_test(what_is_too_wide_is_told_where_there_is_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
