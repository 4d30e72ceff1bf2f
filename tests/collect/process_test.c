/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Against fixtures/proc, in which process 100 has the children 200, 300 (gone) and, by its second thread, 400; 200 has
   the child 250; 400 has no smaps_rollup. The main thread of 600 has ended before its thread 601; 700 is the same, but
   no other thread can be read; 800 has ended. */
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

/* Reads the processes of a list that ends with 0. */
static int read_these(int proc, const pid_t *pid, enum process_depth depth, struct sample *sample)
{
    struct process_list list = {0};
    int living;

    for (; *pid; pid++)
        assert_true(process_list_add(&list, *pid));
    living = process_read(proc, &list, depth, sample);
    process_list_free(&list);
    return living;
}

static int read_with_descendants(int proc, pid_t root, enum process_depth depth, struct sample *sample)
{
    struct process_list list = {0};
    int living;

    assert_true(process_list_add(&list, root));
    process_list_add_descendants(&list, proc, root, 0);
    living = process_read(proc, &list, depth, sample);
    process_list_free(&list);
    return living;
}

static void full_sample_sums_over_all_descendants(void **state)
{
    int proc = fixture();
    struct sample sample = sample_unknown();

    (void)state;
    assert_int_equal(read_with_descendants(proc, 100, PROCESS_FULL, &sample), 4);
    assert_int_equal(sample.rss_bytes, (1024 + 512 + 300 + 200) * KIB); /* 400's from its status */
    assert_int_equal(sample.pss_bytes, (600 + 128 + 64) * KIB);
    assert_int_equal(sample.uss_bytes, (100 + 200 + 8 + 16 + 4 + 4) * KIB);
    assert_int_equal(sample.page_table_bytes, (40 + 20 + 12 + 8) * KIB);
    assert_int_equal(sample.threads, 2 + 1 + 1 + 3);
    assert_int_equal(sample.user_us, (10 + 3 + 1 + 0 + 5) * TICK_US); /* with what 100's ended children used */
    assert_int_equal(sample.system_us, (20 + 4 + 2 + 1 + 5) * TICK_US);
    assert_int_equal(sample.peak_rss_bytes, (1024 + 512 + 300 + 200) * KIB); /* more than 100's VmHWM of 1300 */
    close(proc);
}

static void cheap_sample_leaves_shares_unknown(void **state)
{
    int proc = fixture();
    struct sample sample = sample_unknown();

    (void)state;
    assert_int_equal(read_with_descendants(proc, 100, PROCESS_CHEAP, &sample), 4);
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
    assert_int_equal(read_these(proc, (pid_t[]){250, 0}, PROCESS_FULL, &sample), 1);
    assert_int_equal(sample.peak_rss_bytes, 300 * KIB);
    close(proc);
}

static void ended_main_thread_does_not_hide_the_others(void **state)
{
    int proc = fixture();
    struct sample sample = sample_unknown();

    (void)state;
    assert_int_equal(read_these(proc, (pid_t[]){600, 0}, PROCESS_FULL, &sample), 1);
    assert_int_equal(sample.rss_bytes, 810 * KIB);
    assert_int_equal(sample.pss_bytes, 700 * KIB);
    assert_int_equal(sample.uss_bytes, 640 * KIB);
    assert_int_equal(sample.peak_rss_bytes, 900 * KIB);
    assert_int_equal(sample.page_table_bytes, 16 * KIB);
    assert_int_equal(sample.threads, 2);
    assert_int_equal(sample.user_us, 7 * TICK_US);
    close(proc);
}

static void memory_that_cannot_be_read_is_unknown(void **state)
{
    int proc = fixture();
    struct sample sample = {.rss_bytes = 1, .peak_rss_bytes = 1};

    (void)state;
    assert_int_equal(read_these(proc, (pid_t[]){700, 0}, PROCESS_FULL, &sample), 1);
    assert_true(sample.rss_bytes == SAMPLE_UNKNOWN);
    assert_true(sample.peak_rss_bytes == SAMPLE_UNKNOWN);
    assert_int_equal(sample.threads, 2);
    close(proc);
}

static void of_an_ended_process_only_the_time_counts(void **state)
{
    int proc = fixture();
    struct sample sample = sample_unknown();

    (void)state;
    assert_int_equal(read_these(proc, (pid_t[]){800, 0}, PROCESS_CHEAP, &sample), 0);
    assert_int_equal(read_these(proc, (pid_t[]){250, 800, 0}, PROCESS_CHEAP, &sample), 1);
    assert_int_equal(sample.user_us, (0 + 2) * TICK_US);
    assert_int_equal(sample.system_us, (1 + 1) * TICK_US);
    assert_int_equal(sample.threads, 1);
    close(proc);
}

static void process_that_is_gone_changes_nothing(void **state)
{
    int proc = fixture();
    struct sample sample = sample_unknown();

    (void)state;
    assert_int_equal(read_these(proc, (pid_t[]){300, 0}, PROCESS_FULL, &sample), 0);
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
    assert_int_equal(read_these(proc, (pid_t[]){getpid(), 0}, PROCESS_FULL, &sample), 1);
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
    struct run_groups run = groups_none_of_run();
    struct groups groups = groups_none();
    struct limit_scope scope = {proc, 500, &run, &groups};
    char text[200], cut[12];

    (void)state;
    limit_describe(&scope, text, sizeof text);
    assert_string_equal(text, "kernel.pid_max 32768 (--raise-limits), vm.max_map_count 4 (--raise-limits), "
                              "RLIMIT_SIGPENDING 96365");
    limit_describe(&scope, cut, sizeof cut);
    assert_string_equal(cut, "kernel.pid_");
    close(proc);
}

/* At most 4 mappings there, so that few tasks can have met them. */
static void mappings_are_suspected_by_words(void **state)
{
    static const struct {
        const char *words;
        int64_t tasks;
        const char *text;
    } cases[] = {
        {"can't set a guard page: Cannot allocate memory (FiberError)", 1, "vm.max_map_count 4 (--raise-limits)"},
        {"mmap: ENOMEM", 4, "vm.max_map_count 4 (--raise-limits)"},
        {"mmap: ENOMEM", 0, ""},
        {"pthread_create: EAGAIN (Resource temporarily unavailable)", 4, ""},
        {"", 4, ""},
    };
    int proc = fixture(), nothing = open("tests/collect/fixtures", O_RDONLY | O_DIRECTORY);
    char text[64];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        limit_suspect(proc, cases[i].words, cases[i].tasks, text, sizeof text);
        assert_string_equal(text, cases[i].text);
    }
    limit_suspect(nothing, "mmap: ENOMEM", 1000000, text, sizeof text);
    assert_string_equal(text, "");
    close(proc);
    close(nothing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(full_sample_sums_over_all_descendants),
        cmocka_unit_test(cheap_sample_leaves_shares_unknown),
        cmocka_unit_test(one_process_has_its_high_water_mark_for_peak),
        cmocka_unit_test(ended_main_thread_does_not_hide_the_others),
        cmocka_unit_test(memory_that_cannot_be_read_is_unknown),
        cmocka_unit_test(of_an_ended_process_only_the_time_counts),
        cmocka_unit_test(process_that_is_gone_changes_nothing),
        cmocka_unit_test(this_process_is_read),
        cmocka_unit_test(machine_memory_is_read),
        cmocka_unit_test(limits_that_are_used_up_are_named),
        cmocka_unit_test(mappings_are_suspected_by_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
