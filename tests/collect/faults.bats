#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Faults of models, of the machine and of people: each is told of, nothing is lost and nothing is left behind.

bats_require_minimum_version 1.5.0
load sweeps

@test "a signal ends the sweep in order: whole runs are kept, nothing is left running" {
    for signal in INT TERM HUP; do
        file=$folder/$signal.csv
        # The tests themselves may run under nohup.
        env --default-signal=HUP "$collect" -m pthread,fork -t 20 -r 1000 -o "$file" 2>"$folder/talk" &
        pid=$!
        eventually has_runs 3 "$file"
        kill -"$signal" "$pid"
        ended=0
        wait "$pid" || ended=$?
        [ "$ended" -eq 1 ]
        [[ "$(cat "$folder/talk")" == *"stopped; "*" of 2000 runs"* ]]
        [ "$(tail -n 1 "$file" | cut -d, -f6)" = end ]
        [ "$(tail -n +2 "$file" | cut -d, -f2,4,5 | uniq | wc -l)" -eq "$(grep -c ,end, "$file")" ]
        nothing_is_left
        grep -q '"end": "' "$folder/$signal.json"
        "$BUILD/bin/analyze" --table=runs "$file" 2>"$folder/talk" >"$folder/table"
        [[ "$(cat "$folder/talk")" == "analyze: $file: $(grep -c ,end, "$file") of the 2000 runs of its sweep are there ("* ]]
    done
}

@test "under nohup a sweep outlives the terminal" {
    nohup "$collect" -m null -t 1 -r 40 -o "$recording" 2>"$folder/talk" >/dev/null &
    pid=$!
    eventually has_runs 3 "$recording"
    kill -HUP "$pid"
    wait "$pid"
    [ "$(grep -c ,end, "$recording")" -eq 40 ]
}

@test "what collect is started with stays out of the recording" {
    "$collect" -m null,pthread -t 1,1k -r 1 --sleep=0.001 -o "$recording" <&- >&- 2>&- # some runs are short, which is told
    ! grep collect: "$recording" || false
    (trap '' CHLD; exec "$collect" -m null -t 1 -r 2 -o "$folder/y.csv")
    [ "$(recording=$folder/y.csv column status phase=end | sort -u)" = ok ]
}

@test "a program that never describes itself is given up" {
    model silent <<'END'
:
END
    printf '#!/bin/sh\nsleep 1000\n' >"$folder/models/silent"
    fails_with 1 "$folder/bin/collect" silent -t 1 -o "$recording"
    [[ "$stderr" == *"--describe has not ended after 10 s" ]]
}

@test "what was asked for and cannot be had ends a run, and is not said to have been so" {
    command -v strace || skip "there is no strace"
    export ASAN_OPTIONS=detect_leaks=0 # the leak sanitizer cannot be traced
    strace -f -qq -e inject=personality:error=EPERM -e trace=personality -o /dev/null "$collect" --no-aslr -m null -t 1 -r 1 \
        -o "$recording"
    export recording
    [ "$(column status phase=end)" = failed ]
    [[ "$(column reason phase=end)" == *"its address layout cannot be fixed (leave out --no-aslr)"* ]]
}

@test "when collect is killed its models die with it, and the group is taken away" {
    model sleeper <<'END'
echo idle; read _; setsid sleep 1000 & sleep 1000 & wait
END
    "$folder/bin/collect" sleeper -t 1 -r 1 -o "$recording" 2>/dev/null &
    pid=$!
    eventually pgrep -x -f 'sleep 1000'
    kill -KILL "$pid"
    wait "$pid" || true
    eventually nothing_is_left
}

# Kills collect with SIGKILL after so many milliseconds; succeeds if it was still running.
kill_after() {
    local milliseconds=$1 pid
    shift
    "$@" 2>>"$folder/talk" &
    pid=$!
    read -rt "$(printf '%d.%03d' $((milliseconds / 1000)) $((milliseconds % 1000)))" <> <(:) || true
    kill -KILL "$pid" 2>/dev/null
    ! wait "$pid"
}

