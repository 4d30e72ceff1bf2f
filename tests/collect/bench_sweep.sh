#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What a sweep costs: bench_sweep.sh BIN DIRECTORY [RUNS]
#
# One sweep with --sleep=auto and collect's own share of it, and the same sweep with the original article's --sleep=10: how
# much longer it takes, and whether its confidence intervals are narrower. About eight minutes.
set -eu

bin=$1
directory=$2
runs=${3:-3}
models=pthread,ucontext,protothread,libuv,io_uring
raise=$([ "$(id -u)" = 0 ] && echo --raise-limits || true) # 100 k threads and stacks are beyond the usual limits

sweep() { # NAME OPTION...
    name=$1
    shift
    rm -f "$directory/$name.csv" "$directory/$name.json"
    "$bin/collect" $raise -m "$models" -t 1,10k,100k -r "$runs" --seed=1 -o "$directory/$name.csv" "$@" 2>&1 | grep -v ' runs are in ' || true
}

took() { # NAME KEY: a number of the sidecar's "collector"
    sed -n '/"collector"/,/}/s/.*"'"$2"'": *\([0-9.]*\).*/\1/p' "$directory/$1.json"
}

standard_errors() { # NAME: "MODEL BASELINE OVERHEAD" lines
    "$bin/analyze" --format=csv "$directory/$1.csv" | awk -F, '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        { print $at["model"], $at["baseline_se"], $at["overhead_se"] }'
}

mkdir -p "$directory"
sweep auto
awk -v wall="$(took auto wall_seconds)" -v processor="$(took auto processor_seconds)" -v peak="$(took auto peak_resident_bytes)" '
    BEGIN {
        printf "collect itself: %.2f %% of the wall time (%.1f s of %.0f s), %.1f MiB resident\n", 100 * processor / wall, processor, wall, peak / 2^20
    }'
sweep ten --sleep=10
awk -v auto="$(took auto wall_seconds)" -v ten="$(took ten wall_seconds)" '
    BEGIN { printf "a sweep with --sleep=10 / with --sleep=auto: %.1f (%.0f s / %.0f s)\n", ten / auto, ten, auto }'
standard_errors ten >"$directory/ten.errors"
standard_errors auto | while read -r model baseline overhead; do
    grep "^$model " "$directory/ten.errors" | awk -v baseline="$baseline" -v overhead="$overhead" '
        { printf "standard errors with --sleep=auto / with --sleep=10, %s: baseline %.2f, overhead %.2f\n", $1, baseline / $2, overhead / $3 }'
done
