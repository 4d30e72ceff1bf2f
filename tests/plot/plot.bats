#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The command: which files it makes, what is in them as far as other programs can tell, and how it ends.
# package: libxml2-utils=command:xmllint poppler-utils=command:pdffonts qpdf=command:qpdf

bats_require_minimum_version 1.5.0
load ../need
load made_recording

setup() {
    plot=$BUILD/bin/plot
    cd "$BATS_TEST_TMPDIR"
    write_recording 8 >recording.csv
    unset SOURCE_DATE_EPOCH
}

begins_with() {
    [ "$(head -c "${#2}" "$1")" = "$2" ]
}

# Width and height of a PNG: the first two numbers of its first chunk, big-endian.
png_size() {
    od -An -tu1 -j16 -N8 "$1" | awk '{print $3 * 256 + $4, $7 * 256 + $8}'
}

@test "all charts in all formats, named on standard output" {
    run --separate-stderr "$plot" -o figures recording.csv
    [ "$status" -eq 0 ]
    [ -z "$stderr" ]
    [ "${#lines[@]}" -eq 24 ]
    for file in "${lines[@]}"; do
        case $file in
        figures/*.png) begins_with "$file" $'\x89PNG' ;;
        figures/*.pdf) begins_with "$file" %PDF-1. ;;
        figures/*.svg) begins_with "$file" '<?xml' ;;
        *) false ;;
        esac
    done
    [ "$(ls figures)" = "$(printf '%s\n' {bars,breakdown,distribution,overhead,plane,residuals,scaling,timeline}.{pdf,png,svg})" ]
}

@test "without -o figures go to the current directory" {
    run "$plot" --chart=bars --format=png recording.csv
    [ "$status" -eq 0 ]
    [ "$output" = bars.png ]
    [ -s bars.png ]
}

@test "an SVG is well-formed" {
    need xmllint libxml2-utils
    "$plot" --format=svg -o . recording.csv
    xmllint --noout scaling.svg bars.svg overhead.svg
}

@test "a PDF embeds its fonts and has a title" {
    need pdffonts poppler-utils
    "$plot" --chart=bars -o bars.pdf recording.csv
    run pdffonts bars.pdf
    [[ "$output" == *DejaVuSans* ]]
    # Column emb, fourth from the right of "emb sub uni object ID" with its two numbers.
    [ -z "$(pdffonts bars.pdf | tail -n +3 | awk '$(NF - 4) != "yes"')" ]
    [[ "$(pdfinfo bars.pdf)" == *"How much memory do concurrent tasks take?"* ]]
}

@test "the page has the size that was asked for" {
    need pdfinfo poppler-utils
    "$plot" --chart=bars --size=200x150 -o bars.pdf recording.csv
    # 200 and 150 mm in points: 200 / 25.4 * 72 = 566.929, 150 / 25.4 * 72 = 425.197.
    [[ "$(pdfinfo bars.pdf)" =~ Page\ size:\ +566\.9[23].*\ x\ 425\.(197|2)\ pts ]]
}

@test "a PNG has the size that was asked for" {
    "$plot" --chart=bars --size=200x150 --dpi=127 -o bars.png recording.csv
    [ "$(png_size bars.png)" = "1000 750" ] # 127 dots per inch are 5 a millimetre
}

@test "many models make a figure higher, unless its size is given" {
    write_recording 40 >many.csv
    "$plot" --chart=bars --dpi=127 -o grown.png many.csv
    "$plot" --chart=bars --dpi=127 --size=170x105 -o fixed.png many.csv
    [ "$(png_size fixed.png)" = "850 525" ]
    set -- $(png_size grown.png)
    [ "$1" -eq 850 ]
    [ "$2" -gt 525 ]
}

@test "every theme draws every chart of forty models" {
    write_recording 40 >many.csv
    for theme in light dark print; do
        "$plot" --theme=$theme --format=svg -o $theme many.csv
    done
    ! cmp -s light/bars.svg dark/bars.svg || false
    ! cmp -s light/bars.svg print/bars.svg || false
}

@test "the same recording gives the same bytes" {
    "$plot" -o first recording.csv
    TZ=Asia/Tokyo "$plot" -o second recording.csv
    diff -r first second
}

@test "the same bytes with SOURCE_DATE_EPOCH, which dates the PDF" {
    need pdfinfo poppler-utils
    export SOURCE_DATE_EPOCH=1000000000 # 2001-09-09 01:46:40 UTC
    "$plot" --chart=bars -o first.pdf recording.csv
    "$plot" --chart=bars -o second.pdf recording.csv
    cmp first.pdf second.pdf
    [[ "$(pdfinfo -isodates first.pdf)" == *"CreationDate:    2001-09-09T01:46:40Z"* ]]
}

@test "SOURCE_DATE_EPOCH that is no date is reported" {
    SOURCE_DATE_EPOCH=today run "$plot" recording.csv
    [ "$status" -eq 1 ]
    [[ "$output" == "plot: SOURCE_DATE_EPOCH: 'today' is no date"* ]]
}

@test "figures are made anew" {
    echo old >bars.png
    "$plot" --chart=bars -o bars.png recording.csv
    begins_with bars.png $'\x89PNG'
}

@test "models, counts, metric, fit and confidence can be chosen" {
    "$plot" --format=svg --chart=bars -o all.svg recording.csv
    for option in --model=model-01,model-02 --tasks=1k --metric=kernel --confidence=0.9; do
        "$plot" --format=svg --chart=bars $option -o chosen.svg recording.csv
        ! cmp -s all.svg chosen.svg || false
    done
    "$plot" --format=svg --chart=overhead -o curve.svg recording.csv
    "$plot" --format=svg --chart=overhead --fit=ols -o ols.svg recording.csv
    ! cmp -s curve.svg ols.svg || false
}

@test "--list names the charts and what they answer" {
    run "$plot" --list
    [ "$status" -eq 0 ]
    [ "$(sed 's/ .*//' <<<"$output" | paste -sd' ')" = \
        "scaling bars overhead timeline breakdown plane residuals distribution costs latency claims changes" ]
    [ "$(grep -c '?$' <<<"$output")" -eq 12 ]
}

@test "a wrong value is a usage error that names the right ones" {
    while read -r option names; do
        run "$plot" "$option" recording.csv
        [ "$status" -eq 2 ]
        [ "${#lines[@]}" -eq 1 ]
        [[ "$output" == "plot: --"*"$names"* ]]
    done <<'END'
--chart=pie scaling, bars, overhead, timeline, breakdown, plane, residuals, distribution, costs, latency, claims or changes
--chart=bars, an empty part
--theme=pink light, dark or print
--format=gif png, pdf or svg
--metric=size peak, rss,
--fit=spline robust, wls,
--size=170 170x105
--size=170x 170x105
--size=1x1 170x105
--size=nanxnan 170x105
--dpi=0 30 to 1200
--confidence=95 between 0 and 1
--tasks=some not a count
END
}

@test "without a recording: usage" {
    run "$plot"
    [ "$status" -eq 2 ]
    [[ "$output" == *"no recording is named"* ]]
}

@test "a file takes one chart, and a format that its ending names" {
    run "$plot" -o figure.png recording.csv
    [ "$status" -eq 2 ]
    [[ "$output" == *"a file holds one chart"* ]]
    run "$plot" --chart=bars -o figure.gif recording.csv
    [ "$status" -eq 2 ]
    [[ "$output" == *".png, .pdf or .svg"* ]]
    run "$plot" --chart=bars --format=pdf -o figure.png recording.csv
    [ "$status" -eq 2 ]
    [[ "$output" == *"its ending is not what --format says"* ]]
    [ -z "$(ls figure* 2>/dev/null)" ]
}

@test "a directory's name may have a dot where it ends in a slash" {
    "$plot" --chart=bars --format=png -o made/anew/v1.2/ recording.csv
    [ -s made/anew/v1.2/bars.png ]
}

@test "a figure can go to standard output" {
    "$plot" --chart=bars --format=svg -o /dev/stdout recording.csv | head -c 5 | grep -q '<?xml'
}

@test "a full disk fails in every format" {
    for format in png pdf svg; do
        run "$plot" --chart=bars --format=$format -o /dev/full recording.csv
        [ "$status" -eq 1 ]
        [ "$output" = "plot: /dev/full: cannot write: No space left on device" ]
    done
    [ -c /dev/full ]
}

@test "a figure that cannot be written leaves the old one as it was" {
    for file in bars.png bars.pdf bars.svg; do
        echo good >$file
        run bash -c 'ulimit -f 0; "$1" --chart=bars -o "$2" recording.csv 2>&1 >/dev/null | cat' - "$plot" $file
        [ "$output" = "plot: $file: cannot write: File too large" ]
        [ "$(cat $file)" = good ]
    done
    for file in report.pdf report.html; do
        echo good >$file
        run bash -c 'ulimit -f 0; "$1" --report="$2" recording.csv 2>&1 >/dev/null | cat' - "$plot" $file
        [ "$output" = "plot: $file: cannot write: File too large" ]
        [ "$(cat $file)" = good ]
    done
    [ "$(ls | wc -l)" -eq 6 ]
}

# A signal that comes while figures are drawn: each file is whole, of this plot or of the one before.
@test "plot that is interrupted leaves whole files and nothing else" {
    "$plot" --format=svg -o figures recording.csv >names
    for i in {1..10}; do
        mkfifo "told$i"
        "$plot" --format=svg -o figures recording.csv >"told$i" &
        read -r <"told$i" # the name of the first file: it goes on to the others
        kill -INT $! 2>/dev/null || true
        kill -TERM $! 2>/dev/null || true
        wait $! || true
    done
    [ "$(ls figures | sort)" = "$(sed 's,.*/,,' names | sort)" ]
    for file in figures/*.svg; do [ "$(tail -n 1 "$file")" = '</svg>' ]; done
}

@test "a title that is not UTF-8 is a usage error" {
    for title in $'m\xf6glich' $'\e[31m'; do
        run "$plot" --title="$title" --chart=bars -o bars.pdf recording.csv
        [ "$status" -eq 2 ]
        [[ "$output" == "plot: --title: '"*"' is not UTF-8 or has control characters"* ]]
    done
    "$plot" --title='möglich' --chart=bars -o bars.pdf recording.csv
    [ -s bars.pdf ]
}

@test "a path that is not UTF-8 does not spoil a report" {
    cp recording.csv $'n\xffme.csv'
    printf '{"machine": {"host": "rig", "processor": "\xff"}}' >$'n\xffme.json'
    "$plot" --report=report.html $'n\xffme.csv'
    iconv -f UTF-8 -t UTF-8 report.html >/dev/null
    grep -q 'n?me.csv' report.html
    "$plot" --report=report.pdf $'n\xffme.csv'
    begins_with report.pdf %PDF-1.
}

@test "standard output that is full fails" {
    run bash -c '"$1" --chart=bars -o bars.png recording.csv >/dev/full' - "$plot"
    [ "$status" -eq 1 ]
    [[ "$output" == "plot: standard output: cannot write: No space left on device" ]]
    run bash -c '"$1" --list >/dev/full' - "$plot"
    [ "$status" -eq 1 ]
}

@test "a target that cannot be made is reported" {
    run "$plot" --chart=bars -o recording.csv/bars.png recording.csv
    [ "$status" -eq 1 ]
    [[ "$output" == "plot: recording.csv/bars.png: cannot be made: Not a directory"* ]]
    run "$plot" -o recording.csv/figures/ recording.csv
    [ "$status" -eq 1 ]
    [[ "$output" == "plot: recording.csv"*"the directory cannot be made: "* ]]
}

@test "a recording is never drawn over" {
    cp recording.csv copy.svg
    run "$plot" --chart=bars -o copy.svg copy.svg
    [ "$status" -eq 1 ]
    [[ "$output" == "plot: copy.svg: is a recording to read"* ]]
    cmp recording.csv copy.svg
}

@test "a recording that cannot be read is reported" {
    run "$plot" -o figures none.csv
    [ "$status" -eq 1 ]
    [[ "${lines[0]}" == "plot: none.csv:"* ]]
    echo "a,b" >wrong.csv
    run "$plot" -o figures wrong.csv
    [ "$status" -eq 1 ]
    [[ "${lines[0]}" == "plot: wrong.csv:1:"* ]]
}

@test "a recording without a complete run is reported" {
    head -n 2 recording.csv >cut.csv
    run "$plot" -o figures cut.csv
    [ "$status" -eq 1 ]
    [[ "$output" == *"no complete run"* ]]
}

@test "a model that is nowhere is reported" {
    run "$plot" --model=nobody -o figures recording.csv
    [ "$status" -eq 1 ]
    [[ "$output" == "plot: "*nobody* ]]
}

@test "a good recording is drawn even where another is bad" {
    run "$plot" --chart=bars -o bars.svg none.csv recording.csv
    [ "$status" -eq 1 ]
    [ -s bars.svg ]
}

@test "names that are not UTF-8 or markup are drawn" {
    sed "s/model-01/$(printf 'caf\\xe9')/; s/model-02/<b>\&amp;/" recording.csv >odd.csv
    run --separate-stderr "$plot" --format=svg -o figures odd.csv
    [ "$status" -eq 0 ]
    [ -z "$stderr" ]
}

@test "an SVG says to a screen reader what it shows" {
    need xmllint libxml2-utils
    "$plot" --chart=bars -o bars.svg recording.csv
    xpath() { xmllint --xpath "$1" bars.svg; }
    [ "$(xpath 'string(/*/@role)')" = img ]
    [ "$(xpath 'string(/*/@aria-labelledby)')" = "title description" ]
    [ "$(xpath 'string(//*[@id="title"])')" = "How much memory do concurrent tasks take?" ]
    [[ "$(xpath 'string(//*[@id="description"])')" == "Of "*" takes the least, "*" the most, "* ]]
}

@test "an SVG has its texts as text, and every mark says whose it is and what it shows" {
    need xmllint libxml2-utils
    "$plot" --chart=overhead -o overhead.svg recording.csv
    xpath() { xmllint --xpath "$1" overhead.svg; }
    model=$(cut -d, -f2 recording.csv | sed -n 2p)
    [ "$(xpath "count(//*[local-name()='text' and text()='$model'])")" -eq 1 ]
    [[ "$(xpath "string(//*[@data-of='$model']/*[local-name()='title'])")" == "peak, $model: "*" ± "* ]]
    [ "$(xpath "count(//*[local-name()='text' and not(@textLength)])")" -eq 0 ]
    ! grep -E 'glyph|base64|url\(' overhead.svg || false
}

@test "what has changed against an older recording is a figure" {
    awk -F, -v OFS=, 'NR > 1 && $12 != "" { $12 *= 2 } { print }' recording.csv >grown.csv
    "$plot" --chart=changes --against=recording.csv --format=svg -o changes.svg grown.csv
    grep -q 'is proven\|are proven' changes.svg
    run "$plot" --chart=changes -o alone.svg recording.csv
    [ "$status" -eq 0 ]
    grep -q 'No older recording is named' alone.svg
    "$plot" -o all --against=recording.csv --format=svg grown.csv
    [ -s all/changes.svg ]
    run "$plot" --against=none.csv recording.csv
    [ "$status" -eq 1 ]
}

# Published were 2,658 and 213.6 MB, which are 2.48 GiB and 204 MiB.
@test "the chart of claims sets what each program took beside what was published of it" {
    { head -n 1 recording.csv | cut -d, -f-22
      for run in 1 2 3; do
          echo "h,go-goroutine,fiber,1000000,$run,end,2,,,,,$(((2600 + run) * 1048576)),,,,,,,,,ok,"
          echo "h,rust-tokio,async,1000000,$run,end,2,,,,,$(((200 + run) * 1048576)),,,,,,,,,ok,"
      done; } >claims.csv
    "$plot" --chart=claims -o claims.svg claims.csv
    for amount in "2.48 GiB" "204 MiB" "2.54 GiB" "202 MiB"; do
        [ "$(grep -c ">$amount<" claims.svg)" -eq 1 ]
    done
    [ "$(grep -o '>rust-thread<' claims.svg | wc -l)" -eq 2 ] # with 1 and with 10,000 threads, neither of which was measured
}

# csharp-task waits in steps of milliseconds; io_uring is the one that is the least late.
@test "of many models, lateness is shown of those that wake up the latest" {
    "$plot" --chart=latency -o latency.svg "$BATS_TEST_DIRNAME/../../data/vm-beat.csv"
    grep -q '>csharp-task<' latency.svg
    ! grep -q '>io_uring<' latency.svg || false
    "$plot" --chart=latency --model=csharp-task,io_uring -o two.svg "$BATS_TEST_DIRNAME/../../data/vm-beat.csv"
    grep -q '>io_uring<' two.svg
}

@test "- is standard input, and standard output for -o, which takes one figure" {
    "$plot" --chart=bars -o bars.svg recording.csv
    cat recording.csv | "$plot" --chart=bars --format=svg -o - - | cmp - bars.svg
    [ ! -e ./- ]
    for few in --chart=bars --format=svg "--chart=bars,plane --format=svg" "--chart=bars --format=svg,pdf"; do
        run --separate-stderr "$plot" $few -o - recording.csv
        [ "$status" -eq 2 ]
        [ "$output" = "" ]
        [ "$stderr" = "plot: --output=-: standard output takes one figure (choose one --chart and one --format)" ]
    done
    run --separate-stderr bash -c "'$plot' --chart=bars --format=pdf -o - recording.csv >/dev/full"
    [ "$status" -eq 1 ]
    [[ "$stderr" == "plot: standard output: cannot write"* ]]
}

@test "a title of one's own, and the widths of a journal's columns" {
    "$plot" --chart=overhead --title='Mine & yours' --width=single -o one.svg recording.csv
    grep -q '<title id="title">Mine &amp; yours</title>' one.svg
    grep -q 'width="85mm"' one.svg
    "$plot" --chart=overhead --title= -o untitled.svg recording.csv
    [ "$(grep -c '<text' untitled.svg)" -lt "$("$plot" --chart=overhead --format=svg -o - recording.csv | grep -c '<text')" ]
    run "$plot" --width=single --size=100x100 recording.csv
    [ "$status" -eq 2 ]
    [[ "$output" == *"both say how wide"* ]]
}

@test "a report of pages: fonts embedded, text to be searched, every figure with what it shows" {
    need pdffonts poppler-utils
    need qpdf qpdf
    run --separate-stderr "$plot" --report=report.pdf recording.csv
    [ "$status" -eq 0 ]
    [ "$output" = report.pdf ]
    qpdf --check report.pdf >/dev/null
    [ -z "$(pdffonts report.pdf | tail -n +3 | awk '$(NF - 4) != "yes"')" ]
    pdftotext -layout report.pdf report.txt
    for heading in Findings "The question" "The machine" "Appendix: the method" "What a task costs" "What failed" "How to reproduce it"; do
        grep -q "$heading" report.txt
    done
    [ "$(grep -c '^ *Figure [1-8]\. [A-Z]' report.txt)" -eq 8 ]
    [ "$(grep -m 1 -no '^ *Findings' report.txt | cut -d: -f1)" -lt 10 ]
    qpdf --json report.pdf | grep -q '"title": "Appendix: the method"'
    "$plot" --report=letter.pdf --paper=letter recording.csv
    pdfinfo letter.pdf | grep -q 'Page size: *612 x 79[12]'
    "$plot" --report=again.pdf recording.csv
    cmp report.pdf again.pdf
}

@test "a report tells the method by which it was made" {
    while read -r fit says; do
        [ "$fit" != --errors=hc3 ] || fit+=" --fit=ols"
        "$plot" $fit --report=report.html recording.csv
        grep -q "<pre>$says" report.html || { echo "$fit: $says"; return 1; }
        [ "$(grep -c "Satterthwaite" report.html)" -eq "$([[ $fit =~ =(curve|robust|wls)$ ]]; echo $((1 - $?)))" ]
        # Only a line is one.
        [ "$(grep -c "<pre>memory = baseline + overhead × tasks" report.html)" -eq "$([ "$fit" = --fit=curve ]; echo $?)" ]
    done <<'END'
--fit=curve overhead = (mₗ − m₁) / (nₗ − n₁)
--fit=robust wₖ = runsₖ / (a + b nₖ + c nₖ²)
--fit=wls wₖ = runsₖ / Vₖ
--fit=ols standard error of the overhead² = s² / Σ
--fit=theil-sen overhead = median of
--errors=hc3 covariance = (
END
}

@test "a report of one page: well formed, whole, and the same each time" {
    run --separate-stderr "$plot" --report=report.html recording.csv
    [ "$status" -eq 0 ]
    [ "$(grep -c '<figcaption><a href="#[a-z]*">Figure' report.html)" -eq 8 ]
    [ "$(grep -c '^<svg .* role="group" aria-label="[A-Z]' report.html)" -eq 8 ]
    for class in $(grep -o 'class="[fs][0-9]*"' report.html | sort -u | tr -d '"' | sed s/class=//); do
        [ "$(grep -o "\.$class{[^}]*}" report.html | sort -u | wc -l)" -eq 2 ] # light and dark
    done
    for link in $(grep -o 'href="#[^"]*"' report.html | sort -u | sed 's/href="#\(.*\)"/\1/'); do
        [ "$(grep -c " id=\"$link\"" report.html)" -eq 1 ]
    done
    [ -z "$(grep -o ' id="[^"]*"' report.html | sort | uniq -d)" ]
    ! grep -E 'https?://' report.html | grep -v 'xmlns' || false # nothing from a network
    "$plot" --report=again.html recording.csv
    cmp report.html again.html
}

@test "the sidecar of a sweep that is under way" {
    cp recording.csv live.csv
    echo '{"end": null, "command": "none", "machine": {"host": null, "cores": 2}}' >live.json
    "$plot" --chart=plane -o plane.pdf live.csv
    "$plot" --report=live.html live.csv
    grep -q "How to reproduce it" live.html
}

@test "a report has the command of each recording, as a shell takes it" {
    for i in $(seq 70); do
        { head -n 1 recording.csv; echo "h$i,m,async,1,1,end,5,,,,,4096,,,,,,,,,ok,"; } >"many$i.csv"
        echo '{"command": ["collect", "--command=sh -c '"'"'sleep {seconds}'"'"'", "", "-o", "'"many$i.csv"'"]}' >"many$i.json"
    done
    "$plot" --report=many.html many*.csv
    [ "$(grep -c '<pre>collect ' many.html)" -eq 70 ]
    grep -o '<pre>collect .*' many.html | head -n 1 | sed 's/<[^>]*>//g; s/&#39;/'"'"'/g' >command
    eval "set -- $(cat command)"
    [ "$2" = "--command=sh -c 'sleep {seconds}'" ] && [ "$3" = "" ] && [ "$4" = -o ]
}

# Two machines of one host name get different names, as by labels.
@test "the timeline shows each of two machines of one name with its own runs" {
    fixture=$BATS_TEST_DIRNAME/../analyze/fixtures/first-version
    for name in first second; do
        cp "$fixture.csv" "$name.csv"
        cp "$fixture.json" "$name.json"
    done
    sed -i 's/"cores": 2/"cores": 4/' second.json
    sed -i 's/,pthread,/,libuv,/' second.csv
    "$plot" --chart=timeline --title=x -o apart.svg first.csv second.csv 2>/dev/null
    "$plot" --chart=timeline --title=x -o labelled.svg vm=first.csv 'vm (second.csv)=second.csv' 2>/dev/null
    cmp apart.svg labelled.svg
    "$plot" --chart=timeline --title=x -o one.svg first.csv 2>/dev/null
    ! cmp apart.svg one.svg || false
}

@test "the timeline shows a run that stands in two recordings once, and reads a pipe" {
    cp recording.csv copy.csv
    "$plot" --chart=timeline --title=x -o one.svg recording.csv
    "$plot" --chart=timeline --title=x -o two.svg recording.csv copy.csv 2>/dev/null
    [ "$(grep -c '<path' one.svg)" -eq "$(grep -c '<path' two.svg)" ]
    "$plot" --chart=timeline --title=x -o pipe.svg <(cat recording.csv)
    cmp one.svg pipe.svg
    run "$plot" -o '' recording.csv
    [ "$status" -eq 2 ]
    [ "$output" = "plot: --output: the name is empty (name a directory or a file)" ]
}

@test "a report that cannot be" {
    run "$plot" --report=report.txt recording.csv
    [ "$status" -eq 2 ]
    [ "$output" = "plot: report.txt: its ending names no kind of report (choose .pdf or .html)" ]
    run "$plot" --report=report.pdf --chart=bars recording.csv
    [ "$status" -eq 2 ]
    [ "$output" = "plot: --chart does not go with --report (a report has all charts in its own size)" ]
    run "$plot" --report=/nonexistent/report.html recording.csv
    [ "$status" -eq 1 ]
    [[ "$output" == "plot: /nonexistent/report.html: cannot be made: "* ]]
    ln -s /dev/full full.html
    run "$plot" --report=full.html recording.csv
    [ "$status" -eq 1 ]
    [[ "$output" == "plot: full.html: cannot write: No space left on device" ]]
    cp recording.csv mine.html
    run "$plot" --report=mine.html mine.html
    [ "$status" -eq 1 ]
    cmp recording.csv mine.html
}

@test "without a font it says what to install" {
    echo '<?xml version="1.0"?><fontconfig><dir>/nonexistent</dir></fontconfig>' >fonts.conf
    run env FONTCONFIG_FILE="$PWD/fonts.conf" "$plot" --chart=bars -o bars.png recording.csv
    [ "$status" -eq 1 ]
    [ "$output" = "plot: no font with letters can be found (install fonts-dejavu-core, or see fc-list)" ]
    [ ! -e bars.png ]
}

@test "a bounded number of very many runs is drawn, and the caption says so" {
    awk 'BEGIN { OFS = "," } NR == FNR && FNR == 1 { print; exit }' recording.csv >many.csv
    for run in $(seq 500); do
        echo "h,many,async,10,$run,end,5,,,,,$((4096 * run)),,,,,,,,,ok,"
    done >>many.csv
    "$plot" --chart=distribution -o many.svg many.csv
    [ "$(stat -c %s many.svg)" -lt 300000 ]
    "$plot" --chart=distribution -o many.pdf many.csv
    need pdftotext poppler-utils
    pdftotext many.pdf - | tr -s '\n ' ' ' | grep -q "of cells with more than 200 runs only 200 are drawn, with both extremes"
}

@test "a PDF bears the date of the recording, or that of SOURCE_DATE_EPOCH" {
    need pdfinfo poppler-utils
    cp recording.csv dated.csv
    echo '{"end": "2026-11-24T02:22:32Z"}' >dated.json
    date_in() { TZ=UTC pdfinfo -isodates bars.pdf | sed -n 's/^CreationDate: *//p'; }
    "$plot" --chart=bars -o bars.pdf recording.csv dated.csv 2>/dev/null
    [ "$(date_in)" = 2026-11-24T02:22:32Z ]
    SOURCE_DATE_EPOCH=0 "$plot" --chart=bars -o bars.pdf dated.csv
    [ "$(date_in)" = 1970-01-01T00:00:00Z ]
    "$plot" --chart=bars -o bars.pdf recording.csv
    [ -z "$(date_in)" ]
}

@test "help, usage and version" {
    run "$plot" --help
    [ "$status" -eq 0 ]
    [[ "$output" == *"scaling, bars, overhead,"* ]]
    run "$plot" --version
    [ "$status" -eq 0 ]
    [[ "$output" == "plot (taskweight) "* ]]
}
