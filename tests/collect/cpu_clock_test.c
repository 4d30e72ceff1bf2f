/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run's clocks: this process's own, and a group's in files as the kernel writes them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "collect/cpu_clock.h"
#include "tests/collect/files.h"

#include <unistd.h>

static void a_process_is_told_by_its_clock(void **state)
{
    const struct cpu_clock clock = cpu_clock_of(getpid(), NULL);
    struct cpu_clock_reading first = cpu_clock_read(&clock), second;
    struct timespec time;
    int64_t own;

    (void)state;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    second = cpu_clock_read(&clock);
    own = time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
    assert_true(first.process_ns > 0 && first.process_ns <= own && own <= second.process_ns);
    assert_true(first.at_us > 0 && first.at_us <= second.at_us);
    assert_int_equal(first.group_ns, SAMPLE_UNKNOWN);
}

static void a_group_is_told_in_nanoseconds_by_either_version(void **state)
{
    static const struct {
        enum cgroup_version version;
        const char *file, *text;
        int64_t nanoseconds;
    } cases[] = {
        {CGROUP_V1, "cpuacct.usage", "1234567\n", 1234567},
        {CGROUP_V2, "cpu.stat", "usage_usec 1500\nuser_usec 1000\nsystem_usec 500\n", 1500000},
        {CGROUP_V2, "cpu.stat", "user_usec 1000\n", SAMPLE_UNKNOWN},
        {CGROUP_V1, "cpu.stat", "usage_usec 1500\n", SAMPLE_UNKNOWN},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char directory[PATH_MAX];
        struct cgroup group;
        struct cpu_clock clock = {0};

        files_make(directory);
        files_put(directory, cases[i].file, cases[i].text);
        group = cgroup_open(cases[i].version, directory);
        clock.group = &group;
        assert_int_equal(cpu_clock_read(&clock).group_ns, cases[i].nanoseconds);
        assert_int_equal(cpu_clock_read(&clock).process_ns, SAMPLE_UNKNOWN);
        cgroup_close(&group);
        files_remove(directory);
    }
}

static void a_process_that_is_gone_has_no_clock(void **state)
{
    const struct cpu_clock clock = cpu_clock_of(4194305, NULL); /* kernel.pid_max is at most 4194304 */

    (void)state;
    assert_false(clock.has_process);
    assert_int_equal(cpu_clock_read(&clock).process_ns, SAMPLE_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_process_is_told_by_its_clock),
        cmocka_unit_test(a_group_is_told_in_nanoseconds_by_either_version),
        cmocka_unit_test(a_process_that_is_gone_has_no_clock),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
