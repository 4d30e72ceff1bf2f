#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The tables of README.md and data/RESULTS.md, made of the recordings beside this script. make readme calls it:
#
#     tables.sh BIN FILE...
#
# rewrites each FILE: the text between "<!-- NAME -->" and "<!-- end -->" becomes the table that the function NAME prints.
# BIN is the directory of collect and analyze.
set -eu

bin=$(realpath "$1")
data=$(dirname "$(realpath "$0")")
shift

block() { # OPTION... FILE...: as a block of code
    (cd "$data" && "$bin/analyze" "$@") | sed 's/^./    &/'
}

analyze() { # OPTION...: what sleeping tasks, and starting and ending them, cost
    block "$@" vm.csv vm-pth.csv vm-time.csv
}

few() {
    analyze --model=io_uring,libuv,pthread,fiber,rust-tokio,go-goroutine,python-asyncio,java-virtual-thread
}

# What a task of well-known runtimes takes, as a table of Markdown: memory at the peak and in the kernel, and processor time.
well_known() {
    for metric in peak kernel spawn-cpu end-cpu; do
        "$bin/analyze" --metric=$metric --format=csv --model=rust-tokio,go-goroutine,java-virtual-thread,node-promise,python-asyncio,pthread \
            "$data"/vm.csv "$data"/vm-time.csv
    done | awk -F, '
        function bytes(value) { return sprintf(value < 1000 ? "%.3g B" : "%.3g KiB", value / (value < 1000 ? 1 : 1024)) }
        function seconds(value) { return sprintf("%.3g µs", value / 1e-6) }
        function amount(unit, value, half) {
            return unit == "bytes" ? bytes(value) " ± " bytes(half) : seconds(value) " ± " seconds(half)
        }
        $1 == "host" { for (i = 1; i <= NF; i++) at[$i] = i; next }
        {
            value = $at["overhead"]; half = ($at["overhead_high"] - $at["overhead_low"]) / 2
            if ($at["metric"] == "peak") order[++models] = $at["model"]
            told[$at["model"], $at["metric"]] = amount($at["unit"], value, half)
        }
        END {
            print "| a task of | memory | in the kernel | processor time to start | to wake and end |"
            print "| --- | --- | --- | --- | --- |"
            for (i = 1; i <= models; i++)
                printf "| `%s` | %s | %s | %s | %s |\n", order[i], told[order[i], "peak"], told[order[i], "kernel"],
                    told[order[i], "spawn-cpu"], told[order[i], "end-cpu"]
        }'
}

fits() {
    analyze
}

starting() {
    analyze --metric=spawn-cpu
}

ending() {
    analyze --metric=end-cpu
}

waiting() {
    analyze --metric=spawn-time --model=rust-tokio,go-goroutine,java-virtual-thread,node-promise,python-asyncio,pthread,libuv
}

late() {
    block --metric=late-p50 vm-beat.csv
}

late_tail() {
    block --metric=late-p99 --model=rust-tokio,go-goroutine,java-virtual-thread,node-promise,python-asyncio,pthread,tevent,glib \
        vm-beat.csv
}

messages() {
    block --metric=message-cpu vm-pass.csv vm-pass-java.csv
}

# As their descriptions say, which the sidecars have.
hand_offs() {
    awk -F '"' '
        BEGIN { print "| model | passes a message by |\n| --- | --- |" }
        /^    "[^"]*": \{$/ { model = $2 }
        $2 == "hand_off" { print "| `" model "` | " $4 " |" }' "$data/vm-pass.json" "$data/vm-pass-java.json"
}

servers() {
    block servers.csv
}

idle_servers() {
    block --metric=rss --model=redis,node-http,go-http soon=servers.csv later=servers-idle.csv
}

connections() {
    block --metric=charged --budget=16GiB servers.csv
}

segments() {
    analyze --table=segments --model=csharp-task,java-virtual-thread,node-promise
}

ratios() {
    analyze --table=ratios --reference=rust-tokio \
        --model=rust-tokio,rust-async-std,go-goroutine,java-virtual-thread,csharp-task,node-promise,python-asyncio,elixir-task
}

crossovers() {
    analyze --table=crossovers --reference=go-goroutine --model=go-goroutine,rust-tokio,elixir-task,pthread,libuv,ucontext
}

capacity() {
    analyze --metric=charged --budget=16GiB --model=rust-tokio,pthread,libuv,ucontext,io_uring,fork
}

predictions() {
    analyze --metric=charged --at=1M,10M --model=rust-tokio,pthread,libuv,io_uring
}

# The first five of the ten runs of each model against the last five.
changes() {
    parts=$(mktemp -d)
    for part in before after; do head -n 1 "$data/vm.csv" >"$parts/$part.csv"; done
    awk -F, -v parts="$parts" 'NR > 1 { print >>(parts "/" ($5 <= 5 ? "before" : "after") ".csv") }' "$data/vm.csv"
    "$bin/analyze" --against="$parts/before.csv" --fail-above=5% --model=rust-tokio,go-goroutine,pthread "$parts/after.csv" |
        sed 's/^./    &/'
    "$bin/analyze" --against="$parts/before.csv" --format=csv "$parts/after.csv" | awk -F, '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        { rows++; proven += $at["p_holm"] < 0.05 }
        END { print "\nOf all " rows " comparisons of the models of `vm.csv`, " proven + 0 " are said to differ." }'
    rm -r "$parts"
}

claims() {
    analyze --table=claims
}

models() {
    "$bin/collect" --list | awk -F '  +' '
        NR == 1 { print "| model | family | language | a task is |\n| --- | --- | --- | --- |"; next }
        { print "| " $1 " | " $2 " | " $3 " | " $6 " |" }'
}

fill() { # FILE
    while IFS= read -r line; do
        case $line in
        '<!-- end -->') skipping='' ;;
        '<!-- '*' -->')
            skipping=yes name=${line#'<!-- '}
            printf '%s\n\n' "$line"
            "${name%' -->'}"
            echo
            ;;
        esac
        [ "${skipping:-}" ] || printf '%s\n' "$line"
    done <"$1"
}

for file in "$@"; do
    fill "$file" >"$file.new" || { rm -f "$file.new"; exit 1; }
    mv "$file.new" "$file"
done
