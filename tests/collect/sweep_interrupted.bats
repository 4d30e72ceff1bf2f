#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Sweeps that are stopped, killed or resumed: whole runs are kept, each is made once, and nothing is left running.

bats_require_minimum_version 1.5.0
load sweeps

@test "a signal ends the sweep in order: whole runs are kept, nothing is left running" {
    only pthread fork
    for signal in INT TERM HUP; do
        file=$directory/$signal.csv
        # The tests themselves may run under nohup.
        env --default-signal=HUP "$collect" -t 20 -r 1000 "$nap" -o "$file" 2>"$directory/stderr" &
        pid=$!
        eventually has_runs 3 "$file"
        kill -"$signal" "$pid"
        ended=0
        wait "$pid" || ended=$?
        [ "$ended" -eq 1 ]
        [[ "$(cat "$directory/stderr")" == *"stopped; "*" of 2000 runs"* ]]
        [ "$(tail -n 1 "$file" | cut -d, -f6)" = end ]
        [ "$(tail -n +2 "$file" | cut -d, -f2,4,5 | uniq | wc -l)" -eq "$(grep -c ,end, "$file")" ]
        nothing_is_left
        grep -q '"end": "' "$directory/$signal.json"
        "$BUILD/bin/analyze" --table=runs "$file" 2>"$directory/stderr" >"$directory/table"
        [[ "$(cat "$directory/stderr")" == "analyze: $file: $(grep -c ,end, "$file") of the 2000 runs of its sweep are there ("* ]]
    done
}

@test "under nohup a sweep outlives the terminal" {
    only null
    nohup "$collect" -t 1 -r 20 "$nap" -o "$recording" 2>"$directory/stderr" >/dev/null &
    pid=$!
    eventually has_runs 3 "$recording"
    kill -HUP "$pid"
    wait "$pid"
    [ "$(grep -c ,end, "$recording")" -eq 20 ]
}

@test "what collect inherits does not damage the recording" {
    only null pthread
    "$collect" -t 1,100 -r 1 --sleep=0.001 -o "$recording" <&- >&- 2>&- # some runs are short, which is told
    ! grep collect: "$recording" || false
    (trap '' CHLD; exec "$collect" -m null -t 1 -r 2 "$nap" -o "$directory/y.csv")
    [ "$(recording=$directory/y.csv column status phase=end | sort -u)" = ok ]
}

@test "when collect is killed its models die with it, and the group is removed" {
    only null
    "$collect" -t 1 -r 1 "$nap" -o "$directory/y.csv" 2>"$directory/stderr"
    [ -n "$(recording=$directory/y.csv column charged_bytes phase=idle)" ] || skip "there is no memory cgroup here"
    model sleeper <<'END'
echo idle; read _; setsid sleep 1000 & sleep 1000 & : >"$TASKWEIGHT_TEST/sleeping"; wait
END
    "$directory/bin/collect" sleeper -t 1 -r 1 -o "$recording" 2>/dev/null &
    pid=$!
    eventually [ -e "$directory/sleeping" ]
    kill -KILL "$pid"
    wait "$pid" || true
    eventually nothing_is_left
}

# Kills collect with SIGKILL after so many milliseconds; succeeds if it was still running.
kill_after() {
    local milliseconds=$1 pid
    shift
    "$@" 2>>"$directory/stderr" &
    pid=$!
    read -rt "$(printf '%d.%03d' $((milliseconds / 1000)) $((milliseconds % 1000)))" <> <(:) || true
    kill -KILL "$pid" 2>/dev/null
    ! wait "$pid"
}

# KILLS=10 (the default) takes about twelve seconds. The sleep is fixed, so that warm-ups are as short as runs and most kills
# hit a recorded run; on a busy machine such a run may be short.
@test "killed at random moments and resumed again and again, a sweep has every run exactly once" {
    RANDOM=${SEED:-$((RANDOM))}
    echo "SEED=$RANDOM"
    local kills=${KILLS:-10}
    only null libuv pthread fork
    sweep=(-t 1,40 -r "$kills" --seed=8)
    "$collect" "${sweep[@]}" --sleep=0.05 -o "$recording" 2>>"$directory/stderr" &
    pid=$!
    eventually grep -qs ,end, "$recording"
    kill -KILL "$pid"
    wait "$pid" || true
    for ((i = 1; i < kills; i++)); do
        kill_after $((RANDOM % 1500)) "$collect" --resume="$recording" || break
        eventually nothing_is_left
        # Whole runs in the plan's order, and at most one torn run.
        [ "$(tail -n +2 "$recording" | cut -d, -f2,4,5 | uniq | wc -l)" -le "$(($(grep -c ,end, "$recording") + 1))" ]
    done
    "$collect" --resume="$recording" 2>>"$directory/stderr"
    [ "$(grep ,end, "$recording" | cut -d, -f2,4,5 | tr , ' ')" = "$("$collect" "${sweep[@]}" --plan)" ]
    [ -z "$(recording=$recording column status phase=end | grep -vx -e ok -e short)" ]
    [ "$(tail -n +2 "$recording" | cut -d, -f2,4,5 | uniq | wc -l)" -eq $((8 * kills)) ]
    grep -q '"resumed": \[ "' <(tr -d '\n' <"$directory/x.json" | tr -s ' ')
    run --separate-stderr "$collect" --resume="$recording"
    without_note_on_groups
    [[ "$stderr" == "collect: nothing was left to do: "* ]]
}

