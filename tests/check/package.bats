#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The Debian package: lintian finds no error, and it works on a machine that has nothing else.
# package: debhelper=command:dh lintian=command:lintian help2man=command:help2man debootstrap=command:debootstrap
# package: poppler-utils=command:pdffonts

bats_require_minimum_version 1.5.0
load ../need

setup_file() {
    [ "$BUILD" = "$PWD/build" ] || return 0
    command -v dh && command -v lintian && command -v help2man || return 0
    make_alone deb >"$BATS_FILE_TMPDIR/log" 2>&1 || { cat "$BATS_FILE_TMPDIR/log"; false; } # it asks lintian
}

setup() {
    need_build_for_users
    need dh debhelper
    need lintian lintian
    need help2man help2man
}

teardown_file() {
    umount "$BATS_FILE_TMPDIR/debian/proc" 2>/dev/null || true
}

@test "the package holds programs, models, manuals, completions and the batch script" {
    files=$(dpkg-deb -c build/deb/taskweight_*.deb | awk '{print $6}')
    for file in bin/taskweight-collect bin/taskweight-analyze bin/taskweight-plot libexec/taskweight/models/pthread \
        share/man/man1/taskweight-plot.1.gz share/man/man7/taskweight-model.7.gz share/man/man5/taskweight-recording.5.gz \
        share/bash-completion/completions/taskweight-plot share/zsh/vendor-completions/_taskweight-plot \
        share/fish/vendor_completions.d/taskweight-plot.fish share/doc/taskweight/slurm/sweep.sbatch; do
        grep -qx "./usr/$file" <<<"$files" || { echo "$file"; return 1; }
    done
}

@test "on a clean Debian it installs, measures, fits and draws" {
    [ "$(id -u)" -eq 0 ] || skip "only root can make a Debian"
    need debootstrap debootstrap
    need pdffonts poppler-utils
    # The package depends on the libraries' names in the release that it was built on.
    release=$(. /etc/os-release && [ "$ID" = debian ] && echo "$VERSION_CODENAME") || skip "this machine is no Debian"
    [ -n "$release" ] || skip "this Debian has no name yet"
    root=$BATS_FILE_TMPDIR/debian
    debootstrap --variant=minbase "$release" "$root" \
        "$(apt-get indextargets --format '$(SITE)' | grep -v security | head -n 1)"
    mount -t proc proc "$root/proc"
    cp build/deb/taskweight_*.deb "$root/taskweight.deb"
    inside() { env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C DEBIAN_FRONTEND=noninteractive chroot "$root" "$@"; }
    inside apt-get install -q -y ./taskweight.deb
    inside taskweight-collect --list
    inside taskweight-collect -m null,pthread,libuv,pthread-musl -t 1,100,1k -r 2 -o lab.csv
    run inside taskweight-analyze --format=csv lab.csv
    [ "$status" -eq 0 ]
    [ "${#lines[@]}" -eq 5 ]
    inside taskweight-plot --report=lab.pdf lab.csv
    pdffonts "$root/lab.pdf" | grep -q DejaVu
    # Missing runtimes are reported, and break nothing.
    inside taskweight-collect --list | grep -q 'node-promise .*cannot run here'
}
