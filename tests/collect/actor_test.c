/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Actors against a clock of its own and a model that only notes what it is asked: nothing here waits. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "collect/models/actor.h"
#include "collect/models/task_model.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIRST_STARTED 1000000 /* ns; when the clock of a test begins, unless it says otherwise */
#define MOST 1000             /* actors of a test */

static uint64_t now;
static uint64_t nanoseconds_a_start;
static struct actor *token; /* whom it was handed to last */
static uint32_t posts;
static uint32_t joined, answers;

/* What actors ask of their runtime; these stand in for task_model.c's. */
uint64_t task_model_now(void)
{
    return now;
}

void task_model_await_answer(void)
{
    answers++;
}

bool task_model_refuse(const char *call, int error_number)
{
    fail_msg("%s: %s", call, strerror(error_number));
    return false;
}

static bool start(struct actor *actor)
{
    (void)actor;
    actor_started();
    now += nanoseconds_a_start;
    return true;
}

static void post(struct actor *actor)
{
    token = actor;
    posts++;
}

static void join(struct actor *actor)
{
    assert_ptr_equal(actor, actor_at(joined));
    joined++;
}

static const struct actor_model able = {
    .hand_off = "a variable", .beats = true, .start = start, .post = post, .join = join};

static int reset(void **state)
{
    (void)state;
    now = FIRST_STARTED;
    nanoseconds_a_start = 0;
    token = NULL;
    posts = joined = 0;
    return 0;
}

static void begin(const char *work, uint64_t sleep_nanoseconds)
{
    assert_true(actor_configure(work, &able));
    assert_true(actor_start_all(FIRST_STARTED, sleep_nanoseconds, NULL));
}

static void check_told(const char *expected)
{
    char *text;
    size_t size;
    FILE *stream = open_memstream(&text, &size);

    assert_non_null(stream);
    actor_tell(stream);
    fclose(stream);
    assert_string_equal(text, expected);
    free(text);
}

/* --- which works there are ---------------------------------------------------------------------------------------- */

static void works_are_read(void **state)
{
    (void)state;
    assert_true(actor_configure("beat:10:0.010000000", &able));
    assert_int_equal(actor_work(), ACTOR_BEAT);
    assert_int_equal(actor_count(), 10);
    assert_true(actor_configure("pass:1000:200000", &able));
    assert_int_equal(actor_work(), ACTOR_PASS);
    assert_int_equal(actor_count(), 1000);
}

