#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# collect as a command: whole sweeps, small ones. No memory figure is asserted here: sanitizers change them.

setup() {
    folder=$(mktemp -d)
    recording=$folder/x.csv
    collect=$BUILD/bin/collect
}

teardown() {
    rm -rf "$folder"
}

# The values of a column in the recording's rows that match: column NAME [NAME=VALUE]
column() {
    perl -e '
        my ($name, $match) = @ARGV; my ($key, $value) = split /=/, $match // "";
        open my $file, "<", $ENV{recording} or die; chomp(my $line = <$file>);
        my %at; my @names = split /,/, $line; @at{@names} = 0..$#names;
        while (<$file>) { chomp; my @f;
            while (/\G(?:"((?:[^"]|"")*)"|([^,"]*))(,|$)/g) { push @f, $1 // $2; last if $3 eq "" }
            print "$f[$at{$name}]\n" if !$key || $f[$at{$key}] eq $value }' "$@"
}

# One error line, and the exit status that is the first argument.
fails_with() {
    local expected=$1
    shift
    run --separate-stderr "$@"
    [ "$status" -eq "$expected" ]
    [ "$output" = "" ]
    [ "${#stderr_lines[@]}" -eq 1 ]
    [[ "${stderr_lines[0]}" == collect:* || "${stderr_lines[0]}" == */collect:* ]]
}

# A tree of its own with models that are shell scripts: model NAME <<script
model() {
    mkdir -p "$folder/bin" "$folder/models"
    [ -e "$folder/bin/collect" ] || cp "$collect" "$folder/bin/"
    { echo '#!/bin/sh'; echo '[ "$1" = --describe ] && { echo "family test"; echo "summary $0"; exit; }'; cat; } \
        >"$folder/models/$1"
    chmod +x "$folder/models/$1"
}

# Sweeps the own tree's model with 3 tasks; its status and reason come out in $ended and $why.
sweep_of() {
    name=$1
    shift
    "$folder/bin/collect" "$name" --tasks=3 --runs=1 --sleep=0.05 --output="$recording" "$@" 2>"$folder/talk"
    ended=$(recording=$recording column status phase=end)
    why=$(recording=$recording column reason phase=end)
    ! pgrep -f "$folder/bin/../models" >/dev/null || false
}

bats_require_minimum_version 1.5.0

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

@test "a signal ends the sweep in order: whole runs are kept, nothing is left running" {
    for signal in INT TERM HUP; do
        file=$folder/$signal.csv
        "$collect" -m pthread,fork -t 20 -r 1000 -o "$file" 2>"$folder/talk" &
        pid=$!
        for _ in $(seq 2000); do
            [ "$(grep -c ,end, "$file" 2>/dev/null)" -ge 3 ] && break
            read -rt 0.01 <> <(:) || true
        done
        kill -"$signal" "$pid"
        ended=0
        wait "$pid" || ended=$?
        [ "$ended" -eq 1 ]
        [[ "$(cat "$folder/talk")" == *"stopped; "*" of 2000 runs"* ]]
        [ "$(tail -n 1 "$file" | cut -d, -f6)" = end ]
        [ "$(tail -n +2 "$file" | cut -d, -f2,4,5 | uniq | wc -l)" -eq "$(grep -c ,end, "$file")" ]
        ! pgrep -P "$pid" >/dev/null || false
        grep -q '"end": "' "$folder/$signal.json"
    done
}

@test "when collect is killed its models die with it" {
    model sleeper <<'END'
echo idle; read _; sleep 1000 & wait
END
    "$folder/bin/collect" sleeper -t 1 -r 1 -o "$recording" 2>/dev/null &
    pid=$!
    for _ in $(seq 2000); do
        pgrep -f "$folder/bin/../models/sleeper" >/dev/null && break
        read -rt 0.01 <> <(:) || true
    done
    kill -KILL "$pid"
    wait "$pid" || true
    for _ in $(seq 2000); do
        pgrep -f "$folder/bin/../models/sleeper" >/dev/null || break
        read -rt 0.01 <> <(:) || true
    done
    ! pgrep -f "$folder/bin/../models/sleeper" || false
    pkill -x -f 'sleep 1000' || true
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
    sweep_of liar
    [ "$ended" = failed ]
    [[ "$why" == "said done 0.0"*" s before the first task can have slept its time" ]]
    rm -f "$recording" "$folder/x.json"
    model boaster <<'END'
echo idle; read _; echo "ready 4"; read _
END
    sweep_of boaster
    [ "$ended" = failed ]
    [ "$why" = "said that 4 tasks are alive" ]
}

@test "garbage, floods and binary are told of, not believed" {
    model babbler <<'END'
echo hello; read _
END
    sweep_of babbler
    [ "$ended" = failed ]
    [ "$why" = "printed 'hello' where idle was awaited" ]
    rm -f "$recording" "$folder/x.json"
    model flooder <<'END'
yes | tr -d '\n' | head -c 3000000; echo; read _
END
    sweep_of flooder
    [ "$ended" = failed ]
    [[ "$why" == "printed 'yyyyyyyy"* ]]
    rm -f "$recording" "$folder/x.json"
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
    sweep_of mule --timeout=0.5
    [ "$ended" = timeout ]
    [ "$why" = "took longer than 0.5 s, and was still spawning" ]
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
    ! pgrep -x -f 'sleep 1003' || false
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
