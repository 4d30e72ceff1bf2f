#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Each fuzz target takes its corpus; `make fuzz` looks for more.

@test "every parser takes its corpus" {
    for target in "$BUILD"/tests/*/fuzz_*; do
        [ -x "$target" ] || continue
        part=$(basename "$(dirname "$target")")
        corpus=tests/$part/corpus/${target##*/fuzz_}
        echo "$target $corpus"
        [ -n "$(ls "$corpus")" ]
        "$target" "$corpus"/*
    done
}