@test "a torn tail is cut off; rows that are not the plan's are refused and left unchanged" {
    only null libuv
    "$collect" -t 1,2 -r 2 --seed=3 "$nap" -o "$recording" 2>"$directory/stderr"
    cp "$recording" "$directory/whole.csv"
    for bytes in 0 10 300 1500 4000; do
        head -c "$bytes" "$directory/whole.csv" >"$recording"
        "$collect" --resume="$recording" 2>>"$directory/stderr"
        [ "$(grep ,end, "$recording" | cut -d, -f1-6)" = "$(grep ,end, "$directory/whole.csv" | cut -d, -f1-6)" ]
    done
    for change in 's/,null,/,nill,/' '1s/host/hast/' '$p' '5s/.*/garbage/'; do
        sed "$change" "$directory/whole.csv" >"$recording"
        cp "$recording" "$directory/changed.csv"
        fails_with 1 "$collect" --resume="$recording"
        [[ "$stderr" == *"x.csv:"[0-9]*": "* ]]
        cmp "$recording" "$directory/changed.csv"
    done
    rm "$recording" # the sidecar alone will do
    "$collect" --resume="$recording" 2>>"$directory/stderr"
    [ "$(grep -c ,end, "$recording")" -eq 8 ]
}

@test "a sweep is resumed only if the conditions have not changed" {
    only null
    "$collect" -t 1 -r 2 "$nap" -o "$recording" 2>"$directory/stderr"
    head -n 1 "$recording" >"$directory/head" && cp "$directory/head" "$recording"
    fails_with 2 "$collect" --resume="$recording" --runs=3
    sed -i 's/"kernel": "/&9./' "$directory/x.json"
    fails_with 1 "$collect" --resume="$recording"
    [[ "$stderr" == *"machine.kernel was \"9."* ]]
    echo '{}' >"$directory/x.json"
    fails_with 1 "$collect" --resume="$recording"
    echo 'no json' >"$directory/x.json"
    fails_with 1 "$collect" --resume="$recording"
    rm "$directory/x.json"
    fails_with 1 "$collect" --resume="$recording"
    cmp "$recording" "$directory/head"
}

@test "a sweep is resumed only if the environment has not changed" {
    only null
    unset GOGC JAVA_TOOL_OPTIONS
    JAVA_TOOL_OPTIONS=-Xmx64m TOKEN=secret "$collect" -t 1 -r 2 "$nap" -o "$recording" 2>"$directory/stderr"
    ! grep -q secret "$directory/x.json" || false
    head -n 1 "$recording" >"$directory/head" && cp "$directory/head" "$recording"
    fails_with 1 "$collect" --resume="$recording"
    [[ "$stderr" == *'environment.JAVA_TOOL_OPTIONS was "-Xmx64m" when the sweep began and is not set now ('* ]]
    JAVA_TOOL_OPTIONS=-Xmx64m GOGC=50 fails_with 1 "$collect" --resume="$recording"
    [[ "$stderr" == *'environment.GOGC was not set when the sweep began and is "50" now ('* ]]
    (ulimit -Ss 1024; JAVA_TOOL_OPTIONS=-Xmx64m fails_with 1 "$collect" --resume="$recording"
        [[ "$stderr" == *"environment.stack_limit_bytes was "*" and is 1048576 now ("* ]])
    cmp "$recording" "$directory/head"
    JAVA_TOOL_OPTIONS=-Xmx64m "$collect" --resume="$recording" 2>"$directory/stderr"
    [ "$(grep -c ,end, "$recording")" -eq 2 ]
}

# Recording and sidecar of the first version: without the environment, started_us, switches and faults.
@test "a recording of the first version is resumed in its own columns" {
    only null
    "$collect" -t 1 -r 2 --seed=3 "$nap" -o "$recording" 2>"$directory/stderr"
    cut -d, -f1-22 "$recording" | sed '/,2,idle,/,$d' >"$directory/first.csv"
    cp "$directory/first.csv" "$recording"
    sed -i '/^  "environment": {$/,/^  },$/d' "$directory/x.json"
    ! grep environment "$directory/x.json" || false
    GOGC=50 "$collect" --resume="$recording" 2>"$directory/stderr"
    head -n "$(wc -l <"$directory/first.csv")" "$recording" | cmp - "$directory/first.csv"
    [ "$(tr -cd ',\n' <"$recording" | sort -u)" = ,,,,,,,,,,,,,,,,,,,,, ]
    [ "$(recording=$recording column status phase=end)" = $'ok\nok' ]
}

@test "a second collect that writes to a recording is refused" {
    only null
    "$collect" -t 1 -r 1000 "$nap" -o "$recording" 2>"$directory/stderr" &
    pid=$!
    eventually has_runs 1 "$recording"
    fails_with 1 "$collect" --resume="$recording"
    [[ "$stderr" == *"another collect is writing it"* ]]
    kill -INT "$pid"
    wait "$pid" || true
}

@test "an output directory that vanishes ends the sweep at once" {
    mkdir "$directory/out"
    only null
    "$collect" -t 1 -r 1000 "$nap" -o "$directory/out/x.csv" 2>"$directory/stderr" &
    pid=$!
    eventually has_runs 2 "$directory/out/x.csv"
    rm -r "$directory/out"
    ended=0
    wait "$pid" || ended=$?
    [ "$ended" -eq 1 ]
    [[ "$(cat "$directory/stderr")" == *"x.csv: was removed while it was being written"* ]]
}
