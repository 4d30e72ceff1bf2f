#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Limits that a sweep hits: memory, disk, the size of a file; and what killed collects left behind.

bats_require_minimum_version 1.5.0
load sweeps

@test "a run that takes more than the limit is killed, and the sweep goes on" {
    only null calibrate
    "$collect" -m null,calibrate:65536 -t 2,4000 -r 1 "$nap" --memory-limit=128MiB -o "$recording" 2>"$directory/stderr"
    export recording
    [ -n "$(column charged_bytes phase=idle)" ] || skip "there is no memory cgroup here"
    [ "$(column status tasks=2 | sort -u | paste -sd' ')" = " ok" ]
    [ "$(column status phase=end | sort | paste -sd' ')" = "killed ok ok ok" ]
    [ "$(column reason status=killed)" = "took more than 128 MiB, the limit of a run (--memory-limit)" ]
}

@test "tasks that are processes hit the limit as well" {
    only fork
    # A forked task is charged more than 60 KiB: kernel stack, page tables and what it writes.
    "$collect" -t 500 -r 1 "$nap" --memory-limit=24MiB --timeout=60 -o "$recording" 2>"$directory/stderr"
    export recording
    [ -n "$(column charged_bytes phase=idle)" ] || skip "there is no memory cgroup here"
    [ "$(column status phase=end)" = killed ]
    [ "$(column reason phase=end)" = "took more than 24.0 MiB, the limit of a run (--memory-limit)" ]
}

@test "a file that cannot grow: whole runs are kept, and it is reported" {
    only null
    run --separate-stderr bash -c "ulimit -f 8; exec '$collect' -t 1 -r 40 $nap -o '$recording'"
    [ "$status" -eq 1 ]
    [[ "$stderr" == *"x.csv: cannot write: "*" of 40 runs are in"*"--resume="* ]]
    [ "$(tail -n 1 "$recording" | cut -d, -f6)" = end ]
    [ "$(stat -c %s "$recording")" -le 8192 ]
    [ "$(grep -c ,end, "$recording")" -ge 3 ]
    "$collect" --resume="$recording" 2>"$directory/stderr"
    [ "$(grep -c ,end, "$recording")" -eq 40 ]
}

@test "a full disk: whole runs are kept, and it is reported" {
    mkdir "$directory/disk"
    mount -t tmpfs -o size=32k none "$directory/disk" 2>/dev/null || skip "cannot mount a small disk here"
    only null
    run --separate-stderr "$collect" -t 1 -r 100 "$nap" -o "$directory/disk/x.csv"
    cp "$directory/disk/x.csv" "$recording"
    umount "$directory/disk"
    [ "$status" -eq 1 ]
    [[ "$stderr" == *"x.csv: cannot write: No space left on device; "*" of 100 runs are in"* ]]
    [ "$(tail -n 1 "$recording" | cut -d, -f6)" = end ]
    [ "$(grep -c ,end, "$recording")" -ge 3 ]
}

@test "a group that a killed collect left behind is removed, and its processes are killed" {
    group=$(own_group)/taskweight-4194300-1
    mkdir "$group" 2>/dev/null || skip "no memory cgroup can be made here"
    sleep 1004 &
    echo "$!" >"$group/cgroup.procs"
    only null
    "$collect" -t 1 -r 1 "$nap" -o "$recording" 2>"$directory/stderr"
    [ ! -e "$group" ]
    ! wait "$!"
}
