/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups in fixtures/groups, whose processes are those of fixtures/proc (process_test.c). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "collect/sampler.h"
#include "tests/collect/files.h"

#include <fcntl.h>
#include <unistd.h>

#define KIB 1024

static int proc;

static int open_proc(void **state)
{
    (void)state;
    proc = open("tests/collect/fixtures/proc", O_RDONLY | O_DIRECTORY);
    return proc >= 0 ? 0 : -1;
}

static struct cgroup opened(const char *directory)
{
    struct cgroup group = cgroup_open(CGROUP_V2, directory);

    assert_true(cgroup_exists(&group));
    return group;
}

static struct sampler new_sampler(const struct cgroup *group)
{
    struct sample identity = sample_unknown();

    return sampler_new(&identity, proc, group, group);
}

static struct sample *take(struct sampler *sampler, enum sample_phase phase)
{
    struct error error;
    struct sample *row = sampler_take(sampler, phase, PROCESS_FULL, &error);

    assert_non_null(row);
    return row;
}

static struct sample *end(struct sampler *sampler, enum sample_status status)
{
    struct error error;

    assert_int_equal(sampler_end(sampler, 0, status, "", 0, &error), 0);
    return &sampler->sample[sampler->samples - 1];
}

static void every_process_of_the_group_counts(void **state)
{
    struct cgroup group = opened("tests/collect/fixtures/groups/several");
    struct sampler sampler = new_sampler(&group);

    (void)state;
    assert_int_equal(sampler_living(&sampler), 4);
    assert_int_equal(take(&sampler, SAMPLE_HOLD)->rss_bytes, (1024 + 512 + 300 + 200) * KIB);
    sampler_free(&sampler);
    cgroup_close(&group);
}

/* The main thread has ended, and no other can be read: what it was before, with less memory, is no peak. */
static void a_peak_that_cannot_be_read_any_more_is_unknown(void **state)
{
    struct cgroup before = opened("tests/collect/fixtures/groups/main-thread-ended");
    struct cgroup after = opened("tests/collect/fixtures/groups/mute");
    struct sampler sampler = new_sampler(&before);

    (void)state;
    assert_int_equal(take(&sampler, SAMPLE_IDLE)->peak_rss_bytes, 900 * KIB);
    sampler.group = &after;
    assert_true(take(&sampler, SAMPLE_HOLD)->peak_rss_bytes == SAMPLE_UNKNOWN);
    assert_true(end(&sampler, SAMPLE_OK)->peak_rss_bytes == SAMPLE_UNKNOWN);
    assert_int_equal(end(&sampler, SAMPLE_KILLED)->peak_rss_bytes, 900 * KIB); /* what it had reached at least */
    sampler_free(&sampler);
    cgroup_close(&before);
    cgroup_close(&after);
}

static void peak_of_an_ended_program_is_the_kernels_or_unknown(void **state)
{
    static const struct {
        int64_t sampled, kernels, least, expected;
    } cases[] = {
        {SAMPLE_UNKNOWN, 1700, 1100, 1700},
        {16, 1700, 1100, 1700},
        {1800, 1700, 1100, 1800},
        {5000, SAMPLE_UNKNOWN, 1100, 5000}, /* many small processes */
        {16, SAMPLE_UNKNOWN, 1100, SAMPLE_UNKNOWN},
        {SAMPLE_UNKNOWN, SAMPLE_UNKNOWN, 1100, SAMPLE_UNKNOWN},
        {SAMPLE_UNKNOWN, SAMPLE_UNKNOWN, SAMPLE_UNKNOWN, SAMPLE_UNKNOWN},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct cgroup none = cgroup_none();
        struct sampler sampler = new_sampler(&none);

        sampler.peak_rss_bytes = cases[i].sampled;
        sampler_settle_peak(&sampler, cases[i].kernels, cases[i].least);
        assert_true(end(&sampler, SAMPLE_OK)->peak_rss_bytes == cases[i].expected);
        sampler_free(&sampler);
    }
}

/* fixtures: resident sets of 1000, 500, 300 and 200 KiB by status; proportional ones of 600, 128 and 64 KiB and one
   that cannot be read */
static void what_processes_share_is_held_once(void **state)
{
    struct cgroup group = opened("tests/collect/fixtures/groups/several");
    struct sampler sampler = new_sampler(&group);

    (void)state;
    assert_false(sampler_exceeds(&sampler, 2001 * KIB));
    assert_false(sampler_exceeds(&sampler, 793 * KIB));
    assert_true(sampler_exceeds(&sampler, 791 * KIB));
    cgroup_close(&group);
}

static void one_process_holds_its_peak(void **state)
{
    struct cgroup group = opened("tests/collect/fixtures/groups/main-thread-ended");
    struct sampler sampler = new_sampler(&group);

    (void)state;
    assert_false(sampler_exceeds(&sampler, 901 * KIB));
    assert_true(sampler_exceeds(&sampler, 899 * KIB));
    cgroup_close(&group);
}

static void a_second_process_of_the_group_is_seen(void **state)
{
    char directory[PATH_MAX];
    struct cgroup group;
    struct sampler sampler;

    (void)state;
    files_make(directory);
    files_put(directory, "cgroup.procs", "100\n");
    group = opened(directory);
    sampler = new_sampler(&group);
    assert_false(sampler_has_several(&sampler));
    files_put(directory, "cgroup.procs", "100\n200\n");
    assert_true(sampler_has_several(&sampler));
    sampler_free(&sampler);
    cgroup_close(&group);
    files_remove(directory);
}

/* What the last row of an event says is not said of the end. */
static void a_row_of_an_event_has_nothing_else(void **state)
{
    const struct cgroup none = cgroup_none();
    struct sampler sampler = new_sampler(&none);
    struct error error;
    struct sample *row = sampler_add(&sampler, SAMPLE_LATE, 5000000, &error);

    (void)state;
    assert_non_null(row);
    assert_int_equal(row->rss_bytes, SAMPLE_UNKNOWN);
    row->value_ns = 16;
    row->count = 1;
    assert_int_equal(sampler_end(&sampler, 4000000, SAMPLE_FAILED, "", 0, &error), 0);
    assert_int_equal(sampler.sample[0].time_us, 1000000);
    assert_int_equal(sampler.sample[1].value_ns, SAMPLE_UNKNOWN);
    assert_int_equal(sampler.sample[1].count, SAMPLE_UNKNOWN);
    sampler_free(&sampler);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_process_of_the_group_counts),
        cmocka_unit_test(a_peak_that_cannot_be_read_any_more_is_unknown),
        cmocka_unit_test(peak_of_an_ended_program_is_the_kernels_or_unknown),
        cmocka_unit_test(what_processes_share_is_held_once),
        cmocka_unit_test(one_process_holds_its_peak),
        cmocka_unit_test(a_second_process_of_the_group_is_seen),
        cmocka_unit_test(a_row_of_an_event_has_nothing_else),
    };

    return cmocka_run_group_tests(tests, open_proc, NULL);
}
