#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs parts of make check one after the other and reports the results at the end: run.sh PART...
#
# A part is the target check-PART; its output is kept in build/check/PART.log. It counts as skipped if it prints a line
# "skipped: REASON", or if all its tests were skipped. The status is 0 if no part failed.
set -u

logs=build/check
passed=0 failed=0 skipped=0
summary=$(mktemp)
trap 'rm -f "$summary"' EXIT
mkdir -p "$logs"

# The reasons of skipped tests, once each, on one line.
skip_reasons() { # LOG
    sed -n 's/^skipped: //p; s/^ok .*# skip *//p' "$1" | sort -u | paste -sd';' | sed 's/;/; /g'
}

skipped_whole() { # LOG
    local tests
    tests=$(awk -F '[=,]' '/^Files=/ { tests += $4 } END { print tests }' "$1")
    grep -q '^skipped: ' "$1" || { [ "${tests:-0}" -gt 0 ] && [ "$(grep -c '^ok .*# skip' "$1")" -ge "$tests" ]; }
}

run_part() { # PART
    local log=$logs/$1.log start=$SECONDS verdict
    echo "--- $1"
    if ! make --no-print-directory "check-$1" >"$log" 2>&1 </dev/null; then
        verdict=FAILED failed=$((failed + 1))
        tail -n 30 "$log"
    elif skipped_whole "$log"; then
        verdict=skipped skipped=$((skipped + 1))
    else
        verdict=passed passed=$((passed + 1))
    fi
    printf '%-10s %-8s %5d s  %s\n' "$1" "$verdict" $((SECONDS - start)) "$(skip_reasons "$log")" | tee -a "$summary"
}

for part in "$@"; do run_part "$part"; done
echo
echo "what each printed: $logs/"
cat "$summary"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
