# SPDX-License-Identifier: GPL-3.0-or-later
# For checks that run in a Debian of their own, which they make with debootstrap in the directory $root.
: "${root:?}"

skip() {
    echo "skipped: $1"
    exit 0
}

mirror() {
    apt-get indextargets --format '$(SITE)' 2>/dev/null | grep -v security | head -n 1
}

need_debootstrap() {
    [ "$(id -u)" -eq 0 ] || skip "only root can make a Debian"
    command -v debootstrap >/dev/null || skip "there is no debootstrap (package debootstrap)"
    [ -n "$(mirror)" ] || skip "apt names no mirror here"
}

unmount() {
    for place in dev sys proc; do
        ! mountpoint -q "$root/$place" || umount -l -R "$root/$place"
    done
}

mount_kernel() {
    unmount
    for place in proc sys dev; do
        mount --rbind "/$place" "$root/$place"
        mount --make-rslave "$root/$place" # unmounting it leaves the machine's own alone
    done
}

# Makes it anew, with these packages and a clone of this checkout's HEAD in /root/taskweight.
make_root() { # RELEASE [PACKAGE,PACKAGE...]
    unmount
    rm -rf --one-file-system "$root"
    debootstrap --variant=minbase --include="ca-certificates,make,git${2:+,$2}" "$1" "$root" "$(mirror)"
    grep -l "^Acquire" /etc/apt/apt.conf.d/* | xargs -r cp -t "$root/etc/apt/apt.conf.d/"
    git clone --quiet . "$root/root/taskweight"
    mount_kernel
}

inside() { # COMMAND: in the clone, as on a machine of its own
    env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
        chroot "$root" sh -c "cd /root/taskweight && $1"
}
