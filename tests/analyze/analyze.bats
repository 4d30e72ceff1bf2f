#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The command: what it prints, where, and how it ends. The figures come from fixtures/README.md.

bats_require_minimum_version 1.5.0

setup() {
    analyze=$BUILD/bin/analyze
    cd "$BATS_TEST_DIRNAME/fixtures"
    two_models=two-models.csv
}

fits_columns=host,model,family,work,metric,unit,fit,runs,cells,failed,baseline,baseline_se,baseline_low,baseline_high
fits_columns+=,overhead,overhead_se,overhead_low,overhead_high,line_p,least_slope,largest_slope,r_squared
fits_columns+=,lack_of_fit_f,lack_of_fit_p,idle,cpu_share,max_tasks,note
segments_columns=host,model,work,metric,unit,from_tasks,to_tasks,overhead,overhead_low,overhead_high
ratios_columns=host,model,reference,work,metric,unit,ratio,ratio_low,ratio_high,cpu_share,p_value,p_holm,verdict
cells_columns=host,model,family,work,metric,unit,tasks,runs,failed,mean,sd,median,mad,min,max,low,high,outliers

@test "text: the lightest task first, kernel beside it, failures noted" {
    run --separate-stderr "$analyze" "$two_models"
    [ "$status" -eq 0 ]
    [ -z "$stderr" ]
    [ "${lines[0]}" = "HOST: rig" ]
    [[ "${lines[1]}" =~ ^MODEL\ +RUNS\ +FAILED\ +BASELINE\ +PER\ TASK\ +\+\ KERNEL\ +LINE\ HOLDS\ +UP\ TO\ +NOTE$ ]]
    [[ "${lines[2]}" =~ ^light\ +9\ +0\ +1\.00\ MiB\ ±\ .*\ 4\.00\ KiB\ ±\ .*\ -\ +yes\ +10k$ ]]
    [[ "${lines[3]}" =~ ^heavy\ +6\ +3\ +2\.00\ MiB\ ±\ .*\ 8\.00\ KiB\ ±\ .*\ 12\.0\ KiB\ ±\ .*\ cannot\ tell\ +1k\ .*two\ counts ]]
    [[ "${lines[3]}" == *"failed at 10k: pthread_create: EAGAIN" ]]
    [[ "$output" == *"to the peak resident memory on average"*"fit: curve"*"95 % confidence"* ]]
    [[ "$output" == *"3 runs were not ok and left out"* ]]
}

@test "text: a chosen metric stands alone" {
    run "$analyze" --metric=peak "$two_models"
    [ "$status" -eq 0 ]
    [[ "$output" != *KERNEL* ]]
}

@test "csv: the columns of fits, in order" {
    run "$analyze" --format=csv "$two_models"
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = "$fits_columns" ]
    [ "${#lines[@]}" -eq 3 ]
}

@test "csv: the line is found by every fit" {
    for fit in curve robust wls ols theil-sen; do
        run "$analyze" --format=csv --fit="$fit" --model=light "$two_models"
        [ "$status" -eq 0 ]
        echo "${lines[1]}" | awk -F, -v fit="$fit" '
            function near(a, b) { return (a - b) ^ 2 <= (1e-9 * b) ^ 2 }
            { exit !($1 == "rig" && $2 == "light" && $3 == "async" && $4 == "sleep" && $5 == "peak" && $6 == "bytes" && $7 == fit &&
                     $8 == 9 && $9 == 3 && $10 == 0 && near($11, 1048576) && near($15, 4096) && near($20, 4096) &&
                     near($21, 4096) && $25 == 1048576 && $27 == 10000) }'
    done
}

@test "csv: the columns of cells, in order, and a cell" {
    run "$analyze" --table=cells --format=csv --model=light --tasks=1k "$two_models"
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = "$cells_columns" ]
    # 1255, 1256 and 1257 pages: mean 1256, sd 1 page
    [[ "${lines[1]}" == rig,light,async,sleep,peak,bytes,1000,3,0,5144576,4096,5144576,*,5140480,5148672,*,*,0 ]]
    [ "${#lines[@]}" -eq 2 ]
}

@test "csv: an unknown value is an empty field" {
    run "$analyze" --format=csv --metric=kernel "$two_models"
    [ "$status" -eq 0 ]
    [ "${lines[2]}" = "rig,light,async,sleep,kernel,bytes,curve,0,0,0,,,,,,,,,,,,,,,1048576,,,no run has kernel figures" ]
    [[ "$output" != *nan* ]]
    [[ "$output" != *inf* ]]
}

@test "a wider confidence makes wider limits" {
    run "$analyze" --format=csv --model=light "$two_models"
    narrow=$(echo "${lines[1]}" | awk -F, '{ print $18 - $17 }')
    run "$analyze" --format=csv --model=light --confidence=0.99 "$two_models"
    wide=$(echo "${lines[1]}" | awk -F, '{ print $18 - $17 }')
    awk -v narrow="$narrow" -v wide="$wide" 'BEGIN { exit !(narrow > 0 && wide > 1.2 * narrow) }'
}

@test "-o writes the same, over what was there" {
    echo old >"$BATS_TEST_TMPDIR/fits"
    run "$analyze" -o "$BATS_TEST_TMPDIR/fits" "$two_models"
    [ "$status" -eq 0 ]
    [ -z "$output" ]
    "$analyze" "$two_models" | cmp - "$BATS_TEST_TMPDIR/fits"
}

@test "-o writes all of a file or leaves the old one as it was" {
    cd "$BATS_TEST_TMPDIR"
    echo good >fits.csv
    ln -s fits.csv link.csv
    mkfifo pipe
    run bash -c 'ulimit -f 0; "$0" --format=csv -o fits.csv "$1"' "$analyze" "$BATS_TEST_DIRNAME/fixtures/$two_models"
    [ "$status" -eq 1 ]
    [ "$output" = "analyze: fits.csv: cannot write: File too large" ]
    [ "$(cat fits.csv)" = good ]
    "$analyze" --format=csv -o link.csv "$BATS_TEST_DIRNAME/fixtures/$two_models"
    [ -L link.csv ]
    [[ "$(cat fits.csv)" == host,model,* ]]
    "$analyze" --format=csv -o pipe "$BATS_TEST_DIRNAME/fixtures/$two_models" &
    cmp pipe fits.csv
    wait
    "$analyze" --format=csv -o /dev/stdout "$BATS_TEST_DIRNAME/fixtures/$two_models" >stdout.csv
    cmp stdout.csv fits.csv
    "$analyze" --format=csv -o /dev/null "$BATS_TEST_DIRNAME/fixtures/$two_models"
    [ -c /dev/null ]
    [ "$(ls | paste -sd' ')" = "fits.csv link.csv pipe stdout.csv" ]
}

@test "-o never overwrites a recording that is read" {
    cp "$two_models" "$BATS_TEST_TMPDIR/copy.csv"
    run "$analyze" -o "$BATS_TEST_TMPDIR/copy.csv" "$BATS_TEST_TMPDIR/copy.csv"
    [ "$status" -eq 1 ]
    [[ "$output" == *"copy.csv: is a recording to read"* ]]
    cmp "$two_models" "$BATS_TEST_TMPDIR/copy.csv"
}

@test "-o never overwrites a sidecar" {
    cp "$two_models" "$BATS_TEST_TMPDIR/x.csv"
    echo '{}' >"$BATS_TEST_TMPDIR/x.json"
    run "$analyze" --format=json -o "$BATS_TEST_TMPDIR/x.json" "$BATS_TEST_TMPDIR/x.csv"
    [ "$status" -eq 1 ]
    [[ "$output" == *"/x.json: is the sidecar of a recording (name another file with -o)" ]]
    [ "$(cat "$BATS_TEST_TMPDIR/x.json")" = '{}' ]
}

