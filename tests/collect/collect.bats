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
    run "$collect" --list -m libuv null
    [ "${#lines[@]}" -eq 3 ]
    [[ "${lines[1]}" == "libuv "* && "${lines[2]}" == "null "* ]]
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
    fails_with 1 "$collect" fiber: -o "$folder/y.csv"
    [[ "$stderr" == *"fiber:: no variant is named behind the colon" ]]
}

@test "a program that knows nothing of the contract is measured to its exit" {
    "$collect" --command='exec sleep {seconds}; echo {tasks}' --name=sleeper -t 5 -r 2 --sleep=0.1 -o "$recording"
    export recording
    [ "$(column status phase=end | sort -u)" = ok ]
    [ "$(column alive | sort -u)" = "" ]
    [ "$(column family | sort -u)" = external ]
    fails_with 1 "$collect" --command="true {tasks}" --name=pthread -o "$folder/y.csv"
    fails_with 2 "$collect" --name=mine -o "$folder/y.csv"
}

@test "the shards of a sweep have every run once between them" {
    for shard in 1/3 2/3 3/3; do
        "$collect" -m null,libuv -t 1,2 -r 2 --seed=9 --shard="$shard" -o "$folder/${shard%/*}.csv"
    done
    [ "$(cat "$folder"/[123].csv | grep ,end, | cut -d, -f2,4,5 | tr , ' ' | sort)" = \
        "$("$collect" -m null,libuv -t 1,2 -r 2 --seed=9 --plan | sort)" ]
    fails_with 2 "$collect" null --shard=1/3 -o "$recording" # without a seed the parts would overlap
    for bad in 0/3 4/3 1 1/0 a/b 1/3x; do
        fails_with 2 "$collect" null --seed=9 --shard="$bad" -o "$recording"
    done
}

@test "every model in C carries a payload across the sleep" {
    "$collect" --payload=3000 -t 50 -r 1 -o "$recording" 2>"$folder/talk"
    export recording
    [ "$(column status phase=end | sort -u)" = ok ]
    [ "$(column model phase=end | sort)" = "$(ls collect/models/*.c | xargs grep -l '^const struct task_model' | \
        sed 's,.*/\(.*\).c,\1+3000,' | sort)" ]
    fails_with 1 "$collect" --payload=3000 python-asyncio -o "$folder/y.csv"
    fails_with 1 "$collect" --payload=3000 nothing -o "$folder/y.csv"
    fails_with 1 "$collect" --payload=65KiB null -o "$folder/y.csv"
    fails_with 1 "$collect" null+x -o "$folder/y.csv"
    fails_with 1 "$collect" calibrate:7+7 -o "$folder/y.csv" # a calibrated task is its payload
}

# Of the private pages: those that forked tasks share are mapped by chance.
overhead() { # MODEL
    "$BUILD/bin/analyze" --format=csv --metric=uss --model="$1" "$recording" | sed -n 2p | cut -d, -f13
}

