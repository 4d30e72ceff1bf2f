#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The build on machines that lack something, and after it was installed.

bats_require_minimum_version 1.5.0

setup() {
    deps=$PWD/.debian/deps
    tree=$PWD
    directory=$BATS_TEST_TMPDIR
    cd "$directory"
}

# A program in a directory that comes first in PATH: fake NAME <<script
fake() {
    mkdir -p "$directory/bin"
    { echo '#!/bin/sh'; cat; } >"$directory/bin/$1"
    chmod +x "$directory/bin/$1"
    export PATH=$directory/bin:$PATH
}

# Runs deps with a PATH that has no apt-get, only what deps itself needs.
deps_alone() { # ARGUMENT...
    mkdir -p "$directory/alone"
    for name in sh sort paste; do ln -sf "$(command -v "$name")" "$directory/alone/"; done
    PATH=$directory/alone "$deps" "$@"
}

# An apt that knows libfirst and libsecond, and logs what it is asked to install.
fake_apt() {
    fake apt-cache <<'END'
case $2 in libc6-dev | libfirst | libsecond) echo '  Candidate: 1.0' ;; libgone) echo '  Candidate: (none)' ;; esac
END
    fake apt-get <<END
echo "\$*" >>"$directory/asked"
case \$* in *install*libsecond*) exit 100 ;; esac
END
    fake id <<'END'
echo 0
END
}

@test "a package that this Debian does not have is reported and skipped" {
    fake_apt
    run --separate-stderr "$deps" sh=command:sh -- libfirst=command:no-first libgone=command:no-gone never=command:no-such
    [ "$status" -eq 0 ]
    [ "$output" = "missing: libfirst libgone never" ]
    [ "$stderr" = "deps: going on without libfirst libgone never (apt-get has not brought one that will do)" ]
    grep -q 'install.* libfirst$' asked
    ! grep -q -e libgone -e never asked
}

@test "a package that cannot be installed does not keep the others back" {
    fake_apt
    run --separate-stderr "$deps" -- libsecond=command:no-second libfirst=command:no-first
    [ "$status" -eq 0 ]
    [ "$(grep -c 'install.* libfirst libsecond$' asked)" -eq 1 ]
    [ "$(grep -c 'install.* libfirst$' asked)" -eq 1 ]
}

@test "a required package that is not available is an error; installed ones are not requested" {
    fake_apt
    run --separate-stderr "$deps" libgone=command:no-gone
    [ "$status" -eq 1 ]
    [ "$stderr" = "deps: needed and missing: libgone (apt-get has not brought one that will do)" ]
    rm -f asked
    "$deps" anything=command:sh -- other=command:cat
    [ ! -e asked ]
}

@test "without apt-get it names what is missing, and goes on where the core is there" {
    run --separate-stderr deps_alone some=command:sh -- libthis=command:no-this libthat=command:no-that
    [ "$status" -eq 0 ]
    [ "$stderr" = "deps: going on without libthat libthis (there is no apt-get here: install it by hand; the name is Debian's)" ]
    run --separate-stderr deps_alone libneeded=command:no-this
    [ "$status" -eq 1 ]
    [ "$stderr" = "deps: needed and missing: libneeded (there is no apt-get here: install it by hand; the name is Debian's)" ]
}

@test "a target says what it needs before it tries" {
    run --separate-stderr "$deps" --check=deps-tests libcmocka-dev=module:no-such-module
    [ "$status" -eq 1 ]
    [ "$stderr" = "deps: needed and missing: libcmocka-dev (make deps-tests installs it where there is apt-get; the name is Debian's)" ]
}

# A pkg-config that knows nothing of GLib until the file glib-is-there is there.
@test "a model in C is built anew when its library has come, and when it has gone" {
    pkg-config --exists glib-2.0 || skip "there is no GLib (package libglib2.0-dev)"
    fake pkg-config <<END
case \$* in *glib-2.0*) [ -e "$directory/glib-is-there" ] || exit 1 ;; esac
exec $(command -v pkg-config) "\$@"
END
    build() { make -C "$tree" --no-print-directory BUILD="$directory/build" "$directory/build/models/glib"; }
    build
    "$directory/build/models/glib" --describe | grep '^unavailable built without GLib'
    touch "$directory/glib-is-there"
    build
    "$directory/build/models/glib" --describe | grep '^version GLib [0-9]'
    ! build | grep glib.c || false
    rm "$directory/glib-is-there"
    build
    "$directory/build/models/glib" --describe | grep '^unavailable built without GLib'
}

# Two toolchains that write their names as the model. In a tree of its own, since all variants of a build share these models.
@test "a model in another language is built anew when its toolchain is another" {
    (cd "$tree" && git ls-files -z Makefile collect tests/tests.mk .debian | xargs -0 cp --parents -t "$directory")
    for version in 1.1 2.2; do
        mkdir "go$version"
        cat >"go$version/go" <<END
#!/bin/sh
case \$1 in
version) echo "go version go$version linux/amd64" ;;
build) while [ "\$1" != -o ]; do shift; done; cp /bin/true "\$2" ;;
esac
END
        chmod +x "go$version/go"
    done
    build() { PATH=$directory/go$1:$PATH make -C "$directory" --no-print-directory --silent build/models/go-goroutine; }
    build 1.1
    build/models/go-goroutine --describe | grep -x 'version Go 1.1'
    build 2.2
    build/models/go-goroutine --describe | grep -x 'version Go 2.2'
    inode=$(stat -c %i build/models/go-goroutine)
    build 2.2
    [ "$(stat -c %i build/models/go-goroutine)" = "$inode" ]
}