@test "a recording named twice is refused" {
    run "$analyze" "$two_models" "./$two_models"
    [ "$status" -eq 1 ]
    [ "$output" = "analyze: ./two-models.csv: is named twice (name each recording once)" ]
}

@test "an output that cannot be written is reported" {
    run "$analyze" -o /nonexistent/fits "$two_models"
    [ "$status" -eq 1 ]
    [[ "$output" == "analyze: /nonexistent/fits: cannot be made: No such file"* ]]
    run "$analyze" -o /dev/full "$two_models"
    [ "$status" -eq 1 ]
    [ "$output" = "analyze: /dev/full: cannot write: No space left on device" ]
    run bash -c '"$0" "$1" >/dev/full' "$analyze" "$two_models"
    [ "$status" -eq 1 ]
    [ "$output" = "analyze: standard output: cannot write: No space left on device" ]
}

@test "ratios: over a model that costs next to nothing only the direction is told" {
    run "$analyze" --table=ratios --reference=null --model=null,pthread --format=csv ../../../data/vm.csv
    [ "$status" -eq 0 ]
    [[ "${lines[1]}" == vm,pthread,null,*",\"costs more, and null next to nothing\"" ]]
}

@test "a count is the same in every format, and a note is whole in its characters" {
    arguments=(--table=crossovers --model=go-goroutine,libuv ../../../data/vm.csv)
    [ "$("$analyze" --format=csv "${arguments[@]}" | tail -n 1 | cut -d, -f7-9)" = \
        "$("$analyze" --format=json "${arguments[@]}" | sed -n 's/^ *"tasks.*": *\([0-9]*\),/\1/p' | paste -sd,)" ]
    reason=$(printf 'é%.0s' {1..400})
    { head -n 1 "$two_models"
      for run in 1 2; do echo "h,m,async,1,$run,end,5,,,,,4096,,,,,,,,,ok,"; echo "h,m,async,2,$run,end,5,,,,,8192,,,,,,,,,ok,"; done
      echo "h,m,async,9,1,end,5,,,,,,,,,,,,,,failed,y$reason"; } >"$BATS_TEST_TMPDIR/long.csv"
    "$analyze" --format=json "$BATS_TEST_TMPDIR/long.csv" | iconv -f UTF-8 -t UTF-8 >/dev/null
}

@test "ratios: overheads over the lightest, and whole memory at a count" {
    run "$analyze" --table=ratios --format=csv "$two_models"
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = "$ratios_columns" ]
    [ "${#lines[@]}" -eq 2 ]
    [[ "${lines[1]}" =~ ^rig,heavy,light,sleep,peak,bytes,(2|1\.99999|2\.00000) ]] # 8 KiB a task over 4 KiB
    [[ "${lines[1]}" == *,"costs 2 times as much (so few runs do not rule out two modes)" ]]
    run "$analyze" --table=ratios --model=light "$two_models"
    [ "$status" -eq 1 ]
    [[ "$output" == "analyze: nothing to compare: "* ]]
    run "$analyze" --table=ratios --at=1k --reference=heavy --format=csv "$two_models"
    [ "${lines[0]}" = "${ratios_columns/unit,/unit,tasks,}" ]
    [[ "${lines[1]}" == rig,light,heavy,sleep,peak,bytes,1000,0.5* ]] # (1 MiB + 1000 * 4 KiB) / (2 MiB + 1000 * 8 KiB)
    # one count is enough for that
    run "$analyze" --table=ratios --at=1k --tasks=1k --reference=heavy --format=csv "$two_models"
    [ "$status" -eq 0 ]
    [[ "${lines[1]}" == rig,light,heavy,sleep,peak,bytes,1000,0.5* ]]
    run "$analyze" --against="$two_models" --at=1k --tasks=1k --format=csv "$two_models"
    [[ "${lines[1]}" == *peak,bytes,"at 1k",10289152,10289152,0,* ]]
    run "$analyze" --table=ratios --at=10k --reference=heavy "$two_models"
    [[ "$output" == *"cannot tell: not measured"* ]]
    run "$analyze" --table=ratios --reference=nobody "$two_models"
    [ "$status" -eq 1 ]
    [ "$output" = "analyze: --reference: nobody is not in the recordings (or not among the models chosen)" ]
}

# The java-like curve of data/vm.csv: by segments from 3.69 KiB down to 971 B a task; odd and even repetitions agree.
@test "curve: the estimates do not depend on the noise where no line holds" {
    for parity in 0 1; do
        awk -F, -v parity=$parity 'NR == 1 || ($2 == "java-virtual-thread" && $5 % 2 == parity)' ../../../data/vm.csv \
            >"$BATS_TEST_TMPDIR/$parity.csv"
        "$analyze" --format=csv "$BATS_TEST_TMPDIR/$parity.csv" | sed -n 2p >>"$BATS_TEST_TMPDIR/rows"
    done
    # 1071 and 1067 B a task, by hand: (mean at 1M - mean at 1) / 999999
    awk -F, '{ a[NR] = $15; low[NR] = $17; high[NR] = $18 }
        END { exit !(low[1] < a[2] && a[2] < high[1] && (a[1] / a[2] - 1) ^ 2 < 0.0004) }' "$BATS_TEST_TMPDIR/rows"
    run "$analyze" --model=java-virtual-thread ../../../data/vm.csv
    [[ "$output" == *"42.1 MiB"*"1.04 KiB"*"no: 971 B to 3.69 KiB"* ]]
    run "$analyze" --model=java-virtual-thread --format=csv ../../../data/vm.csv
    awk -F, '{ exit !($21 > 3775 && $21 < 3790 && $20 > 965 && $20 < 977) }' <<<"${lines[1]}"
}

# Charged memory of that recording fell over the repetitions, its peak did not.
@test "a drift over the repetitions has a remark" {
    run "$analyze" --metric=charged ../../../data/vm.csv
    [[ "$output" == *"The means drift over the repetitions (F = 17.3, p < 0.001)"* ]]
    run "$analyze" ../../../data/vm.csv
    [[ "$output" != *drift* ]]
}

@test "segments: what a task adds between neighbouring counts" {
    run "$analyze" --table=segments --format=csv "$two_models"
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = "$segments_columns" ]
    [ "$(printf '%s\n' "${lines[@]:1}" | cut -d, -f1-7)" = "$(printf '%s\n' rig,heavy,sleep,peak,bytes,1,1000 \
        rig,light,sleep,peak,bytes,1,1000 rig,light,sleep,peak,bytes,1000,10000)" ]
    for line in "${lines[@]:1}"; do # 8 KiB a task, and 4 KiB
        perl -e '@f = split /,/, $ARGV[0]; $true = $f[1] eq "heavy" ? 8192 : 4096; exit !($f[8] < $true && $true < $f[9])' "$line"
    done
}

