#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The first steps of a new user on a bare Debian: debian.sh RELEASE DIRECTORY
#
# Makes a root of that release in DIRECTORY, clones this checkout's HEAD into it and runs `make report` and `make test` there.
#
# package: debootstrap=command:debootstrap
set -eu

release=$1
root=$(realpath -m "$2")
mirror=$(apt-get indextargets --format '$(SITE)' 2>/dev/null | grep -v security | head -n 1)

skip() {
    echo "skipped: $1"
    exit 0
}

[ "$(id -u)" -eq 0 ] || skip "only root can make a Debian"
command -v debootstrap >/dev/null || skip "there is no debootstrap (package debootstrap)"
[ -n "$mirror" ] || skip "apt names no mirror here"

unmount() {
    for place in dev sys proc; do
        ! mountpoint -q "$root/$place" || umount -l -R "$root/$place"
    done
}
trap unmount EXIT

inside() { # COMMAND: in the clone, as on a machine of its own
    env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
        chroot "$root" sh -c "cd /root/taskweight && $1"
}

unmount
rm -rf --one-file-system "$root"
debootstrap --variant=minbase --include=ca-certificates,make,git "$release" "$root" "$mirror"
grep -l "^Acquire" /etc/apt/apt.conf.d/* | xargs -r cp -t "$root/etc/apt/apt.conf.d/"
git clone --quiet . "$root/root/taskweight"
for place in proc sys dev; do
    mount --rbind "/$place" "$root/$place"
    mount --make-rslave "$root/$place" # unmounting it leaves the machine's own alone
done
inside "make report"
inside "make test"
