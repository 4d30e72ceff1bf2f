#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# How long analyze takes for a recording, beside R's read.csv and lm of the same file: bench_r.sh ANALYZE FILE
set -eu
command -v Rscript >/dev/null || { echo 'there is no R here to compare with (install r-base-core)'; exit 0; }

milliseconds() { # COMMAND...: what it takes
    began=$(date +%s%N)
    "$@" >/dev/null
    echo $((($(date +%s%N) - began) / 1000000))
}

ours=$(milliseconds "$1" --fit=ols --table=fits "$2" || true) # one count: a table of notes
theirs=$(milliseconds Rscript -e 'd <- read.csv(commandArgs(TRUE)); lm(peak_rss_bytes ~ run, d)' "$2")
echo "analyze over R's read.csv + lm, speed: $((theirs / ours)) times ($ours ms / $theirs ms)"
