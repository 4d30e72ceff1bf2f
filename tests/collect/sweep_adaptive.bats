#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Sweeps whose number of runs follows from what they show (--until) or from the time (--for).

bats_require_minimum_version 1.5.0
load sweeps

# A model whose runs take 16 MiB more by turns: its mean is never known well. The turns are counted in a file.
turning() {
    model turning <<'END'
echo idle; read _
echo >>"$TASKWEIGHT_TEST/turns"
[ $(($(wc -l <"$TASKWEIGHT_TEST/turns") % 2)) = 0 ] || ballast=$(head -c 16777216 /dev/zero | tr '\0' x)
echo "ready $1"; sleep "$2"; echo "done $1"; read _
END
    collect=$directory/bin/collect
}

runs() { # of each model at each count
    grep ,end, "$recording" | cut -d, -f2,4 | sort | uniq -c | tr -s ' ' | paste -sd';'
}

# Each run once, and in the order of the plan, of which some are passed over.
in_the_plans_order() { # OPTION... of the plan
    "$collect" "$@" --plan >"$directory/plan"
    grep ,end, "$recording" | cut -d, -f2,4,5 | tr , ' ' >"$directory/made"
    [ -z "$(sort "$directory/made" | uniq -d)" ]
    grep -nxFf "$directory/made" "$directory/plan" | cut -d: -f2 | cmp - "$directory/made"
}

# What null holds varies by some 5 %, by how the kernel maps files; 16 MiB of some 25 by turns are more than 40 %.
@test "--until stops early where the mean is known, and goes on up to --runs where it is not" {
    turning
    only null
    sweep=(-t 2 --until=20% --runs=12 --seed=3)
    "$collect" "${sweep[@]}" "$nap" -o "$recording" 2>"$directory/stderr"
    [ "$(runs)" = " 8 null,2; 12 turning,2" ]
    in_the_plans_order "${sweep[@]}"
    grep -qxE 'collect: 1 of 2 cells is not within ±20 %: turning with 2 tasks \(±[0-9]+ % after 12 runs\)' "$directory/stderr"
    grep -qFx "collect: 20 runs are in $recording" "$directory/stderr"
    grep -qE '"until": 0\.2' "$directory/x.json"
    run --separate-stderr "$collect" --resume="$recording"
    without_note_on_groups
    [ "$stderr" = "collect: nothing was left to do: 20 runs are in $recording" ]
    run --separate-stderr "$BUILD/bin/analyze" --table=runs "$recording"
    [ "$status" -eq 0 ]
    [ "$stderr" = "" ]
}

@test "cells that do not become precise since they fail are not repeated" {
    turning
    model quitter <<'END'
echo idle; read _; exit 3
END
    "$collect" -t 2 --until=20% --runs=10 "$nap" -o "$recording" 2>"$directory/stderr"
    [ "$(runs)" = " 8 quitter,2; 10 turning,2" ]
    [[ "$(tail -n 2 "$directory/stderr" | head -n 1)" == "collect: 1 of 2 cells is not within "* ]]
}

@test "killed at any moment and resumed, a sweep with --until has what it would have had" {
    turning
    only null
    sweep=(-t 2 --until=20% --runs=30 --seed=3)
    "$collect" "${sweep[@]}" --sleep=0.05 -o "$recording" 2>"$directory/stderr" &
    pid=$!
    eventually has_runs 5 "$recording" # among the first eight of each
    kill -KILL "$pid"
    wait "$pid" || true
    eventually nothing_is_left
    "$collect" --resume="$recording" 2>"$directory/stderr" &
    pid=$!
    eventually has_runs 25 "$recording" # where only one model goes on
    kill -KILL "$pid"
    wait "$pid" || true
    [ "$(grep -c ,end, "$recording")" -lt 38 ]
    eventually nothing_is_left
    "$collect" --resume="$recording" 2>"$directory/stderr"
    [ "$(runs)" = " 8 null,2; 30 turning,2" ]
    in_the_plans_order "${sweep[@]}"
}