# Peaks of 1M tasks in MiB, in three runs each: Go over Tokio is 13, over Java 1.9 to 2.1, C# below async-std.
@test "claims are held against the recording: each side of a bound, what is open, and what was not measured" {
    { head -n 1 "$two_models"
      while read -r model mib apart; do
          for run in 1 2 3; do
              echo "h,$model,async,1000000,$run,end,2,,,,,$(((mib + (run - 2) * apart) * 1048576)),,,,,,,,,ok,"
          done
      done <<'END'
go-goroutine 2600 10
rust-tokio 200 1
java-virtual-thread 1300 200
csharp-task 450 2
rust-async-std 400 2
END
    } >"$BATS_TEST_TMPDIR/claims.csv"
    run --separate-stderr "$analyze" --table=claims --format=csv "$BATS_TEST_TMPDIR/claims.csv"
    [ "$status" -eq 0 ]
    output=$(sed 's/"[^"]*"/text/' <<<"$output") # a comma
    [ "$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
            { printf "%s/%s %.3g %s\n", $at["model"], $at["reference"], $at["ratio"], $at["verdict"] }' <<<"$output" | head -n 5)" = \
"go-goroutine/rust-tokio 13 holds
go-goroutine/java-virtual-thread 2 cannot tell
java-thread/rust-thread 0 not measured
csharp-task/rust-async-std 1.12 does not hold
csharp-task/rust-tokio 2.25 holds" ]
    [ "$(awk -F, 'NR == 2 { printf "%.4g", $8 }' <<<"$output")" = 12.44 ] # 2658 MB over 213.6
    run "$analyze" --table=claims "$two_models"
    [ "$status" -eq 1 ]
}

@test "a value that is none of the names is a usage error that lists them" {
    times="spawn-cpu, end-cpu, cpu, spawn-time, total-time, switches, faults, late-p50, late-p90, late-p99, late-max, message-cpu or message-time"
    check() {
        run "$analyze" "$1" "$two_models"
        [ "$status" -eq 2 ]
        [ "${#lines[@]}" -eq 1 ]
        [ "$output" = "analyze: $2" ]
    }
    check --fit=best "--fit: 'best' is no fit (choose curve, robust, wls, ols or theil-sen)"
    check --metric=idle "--metric: 'idle' is no metric (choose peak, rss, pss, uss, page-tables, kernel, charged, $times)"
    tables="fits, cells, segments, ratios, crossovers, capacity, changes, runs, calibration or claims"
    check --table=x "--table: 'x' is no table (choose $tables)"
    check --format=x "--format: 'x' is no format (choose text, csv, json, markdown or latex)"
    check --confidence=95 "--confidence: '95' is not a level (write a number between 0 and 1, such as 0.95)"
    check --tasks=1,,2 "--tasks: an empty part (write single commas between the parts)"
    check --tasks=many "--tasks: 'many' is not a count (write a whole number of at least 1, such as 500, 10k or 1M)"
}

@test "no recording is a usage error" {
    run "$analyze"
    [ "$status" -eq 2 ]
    [[ "${lines[0]}" == "analyze: no recording is named" ]]
}

@test "a model or count that is nowhere is reported" {
    run "$analyze" --model=light,none "$two_models"
    [ "$status" -eq 1 ]
    [[ "$output" == "analyze: none: no run of this model is in the recordings"* ]]
    run "$analyze" --tasks=5k "$two_models"
    [ "$status" -eq 1 ]
    [[ "$output" == "analyze: 5k tasks: no run with so many is in the recordings"* ]]
}

@test "a bad recording is reported with its line, and the good ones are shown" {
    run --separate-stderr "$analyze" "$two_models" bad-number.csv
    [ "$status" -eq 1 ]
    [ "${stderr_lines[0]}" = "analyze: bad-number.csv:3: column time_us: 'soon' is not a whole number or nothing" ]
    [ "${stderr_lines[1]}" = "analyze: bad-number.csv: 1 run with a wrong row is left out" ]
    [ "${stderr_lines[2]}" = "analyze: bad-number.csv: 17 runs that were read already are left out" ]
    [[ "$output" == *light* ]]
    run --separate-stderr "$analyze" missing.csv "$two_models"
    [ "$status" -eq 1 ]
    [ "$stderr" = "analyze: missing.csv: No such file or directory" ]
    [[ "$output" == *light* ]]
}

@test "bad recordings alone show nothing" {
    printf 'x,y\n1,2\n' >"$BATS_TEST_TMPDIR/other.csv"
    run --separate-stderr "$analyze" "$BATS_TEST_TMPDIR/other.csv"
    [ "$status" -eq 1 ]
    [ -z "$output" ]
    [[ "$stderr" == *"no complete run is in the recordings" ]]
}

@test "an interrupted run is counted and left out" {
    run --separate-stderr "$analyze" --table=cells --format=csv interrupted.csv
    [ "$status" -eq 0 ]
    [ "$stderr" = "analyze: interrupted.csv: 1 interrupted run (without an end row) is left out" ]
    [ "${#lines[@]}" -eq 2 ]
}

@test "the same recording under another name counts once" {
    cp "$two_models" "$BATS_TEST_TMPDIR/copy.csv"
    run --separate-stderr "$analyze" --format=csv "$two_models" "$BATS_TEST_TMPDIR/copy.csv"
    [ "$status" -eq 0 ]
    [ "$stderr" = "analyze: $BATS_TEST_TMPDIR/copy.csv: 18 runs that were read already are left out" ]
    [ "$output" = "$("$analyze" --format=csv "$two_models")" ]
}

@test "a label stands for the host; hosts are kept apart, or pooled" {
    cp "$two_models" "$BATS_TEST_TMPDIR/copy.csv"
    run "$analyze" --format=csv first="$two_models" second="$BATS_TEST_TMPDIR/copy.csv"
    [ "$status" -eq 0 ]
    [ "$(cut -d, -f1,2 <<<"$output" | sort | paste -sd' ')" = "first,heavy first,light host,model second,heavy second,light" ]
    run "$analyze" --format=csv --pool first="$two_models" second="$BATS_TEST_TMPDIR/copy.csv"
    [ "$status" -eq 0 ]
    [ "${#lines[@]}" -eq 3 ]
    [[ "${lines[1]}" == all,light,*,curve,18,6,0,*"overheads from 4.00 KiB to 4.00 KiB; baselines from 1.00 MiB to 1.00 MiB"* ]]
}

@test "capacity: what fills the budget, and what so many tasks would take" {
    run "$analyze" --budget=1GiB --format=csv "$two_models"
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = host,model,work,metric,unit,budget,tasks,tasks_low,tasks_high,extrapolated ]
    # (2^30 - 2^20) / 4096 tasks, but for rounding
    [[ "${lines[1]}" =~ ^rig,light,sleep,peak,bytes,1073741824,26188[78],2618[0-9]+,2619[0-9]+,yes$ ]]
    run "$analyze" --at=1k,10M --format=csv --model=light "$two_models"
    [ "${lines[0]}" = host,model,work,metric,unit,tasks,predicted,predicted_low,predicted_high,extrapolated ]
    [[ "${lines[1]}" =~ ^rig,light,sleep,peak,bytes,1000,51445.*,no$ ]]
    [[ "${lines[2]}" =~ ^rig,light,sleep,peak,bytes,10000000,4096104.*,yes$ ]]
    run "$analyze" --budget=1MiB "$two_models"
    [[ "$output" == *"The baseline alone takes more than the budget: "*heavy*.* ]]
}

@test "crossovers: from how many tasks on which is cheaper" {
    run "$analyze" --table=crossovers --format=csv "$two_models"
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = host,model_a,model_b,work,metric,unit,tasks,tasks_low,tasks_high,cheaper_below,cheaper_above ]
    [ "${lines[1]}" = rig,heavy,light,sleep,peak,bytes,,,,light,light ]
    run "$analyze" --table=crossovers "$two_models"
    [[ "$output" == *"light is cheaper from 1 to 1k tasks, all that was measured"* ]]
    run "$analyze" --table=crossovers --model=light "$two_models"
    [ "$status" -eq 1 ]
    [ "$output" = "analyze: nothing to compare: only one model of each host and work is chosen" ]
}

@test "runs: every run with its values" {
    run "$analyze" --table=runs --format=csv "$two_models"
    [ "$status" -eq 0 ]
    columns=host,model,family,work,tasks,run,status,peak,rss,pss,uss,page-tables,kernel,charged,idle,kernel-stack
    [ "${lines[0]}" = "$columns,metric,unit,outlier,reason" ]
    [ "${#lines[@]}" -eq 19 ]
    [ "${lines[1]}" = rig,heavy,thread,sleep,1,1,ok,2101248,2101248,2101248,2101248,,8192,,2097152,,peak,bytes,no, ]
    [ "${lines[9]}" = "rig,heavy,thread,sleep,10000,3,failed,2097152,,,,,,,2097152,,peak,bytes,,pthread_create: EAGAIN" ]
}

# More bytes a task, in the peak of every run of light.
heavier() { # BYTES
    awk -F, -v OFS=, -v more="$1" 'NR > 1 && $2 == "light" && $12 { $12 += more * $4 } { print }' "$two_models"
}

