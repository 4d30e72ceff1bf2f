#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The Debian package: made without an error of lintian, and of use on a machine that has nothing but it.

bats_require_minimum_version 1.5.0

setup_file() {
    is_for_users || return 0
    make deb >"$BATS_FILE_TMPDIR/log" 2>&1 || { cat "$BATS_FILE_TMPDIR/log"; false; } # it asks lintian
}

setup() {
    is_for_users || skip "what is for users is built without sanitizers"
}

is_for_users() {
    [ "$BUILD" = "$PWD/build" ]
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
    command -v debootstrap || skip "there is no debootstrap"
    root=$BATS_FILE_TMPDIR/debian
    debootstrap --variant=minbase bookworm "$root" "$(apt-get indextargets --format '$(SITE)' | grep -v security | head -n 1)"
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
    # What is not there says so, and does no harm.
    inside taskweight-collect --list | grep -q 'node-promise .*cannot run here'
}
