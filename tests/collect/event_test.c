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
        {"passed 200000", EVENT_PASSED, 200000, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct event event = event_parse(cases[i].line);

        assert_int_equal(event.kind, cases[i].kind);
        assert_int_equal(event.count, cases[i].count);
        assert_string_equal(event.reason, cases[i].reason);
    }
}

static void a_bucket_of_lateness_may_be_early(void **state)
{
    static const struct {
        const char *line;
        int64_t value, count;
    } cases[] = {{"late 0 1", 0, 1}, {"late -15 2", -15, 2}, {"late 9223372036854775807 3", INT64_MAX, 3}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct event event = event_parse(cases[i].line);

        assert_int_equal(event.kind, EVENT_LATE);
        assert_int_equal(event.value, cases[i].value);
        assert_int_equal(event.count, cases[i].count);
    }
}

static void anything_else_is_no_event(void **state)
{
    static const char *const lines[] = {
        "",         "Idle",      "idle ",     "idle 1",    "idler",    "ready",          "ready x",
        "ready -1", "ready 1.5", "ready 1 2", "done",      "failed",   "failed because", "ready 99999999999999999999",
        " idle",    "late",      "late 5",    "late 5 0",  "late 5 x", "late - 1",       "late 5 1 1",
        "late 1",   "passed",    "passed -1", "late --5 1"};

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

static void tabs_become_blanks(void **state)
{
    struct event_lines lines = {0};

    (void)state;
    assert_int_equal(take_all(&lines, "\t[C]:\tin ?\n", 11), 1);
    assert_string_equal(lines.line, " [C]: in ?");
}

static void utf8_is_kept(void **state)
{
    struct event_lines lines = {0};

    (void)state;
    assert_int_equal(take_all(&lines, "failed 3 nicht m\xc3\xb6glich\n", 24), 1);
    assert_string_equal(event_parse(lines.line).reason, "nicht m\xc3\xb6glich");
    assert_int_equal(take_all(&lines, "m\xf6glich\n", 8), 1);
    assert_string_equal(lines.line, "m?glich");
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
        cmocka_unit_test(a_bucket_of_lateness_may_be_early),
        cmocka_unit_test(anything_else_is_no_event),
        cmocka_unit_test(lines_end_with_or_without_carriage_return),
        cmocka_unit_test(binary_is_made_printable),
        cmocka_unit_test(tabs_become_blanks),
        cmocka_unit_test(utf8_is_kept),
        cmocka_unit_test(carriage_return_within_a_line_is_made_printable),
        cmocka_unit_test(longest_line_is_whole),
        cmocka_unit_test(long_line_is_cut_and_the_next_is_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