# KILLS=40 (the default) takes about a minute.
@test "killed at random moments and resumed again and again, a sweep has every run exactly once" {
    RANDOM=${SEED:-$((RANDOM))}
    echo "SEED=$RANDOM"
    "$collect" -m null,libuv,pthread,fork -t 1,40 -r 40 --seed=8 -o "$recording" 2>>"$folder/talk" &
    pid=$!
    eventually grep -qs ,end, "$recording"
    kill -KILL "$pid"
    wait "$pid" || true
    for ((i = 1; i < ${KILLS:-40}; i++)); do
        kill_after $((RANDOM % 1500)) "$collect" --resume="$recording" || break
        eventually nothing_is_left
        # Whole runs in the plan's order, and at the most one that is torn.
        [ "$(tail -n +2 "$recording" | cut -d, -f2,4,5 | uniq | wc -l)" -le "$(($(grep -c ,end, "$recording") + 1))" ]
    done
    "$collect" --resume="$recording" 2>>"$folder/talk"
    [ "$(grep ,end, "$recording" | cut -d, -f2,4,5 | tr , ' ')" = \
        "$("$collect" -m null,libuv,pthread,fork -t 1,40 -r 40 --seed=8 --plan)" ]
    [ "$(recording=$recording column status phase=end | sort -u)" = ok ]
    [ "$(tail -n +2 "$recording" | cut -d, -f2,4,5 | uniq | wc -l)" -eq 320 ]
    grep -q '"resumed": \[ "' <(tr -d '\n' <"$folder/x.json" | tr -s ' ')
    run --separate-stderr "$collect" --resume="$recording"
    [[ "$stderr" == "collect: nothing was left to do: "* ]]
}

@test "a torn tail is cut off, and what is not the plan's is refused and left as it is" {
    "$collect" -m null,libuv -t 1,2 -r 2 --seed=3 -o "$recording" 2>"$folder/talk"
    cp "$recording" "$folder/whole.csv"
    for bytes in 0 10 300 1500 4000; do
        head -c "$bytes" "$folder/whole.csv" >"$recording"
        "$collect" --resume="$recording" 2>>"$folder/talk"
        [ "$(grep ,end, "$recording" | cut -d, -f1-6)" = "$(grep ,end, "$folder/whole.csv" | cut -d, -f1-6)" ]
    done
    for change in 's/,null,/,nill,/' '1s/host/hast/' '$p' '5s/.*/garbage/'; do
        sed "$change" "$folder/whole.csv" >"$recording"
        cp "$recording" "$folder/changed.csv"
        fails_with 1 "$collect" --resume="$recording"
        [[ "$stderr" == *"x.csv:"[0-9]*": "* ]]
        cmp "$recording" "$folder/changed.csv"
    done
    rm "$recording" # the sidecar alone will do
    "$collect" --resume="$recording" 2>>"$folder/talk"
    [ "$(recording_runs)" -eq 8 ]
}

recording_runs() {
    grep -c ,end, "$recording"
}

@test "a sweep is resumed only under the conditions that it began under" {
    "$collect" -m null -t 1 -r 2 -o "$recording" 2>"$folder/talk"
    head -n 1 "$recording" >"$folder/head" && cp "$folder/head" "$recording"
    fails_with 2 "$collect" --resume="$recording" --runs=3
    sed -i 's/"kernel": "/&9./' "$folder/x.json"
    fails_with 1 "$collect" --resume="$recording"
    [[ "$stderr" == *"machine.kernel was \"9."* ]]
    echo '{}' >"$folder/x.json"
    fails_with 1 "$collect" --resume="$recording"
    echo 'no json' >"$folder/x.json"
    fails_with 1 "$collect" --resume="$recording"
    rm "$folder/x.json"
    fails_with 1 "$collect" --resume="$recording"
    cmp "$recording" "$folder/head"
}

has_runs() { # N FILE
    [ "$(grep -sc ,end, "$2" || true)" -ge "$1" ] 2>/dev/null
}

