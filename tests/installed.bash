# SPDX-License-Identifier: GPL-3.0-or-later
# For tests of an installation: it is below $root, and the programs' names have the prefix tw-.

load need

setup_file() {
    export root=$BATS_FILE_TMPDIR/root
    command -v help2man || return 0
    make_alone install PREFIX="$root/usr" PROGRAM_PREFIX=tw- >"$BATS_FILE_TMPDIR/log" 2>&1 ||
        { cat "$BATS_FILE_TMPDIR/log"; false; }
}

setup() {
    need help2man help2man # without it there are no manuals to install
    export PATH=$root/usr/bin:$PATH
    cd "$BATS_TEST_TMPDIR"
}

page() { # NAME.SECTION
    echo "$root/usr/share/man/man${1##*.}/$1"
}
