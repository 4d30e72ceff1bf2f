#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What the README explains of other languages' runtimes, measured another way.
# package: cargo=command:cargo librust-tokio-dev=crate:tokio

load ../need

setup() {
    folder=$(mktemp -d)
}

teardown() {
    rm -rf "$folder"
}

@test "a task of Tokio weighs what its allocation does, and its handle" {
    need cargo cargo
    ! "$BUILD/bin/collect" --list | grep '^rust-tokio .*cannot run here' ||
        skip "there is no Tokio (package librust-tokio-dev)"
    mkdir "$folder/models"
    collect/models/runtimes/build.sh tests/collect/tokio-task.rs "$folder/models"
    "$folder/models/tokio-task" >"$folder/allocations"
    apart=$(sed -n 's/.*: \(.*\) bytes apart$/\1/p' "$folder/allocations")

    "$BUILD/bin/collect" -m rust-tokio -t 1k,50k,100k -r 3 -o "$folder/x.csv" 2>"$folder/talk"
    overhead=$("$BUILD/bin/analyze" --format=csv "$folder/x.csv" | sed -n '2p' | cut -d, -f14)
    # The handle is a pointer in a vector that doubles its size: 8 to 16 bytes.
    echo "blocks are $apart bytes apart, a task costs $overhead"
    perl -e '($apart, $overhead) = @ARGV; exit !($overhead > $apart + 6 && $overhead < $apart + 18)' "$apart" "$overhead"
}
