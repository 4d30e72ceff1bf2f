#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Groups, limits and namespaces around collect, where they can be made: as root under cgroup version 1. What systemd and version 2
# add is tested in a virtual machine (tests/check/vm.sh).

bats_require_minimum_version 1.5.0
load sweeps

need_own_group() {
    [ -n "$own" ] || skip "no memory cgroup of version 1 can be made here"
}

need_namespaces() {
    unshare --pid --fork --mount-proc true 2>/dev/null || skip "no PID namespace can be made here"
}

@test "what the limit of a group around collect leaves bounds a run, and the reason names the group" {
    need_own_group
    only fork
    echo 100M >"$own/memory.limit_in_bytes"
    "$collect" -m fork -t 10,5k -r 1 "$nap" -o "$recording" 2>"$directory/stderr"
    grep -E "fork,process,5000,1,end,.*,(killed|skipped),.*memory limit of the cgroup ${own#/sys/fs/cgroup/memory}" "$recording"
}

@test "a run that is killed at the limit of a group around collect names that group and its limit" {
    need_own_group
    only fork
    echo 100M >"$own/memory.limit_in_bytes"
    "$collect" -m fork -t 5k -r 1 "$nap" --memory-limit=1GiB -o "$recording" 2>"$directory/stderr"
    grep -F ",killed,\"was killed at the memory limit of the cgroup ${own#/sys/fs/cgroup/memory}, 100 MiB" "$recording"
}

@test "the end row of a killed run has the peak that it was killed at" {
    need_own_group
    only fiber
    "$collect" -m fiber -t 1,100k -r 1 --memory-limit=64MiB -o "$recording" 2>"$directory/stderr"
    export recording
    [ "$(column status tasks=100000 | tail -n 1)" = killed ]
    # all that its limit allows, but for a page or two
    [ "$(column peak_charged_bytes status=killed)" -gt $((64 * 1048576 - 65536)) ]
}

@test "a run leaves process ids to others" {
    need_own_group
    [ -d /sys/fs/cgroup/pids ] || skip "there is no controller of processes here"
    model counts <<'SCRIPT'
echo idle; read -r _; echo "ready $1"; sleep 0.3
own=$(sed -n 's/^[0-9]*:pids://p' /proc/self/cgroup)
cat "/sys/fs/cgroup/pids$own/pids.max" >>"$TASKWEIGHT_TEST/pids.max"
echo "done $1"; read -r _
SCRIPT
    "$directory/bin/collect" -m counts -t 1 -r 1 --sleep=0.2 -o "$recording" 2>"$directory/stderr"
    most=$(cat /proc/sys/kernel/pid_max)
    [ "$(sort -n "$directory/pids.max" | tail -n 1)" -le $((most - (most < 8192 ? most / 8 : 1024))) ]
}

@test "as the first process of a container collect puts raised limits back and leaves no group" {
    need_own_group
    need_namespaces
    only null
    mkdir "$directory/sysctl"
    cat >"$directory/container" <<'SCRIPT'
for limit in kernel/pid_max kernel/threads-max vm/max_map_count; do
    file=$directory/sysctl/${limit#*/}
    cat "/proc/sys/$limit" >"$file"
    mount --bind "$file" "/proc/sys/$limit"
done
head -qn 1 "$directory"/sysctl/* >"$directory/before"
exec "$collect" --raise-limits -m null -t 1 -r 2 --sleep=0.05 -o "$recording"
SCRIPT
    directory=$directory collect=$collect recording=$recording \
        unshare --mount --pid --fork --mount-proc sh "$directory/container" 2>"$directory/stderr"
    [ "$(grep -c ,ok, "$recording")" -eq 2 ]
    cmp "$directory/before" <(head -qn 1 "$directory"/sysctl/*) # what a longer value was before stays behind it in a plain file
    nothing_is_left
}

@test "a signal to the first process of a container ends the sweep in order" {
    need_namespaces
    only fork
    unshare --pid --fork --mount-proc "$collect" -m fork -t 10 -r 50 --sleep=0.2 -o "$recording" 2>"$directory/stderr" &
    unshared=$! # which changes with the next substitution of a process
    eventually has_runs 1 "$recording"
    kill -TERM "$(pgrep -P "$unshared")"
    wait "$unshared" || true
    grep -q 'stopped; [0-9]* of 50 runs are in' "$directory/stderr"
}

@test "in a PID namespace with a foreign /proc collect refuses to start" {
    need_namespaces
    only null
    fails_with 1 unshare --pid --fork "$collect" -m null -t 1 -r 1 -o "$recording"
    [[ "$stderr" == *"/proc: is of another PID namespace"* ]]
    [ ! -e "$recording" ]
}

@test "runs of a collect in another PID namespace are not taken for leftovers" {
    need_own_group
    need_namespaces
    only fork null
    unshare --pid --fork --mount-proc "$collect" -m fork -t 10 -r 3 --sleep=0.3 -o "$directory/other.csv" 2>"$directory/other" &
    other=$!
    eventually has_runs 1 "$directory/other.csv"
    "$collect" -m null -t 1 -r 3 "$nap" -o "$recording" 2>"$directory/stderr"
    wait "$other"
    [ "$(grep -c ,ok, "$directory/other.csv")" -eq 3 ]
}

@test "what a collect that was killed together with its keeper left is removed by the next" {
    need_own_group
    only fork null
    "$collect" -m fork -t 10 -r 9 --sleep=1 -o "$recording" 2>"$directory/stderr" &
    killed=$!
    eventually has_runs 1 "$recording"
    kill -KILL $(pgrep -f "^$collect ")
    wait "$killed" || true
    [ -n "$(find "$own" -name 'taskweight-*')" ]
    "$collect" -m null -t 1 -r 1 "$nap" -o "$directory/next.csv" 2>"$directory/stderr"
    [ -z "$(find "$own" -name 'taskweight-*')" ]
}
