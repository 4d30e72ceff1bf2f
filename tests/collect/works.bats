#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The works of models in C, spoken to as collect does it: what is refused, what changes nothing, and what is C's own.

bats_require_minimum_version 1.5.0

setup() {
    # All that can run here: a source without a header is a model.
    models=()
    for source in collect/models/*.c; do
        [ ! -e "${source%.c}.h" ] || continue
        model=$BUILD/models/$(basename "$source" .c)
        "$model" --describe >"$BATS_TEST_TMPDIR/description"
        grep -q '^unavailable ' "$BATS_TEST_TMPDIR/description" || models+=("$model")
    done
    rm "$BATS_TEST_TMPDIR/description"
}

# What the model prints on standard output, with a line for each of its two questions; but for how many sleepers are still
# alive when all have started, which a busy machine changes.
events() { # MODEL [--work=WORK] TASKS SECONDS [PARAMETER]
    printf '\n\n' | timeout 60 "$@" 2>/dev/null | sed 's/^ready [0-9]*$/ready/'
}

can() { # MODEL WORK
    "$1" --describe | grep -qE "^work .*\<$2\>"
}

is_usage() { # MODEL ARGUMENT...: it prints nothing but how it is called
    run -2 --separate-stderr "$@"
    [ -z "$output" ]
    # shellcheck disable=SC2154 # bats sets it
    [ "$stderr" = "usage: $1 [--work=WORK] TASKS SECONDS [PARAMETER] | --describe [PARAMETER]" ]
}

@test "a wrong work is a wrong call" {
    for work in '' sleep beat pass beat:10 beat:0:0.01 beat:10:0 beat:10:soon beat:10:1e-3 pass:1:10 pass:2:0 pass:2:-1 \
        pass:2:10x pass:1000001:1; do
        is_usage "$BUILD/models/pthread" "--work=$work" 1 0
    done
    is_usage "$BUILD/models/pthread" --work=pass:2:10
    is_usage "$BUILD/models/pthread" 1 0 --work=pass:2:10
    is_usage "$BUILD/models/pthread" --works=pass:2:10 1 0
}

@test "a work that the model cannot do is a wrong call" {
    lacking=0
    for model in "${models[@]}"; do
        can "$model" beat || { is_usage "$model" --work=beat:2:0.01 1 0; lacking=$((lacking + 1)); }
        can "$model" pass || { is_usage "$model" --work=pass:2:10 1 0; lacking=$((lacking + 1)); }
    done
    [ "$lacking" -ge 2 ] # timerfd and posix-timer have nothing to hand over
}

@test "what passes names its hand-off" {
    for model in "${models[@]}"; do
        hand_offs=$("$model" --describe | grep -c '^hand-off [^ ]' || true)
        if can "$model" pass; then [ "$hand_offs" = 1 ]; else [ "$hand_offs" = 0 ]; fi
    done
}

@test "the variant of libuv names a hand-off of its own" {
    can "$BUILD/models/libuv" pass || skip "there is no libuv (package libuv1-dev)"
    [ "$("$BUILD/models/libuv" --describe | grep '^hand-off')" = 'hand-off uv_async_send' ]
    [ "$("$BUILD/models/libuv" --describe idle | grep '^hand-off')" = 'hand-off idle handle (uv_idle_start)' ]
    [ "$("$BUILD/models/libuv" --describe busy | grep '^unavailable')" = 'unavailable busy is no parameter of it' ]
    [ "$(events "$BUILD/models/libuv" --work=pass:10:1000 3 0.05 idle | paste -sd,)" = 'idle,ready,passed 1000,done 3' ]
    [ "$(events "$BUILD/models/libuv" 3 0.05 idle | paste -sd,)" = 'idle,ready,done 3' ]
}

@test "without a work there are the events of sleepers and no others" {
    for model in "${models[@]}"; do
        [ "$(events "$model" 20 0.01 | paste -sd,)" = 'idle,ready,done 20' ] || { echo "$model"; return 1; }
    done
}

@test "without sleepers there is nothing to do but a work" {
    for model in "${models[@]}"; do
        is_usage "$model" 0 0
        ! can "$model" pass ||
            [ "$(events "$model" --work=pass:3:100 0 0.01 | paste -sd,)" = 'idle,ready,passed 100,done 0' ] ||
            { echo "$model"; return 1; }
        # At the first moment of the plan it is over.
        ! can "$model" beat || [ "$(events "$model" --work=beat:3:1 0 0.01 | paste -sd,)" = 'idle,ready,done 0' ] ||
            { echo "$model"; return 1; }
    done
}

# Fewer messages than there are places, so that most of the ring has nothing but its end to pass.
@test "a ring ends whose token has not been round" {
    for model in "${models[@]}"; do
        ! can "$model" pass || [ "$(events "$model" --work=pass:20:3 2 0.01 | paste -sd,)" = 'idle,ready,passed 3,done 2' ] ||
            { echo "$model"; return 1; }
    done
}

# Three probes of 100 moments or so in a second, and of no more; how many pass before they have started is the machine's.
are_beats() {
    awk '/^late -?[0-9]+ [1-9][0-9]*$/ { beats += $3; if (lines++ && $2 <= last) exit 1; last = $2 }
        END { exit !(beats >= 1 && beats <= 300) }' "$1"
}

@test "probes beat beside sleepers that carry a payload" {
    cd "$BATS_TEST_TMPDIR"
    for model in "${models[@]}"; do
        parameter=+100
        [ "${model##*/}" != calibrate ] || parameter=100 # which is its payload
        ! can "$model" beat || events "$model" --work=beat:3:0.01 2 1 $parameter >"${model##*/}" &
    done
    wait
    for file in *; do
        [ "$(grep -v '^late ' "$file" | paste -sd,)" = 'idle,ready,done 2' ] && are_beats "$file" || { echo "$file"; return 1; }
    done
}

@test "a fiber with the smallest stack acts" {
    [[ "$BUILD" != *address* ]] || skip "the checks of the address sanitizer need a larger one"
    [[ " ${models[*]} " == *"/fiber "* ]] || skip "no context switch is written for this processor"
    [ "$(events "$BUILD/models/fiber" --work=pass:10:1000 3 0.05 1k | paste -sd,)" = 'idle,ready,passed 1000,done 3' ]
    [ "$(events "$BUILD/models/fiber" --work=beat:3:0.01 3 0.05 1k | grep -v '^late' | paste -sd,)" = 'idle,ready,done 3' ]
}