@test "against an older recording: what changed, and a gate" {
    heavier 1000 >"$BATS_TEST_TMPDIR/new.csv"
    run "$analyze" --against="$two_models" --format=csv "$BATS_TEST_TMPDIR/new.csv"
    [ "$status" -eq 0 ]
    columns=host,model,work,metric,unit,quantity,old,new,change,change_low,change_high,ratio,ratio_low,ratio_high
    [ "${lines[0]}" = "$columns,cpu_share,p_value,p_holm,verdict" ]
    [[ "$output" == *"rig,light,sleep,peak,bytes,overhead,4096,5096"*",grew by 24.4 % ("* ]]
    [[ "$output" == *"rig,heavy,sleep,peak,bytes,overhead,8192,8192,0,"*",no change is proven"* ]]
    run --separate-stderr "$analyze" --against="$two_models" --fail-above=5% "$BATS_TEST_TMPDIR/new.csv"
    [ "$status" -eq 1 ]
    [[ "${stderr_lines[0]}" == "analyze: light: peak overhead grew by more than 5 %: grew by 24.4 %"* ]]
    [ "${stderr_lines[1]}" = "analyze: --fail-above=5%: not passed (the reasons stand above)" ]
    [[ "$output" == *"grew by 24.4 %"* ]]
    run "$analyze" --against="$two_models" --fail-above=30% "$BATS_TEST_TMPDIR/new.csv"
    [ "$status" -eq 0 ]
    run "$analyze" --against="$BATS_TEST_TMPDIR/new.csv" --fail-above=0 --model=light "$two_models" # it shrank
    [ "$status" -eq 0 ]
}

# +20 % of what a task takes, by the average over the measured range, where no line holds.
@test "against an older recording: growth is seen where no line holds" {
    for model in csharp-task java-thread java-virtual-thread node-promise libev; do
        awk -F, -v OFS=, -v model="$model" 'NR == 1 || $2 == model { if (NR > 1 && $12) $12 = int($12 * 1.2); print }' \
            ../../../data/vm.csv >"$BATS_TEST_TMPDIR/new.csv"
        run --separate-stderr "$analyze" --against=../../../data/vm.csv --model="$model" --fail-above=5% "$BATS_TEST_TMPDIR/new.csv"
        [ "$status" -eq 1 ]
        [[ "$stderr" == *"$model: peak overhead grew by more than 5 %: grew by "* ]]
        run "$analyze" --against=../../../data/vm.csv --model="$model" --fail-above=5% ../../../data/vm.csv
        [ "$status" -eq 0 ]
    done
}

# io_uring's kernel memory is no part of its peak: 264 to 686 B a task.
@test "against an older recording: the kernel's part is judged too, and the failed runs are told" {
    awk -F, -v OFS=, 'NR == 1 || $2 == "io_uring" || $2 == "timerfd" { if ($2 == "io_uring" && $15) $15 += 422 * $4; print }' \
        ../../../data/vm.csv >"$BATS_TEST_TMPDIR/new.csv"
    run --separate-stderr "$analyze" --against=../../../data/vm.csv --model=io_uring,timerfd --fail-above=5% "$BATS_TEST_TMPDIR/new.csv"
    [ "$status" -eq 1 ]
    [[ "${stderr_lines[0]}" == "analyze: io_uring: kernel overhead grew by more than 5 % of the whole: grew by 160 % ("* ]]
    [[ "$output" == *"Judged is the overhead of a task: peak, and the growth of kernel as a share of both."* ]]
    [[ "$output" == *"timerfd: not ok were 20 of the newer runs and 20 of the older ones."* ]]
    run "$analyze" --against=../../../data/vm.csv --model=io_uring --metric=peak --fail-above=5% "$BATS_TEST_TMPDIR/new.csv"
    [ "$status" -eq 0 ]
    [[ "$output" == *"Judged is the overhead of a task: peak."* ]]
}

# fork varies twofold: growth of 5 % can neither be proven nor ruled out.
@test "against an older recording: a gate that cannot tell exits with 3 and says what it could" {
    run --separate-stderr "$analyze" --against=../../../data/vm.csv --model=fork --fail-above=5% --metric=peak ../../../data/vm.csv
    [ "$status" -eq 3 ]
    [[ "${stderr_lines[0]}" =~ ^"analyze: fork: whether peak overhead grew by more than 5 % cannot be told: the interval reaches "[0-9.]+" %, and with so many runs growth is seen from about "[0-9.]+" % on (make more)"$ ]]
    [ "${stderr_lines[1]}" = "analyze: --fail-above=5%: cannot tell (the reasons stand above)" ]
}

# Verdict, limits and status follow from one interval: growth that is not beyond what is allowed for certain fails nowhere.
@test "against an older recording: at a count, the totals are compared" {
    heavier 1000 >"$BATS_TEST_TMPDIR/new.csv"
    run --separate-stderr "$analyze" --against="$two_models" --at=1k --fail-above=5% --model=light "$BATS_TEST_TMPDIR/new.csv"
    [ "$status" -eq 1 ]
    # (1 MiB + 5096000) / (1 MiB + 4096000) = 1.194
    [[ "$output" == *"light  peak    at 1k"*"grew by 19.4 %"* ]]
    run "$analyze" --against="$two_models" --at=2k --model=light --format=csv "$BATS_TEST_TMPDIR/new.csv"
    [[ "$output" == *"cannot tell: not measured at this count on both sides"* ]]
}

@test "against an older recording: a model that is gone or cannot be judged does not pass the gate" {
    grep -v ,light, "$two_models" >"$BATS_TEST_TMPDIR/gone.csv"
    run --separate-stderr "$analyze" --against="$two_models" --fail-above=5% "$BATS_TEST_TMPDIR/gone.csv"
    [ "$status" -eq 1 ]
    [ "${stderr_lines[0]}" = "analyze: light: is only in the older recordings" ]
    run --separate-stderr "$analyze" --against="$two_models" --fail-above=5% --fit=theil-sen "$two_models"
    [ "$status" -eq 3 ]
    [[ "${stderr_lines[0]}" == "analyze: heavy: whether peak overhead grew by more than 5 % cannot be told: theil-sen "* ]]
    [ "${stderr_lines[-1]}" = "analyze: --fail-above=5%: cannot tell (the reasons stand above)" ]
    run "$analyze" --against="$two_models" --model=none "$two_models"
    [ "$status" -eq 1 ]
}

# Runs of calibrate:BYTES whose tasks weigh so many bytes more, whose baseline lies so many bytes above what was
# measured before the first task, and whose groups were charged so many times what is explained. The runs of a count are
# all the same.
calibrated() { # BYTES [MORE [ABOVE [CHARGED]]]
    awk -v bytes="$1" -v more="${2:-0}" -v above="${3:-0}" -v charged="${4:-1}" 'BEGIN {
        print "host,model,family,tasks,run,phase,time_us,alive,rss_bytes,pss_bytes,uss_bytes,peak_rss_bytes," \
            "page_table_bytes,kernel_stack_bytes,kernel_bytes,charged_bytes,peak_charged_bytes,threads,user_us," \
            "system_us,status,reason"
        for (run = 1; run <= 3; run++)
            for (tasks = 1; tasks <= 10000; tasks *= tasks == 1 ? 1000 : 10) {
                row = "rig,calibrate:" bytes ",async," tasks "," run
                memory = 1048576 + above + tasks * (bytes + more)
                printf "%s,idle,-1,0,1048576,,,1048576,,,,,,1,,,,\n", row
                printf "%s,hold,1,%d,%d,%d,%d,%d,4096,,%d,%d,,1,,,,\n", row, tasks, memory, memory, memory, memory,
                    64 * tasks, charged * (memory + 64 * tasks)
                printf "%s,end,2,0,,,,%d,,,,,,1,0,0,ok,\n", row, memory
            }
    }'
}

