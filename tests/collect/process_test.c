/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Against fixtures/proc, in which process 100 has the children 200, 300 (gone) and, by its second thread, 400; 200 has
   the child 250; 400 has no smaps_rollup. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "collect/limit.h"
#include "collect/machine.h"
#include "collect/process.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#define KIB 1024
#define TICK_US 10000 /* a hundred ticks a second on Linux */

static int fixture(void)
{
    int proc = open("tests/collect/fixtures/proc", O_RDONLY | O_DIRECTORY);

    assert_true(proc >= 0);
    return proc;
}

static void full_sample_sums_over_all_descendants(void **state)
{
    int proc = fixture();
    struct sample sample = sample_unknown();

    (void)state;
    assert_int_equal(process_read(proc, 100, PROCESS_FULL, &sample), 4);
    assert_int_equal(sample.rss_bytes, (1024 + 512 + 300 + 200) * KIB); /* 400's from its status */
    assert_int_equal(sample.pss_bytes, (600 + 128 + 64) * KIB);
    assert_int_equal(sample.uss_bytes, (100 + 200 + 8 + 16 + 4 + 4) * KIB);
    assert_int_equal(sample.page_table_bytes, (40 + 20 + 12 + 8) * KIB);
    assert_int_equal(sample.threads, 2 + 1 + 1 + 3);
    assert_int_equal(sample.user_us, (10 + 3 + 1 + 0 + 5) * TICK_US); /* with what root's ended children used */
    assert_int_equal(sample.system_us, (20 + 4 + 2 + 1 + 5) * TICK_US);
    assert_int_equal(sample.peak_rss_bytes, (1024 + 512 + 300 + 200) * KIB); /* more than root's VmHWM of 1300 */
    close(proc);
}

static void cheap_sample_leaves_shares_unknown(void **state)
{
    int proc = fixture();
    struct sample sample = sample_unknown();

    (void)state;
    assert_int_equal(process_read(proc, 100, PROCESS_CHEAP, &sample), 4);
    assert_int_equal(sample.rss_bytes, (1000 + 500 + 300 + 200) * KIB);
    assert_true(sample.pss_bytes == SAMPLE_UNKNOWN);
    assert_true(sample.uss_bytes == SAMPLE_UNKNOWN);
    close(proc);
}

static void one_process_has_its_high_water_mark_for_peak(void **state)
{
    int proc = fixture();
    struct sample sample = sample_unknown();

    (void)state;
    assert_int_equal(process_read(proc, 250, PROCESS_FULL, &sample), 1);
    assert_int_equal(sample.peak_rss_bytes, 300 * KIB);
    close(proc);
}

static void process_that_is_gone_changes_nothing(void **state)
{
    int proc = fixture();
    struct sample sample = sample_unknown();

    (void)state;
    assert_int_equal(process_read(proc, 300, PROCESS_FULL, &sample), 0);
    assert_true(sample.rss_bytes == SAMPLE_UNKNOWN);
    close(proc);
}

/* As many as the kernel lists: an emulator that runs this has threads of its own. */
static int64_t threads_of_this_process(void)
{
    DIR *directory = opendir("/proc/self/task");
    int64_t threads = 0;

    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory));)
        threads += entry->d_name[0] != '.';
    closedir(directory);
    return threads;
}

static void this_process_is_read(void **state)
{
    int proc = open("/proc", O_RDONLY | O_DIRECTORY);
    struct sample sample = sample_unknown();

    (void)state;
    assert_int_equal(process_read(proc, getpid(), PROCESS_FULL, &sample), 1);
    assert_true(sample.rss_bytes > 0 && sample.pss_bytes > 0 && sample.pss_bytes <= sample.rss_bytes);
    assert_true(sample.peak_rss_bytes >= sample.rss_bytes);
    assert_int_equal(sample.threads, threads_of_this_process());
    close(proc);
}

static void machine_memory_is_read(void **state)
{
    int proc = fixture(), nothing = open("tests/collect/fixtures", O_RDONLY | O_DIRECTORY);
    struct machine_memory memory = machine_memory_read(proc);

    (void)state;
    assert_int_equal(memory.available_bytes, INT64_C(20000000) * KIB);
    assert_int_equal(memory.kernel_bytes, (30000 + 2000 + 3000) * KIB);
    memory = machine_memory_read(nothing);
    assert_true(memory.available_bytes == INT64_MAX);
    assert_int_equal(memory.kernel_bytes, 0);
    close(proc);
    close(nothing);
}

/* Process 500 has 4 of 4 mappings, 2 of 3 files and 96364 of 96365 signals; the machine 32500 of 32768 processes. */
static void limits_that_are_used_up_are_named(void **state)
{
    int proc = fixture();
    char text[200], cut[12];

    (void)state;
    limit_describe(proc, 500, text, sizeof text);
    assert_string_equal(text, "kernel.pid_max 32768, vm.max_map_count 4, RLIMIT_SIGPENDING 96365");
    limit_describe(proc, 500, cut, sizeof cut);
    assert_string_equal(cut, "kernel.pid_");
    close(proc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(full_sample_sums_over_all_descendants),
        cmocka_unit_test(cheap_sample_leaves_shares_unknown),
        cmocka_unit_test(one_process_has_its_high_water_mark_for_peak),
        cmocka_unit_test(process_that_is_gone_changes_nothing),
        cmocka_unit_test(this_process_is_read),
        cmocka_unit_test(machine_memory_is_read),
        cmocka_unit_test(limits_that_are_used_up_are_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
