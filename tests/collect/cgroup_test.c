/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Against fixtures/cgroup, laid out as both versions of the kernel's interface are. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "collect/cgroup.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct cgroup opened(enum cgroup_version version, const char *directory)
{
    struct cgroup group = {.version = version, .directory = open(directory, O_RDONLY | O_DIRECTORY), .join = -1};

    assert_true(group.directory >= 0);
    return group;
}

static void version_1_is_read(void **state)
{
    struct cgroup group = opened(CGROUP_V1, "tests/collect/fixtures/cgroup/v1");
    struct sample sample = sample_unknown();

    (void)state;
    cgroup_read(&group, &sample);
    assert_int_equal(sample.kernel_bytes, 2000000);
    assert_int_equal(sample.charged_bytes, 5000000);
    assert_int_equal(sample.peak_charged_bytes, 6000000);
    assert_true(sample.kernel_stack_bytes == SAMPLE_UNKNOWN);
    close(group.directory);
}

static void version_2_is_read(void **state)
{
    struct cgroup group = opened(CGROUP_V2, "tests/collect/fixtures/cgroup/v2");
    struct sample sample = sample_unknown();

    (void)state;
    cgroup_read(&group, &sample);
    assert_int_equal(sample.kernel_bytes, 4000000);
    assert_int_equal(sample.kernel_stack_bytes, 1600000);
    assert_int_equal(sample.charged_bytes, 7000000);
    assert_int_equal(sample.peak_charged_bytes, 8000000);
    close(group.directory);
}

/* fixtures: version 1 has killed two processes; version 2 was at its limit twelve times, but killed none */
static void what_the_kernel_killed_is_seen(void **state)
{
    struct cgroup first = opened(CGROUP_V1, "tests/collect/fixtures/cgroup/v1");
    struct cgroup second = opened(CGROUP_V2, "tests/collect/fixtures/cgroup/v2");

    (void)state;
    assert_true(cgroup_hit_limit(&first));
    assert_false(cgroup_hit_limit(&second));
    close(first.directory);
    close(second.directory);
}

/* No kernel makes files in this directory: those that exist were written as the limit. */
static void limit_is_written_as_each_version_asks(void **state)
{
    static const struct {
        enum cgroup_version version;
        const char *file;
    } cases[] = {{CGROUP_V1, "memory.limit_in_bytes"}, {CGROUP_V2, "memory.max"}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char directory[] = "/tmp/taskweight-test-XXXXXX", file[PATH_MAX], text[32] = "";
        struct cgroup group = {.version = cases[i].version};
        FILE *stream;

        assert_non_null(mkdtemp(directory));
        snprintf(group.path, sizeof group.path, "%s", directory);
        snprintf(file, sizeof file, "%s/%s", directory, cases[i].file);
        fclose(fopen(file, "w"));
        cgroup_limit(&group, 1048576);
        stream = fopen(file, "r");
        assert_non_null(fgets(text, sizeof text, stream));
        assert_string_equal(text, "1048576");
        fclose(stream);
        unlink(file);
        rmdir(directory);
    }
}

static void without_a_group_nothing_is_known(void **state)
{
    const struct cgroup_parent nowhere = {.version = CGROUP_NONE};
    struct cgroup group = cgroup_new(&nowhere, INT64_MAX);
    struct sample sample = sample_unknown();

    (void)state;
    cgroup_read(&group, &sample);
    assert_true(sample.charged_bytes == SAMPLE_UNKNOWN);
    assert_false(cgroup_hit_limit(&group));
    cgroup_remove(&group);
}

static void own_group_is_found_by_its_controller(void **state)
{
    int proc = open("tests/collect/fixtures/proc", O_RDONLY | O_DIRECTORY);
    struct error error = {""};
    struct cgroup_parent parent = cgroup_find_parent(proc, "tests/collect/fixtures/cgroup", &error);

    (void)state;
    assert_int_equal(parent.version, CGROUP_V1);
    assert_string_equal(parent.path, "tests/collect/fixtures/cgroup/memory/lab");
    assert_string_equal(error.text, "");
    parent = cgroup_find_parent(proc, "tests/collect/fixtures", &error);
    assert_int_equal(parent.version, CGROUP_NONE);
    assert_non_null(strstr(error.text, "Delegate=yes"));
    close(proc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(version_1_is_read),
        cmocka_unit_test(version_2_is_read),
        cmocka_unit_test(what_the_kernel_killed_is_seen),
        cmocka_unit_test(limit_is_written_as_each_version_asks),
        cmocka_unit_test(without_a_group_nothing_is_known),
        cmocka_unit_test(own_group_is_found_by_its_controller),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
