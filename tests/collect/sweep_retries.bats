#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# A model that failed at a count is measured at the largest round count that it reached.

bats_require_minimum_version 1.5.0
load sweeps

# Starts at most so many tasks: limited NAME TASKS
limited() {
    model "$1" <<END
echo idle; read _
[ "\$1" -le $2 ] || { echo "failed $2 EAGAIN"; read _; exit 1; }
echo "ready \$1"; sleep "\$2"; echo "done \$1"; read _
END
    collect=$directory/bin/collect
}

runs() { # of model NAME with TASKS tasks: number and status
    grep ,end, "$recording" | cut -d, -f2,4,5,21 | sed -n "s/^$1,$2,//p" | sort | paste -sd' '
}

told='3 more runs at what failed models reached: limited with 3k tasks (3456 were started)'

@test "a model that failed is measured at the largest round count that it reached, and it is told" {
    limited limited 3456
    only null
    "$collect" -t 1,10k -r 3 "$nap" -o "$recording" 2>"$directory/stderr"
    [ "$(runs limited 10000)" = "1,failed 2,failed 3,failed" ]
    [ "$(runs limited 3000)" = "1,ok 2,ok 3,ok" ]
    [ "$(recording=$recording column tasks phase=end | tail -n 3 | paste -sd,)" = 3000,3000,3000 ]
    [ "$(grep -cFx "collect: $told" "$directory/stderr")" -eq 1 ]
    grep -qFx "collect: 15 runs are in $recording" "$directory/stderr"
    run --separate-stderr "$collect" --resume="$recording"
    without_note_on_groups
    [ "$stderr" = "collect: nothing was left to do: 15 runs are in $recording" ]
}

@test "killed among the runs that were added, a sweep has each once when it is resumed" {
    limited limited 3456
    "$collect" -t 1,10k -r 30 --sleep=0.05 --seed=3 -o "$recording" 2>"$directory/stderr" &
    pid=$!
    eventually has_runs 70 "$recording" # of 60 of the plan and 30 that are added
    kill -KILL "$pid"
    wait "$pid" || true
    [ "$(grep -c ,end, "$recording")" -lt 90 ]
    eventually nothing_is_left
    "$collect" --resume="$recording" 2>"$directory/stderr"
    [ "$(grep ,end, "$recording" | cut -d, -f2,4,5 | sort | uniq -d)" = "" ]
    [ "$(grep ,end, "$recording" | cut -d, -f4 | sort -n | uniq -c | tr -s ' ' | paste -sd,)" = " 30 1, 30 3000, 30 10000" ]
    # nothing that was added is taken for what is behind the plan
    sed '$p' "$recording" >"$directory/more.csv" && cp "$directory/more.csv" "$recording"
    fails_with 1 "$collect" --resume="$recording"
    [[ "$stderr" == *": is behind the last run of its sidecar's plan" ]]
}

@test "parts of a sweep share the runs that are added" {
    limited limited 3456
    for part in 1 2; do
        "$collect" -t 1,10k -r 4 "$nap" --seed=3 --shard=$part/2 -o "$directory/$part.csv" 2>"$directory/stderr"
    done
    [ "$(sort "$directory"/[12].csv | grep ,3000,.,end, | cut -d, -f4,5 | sort | paste -sd' ')" = "3000,1 3000,2 3000,3 3000,4" ]
}
