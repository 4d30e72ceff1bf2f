#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Sweeps that are stopped, killed or resumed: whole runs are kept, each is made once, and nothing is left running.
# package: strace=command:strace

bats_require_minimum_version 1.5.0
load sweeps
load ../need

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

@test "a sweep of programs by relative paths is resumed from any directory" {
    only null
    mkdir "$directory/begun" "$directory/elsewhere"
    cp "$BUILD/models/null" "$directory/begun/mine"
    echo 'exec sleep "$1"' >"$directory/begun/script"
    cd "$directory/begun"
    "$collect" ./mine --command='sh ./script {seconds} {tasks}' -t 1 -r 2 --seed=3 "$nap" -o x.csv 2>>"$directory/stderr"
    [ "$(recording=x.csv column status phase=end | sort -u)" = ok ]
    sed '2,/,end,/!d' x.csv >"$directory/part.csv" # the first run
    head -n 1 x.csv | cat - "$directory/part.csv" >x
    for place in ../elsewhere .; do
        cd "$directory/begun"
        cp x x.csv
        cd "$place"
        "$collect" --resume=../begun/x.csv 2>>"$directory/stderr"
        [ "$(recording=../begun/x.csv column status phase=end | paste -sd' ')" = "ok ok ok ok" ]
    done
    mv "$directory/begun" "$directory/moved"
    fails_with 1 "$collect" --resume=../moved/x.csv
    [[ "$stderr" == "collect: $directory/begun: No such file or directory (the sweep began there, "* ]]
}

@test "a sweep that needs no directory is resumed where that is gone" {
    only null
    mkdir "$directory/begun"
    (cd "$directory/begun" && "$collect" -t 1 -r 2 "$nap" -o "$recording" 2>>"$directory/stderr")
    rmdir "$directory/begun"
    head -n 1 "$recording" >"$directory/head" && cp "$directory/head" "$recording"
    "$collect" --resume="$recording" 2>>"$directory/stderr"
    [ "$(recording=$recording column status phase=end | paste -sd' ')" = "ok ok" ]
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

@test "a sweep is resumed only with the programs that it began with" {
    only null
    cp "$BUILD/models/null" "$directory/mine"
    "$collect" "$directory/mine" -t 1 -r 2 "$nap" -o "$recording" 2>"$directory/stderr"
    head -n 1 "$recording" >"$directory/head" && cp "$directory/head" "$recording"
    grep -q "\"sha256\": *\"$(sha256sum "$directory/mine" | cut -d' ' -f1)\"" "$directory/x.json"
    grep -q "\"path\": *\"$directory/mine\"" "$directory/x.json"
    echo >>"$directory/mine"
    fails_with 1 "$collect" --resume="$recording"
    [[ "$stderr" == *"models.mine.sha256 was \""*"\" when the sweep began and is \""*"\" now (start a new recording)" ]]
    cmp "$recording" "$directory/head"
    cp "$BUILD/models/null" "$directory/mine"
    "$collect" --resume="$recording" 2>"$directory/stderr"
    [ "$(recording=$recording column status phase=end)" = $'ok\nok' ]
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

seed_of() { # SIDECAR
    grep -o '"seed": [0-9]*' "$1"
}

# Starts a sweep for each seed, with more options, at once; sets $ended to their exit statuses.
sweeps_at_once() { # SEEDS OPTION...
    local seed pids=()
    for seed in $1; do
        "$collect" -t 1 -r 2 "$nap" --seed="$seed" "${@:2}" 2>>"$directory/stderr" &
        pids+=($!)
    done
    ended=''
    for pid in "${pids[@]}"; do
        wait "$pid" && ended+=0 || ended+=1
    done
}

@test "of sweeps that begin one recording at once, one makes it, and the sidecar is its own" {
    only null
    for i in 1 2 3; do
        rm -f "$recording" "$directory/x.json"
        sweeps_at_once "101 102 103 104" -o "$recording"
        [ "$(tr -d 1 <<<"$ended")" = 0 ]
        winner=${ended%%0*}
        [ "$(seed_of "$directory/x.json")" = '"seed": '$((101 + ${#winner})) ]
        [ "$(recording=$recording column status phase=end)" = $'ok\nok' ]
        [ "$(cd "$directory" && echo x*)" = "x.csv x.json" ]
    done
}

@test "sweeps that begin in one second without a name have a recording each" {
    only null
    cd "$directory"
    sweeps_at_once "101 102 103 104 105 106"
    [ "$ended" = 000000 ]
    [ "$(ls -- *-*.csv | wc -l)" -eq 6 ]
    for seed in 101 102 103 104 105 106; do
        [ "$(grep -l "\"seed\": $seed," -- *-*.json | wc -l)" -eq 1 ]
    done
    for file in *-*.csv; do
        [ "$(grep -c ,ok, "$file")" -eq 2 ]
        [ -e "${file%.csv}.json" ]
    done
}

@test "where the name of host and time is taken, a recording gets a number" {
    only null
    cd "$directory"
    now=$(date +%s)
    for ((i = 0; i < 120; i++)); do # the moments at which it may begin
        echo other >"$(uname -n)-$(date -u -d "@$((now + i))" +%Y%m%dT%H%M%SZ).csv"
    done
    "$collect" -t 1 -r 2 "$nap" 2>"$directory/stderr"
    [ "$(cat -- *-*Z.csv | sort -u)" = other ]
    [ "$(grep -c ,ok, -- *-*Z-2.csv)" -eq 2 ]
    [ -e "$(basename -- *-*Z-2.csv .csv).json" ]
}

# Kills collect at its first call of that system call.
killed_at() { # SYSTEM_CALL
    ASAN_OPTIONS=detect_leaks=0 strace -f -qq -e trace="$1" -e inject="$1":signal=KILL -o "$directory/trace" \
        "$collect" -t 1 -r 2 "$nap" --seed=7 -o "$recording" 2>>"$directory/stderr" || true
    grep -q 'killed by SIGKILL' "$directory/trace"
}

@test "killed between its two files, a sweep is begun anew by the same command" {
    need strace strace
    only null
    killed_at linkat
    [ -e "$recording" ] && [ ! -s "$recording" ] && [ ! -e "$directory/x.json" ]
    fails_with 1 "$collect" --resume="$recording"
    [[ "$stderr" == *"x.json: No such file"* ]]
    "$collect" -t 1 -r 2 "$nap" --seed=8 -o "$recording" 2>>"$directory/stderr"
    [ "$(recording=$recording column status phase=end)" = $'ok\nok' ]
    [ "$(seed_of "$directory/x.json")" = '"seed": 8' ]
    [ "$(cd "$directory" && echo x*)" = "x.csv x.json" ] # no temporary file has stayed
}

@test "killed with both files made, a sweep is resumed" {
    need strace strace
    only null
    killed_at fdatasync
    [ -e "$directory/x.json" ]
    fails_with 1 "$collect" -t 1 -r 2 "$nap" -o "$recording"
    [[ "$stderr" == *"x.json: exists already"* ]]
    "$collect" --resume="$recording" 2>>"$directory/stderr"
    [ "$(recording=$recording column status phase=end)" = $'ok\nok' ]
    [ "$(seed_of "$directory/x.json")" = '"seed": 7' ]
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
