/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What tasks do, as options, recordings and models have it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "collect/work.h"

#include <string.h>

/* What people write, and what it is called from then on. */
static void works_are_read_and_have_one_name(void **state)
{
    static const struct {
        const char *text;
        struct work work;
        const char *name, *argument;
    } cases[] = {
        {"sleep", {WORK_SLEEP, 0, 0, 0}, "", ""},
        {"time", {WORK_TIME, 0, 0, 0}, "time", ""},
        {"beat", {WORK_BEAT, 10, 10000000, 0}, "beat:10:10ms", "beat:10:0.010000000"},
        {"beat:10:10000us", {WORK_BEAT, 10, 10000000, 0}, "beat:10:10ms", "beat:10:0.010000000"},
        {"beat:1k:1.5", {WORK_BEAT, 1000, 1500000000, 0}, "beat:1000:1500ms", "beat:1000:1.500000000"},
        {"beat:1:250us", {WORK_BEAT, 1, 250000, 0}, "beat:1:250us", "beat:1:0.000250000"},
        {"beat:1:1min", {WORK_BEAT, 1, INT64_C(60000000000), 0}, "beat:1:60s", "beat:1:60.000000000"},
        {"pass", {WORK_PASS, 2, 0, 200000}, "pass:2:200000", "pass:2:200000"},
        {"pass:1k:1M", {WORK_PASS, 1000, 0, 1000000}, "pass:1000:1000000", "pass:1000:1000000"},
    };
    char text[WORK_TEXT_SIZE];
    struct work work, again;
    struct error error;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(work_parse(cases[i].text, &work, &error), 0);
        assert_true(work_equals(&work, &cases[i].work));
        assert_string_equal(work_argument(text, &work), cases[i].argument);
        assert_string_equal(work_format(text, &work), cases[i].name);
        assert_int_equal(work_parse(*text ? text : "sleep", &again, &error), 0);
        assert_true(work_equals(&work, &again));
    }
}

static void bad_works_are_named_and_change_nothing(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"", "'' is not a work (write sleep, time, beat:PROBES:PERIOD or pass:RING:MESSAGES)"},
        {"run", "'run' is not a work (write sleep, time, beat:PROBES:PERIOD or pass:RING:MESSAGES)"},
        {"time:3", "'time:3' is not a work"},
        {"sleep:", "'sleep:' is not a work"},
        {"beat:10", "'beat:10' is not beat:PROBES:PERIOD: a number is missing"},
        {"beat:0:10ms", "'beat:0:10ms' is not beat:PROBES:PERIOD: PROBES: '0' is not a count"},
        {"beat:10:0", "'beat:10:0' is not beat:PROBES:PERIOD: PERIOD: '0' is not from this machine's clock resolution"},
        {"beat:10:0.1ns", "'beat:10:0.1ns' is not beat:PROBES:PERIOD: PERIOD: '0.1ns' is not from this machine's"},
        {"beat:10:2h", "'beat:10:2h' is not beat:PROBES:PERIOD: PERIOD: '2h' is not from"},
        {"beat:10:ten", "'beat:10:ten' is not beat:PROBES:PERIOD: PERIOD: 'ten' is not a time"},
        {"pass:1:100", "'pass:1:100' is not pass:RING:MESSAGES: RING: '1' is not from 2 to 1000000"},
        {"pass:2:0", "'pass:2:0' is not pass:RING:MESSAGES: MESSAGES: '0' is not a count"},
        {"pass:2:", "'pass:2:' is not pass:RING:MESSAGES: MESSAGES: '' is not a count"},
        {"pass:2:10:3", "'pass:2:10:3' is not pass:RING:MESSAGES: MESSAGES: '10:3' is not a count"},
    };
    struct error error;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct work work = {WORK_TIME, 1, 2, 3};

        assert_int_equal(work_parse(cases[i].text, &work, &error), -1);
        assert_memory_equal(error.text, cases[i].message, strlen(cases[i].message));
        assert_true(work_equals(&work, &(struct work){WORK_TIME, 1, 2, 3}));
    }
}

/* A newer version may have other works; their runs are passed over. */
static void kinds_are_told_by_a_recordings_text(void **state)
{
    enum work_kind kind = WORK_KINDS;

    (void)state;
    assert_true(work_kind_of("", &kind));
    assert_int_equal(kind, WORK_SLEEP);
    assert_true(work_kind_of("pass:2:200000", &kind));
    assert_int_equal(kind, WORK_PASS);
    assert_false(work_kind_of("passing", &kind));
    assert_false(work_kind_of("pas", &kind));
    assert_false(work_kind_of(":", &kind));
    assert_int_equal(kind, WORK_PASS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(works_are_read_and_have_one_name),
        cmocka_unit_test(bad_works_are_named_and_change_nothing),
        cmocka_unit_test(kinds_are_told_by_a_recordings_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
