#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Finds what the task models in C are built with; see the comment lines in task_model.h.
#
#     probe.sh --packages SOURCE...    prints PACKAGE=PROBE of each source that names a package, for .debian/deps
#     probe.sh DIRECTORY SOURCE...     writes, for a model NAME, the files
#         DIRECTORY/NAME.compile      options of the compiler, a response file
#         DIRECTORY/NAME.link         the same of the linker
#         DIRECTORY/NAME.compiler     the compiler, with options
#
# Sources that name nothing get no files. A file is written only if its text changes, so make rebuilds a model when its library
# was installed, removed or upgraded. CC and PKG_CONFIG come from the environment. Every make runs this script, so it starts
# few processes.
set -eu

CC=${CC:-gcc} PKG_CONFIG=${PKG_CONFIG:-pkg-config}

# NAME|MODULES|LINK|COMPILER|PACKAGE of each source.
facts() {
    awk '
        function tell() { if (name) print name "|" at["pkg-config"] "|" at["link"] "|" at["compiler"] "|" at["package"] }
        FNR == 1 { tell(); split("", at); name = FILENAME; sub(".*/", "", name); sub("[.]c$", "", name) }
        /^ *(pkg-config|link|compiler|package): / {
            key = $1; sub(":", "", key); sub("^ *[a-z-]*: *", ""); sub(" *[*]/.*", ""); at[key] = $0
        }
        END { tell() }' "$@"
}

packages() {
    facts "$@" | while IFS='|' read -r name modules link compiler package; do
        [ -n "$package" ] || continue
        if [ -n "$modules" ]; then echo "$package=module:${modules%% *}"
        elif [ -n "$link" ]; then echo "$package=link:$link"
        else echo "$package=command:${compiler%% *}"
        fi
    done
}

write() { # FILE TEXT: if the file's one line is another
    { IFS= read -r old <"$1"; } 2>/dev/null || old='nothing yet'
    [ "$old" = "$2" ] || printf '%s\n' "$2" >"$1"
}

has_library() { # -lNAME: the compiler prints a path where it finds the file, and the bare name otherwise
    for file in "lib${1#-l}.so" "lib${1#-l}.a"; do
        [ "$($CC -print-file-name="$file")" = "$file" ] || return 0
    done
    return 1
}

# Sets $version to that of the package's upstream: [EPOCH:]UPSTREAM[-REVISION].
ask_package() { # PACKAGE
    version=$(dpkg-query -W -f '${Version}' "$1" 2>/dev/null) || return 0
    version=${version#*:} version=${version%%[-+]*}
}

# Sets $compile, $link and $version from pkg-config; they stay empty if it does not know one of the modules.
ask_modules() { # MODULES
    # shellcheck disable=SC2086 # a list
    compile=$($PKG_CONFIG --cflags $1 2>/dev/null) || return 0
    # shellcheck disable=SC2086
    link=$($PKG_CONFIG --libs $1) version=$($PKG_CONFIG --modversion "${1%% *}")
}

probe() { # DIRECTORY NAME MODULES LINK COMPILER PACKAGE
    compile='' link='' version='' compiler=$CC
    if [ -n "$3" ]; then
        ask_modules "$3"
    elif [ -n "$6" ]; then
        ask_package "$6"
    fi
    if [ -n "$4" ] && has_library "$4"; then link=$4; fi
    if [ -n "$5" ] && command -v "${5%% *}" >/dev/null; then compiler=$5; fi
    write "$1/$2.compile" "-DLIBRARY_VERSION=\"\\\"$version\\\"\"${compile:+ $compile}"
    write "$1/$2.link" "$link"
    write "$1/$2.compiler" "$compiler"
}

if [ "$1" = --packages ]; then
    shift
    packages "$@"
    exit
fi
directory=$1
shift
mkdir -p "$directory"
facts "$@" | {
    while IFS='|' read -r name modules link compiler package; do
        [ -z "$modules$link$compiler" ] || probe "$directory" "$name" "$modules" "$link" "$compiler" "$package" &
    done
    wait
}
