#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The command: what it prints, where, and how it ends. The figures come from fixtures/README.md.

bats_require_minimum_version 1.5.0

setup() {
    analyze=$BUILD/bin/analyze
    cd "$BATS_TEST_DIRNAME/fixtures"
    two_models=two-models.csv
}

fits_columns=host,model,family,metric,fit,runs,cells,failed,baseline_bytes,baseline_se,baseline_low,baseline_high
fits_columns+=,overhead_bytes,overhead_se,overhead_low,overhead_high,r_squared,lack_of_fit_f,lack_of_fit_p,scale_factor
fits_columns+=,idle_bytes,max_tasks,note
segments_columns=host,model,metric,from_tasks,to_tasks,overhead_bytes,overhead_low,overhead_high
ratios_columns=host,model,reference,metric,ratio,ratio_low,ratio_high,p_value,p_holm,verdict
cells_columns=host,model,family,metric,tasks,runs,failed,mean,sd,median,mad,min,max,low,high,outliers

@test "text: the lightest task first, kernel beside it, failures noted" {
    run --separate-stderr "$analyze" "$two_models"
    [ "$status" -eq 0 ]
    [ -z "$stderr" ]
    [ "${lines[0]}" = "HOST: rig" ]
    [[ "${lines[1]}" =~ ^MODEL\ +RUNS\ +FAILED\ +BASELINE\ +PER\ TASK\ +\+\ KERNEL\ +LINE\ HOLDS\ +UP\ TO\ +NOTE$ ]]
    [[ "${lines[2]}" =~ ^light\ +9\ +0\ +1\.00\ MiB\ ±\ .*\ 4\.00\ KiB\ ±\ .*\ -\ +yes\ +10k$ ]]
    [[ "${lines[3]}" =~ ^heavy\ +6\ +3\ +2\.00\ MiB\ ±\ .*\ 8\.00\ KiB\ ±\ .*\ 12\.0\ KiB\ +cannot\ tell\ +1k\ .*two\ counts ]]
    [[ "${lines[3]}" == *"failed at 10k: pthread_create: EAGAIN" ]]
    [[ "$output" == *"The peak resident memory is"*"fit: robust"*"95 % confidence"* ]]
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
    for fit in robust wls ols theil-sen; do
        run "$analyze" --format=csv --fit="$fit" --model=light "$two_models"
        [ "$status" -eq 0 ]
        echo "${lines[1]}" | awk -F, -v fit="$fit" '
            function near(a, b) { return (a - b) ^ 2 <= (1e-9 * b) ^ 2 }
            { exit !($1 == "rig" && $2 == "light" && $3 == "async" && $4 == "peak" && $5 == fit && $6 == 9 && $7 == 3 && $8 == 0 &&
                     near($9, 1048576) && near($13, 4096) && $21 == 1048576 && $22 == 10000) }'
    done
}

@test "csv: the columns of cells, in order, and a cell" {
    run "$analyze" --table=cells --format=csv --model=light --tasks=1k "$two_models"
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = "$cells_columns" ]
    # 1255, 1256 and 1257 pages: mean 1256, sd 1 page
    [[ "${lines[1]}" == rig,light,async,peak,1000,3,0,5144576,4096,5144576,*,5140480,5148672,*,*,0 ]]
    [ "${#lines[@]}" -eq 2 ]
}

@test "csv: an unknown value is an empty field" {
    run "$analyze" --format=csv --metric=kernel "$two_models"
    [ "$status" -eq 0 ]
    [ "${lines[2]}" = "rig,light,async,kernel,robust,0,0,0,,,,,,,,,,,,,1048576,,no run has kernel figures" ]
    [[ "$output" != *nan* ]]
    [[ "$output" != *inf* ]]
}

@test "a wider confidence makes wider limits" {
    run "$analyze" --format=csv --model=light "$two_models"
    narrow=$(echo "${lines[1]}" | awk -F, '{ print $16 - $15 }')
    run "$analyze" --format=csv --model=light --confidence=0.99 "$two_models"
    wide=$(echo "${lines[1]}" | awk -F, '{ print $16 - $15 }')
    awk -v narrow="$narrow" -v wide="$wide" 'BEGIN { exit !(narrow > 0 && wide > 1.2 * narrow) }'
}

@test "-o writes the same, over what was there" {
    echo old >"$BATS_TEST_TMPDIR/fits"
    run "$analyze" -o "$BATS_TEST_TMPDIR/fits" "$two_models"
    [ "$status" -eq 0 ]
    [ -z "$output" ]
    "$analyze" "$two_models" | cmp - "$BATS_TEST_TMPDIR/fits"
}

@test "-o never overwrites a recording that is read" {
    cp "$two_models" "$BATS_TEST_TMPDIR/copy.csv"
    run "$analyze" -o "$BATS_TEST_TMPDIR/copy.csv" "$BATS_TEST_TMPDIR/copy.csv"
    [ "$status" -eq 1 ]
    [[ "$output" == *"copy.csv: is a recording to read"* ]]
    cmp "$two_models" "$BATS_TEST_TMPDIR/copy.csv"
}

@test "a recording named twice is refused" {
    run "$analyze" "$two_models" "./$two_models"
    [ "$status" -eq 1 ]
    [ "$output" = "analyze: ./two-models.csv: is named twice (name each recording once)" ]
}

