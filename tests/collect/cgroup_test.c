/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Against fixtures/cgroup, laid out as both versions of the kernel's interface are. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "collect/cgroup.h"
#include "collect/fresh.h"
#include "tests/collect/files.h"

static struct cgroup opened(enum cgroup_version version)
{
    static const char *const directories[] = {
        [CGROUP_V1] = "tests/collect/fixtures/cgroup/v1", [CGROUP_V2] = "tests/collect/fixtures/cgroup/v2"};
    struct cgroup group = cgroup_open(version, directories[version]);

    assert_true(cgroup_exists(&group));
    return group;
}

/* 1 MB of anonymous memory, 2 MB of files, 2 MB of the kernel's; usage_in_bytes has more, charged in advance */
static void version_1_is_read(void **state)
{
    struct cgroup group = opened(CGROUP_V1);
    struct sample sample = sample_unknown();

    (void)state;
    cgroup_read(&group, true, &sample);
    assert_int_equal(sample.kernel_bytes, 2000000);
    assert_int_equal(sample.charged_bytes, 5000000);
    assert_int_equal(sample.peak_charged_bytes, 6000000);
    assert_true(sample.kernel_stack_bytes == SAMPLE_UNKNOWN);
    cgroup_close(&group);
}

/* anon 2 MB, file 0.9 MB, kernel 4 MB, sock 0.1 MB; memory.current is larger */
static void version_2_is_read(void **state)
{
    struct cgroup group = opened(CGROUP_V2);
    struct sample sample = sample_unknown();

    (void)state;
    cgroup_read(&group, true, &sample);
    assert_int_equal(sample.kernel_bytes, 4000000);
    assert_int_equal(sample.kernel_stack_bytes, 1600000);
    assert_int_equal(sample.charged_bytes, 7000000);
    assert_int_equal(sample.peak_charged_bytes, 8000000);
    cgroup_close(&group);
}

static void stale_statistics_are_not_read(void **state)
{
    (void)state;
    for (enum cgroup_version version = CGROUP_V1; version <= CGROUP_V2; version++) {
        struct cgroup group = opened(version);
        struct sample sample = sample_unknown();

        cgroup_read(&group, false, &sample);
        assert_true(sample.kernel_bytes == (version == CGROUP_V1 ? 2000000 : SAMPLE_UNKNOWN));
        assert_true(sample.kernel_stack_bytes == SAMPLE_UNKNOWN);
        assert_true(sample.charged_bytes == SAMPLE_UNKNOWN);
        assert_true(sample.peak_charged_bytes > 0);
        cgroup_close(&group);
    }
}

/* The number of faults in the fixture never changes, as if the kernel added nothing up. */
static void statistics_that_do_not_move_are_not_fresh(void **state)
{
    const struct cgroup nowhere = cgroup_none();

    (void)state;
    for (enum cgroup_version version = CGROUP_V1; version <= CGROUP_V2; version++) {
        struct cgroup group = opened(version);

        assert_false(fresh_make(&group));
        cgroup_close(&group);
    }
    assert_false(fresh_make(&nowhere));
}

/* fixtures: version 1 has killed two processes; version 2 was at its limit twelve times, but killed none */
static void what_the_kernel_killed_is_seen(void **state)
{
    struct cgroup first = opened(CGROUP_V1), second = opened(CGROUP_V2);

    (void)state;
    assert_true(cgroup_has_killed(&first));
    assert_false(cgroup_has_killed(&second));
    assert_int_equal(cgroup_failed_charges(&first), 31);
    assert_int_equal(cgroup_failed_charges(&second), 1);
    cgroup_close(&first);
    cgroup_close(&second);
}

static void note_process(pid_t pid, void *context)
{
    int *sum = context;

    *sum += pid;
}

/* "0" stands for a process of another PID namespace. */
static void processes_that_can_be_seen_are_visited(void **state)
{
    char directory[PATH_MAX];
    struct cgroup group;
    int sum = 0;

    (void)state;
    files_make(directory);
    files_put(directory, "cgroup.procs", "7\n0\n35\n");
    group = cgroup_open(CGROUP_V2, directory);
    cgroup_visit_processes(&group, note_process, &sum);
    assert_int_equal(sum, 42);
    cgroup_close(&group);
    files_remove(directory);
}

/* fixtures: the group has the processes 100, 200 and one of another PID namespace; a group below it 250 and 400 */
static void processes_of_a_group_and_those_below_are_listed(void **state)
{
    struct cgroup group = cgroup_open(CGROUP_V2, "tests/collect/fixtures/groups/several");
    static const pid_t expected[] = {100, 200, 250, 400};
    struct process_list list = {0};

    (void)state;
    cgroup_list_processes(&group, &list);
    assert_int_equal(list.count, 4);
    assert_memory_equal(list.pid, expected, sizeof expected);
    process_list_free(&list);
    cgroup_close(&group);
}

static void a_number_is_found_by_its_whole_name(void **state)
{
    char directory[PATH_MAX];
    struct cgroup group;

    (void)state;
    files_make(directory);
    files_put(directory, "memory.stat", "anon 1\nkernel_stack 2\nkernel 3\n");
    files_put(directory, "memory.max", "max\n");
    group = cgroup_open(CGROUP_V2, directory);
    assert_int_equal(cgroup_number(&group, "memory.stat", "anon"), 1);
    assert_int_equal(cgroup_number(&group, "memory.stat", "kernel"), 3);
    assert_true(cgroup_number(&group, "memory.stat", "sock") == SAMPLE_UNKNOWN);
    assert_true(cgroup_number(&group, "memory.max", NULL) == SAMPLE_UNKNOWN);
    assert_true(cgroup_number(&group, "memory.high", NULL) == SAMPLE_UNKNOWN);
    cgroup_close(&group);
    files_remove(directory);
}

static void without_a_group_nothing_is_known(void **state)
{
    struct cgroup group = cgroup_none();
    struct sample sample = sample_unknown();

    (void)state;
    cgroup_read(&group, true, &sample);
    assert_true(sample.charged_bytes == SAMPLE_UNKNOWN);
    assert_false(cgroup_has_killed(&group));
    cgroup_remove(&group);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(version_1_is_read),
        cmocka_unit_test(version_2_is_read),
        cmocka_unit_test(stale_statistics_are_not_read),
        cmocka_unit_test(statistics_that_do_not_move_are_not_fresh),
        cmocka_unit_test(what_the_kernel_killed_is_seen),
        cmocka_unit_test(processes_that_can_be_seen_are_visited),
        cmocka_unit_test(processes_of_a_group_and_those_below_are_listed),
        cmocka_unit_test(a_number_is_found_by_its_whole_name),
        cmocka_unit_test(without_a_group_nothing_is_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
