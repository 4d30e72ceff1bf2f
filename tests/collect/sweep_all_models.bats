#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Every model that can run here: its tasks are alive at once, sleep, and carry a payload.

bats_require_minimum_version 1.5.0
load sweeps

# Those in servers.bats of tests/check are not for every test.
@test "every model that can run here holds its tasks alive at once and lets each sleep its time" {
    cd "$directory" # where a runtime that crashes leaves its dump
    names=$("$collect" --list | grep -v 'cannot run here' | awk 'NR > 1 && $2 != "connection" {print $1}' | paste -sd,)
    "$collect" -m "$names" -t 200 -r 1 --seed=1 -o "$recording"
    export recording
    [ "$(column status phase=end | sort -u)" = ok ]
    [ "$(column alive phase=hold | sort -u)" = 200 ]
}

@test "every model in C that can run here carries a payload across the sleep" {
    "$collect" --payload=3000 -t 50 -r 1 --sleep=auto -o "$recording" 2>"$directory/stderr"
    export recording
    [ "$(column status phase=end | sort -u)" = ok ]
    able=$("$collect" --list | awk -F '  +' '$3 == "C" && !/cannot run here/ { print $1 "+3000" }' | sort)
    [[ "$able" == *fork+3000*pthread+3000*ucontext+3000* ]] # which need no library
    [ "$(column model phase=end | sort)" = "$able" ]
    # Models in other languages take no payload.
    other=$("$collect" --list | awk -F '  +' 'NR > 1 && $3 != "C" && !/cannot run here/ { print $1 }' | head -n 1)
    [ -z "$other" ] || fails_with 1 "$collect" --payload=3000 "$other" -o "$directory/y.csv"
}