# No line holds what lies within its targets: 0.25 bytes of 256 are 0.098 %, and 60 KiB are 15 pages.
@test "calibration: a known weight that is measured right passes" {
    { calibrated 256 0.25 61440; calibrated 4096 | tail -n +2; } >"$BATS_TEST_TMPDIR/check.csv"
    run --separate-stderr "$analyze" --table=calibration "$BATS_TEST_TMPDIR/check.csv"
    [ "$status" -eq 0 ]
    [ -z "$stderr" ]
    [[ "${lines[2]}" =~ ^calibrate:256\ +9\ +0\ +256\ B\ .*\ 60\.0\ KiB\ .*\ met$ ]]
    [[ "${lines[3]}" =~ ^calibrate:4096\ .*\ met$ ]]
    [ "${lines[-1]}" = "All targets are met: what is known is found again." ]
}

@test "calibration: each missed target is reported and fails the program" {
    missed() { # VERDICT MESSAGE CALIBRATED...
        local verdict=$1 message=$2
        shift 2
        calibrated "$@" >"$BATS_TEST_TMPDIR/check.csv"
        run --separate-stderr "$analyze" --table=calibration --format=csv "$BATS_TEST_TMPDIR/check.csv"
        [ "$status" -eq 1 ]
        [[ "${lines[1]}" == *",$verdict," ]]
        [ "${stderr_lines[0]}" = "analyze: rig, calibrate:$1: $message" ]
        [ "${stderr_lines[1]}" = "analyze: --table=calibration: not passed (the reasons stand above)" ]
    }
    missed "no: overhead" "the overhead is 0.50 B off" 256 0.5 # 0.2 %
    missed "no: overhead" "the overhead is 2 B off" 4096 -2 # more than 1 byte
    missed "no: baseline" "the baseline is 80.0 KiB off what was measured before the first task" 256 0 81920 # 20 pages
    missed "no: accounting" "1.96 % of what a task was charged are neither its own pages nor the kernel's" 4096 0 0 1.02
}

@test "calibration: without charged memory the rest is judged, and an unknown value misses its target" {
    calibrated 4096 | awk -F, -v OFS=, '{ if (NR > 1) $15 = $16 = "" } { print }' >"$BATS_TEST_TMPDIR/check.csv"
    run --separate-stderr "$analyze" --table=calibration --format=csv "$BATS_TEST_TMPDIR/check.csv"
    [ "$status" -eq 0 ]
    [[ "${lines[1]}" == *",met," ]]
    calibrated 4096 | grep -v ,idle, >"$BATS_TEST_TMPDIR/check.csv"
    run --separate-stderr "$analyze" --table=calibration --format=csv "$BATS_TEST_TMPDIR/check.csv"
    [ "$status" -eq 1 ]
    [[ "${stderr_lines[0]}" == *": the baseline is an unknown distance off what was measured before the first task" ]]
    run --separate-stderr "$analyze" --table=calibration --metric=cpu "$BATS_TEST_TMPDIR/check.csv"
    [ "$status" -eq 1 ]
    [[ "$stderr" == *"calibrate:BYTES or, in time, calibrate:spin=NS is in the recordings (collect --check makes them)" ]]
    run --separate-stderr "$analyze" --table=calibration "$two_models"
    [ "$status" -eq 1 ]
    [[ "${stderr_lines[0]}" == *": no run of a model calibrate:BYTES or, in time, calibrate:spin=NS is in the recordings (collect --check makes them)" ]]
}

@test "- is standard input, and standard output for -o" {
    "$analyze" --format=csv "$two_models" >"$BATS_TEST_TMPDIR/expected"
    "$analyze" --format=csv - <"$two_models" | cmp - "$BATS_TEST_TMPDIR/expected"
    cat "$two_models" | "$analyze" --format=csv -o - - | cmp - "$BATS_TEST_TMPDIR/expected"
    [ ! -e ./- ]
    run "$analyze" --table=cells --format=csv lab=- <"$two_models"
    [[ "${lines[1]}" == lab,* ]]
    run "$analyze" - - <"$two_models"
    [ "$status" -eq 1 ]
    [[ "$output" == *"is named twice"* ]]
}

@test "one host on each side is compared, whatever its name" {
    sed 's/^rig,/another,/' "$two_models" >"$BATS_TEST_TMPDIR/new.csv"
    run "$analyze" --against="$two_models" --fail-above=5% "$BATS_TEST_TMPDIR/new.csv"
    [ "$status" -eq 0 ]
    [[ "$output" == *"HOST: another"*"no change is proven"*"The older recordings are of another host: rig."* ]]
    run "$analyze" --against="$two_models" --against="$two_models" "$BATS_TEST_TMPDIR/new.csv"
    [ "$status" -eq 2 ]
    [ "${lines[0]}" = "analyze: --against: takes one recording (and was given twice)" ]
}

# Two recordings of a host vm: the one of the second machine has 4 processors in its sidecar, the other 2.
two_machines() {
    cd "$BATS_TEST_TMPDIR"
    for name in first second; do
        cp "$BATS_TEST_DIRNAME/fixtures/first-version.csv" "$name.csv"
        sed 's/"runs": 10/"runs": 1/' "$BATS_TEST_DIRNAME/fixtures/first-version.json" >"$name.json"
    done
    sed -i 's/"cores": 2/"cores": 4/' second.json
}

another_machine='its host vm is another machine than that of'

@test "two machines of one host name stand apart, unless they have labels" {
    two_machines
    run --separate-stderr "$analyze" --table=runs --format=csv first.csv second.csv
    [ "$status" -eq 0 ]
    [[ "$stderr" == *"analyze: second.csv: $another_machine first.csv (cores: 4 here, 2 there)"*"a=first.csv b=second.csv"* ]]
    [ "$(grep -c '^vm,' <<<"$output")" -eq 9 ]
    [ "$(grep -c '^vm (second.csv),' <<<"$output")" -eq 9 ]
    run --separate-stderr "$analyze" --table=runs --format=csv a=first.csv b=second.csv
    [[ "$stderr" != *"another machine"* ]]
    [ "$(cut -d, -f1 <<<"$output" | sort -u | paste -sd,)" = a,b,host ]
    run --separate-stderr "$analyze" --pool first.csv second.csv
    [[ "$output" == *"baselines from "* ]]
    cp first.json second.json # the same machine: the same runs
    run --separate-stderr "$analyze" --table=runs --format=csv first.csv second.csv
    [[ "$stderr" != *"another machine"* && "$stderr" == *"second.csv: 9 runs that were read already are left out"* ]]
}

@test "against a recording of another machine of the same name: a warning says so" {
    two_machines
    run --separate-stderr "$analyze" --against=first.csv --model=pthread second.csv
    [ "$status" -eq 0 ]
    [[ "$stderr" == *"analyze: first.csv: $another_machine second.csv (cores: 2 here, 4 there)"* ]]
    [[ "$output" == *"HOST: vm"*"no change is proven"*"The older recordings are of another host: vm (first.csv)."* ]]
    # where there are several hosts each is held against its own machine
    sed -i 's/,null,/,less,/' second.csv
    run --separate-stderr "$analyze" --against=second.csv --format=csv first.csv second.csv
    [ "$status" -eq 0 ]
    [[ "$output" == *"vm (second.csv),less,"* && "$output" != *"vm,less,"* && "$output" != *"vm,pthread"* ]]
}

# Recordings of one machine whose program pthread is one in the first, and another in the second.
two_programs() {
    two_machines
    for name in first second; do
        sed 's/"runs": 10/"runs": 1/; s/"pthread": {/&"path": "\/'$name'\/pthread", "sha256": "'$name'", /' \
            "$BATS_TEST_DIRNAME/fixtures/first-version.json" >"$name.json"
    done
    grep -q '"sha256": "second"' second.json
}

