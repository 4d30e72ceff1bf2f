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
        [[ "$why" == *starting || "$why" == *idle ]] || break
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
