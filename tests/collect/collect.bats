#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# collect as a command: whole sweeps, small ones. No memory figure is asserted here: sanitizers change them.

bats_require_minimum_version 1.5.0
load sweeps

@test "--list names every model with its family" {
    run "$collect" --list
    [ "$status" -eq 0 ]
    [ "${#lines[@]}" -eq $(($(find "$BUILD/models/" -maxdepth 1 ! -type d | wc -l) + 1)) ]
    [[ "$output" == *"pthread   "*"thread "* ]]
    [[ "$output" == *"libuv   "*"callback "* ]]
}

@test "a full /dev/full is an error" {
    run bash -c "$collect --list > /dev/full"
    [ "$status" -eq 1 ]
    [[ "$output" == *"standard output: No space left on device"* ]]
}

@test "a sweep of the models in C is whole and ok" {
    "$collect" -m null,libuv,protothread,timing-wheel,pthread,pthread-minstack,fork,ucontext,fiber -t 1,100 -r 2 -o "$recording"
    export recording
    [ "$(column status phase=end | sort | uniq -c | tr -s ' ')" = " 36 ok" ]
    [ "$(column alive phase=hold | sort -nu | paste -sd,)" = "1,100" ]
    [ "$(column alive phase=idle | sort -u)" = 0 ]
    ! column rss_bytes phase=hold | grep -qx '' || false
    ! column pss_bytes phase=idle | grep -qx '' || false
    ! column time_us phase=idle | grep -qv '^-' || false
    ! column time_us phase=hold | grep -q '^-' || false
    # rows of a run stand together: as many changes of run as runs
    [ "$(tail -n +2 "$recording" | cut -d, -f2,4,5 | uniq | wc -l)" -eq 36 ]
    [ "$(tail -n +2 "$recording" | cut -d, -f2,4,5 | sort -u | wc -l)" -eq 36 ]
}

@test "every model that can run here holds its tasks alive at once and lets each sleep its time" {
    names=$("$collect" --list | grep -v 'cannot run here' | awk 'NR > 1 {print $1}' | paste -sd,)
    "$collect" -m "$names" -t 200 -r 1 --seed=1 -o "$recording"
    export recording
    [ "$(column status phase=end | sort -u)" = ok ]
    [ "$(column alive phase=hold | sort -u)" = 200 ]
}

@test "the sidecar tells command, seed, plan and versions" {
    "$collect" -m null,libuv -t 1,10 -r 1 --seed=99 -o "$recording"
    perl -MJSON::PP -e '
        local $/; open my $f, "<", $ARGV[0] or die; my $d = decode_json(<$f>);
        die "seed" unless $d->{plan}{seed} == 99;
        die "models" unless "@{$d->{plan}{models}}" eq "null libuv";
        die "tasks" unless "@{$d->{plan}{tasks}}" eq "1 10";
        die "command" unless "@{$d->{command}}[1..2]" eq "-m null,libuv";
        die "times" unless $d->{end} ge $d->{start} && $d->{start} =~ /^\d{4}-\d\d-\d\dT/;
        die "version" unless $d->{models}{libuv}{version} =~ /^libuv \d/;
        die "limits" unless $d->{machine}{limits}{"kernel.pid_max"} > 0' "$folder/x.json"
}

@test "--plan is the order in which runs are recorded, shuffled anew in each repetition" {
    plan=$("$collect" -m null,libuv,timing-wheel -t 1,2,3 -r 3 --seed=5 --plan)
    [ "$(echo "$plan" | wc -l)" -eq 27 ]
    [ "$(echo "$plan" | head -n 9 | cut -d' ' -f1,2)" != "$(echo "$plan" | sed -n '10,18p' | cut -d' ' -f1,2)" ]
    "$collect" -m null,libuv,timing-wheel -t 1,2,3 -r 3 --seed=5 -o "$recording"
    [ "$(grep ,end, "$recording" | cut -d, -f2,4,5 | tr , ' ')" = "$plan" ]
}

@test "a parameter chooses a variant, and is checked" {
    local small=1k
    [[ "$BUILD" == *address* ]] && small=32k # what the sanitizer adds to a frame does not fit into less
    "$collect" "fiber:$small" fiber:64k -t 10 -r 1 -o "$recording"
    [ "$(grep -c "^[^,]*,fiber:$small,.*,ok," "$recording")" -eq 1 ]
    fails_with 1 "$collect" fiber:3k -o "$folder/y.csv"
    fails_with 1 "$collect" nothing:3k -o "$folder/y.csv"
}

@test "a program that knows nothing of the contract is measured to its exit" {
    "$collect" --command='exec sleep {seconds}; echo {tasks}' --name=sleeper -t 5 -r 2 --sleep=0.1 -o "$recording"
    export recording
    [ "$(column status phase=end | sort -u)" = ok ]
    [ "$(column alive | sort -u)" = "" ]
    [ "$(column family | sort -u)" = external ]
    fails_with 1 "$collect" --command=true --name=pthread -o "$folder/y.csv"
    fails_with 2 "$collect" --name=mine -o "$folder/y.csv"
}

@test "bad options are one line and exit status 2" {
    for bad in --tasks=-5 --tasks=1e99 --tasks=ten --tasks=0 --tasks=1,,2 --runs=0 --runs=x --sleep=-1 --sleep=nan --seed=-1 --timeout=0; do
        fails_with 2 "$collect" "$bad" -o "$recording"
        [ ! -e "$recording" ]
    done
}

@test "what cannot be done is one line and exit status 1" {
    fails_with 1 "$collect" no-such-model -o "$recording"
    fails_with 1 "$collect" null -o "$folder/missing/x.csv"
    echo mine >"$recording"
    fails_with 1 "$collect" null -o "$recording"
    [ "$(cat "$recording")" = mine ]
    rm "$recording"
    echo mine >"$folder/x.json"
    fails_with 1 "$collect" null -o "$recording"
    [ "$(cat "$folder/x.json")" = mine ]
}

@test "a model that does not describe itself is listed with the reason" {
    model good <<'END'
:
END
    printf '#!/bin/sh\nexit 1\n' >"$folder/models/mute"
    chmod +x "$folder/models/mute"
    echo text >"$folder/models/not-a-program"
    run "$folder/bin/collect" --list
    [ "${#lines[@]}" -eq 3 ]
    [[ "${lines[2]}" == mute*"cannot run here: its program does not answer --describe" ]]
    fails_with 1 "$folder/bin/collect" mute -o "$recording"
}
