#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs the manuals' examples as they are, with the installed programs.
# package: help2man=command:help2man python3=command:python3

bats_require_minimum_version 1.5.0
load installed
load busy

teardown() {
    try_again_if_refused "$PWD"
}

# The blocks between .EX and .EE behind a line  .\" run  become one script, those behind  .\" file: NAME  become files. Escapes
# of roff are undone.
unpack() { # PAGE
    awk -v script=examples.sh '
        /^\.\\" run$/ { target = script }
        /^\.\\" file: / { target = $3 }
        /^\.EE$/ { inside = 0; target = "" }
        inside { gsub(/\\-/, "-"); gsub(/\\e/, "\\"); print >target }
        /^\.EX$/ { inside = target != "" }' "$1"
}

# The examples of a page, in a directory of its name. Counts and sleeps for readers are shortened here.
run_examples() { # NAME.SECTION
    mkdir "$1"
    cd "$1"
    unpack "$(page "$1")"
    sed -i 's/1,1k,10k/1,100,1k/; s/--sleep=1 /--sleep=0.2 /' examples.sh
    [ "$(wc -l <examples.sh)" -gt 1 ]
    bash -eux examples.sh
}

@test "the examples of collect(1) run" {
    run_examples tw-collect.1
}

@test "the examples of analyze(1) run" {
    run_examples tw-analyze.1
}

@test "the examples of plot(1) run" {
    run_examples tw-plot.1
}

@test "the examples of taskweight(7) run" {
    run_examples taskweight.7
}

@test "the examples of taskweight-recording(5) run" {
    run_examples taskweight-recording.5
}

@test "the examples of taskweight-server(7) run" {
    run_examples taskweight-server.7
    [ "$(grep ,end, echo.csv | cut -d, -f21 | sort | uniq -c | tr -s ' ')" = " 9 ok" ]
}

@test "the examples of taskweight-model(7) are models" {
    run_examples taskweight-model.7
    for model in coroutine background thread; do
        [ "$(grep -c ",$model\|$model,.*,ok," mine.csv)" -gt 0 ]
    done
    [ "$(grep ,end, mine.csv | cut -d, -f21 | sort | uniq -c | tr -s ' ')" = " 27 ok" ]
}
