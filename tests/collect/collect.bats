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
    for name in "" a,b a/b fiber:1k $'a\nb' $'a\tb' $'a\e[31m' $'m\xf6glich'; do
        fails_with 2 "$collect" --command='sleep {seconds} # {tasks}' --name="$name" -o "$recording"
    done
    [ ! -e "$recording" ]
}

@test "requests that cannot be met are one line and exit status 1" {
    only null pthread calibrate fiber
    fails_with 1 "$collect" no-such-model -o "$recording"
    fails_with 1 "$collect" null -o "$directory/missing/x.csv"
    [[ "$stderr" == "collect: $directory/missing/x.csv: cannot be made: No such file"* ]]
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
    fails_with 1 "$collect" --payload=3000 plain -o "$recording"
    [[ "$stderr" == *"plain+3000: this model can carry no payload (its --describe prints no line \"payload BYTES\", "* ]]
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

@test "what --describe prints on stderr is in the reason" {
    model good <<'END'
:
END
    printf '#!/bin/sh\necho "starting" >&2; printf "cannot find my library" >&2; exit 1\n' >"$directory/models/lacking"
    printf '#!/usr/bin/env no-such-language\n' >"$directory/models/stranger"
    printf '#!/bin/sh\nyes "a flood" | head -n 100000 >&2; echo "summary x"; echo "no family" >&2\n' >"$directory/models/talker"
    printf '#!/bin/sh\necho "family x"; echo "a warning" >&2; sleep 1007 >&- &\n' >"$directory/models/warner"
    chmod +x "$directory"/models/*
    run --separate-stderr "$directory/bin/collect" --list
    [ "$stderr" = "" ]
    [[ "${lines[2]}" == lacking*"cannot run here: --describe ended with exit status 1: cannot find my library" ]]
    [[ "${lines[3]}" == stranger*"cannot run here: --describe ended with exit status 127: "*no-such-language*": No such file"* ]]
    [[ "${lines[4]}" == talker*"cannot run here: --describe printed no line \"family ...\": no family" ]]
    [[ "${lines[5]}" == warner* && "${lines[5]}" != *"cannot run"* ]]
    kill $(left_running)
}

@test "what a model or its name says is UTF-8, or replaced or refused" {
    model good <<'END'
:
END
    printf '#!/bin/sh\nprintf "family thread\nsummary m\\303\\266glich m\\366glich \\033[31m\n"\n' >"$directory/models/speaks"
    chmod +x "$directory/models/speaks"
    run "$directory/bin/collect" --list -m speaks
    [[ "${lines[1]}" == speaks*"möglich m?glich ?[31m" ]]
    cp "$directory/models/speaks" "$directory/"$'m\xf6glich'
    fails_with 1 "$directory/bin/collect" "$directory/"$'m\xf6glich'
    [[ "$stderr" == *"/m?glich: cannot be the name of a task model: it is not UTF-8 or has control characters (rename the program)" ]]
    fails_with 2 "$directory/bin/collect" --command=$'m\xf6glich {tasks}' -o "$recording"
    [[ "$stderr" == *"--command: 'm?glich {tasks}' is not UTF-8 or has control characters (put it into a script)" ]]
    [ ! -e "$recording" ]
}

@test "a program that never describes itself is given up" {
    model silent <<'END'
:
END
    printf '#!/bin/sh\nsleep 1000\n' >"$directory/models/silent"
    fails_with 1 "$directory/bin/collect" silent -t 1 -o "$recording"
    [[ "$stderr" == *"--describe has not ended after 10 s" ]]
}

@test "the default counts are those that --help tells" {
    only null
    [ "$("$collect" --plan | cut -d' ' -f2 | sort -nu | paste -sd,)" = 1,1000,10000,100000,1000000 ]
    [[ "$("$collect" --help)" == *"(default: 1,1k,10k,100k,1M)"* ]]
}
