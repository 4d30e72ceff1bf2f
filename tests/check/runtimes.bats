#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Checks the README's explanations of other languages' runtimes by other measurements.
# package: cargo=command:cargo librust-tokio-dev=crate:tokio

load ../need
load ../columns

setup() {
    directory=$(mktemp -d)
}

teardown() {
    rm -rf "$directory"
}

@test "a task of Tokio weighs what its allocation does, and its handle" {
    need cargo cargo
    ! "$BUILD/bin/collect" --list | grep '^rust-tokio .*cannot run here' ||
        skip "there is no Tokio (package librust-tokio-dev)"
    mkdir "$directory/models"
    collect/models/runtimes/build.sh tests/collect/tokio-task.rs "$directory/models"
    "$directory/models/tokio-task" >"$directory/allocations"
    apart=$(sed -n 's/.*: \(.*\) bytes apart$/\1/p' "$directory/allocations")

    "$BUILD/bin/collect" -m rust-tokio -t 1k,50k,100k -r 3 -o "$directory/x.csv" 2>"$directory/stderr"
    overhead=$("$BUILD/bin/analyze" --format=csv "$directory/x.csv" | columns overhead)
    # The handle is a pointer in a vector that doubles its size: 8 to 16 bytes.
    echo "blocks are $apart bytes apart, a task costs $overhead"
    perl -e '($apart, $overhead) = @ARGV; exit !($overhead > $apart + 6 && $overhead < $apart + 18)' "$apart" "$overhead"
}
