#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Works: what the tasks do, and what is recorded where that is measured in time. No figure is asserted that a busy machine
# could change: processor time has a lower bound where a known part of it was burnt.

bats_require_minimum_version 1.5.0
load sweeps

# A model in a tree of its own that says which works it can do: worker NAME WORK... <<script, where $work, $tasks and $seconds
# are what it was asked for.
worker() {
    local name=$1
    shift
    mkdir -p "$directory/bin" "$directory/models"
    [ -e "$directory/bin/collect" ] || cp "$collect" "$directory/bin/"
    {
        echo '#!/bin/sh'
        echo "[ \"\$1\" = --describe ] && { echo 'family test'; echo 'summary does it'; echo 'work $*'; exit; }"
        echo 'work=; case $1 in --work=*) work=${1#--work=}; shift ;; esac; tasks=$1 seconds=$2'
        cat
    } >"$directory/models/$name"
    chmod +x "$directory/models/$name"
}

# Makes one run of the own tree's model with 3 tasks; sets $ended to its status and $why to the reason.
one_run() { # MODEL OPTION...
    local name=$1
    shift
    rm -f "$recording" "$directory/x.json"
    "$directory/bin/collect" "$name" --tasks=3 --runs=1 --output="$recording" "$@" 2>"$directory/stderr"
    ended=$(recording=$recording column status phase=end)
    why=$(recording=$recording column reason phase=end)
}

# The phases of the recording's rows in their order, for all runs together: "idle,hold,drain,end".
phases() {
    recording=$recording column phase | uniq | paste -sd,
}