# 32 KiB are eight pages wherever they begin. A forked task's stack begins anywhere within a page, otherwise in each run,
# so that what else it writes may reach into one page more.
@test "a payload raises the overhead by its bytes" {
    [[ "$BUILD" != *,* ]] || skip "no memory figure is asserted under sanitizers"
    models=pthread,pthread-musl,c11-thread,fork,ucontext,fiber,pcl,state-threads,libuv,protothread,timing-wheel,ivykis
    "$collect" -m "$models,${models//,/+32768,}+32768" -t 1,1000 -r 2 --seed=1 -o "$recording"
    for model in ${models//,/ }; do
        metric=$(overhead "$model+32768") plain=$(overhead "$model") within=164
        [ "$model" != fork ] || within=4128
        echo "$model: $plain, with 32768 bytes more: $metric"
        perl -e '($plain, $more, $within) = @ARGV; exit !(abs($more - $plain - 32768) < $within)' \
            "$plain" "$metric" "$within"
    done
}

@test "--check says of each target whether it was met" {
    run --separate-stderr "$collect" --check -t 1,100,20000 -r 2
    [ "$status" -le 1 ]
    [ "$(grep -cE '^ +(256|1024|4096) .* (ok|MISSED)$' <<<"$output")" -eq 3 ]
    [[ "$output" == *"Baseline: "*": "@(ok|MISSED)* ]]
    [[ "$output" == *"Accounting: "* ]]
    [[ "$output" =~ peak\ [0-9.]+\ (B|KiB|MiB),\ rss\  ]] # two runs may well be equal
    fails_with 1 "$collect" --check pthread
    [ -z "$(ls -d "${TMPDIR:-/tmp}"/taskweight-?????? 2>/dev/null)" ]
}

@test "bad options are one line and exit status 2" {
    for bad in --memory-limit=1 --memory-limit=x --payload=0 --tasks=-5 --tasks=1e99 --tasks=ten --tasks=0 --tasks=1,,2 --runs=0 --runs=x --sleep=-1 --sleep=nan --seed=-1 --timeout=0; do
        fails_with 2 "$collect" "$bad" -o "$recording"
        [ ! -e "$recording" ]
    done
}

@test "what does not go together is one line and exit status 2" {
    fails_with 2 "$collect" --list --plan
    fails_with 2 "$collect" --check --list
    fails_with 2 "$collect" --plan null -o "$recording"
    fails_with 2 "$collect" --check -t 1
    for name in "" a,b a/b fiber:1k; do
        fails_with 2 "$collect" --command='sleep {seconds} # {tasks}' --name="$name" -o "$recording"
    done
    [ ! -e "$recording" ]
}

@test "what cannot be done is one line and exit status 1" {
    fails_with 1 "$collect" no-such-model -o "$recording"
    fails_with 1 "$collect" null -o "$folder/missing/x.csv"
    [[ "$stderr" == "collect: $folder/missing/x.json: cannot be made: No such file"* ]]
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
    printf '#!/bin/sh\necho summary something\n' >"$folder/models/nameless"
    printf '#!/bin/sh\nkill -SEGV $$\n' >"$folder/models/shot"
    printf '#!/no/such/interpreter\n' >"$folder/models/stranger"
    chmod +x "$folder"/models/*
    echo text >"$folder/models/not-a-program"
    run "$folder/bin/collect" --list
    [ "${#lines[@]}" -eq 6 ]
    [[ "${lines[2]}" == mute*"cannot run here: --describe ended with exit status 1" ]]
    [[ "${lines[3]}" == nameless*"something  cannot run here: --describe printed no line \"family ...\"" ]]
    [[ "${lines[4]}" == shot*"cannot run here: --describe was ended by signal 11 (Segmentation fault)" ]]
    [[ "${lines[5]}" == stranger*"cannot run here: cannot be started: No such file or directory" ]]
    fails_with 1 "$folder/bin/collect" mute -o "$recording"
}

@test "a program of one's own is named by its path, also as a variant, and found again by --resume" {
    cp "$BUILD/models/calibrate" "$folder/mine"
    "$collect" -t 1,10 -r 1 -o "$recording" "$folder/mine" "$folder/mine:64"
    export recording
    [ "$(column model phase=end status=ok | sort | uniq -c | tr -s ' ' | paste -sd,)" = " 2 mine, 2 mine:64" ]
    last=$(tail -n 1 "$recording" | cut -d, -f2,4,5)
    grep -v "^[^,]*,${last%%,*},[a-z]*,${last#*,}," "$recording" >"$folder/part.csv"
    cp "$folder/part.csv" "$recording"
    "$collect" --resume="$recording"
    [ "$(column model phase=end status=ok | wc -l)" -eq 4 ]
    fails_with 1 "$collect" "$folder/part.csv"
    [[ "$stderr" == *"/part.csv: is no program (a file is made one by chmod +x)" ]]
    fails_with 2 "$collect" --command='sleep {seconds}'
    [[ "$stderr" == *"is not told how many tasks to start (write {tasks} where it is to be)" ]]
    fails_with 1 "$collect" "$folder/none"
    [[ "$stderr" == *"/none: no such program "* ]]
    cp "$folder/mine" "$folder/libuv"
    fails_with 1 "$collect" "$folder/libuv"
    [[ "$stderr" == *"/libuv: there is another task model libuv (rename the program)" ]]
}
