#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Whether a long sweep leaks: soak.sh BIN DIRECTORY [RUNS]
#
# Makes 5,000 short runs and looks at collect early and late: its resident memory and its descriptors must not grow, and no
# process or cgroup of it may be left at the end. About twelve minutes.
set -eu

bin=$1
directory=$2
runs=${3:-5000}
models=null,pthread,libuv,fork
recording=$directory/soak.csv

mkdir -p "$directory"
rm -f "$recording" "${recording%.csv}.json"
export TASKWEIGHT_SOAK=$directory # whatever is started from here can be told by it
"$bin/collect" -m "$models" -t 1 -r $((runs / 4)) --sleep=0.01 -o "$recording" &
collect=$!

recorded() {
    echo $(($(grep -sc ,end, "$recording" || true) + 0))
}

await_runs() {
    until [ "$(recorded)" -ge "$1" ]; do
        kill -0 "$collect" || { echo "soak: collect ended early" >&2; exit 1; }
        sleep 0.2
    done
}

resident() {
    sed -n 's/^VmRSS:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$collect/status"
}

descriptors() { # between two runs there are fewest
    for _ in $(seq 50); do
        ls "/proc/$collect/fd" | wc -l
    done | sort -n | head -n 1
}

await_runs $((runs / 10))
early="$(resident) $(descriptors)"
await_runs $((runs - runs / 10))
late="$(resident) $(descriptors)"
wait "$collect"

failed=0
left=$(env -u TASKWEIGHT_SOAK grep -lz "^TASKWEIGHT_SOAK=$directory\$" /proc/[0-9]*/environ 2>/dev/null || true)
groups=$(find /sys/fs/cgroup -maxdepth 6 -name "taskweight-$collect-*" 2>/dev/null || true)
set -- $early $late
echo "soak: $(recorded) runs; resident $1 KiB early, $3 KiB late; descriptors $2 early, $4 late"
[ "$3" -le $(($1 + 256)) ] || { echo "soak: memory grew" >&2; failed=1; }
[ "$4" -le "$2" ] || { echo "soak: descriptors grew" >&2; failed=1; }
[ -z "$left" ] || { echo "soak: left running: $left" >&2; failed=1; }
[ -z "$groups" ] || { echo "soak: groups left: $groups" >&2; failed=1; }
[ "$(awk -F, '$6 == "end" && $21 != "ok"' "$recording" | wc -l)" -eq 0 ] || { echo "soak: runs that were not ok" >&2; failed=1; }
exit "$failed"
