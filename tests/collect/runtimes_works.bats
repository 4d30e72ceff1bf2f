#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The works of every task model whose --describe names them: further tasks that wake on a plan, or hand a token round,
# beside those that sleep.

bats_require_minimum_version 1.5.0

setup_file() {
    [ -d "$BUILD/models" ]
    export PATH=$BUILD/models/lib:$PATH # for recipes
    for program in "$BUILD"/models/*; do
        [ ! -f "$program" ] || "$program" --describe >"$BATS_FILE_TMPDIR/${program##*/}"
    done
}

setup() {
    mkdir "$BATS_TEST_TMPDIR/out"
    cd "$BATS_TEST_TMPDIR/out" # where what each model prints goes, in a file of its name
}

# The models that can do that work here: able beat|pass
able() {
    local said
    for said in "$BATS_FILE_TMPDIR"/*; do
        ! grep -qE "^work .*\b$1\b" "$said" || grep -q '^unavailable ' "$said" || echo "${said##*/}"
    done
}

# Runs each model that can do the work, several at once: all_do WORK TASKS SECONDS
all_do() {
    local work=${1%%:*}
    able "$work" | xargs -P 8 -I NAME sh -c \
        'printf "\n\n" | timeout 60 "$BUILD/models/NAME" "$@" >NAME || { echo "NAME ended with $?"; exit 1; }' sh --work="$1" "$2" "$3"
}

# What each has printed is this, word by word: all_said LINE...
all_said() {
    [ -n "$(ls)" ] || skip "no model here can do this work"
    for model in *; do
        printf '%s\n' "$@" | diff - "$model" || { echo "that was $model"; return 1; }
    done
}

# Prints how many wake-ups a model's histogram has, if its lines ascend and each LOW is one of a bucket: there are eight an octave
# from 16 ns on, and one for each number below; of early ones it is the least early, so the mirrored bucket's other end.
wake_ups() { # MODEL
    perl -ne '
        next if /^(idle|ready \d+|done \d+)$/;
        /^late (-?\d+) ([1-9]\d*)$/ or die "$_ is no line of a histogram\n";
        my ($low, $count, $width) = ($1, $2, 1);
        $width *= 2 while abs($low) >= 16 * $width;
        my $first = $low < 0 ? -$low - $width + 1 : $low;
        $first >= 0 && $first % $width == 0 or die "$low is the start of no bucket\n";
        !defined $last || $low > $last or die "$low is behind $last\n";
        $last = $low; $sum += $count; END { print $sum // 0 }' "$1"
}

in_order() { # MODEL TASKS: the lines that are not of the histogram are these
    [ "$(grep -v '^late ' "$1" | paste -sd,)" = "idle,ready $2,done $2" ] &&
        [ "$(sed -n '3,$p' "$1" | grep -v '^late ')" = "done $2" ] || { cat "$1"; return 1; }
}

@test "a token goes round so many times, in rings of 2, 3 and 1,000, and all end" {
    for ring in 2:5000 3:1 1000:5000; do
        rm -f ./*
        all_do "pass:$ring" 0 1
        all_said idle 'ready 0' "passed ${ring#*:}" 'done 0'
    done
}

# Three seconds are enough to start 110 tasks on a busy machine.
@test "a token goes round beside 100 tasks that sleep, and are all that is counted" {
    all_do pass:10:2000 100 3
    all_said idle 'ready 100' 'passed 2000' 'done 100'
}

# Without sleepers the window begins with the plan. Probe i of 10 is due at i * 20 ms + k * 200 ms, k = 1, 2, ..., and before 1 s
# these are four moments for each. A probe that a busy machine starts late begins with the first moment that is left.
@test "each probe wakes at every moment of its plan, and lines of a histogram tell how late" {
    all_do beat:10:0.200000000 0 1
    for model in *; do
        in_order "$model" 0
        count=$(wake_ups "$model")
        echo "$model: $count wake-ups"
        [ "$count" -ge 30 ] && [ "$count" -le 40 ]
    done
}

@test "probes wake beside 100 tasks that sleep, until these may end" {
    all_do beat:10:0.100000000 100 3
    for model in *; do
        in_order "$model" 100
        count=$(wake_ups "$model")
        echo "$model: $count wake-ups"
        # Before 3 s there are 29 moments for each probe; starting the sleepers takes some.
        [ "$count" -ge 10 ] && [ "$count" -le 290 ]
    done
}

# Stops the processes of a model for 0.7 s while it beats.
stopped() { # NAME
    local pid said
    coproc MODEL { exec setsid "$BUILD/models/$1" --work=beat:10:0.200000000 0 2; }
    pid=$MODEL_PID
    exec 5<&"${MODEL[0]}" 6>&"${MODEL[1]}"
    read -r said <&5
    printf '\n\n' >&6
    read -r said <&5
    kill -STOP -- "-$pid"
    read -rt 0.7 <> <(:) || true
    kill -CONT -- "-$pid"
    cat <&5 >"$1"
}

# Nine moments for each of ten probes lie before 2 s, three of them or more while nothing can run. Were the missed ones not
# counted, 60 would be left.
@test "a beat that was missed is late too" {
    export -f stopped
    able beat >"$BATS_TEST_TMPDIR/able"
    xargs -P 8 -I NAME bash -c 'stopped NAME' <"$BATS_TEST_TMPDIR/able"
    for model in *; do
        count=$(wake_ups "$model")
        latest=$(awk '/^late/ { low = $2 } END { print low }' "$model")
        echo "$model: $count wake-ups, the latest $latest ns late"
        [ "$count" -ge 80 ] && [ "$count" -le 90 ]
        [ "$latest" -ge 300000000 ]
    done
}

refuses() { # NAME ARGUMENT...
    run --separate-stderr timeout 20 "$BUILD/models/$1" "${@:2}" </dev/null
    [ "$status" -eq 2 ] && [ -z "$output" ] && [ "${#stderr_lines[@]}" -eq 1 ] && [[ "$stderr" == usage:* ]] ||
        { echo "$* ended with $status and said: $output $stderr"; return 1; }
}

@test "a work that is none, or has wrong numbers, is refused" {
    for model in $({ able beat; able pass; } | sort -u); do
        for work in '' beat:1 beat:0:1 beat:1:0 pass:1:5 pass:2:0 wait:2:5; do
            refuses "$model" --work="$work" 1 1
        done
    done
}

@test "a work that a model does not name is refused" {
    for work in beat pass; do
        for model in $(ls "$BATS_FILE_TMPDIR" | grep -vxF "$(able $work)"); do
            grep -q '^unavailable ' "$BATS_FILE_TMPDIR/$model" || refuses "$model" --work="$work:2:1" 1 1
        done
    done
}

@test "a model of another language that passes says by what" {
    for model in $(able pass); do
        [ ! -d "$BUILD/models/lib/$model" ] || grep -q '^hand-off .' "$BATS_FILE_TMPDIR/$model"
    done
}

@test "all models whose works are known can run here" {
    missing=$(cd "$BATS_FILE_TMPDIR" && grep -lE '^work ' -- * | xargs -r sed -n 's/^unavailable //p')
    [ -z "$missing" ] || skip "$(paste -sd' ' <<<"$missing")"
}
