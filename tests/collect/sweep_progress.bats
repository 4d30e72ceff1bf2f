#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What a sweep shows while it goes on, on a terminal and without one.
# package: bsdutils=command:script

bats_require_minimum_version 1.5.0
load sweeps
load ../need

# Runs the shell's command on a terminal; its output is in $shown.
on_terminal() { # COMMAND
    need script bsdutils
    SHELL=/bin/bash script -qec "$1" /dev/null </dev/null >"$directory/shown"
    shown=$(cat "$directory/shown")
}

@test "on a terminal progress is one line that fits, without escapes" {
    only null
    for environment in TERM=xterm TERM=dumb "TERM=xterm NO_COLOR=1"; do
        rm -f "$recording" "$directory/x.json"
        on_terminal "stty cols 20; env $environment $collect -t 1 -r 3 $nap -o $recording"
        [[ "$shown" == *"1 of 3: null"*"2 of 3"*"3 of 3"*"collect: 3 runs are in $recording"* ]]
        [[ "$shown" != *$'\e'* ]]
        # but for the last, which says where the recording is
        [ -z "$(sed 's/collect: .*//' <<<"$shown" | tr '\r' '\n' | grep -E '.{20}')" ]
    done
}

@test "on a terminal progress tells what is too wide, or how much of the time is left, and fits" {
    only null
    on_terminal "stty cols 120; $collect -t 1 --until=50% $nap --seed=3 -o $recording"
    [[ "$shown" == *"run 2: null with 1 tasks; 1 of 1 too wide, the widest null with 1 tasks: no interval"*"collect: 8 runs are in"* ]]
    rm "$recording" "$directory/x.json"
    on_terminal "stty cols 40; $collect -t 1 --until=50% --for=2h $nap --seed=3 -o $recording"
    [[ "$shown" =~ "run 2, 1 too wide, "("2 h 00"|"1 h 59")" min left" ]]
    [ -z "$(sed 's/collect: .*//' <<<"$shown" | tr '\r' '\n' | grep -E '.{40}')" ]
}

# The terminal of a job that is in the background belongs to another.
@test "in the background of a terminal that stops who writes, a sweep goes on" {
    only null
    model quitter <<'FIN'
echo idle; read _; exit 3
FIN
    on_terminal "set -m; stty tostop; $directory/bin/collect -m null,quitter -t 1 -r 2 $nap -o $recording & wait \$!"
    [ "$(recording=$recording column status phase=end | sort | paste -sd' ')" = "failed failed ok ok" ]
    [[ "$shown" == *"quitter with 1 tasks, run 2: failed: exited with status 3"* ]]
    [[ "$shown" != *" of 4"* ]]
}

@test "--check tells how far it is also without a terminal, and not with -q" {
    only calibrate
    "$collect" --check -t 1,10 -r 5 "$nap" -o "$recording" 2>"$directory/stderr" >/dev/null
    [ "$(grep -cE '^collect: [0-9]+ of 40' "$directory/stderr")" -eq 10 ]
    grep -qE '^collect: 37 of 40: calibrate:[a-z0-9=]* with 10? tasks( \(time\))?, about [0-9]* min [0-5][0-9] s left$' "$directory/stderr"
}
