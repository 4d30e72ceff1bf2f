#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The installation: programs with a prefix to their names, manuals, completions. sweep_manuals.bats runs the manuals' examples.
# package: help2man=command:help2man mandoc=command:mandoc fish=command:fish zsh=command:zsh

bats_require_minimum_version 1.5.0
load installed

@test "an installed collect finds the models that were installed with it" {
    run tw-collect --list
    [ "$status" -eq 0 ]
    [[ "$output" == *"pthread "* ]]
    tw-collect -m null,pthread -t 1,10 -r 1 --sleep=0.05 -o x.csv
    run tw-analyze x.csv
    [ "$status" -eq 0 ]
}

@test "messages of an installed program begin with its installed name" {
    run tw-collect nothing
    [ "$output" = "tw-collect: nothing: no such task model (tw-collect --list names them)" ]
    run tw-analyze nothing.csv
    [ "${lines[0]}" = "tw-analyze: nothing.csv: No such file or directory" ]
    run tw-plot nothing.csv
    [ "${lines[0]}" = "tw-plot: nothing.csv: No such file or directory" ]
}

@test "the installed batch script calls the installed collect" {
    grep -x 'collect=${TASKWEIGHT_COLLECT:-tw-collect}' "$root/usr/share/doc/taskweight/slurm/sweep.sbatch"
}

@test "the manuals are well formed" {
    need mandoc mandoc
    for file in "$root"/usr/share/man/man*/*; do
        run mandoc -T lint -W error "$file"
        echo "$output"
        [ "$status" -eq 0 ]
    done
    ! grep '@[a-z]*@' -r "$root/usr/share/man" || false
}

@test "taskweight(7) leads to every other page, and each of them to it" {
    cd "$root/usr/share/man"
    [ -e man7/taskweight.7 ]
    for file in man*/*; do
        name=${file#*/}
        [ "$name" != taskweight.7 ] || continue
        entry="^\.BR ${name%.*} (${name##*.})"
        tr -d '\\' <man7/taskweight.7 | grep "$entry"
        grep '^\.BR taskweight (7)' "$file"
    done
}

@test "taskweight-recording(5) describes every column" {
    tw-collect -m null -t 1 -r 1 --sleep=0.05 -o x.csv
    for column in $(head -n 1 x.csv | tr , ' '); do
        grep -E "^\.B (.*, )?$column(,|\$)" "$(page taskweight-recording.5)"
    done
}

@test "taskweight-recording(5) lists every variable that a sidecar may have" {
    page=$(page taskweight-recording.5)
    # all quoted texts of the table
    for variable in $(sed -n '/ steering\[\] = /,/};/s/.*"\(.*\)".*/\1/p' "$BATS_TEST_DIRNAME/../collect/environment.c" | tr '*' .); do
        grep -E "(^| )$variable( |\$)" "$page"
    done
    grep -E '^GOGC .* DOTNET_\* .* LD_LIBRARY_PATH$' "$page"
}

@test "candidates of completion are what the programs say" {
    candidates=$root/usr/libexec/taskweight/candidates
    [ "$("$candidates" tw-collect | cut -f1 | paste -sd' ')" = "$(tw-collect --help | grep -oE '^ {2,6}(-., )?--[a-z-]+=?' |
        grep -oE -- '--.*' | paste -sd' ')" ]
    [ "$("$candidates" tw-plot --chart)" = "$(tw-plot --list | cut -d' ' -f1)" ]
    [ "$("$candidates" tw-analyze --table | sed -n '1p;$p' | paste -sd,)" = "fits,claims" ]
    [ "$("$candidates" tw-analyze --metric | grep -cx -e peak -e page-tables -e charged)" -eq 3 ]
    [ "$("$candidates" tw-collect --work | paste -sd,)" = "sleep,time,beat,pass" ]
    [ "$("$candidates" tw-collect --model | grep -cx -e pthread -e null)" -eq 2 ]
    [ "$("$candidates" tw-analyze --model | grep -cx -e pthread -e null)" -eq 2 ]
    tw-collect -m null,libuv -t 1 -r 1 --sleep=0.05 -o x.csv
    [ "$("$candidates" tw-analyze --model tw-analyze x.csv --model= | paste -sd,)" = "libuv,null" ]
    [ "$("$candidates" tw-collect --timeout)" = "" ]
}

@test "completion offers no option that the command line excludes" {
    candidates=$root/usr/libexec/taskweight/candidates
    offers() { # PROGRAM WORD...
        "$candidates" "$1" '' "$@" | cut -f1 | cut -d= -f1 |
            grep -x -e --at -e --budget -e --pool -e --confidence -e --width -e --dpi -e --theme | sort | paste -sd' '
    }
    [ "$(offers tw-analyze)" = "--at --budget --confidence --pool" ]
    [ "$(offers tw-analyze --table=capacity)" = "--at --budget --confidence" ]
    [ "$(offers tw-analyze --table = ratios)" = "--at --confidence" ] # as bash parts it
    [ "$(offers tw-analyze --table=runs)" = "--confidence" ]
    [ "$(offers tw-plot --size=100x80)" = "--confidence --dpi --theme" ]
    [ "$(offers tw-plot --report=x.pdf)" = "--confidence --theme" ]
}

# As readline calls it, which splits words at "=".
complete_in_bash() { # WORD...
    bash -c 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); compopt() { :; }; _taskweight "$1"
        printf "%s\n" "${COMPREPLY[@]}"' bash "$root/usr/share/bash-completion/completions/$1" "$@"
}

