#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The first steps of a new user on a bare Debian: debian.sh RELEASE DIRECTORY
#
# Makes a root of that release in DIRECTORY, clones this checkout's HEAD into it and runs `make report` and `make test` there.
#
# package: debootstrap=command:debootstrap
set -eu

release=$1
export root; root=$(realpath -m "$2")
. "${BASH_SOURCE[0]%/*}/debian_root.bash"
need_debootstrap
trap unmount EXIT

make_root "$release"
inside "make report"
inside "make test"
