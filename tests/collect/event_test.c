/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Valid and invalid output of models. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "collect/event.h"

#include <string.h>

static void events_are_understood(void **state)
{
    static const struct {
        const char *line;
        enum event_kind kind;
        int64_t count;
        const char *reason;
    } cases[] = {
        {"idle", EVENT_IDLE, 0, ""},
        {"ready 1000000", EVENT_READY, 1000000, ""},
        {"done 0", EVENT_DONE, 0, ""},
        {"failed 32731 pthread_create: EAGAIN", EVENT_FAILED, 32731, "pthread_create: EAGAIN"},
        {"failed 3", EVENT_FAILED, 3, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct event event = event_parse(cases[i].line);

        assert_int_equal(event.kind, cases[i].kind);
        assert_int_equal(event.count, cases[i].count);
        assert_string_equal(event.reason, cases[i].reason);
    }
}

static void anything_else_is_no_event(void **state)
{
    static const char *const lines[] = {
        "",         "Idle",      "idle ",     "idle 1", "idler",  "ready",          "ready x",
        "ready -1", "ready 1.5", "ready 1 2", "done",   "failed", "failed because", "ready 99999999999999999999",
        " idle"};

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        assert_int_equal(event_parse(lines[i]).kind, strcmp(lines[i], "idle ") == 0 ? EVENT_IDLE : EVENT_OTHER);
}

static size_t take_all(struct event_lines *lines, const char *bytes, size_t length)
{
    size_t ended = 0;

    for (size_t i = 0; i < length; i++)
        ended += event_lines_take(lines, bytes[i]);
    return ended;
}

static void lines_end_with_or_without_carriage_return(void **state)
{
    struct event_lines lines = {0};

    (void)state;
    assert_int_equal(take_all(&lines, "idle\r\n", 6), 1);
    assert_string_equal(lines.line, "idle");
    assert_int_equal(take_all(&lines, "done 1", 6), 0);
    assert_int_equal(take_all(&lines, "\n", 1), 1);
    assert_string_equal(lines.line, "done 1");
}

static void binary_is_made_printable(void **state)
{
    struct event_lines lines = {0};

    (void)state;
    assert_int_equal(take_all(&lines, "a\0\x01\xffz\n", 6), 1);
    assert_string_equal(lines.line, "a???z");
}

/* It would let a terminal write over the beginning of the message. */
static void carriage_return_within_a_line_is_made_printable(void **state)
{
    struct event_lines lines = {0};

    (void)state;
    assert_int_equal(take_all(&lines, "a\rb\r\r\n", 6), 1);
    assert_string_equal(lines.line, "a?b?");
}

static void longest_line_is_whole(void **state)
{
    struct event_lines lines = {0};
    char line[sizeof lines.line];

    (void)state;
    memset(line, 'x', sizeof line);
    line[sizeof line - 1] = '\n';
    assert_int_equal(take_all(&lines, line, sizeof line), 1);
    assert_int_equal(strlen(lines.line), sizeof line - 1);
    assert_int_equal(take_all(&lines, "\n", 1), 1);
    assert_string_equal(lines.line, "");
}

static void long_line_is_cut_and_the_next_is_whole(void **state)
{
    struct event_lines lines = {0};
    char flood[5000];

    (void)state;
    memset(flood, 'x', sizeof flood);
    assert_int_equal(take_all(&lines, flood, sizeof flood), 0);
    assert_int_equal(take_all(&lines, "\n", 1), 1);
    assert_int_equal(strlen(lines.line), sizeof lines.line - 1);
    assert_int_equal(take_all(&lines, "idle\n", 5), 1);
    assert_string_equal(lines.line, "idle");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_are_understood),
        cmocka_unit_test(anything_else_is_no_event),
        cmocka_unit_test(lines_end_with_or_without_carriage_return),
        cmocka_unit_test(binary_is_made_printable),
        cmocka_unit_test(carriage_return_within_a_line_is_made_printable),
        cmocka_unit_test(longest_line_is_whole),
        cmocka_unit_test(long_line_is_cut_and_the_next_is_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
