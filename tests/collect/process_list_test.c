/* SPDX-License-Identifier: GPL-3.0-or-later */
/* On children, orphans and threads of this process itself. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "collect/launch.h"
#include "collect/process_list.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define MANY_THREADS 80 /* more than are asked one by one */

static int proc;

static int open_proc(void **state)
{
    (void)state;
    proc = open("/proc", O_RDONLY | O_DIRECTORY);
    launch_adopt_orphans();
    return proc >= 0 ? 0 : -1;
}

static pid_t fork_sleeper(void)
{
    pid_t pid = fork();

    if (pid == 0) {
        pause();
        _exit(0);
    }
    return pid;
}

static void end(pid_t pid)
{
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static size_t times_listed(pid_t ancestor, pid_t oldest, pid_t wanted)
{
    struct process_list list = {0};
    size_t times = 0;

    process_list_add_descendants(&list, proc, ancestor, oldest);
    for (size_t i = 0; i < list.count; i++)
        times += list.pid[i] == wanted;
    process_list_free(&list);
    return times;
}

static void children_are_listed(void **state)
{
    pid_t first = fork_sleeper(), second = fork_sleeper();
    struct process_list list = {0};

    (void)state;
    process_list_add_children(&list, proc, getpid());
    assert_int_equal(list.count, 2);
    assert_int_equal(list.pid[0] + list.pid[1], first + second);
    process_list_free(&list);
    assert_int_equal(list.count, 0);
    end(first);
    end(second);
}

/* Forks a child that forks another and ends at once; returns the id of that one, which this process then adopts. */
static pid_t orphan(void)
{
    int ends[2];
    pid_t between, orphan = 0;

    assert_int_equal(pipe(ends), 0);
    between = fork();
    if (between == 0) {
        orphan = fork_sleeper();
        _exit(write(ends[1], &orphan, sizeof orphan) == sizeof orphan ? 0 : 1);
    }
    assert_int_equal(read(ends[0], &orphan, sizeof orphan), sizeof orphan);
    assert_int_equal(waitpid(between, NULL, 0), between);
    close(ends[0]);
    close(ends[1]);
    return orphan;
}

static void an_orphan_is_a_descendant_of_who_adopts_it(void **state)
{
    pid_t pid = orphan();

    (void)state;
    assert_int_equal(times_listed(getpid(), 0, pid), 1);
    end(pid);
}

/* Start times are in ticks of 10 ms. */
static void children_older_than_the_oldest_are_left_out(void **state)
{
    pid_t older = fork_sleeper(), younger;

    (void)state;
    do {
        younger = fork_sleeper();
        if (times_listed(getpid(), younger, older) == 0)
            break;
        end(younger);
    } while (true);
    assert_int_equal(times_listed(getpid(), younger, younger), 1);
    assert_int_equal(times_listed(getpid(), older, younger), 1);
    end(older);
    end(younger);
}

static void *sleep_for_good(void *unused)
{
    pause();
    return unused;
}

static void *fork_and_sleep(void *channel)
{
    pid_t pid = fork_sleeper();

    if (write(*(int *)channel, &pid, sizeof pid) != sizeof pid)
        _exit(1);
    return sleep_for_good(NULL);
}

/* In a process of its own: many threads, of which the last has a child, whose id it writes to the channel. */
static _Noreturn void have_many_threads(int channel)
{
    pthread_t thread;

    for (int i = 0; i < MANY_THREADS; i++)
        if (pthread_create(&thread, NULL, i < MANY_THREADS - 1 ? sleep_for_good : fork_and_sleep, &channel) != 0)
            _exit(1);
    sleep_for_good(NULL);
    _exit(0);
}

static void a_child_of_one_of_many_threads_is_found(void **state)
{
    int ends[2];
    pid_t pid, child = 0;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    pid = fork();
    if (pid == 0)
        have_many_threads(ends[1]);
    assert_int_equal(read(ends[0], &child, sizeof child), sizeof child);
    assert_int_equal(times_listed(getpid(), 0, child), 1);
    assert_int_equal(times_listed(pid, 0, child), 1);
    end(pid);
    end(child); /* adopted */
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(children_are_listed),
        cmocka_unit_test(an_orphan_is_a_descendant_of_who_adopts_it),
        cmocka_unit_test(children_older_than_the_oldest_are_left_out),
        cmocka_unit_test(a_child_of_one_of_many_threads_is_found),
    };

    return cmocka_run_group_tests(tests, open_proc, NULL);
}