@test "two that write to one recording: the second is refused" {
    "$collect" -m null -t 1 -r 1000 -o "$recording" 2>"$folder/talk" &
    pid=$!
    eventually has_runs 1 "$recording"
    fails_with 1 "$collect" --resume="$recording"
    [[ "$stderr" == *"another collect is writing it"* ]]
    kill -INT "$pid"
    wait "$pid" || true
}

@test "a file that can grow no further: whole runs are kept, and it is said" {
    run --separate-stderr bash -c "ulimit -f 8; exec '$collect' -m null -t 1 -r 100 -o '$recording'"
    [ "$status" -eq 1 ]
    [[ "$stderr" == *"x.csv: cannot write: "*" of 100 runs are in"*"--resume="* ]]
    [ "$(tail -n 1 "$recording" | cut -d, -f6)" = end ]
    [ "$(stat -c %s "$recording")" -le 8192 ]
    [ "$(recording_runs)" -ge 3 ]
    "$collect" --resume="$recording" 2>"$folder/talk"
    [ "$(recording_runs)" -eq 100 ]
}

@test "a full disk: whole runs are kept, and it is said" {
    mkdir "$folder/disk"
    mount -t tmpfs -o size=32k none "$folder/disk" 2>/dev/null || skip "cannot mount a small disk here"
    run --separate-stderr "$collect" -m null -t 1 -r 100 -o "$folder/disk/x.csv"
    cp "$folder/disk/x.csv" "$recording"
    umount "$folder/disk"
    [ "$status" -eq 1 ]
    [[ "$stderr" == *"x.csv: cannot write: No space left on device; "*" of 100 runs are in"* ]]
    [ "$(tail -n 1 "$recording" | cut -d, -f6)" = end ]
    [ "$(recording_runs)" -ge 3 ]
}

@test "an output folder that vanishes ends the sweep at once" {
    mkdir "$folder/out"
    "$collect" -m null -t 1 -r 1000 -o "$folder/out/x.csv" 2>"$folder/talk" &
    pid=$!
    eventually has_runs 2 "$folder/out/x.csv"
    rm -r "$folder/out"
    ended=0
    wait "$pid" || ended=$?
    [ "$ended" -eq 1 ]
    [[ "$(cat "$folder/talk")" == *"x.csv: was removed while it was being written"* ]]
}

@test "a run that takes more than the limit is killed, and the sweep goes on" {
    "$collect" -m null,calibrate:65536 -t 2,4000 -r 1 --memory-limit=128MiB -o "$recording" 2>"$folder/talk"
    export recording
    [ -n "$(column charged_bytes phase=hold)" ] || skip "there is no memory cgroup here"
    [ "$(column status tasks=2 | sort -u | paste -sd' ')" = " ok" ]
    [ "$(column status phase=end | sort | paste -sd' ')" = "killed ok ok ok" ]
    [ "$(column reason status=killed)" = "took more than 128 MiB, the limit of a run (--memory-limit)" ]
}

# The kernel ends one child after the other, and the parent would wait for ever.
@test "tasks that are processes hit the limit as well" {
    "$collect" fork -t 3000 -r 1 --memory-limit=64MiB --timeout=60 -o "$recording" 2>"$folder/talk"
    export recording
    [ -n "$(column charged_bytes phase=idle)" ] || skip "there is no memory cgroup here"
    [ "$(column status phase=end)" = killed ]
    [ "$(column reason phase=end)" = "took more than 64.0 MiB, the limit of a run (--memory-limit)" ]
}

@test "a group that a killed collect left behind is removed, and what runs in it is ended" {
    group=$(own_group)/taskweight-4194300-1
    mkdir "$group" 2>/dev/null || skip "no memory cgroup can be made here"
    sleep 1004 &
    echo "$!" >"$group/cgroup.procs"
    "$collect" null -t 1 -r 1 -o "$recording" 2>"$folder/talk"
    [ ! -e "$group" ]
    ! wait "$!"
}