@test "where time is measured, nothing is sampled between go and done" {
    only null pthread
    "$collect" --time -t 1,100 -r 2 "$nap" -o "$recording"
    export recording
    [ "$(column status phase=end | sort | uniq -c | tr -s ' ')" = " 8 ok" ]
    [ "$(column work | sort -u)" = time ]
    [ "$(phases | grep -oE '(idle,hold,drain,end,?)+')" = "$(phases)" ]
    [ "$(column rss_bytes phase=hold)$(column threads phase=hold)" = "" ]
    [ "$(column alive phase=hold | sort -nu | paste -sd,)" = 1,100 ]
    [ "$(column value_ns phase=hold | sort -u)" = "$(awk "BEGIN { printf \"%d\", 1e9 * ${nap#*=} + 0.5 }")" ]
    ! column peak_rss_bytes phase=drain | grep -qx '' || false
}

@test "processor time is told at go, ready, done and the end, and grows" {
    only null pthread
    "$collect" --time -t 100 -r 2 "$nap" -o "$recording"
    export recording
    for phase in hold drain end; do
        [ "$(column cpu_ns phase=$phase | grep -cx '[0-9][0-9]*')" -eq 4 ]
    done
    [ "$(column cpu_ns phase=idle | grep -cx '[0-9][0-9]*')" -eq 4 ] # the last of each run
    [ "$(column cpu_ns | grep . | awk 'NR % 4 == 1 { last = 0 } $1 < last { print "less" } { last = $1 }')" = "" ]
    [ "$(column cpu_ns phase=drain)" = "$(column cpu_ns phase=end)" ]
}

# 1,000 tasks that burn 20 us each burn 20 ms.
@test "a known processor time is found again, and no less" {
    only calibrate
    "$collect" --time calibrate:spin=20000 -t 1000 -r 2 -o "$recording"
    export recording
    [ "$(column status phase=end | sort -u)" = ok ]
    [ "$(column cpu_ns | grep . | awk 'NR % 4 == 2 && $1 - last < 20e6 { print "less" } { last = $1 }')" = "" ]
}

# The child of each run burns 50 ms. The clock of the first process would not tell of it before it has ended.
@test "the processor time of further processes counts, or is told to be unknown" {
    worker forking sleep <<'SCRIPT'
echo idle; read _
mkfifo "$TASKWEIGHT_TEST/burnt.$$"
perl -e 'my ($until, $i) = (times)[0] + 0.05; $i++ while (times)[0] < $until;
    open my $burnt, ">", $ARGV[0]; print $burnt "\n"; close $burnt; sleep 60' "$TASKWEIGHT_TEST/burnt.$$" &
read _ <"$TASKWEIGHT_TEST/burnt.$$"
rm "$TASKWEIGHT_TEST/burnt.$$"
echo "ready $tasks"; sleep "$seconds"; kill $!; wait; echo "done $tasks"; read _
SCRIPT
    one_run forking --time --sleep=0.05
    [ "$ended" = ok ]
    export recording
    before=$(column cpu_ns phase=idle | tail -n 1) ready=$(column cpu_ns phase=hold)
    if [ -n "$ready" ]; then
        [ $((ready - before)) -ge 40000000 ] # the kernel counts times() in ticks of up to 10 ms
    else
        grep 'a run has several processes and no group that counts their processor time, so it is not recorded' \
            "$directory/stderr"
        [ "$before" = "" ]
    fi
}

@test "a model is told its work before the other arguments, and nothing where that is sleep to it" {
    worker telling sleep beat pass <<'SCRIPT'
echo idle; read _; echo "failed 0 $work/$tasks/$seconds/$#"; read _
SCRIPT
    "$directory/bin/collect" telling --work=sleep,time,beat:3:2ms,pass:4:1k -t 7 -r 1 --sleep=0.5 -o "$recording" 2>/dev/null || true
    export recording
    [ "$(column reason phase=end | sort | paste -sd' ')" = \
        "/7/0.500/2 /7/0.500/2 beat:3:0.002000000/7/0.500/2 pass:4:1000/7/0.500/2" ]
    [ "$(column work phase=end | sort | paste -sd' ')" = " beat:3:2ms pass:4:1000 time" ]
}

@test "lateness is recorded bucket by bucket before the end" {
    worker beating sleep beat <<'SCRIPT'
echo idle; read _; echo "ready $tasks"; sleep "$seconds"
printf 'late -15 1\nlate 0 2\nlate 88 97\n'; echo "done $tasks"; read _
SCRIPT
    one_run beating --work=beat:10:10ms --sleep=0.05
    [ "$ended" = ok ]
    export recording
    [ "$(phases)" = idle,hold,late,drain,end ]
    [ "$(column value_ns phase=late | paste -sd,)" = -15,0,88 ]
    [ "$(column count phase=late | paste -sd,)" = 1,2,97 ]
    [ "$(column value_ns phase=end)$(column count phase=end)" = "" ]
    [ "$(column cpu_ns | grep -c .)" -eq 0 ]
}

@test "a histogram that is not one fails the run" {
    worker beating sleep beat <<'SCRIPT'
echo idle; read _; echo "ready $tasks"; sleep "$seconds"
cat "$TASKWEIGHT_TEST/histogram"; echo "done $tasks"; read _
SCRIPT
    for lines in 'late 8 1\nlate 8 1' 'late 8 1\nlate -8 1'; do
        printf "$lines\n" >"$directory/histogram"
        one_run beating --work=beat --sleep=0.05
        [ "$ended" = failed ]
        [[ "$why" == "printed '${lines#*\\n}' behind a bucket of 8 ns, but buckets ascend" ]]
    done
    for line in 'late 8' 'late 8 0' 'late 8.5 1' 'late x 1' 'late' 'passed 3'; do
        echo "$line" >"$directory/histogram"
        one_run beating --work=beat --sleep=0.05
        [ "$ended" = failed ]
        [ "$why" = "printed '$line' where late or done was awaited" ]
    done
    one_run beating --time --sleep=0.05
    [ "$why" = "printed 'passed 3' where done was awaited" ]
    seq 1 1025 | sed 's/$/ 1/; s/^/late /' >"$directory/histogram"
    one_run beating --work=beat --sleep=0.05
    [ "$why" = "printed 'late 1025 1' behind 1024 buckets, which is all there can be" ]
}

# A model that says it has passed as many messages as the file `messages` says, or is done without them.
passing() { # COUNT | none
    worker passing sleep pass <<'SCRIPT'
echo idle; read _; echo "ready $tasks"; read _; read -r count <"$TASKWEIGHT_TEST/messages"
[ "$count" = none ] || { echo "passed $count"; read _; }
sleep "$seconds"; echo "done $tasks"; read _
SCRIPT
    echo "$1" >"$directory/messages"
}

@test "messages have a row of their own, with processor time" {
    passing 500
    one_run passing --work=pass:2:500 --sleep=1
    [ "$ended" = ok ]
    export recording
    [ "$(phases)" = idle,hold,pass,drain,end ]
    [ "$(column count phase=pass)" = 500 ]
    [ "$(column time_us phase=pass)" -gt "$(column time_us phase=hold)" ]
    [ "$(column cpu_ns phase=pass)" -ge "$(column cpu_ns phase=hold)" ] || grep 'is not recorded' "$directory/stderr"
}

# Whatever came with a run, and not with each message, would show four times as much with a quarter of them. The least of some
# runs is what a busy machine disturbs least.
@test "what a message costs does not depend on how many are passed" {
    only protothread
    "$collect" -m protothread --work=pass:2:100k,pass:2:400k -t 1 -r 7 -o "$recording" 2>"$directory/stderr"
    awk -F, '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        $at["phase"] == "hold" { ready = $at["cpu_ns"] }
        $at["phase"] == "pass" {
            messages = $at["count"]; cost = ($at["cpu_ns"] - ready) / messages
            if (!(messages in least) || cost < least[messages]) least[messages] = cost
        }
        END {
            ratio = least[100000] / least[400000]
            print "ns a message:", least[100000], least[400000]
            exit !(ratio > 0.75 && ratio < 1.33)
        }' "$recording"
}

@test "messages that were not passed, not all or twice, fail the run" {
    passing 499
    one_run passing --work=pass:2:500 --sleep=0.05
    [ "$ended" = failed ]
    [ "$why" = "printed 'passed 499', but 500 messages were asked for" ]
    passing none
    one_run passing --work=pass:2:500 --sleep=0.05
    [ "$ended" = failed ]
    [ "$why" = "printed 'done 3' where passed was awaited" ]
}

@test "messages that take longer than the tasks sleep make the run short" {
    worker slow sleep pass <<'SCRIPT'
echo idle; read _; echo "ready $tasks"; read _; sleep "$seconds"; sleep 0.1; echo "passed ${work##*:}"; read _; echo "done $tasks"; read _
SCRIPT
    one_run slow --work=pass:2:500 --sleep=0.05
    [ "$ended" = short ]
    [[ "$why" == "the messages were passed "*" s after the go, but the tasks beside them slept 0.05 s" ]]
    # with no tasks beside them that is no fault
    one_run slow --work=pass:2:500 --sleep=0.05 --tasks=0
    [ "$ended" = ok ]
}

# Its messages take a second whatever the sleep: longer than the first one that is tried.
@test "by itself collect lets tasks sleep until all messages were passed" {
    worker steady sleep pass <<'SCRIPT'
echo idle; read _; echo "ready $tasks"; read _; sleep "$seconds" & sleep 1.2; echo "passed ${work##*:}"; read _; wait; echo "done $tasks"; read _
SCRIPT
    one_run steady --work=pass:2:500
    [ "$ended" = ok ]
    [ "$(recording=$recording column value_ns phase=hold)" -gt 1200000000 ]
}

@test "messages that are passed before ready was answered fail the run" {
    worker hasty sleep pass <<'SCRIPT'
echo idle; read _; printf "ready $tasks\npassed ${work##*:}\n"; sleep "$seconds"; echo "done $tasks"; read _
SCRIPT
    one_run hasty --work=pass:2:1 --sleep=0.05
    [ "$ended" = failed ]
    [ "$why" = "printed 'passed 1' before its ready was answered" ]
}

@test "one sweep makes all works of each model, and is gone on with" {
    only null
    "$collect" --work=sleep,time -t 1,10 -r 2 --seed=3 "$nap" -o "$recording"
    export recording
    [ "$(grep -c ,end, "$recording")" -eq 8 ]
    [ "$("$collect" null --work=sleep,time -t 1,10 -r 2 --seed=3 --plan)" = \
        "$(paste -d' ' <(grep ,end, "$recording" | cut -d, -f2,4,5 | tr , ' ') <(column work phase=end) | sed 's/ $//')" ]
    [ "$(perl -MJSON::PP -e 'local $/; open my $f, "<", $ARGV[0] or die; my $d = decode_json(<$f>);
        print "@{$d->{plan}{works}} $d->{environment}{timer_slack_ns} $d->{models}{null}{hand_off}"' "$directory/x.json")" = \
        "sleep time $(cat /proc/self/timerslack_ns) nothing" ]
    cp "$recording" "$directory/whole.csv"
    last=$(grep -n ,end, "$recording" | tail -n 3 | head -n 1 | cut -d: -f1)
    sed -i "$last,\$d" "$recording" # the sixth run has lost its end row
    "$collect" --resume="$recording"
    [ "$(grep -c ,end, "$recording")" -eq 8 ]
    [ "$(column work phase=end)" = "$(recording=$directory/whole.csv column work phase=end)" ]
    sed -i '0,/,end,.*,time,/{/,end,/s/,time,/,,/}; $d' "$recording"
    fails_with 1 "$collect" --resume="$recording"
    [[ "$stderr" == *": is not a row of the next run of its sidecar's plan" ]]
}

@test "the order of a sweep that only sleeps is that of its seed, as ever" {
    only fork null pthread
    [ "$("$collect" -m fork,null,pthread -t 1,10k,100k,1M -r 5 --seed=1 --plan | head -n 6 | paste -sd,)" = \
        "fork 1000000 1,fork 1 1,pthread 100000 1,pthread 1 1,fork 10000 1,null 100000 1" ]
}

@test "a named model that cannot do a work is an error, others are left out" {
    worker able sleep beat <<'SCRIPT'
echo idle; read _; echo "ready $tasks"; sleep "$seconds"; echo "done $tasks"; read _
SCRIPT
    worker unable sleep <<'SCRIPT'
echo idle; read _; echo "ready $tasks"; sleep "$seconds"; echo "done $tasks"; read _
SCRIPT
    fails_with 2 "$directory/bin/collect" unable --work=beat -o "$recording"
    [[ "$stderr" == *"collect: model unable cannot do the work beat (it can do sleep and time)" ]]
    fails_with 2 "$directory/bin/collect" --work=pass -o "$recording"
    [[ "$stderr" == *"collect: no task model here can do the work pass (collect --list shows what each can do)" ]]
    run --separate-stderr "$directory/bin/collect" --work=time,beat --plan -t 1 -r 1 --seed=1
    [ "$(sort <<<"$output" | paste -sd,)" = "able 1 1 beat:10:10ms,able 1 1 time,unable 1 1 time" ]
    [ "$stderr" = "collect: left out, since they cannot do it: unable of beat:10:10ms" ]
    "$directory/bin/collect" --work=time,beat -t 1 -r 1 --sleep=0.05 -o "$recording" 2>"$directory/stderr"
    [ "$(grep -c 'left out' "$directory/stderr")" -eq 1 ]
    [ "$(grep -c ,end, "$recording")" -eq 3 ]
    [[ "$("$directory/bin/collect" --list able unable)" == *"able "*" sleep, time and beat "*"unable "*" sleep and time "* ]]
}

@test "what does not go with a work is one line and exit status 2" {
    only null
    for work in beat:0:10ms beat:10:0 beat:10 pass:1:10 pass:2:0 sleeping beat, time:1; do
        fails_with 2 "$collect" null --work="$work" -o "$recording"
    done
    fails_with 2 "$collect" null --time -t 0 -o "$recording"
    [[ "$stderr" == *"--tasks: 0 tasks can be asked for only where others act beside them ("* ]]
    fails_with 2 "$collect" null --work=sleep,beat -t 0 -o "$recording"
    fails_with 2 "$collect" --time --command='sleep {seconds} # {tasks}' -o "$recording"
    [[ "$stderr" == *"--work: the program of --command can do sleep only ("* ]]
    fails_with 2 "$collect" null --work=beat --payload=100 -o "$recording"
    [[ "$stderr" == *"--payload: not with the work beat, "* ]]
    fails_with 2 "$collect" --check --time -o "$recording"
    [ ! -e "$recording" ]
}

# Ten repetitions of a cell of time, whose processor time varies; of a cell of beats the eight that are made at least.
@test "--until repeats cells of time until their processor time is known, and beats no more than need be" {
    worker beating sleep beat <<'SCRIPT'
echo idle; read _; echo "ready $tasks"; sleep "$seconds"; [ -z "$work" ] || echo 'late 8 100'; echo "done $tasks"; read _
SCRIPT
    "$directory/bin/collect" beating --work=time,beat -t 1 --until=0.001% -r 10 --sleep=0.02 -o "$recording" 2>"$directory/stderr"
    export recording
    [ "$(column work phase=end | sort | uniq -c | tr -s ' ' | paste -sd,)" = " 8 beat:10:10ms, 10 time" ]
    grep -E '1 of 2 cells is not within ±0.0 %: beating with 1 tasks \(time\)' "$directory/stderr"
}
