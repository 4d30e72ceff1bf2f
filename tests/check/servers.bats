#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The recipes of real servers: many connections are alive, nothing is left, and a known weight is found. A server that is not
# installed is left out; make deps-servers installs it.

bats_require_minimum_version 1.5.0
load ../collect/sweeps

# Those of the tree that can run here, but for the one named.
recipes() { # EXCEPT
    "$collect" --list --family=connection | awk -v except="$1" 'NR > 1 && !/cannot run here/ && $1 != except { print $1 }' | paste -sd,
}

hold() { # RECIPE,... COUNTS
    "$collect" -m "$1" -t "$2" -r 1 -o "$recording" 2>"$directory/stderr"
    export recording
    [ "$(column status phase=end | sort -u)" = ok ]
    [ "$(column alive phase=hold | sort -nu | paste -sd,)" = "$2" ]
    [ -z "$(find "${TMPDIR:-/tmp}" -maxdepth 1 -name 'taskweight-server-*' -user "$(id -u)")" ]
}

@test "servers hold 5,000 connections that are alive" {
    "$collect" --list --family=connection | sed -n 's/ .*cannot run here: /: /p' >&3
    hold "$(recipes postgresql)" 1,1000,5000
    rm -f "$recording" "$directory/x.json"
    "$collect" --list nginx:tls | grep "cannot run here" >&3 || hold nginx:tls 1,1000
}

@test "PostgreSQL holds 300 sessions" {
    ! "$collect" --list postgresql | grep 'cannot run here' || skip "PostgreSQL cannot run here"
    hold postgresql 1,300
}

# The server touches so many bytes a connection; the estimate has to be within 2 %, and its interval to hold it.
@test "calibrate-server's bytes are found" {
    "$collect" -m calibrate-server:1024 -t 1,1k,5k,10k -r 5 -o "$recording"
    "$BUILD/bin/analyze" --format=json --metric=uss "$recording" | perl -MJSON::PP -e '
        local $/; my ($fit) = @{decode_json(<STDIN>)->{rows}};
        print "$fit->{overhead_low} to $fit->{overhead_high}\n";
        exit !($fit->{overhead} > 1024 * 0.98 && $fit->{overhead} < 1024 * 1.02)'
}
