# SPDX-License-Identifier: GPL-3.0-or-later
# For tests that need more than the programs: each names its packages in its header, where the Makefile finds them.

# Skips the test if that program is not installed.
need() { # PROGRAM PACKAGE
    PATH=$PATH:/usr/sbin command -v "$1" >/dev/null || skip "there is no $1 (package $2)"
}

# Packages and installations for users are built by gcc without sanitizers.
need_build_for_users() {
    [ "$BUILD" = "$PWD/build" ] || skip "what is for users is built without sanitizers"
}

# Runs one make at a time: installations and packages of several tests are built under the same names.
make_alone() { # TARGET...
    flock "$BUILD" make "$@"
}