@test "a model that closes its stdout has failed" {
    model mute <<'END'
echo idle; read _; exec >&-; sleep 1005
END
    sweep_of mute
    [ "$ended" = failed ]
    [ "$why" = "closed its stdout" ]
}

@test "a model that fails says why and what it reached" {
    model refuser <<'END'
echo idle; read _; echo "failed 2 spawn: EAGAIN, so there"
END
    sweep_of refuser
    [ "$ended" = failed ]
    grep -q '"spawn: EAGAIN, so there"' "$recording"
    [ "$(recording=$recording column alive phase=end)" = 2 ]
}

@test "a model that exits early: its status and last words are the reason" {
    model quitter <<'END'
echo idle; read _; echo "cannot find my library" >&2; exit 3
END
    sweep_of quitter
    [ "$ended" = failed ]
    [ "$why" = "exited with status 3 before it was done: cannot find my library" ]
}

@test "a model that exits 0 before it is done has failed" {
    model deserter <<'END'
echo idle; read _; echo "ready 3"; exit 0
END
    sweep_of deserter
    [ "$ended" = failed ]
    [ "$why" = "exited with status 0 before it was done" ]
}

@test "tasks that were not all alive at once make a run short" {
    model straggler <<'END'
echo idle; read _; echo "ready 2"; sleep 0.1; echo "done 3"; read _
END
    sweep_of straggler
    [ "$ended" = short ]
    [[ "$why" == "only 2 tasks were alive at once"* ]]
}

@test "tasks that do not all finish make a run short" {
    model loser <<'END'
echo idle; read _; echo "ready 3"; sleep 0.1; echo "done 2"; read _
END
    sweep_of loser
    [ "$ended" = short ]
    [ "$why" = "2 tasks finished" ]
}

@test "a model whose tasks cannot have slept is caught" {
    model liar <<'END'
echo idle; read _; echo "ready 3"; echo "done 3"; read _
END
    sweep_of liar
    [ "$ended" = failed ]
    [[ "$why" == "said done 0.0"*" s before the first task can have slept its time" ]]
    rm -f "$recording" "$folder/x.json"
    model boaster <<'END'
echo idle; read _; echo "ready 4"; read _
END
    sweep_of boaster
    [ "$ended" = failed ]
    [ "$why" = "said that 4 tasks are alive" ]
}

@test "garbage, floods and binary are told of, not believed" {
    model babbler <<'END'
echo hello; read _
END
    sweep_of babbler
    [ "$ended" = failed ]
    [ "$why" = "printed 'hello' where idle was awaited" ]
    rm -f "$recording" "$folder/x.json"
    model flooder <<'END'
yes | tr -d '\n' | head -c 3000000; echo; read _
END
    sweep_of flooder
    [ "$ended" = failed ]
    [[ "$why" == "printed 'yyyyyyyy"* ]]
    rm -f "$recording" "$folder/x.json"
    model binary <<'END'
head -c 100 /dev/zero; echo; read _
END
    sweep_of binary
    [ "$ended" = failed ]
    [[ "$why" == "printed '????????"* ]]
}

@test "a model that never says ready and ignores signals times out" {
    model mule <<'END'
trap '' TERM INT HUP; echo idle; read _; while :; do sleep 1; done
END
    sweep_of mule --timeout=0.5
    [ "$ended" = timeout ]
    [ "$why" = "took longer than 0.5 s, and was still spawning" ]
}

@test "a model that is killed says by what" {
    model victim <<'END'
echo idle; read _; kill -SEGV $$
END
    sweep_of victim
    [ "$ended" = killed ]
    [ "$why" = "died of signal 11 (Segmentation fault)" ]
}

@test "children that leave the session are found and ended" {
    model parent <<'END'
echo idle; read _; for i in 1 2 3; do setsid sh -c "exec sleep 1003" & done; echo "ready 3"; sleep 0.1; echo "done 3"; read _
END
    sweep_of parent
    [ "$ended" = ok ]
    nothing_is_left
}

