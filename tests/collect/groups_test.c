/* SPDX-License-Identifier: GPL-3.0-or-later */
/* In plain directories that are laid out as /proc and /sys/fs/cgroup: no kernel makes files in them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "collect/groups.h"
#include "collect/headroom.h"
#include "collect/limit.h"
#include "tests/collect/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SELF 4711

/* A machine with the process SELF in the group /lab/shelf. */
struct machine {
    char directory[PATH_MAX];
    int proc;
};

static void put_own_group(const struct machine *machine, const char *mount, const char *members)
{
    char path[64];

    files_make_below(machine->directory, mount);
    snprintf(path, sizeof path, "%s/lab", mount);
    files_make_below(machine->directory, path);
    snprintf(path, sizeof path, "%s/lab/shelf", mount);
    files_make_below(machine->directory, path);
    snprintf(path, sizeof path, "%s/lab/shelf/cgroup.procs", mount);
    files_put(machine->directory, path, members);
}

static struct machine machine_new(const char *own_group)
{
    struct machine machine;

    files_make(machine.directory);
    files_make_below(machine.directory, "self");
    files_put(machine.directory, "self/cgroup", own_group);
    files_put(machine.directory, "meminfo", "MemTotal: 9 kB\nMemAvailable:  1000000 kB\n");
    machine.proc = open(machine.directory, O_RDONLY | O_DIRECTORY);
    return machine;
}

static struct machine version_1(void)
{
    struct machine machine =
        machine_new("9:name=systemd:/\n6:cpu,cpuacct:/lab/shelf\n5:cpu,memory:/lab/shelf\n4:pids:/lab/shelf\n0::/\n");

    put_own_group(&machine, "memory", "4711\n");
    put_own_group(&machine, "pids", "4711\n");
    put_own_group(&machine, "cpu,cpuacct", "4711\n"); /* without a link under each name */
    files_put(machine.directory, "memory/lab/shelf/memory.usage_in_bytes", "0");
    return machine;
}

/* As version 2 is seen where the process cannot make groups: the file cgroup.subtree_control refuses. */
static struct machine version_2(const char *members)
{
    struct machine machine = machine_new("0::/lab/shelf\n");

    put_own_group(&machine, "v2", members);
    files_make_below(machine.directory, "v2/lab/shelf/cgroup.subtree_control");
    files_put(machine.directory, "v2/lab/shelf/cgroup.controllers", "cpu memory pids\n");
    return machine;
}

static void machine_free(struct machine *machine)
{
    close(machine->proc);
    files_remove(machine->directory);
}

static void groups_of(struct groups *groups, const struct machine *machine, const char *mount, struct error *lack)
{
    char path[PATH_MAX + 16];

    snprintf(path, sizeof path, "%s/%s", machine->directory, mount);
    groups_open(groups, machine->proc, path, SELF, lack);
}

static int count_trees(const struct machine *machine, const char *own)
{
    char path[PATH_MAX + 64];
    DIR *entries;
    int count = 0;

    snprintf(path, sizeof path, "%s/%s", machine->directory, own);
    entries = opendir(path);
    assert_non_null(entries);
    for (struct dirent *entry; (entry = readdir(entries));)
        count += strncmp(entry->d_name, "taskweight-", 11) == 0;
    closedir(entries);
    return count;
}

static void each_controller_of_version_1_has_a_tree(void **state)
{
    struct machine machine = version_1();
    struct groups groups;
    struct error lack;

    (void)state;
    groups_of(&groups, &machine, "", &lack);
    assert_string_equal(lack.text, "");
    assert_int_equal(count_trees(&machine, "memory/lab/shelf"), 1);
    assert_int_equal(count_trees(&machine, "pids/lab/shelf"), 1);
    assert_int_equal(count_trees(&machine, "cpu,cpuacct/lab/shelf"), 1);
    groups_close(&groups);
    machine_free(&machine);
}

/* The limits are written to files that this test has made: no kernel makes them. */
static void a_run_has_its_limits(void **state)
{
    struct machine machine = version_1();
    struct groups groups;
    struct run_groups run;
    struct error lack;

    (void)state;
    groups_of(&groups, &machine, "", &lack);
    run = groups_begin_run(&groups, 1048576, 300);
    assert_true(cgroup_exists(&run.memory));
    files_put(run.memory.path, "memory.limit_in_bytes", "");
    files_put(run.pids.path, "pids.max", "");
    groups_limit_run(&run, 1048576, 300);
    assert_true(files_have(run.memory.path, "memory.limit_in_bytes", "1048576"));
    assert_true(files_have(run.pids.path, "pids.max", "300"));
    unlinkat(run.memory.directory, "memory.limit_in_bytes", 0);
    unlinkat(run.pids.directory, "pids.max", 0);
    groups_end_run(&run);
    groups_close(&groups);
    machine_free(&machine);
}