@test "two programs of one name stand apart: their runs make no cell" {
    two_programs
    another_program='its pthread is another program than that of first.csv (/second/pthread here, /first/pthread there)'
    run --separate-stderr "$analyze" --table=cells --format=csv first.csv second.csv
    [ "$status" -eq 0 ]
    [[ "$stderr" == *"analyze: second.csv: $another_program, so its host vm is called \"vm (second.csv)\" ("* ]]
    [ "$(grep -c '^vm,pthread' <<<"$output")" -eq "$(grep -c '^vm (second.csv),pthread' <<<"$output")" ]
    # under one label, too, but not under two; what two hosts have in common is for --pool to say
    run --separate-stderr "$analyze" --table=cells --format=csv lab=first.csv lab=second.csv
    [[ "$stderr" == *"$another_program, so its host lab is called \"lab (second.csv)\" ("* ]]
    [ "$(cut -d, -f1 <<<"$output" | sort -u | paste -sd,)" = "host,lab,lab (second.csv)" ]
    run --separate-stderr "$analyze" --table=cells --format=csv old=first.csv new=second.csv
    [[ "$stderr" != *"another program"* ]]
    [ "$(cut -d, -f1 <<<"$output" | sort -u | paste -sd,)" = "host,new,old" ]
    run --separate-stderr "$analyze" --pool first.csv second.csv
    [[ "$output" == *"baselines from "* ]]
    # an older recording to compare with may have another build
    run --separate-stderr "$analyze" --against=first.csv --model=pthread second.csv
    [[ "$stderr" != *"another program"* ]]
    [[ "$output" == *"HOST: vm"*"no change is proven"* && "$output" != *"another host"* ]]
}

@test "what a newer version has recorded is read as far as it is known" {
    two_machines
    sed '1s/$/,spawn_us/; 2,$s/$/,7/; 3s/,idle,/,unheard,/; 4s/,idle,/,unheard,/' first.csv >newer.csv
    sed 's/"schema_version": 1/"schema_version": 2/; s/"tasks": \[/"counts": [/' first.json >newer.json
    run --separate-stderr "$analyze" --table=runs --format=csv newer.csv
    [ "$status" -eq 0 ]
    [ "${#stderr_lines[@]}" -eq 2 ]
    [ "${stderr_lines[0]}" = "analyze: newer.csv: 2 rows of a phase that this version does not know are left out" ]
    [[ "${stderr_lines[1]}" == "analyze: newer.json: is of schema version 2, and this program knows 1: "* ]]
    [ "$output" = "$("$analyze" --table=runs --format=csv first.csv)" ]
}

@test "an option without effect is a usage error" {
    check() { # MESSAGE OPTION...
        local message=$1
        shift
        run "$analyze" "$@" "$two_models"
        [ "$status" -eq 2 ]
        [ "${lines[0]}" = "analyze: $message" ]
    }
    check "--errors=hc3 goes with --fit=ols only" --errors=hc3
    check "--table=changes needs --against=RECORDING" --table=changes
    check "--against goes with --table=changes only" --table=fits --against=x.csv
    check "--fail-above goes with --table=changes only" --fail-above=5%
    check "--budget goes with --table=capacity only" --table=fits --budget=1GiB
    check "--at goes with --table=ratios, capacity or changes only" --table=fits --at=1k
    check "--reference goes with --table=ratios or crossovers only" --reference=light
    check "--test goes with --table=ratios only" --test=mann-whitney
    check "--test=mann-whitney compares runs (it goes with --at=COUNT only)" --test=mann-whitney --table=ratios
    check "--fit goes with --table=fits, ratios, crossovers, capacity, changes or calibration only" -f ols --table=cells
    check "--pool goes with --table=fits only" --pool --table=cells
    check "--fail-above: 'x' is not a share (write a percentage of at least 0, such as 5%)" --fail-above=x
    check "--budget: '0' is not above 0 (write how much there is to fill)" --budget=0
}

@test "a rank test of the runs at a count" {
    run "$analyze" --table=ratios --at=1k --test=mann-whitney --format=csv "$two_models"
    [ "$status" -eq 0 ]
    # three runs a side, all of one below all of the other: 2 of 20 ways
    [[ "${lines[1]}" == rig,heavy,light,sleep,peak,bytes,1000,2,*,0.1,0.1,"no difference is proven at 95 % (about "* ]]
}

@test "a metric in seconds is shown in seconds, without a word of memory" {
    run "$analyze" --metric=cpu processor-time.csv
    [ "$status" -eq 0 ]
    [[ "${lines[1]}" =~ ^MODEL\ +RUNS\ +FAILED\ +BASELINE\ +PER\ TASK\ +LINE\ HOLDS\ +UP\ TO\ +NOTE$ ]]
    [[ "${lines[2]}" =~ ^quick\ .*\ 50\.0\ ms\ +±\ .*\ 1\.25\ µs\ +±\ .*\ yes\ +800k\ +the\ baseline\ is\ prolonged\ from\ 80k\ tasks$ ]]
    [[ "${lines[3]}" =~ ^slow\ .*\ 50\.0\ ms\ +±\ .*\ 5\.00\ µs\ +±\ .*\ yes\ +800k\ .*80k\ tasks$ ]]
    run "$analyze" --metric=cpu --format=csv processor-time.csv
    [[ "${lines[1]}" == rig,quick,async,sleep,cpu,seconds,* ]]
    awk -F, '{ exit !(($11 - 0.05) ^ 2 < 1e-12 && ($15 - 1.25e-6) ^ 2 < 1e-24 && $25 == "") }' <<<"${lines[1]}"
    for table in fits cells segments ratios "ratios --at=80k" crossovers "capacity --budget=2s" "capacity --at=1M" runs \
        "changes --against=processor-time.csv"; do
        for format in text csv json markdown latex; do
            cp processor-time.csv "$BATS_TEST_TMPDIR/new.csv"
            run "$analyze" --metric=cpu --table=$table --format=$format "$BATS_TEST_TMPDIR/new.csv"
            [ "$status" -eq 0 ]
            ! grep -iE 'memory|kernel|resident|[KMG]iB|bytes' <<<"$output" || return 1
        done
    done
    # (2 s - 50 ms) / 1.25 µs
    run "$analyze" --metric=cpu --budget=2s --format=csv --model=quick processor-time.csv
    [[ "${lines[1]}" =~ ^rig,quick,sleep,cpu,seconds,2,(1560000|1559999|1560001),.*,yes$ ]]
}

@test "a budget is in the metric's unit, and memory alone has a default" {
    check() { # MESSAGE OPTION...
        local message=$1
        shift
        run "$analyze" "$@" processor-time.csv
        [ "$status" -eq 2 ]
        [ "${lines[0]}" = "analyze: $message" ]
    }
    check "--budget: '16GiB' is not a number of seconds (write one with ns, µs, ms or s behind it)" --budget=16GiB --metric=cpu
    check "--budget: '2s' is not a number of bytes (write one with B, KiB, MiB, GiB, TiB or PiB behind it)" --budget=2s
    check "--table=capacity of cpu needs --budget, a number of seconds" --table=capacity --metric=cpu
    run "$analyze" --table=capacity processor-time.csv
    [ "$status" -eq 0 ]
    [[ "$output" == *"How many tasks fill 16.0 GiB"* ]]
}