@test "an output that cannot be written is told of" {
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

@test "ratios: overheads over the lightest, and whole memory at a count" {
    run "$analyze" --table=ratios --format=csv "$two_models"
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = "$ratios_columns" ]
    [ "${#lines[@]}" -eq 2 ]
    [[ "${lines[1]}" =~ ^rig,heavy,light,peak,(2|1\.99999|2\.00000) ]] # 8 KiB a task over 4 KiB
    [[ "${lines[1]}" == *,"costs 2 times as much" ]]
    run "$analyze" --table=ratios --at=1k --reference=heavy --format=csv "$two_models"
    [ "${lines[0]}" = "${ratios_columns/metric,/metric,tasks,}" ]
    [[ "${lines[1]}" == rig,light,heavy,peak,1000,0.5* ]] # (1 MiB + 1000 * 4 KiB) / (2 MiB + 1000 * 8 KiB)
    run "$analyze" --table=ratios --at=10k --reference=heavy "$two_models"
    [[ "$output" == *"cannot tell: not measured"* ]]
    run "$analyze" --table=ratios --reference=nobody "$two_models"
    [ "$status" -eq 1 ]
    [ "$output" = "analyze: --reference: nobody is not in the recordings (or not among the models chosen)" ]
}

@test "segments: what a task adds between neighbouring counts" {
    run "$analyze" --table=segments --format=csv "$two_models"
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = "$segments_columns" ]
    [ "$(printf '%s\n' "${lines[@]:1}" | cut -d, -f1-5)" = "$(printf '%s\n' rig,heavy,peak,1,1000 rig,light,peak,1,1000 \
        rig,light,peak,1000,10000)" ]
    for line in "${lines[@]:1}"; do # 8 KiB a task, and 4 KiB
        perl -e '@f = split /,/, $ARGV[0]; $true = $f[1] eq "heavy" ? 8192 : 4096; exit !($f[6] < $true && $true < $f[7])' "$line"
    done
}

@test "claims are held against the recording: each side of a bound, and what was not measured" {
    claims=$BATS_TEST_TMPDIR/claims
    mkdir "$claims"
    cp "$BATS_TEST_DIRNAME/../../data/claims.sh" "$claims/"
    printf '%s\n' 'claim	model	reference	tasks	a	b	ratio' 'true	heavy	light	1000	3	1	> 1.5' 'false	heavy	light	1000	3	1	< 1.5' \
        'unknown	heavy	light	10000	3	1	> 1' >"$claims/claims.tsv"
    run --separate-stderr "$claims/claims.sh" "$analyze" "$two_models"
    [ "$status" -eq 0 ]
    [[ "${lines[2]}" == "| true (> 1.5) | 1 k | 3.00 | 2 ("*") | yes |" ]]
    [[ "${lines[3]}" == "| false (< 1.5) | 1 k | 3.00 | 2 ("*") | no |" ]]
    [ "${lines[4]}" = "| unknown (> 1) | 10 k | 3.00 | not measured | cannot tell |" ]
}

@test "a value that is none of the names is a usage error that lists them" {
    check() {
        run "$analyze" "$1" "$two_models"
        [ "$status" -eq 2 ]
        [ "${#lines[@]}" -eq 1 ]
        [ "$output" = "analyze: $2" ]
    }
    check --fit=best "--fit: 'best' is no fit (choose robust, wls, ols or theil-sen)"
    check --metric=idle "--metric: 'idle' is no metric (choose peak, rss, pss, uss, page-tables, kernel or charged)"
    check --table=x "--table: 'x' is no table (choose fits, cells, segments or ratios)"
    check --format=x "--format: 'x' is no format (choose text or csv)"
    check --confidence=95 "--confidence: '95' is not a level (write a number between 0 and 1, such as 0.95)"
    check --tasks=1,,2 "--tasks: an empty part (write single commas between the parts)"
    check --tasks=many "--tasks: 'many' is not a count (write a whole number of at least 1, such as 500, 10k or 1M)"
}

@test "no recording is a usage error" {
    run "$analyze"
    [ "$status" -eq 2 ]
    [[ "${lines[0]}" == "analyze: no recording is named" ]]
}

@test "a model or count that is nowhere is told of" {
    run "$analyze" --model=light,none "$two_models"
    [ "$status" -eq 1 ]
    [[ "$output" == "analyze: none: no run of this model is in the recordings"* ]]
    run "$analyze" --tasks=5k "$two_models"
    [ "$status" -eq 1 ]
    [[ "$output" == "analyze: 5k tasks: no run with so many is in the recordings"* ]]
}

@test "a bad recording is told of with its line, and the good ones are shown" {
    run --separate-stderr "$analyze" "$two_models" bad-number.csv
    [ "$status" -eq 1 ]
    [ "$stderr" = "analyze: bad-number.csv:3: column time_us: 'soon' is not a whole number or nothing" ]
    [[ "$output" == *light* ]]
    run --separate-stderr "$analyze" missing.csv "$two_models"
    [ "$status" -eq 1 ]
    [ "$stderr" = "analyze: missing.csv: No such file or directory" ]
    [[ "$output" == *light* ]]
}

@test "bad recordings alone show nothing" {
    run --separate-stderr "$analyze" bad-number.csv
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

@test "where nothing can be estimated the notes say why, and it fails" {
    run --separate-stderr "$analyze" --tasks=1 "$two_models"
    [ "$status" -eq 1 ]
    [[ "$output" == *"runs at one count only (1): a line takes two"* ]]
    [ "$stderr" = "analyze: nothing could be estimated (see the notes)" ]
}

@test "--help and --version" {
    run "$analyze" --help
    [ "$status" -eq 0 ]
    [[ "$output" == *"robust, wls, ols or theil-sen (default: robust)"* ]]
    run "$analyze" --version
    [ "$status" -eq 0 ]
    [[ "$output" == "analyze (taskweight) "* ]]
}
