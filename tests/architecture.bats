#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The structure is as planned: data flows from collect to analyze to plot, and each library is used where it belongs.

includes() { # what the C files matched by the rest include that matches the pattern
    local pattern=$1
    shift
    grep -lE "^ *# *include $pattern" "$@" 2>/dev/null | sort
}

@test "includes run downstream to upstream only" {
    [ -z "$(includes '"(analyze|plot)/' collect/*.[ch] collect/models/*.[ch])" ]
    [ -z "$(includes '"plot/' analyze/*.[ch])" ]
}

# Those of the C files that have a program's name by itself, at the end of a path or at the start of a command line.
starts() { # PROGRAM|PROGRAM FILE...
    local call='(popen|system|exec[lv]p?e?|posix_spawnp?)\('
    grep -lE "\"([^\" ]*/)?($1)\"|${call}[^;]*($1)" "${@:2}"
}

# Those of the C files that split texts at commas.
cuts_at_commas() {
    grep -lE "strtok|(strchr|strsep|strcspn|strpbrk|memchr)\([^;]*(','|\",\")|[!=]= ','|sscanf\([^;]*%[^\"]*," "$@"
}

callers() { # of the function, but for the file that has it, which is named first
    local file=$1
    grep -lE "\b$2\(" collect/*.c analyze/*.c plot/*.c | grep -vx "$file" | paste -sd' '
}

@test "upstream runs nothing that is downstream, and judges no recording" {
    [ -z "$(starts 'analyze|plot' collect/*.c collect/models/*.c)" ]
    [ -z "$(starts plot analyze/*.c)" ]
    # Lists of options are read in option.c, the recording's columns in sample.c.
    [ -z "$(cuts_at_commas collect/models/*.c $(ls collect/*.c | grep -vx -e collect/option.c -e collect/sample.c))" ]
}

@test "one reader makes runs of rows" {
    [ "$(callers collect/sample.c sample_layout_read)" = analyze/samples.c ]
    [ "$(callers collect/sample.c sample_set)" = analyze/samples.c ]
    [ -z "$(callers collect/sample.c sample_parse)" ]
    [ "$(callers analyze/rows.c rows_read)" = analyze/samples.c ]
    [ "$(callers analyze/samples.c samples_read)" = analyze/run.c ]
    [ "$(callers analyze/run.c run_list_read)" = analyze/recording.c ]
    [ "$(callers analyze/recording.c 'recordings_read(_files)?')" = analyze/selection.c ]
}

@test "charts and their program open no recording" {
    [ -z "$(includes '"analyze/(rows|samples|run)\.h"' plot/*.[ch])" ]
    ! grep -nE '\b(fd|f|freop)?open(at|64)?\([^;]*("r|O_RDONLY|O_RDWR)' plot/*.c || false
    [ -z "$(cuts_at_commas plot/*.c)" ]
}

# scope.c starts systemd-run, which starts collect once more.
@test "collect starts models, and the other programs start nothing" {
    run grep -lE '\b(posix_spawnp?|f?exec(v|l|ve|vp|le|lp|vpe)|popen|system)\(' collect/*.c analyze/*.c plot/*.c
    [ "$(echo "$output" | paste -sd' ')" = "collect/launch.c collect/model.c collect/scope.c" ]
}

@test "only main files print and end the program" {
    ! grep -nE '\b(exit|errx?|warnx?|argp_(error|failure|usage)|puts|printf)\(' \
        $(git ls-files collect analyze plot | grep -E '^[a-z]+/[^/]*\.c$' | grep -v /main) || false
}

@test "a model knows nothing of the collector" {
    [ -z "$(includes '"collect/[a-z_]*\.h"' collect/models/*.[ch])" ]
}

@test "each library has its place" {
    [ "$(includes '<csv.h>' collect/*.[ch] analyze/*.[ch] plot/*.[ch] | wc -l)" -eq 1 ]
    ! includes '<gsl/' collect/*.[ch] collect/models/*.[ch] | grep -vE '^collect/(main|precision|schedule)\.[ch]$' || false
    [ -z "$(includes '<(cairo|pango)' collect/*.[ch] analyze/*.[ch])" ]
    ! includes '<(cairo|pango)' plot/*.[ch] | grep -vE '^plot/(canvas|render|surface)' || false
    ! includes '<gsl/' plot/*.[ch] | grep -v '^plot/main.c$' || false
}

@test "programs are linked with what they need and no more" {
    ! ldd "$BUILD/bin/collect" | grep -E 'cairo|pango|csv' || false
    ! ldd "$BUILD/bin/analyze" | grep -E 'cairo|pango' || false
    ! ldd "$BUILD/models/null" | grep -vE 'linux-vdso|libc\.so|libm\.so|ld-linux|asan|ubsan|libgcc_s|libdl|libpthread|librt|libstdc' || false
    ldd "$BUILD/models/libuv" | grep -q libuv
}

@test "every source names its licence in its first lines" {
    for file in $(git ls-files | grep -E '\.(c|h|bats|sh|rs|java|go|py|mjs|exs|cs)$|^Makefile$'); do
        head -n 2 "$file" | grep -q 'SPDX-License-Identifier: GPL-3.0-or-later' || { echo "$file"; return 1; }
    done
}

@test "every header compiles alone" {
    for header in $(git ls-files collect analyze plot | grep '\.h$'); do
        gcc -std=gnu17 -D_GNU_SOURCE -I. -fsyntax-only -Wall -Werror -x c \
            $(pkg-config --cflags cairo pangocairo json-c gsl) "$header" || { echo "$header"; return 1; }
    done
}

@test "the recording's columns stand in one table" {
    for column in $(sed -n 's/^ *COLUMN([A-Z]*, \([a-z_]*_bytes\)).*/\1/p' collect/sample.h); do
        ! grep -n "\"$column\"" $(git ls-files collect analyze plot | grep '\.[ch]$') || return 1
    done
}

@test "nothing is at the top that the design does not name" {
    run bash -c "git ls-files | cut -d/ -f1 | sort -u | grep -v '^\.'"
    [ "$(echo "$output" | paste -sd' ')" = "CHANGELOG.md LICENSE Makefile README.md analyze collect data plot tests" ]
}

@test "the tables in Markdown are what the programs print" {
    cp README.md data/RESULTS.md "$BATS_TEST_TMPDIR"
    data/tables.sh "$BUILD/bin" "$BATS_TEST_TMPDIR"/README.md "$BATS_TEST_TMPDIR"/RESULTS.md
    diff README.md "$BATS_TEST_TMPDIR/README.md"
    diff data/RESULTS.md "$BATS_TEST_TMPDIR/RESULTS.md"
}