# Each task of the second is a process that shares all of its pages with the others; the third is one process whose libraries
# are shared with other programs. None is of the family process.
@test "a model whose runs have several processes has a note that the peak counts shared pages repeatedly" {
    { head -n 1 "$two_models"
      for tasks in 10 1000; do
          for run in 1 2 3; do
              for model in "alone 4096 1048576 4096 1048576" "shares 4096 1048576 400 1048576" "linked 4096 1048576 4096 0"; do
                  read -r name rss_per rss pss_per pss <<<"$model"
                  rss=$((rss + tasks * rss_per + 4096 * run)) pss=$((pss + tasks * pss_per + 4096 * run))
                  echo "h,$name,external,$tasks,$run,hold,1,$tasks,$rss,$pss,$pss,$rss,,,,,,1,,,,"
                  echo "h,$name,external,$tasks,$run,end,2,,,,,$rss,,,,,,,,,ok,"
              done
          done
      done } >"$BATS_TEST_TMPDIR/processes.csv"
    said="its runs have several processes, and peak counts a page that they share once for each: --metric=pss divides it among them"
    run "$analyze" "$BATS_TEST_TMPDIR/processes.csv"
    [ "$status" -eq 0 ]
    [ "$(grep -c "$said" <<<"$output")" -eq 1 ]
    [[ "$(grep "$said" <<<"$output")" == shares* ]]
    run "$analyze" --metric=pss "$BATS_TEST_TMPDIR/processes.csv"
    [[ "$output" != *"several processes"* ]]
    sed 's/,external,/,process,/' "$BATS_TEST_TMPDIR/processes.csv" >"$BATS_TEST_TMPDIR/family.csv"
    run "$analyze" --metric=rss "$BATS_TEST_TMPDIR/family.csv"
    [ "$(grep -c "${said/peak/rss}" <<<"$output")" -eq 3 ]
}

# 3 runs each at 10 and 1000 connections, sampled as soon as all are held, and 250 ms and 4 s later.
servers() { # KERNEL_BYTES...: of a connection; null-server's, then nginx's
    head -n 1 "$two_models"
    for model in null-server nginx; do
        for tasks in 10 1000; do
            for run in 1 2 3; do
                rss=$((1048576 + 500 * tasks + 4096 * run)) kernel=$((200000 + $1 * tasks + 4096 * run))
                for time in 5 250005 $((tasks * 4000 + 5)); do
                    echo "h,$model,connection,$tasks,$run,hold,$time,$tasks,$rss,,,$rss,,,$kernel,,,1,,,,"
                done
                echo "h,$model,connection,$tasks,$run,end,9000000,,,,,$rss,,,,,,,,,ok,"
            done
        done
        shift
    done
}

@test "of connections the table says how long they had been idle when they were weighed" {
    servers 3900 4400 >"$BATS_TEST_TMPDIR/servers.csv"
    run "$analyze" "$BATS_TEST_TMPDIR/servers.csv"
    [ "$status" -eq 0 ]
    [ "$(grep -c 'weighed when all had been idle for 40.0 ms to 250 ms (collect --sleep)' <<<"$output")" -eq 2 ]
    servers 3900 4400 | sed '/,connection,10,.*,hold,[0-9]*0005,/d' >"$BATS_TEST_TMPDIR/once.csv" # 10 of them were weighed once
    run "$analyze" "$BATS_TEST_TMPDIR/once.csv"
    [ "$(grep -c 'weighed when all had been idle for at most 250 ms (collect --sleep)' <<<"$output")" -eq 2 ]
    servers 3900 4400 | sed '/,hold,[0-9]*0005,/d' >"$BATS_TEST_TMPDIR/all_once.csv"
    run "$analyze" "$BATS_TEST_TMPDIR/all_once.csv"
    [ "$(grep -c 'weighed as soon as all were alive (collect --sleep)' <<<"$output")" -eq 2 ]
    run "$analyze" "$two_models"
    [[ "$output" != *"had been idle"* ]]
}

@test "where a kernel does not charge accepted sockets, which null-server shows, the table says so once, with the amount" {
    servers 1440 2000 >"$BATS_TEST_TMPDIR/servers.csv"
    for options in "" --metric=kernel; do
        run "$analyze" $options "$BATS_TEST_TMPDIR/servers.csv"
        [ "$status" -eq 0 ]
        [ "$(grep -c 'does not charge a server for accepted sockets: null-server takes 1.41 KiB' <<<"$output")" -eq 1 ]
    done
    servers 3900 2000 >"$BATS_TEST_TMPDIR/servers.csv"
    run "$analyze" "$BATS_TEST_TMPDIR/servers.csv"
    [[ "$output" != *"accepted sockets"* ]]
}

