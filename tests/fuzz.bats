#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs each fuzz target on its corpus; `make fuzz` looks for new inputs.

@test "every parser takes its corpus" {
    for source in tests/*/fuzz_*.c; do
        corpus=$(dirname "$source")/corpus/$(basename "${source#*fuzz_}" .c)
        echo "$corpus"
        [ -n "$(ls "$corpus")" ]
        "$BUILD/${source%.c}" "$corpus"/*
    done
}
