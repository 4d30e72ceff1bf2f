#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Which processes are a run's, with a memory cgroup and without one, and how they are ended.

bats_require_minimum_version 1.5.0
load sweeps

# The recording's largest figure in that column.
most() { # COLUMN
    recording=$recording column "$1" | sort -n | tail -n 1
}

# For a failed test to show what was recorded.
show_recording() {
    cat "$recording"
    false
}

# Each of the three tasks is a process that its own parent has left. They end when they are told, however long it took to start
# them; a machine without a free process id refuses one, which the test is made again for.
double_fork() {
    mkfifo "$directory/end"
    model orphans <<END
exec 3<>"$directory/end"; echo idle; read _
for task in 1 2 3; do ( { read _ <&3; } & ) || { echo "failed 0 fork: EAGAIN"; exit 1; }; done
echo "ready 3"; sleep 1.2; printf '\n\n\n' >&3; echo "done 3"; read _
END
}

@test "orphans count as the run's processes" {
    double_fork
    "$directory/bin/collect" orphans -t 3 -r 1 --sleep=1 -o "$recording"
    [ "$(most threads)" -ge 5 ] || show_recording # the shell, its own sleep and three tasks
}

@test "orphans count without a memory cgroup, too" {
    double_fork
    unprivileged "$directory/bin/collect" orphans -t 3 -r 1 --sleep=1 -o "$recording" 2>"$directory/stderr"
    [ "$(most threads)" -ge 5 ] || show_recording
}

# Three tasks of 1 MiB each.
main_thread_ends() {
    model placeholder </dev/null
    rm "$directory/models/placeholder"
    compiled models/ends <<'END'
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static long tasks;
static double seconds;

static void *work(void *unused)
{
    for (long i = 0; i < tasks; i++)
        memset(malloc(1 << 20), 1, 1 << 20);
    printf("ready %ld\n", tasks);
    usleep((useconds_t)(seconds * 1e6) + 5000);
    printf("done %ld\n", tasks);
    getchar();
    exit(0);
    return unused;
}

int main(int count, char **argument)
{
    pthread_t thread;

    if (count < 3)
        return puts("family thread\nsummary its main thread ends") == EOF;
    tasks = atol(argument[1]);
    seconds = atof(argument[2]);
    setvbuf(stdout, NULL, _IOLBF, 0);
    puts("idle");
    getchar();
    pthread_create(&thread, NULL, work, NULL);
    pthread_exit(NULL);
}
END
}

@test "a process whose main thread has ended is weighed" {
    main_thread_ends
    "$directory/bin/collect" ends -t 3 -r 2 --sleep=0.5 -o "$recording"
    export recording
    [ "$(column status phase=end | sort -u)" = ok ]
    [ "$(column peak_rss_bytes phase=end | sort -n | head -n 1)" -ge $((3 << 20)) ]
    ! column uss_bytes phase=hold | grep -qx '' || false
}

@test "a process whose main thread has ended is weighed without a memory cgroup, too" {
    main_thread_ends
    unprivileged "$directory/bin/collect" ends -t 3 -r 2 --sleep=0.5 -o "$recording" 2>"$directory/stderr"
    export recording
    [ "$(column peak_rss_bytes phase=end | sort -n | head -n 1)" -ge $((3 << 20)) ]
}

skip_with_group() {
    [ -z "$(most charged_bytes)" ] || skip "there is a memory cgroup here for any user"
}

# The model has another program take 400 MiB while it runs, and goes on when that has them.
@test "without a memory cgroup, what others take is not held against a run" {
    mkfifo "$directory/ask" "$directory/answer"
    model bystander <<END
echo idle; read _; echo >"$directory/ask"; read _ <"$directory/answer"
echo "ready 3"; sleep 0.5; echo "done 3"; read _
END
    # Once for the warm-up and once for the run.
    perl -e 'for (1 .. 2) { open my $ask, "<", $ARGV[0]; <$ask>; close $ask; my $taken = "x" x (400 << 20);
        open my $answer, ">", $ARGV[1]; print $answer "\n"; close $answer; $kept = $taken }' \
        "$directory/ask" "$directory/answer" &
    unprivileged "$directory/bin/collect" bystander -t 3 -r 1 --sleep=0.4 --memory-limit=256MiB -o "$recording" \
        2>"$directory/stderr"
    kill "$!" 2>/dev/null || true # where the run was ended before it asked
    skip_with_group
    [ "$(recording=$recording column status phase=end)" = ok ]
}

@test "without a memory cgroup, a run that takes more than the limit is killed" {
    only calibrate
    cp --remove-destination "$BUILD/models/calibrate" "$directory/models/"
    unprivileged "$collect" -m calibrate:65536 -t 2,4000 -r 1 "$nap" --memory-limit=128MiB -o "$recording" 2>"$directory/stderr"
    skip_with_group
    export recording
    [ "$(column status tasks=4000 | tail -n 1)" = killed ]
    [ "$(column reason status=killed)" = "took more than 128 MiB, the limit of a run (--memory-limit)" ]
}

# A program that only root may end, in a tree of its own.
setuid_program() {
    [ "$(id -u)" -eq 0 ] || skip "only root can make a program setuid root"
    only null
    compiled setuid <<'END'
#include <stdlib.h>
#include <unistd.h>

int main(int count, char **argument)
{
    if (count < 2 || setgid(0) != 0 || setuid(0) != 0)
        return 1;
    sleep((unsigned)atoi(argument[1]));
    return 0;
}
END
    unprivileged true
    chown root "$directory/setuid"
    chmod 4755 "$directory/setuid"
    setpriv --reuid=65534 --clear-groups "$directory/setuid" 0 || skip "setuid programs do not run in $directory"
}

end_setuid_programs() {
    kill -KILL $(pgrep -f "^$directory/setuid")
    eventually nothing_is_left
}

# As nobody; the directory's owner is already right.
as_nobody() {
    exec setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

@test "a process that cannot be ended is told of and not waited for" {
    setuid_program
    (as_nobody "$collect" --command="$directory/setuid 60; : {tasks}" -t 1 -r 1 --timeout=1 -o "$recording") \
        2>"$directory/stderr"
    end_setuid_programs
    [[ "$(recording=$recording column reason phase=end)" == \
        "took longer than 1 s, and was still "*"; process "[0-9]*" cannot be ended (it runs as another user)" ]]
    grep -q 'timeout: .* cannot be ended' "$directory/stderr"
}

@test "a signal ends the sweep at once even if its program cannot be ended" {
    setuid_program
    (as_nobody "$collect" --command="exec $directory/setuid 60; : {tasks}" -t 1 -r 1 -o "$recording") \
        2>"$directory/stderr" &
    pid=$!
    eventually pgrep -f "^$directory/setuid"
    kill -TERM "$pid"
    ended=0
    wait "$pid" || ended=$?
    end_setuid_programs
    [ "$ended" -eq 1 ]
    grep -q 'collect: process [0-9]* cannot be ended' "$directory/stderr"
    grep -q 'stopped; 0 of 1 runs' "$directory/stderr"
}

@test "a program of root's that ends by itself is reaped, and nothing is said" {
    setuid_program
    (as_nobody "$collect" --command="exec $directory/setuid 0; : {tasks}" -t 1 -r 1 -o "$recording") 2>"$directory/stderr"
    export recording
    [ "$(column status phase=end)" = ok ]
    [ "$(column reason phase=end)" = "" ]
    [ -n "$(column minor_faults phase=end)" ]
}