# Runs of models at 1, 100 and 10 k tasks: 200 B a task beside so many bytes before the first task, and so many more then.
idle_and_more() { # MODEL IDLE MORE...
    head -n 1 "$two_models"
    while [ $# -gt 0 ]; do
        for tasks in 1 100 10000; do
            for run in 1 2 3 4; do
                idle=$(($2 + 4096 * (run % 3))) peak=$(($2 + $3 + 200 * tasks + 4096 * (run % 2)))
                echo "h,$1,async,$tasks,$run,idle,-1,0,$idle,,,$idle,,,,,,,,,,"
                echo "h,$1,async,$tasks,$run,end,1,,,,,$peak,,,,,,,,,ok,"
            done
        done
        shift 3
    done
}

@test "a baseline that is more than what was there before the first task has a note, in every format" {
    idle_and_more helper 2097152 2097152 plain 2097152 131072 >"$BATS_TEST_TMPDIR/helper.csv"
    said='is more than the 2.00 MiB that were there before the first task: what the runtime starts with its first tasks'
    for format in text csv json markdown latex; do
        run "$analyze" --format=$format "$BATS_TEST_TMPDIR/helper.csv"
        [ "$status" -eq 0 ]
        [ "$(grep -c "the baseline, 4.0[0-9] MiB, $said" <<<"$output")" -eq 1 ]
        [[ "$(grep "$said" <<<"$output")" == *helper* || $format == json ]]
    done
    for fit in wls ols theil-sen; do
        "$analyze" --fit=$fit "$BATS_TEST_TMPDIR/helper.csv" | grep -q "^helper .*$said"
    done
    # The private memory has no such measurement.
    run "$analyze" --metric=uss "$BATS_TEST_TMPDIR/helper.csv"
    [[ "$output" != *"before the first task"* ]]
    # None of the models in data/ starts that much.
    run "$analyze" ../../../data/vm.csv
    [[ "$output" != *"before the first task"* ]]
}

@test "against an older recording: runs of value 0 that are equal have not changed" {
    for peak in 0 40960; do
        { head -n 1 "$two_models"
          for tasks in 1 100; do
              for run in 1 2 3; do echo "h,m,async,$tasks,$run,end,5,,,,,$peak,,,,,,,,,ok,"; done
          done } >"$BATS_TEST_TMPDIR/$peak.csv"
    done
    cp "$BATS_TEST_TMPDIR/0.csv" "$BATS_TEST_TMPDIR/old.csv"
    run "$analyze" --against="$BATS_TEST_TMPDIR/old.csv" "$BATS_TEST_TMPDIR/0.csv"
    [ "$status" -eq 0 ]
    [ "$(grep -c 'no change is proven$' <<<"$output")" -eq 2 ]
    run "$analyze" --against="$BATS_TEST_TMPDIR/old.csv" "$BATS_TEST_TMPDIR/40960.csv"
    [[ "$output" == *"baseline  0 B  40.0 KiB "*"  grew from next to nothing"* ]]
    run "$analyze" --fit=theil-sen --against="$BATS_TEST_TMPDIR/old.csv" "$BATS_TEST_TMPDIR/0.csv"
    [[ "$output" == *"cannot tell: theil-sen tells no standard errors (choose another fit)"* ]]
    run "$analyze" --fit=ols --against="$BATS_TEST_TMPDIR/old.csv" "$BATS_TEST_TMPDIR/0.csv"
    [[ "$output" == *"cannot tell: no run scatters, and this fit then knows no error (choose another)"* ]]
}

@test "text: wide and combining characters keep the columns aligned" {
    { head -n 1 "$two_models"
      for model in 任务模型 💥boom écombining שלום plain; do
          for tasks in 1 100; do
              for run in 1 2; do echo "h,$model,async,$tasks,$run,end,5,,,,,$((4096 * run)),,,,,,,,,ok,"; done
          done
      done } | sed 's/écombining/e\xcc\x81combining/' >"$BATS_TEST_TMPDIR/wide.csv"
    run "$analyze" "$BATS_TEST_TMPDIR/wide.csv"
    [ "$status" -eq 0 ]
    # The widest name has 10 columns; 2 blanks and the rest of RUNS follow.
    for line in $'任务模型       4' $'💥boom         4' $'e\xcc\x81combining     4' $'שלום           4' $'plain          4'; do
        grep -q "^$line " <<<"$output"
    done
}

@test "text that is not UTF-8 or of several lines is mended in every format, and refused in options" {
    sed 's/,light,/,"l\xffght\nl\x1b[31m",/' "$two_models" >"$BATS_TEST_TMPDIR/ansi.csv"
    for format in text csv json markdown latex; do
        run "$analyze" --format=$format "$BATS_TEST_TMPDIR/ansi.csv"
        [ "$status" -eq 0 ]
        [ "$(grep -c 'l?ght?l?.*31m' <<<"$output")" -eq 1 ]
    done
    cp "$two_models" "$BATS_TEST_TMPDIR/"$'n\xffme.csv'
    printf '{"machine": {"host": "rig", "processor": "\xff"}}' >"$BATS_TEST_TMPDIR/"$'n\xffme.json'
    "$analyze" --format=json "$BATS_TEST_TMPDIR/"$'n\xffme.csv' >"$BATS_TEST_TMPDIR/fits.json"
    iconv -f UTF-8 -t UTF-8 "$BATS_TEST_TMPDIR/fits.json" >/dev/null
    grep -q '/n?me.csv"' "$BATS_TEST_TMPDIR/fits.json"
    for label in $'l\xff' $'l\nl' $'l\e[31m'; do
        run "$analyze" "$label=$two_models"
        [ "$status" -eq 2 ]
        [[ "$output" == "analyze: 'l?"*"' cannot be a label: it is not UTF-8 or has control characters"* ]]
        run "$analyze" --against="$label=$two_models" "$two_models"
        [ "$status" -eq 2 ]
    done
}

@test "what other programs have written into a recording is read or told" {
    expected=$("$analyze" --format=csv "$two_models")
    [ "$(tr , ';' <"$two_models" | "$analyze" --format=csv -)" = "$expected" ]
    [ "$(gzip -c "$two_models" | "$analyze" --format=csv -)" = "$expected" ]
    # as data frames write it: numbers of the row, and decimals
    [ "$(sed -E '1s/^/,/; 2,$s/^/0,/; 2,$s/,([0-9]+),/,\1.0,/g' "$two_models" | "$analyze" --format=csv -)" = "$expected" ]
    run bash -c 'sed "2,\$s/,4096,/,NA,/g; 2,\$s/,,/,NA,/g" "$2" | "$1" -' - "$analyze" "$two_models"
    [[ "$output" == *"'NA' is not a whole number or nothing (leave unknown values empty, as R's write.csv does with na = \"\")"* ]]
}

@test "the formats carry the same facts" {
    cp "$two_models" "$BATS_TEST_TMPDIR/new.csv"
    for table in fits cells segments ratios crossovers capacity runs "changes --against=$two_models"; do
        "$analyze" --table=$table --format=csv "$BATS_TEST_TMPDIR/new.csv" >"$BATS_TEST_TMPDIR/csv"
        "$analyze" --table=$table --format=json "$BATS_TEST_TMPDIR/new.csv" >"$BATS_TEST_TMPDIR/json"
        perl -MJSON::PP -MText::ParseWords -e '
            my ($csv, $json) = map { local $/; open my $file, "<", $_ or die; <$file> } @ARGV;
            my ($head, @lines) = split /\n/, $csv;
            my @names = split /,/, $head;
            my $document = decode_json($json);
            die unless $document->{schema} eq "taskweight-analysis/1" && !defined $document->{recordings}[0]{sidecar};
            die unless @lines && @lines == @{$document->{rows}};
            for my $line (@lines) {
                my @values = map { $_ // "" } quotewords(",", 0, $line);
                my $row = shift @{$document->{rows}};
                die unless join(",", sort @names) eq join(",", sort keys %$row);
                for my $i (0..$#names) {
                    my $other = $row->{$names[$i]} // "";
                    die "$names[$i]: $values[$i], $other" unless $values[$i] eq $other || $values[$i] == $other;
                }
            }' "$BATS_TEST_TMPDIR/csv" "$BATS_TEST_TMPDIR/json"
        for format in text markdown latex; do
            "$analyze" --table=$table --format=$format "$BATS_TEST_TMPDIR/new.csv" >"$BATS_TEST_TMPDIR/$format"
        done
        for format in markdown latex; do # the text's words, but for marks
            words() { sed 's/\\pm/±/g; s/\\times/×/g; s/\\textasciitilde{}/~/g; s/\\emph/ /' "$1" | tr -d '|*$\\{}' | tr -s ' \n' '\n'; }
            words "$BATS_TEST_TMPDIR/$format" | sort -u >"$BATS_TEST_TMPDIR/words"
            [ -z "$(words "$BATS_TEST_TMPDIR/text" | grep -vx 'HOST:' | sort -u | comm -23 - "$BATS_TEST_TMPDIR/words")" ]
        done
    done
}

@test "an invalid sidecar is reported" {
    cp "$two_models" "$BATS_TEST_TMPDIR/new.csv"
    echo '{"schema": "another"}' >"$BATS_TEST_TMPDIR/new.json"
    run --separate-stderr "$analyze" "$BATS_TEST_TMPDIR/new.csv"
    [ "$status" -eq 0 ]
    [ "$stderr" = "analyze: $BATS_TEST_TMPDIR/new.json: is not the sidecar of a recording" ]
}

@test "json holds the environment of the sidecars" {
    run "$analyze" --format=json --model=libuv "$BATS_TEST_DIRNAME/../../data/vm.csv"
    [ "$status" -eq 0 ]
    [[ "$output" == *'"sidecar":{'*'"schema":"taskweight-sidecar"'*'"rows":['* ]]
}

@test "colour: where it is asked for, or on a terminal that takes it" {
    escape=$(printf '\033')
    run "$analyze" "$two_models"
    [[ "$output" != *"$escape"* ]]
    run "$analyze" --color=always "$two_models"
    [[ "$output" == *"$escape[1;31m3$escape[0m"* ]] # failed runs
    terminal() { script -qec "$1" /dev/null </dev/null; }
    [[ "$(TERM=xterm terminal "$analyze $two_models")" == *"$escape[1;31m"* ]]
    [[ "$(TERM=xterm terminal "$analyze --color=never $two_models")" != *"$escape"* ]]
    [[ "$(TERM=dumb terminal "$analyze $two_models")" != *"$escape"* ]]
    [[ "$(TERM=xterm NO_COLOR=1 terminal "$analyze $two_models")" != *"$escape"* ]]
}

@test "csv and json carry nothing else" {
    run --separate-stderr "$analyze" --format=json --color=always interrupted.csv --table=cells
    perl -MJSON::PP -0777 -ne 'decode_json($_)' <<<"$output"
    [[ "$stderr" == *"1 interrupted run"* ]]
}

@test "where nothing can be estimated the notes say why, and it fails" {
    run --separate-stderr "$analyze" --tasks=1 "$two_models"
    [ "$status" -eq 1 ]
    [[ "$output" == *"runs at one count only (1): a line takes two"* ]]
    [ "$stderr" = "analyze: nothing could be estimated: too few runs are ok, or at too few counts (the table of runs shows them)" ]
}

@test "--help and --version" {
    run "$analyze" --help
    [ "$status" -eq 0 ]
    [[ $(tr -s ' \n' ' ' <<<"$output") == *"curve, robust, wls, ols or theil-sen (default: curve)"* ]]
    run "$analyze" --version
    [ "$status" -eq 0 ]
    [[ "$output" == "analyze (taskweight) "* ]]
}