/* A tree is left over where no process holds its lock, whatever its name says of a process. */
static void only_trees_that_nobody_holds_are_removed(void **state)
{
    struct machine machine = version_1();
    struct groups first, second;
    struct error lack;

    (void)state;
    files_make_below(machine.directory, "memory/lab/shelf/taskweight-1-AAAAAA");
    files_make_below(machine.directory, "memory/lab/shelf/taskweight-1-AAAAAA/run");
    groups_of(&first, &machine, "", &lack);
    assert_int_equal(count_trees(&machine, "memory/lab/shelf"), 1);
    groups_of(&second, &machine, "", &lack);
    assert_int_equal(count_trees(&machine, "memory/lab/shelf"), 2);
    groups_close(&first);
    groups_close(&second);
    groups_of(&first, &machine, "", &lack);
    assert_int_equal(count_trees(&machine, "memory/lab/shelf"), 1);
    groups_close(&first);
    machine_free(&machine);
}

static void the_group_of_another_namespace_is_not_taken(void **state)
{
    struct machine machine = version_2("1\n2\n");
    struct groups groups;
    struct error lack;

    (void)state;
    groups_of(&groups, &machine, "v2", &lack);
    assert_false(cgroup_exists(&groups.memory.held));
    assert_non_null(strstr(lack.text, "another namespace"));
    groups_close(&groups);
    machine_free(&machine);
}

static void a_list_that_lacks_the_process_is_read_again(void **state)
{
    const struct timespec moment = {.tv_nsec = 30000000};
    struct machine machine = version_2("1\n2\n");
    struct groups groups;
    struct error lack;
    pid_t child = fork();

    (void)state;
    if (child == 0) {
        nanosleep(&moment, NULL);
        files_put(machine.directory, "v2/lab/shelf/cgroup.procs", "1\n2\n4711\n");
        _exit(0);
    }
    groups_of(&groups, &machine, "v2", &lack);
    waitpid(child, NULL, 0);
    assert_null(strstr(lack.text, "another namespace"));
    groups_close(&groups);
    machine_free(&machine);
}

