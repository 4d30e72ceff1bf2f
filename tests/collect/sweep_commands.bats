#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Programs that know nothing of the contract: --command.

bats_require_minimum_version 1.5.0
load sweeps

@test "a program that knows nothing of the contract is measured to its exit" {
    only null
    "$collect" --command='exec sleep {seconds}; echo {tasks}' --name=sleeper -t 5 -r 2 --sleep=0.1 -o "$recording"
    export recording
    [ "$(column status phase=end | sort -u)" = ok ]
    [ "$(column reason phase=end | sort -u)" = "" ]
    [ "$(column alive | sort -u)" = "" ]
    [ "$(column family | sort -u)" = external ]
}

@test "the input of a command is at its end" {
    only null
    "$collect" --command='cat; : {tasks}' -t 1 -r 1 --timeout=60 -o "$recording"
    export recording
    [ "$(column status phase=end)" = ok ]
}

# The most that the same program has been resident in, in bytes, read while it sleeps.
true_peak() {
    local pid peak
    sh -c 'exec sleep 1006' &
    pid=$!
    eventually grep -q '^sleep' "/proc/$pid/comm"
    eventually grep -q nanosleep "/proc/$pid/wchan" # it is loaded then
    peak=$(awk '/^VmHWM:/ { print $2 * 1024 }' "/proc/$pid/status")
    kill "$pid"
    echo "$peak"
}

# The kernel's own peak may be too low by a fifth, see collect/launch.c; how the program's files are mapped varies.
@test "the peak of a command that ends at once is the true one, or unknown" {
    [[ "$BUILD" != *,* ]] || skip "no memory figure is asserted under sanitizers"
    only null
    "$collect" --command='exec sleep 0.002; : {tasks}' -t 1,100 -r 10 -o "$recording"
    export recording
    [ "$(column status phase=end | sort -u)" = ok ]
    truth=$(true_peak)
    for peak in $(column peak_rss_bytes phase=end); do
        [ "$peak" -gt $((truth * 7 / 10)) ]
        [ "$peak" -lt $((truth * 13 / 10)) ]
    done
    if [ "$(nproc)" -le 16 ] && [ "$BUILD" = "$PWD/build" ]; then
        [ "$(column peak_rss_bytes phase=end | grep -c .)" -gt 10 ]
    fi
}

@test "a command that ends before its tasks can have slept is told of" {
    only null
    "$collect" --command='exit 0; : {tasks} {seconds}' -t 1,2 -r 2 --sleep=60 -o "$recording" 2>"$directory/stderr"
    export recording
    [ "$(column status phase=end | sort -u)" = ok ]
    [ "$(column reason phase=end | grep -cx 'ended after [0-9.e-]* s, before a task can have slept 60 s')" -eq 4 ]
    [ "$(grep -c ': ok: ended after .* before a task can have slept 60 s$' "$directory/stderr")" -eq 1 ]
}

@test "a command that does not use the seconds may be as short as it likes" {
    only null
    "$collect" --command='exit 0; : {tasks}' -t 1 -r 2 --sleep=60 -o "$recording" 2>"$directory/stderr"
    export recording
    [ "$(column reason phase=end | sort -u)" = "" ]
}

@test "processes that a command leaves behind are told of, and ended" {
    only null
    "$collect" --command='sleep 1007 & sleep 1007 & exit 0; : {tasks}' -t 1 -r 2 -o "$recording" 2>"$directory/stderr"
    nothing_is_left
    export recording
    [ "$(column status phase=end | sort -u)" = ok ]
    [ "$(column reason phase=end | sort -u)" = "left 2 processes behind when its first one ended" ]
    [ "$(grep -c ': ok: left 2 processes behind' "$directory/stderr")" -eq 1 ]
}

@test "a run that is ok counts as such although it has a reason" {
    only null
    "$collect" -t 1,2 -r 3 "$nap" -o "$recording"
    sed 's/,ok,,/,ok,left 2 processes behind,/' "$recording" >"$directory/told.csv"
    grep -q ',ok,left 2 processes behind,' "$directory/told.csv"
    cp "$directory/x.json" "$directory/told.json"
    for table in fits cells; do
        diff <("$BUILD/bin/analyze" --table="$table" "$recording") <("$BUILD/bin/analyze" --table="$table" "$directory/told.csv")
    done
    "$BUILD/bin/analyze" --table=runs "$directory/told.csv" | grep -q 'left 2 processes behind'
}