@test "bash completes options, values, lists of values and models" {
    [ "$(complete_in_bash tw-analyze --tab)" = "--table=" ]
    [ "$(complete_in_bash tw-analyze --table = s)" = "segments" ]
    [ "$(complete_in_bash tw-analyze --table = runs --bu)" = "" ]
    [ "$(complete_in_bash tw-analyze --table = capacity --bu)" = "--budget=" ]
    [ "$(complete_in_bash tw-analyze --table s)" = "segments" ]
    [ "$(complete_in_bash tw-analyze --color =  | paste -sd,)" = "auto,always,never" ]
    [ "$(complete_in_bash tw-plot --chart = plane,b | paste -sd' ')" = "plane,bars plane,breakdown" ]
    [ "$(complete_in_bash tw-plot -c res)" = "residuals" ]
    [ "$(complete_in_bash tw-collect pthread-m | head -n 1)" = "pthread-minstack" ]
    touch some.csv
    [ "$(complete_in_bash tw-analyze som)" = "some.csv" ]
}

@test "fish completes options and values" {
    need fish fish
    fish_in() { fish --no-config -c "source $root/usr/share/fish/vendor_completions.d/tw-$1.fish; complete -C 'tw-$1 $2'" | cut -f1; }
    [ "$(fish_in analyze --tab)" = "--table=" ]
    ! fish_in analyze "--table=runs --bu" | grep -x -- --budget= || false
    [ "$(fish_in plot --chart=plane,dis)" = "--chart=plane,distribution" ]
    fish_in collect pthread-m | grep -x pthread-minstack
}

# A function in place of compadd catches what zsh would offer.
@test "zsh completes options and values" {
    need zsh zsh
    zsh_in() { # WORD...
        zsh -f -c 'compadd() { while [[ $1 == -* && $1 != -- ]]; do [[ $1 == -S ]] && shift; [[ $1 == -a ]] && names=1; shift; done
                [[ $1 == -- ]] && shift; if (( names )); then print -l -- ${(P)1}; else print -l -- $@; fi }
            compset() { :; }; _files() { :; }; names=0
            file=$1; shift; words=("$@"); CURRENT=$#; offer() { source $file }; offer' zsh \
            "$root/usr/share/zsh/site-functions/_$1" "$@"
    }
    zsh_in tw-analyze --t | grep -x -- --table=
    ! zsh_in tw-analyze --table=runs --b | grep -x -- --budget= || false
    zsh_in tw-analyze --table= | grep -x segments
    zsh_in tw-collect "" | grep -x pthread-minstack
}

@test "an install says which program of another package it hides" {
    mkdir other
    printf '#!/bin/sh\n' >other/tw-plot
    chmod +x other/tw-plot
    run --separate-stderr env PATH="$PWD/other:$PATH" flock "$BUILD" make --silent -C "$BATS_TEST_DIRNAME/.." install \
        PREFIX="$root/usr" PROGRAM_PREFIX=tw-
    [ "$status" -eq 0 ]
    [ "$(grep -c hides <<<"$stderr")" -eq 1 ]
    [[ "$stderr" == *"$root/usr/bin/tw-plot hides $PWD/other/tw-plot where its directory comes first in PATH ("* ]]
    ! grep hides "$BATS_FILE_TMPDIR/log" || false # its own program of before is none
}

# The last test, since it removes what the others use.
@test "uninstall leaves nothing" {
    make_alone -C "$BATS_TEST_DIRNAME/.." uninstall PREFIX="$root/usr" PROGRAM_PREFIX=tw-
    [ "$(find "$root" ! -type d)" = "" ]
}
