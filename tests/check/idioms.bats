#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Holds each model of another language's runtime beside the program that one would write for it (idioms/), which knows nothing of
# the contract: the contract weighs nothing, neither beside one task nor beside many.
#
# The means of two programs' peaks are compared by the interval of their ratio. It passes if that lies within the tolerance, fails
# if it lies outside, and takes more runs while it does neither; with the most runs the ratio itself must be within it. The
# tolerance is 1 %, or 96 KiB if that is more: the kernel maps 64 KiB of a program's file around a fault, and where the linker put
# things decides whether a small program needs one such window more, which says nothing of the contract. Two windows do.
# package: golang-go=command:go nodejs=command:node python3=command:python3 elixir=command:elixir cargo=command:cargo
# package: librust-tokio-dev=crate:tokio librust-async-std-dev=crate:async-std
# package: default-jdk-headless=model:java-virtual-thread

bats_require_minimum_version 1.5.0
load ../need
load ../busy
load ../columns

setup() {
    [[ "$BUILD" != *,* ]] || skip "no memory figure is asserted under sanitizers"
    directory=$(mktemp -d)
    idioms=$PWD/tests/check/idioms
    local sleeps=(3 3 8 20 40) # a busy machine needs longer to start the last task before the first ends
    many_seconds=${sleeps[BATS_TEST_TRY_NUMBER]}
}

teardown() {
    try_again_if_refused "$directory"
    rm -rf "$directory"
}

can_run() { # MODEL
    ! "$BUILD/bin/collect" --list "$1" | grep 'cannot run here' || skip "$1 cannot run here"
}

# Prints "RATIO LOW HIGH TOLERANCE" of the peaks of so many runs each.
compare() { # MODEL COMMAND TASKS SECONDS RUNS
    local at=$directory/$3-$5
    "$BUILD/bin/collect" -q -m "$1" -t "$3" -r "$5" --sleep="$4" -o "$at-model.csv"
    "$BUILD/bin/collect" -q --command="exec $2 {tasks} {seconds}" --name=idiom -t "$3" -r "$5" --sleep="$4" -o "$at-idiom.csv"
    ! grep ',short,' "$at-model.csv" || return 1
    "$BUILD/bin/analyze" --table=cells --format=csv "$at"-*.csv | columns model mean | perl -F, -ane '
        $mean = $F[1] if $F[0] eq "idiom"; END { $share = 98304 / $mean; printf "%.9f ", $share > 0.01 ? $share : 0.01 }'
    "$BUILD/bin/analyze" --table=ratios --at="$3" --reference=idiom --format=csv "$at"-*.csv | columns ratio ratio_low ratio_high | tr , ' '
}

weighs_the_same() { # MODEL COMMAND TASKS SECONDS RUNS...
    local tolerance ratio low high verdict
    for runs in "${@:5}"; do
        compare "${@:1:4}" "$runs" >"$directory/compared" || return 1
        read -r tolerance ratio low high <"$directory/compared"
        echo "$1 with $3 tasks, $runs runs each: $ratio of the idiom ($low to $high), tolerance $tolerance"
        verdict=$(perl -e '($t, $r, $l, $h) = @ARGV;
            print $l >= 1 - $t && $h <= 1 + $t ? "same" : $h < 1 - $t || $l > 1 + $t ? "other" : abs($r - 1) <= $t ? "near" : "far"' \
            "$tolerance" "$ratio" "$low" "$high")
        [ "$verdict" = near ] || [ "$verdict" = far ] || break
    done
    [ "$verdict" = same ] || [ "$verdict" = near ]
}

holds_beside_its_idiom() { # MODEL COMMAND TASKS
    weighs_the_same "$1" "$2" 1 0.3 4 8 16
    weighs_the_same "$1" "$2" "$3" "$many_seconds" 3 6 12
}

@test "go-goroutine" {
    can_run go-goroutine
    go build -o "$directory/idiom" "$idioms/go-goroutine.go"
    holds_beside_its_idiom go-goroutine "$directory/idiom" 100000
}

rust_holds() { # MODEL TASKS
    can_run "$1"
    mkdir "$directory/models"
    collect/models/runtimes/build.sh "$idioms/$1.rs" "$directory/models"
    holds_beside_its_idiom "$1" "$directory/models/lib/$1/model" "$2"
}

@test "rust-tokio" { rust_holds rust-tokio 100000; }
@test "rust-async-std" { rust_holds rust-async-std 100000; }

# Of threads only so many as leave process ids to others, by the default kernel.pid_max of 32768.
@test "rust-thread" { rust_holds rust-thread 5000; }

@test "node-promise" {
    can_run node-promise
    holds_beside_its_idiom node-promise "node $idioms/node-promise.mjs" 100000
}

@test "python-asyncio" {
    can_run python-asyncio
    holds_beside_its_idiom python-asyncio "$(python3 -c 'import sys; print(sys.executable)') $idioms/python-asyncio.py" 100000
}

@test "elixir-task" {
    can_run elixir-task
    holds_beside_its_idiom elixir-task "elixir $idioms/elixir-task.exs" 100000
}

@test "csharp-task" {
    can_run csharp-task
    need dotnet "dotnet-sdk, of Microsoft"
    mkdir "$directory/csharp"
    cp "$idioms/csharp-task.cs" "$directory/csharp/"
    cat >"$directory/csharp/Idiom.csproj" <<XML
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net$(dotnet --version | cut -d. -f1).0</TargetFramework></PropertyGroup>
</Project>
XML
    (cd "$directory/csharp" && dotnet build --configuration Release --output out --verbosity quiet -p:NuGetAudit=false)
    holds_beside_its_idiom csharp-task "dotnet $directory/csharp/out/Idiom.dll" 100000
}

# How large Java's heap gets is no matter of 1 %: 100,000 virtual threads allocate 118 MiB, which is about where G1 collects for
# the sixth time, and a run has 179 MiB without that collection and 234 MiB with it. How large a task's stack is depends on when
# the compiler gets to it. So nothing is collected or compiled here: the peak is then all that the tasks ever allocated, with each
# frame at its largest, and a frame or an object a task more is seen (6 % when each task had both).
java_holds() { # MODEL TASKS
    local java
    can_run "$1"
    java=$(sed -n 's/^java="\(.*\)"$/\1/p' "$BUILD/models/$1")
    "${java}c" -d "$directory" "$idioms/$1.java"
    weighs_the_same "$1" "$java -cp $directory Idiom" 1 0.3 4 8 16
    export JDK_JAVA_OPTIONS="-Xint -Xms1200m -Xmn1g"
    weighs_the_same "$1" "$java -cp $directory Idiom" "$2" "$many_seconds" 3 6 12
}

@test "java-virtual-thread" { java_holds java-virtual-thread 100000; }
@test "java-thread" { java_holds java-thread 5000; }

# What the counts are worth: where tasks may end before the last has started, they say so. Node.js and asyncio start all of them
# before the first can end.
@test "a sleep that is too short for all tasks to be alive at once makes a run short" {
    for model in go-goroutine rust-tokio rust-async-std rust-thread elixir-task java-thread java-virtual-thread csharp-task; do
        ! "$BUILD/bin/collect" --list "$model" | grep 'cannot run here' || continue
        "$BUILD/bin/collect" -q -m "$model" -t 5000 -r 1 --sleep=0.001 -o "$directory/short-$model.csv" 2>/dev/null || true
        grep -q ',end,.*,short,' "$directory/short-$model.csv"
    done
}
