#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# collect as a command: options, lists and errors. The sweeps are in sweep_*.bats.

bats_require_minimum_version 1.5.0
load sweeps

@test "--list names every model with its family" {
    run "$collect" --list
    [ "$status" -eq 0 ]
    [ "${#lines[@]}" -eq $(($(find "$BUILD/models/" -maxdepth 1 ! -type d | wc -l) + 1)) ]
    [[ "$output" == *"pthread   "*"thread "* ]]
    [[ "$output" == *"libuv   "*"callback "* ]]
    run "$collect" --list -m libuv null
    [ "${#lines[@]}" -eq 3 ]
    [[ "${lines[1]}" == "libuv "* && "${lines[2]}" == "null "* ]]
}

@test "a full /dev/full is an error" {
    run bash -c "$collect --list > /dev/full"
    [ "$status" -eq 1 ]
    [[ "$output" == *"standard output: No space left on device"* ]]
}

@test "--plan is every run once, shuffled anew in each repetition" {
    only null libuv timing-wheel
    run "$collect" -t 1,2,3 -r 3 --seed=5 --plan
    [ "${#lines[@]}" -eq 27 ]
    [ "$(printf '%s\n' "${lines[@]}" | sort -u | wc -l)" -eq 27 ]
    [ "$(printf '%s\n' "${lines[@]:0:9}" | cut -d' ' -f1,2)" != "$(printf '%s\n' "${lines[@]:9:9}" | cut -d' ' -f1,2)" ]
    [ "$(printf '%s\n' "${lines[@]:0:9}" | cut -d' ' -f3 | sort -u)" = 1 ]
}

@test "bad options are one line and exit status 2" {
    for bad in --memory-limit=1 --memory-limit=x --payload=0 --tasks=-5 --tasks=1e99 --tasks=ten --tasks=0 \
        --tasks=1,,2 --runs=0 --runs=x --sleep=-1 --sleep=nan --seed=-1 --timeout=0; do
        fails_with 2 "$collect" "$bad" -o "$recording"
        [ ! -e "$recording" ]
    done
}

@test "options that exclude each other are one line and exit status 2" {
    fails_with 2 "$collect" --list --plan
    fails_with 2 "$collect" --check --list
    fails_with 2 "$collect" --plan null -o "$recording"
    fails_with 2 "$collect" --check -t 1
    fails_with 2 "$collect" --check null
    for name in "" a,b a/b fiber:1k; do
        fails_with 2 "$collect" --command='sleep {seconds} # {tasks}' --name="$name" -o "$recording"
    done
    [ ! -e "$recording" ]
}

@test "requests that cannot be met are one line and exit status 1" {
    only null pthread calibrate fiber
    fails_with 1 "$collect" no-such-model -o "$recording"
    fails_with 1 "$collect" null -o "$directory/missing/x.csv"
    [[ "$stderr" == "collect: $directory/missing/x.json: cannot be made: No such file"* ]]
    echo mine >"$recording"
    fails_with 1 "$collect" null -o "$recording"
    [ "$(cat "$recording")" = mine ]
    rm "$recording"
    echo mine >"$directory/x.json"
    fails_with 1 "$collect" null -o "$recording"
    [ "$(cat "$directory/x.json")" = mine ]
}

@test "a variant that cannot be is one line and exit status 1" {
    only fiber null calibrate
    model plain <<'END'
:
END
    for bad in fiber:3k nothing:3k fiber: null+x calibrate:7+7; do # a calibrated task is its payload
        fails_with 1 "$collect" "$bad" -o "$recording"
    done
    fails_with 1 "$collect" fiber: -o "$recording"
    [[ "$stderr" == *"fiber:: no variant is named behind the colon" ]]
    fails_with 1 "$collect" --payload=3000 plain -o "$recording" # it knows no payload
    fails_with 1 "$collect" --payload=3000 nothing -o "$recording"
    fails_with 1 "$collect" --payload=65KiB null -o "$recording"
    [ ! -e "$recording" ]
}

@test "a command, a shard or a program that cannot be is one line" {
    only null pthread libuv
    fails_with 1 "$collect" --command="true {tasks}" --name=pthread -o "$recording"
    fails_with 2 "$collect" --name=mine -o "$recording"
    fails_with 2 "$collect" --command='sleep {seconds}'
    [[ "$stderr" == *"does not say how many tasks to start (write {tasks} for the number)" ]]
    fails_with 2 "$collect" null --shard=1/3 -o "$recording" # without a seed the parts would overlap
    for bad in 0/3 4/3 1 1/0 a/b 1/3x; do
        fails_with 2 "$collect" null --seed=9 --shard="$bad" -o "$recording"
    done
    echo text >"$directory/part.csv"
    fails_with 1 "$collect" "$directory/part.csv"
    [[ "$stderr" == *"/part.csv: is no program (chmod +x makes a file one)" ]]
    fails_with 1 "$collect" "$directory/none"
    [[ "$stderr" == *"/none: no such program "* ]]
    cp "$BUILD/models/null" "$directory/libuv"
    fails_with 1 "$collect" "$directory/libuv"
    [[ "$stderr" == *"/libuv: there is another task model libuv (rename the program)" ]]
    [ ! -e "$recording" ]
}

@test "a model that does not describe itself is listed with the reason" {
    model good <<'END'
:
END
    printf '#!/bin/sh\nexit 1\n' >"$directory/models/mute"
    chmod +x "$directory/models/mute"
    printf '#!/bin/sh\necho summary something\n' >"$directory/models/nameless"
    printf '#!/bin/sh\nkill -SEGV $$\n' >"$directory/models/shot"
    printf '#!/no/such/interpreter\n' >"$directory/models/stranger"
    chmod +x "$directory"/models/*
    echo text >"$directory/models/not-a-program"
    run "$directory/bin/collect" --list
    [ "${#lines[@]}" -eq 6 ]
    [[ "${lines[2]}" == mute*"cannot run here: --describe ended with exit status 1" ]]
    [[ "${lines[3]}" == nameless*"something  cannot run here: --describe printed no line \"family ...\"" ]]
    [[ "${lines[4]}" == shot*"cannot run here: --describe was ended by signal 11 (Segmentation fault)" ]]
    [[ "${lines[5]}" == stranger*"cannot run here: cannot be started: No such file or directory" ]]
    fails_with 1 "$directory/bin/collect" mute -o "$recording"
}

@test "a program that never describes itself is given up" {
    model silent <<'END'
:
END
    printf '#!/bin/sh\nsleep 1000\n' >"$directory/models/silent"
    fails_with 1 "$directory/bin/collect" silent -t 1 -o "$recording"
    [[ "$stderr" == *"--describe has not ended after 10 s" ]]
}
