#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What recordings of time, lateness and messages become. The recordings are made here, of figures that are chosen.

bats_require_minimum_version 1.5.0

setup() {
    analyze=$BUILD/bin/analyze
    cd "$BATS_TEST_TMPDIR"
}

# The columns may come in any order: those that the rows below fill, then what they leave empty.
header() {
    echo "host,model,family,work,tasks,run,phase,time_us,cpu_ns,value_ns,count,status,voluntary_switches,involuntary_switches,minor_faults,major_faults,peak_rss_bytes,user_us,system_us,alive,rss_bytes,pss_bytes,uss_bytes,page_table_bytes,kernel_stack_bytes,kernel_bytes,charged_bytes,peak_charged_bytes,threads,reason"
}

# Five runs at 1, 1000 and 10000 tasks: a start costs SPAWN ns of processor time a task beside 100 µs, give or take 1 %, an end
# a tenth. Of the wall time SHARE was processor time. Two switches and three faults a task.
timed() { # MODEL SPAWN [SHARE]
    awk -v model="$1" -v each="$2" -v share="${3:-1}" '
        function row(phase, time, cpu, value, rest) {
            printf "rig,%s,async,time,%d,%d,%s,%d,%d,%s,,%s,,,,,,,,,,,\n", model, tasks, run, phase, time, cpu, value, rest
        }
        BEGIN {
            for (tasks = 1; tasks <= 10000; tasks *= tasks == 1 ? 1000 : 10)
                for (run = 1; run <= 5; run++) {
                    spawn = 100000 + each * tasks * (1 + (run - 3) / 200)
                    end = each * tasks / 10
                    wall = spawn / share / 1000
                    row("idle", -100, 6000, "", ",,,,,,,")
                    row("idle", 0, 7000, "", ",,,,,,,")
                    row("hold", wall, 7000 + spawn, 1000000000, ",,,,,,,")
                    row("drain", 1000000 + wall + end / 1000, 7000 + spawn + end, "", ",,,,,,,")
                    row("end", 1000100 + wall, 7000 + spawn + end, "", "ok," 2 * tasks ",0," 3 * tasks ",0,,,")
                }
        }'
}

# The same model's memory: 1 MiB and WEIGHT bytes a task. Ticks tell 1.5 s; five switches a task.
weighed() { # MODEL WEIGHT
    awk -v model="$1" -v weight="$2" 'BEGIN {
        for (tasks = 1; tasks <= 10000; tasks *= tasks == 1 ? 1000 : 10)
            for (run = 1; run <= 5; run++)
                printf "rig,%s,async,,%d,%d,end,5,,,,ok,%d,0,,,%d,1000000,500000,,,,,,,,,,,\n", model, tasks, run, 5 * tasks,
                    1048576 + weight * tasks + 4096 * (run % 2)
    }'
}

