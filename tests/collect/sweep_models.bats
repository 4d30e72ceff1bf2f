#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The recordings of small sweeps of models and variants. No memory figure is asserted: sanitizers change them.

bats_require_minimum_version 1.5.0
load sweeps

@test "a sweep of the models in C is whole and ok" {
    only null libuv protothread timing-wheel pthread pthread-minstack fork ucontext fiber
    "$collect" -t 1,100 -r 2 -o "$recording"
    export recording
    [ "$(column status phase=end | sort | uniq -c | tr -s ' ')" = " 36 ok" ]
    [ "$(column alive phase=hold | sort -nu | paste -sd,)" = "1,100" ]
    [ "$(column alive phase=idle | sort -u)" = 0 ]
    ! column rss_bytes phase=hold | grep -qx '' || false
    ! column pss_bytes phase=idle | grep -qx '' || false
    ! column time_us phase=idle | grep -qv '^-' || false
    ! column time_us phase=hold | grep -q '^-' || false
    # rows of a run stand together: the run changes as often as there are runs
    [ "$(tail -n +2 "$recording" | cut -d, -f2,4,5 | uniq | wc -l)" -eq 36 ]
    [ "$(tail -n +2 "$recording" | cut -d, -f2,4,5 | sort -u | wc -l)" -eq 36 ]
}

@test "the sidecar has command, seed, plan and versions" {
    only null libuv pthread
    "$collect" -m null,libuv -t 1,10 -r 1 --seed=99 "$nap" -o "$recording"
    perl -MJSON::PP -e '
        local $/; open my $f, "<", $ARGV[0] or die; my $d = decode_json(<$f>);
        die "seed" unless $d->{plan}{seed} == 99;
        die "models" unless "@{$d->{plan}{models}}" eq "null libuv";
        die "tasks" unless "@{$d->{plan}{tasks}}" eq "1 10";
        die "command" unless "@{$d->{command}}[1..2]" eq "-m null,libuv";
        die "times" unless $d->{end} ge $d->{start} && $d->{start} =~ /^\d{4}-\d\d-\d\dT/;
        die "version" unless $d->{models}{libuv}{version} =~ /^libuv \d/;
        die "limits" unless $d->{machine}{limits}{"kernel.pid_max"} > 0' "$directory/x.json"
}

# Each of the 300 threads sleeps, which gives its processor up; each of the 300 pages that calibrate:4096 adds is a fault.
@test "an end row has the start time, switches and faults" {
    only pthread calibrate
    before=$(date +%s%6N)
    "$collect" -m pthread,calibrate:4096 -t 300 -r 2 -o "$recording"
    after=$(date +%s%6N)
    export recording
    [ "$(column status phase=end | sort -u)" = ok ]
    [ "$(column started_us phase=end)" = "$(column started_us phase=end | sort -nu)" ]
    [ "$before" -lt "$(column started_us phase=end | head -n 1)" ]
    [ "$after" -gt "$(column started_us phase=end | tail -n 1)" ]
    for fact in voluntary_switches involuntary_switches minor_faults major_faults; do
        ! column "$fact" phase=end | grep -qvx '[0-9][0-9]*' || false
        [ "$(column "$fact" phase=hold | sort -u)" = "" ]
    done
    [ "$(column voluntary_switches model=pthread | sort -n | tail -n 2 | head -n 1)" -ge 300 ]
    [ "$(column minor_faults model=calibrate:4096 | sort -n | tail -n 2 | head -n 1)" -ge 300 ]
}

@test "runs are recorded in the order of --plan" {
    only null libuv timing-wheel
    "$collect" -t 1,2,3 -r 3 --seed=5 "$nap" -o "$recording"
    [ "$(grep ,end, "$recording" | cut -d, -f2,4,5 | tr , ' ')" = "$("$collect" -t 1,2,3 -r 3 --seed=5 --plan)" ]
}

@test "a parameter chooses a variant" {
    local small=1k
    [[ "$BUILD" == *address* ]] && small=32k # what the sanitizer adds to a frame does not fit into less
    only fiber
    "$collect" "fiber:$small" fiber:64k -t 10 -r 1 "$nap" -o "$recording"
    [ "$(grep -c "^[^,]*,fiber:$small,.*,ok," "$recording")" -eq 1 ]
    [ "$(grep -c "^[^,]*,fiber:64k,.*,ok," "$recording")" -eq 1 ]
}