static void what_is_in_the_way_is_named(void **state)
{
    static const struct {
        const char *members, *lack;
    } cases[] = {
        {"4711\n35\n", "below /lab/shelf, which also has the process 35 (make), so"},
        {"35\n4711\n36\n37\n", "below /lab/shelf, which also has the process 35 (make) and 2 more, so"},
        {"4711\n", "below /lab/shelf, since the kernel refuses, so"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct machine machine = version_2(cases[i].members);
        struct groups groups;
        struct error lack;

        files_make_below(machine.directory, "35");
        files_put(machine.directory, "35/comm", "make\n");
        groups_of(&groups, &machine, "v2", &lack);
        assert_non_null(strstr(lack.text, cases[i].lack));
        assert_int_equal(count_trees(&machine, "v2/lab/shelf"), 0);
        groups_close(&groups);
        machine_free(&machine);
    }
}

/* --- limits of groups around collect ------------------------------------------------------------------------------ */

#define MIB INT64_C(1048576)

/* /lab may have 200 MiB and uses 80, of which 30 are cached files. */
static struct machine limited(void)
{
    struct machine machine = version_2("4711\n");

    files_put(machine.directory, "v2/lab/memory.max", "209715200\n");
    files_put(machine.directory, "v2/lab/memory.high", "max\n");
    files_put(machine.directory, "v2/lab/memory.current", "83886080\n");
    files_put(machine.directory, "v2/lab/memory.stat", "inactive_file 20971520\nactive_file 10485760\n");
    files_put(machine.directory, "v2/lab/memory.events.local", "oom 2\n");
    files_put(machine.directory, "v2/lab/shelf/memory.max", "max\n");
    files_put(machine.directory, "v2/lab/shelf/memory.events.local", "oom 0\n");
    return machine;
}

static void the_closest_limit_is_what_is_left(void **state)
{
    struct machine machine = limited();
    struct groups groups;
    struct headroom headroom;
    struct error lack;

    (void)state;
    groups_of(&groups, &machine, "v2", &lack);
    headroom = headroom_read(machine.proc, &groups.memory);
    assert_int_equal(headroom.bytes, (200 - (80 - 30)) * MIB);
    assert_string_equal(headroom.group, "/lab");
    files_put(machine.directory, "v2/lab/memory.high", "104857600\n"); /* 100 MiB */
    headroom = headroom_read(machine.proc, &groups.memory);
    assert_int_equal(headroom.bytes, (100 - (80 - 30)) * MIB);
    files_put(machine.directory, "v2/lab/memory.max", "max\n");
    files_put(machine.directory, "v2/lab/memory.high", "max\n");
    headroom = headroom_read(machine.proc, &groups.memory);
    assert_int_equal(headroom.bytes, 1000000 * INT64_C(1024)); /* MemAvailable */
    assert_string_equal(headroom.group, "");
    groups_close(&groups);
    machine_free(&machine);
}

static void the_group_whose_limit_was_met_is_found(void **state)
{
    struct machine machine = limited();
    struct groups groups;
    struct headroom_met before;
    struct headroom met;
    struct error lack;

    (void)state;
    groups_of(&groups, &machine, "v2", &lack);
    before = headroom_note_met(&groups.memory);
    assert_false(headroom_find_met(&groups.memory, &before, &met));
    files_put(machine.directory, "v2/lab/memory.events.local", "oom 3\n");
    assert_true(headroom_find_met(&groups.memory, &before, &met));
    assert_string_equal(met.group, "/lab");
    assert_int_equal(met.bytes, 200 * MIB);
    groups_close(&groups);
    machine_free(&machine);
}

static void a_full_group_of_processes_is_named(void **state)
{
    struct machine machine = limited();
    struct run_groups run = groups_none_of_run();
    struct groups groups;
    struct error lack;
    struct limit_scope scope = {machine.proc, SELF, &run, &groups};
    char text[200];

    (void)state;
    groups_of(&groups, &machine, "v2", &lack);
    files_put(machine.directory, "v2/lab/pids.max", "512\n");
    files_put(machine.directory, "v2/lab/pids.current", "400\n");
    limit_describe(&scope, text, sizeof text);
    assert_string_equal(text, "");
    files_put(machine.directory, "v2/lab/pids.current", "511\n");
    limit_describe(&scope, text, sizeof text);
    assert_string_equal(text, "pids.max 512 of the cgroup /lab");
    groups_close(&groups);
    machine_free(&machine);
}

/* 1024 process ids stay free, but of few an eighth. */
static void a_run_leaves_process_ids_to_others(void **state)
{
    struct machine machine = version_1();

    (void)state;
    files_make_below(machine.directory, "sys");
    files_make_below(machine.directory, "sys/kernel");
    files_put(machine.directory, "sys/kernel/threads-max", "190000\n");
    files_put(machine.directory, "loadavg", "0.20 0.18 0.12 1/200 11206\n");
    files_put(machine.directory, "sys/kernel/pid_max", "32768\n");
    assert_int_equal(limit_processes(machine.proc), 32768 - 200 - 1024);
    files_put(machine.directory, "sys/kernel/pid_max", "4096\n");
    assert_int_equal(limit_processes(machine.proc), 4096 - 200 - 512);
    files_put(machine.directory, "loadavg", "0.20 0.18 0.12 1/4000 11206\n");
    assert_int_equal(limit_processes(machine.proc), 1);
    machine_free(&machine);
}

static void the_bound_of_a_run_is_named(void **state)
{
    struct machine machine = version_1();
    struct run_groups run;
    struct groups groups;
    struct error lack;
    struct limit_scope scope = {machine.proc, SELF, &run, &groups};
    char text[200];

    (void)state;
    files_make_below(machine.directory, "sys");
    files_make_below(machine.directory, "sys/kernel");
    files_put(machine.directory, "sys/kernel/threads-max", "190000\n");
    files_put(machine.directory, "sys/kernel/pid_max", "32768\n");
    groups_of(&groups, &machine, "", &lack);
    run = groups_begin_run(&groups, 1048576, 300);
    files_put(run.pids.path, "pids.max", "31544\n");
    files_put(run.pids.path, "pids.current", "31544\n");
    limit_describe(&scope, text, sizeof text);
    assert_string_equal(text, "31544 processes and threads a run, since kernel.pid_max 32768 is for others too "
                              "(--raise-limits)");
    unlinkat(run.pids.directory, "pids.max", 0);
    unlinkat(run.pids.directory, "pids.current", 0);
    groups_end_run(&run);
    groups_close(&groups);
    machine_free(&machine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_controller_of_version_1_has_a_tree),
        cmocka_unit_test(a_run_has_its_limits),
        cmocka_unit_test(only_trees_that_nobody_holds_are_removed),
        cmocka_unit_test(the_group_of_another_namespace_is_not_taken),
        cmocka_unit_test(a_list_that_lacks_the_process_is_read_again),
        cmocka_unit_test(what_is_in_the_way_is_named),
        cmocka_unit_test(the_closest_limit_is_what_is_left),
        cmocka_unit_test(the_group_whose_limit_was_met_is_found),
        cmocka_unit_test(a_full_group_of_processes_is_named),
        cmocka_unit_test(a_run_leaves_process_ids_to_others),
        cmocka_unit_test(the_bound_of_a_run_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