static void wrong_works_are_refused(void **state)
{
    static const char *const wrong[] = {
        "",
        "sleep",
        "beat",
        "beat:",
        "beat:10",
        "beat:10:",
        "beat:0:0.01",
        "beat:1:0",
        "beat:1:-1",
        "beat:1:1e-3",
        "beat:1:0x1",
        "beat:1:nan",
        "beat:1:inf",
        "beat:1:0.01 ",
        "beat:1: 1",
        "beat:1:.",
        "beat:x:0.01",
        "beat:-1:0.01",
        "beat: 1:0.01",
        "beat:1;0.01",
        "beat:1:1:1",
        "pass",
        "pass:",
        "pass:2",
        "pass:2:",
        "pass:2:0",
        "pass:1:10",
        "pass:0:10",
        "pass:2:-10",
        "pass:2: 10",
        "pass:2:10x",
        "pass:2:1.5",
        "pass:1000001:1",
        "pass:2:10:1",
        "Pass:2:10",
        "hold:2:10",
        "pass:2:10000000000000000000000",
        "beat:1:0.0000000001",
        "beat:1:1000001",
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (actor_configure(wrong[i], &able))
            fail_msg("%s is taken for a work", wrong[i]);
}

static void works_are_refused_that_the_model_cannot_do(void **state)
{
    const struct actor_model only_beats = {.beats = true}, only_passes = {.hand_off = "a variable"};

    (void)state;
    assert_false(actor_configure("pass:2:10", &only_beats));
    assert_false(actor_configure("beat:1:1", &only_passes));
    assert_false(actor_configure("pass:2:10", NULL));
    assert_false(actor_configure("beat:1:1", NULL));
    assert_true(actor_configure("beat:1:1", &only_beats));
    assert_true(actor_configure("pass:2:10", &only_passes));
}

/* --- beating ------------------------------------------------------------------------------------------------------ */

static void probes_are_spread_evenly_over_a_period(void **state)
{
    (void)state;
    begin("beat:4:0.000001000", 1000000);
    /* A period of 1000 ns among 4, counted from FIRST_STARTED: the first moment is a period after the offset. */
    assert_int_equal(actor_beat(actor_at(0)), FIRST_STARTED + 1000);
    assert_int_equal(actor_beat(actor_at(1)), FIRST_STARTED + 1250);
    assert_int_equal(actor_beat(actor_at(2)), FIRST_STARTED + 1500);
    assert_int_equal(actor_beat(actor_at(3)), FIRST_STARTED + 1750);
    check_told("");
}

static void a_probe_that_started_late_begins_with_its_next_moment(void **state)
{
    (void)state;
    begin("beat:2:0.000001000", 1000000);
    /* The plan of the second: 1500, 2500, 3500, ...; one that is now is over. */
    now = FIRST_STARTED + 2500;
    assert_int_equal(actor_beat(actor_at(1)), FIRST_STARTED + 3500);
    now = FIRST_STARTED + 2999;
    assert_int_equal(actor_beat(actor_at(0)), FIRST_STARTED + 3000);
    check_told("");
}

static void plans_of_long_periods_are_exact(void **state)
{
    (void)state;
    begin("beat:1000:1000000", UINT64_MAX / 2);
    /* 999 thousandths of 1e15 ns, and a period. */
    assert_int_equal(actor_beat(actor_at(999)), FIRST_STARTED + 1999000000000000);
}

static void wakings_are_noted_from_the_plan(void **state)
{
    struct actor *probe;

    (void)state;
    begin("beat:1:0.000001000", 1000000);
    probe = actor_at(0);
    actor_beat(probe);
    now = FIRST_STARTED + 1005;
    assert_int_equal(actor_beat(probe), FIRST_STARTED + 2000);
    now = FIRST_STARTED + 2000;
    assert_int_equal(actor_beat(probe), FIRST_STARTED + 3000);
    check_told("late 0 1\nlate 5 1\n");
}

static void who_wakes_early_goes_on_to_the_next_moment(void **state)
{
    struct actor *probe;

    (void)state;
    begin("beat:1:0.000001000", 1000000);
    probe = actor_at(0);
    actor_beat(probe);
    now = FIRST_STARTED + 997;
    assert_int_equal(actor_beat(probe), FIRST_STARTED + 2000);
    check_told("late -3 1\n");
}

static void each_missed_beat_is_late(void **state)
{
    struct actor *probe;

    (void)state;
    begin("beat:1:0.000001000", 1000000);
    probe = actor_at(0);
    actor_beat(probe);
    /* For those of 1000, 2000 and 3000 it is 2004, 1004 and 4 ns late: buckets from 1920, 960 and 4 on. */
    now = FIRST_STARTED + 3004;
    assert_int_equal(actor_beat(probe), FIRST_STARTED + 4000);
    check_told("late 4 1\nlate 960 1\nlate 1920 1\n");
}

static void a_plan_ends_before_the_sleepers_wake(void **state)
{
    struct actor *probe;

    (void)state;
    begin("beat:1:0.000001000", 3000);
    probe = actor_at(0);
    assert_int_equal(actor_beat(probe), FIRST_STARTED + 1000);
    now = FIRST_STARTED + 1000;
    assert_int_equal(actor_beat(probe), FIRST_STARTED + 2000);
    /* The moment of 3000 is not before the end, however late the probe wakes. */
    now = FIRST_STARTED + 9000;
    assert_int_equal(actor_beat(probe), 0);
    /* 7000 ns: the bucket from 6656 on, 512 wide. */
    check_told("late 0 1\nlate 6656 1\n");
}

static void a_plan_that_is_over_at_the_start_has_no_moment(void **state)
{
    (void)state;
    begin("beat:1:0.000001000", 1000);
    assert_int_equal(actor_beat(actor_at(0)), 0);
    check_told("");
}

static void the_plan_is_of_the_probes_and_its_end_of_the_sleepers(void **state)
{
    (void)state;
    /* The first probe is started 500 ns after the first sleeper, so two moments are left before 3000. */
    now = FIRST_STARTED + 500;
    nanoseconds_a_start = 100;
    begin("beat:1:0.000001000", 3000);
    assert_int_equal(actor_beat(actor_at(0)), FIRST_STARTED + 1500);
    now = FIRST_STARTED + 1500;
    assert_int_equal(actor_beat(actor_at(0)), FIRST_STARTED + 2500);
    now = FIRST_STARTED + 2500;
    assert_int_equal(actor_beat(actor_at(0)), 0);
}

static void without_sleepers_the_plan_begins_with_the_probes(void **state)
{
    (void)state;
    now = FIRST_STARTED;
    nanoseconds_a_start = 100;
    assert_true(actor_configure("beat:1:0.000001000", &able));
    assert_true(actor_start_all(0, 2000, NULL));
    assert_int_equal(actor_beat(actor_at(0)), FIRST_STARTED + 1000);
    now = FIRST_STARTED + 1000;
    assert_int_equal(actor_beat(actor_at(0)), 0);
}

static void what_remains_is_rounded_up(void **state)
{
    (void)state;
    now = 5000;
    assert_int_equal(actor_remaining(6000, 1000), 1);
    assert_int_equal(actor_remaining(6001, 1000), 2);
    assert_int_equal(actor_remaining(5001, 1), 1);
    assert_int_equal(actor_remaining(5000, 1000), 0);
    assert_int_equal(actor_remaining(4000, 1000), 0);
}

/* --- passing ------------------------------------------------------------------------------------------------------ */

static void check_order(uint32_t ring, uint32_t step)
{
    char work[40];
    bool reached[MOST] = {false};
    struct actor *actor;

    snprintf(work, sizeof work, "pass:%u:1", ring);
    begin(work, 0);
    actor = actor_at(0);
    for (uint32_t i = 0; i < ring; i++, actor = actor->next) {
        assert_false(reached[actor->place]);
        reached[actor->place] = true;
        assert_int_equal(actor->next->place, (actor->place + step) % ring);
    }
    assert_ptr_equal(actor, actor_at(0));
}

static void the_ring_reaches_all_and_not_by_neighbours(void **state)
{
    (void)state;
    check_order(2, 1);
    check_order(3, 2);
    /* 0.618 of them is 4 of 5 (3.09), 7 of 10 (6.18), and 618 of 1000, of which 619 is the next without a common
       divisor. */
    check_order(5, 4);
    check_order(10, 7);
    check_order(1000, 619);
}

/* Lets the token go round until nobody has it, with the standard output in a file. Returns how often it was handed. */
static uint32_t pass_all(char *printed, size_t size, uint32_t *ended)
{
    FILE *file = tmpfile();
    int standard_output = dup(STDOUT_FILENO);
    struct actor *holder;
    ssize_t length;

    assert_non_null(file);
    fflush(stdout);
    dup2(fileno(file), STDOUT_FILENO);
    actor_begin();
    while ((holder = token)) {
        token = NULL;
        if (!actor_pass(holder))
            ended[holder->place]++;
    }
    dup2(standard_output, STDOUT_FILENO);
    close(standard_output);
    length = pread(fileno(file), printed, size - 1, 0);
    printed[length > 0 ? length : 0] = '\0';
    fclose(file);
    return posts;
}

static void check_passing(const char *work, uint32_t messages, const char *passed)
{
    char printed[64];
    uint32_t ended[MOST] = {0};

    begin(work, 0);
    answers = 0;
    /* The end goes round once: from the last receiver to all others. */
    assert_int_equal(pass_all(printed, sizeof printed, ended), messages + actor_count() - 1);
    assert_string_equal(printed, passed);
    assert_int_equal(answers, 2); /* to ready and to passed */
    for (uint32_t place = 0; place < actor_count(); place++)
        assert_int_equal(ended[place], 1);
}

static void the_token_is_passed_as_often_as_asked_and_then_ends_all(void **state)
{
    (void)state;
    check_passing("pass:2:10", 10, "passed 10\n");
    posts = 0;
    check_passing("pass:3:1", 1, "passed 1\n");
    posts = 0;
    check_passing("pass:1000:2500", 2500, "passed 2500\n");
}

static void all_are_joined_in_the_order_of_starting(void **state)
{
    (void)state;
    begin("pass:10:1", 0);
    actor_join_all();
    assert_int_equal(joined, 10);
}

static void nothing_is_told_of_lateness_where_messages_are_passed(void **state)
{
    (void)state;
    begin("pass:2:1", 0);
    check_told("");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(works_are_read),
        cmocka_unit_test(wrong_works_are_refused),
        cmocka_unit_test(works_are_refused_that_the_model_cannot_do),
        cmocka_unit_test_setup(probes_are_spread_evenly_over_a_period, reset),
        cmocka_unit_test_setup(a_probe_that_started_late_begins_with_its_next_moment, reset),
        cmocka_unit_test_setup(plans_of_long_periods_are_exact, reset),
        cmocka_unit_test_setup(wakings_are_noted_from_the_plan, reset),
        cmocka_unit_test_setup(who_wakes_early_goes_on_to_the_next_moment, reset),
        cmocka_unit_test_setup(each_missed_beat_is_late, reset),
        cmocka_unit_test_setup(a_plan_ends_before_the_sleepers_wake, reset),
        cmocka_unit_test_setup(a_plan_that_is_over_at_the_start_has_no_moment, reset),
        cmocka_unit_test_setup(the_plan_is_of_the_probes_and_its_end_of_the_sleepers, reset),
        cmocka_unit_test_setup(without_sleepers_the_plan_begins_with_the_probes, reset),
        cmocka_unit_test_setup(what_remains_is_rounded_up, reset),
        cmocka_unit_test_setup(the_ring_reaches_all_and_not_by_neighbours, reset),
        cmocka_unit_test_setup(the_token_is_passed_as_often_as_asked_and_then_ends_all, reset),
        cmocka_unit_test_setup(all_are_joined_in_the_order_of_starting, reset),
        cmocka_unit_test_setup(nothing_is_told_of_lateness_where_messages_are_passed, reset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