# A row with the fields that it lacks at its end.
row() { # FIELD...
    local IFS=,
    echo "$*$(printf "%*s" "$((30 - $#))" "" | tr " " ,)"
}

# Three runs of beats at 0 and 1000 tasks: COUNT wake-ups from LOW ns on, and as many again in 32 from 2^20 ns on.
beaten() { # MODEL WORK COUNT LOW
    for tasks in 0 1000; do
        for run in 1 2 3; do
            names=(rig "$1" async "$2" "$tasks" "$run")
            row "${names[@]}" late "" "" "$(($4 + run + tasks))" "$3"
            row "${names[@]}" late "" "" 1048576 "$(($3 / 32))"
            row "${names[@]}" end 9 "" "" "" ok
        done
    done
}

# Three runs of 1000 messages that take COST ns of processor time each, at 0 and 1000 tasks.
passed() { # MODEL WORK COST
    for tasks in 0 1000; do
        for run in 1 2 3; do
            names=(rig "$1" async "$2" "$tasks" "$run")
            row "${names[@]}" hold 50 5000
            row "${names[@]}" pass "$((50 + $3))" "$((5000 + 1000 * $3 + 10 * run))" "" 1000
            row "${names[@]}" end 99 "" "" "" ok
        done
    done
}

# The value of a column in the first row of a table in csv, whose texts have no commas.
field() { # COLUMN [ROW]
    awk -F, -v name="$1" -v row="${2:-1}" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i } NR == row + 1 { print $at }'
}

near() { # VALUE EXPECTED SHARE
    awk -v value="$1" -v expected="$2" -v share="$3" 'BEGIN { exit !(value != "" && (value / expected - 1) ^ 2 <= share ^ 2) }'
}

@test "each metric of time is found in its runs" {
    { header; timed quick 2000; } >time.csv
    # ns: a start; its end; both; that as wall time, whose share of processor time is 1
    for case in spawn-cpu:2000e-9 end-cpu:200e-9 cpu:2200e-9 spawn-time:2000e-9 total-time:2200e-9 switches:2 faults:3; do
        run "$analyze" --metric="${case%:*}" --format=csv time.csv
        [ "$status" -eq 0 ]
        near "$(field overhead <<<"$output")" "${case#*:}" 2e-3 # times are whole microseconds
        [ "$(field work <<<"$output")" = time ]
    done
    # what a metric counts is told to the last digit, and so are means of it
    run "$analyze" --metric=switches --table=cells --format=csv --tasks=1 time.csv
    [ "$(field mean <<<"$output")" = 2 ]
    [ "$(field unit <<<"$output")" = count ]
    run "$analyze" --metric=faults time.csv
    [[ "$output" =~ quick\ .*\ 3\ +± ]]
}

@test "without --metric the runs say which" {
    { header; timed quick 2000; } >time.csv
    { header; beaten quick beat:10:10ms 3200 1024; } >beat.csv
    { header; passed quick pass:2:1000 700; } >pass.csv
    for case in time:spawn-cpu beat:late-p99 pass:message-cpu; do
        run "$analyze" --format=csv "${case%:*}.csv"
        [ "$status" -eq 0 ]
        [ "$(field metric <<<"$output")" = "${case#*:}" ]
    done
    run "$analyze" --format=csv beat.csv pass.csv time.csv
    [ "$(field metric <<<"$output")" = spawn-cpu ]
    run "$analyze" --metric=peak time.csv
    [ "$status" -eq 1 ]
    [ "$output" = "analyze: --metric=peak: is of the work sleep, and no run of it is in the recordings (choose another metric, or measure with collect --work=sleep)" ]
}

@test "processor time in ticks is told where no run was measured in time" {
    { header; weighed quick 100; } >memory.csv
    run "$analyze" --metric=cpu --table=cells --format=csv memory.csv
    [ "$(field mean <<<"$output")" = 1.5 ]
    run "$analyze" --metric=switches --format=csv memory.csv
    near "$(field overhead <<<"$output")" 5 1e-9
    { header; weighed quick 100; timed quick 2000; } >both.csv
    run "$analyze" --metric=switches --format=csv both.csv
    near "$(field overhead <<<"$output")" 2 1e-9
}

@test "works of one model stand apart, and WORK is shown where there are several" {
    { header; passed quick pass:2:1000 700; passed slow pass:2:1000 900; } >pairs.csv
    { header; passed quick pass:1000:1000 2100; } >rings.csv
    run "$analyze" pairs.csv
    [ "$status" -eq 0 ]
    [[ "${lines[1]}" =~ ^MODEL\ +RUNS ]]
    run "$analyze" pairs.csv rings.csv
    [[ "${lines[1]}" =~ ^MODEL\ +WORK\ +RUNS ]]
    [[ "${lines[2]}" =~ ^quick\ +pass:1000:1000\ +6\ .*\ 2\.10\ µs ]]
    [[ "${lines[3]}" == *pass:2:1000* && "${lines[4]}" == *pass:2:1000* ]]
    # each is compared with its like only: the ring of 1000 has no other model
    run "$analyze" --table=ratios --at=0 --reference=quick --format=csv pairs.csv rings.csv
    [ "$status" -eq 0 ]
    [ "${#lines[@]}" -eq 2 ]
    near "$(field ratio <<<"$output")" 1.28569 1e-4 # 900.02 ns over 700.02 ns
    run "$analyze" --table=crossovers --format=csv pairs.csv rings.csv
    [ "${#lines[@]}" -eq 2 ]
    # and with itself in an older recording
    run "$analyze" --against=rings.csv --format=csv pairs.csv
    [ "$status" -eq 1 ]
    [[ "$output" == *"nothing to compare"* ]]
    { cat rings.csv; passed quick pass:2:1000 700; } >both.csv
    run --separate-stderr "$analyze" --against=both.csv --at=0 --fail-above=5% rings.csv
    [ "$status" -eq 1 ]
    [ "${stderr_lines[0]}" = "analyze: quick (pass:2:1000): is only in the older recordings" ]
}

@test "no sleeper at all is a count: its value is the baseline" {
    { header; beaten quick beat:10:10ms 3200 1024; } >beat.csv
    run "$analyze" --metric=late-p50 --format=csv beat.csv
    [ "$status" -eq 0 ]
    # half of 3300 are 1650 of the first 3200, from 1026 ns on, 128 ns wide; beside 1000 tasks they are 1000 ns later
    near "$(field baseline <<<"$output")" "$(awk 'BEGIN { printf "%.15g", (1026 + 1650 / 3200 * 128) * 1e-9 }')" 1e-9
    near "$(field overhead <<<"$output")" 1e-9 1e-9
    run "$analyze" --table=cells --tasks=0 --metric=late-p99 --format=csv beat.csv
    [ "$(field tasks <<<"$output")" = 0 ]
    # the 3267th of 3300 is the 67th of 100 in the bucket of 128 KiB ns from 1 MiB ns on
    near "$(field mean <<<"$output")" "$(awk 'BEGIN { printf "%.15g", (1048576 + 0.67 * 131072) * 1e-9 }')" 1e-9
    for table in segments runs crossovers "capacity --budget=1s" "capacity --at=0,10k" "changes --against=old.csv" "changes --against=old.csv --at=0"; do
        cp beat.csv old.csv
        { cat beat.csv; beaten slow beat:10:10ms 3200 4096; } >two.csv
        run "$analyze" --metric=late-p50 --table=$table two.csv
        [ "$status" -eq 0 ]
        [[ "$output" != *nan* ]]
    done
    # without any other count there is no cost a task
    run "$analyze" --metric=late-p50 --tasks=0 --format=csv beat.csv
    [ "$status" -eq 0 ]
    [ -n "$(field baseline <<<"$output")" ]
    [ -z "$(field overhead <<<"$output")" ]
}

@test "a quantile without enough wake-ups beyond it is unknown" {
    { header; beaten quick beat:10:10ms 320 1024; } >few.csv
    run "$analyze" --metric=late-p99 --table=cells --format=csv few.csv
    [ -z "$(field mean <<<"$output")" ]
    run "$analyze" --metric=late-p90 --table=cells --format=csv few.csv
    [ -n "$(field mean <<<"$output")" ]
}

@test "runs of a work that is not known are passed over with a warning" {
    { header; weighed quick 100; timed quick 2000 | sed 's/,time,/,juggle:3,/'; } >newer.csv
    run --separate-stderr "$analyze" --format=csv newer.csv
    [ "$status" -eq 0 ]
    [ "$stderr" = "analyze: newer.csv: 15 runs of works that this version does not know are left out" ]
    near "$(field overhead <<<"$output")" 100 1e-6
}

@test "memory and time stand side by side for people, and one metric a row for programs" {
    { header; weighed quick 100; weighed idle 50; timed quick 2000; } >both.csv
    run "$analyze" both.csv
    [ "$status" -eq 0 ]
    [[ "${lines[1]}" =~ ^MODEL\ +RUNS\ +FAILED\ +BASELINE\ +PER\ TASK\ +SPAWN\ CPU\ +END\ CPU\ +LINE\ HOLDS ]]
    [[ "${lines[2]}" =~ ^idle\ .*\ 50\ B\ .*\ -\ +-\ +yes ]]
    [[ "${lines[3]}" =~ ^quick\ .*\ 100\ B\ +±\ .*\ 2\.00\ µs\ ±\ [0-9.]+\ ns\ +200\ ns\ +±\ .*\ yes ]]
    [[ "$output" == *"SPAWN CPU and END CPU are the processor time"* ]]
    "$analyze" --format=markdown both.csv | grep -q '| 2.00 µs '
    run "$analyze" --format=csv both.csv
    [ "${#lines[@]}" -eq 3 ]
    [ "$(cut -d, -f5 <<<"${lines[2]}")" = peak ]
    run "$analyze" --metric=peak both.csv
    [[ "$output" != *"SPAWN CPU"* ]]
}

@test "a wall time tells how much of it was processor time" {
    { header; timed busy 2000; timed waiting 1000 0.5; } >time.csv
    run "$analyze" --metric=spawn-time --format=csv time.csv
    near "$(field cpu_share 1 <<<"$output")" 1 1e-3
    near "$(field cpu_share 2 <<<"$output")" 0.5 1e-3
    run "$analyze" --metric=spawn-time time.csv
    [[ "$output" == *"CPU SHARE"*" 0.5 "*"CPU SHARE is how much of that time"* ]]
    run "$analyze" --metric=spawn-cpu time.csv
    [[ "$output" != *"CPU SHARE"* ]]
}

# 1 % of 2000 ns a start: the ratio of two is 1.5 for certain; where half of the time was none of the processor's, it may be
# the machine's.
@test "a ratio of wall times is disturbed where something else may have run" {
    { header; timed quick 2000; timed slow 3000; timed waiting 6000 0.9; } >time.csv
    ratios() { "$analyze" --table=ratios --reference=quick --format=csv "$@" time.csv; }
    run ratios --metric=spawn-time
    [ "$status" -eq 0 ]
    [[ "${lines[1]}" == rig,slow,quick,*",costs "* ]]
    [[ "${lines[2]}" == rig,waiting,quick,*",~ disturbed" ]]
    near "$(field cpu_share 2 <<<"$output")" 0.9 1e-3
    run ratios --metric=spawn-time --at=10k
    [[ "$output" == *"waiting,quick,"*"~ disturbed"* ]]
    [ "$(grep -c disturbed <<<"$output")" -eq 1 ]
    run ratios --metric=spawn-cpu
    [[ "$output" != *disturbed* ]]
    [ -z "$(field cpu_share <<<"$output")" ]
    run "$analyze" --table=ratios --metric=spawn-time time.csv
    [[ "$output" == *"CPU SHARE is how much of that time was processor time, on the side that had less"* ]]
}

@test "a gate on a disturbed wall time cannot tell" {
    { header; timed quick 2000; timed waiting 2000 0.9; } >old.csv
    { header; timed quick 3000; timed waiting 3000 0.9; } >new.csv
    run --separate-stderr "$analyze" --metric=spawn-time --model=waiting --against=old.csv --fail-above=5% new.csv
    [ "$status" -eq 3 ]
    [[ "$output" == *"~ disturbed"* ]]
    [[ "${stderr_lines[0]}" == "analyze: waiting: whether spawn-time overhead grew by more than 5 % cannot be told: of that time a share of 0.9 was processor time, less than 0.95 ("* ]]
    # nor that it did not grow
    run "$analyze" --metric=spawn-time --model=waiting --against=new.csv --fail-above=5% old.csv
    [ "$status" -eq 3 ]
    run "$analyze" --metric=spawn-time --model=quick --against=old.csv --fail-above=5% new.csv
    [ "$status" -eq 1 ]
    run "$analyze" --metric=spawn-cpu --model=waiting --against=old.csv --fail-above=5% new.csv
    [ "$status" -eq 1 ]
    [[ "$output" != *disturbed* ]]
}

# A start takes 1000 ns and an end a tenth: 1100 in all.
@test "calibration: processor time that is known is found again, beside memory" {
    { header; timed calibrate:spin=1100 1000; } >time.csv
    run --separate-stderr "$analyze" --table=calibration time.csv
    [ "$status" -eq 0 ]
    [[ "${lines[2]}" =~ ^calibrate:spin=1100\ .*\ 1\.10\ µs\ +1\.10\ µs\ .*\ met$ ]]
    [[ "$output" == *"Target of calibrate:spin=NS: PER TASK, of processor time, is off by at most 2 % of the TRUTH."* ]]
    { header; weighed calibrate:100 100; timed calibrate:spin=1100 1000; timed calibrate:spin=1200 1000; } >both.csv
    run --separate-stderr "$analyze" --table=calibration both.csv
    [ "$status" -eq 1 ]
    [[ "$stderr" == *"rig, calibrate:spin=1200: the overhead is 100 ns off"* ]]
    [[ "$stderr" != *spin=1100* ]]
    [[ "${lines[1]}" =~ ^MODEL\ +WORK\ +RUNS ]]
    [[ "$output" == *"calibrate:100 "*"100 B"*"calibrate:spin=1100"*"1.10 µs"* ]]
    run --separate-stderr "$analyze" --table=calibration --metric=cpu --format=csv both.csv
    [ "${#lines[@]}" -eq 3 ]
    near "$(field truth <<<"$output")" 1100e-9 1e-9
    [ "$(field unit <<<"$output")" = seconds ]
    run "$analyze" --table=calibration --metric=faults both.csv
    [ "$status" -eq 1 ]
    [ "$output" = "analyze: --table=calibration: a task's memory and its cpu are known, its faults is not (choose another --metric)" ]
}

@test "too few wake-ups for a quantile are told of" {
    { header; beaten rare beat:1:1s 8 100000; } >late.csv
    run --separate-stderr "$analyze" --metric=late-p99 --format=csv late.csv
    [[ "${lines[1]}" == *",no run has 10 wake-ups later than that (more probes or a longer --sleep give more)" ]]
    [[ "${lines[1]}" == rig,rare,async,beat:1:1s,late-p99,seconds,curve,0,* ]]
}

@test "of lateness and messages the value itself is what models differ by" {
    { header; beaten slow beat:10:10ms 968 100000; beaten quick beat:10:10ms 968 1000; } >late.csv
    run --separate-stderr "$analyze" --metric=late-p50 --format=csv late.csv
    [ "$(cut -d, -f2 <<<"$output" | paste -sd' ')" = "model quick slow" ] # by the baseline
    run --separate-stderr "$analyze" --table=ratios --metric=late-p50 --format=csv late.csv
    [ "${#lines[@]}" -eq 2 ]
    [[ "${lines[0]}" == host,model,reference,work,metric,unit,tasks,ratio,* ]]
    [[ "${lines[1]}" == rig,slow,quick,beat:10:10ms,late-p50,seconds,0,* ]] # at the fewest sleepers
}