@test "a sweep with --until that a signal stops says how to go on" {
    turning
    "$collect" -t 2 --until=20% "$nap" -o "$recording" 2>"$directory/stderr" &
    pid=$!
    eventually has_runs 3 "$recording"
    kill -INT "$pid"
    ended=0
    wait "$pid" || ended=$?
    [ "$ended" -eq 1 ]
    grep -qE "^collect: stopped; [0-9]+ of at least [0-9]+ runs are in $recording \(collect --resume=$recording goes on\)$" \
        "$directory/stderr"
    ! grep -q 'not within' "$directory/stderr" || false
}

# Time is not asserted: the machine may be busy. It would take an hour to make all runs.
@test "--for ends a sweep with a whole recording, which is resumed for as long again" {
    turning
    only null
    sweep=(-t 1,2 --for=2s --runs=9000 --seed=3)
    "$collect" "${sweep[@]}" "$nap" -o "$recording" 2>"$directory/stderr"
    made=$(grep -c ,end, "$recording" || true) # none, where warming up has taken all of it
    grep -qFx "collect: $made runs are in $recording" "$directory/stderr" || [ "$made" -eq 1 ]
    [ "$made" -lt 36000 ]
    [[ "$(tail -n 1 "$recording" | cut -d, -f6)" == @(end|phase) ]]
    grep -qE '"for": 2\.0' "$directory/x.json"
    grep -q '"end": "' "$directory/x.json"
    in_the_plans_order "${sweep[@]}"
    for longer in 3s 20s 1min; do
        "$collect" --resume="$recording" --for="$longer" 2>"$directory/stderr"
        ! has_runs $((made + 1)) "$recording" || break
    done
    has_runs $((made + 1)) "$recording"
    in_the_plans_order "${sweep[@]}"
    run --separate-stderr "$BUILD/bin/analyze" --table=runs "$recording"
    [ "$stderr" = "" ]
}

@test "a time that is too short is told with what to do" {
    turning
    only null
    run --separate-stderr "$collect" -t 1,2,3 --for=1ms "$nap" -o "$recording"
    without_note_on_groups
    [ "$status" -eq 0 ]
    [ "${stderr_lines[0]}" = "collect: the time was too short for two runs of each model at each count: 6 of 6 have fewer (give it more, or fewer models or counts)" ]
    [ "${stderr_lines[1]}" = "collect: 0 runs are in $recording" ]
    [ "$(wc -l <"$recording")" -eq 1 ]
}

@test "--for ends also a sweep that has become as precise as --until asks for" {
    only null
    "$collect" -t 2 --until=50% --for=2h "$nap" -o "$recording" 2>"$directory/stderr"
    [ "$(runs)" = " 8 null,2" ]
    [ "$(grep -c . "$directory/stderr")" -eq "$(grep -c -e 'no memory cgroup' -e ' runs are in ' "$directory/stderr")" ]
}

@test "--until and --for that cannot be are one line" {
    only null
    for bad in --until=0 --until=x --until=100% --until=-1% --for=0 --for=x --for=-1s --for=1d; do
        fails_with 2 "$collect" "$bad" -o "$recording"
    done
    fails_with 2 "$collect" --until=1% --runs=7 -o "$recording"
    [ "$stderr" = "collect: --until: needs at least 8 runs (give --runs more, or leave it out)" ]
    fails_with 2 "$collect" --until=1% --seed=1 --shard=1/2 -o "$recording"
    [ "$stderr" = "collect: --until: not with --shard, since no part knows the runs of the others (give --runs)" ]
    fails_with 2 "$collect" --for=1h --seed=1 --shard=1/2 -o "$recording"
    [ ! -e "$recording" ]
    "$collect" -t 1 -r 1 "$nap" -o "$recording" 2>"$directory/stderr"
    fails_with 1 "$collect" --resume="$recording" --for=2s
    [ "$stderr" = "collect: --for: the sweep of $recording was begun without it (leave it out)" ]
    fails_with 2 "$collect" --resume="$recording" --until=1%
    fails_with 2 "$collect" --resume="$recording" --for=2s --runs=3
}
