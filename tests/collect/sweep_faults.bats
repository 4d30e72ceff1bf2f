#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Faults of models: each is reported, and nothing is left behind.
# package: strace=command:strace

bats_require_minimum_version 1.5.0
load sweeps
load ../need

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
    sweep_of refuser # which is then tried with 2 tasks and with 1, and refuses
    [ "$ended" = $'failed\nfailed\nfailed' ]
    grep -q '"spawn: EAGAIN, so there"' "$recording"
    [ "$(recording=$recording column tasks phase=end | paste -sd' ')" = "3 2 1" ]
    [ "$(recording=$recording column alive tasks=3 | tail -n 1)" = 2 ]
}

@test "a model that exits early: its status and last words are the reason" {
    model quitter <<'END'
echo idle; read _; echo "cannot find my library" >&2; exit 3
END
    sweep_of quitter
    [ "$ended" = failed ]
    [ "$why" = "exited with status 3 before it was done: cannot find my library" ]
}

@test "of a trace the line that says most is the reason, also of a model that is killed" {
    model thrower <<'END'
echo idle; read _
printf 'a.lua:3: attempt to call a nil value\nstack traceback:\n\ta.lua:3: in main chunk\n\t[C]: in ?\n' >&2; exit 1
END
    sweep_of thrower
    [ "$why" = "exited with status 1 before it was done: a.lua:3: attempt to call a nil value" ]
    model terminated <<'END'
echo idle; read _
printf "terminate called after throwing an instance of 'std::runtime_error'\n  what():\tno\troom" >&2; kill -ABRT $$
END
    sweep_of terminated
    [ "$why" = "died of signal 6 (Aborted): what(): no room" ]
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
    sweep_of liar --sleep=60 # no machine is so busy that it needs longer for two lines
    [ "$ended" = failed ]
    [[ "$why" == "said done "[0-9]*" s before the first task can have slept its time" ]]
    model boaster <<'END'
echo idle; read _; echo "ready 4"; read _
END
    sweep_of boaster
    [ "$ended" = failed ]
    [ "$why" = "said that 4 tasks are alive" ]
}

@test "garbage, floods and binary are reported, not believed" {
    model babbler <<'END'
echo hello; read _
END
    sweep_of babbler
    [ "$ended" = failed ]
    [ "$why" = "printed 'hello' where idle was awaited" ]
    model flooder <<'END'
yes | tr -d '\n' | head -c 3000000; echo; read _
END
    sweep_of flooder
    [ "$ended" = failed ]
    [[ "$why" == "printed 'yyyyyyyy"* ]]
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
    for seconds in 0.5 4 30; do # a busy machine may need longer to start it
        sweep_of mule --timeout="$seconds"
        [[ "$why" == "printed nothing"* || "$why" == *idle ]] || break
    done
    [ "$ended" = timeout ]
    [ "$why" = "took longer than $seconds s, and was still spawning" ]
    # A run that timed out is not repeated, so there is nothing to report.
    sweep_of mule --timeout="$seconds" --runs=2
    [ "$ended" = $'timeout\nskipped' ]
    export recording
    for fact in started_us voluntary_switches minor_faults; do
        [ -n "$(column "$fact" status=timeout)" ]
        [ -z "$(column "$fact" status=skipped)" ]
    done
}

# Its first line stays in a buffer while it waits for the answer.
@test "a model that prints nothing is waited for once, and asked whether it flushes" {
    model mute <<'END'
exec sleep 1006
END
    sweep_of mute --timeout=0.5 --runs=2
    [ "$ended" = $'skipped\nskipped' ]
    local reason="printed nothing in 0.5 s (is stdout flushed after each line? --timeout gives it longer)"
    [ "$why" = "$reason"$'\n'"$reason" ]
    [[ "$(cat "$directory/stderr")" == *"mute with 3 tasks, run 1: skipped: $reason"* ]]
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

@test "a setting that cannot be made ends the run, and is not recorded as made" {
    need strace strace
    only null
    export ASAN_OPTIONS=detect_leaks=0 # the leak sanitizer cannot be traced
    strace -f -qq -e inject=personality:error=EPERM -e trace=personality -o /dev/null "$collect" --no-aslr -t 1 -r 1 \
        "$nap" -o "$recording"
    export recording
    [ "$(column status phase=end)" = failed ]
    [[ "$(column reason phase=end)" == *"its address layout cannot be fixed (leave out --no-aslr)"* ]]
}