@test "a variant's third argument is its parameter, with its payload behind a plus" {
    only null
    cat >"$directory/mine" <<'END'
#!/bin/sh
[ "$1" = --describe ] && { echo "family test"; echo "payload 4096"; echo "version $# $2"; exit; }
echo idle; read _; echo "failed 0 $#:$3"; read _
END
    chmod +x "$directory/mine"
    cd "$directory"
    "$collect" ./mine ./mine:fast ./mine+100 ./mine:fast+100 -t 1 -r 1 "$nap" -o "$recording" 2>"$directory/stderr"
    export recording
    [ "$(grep ,end, "$recording" | cut -d, -f2,22 | sort | paste -sd' ')" = "mine+100,3:+100 mine,2: mine:fast+100,3:fast+100 mine:fast,3:fast" ]
    perl -MJSON::PP -e '
        local $/; open my $f, "<", $ARGV[0] or die; my $models = decode_json(<$f>)->{models};
        print "$_ $models->{$_}{version}\n" for sort keys %$models' "$directory/x.json" >"$directory/versions"
    [ "$(paste -sd, "$directory/versions")" = "mine 1 ,mine+100 2 +100,mine:fast 2 fast,mine:fast+100 2 fast+100" ]
}

@test "each run of a sweep is in exactly one shard" {
    only null libuv
    for shard in 1/3 2/3 3/3; do
        "$collect" -t 1,2 -r 2 --seed=9 --shard="$shard" "$nap" -o "$directory/${shard%/*}.csv"
    done
    [ "$(cat "$directory"/[123].csv | grep ,end, | cut -d, -f2,4,5 | tr , ' ' | sort)" = \
        "$("$collect" -t 1,2 -r 2 --seed=9 --plan | sort)" ]
}

@test "a program of one's own is named by its path, also as a variant, and found again by --resume" {
    only null
    cp "$BUILD/models/calibrate" "$directory/mine"
    "$collect" -t 1,10 -r 1 "$nap" -o "$recording" "$directory/mine" "$directory/mine:64"
    export recording
    [ "$(column model phase=end status=ok | sort | uniq -c | tr -s ' ' | paste -sd,)" = " 2 mine, 2 mine:64" ]
    last=$(tail -n 1 "$recording" | cut -d, -f2,4,5)
    grep -v "^[^,]*,${last%%,*},[a-z]*,${last#*,}," "$recording" >"$directory/part.csv"
    cp "$directory/part.csv" "$recording"
    "$collect" --resume="$recording"
    [ "$(column model phase=end status=ok | wc -l)" -eq 4 ]
}

@test "--check records tasks of known cost, each by the work that shows it, and prints the command that judges them" {
    run --separate-stderr "$collect" --check -t 1,100,20000 -r 2 -o "$recording"
    [ "$status" -eq 0 ]
    [ "$output" = "$BUILD/bin/analyze --table=calibration $recording" ]
    runs=$(recording=$recording column model phase=end | sort | uniq -c | tr -s ' ' | paste -sd,)
    [ "$runs" = " 6 calibrate:1024, 6 calibrate:256, 6 calibrate:4096, 6 calibrate:spin=2000" ]
    [ "$(recording=$recording column model work=time | sort -u)" = calibrate:spin=2000 ] && [ "$(recording=$recording column work model=calibrate:256 | sort -u)" = "" ]
    run --separate-stderr $output --format=csv
    [ "$status" -le 1 ] # few runs, beside other tests
    [ "$(grep -cE ',"?(met|no: [a-z, ]*)"?,' <<<"$output")" -ge 3 ]
    cd "$directory"
    only calibrate # without -o the recording is named as any other is
    run --separate-stderr "$collect" --check -t 1,10 -r 1 -q "$nap"
    [ "$stderr" = "" ]
    [ "$output" = "$directory/bin/analyze --table=calibration $(ls ./*-*.csv | cut -c3-)" ]
}

@test "-o - streams the rows to standard output, and -q shows no progress" {
    only null
    cd "$directory"
    "$collect" -m null -t 1,2 -r 2 --seed=3 "$nap" -q -o - >"$recording" 2>"$directory/stderr"
    [ ! -s "$directory/stderr" ]
    [ "$(recording=$recording column model phase=end | wc -l)" -eq 4 ]
    [ -z "$(ls -- -* ./*.json 2>/dev/null)" ] # neither a file of that name nor a sidecar
    "$BUILD/bin/analyze" "$recording" | grep -q ^null
    run --separate-stderr bash -c "'$collect' -m null -t 1 -r 1 $nap -o - >/dev/full"
    [ "$status" -eq 1 ]
    [ "$stderr" = "collect: standard output: cannot write: No space left on device" ]
}
