# SPDX-License-Identifier: GPL-3.0-or-later
# What the tests share that need more than the programs: each names it in its header, where the Makefile finds it.

# Skips the test where that program is not there.
need() { # PROGRAM PACKAGE
    PATH=$PATH:/usr/sbin command -v "$1" >/dev/null || skip "there is no $1 (package $2)"
}

# What is for users is built without sanitizers, by gcc.
need_build_for_users() {
    [ "$BUILD" = "$PWD/build" ] || skip "what is for users is built without sanitizers"
}

# Runs make, one at a time: what is installed or packed is made under names that others make as well.
make_alone() { # TARGET...
    flock "$BUILD" make "$@"
}
