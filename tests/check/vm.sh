#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# collect under cgroup v2 and systemd, on kernels that are not this machine's: vm.sh RELEASE DIRECTORY
#
# Makes a Debian of that release in DIRECTORY, unless it is there, builds this checkout's HEAD in it and boots it with each kernel
# that the release and its backports have, emulated, with 2 and with 8 processors. vm_inside.sh is what runs in it; its output
# comes by a serial port.
#
# package: debootstrap=command:debootstrap qemu-system-x86=command:qemu-system-x86_64 e2fsprogs=command:mkfs.ext4
set -eu -o pipefail

release=$1
export root; root=$(realpath -m "$2")
. "${BASH_SOURCE[0]%/*}/debian_root.bash"
boot_seconds=${BOOT_SECONDS:-1200} # emulated, on two processors that also do other work
need_debootstrap
[ "$(uname -m)" = x86_64 ] || skip "the virtual machine is one for x86-64"
command -v qemu-system-x86_64 >/dev/null || skip "there is no emulator (package qemu-system-x86)"
command -v mkfs.ext4 >/dev/null || skip "there is no mkfs.ext4 (package e2fsprogs)"
trap unmount EXIT

add_newest_kernel() {
    echo "deb $(mirror) $release-backports main" >"$root/etc/apt/sources.list.d/backports.list"
    inside "apt-get update -qq && apt-get install -qq -t $release-backports linux-image-cloud-amd64" >/dev/null 2>&1 ||
        rm "$root/etc/apt/sources.list.d/backports.list"
}

# vm_inside.sh runs once the machine is up, and then it goes off.
add_service() {
    install -m 755 tests/check/vm_inside.sh "$root/usr/local/bin/vm_inside"
    cat >"$root/etc/systemd/system/vm-inside.service" <<'UNIT'
[Unit]
After=systemd-user-sessions.service user@1000.service
Wants=user@1000.service
[Service]
Type=oneshot
ExecStart=/bin/sh -c '/usr/local/bin/vm_inside >/dev/ttyS1 2>&1; echo "status $?" >/dev/ttyS1'
ExecStopPost=systemctl --no-block poweroff
[Install]
WantedBy=multi-user.target
UNIT
    inside "systemctl -q enable vm-inside"
}

make_machine() {
    make_root "$release" systemd,systemd-sysv,dbus,dbus-user-session,libpam-systemd,udev,procps,initramfs-tools,zstd,linux-image-cloud-amd64
    inside "make deps deps-manuals" >&2
    add_newest_kernel
    inside "useradd -m -u 1000 -s /bin/bash alice"
    mkdir -p "$root/var/lib/systemd/linger"
    touch "$root/var/lib/systemd/linger/alice" # a user manager without a login
    echo '/dev/vda / ext4 defaults 0 1' >"$root/etc/fstab"
    touch "$root/made"
}

build() {
    git -C "$root/root/taskweight" fetch --quiet "$PWD" HEAD
    git -C "$root/root/taskweight" checkout --quiet --force FETCH_HEAD
    mount_kernel
    inside "make && make install PREFIX=/usr/local" >&2
    add_service
    unmount
}

# QEMU 7.2 leaves wrong flags behind a cmpxchg16b, which the allocator of Linux 6.12 is built on: it panics. Without the
# instruction (cx16) the kernel takes another way.
emulate() { # KERNEL PROCESSORS WORK
    rm -f "$3/out"
    mkfs.ext4 -q -d "$root" "$3/disk" 8G >/dev/null
    timeout "$boot_seconds" qemu-system-x86_64 -M q35 --accel tcg,thread=multi -cpu max,-cx16 -m 4G -smp "$2" \
        -kernel "$root/boot/vmlinuz-$1" -initrd "$root/boot/initrd.img-$1" -append 'root=/dev/vda rw console=ttyS0 panic=-1' \
        -drive "file=$3/disk,if=virtio,format=raw" -display none -monitor none -no-reboot \
        -serial "file:$3/console" -serial "file:$3/out" </dev/null || true
    rm "$3/disk"
    grep -q '^status' "$3/out"
}

# An emulated kernel may panic for a fault of the emulator. What ran to its end is not repeated.
boot() { # KERNEL PROCESSORS
    local work try
    work=$(mktemp -d)
    echo "--- Debian $release, Linux $1, $2 processors"
    for try in 1 2 3; do
        ! emulate "$1" "$2" "$work" || break
        echo "it did not get to the end (attempt $try):"
        tail -n 5 "$work/console"
    done
    cat "$work/out"
    grep -q '^status 0' "$work/out" && rm -r "$work"
}

[ -e "$root/made" ] || make_machine
build
for image in "$root"/boot/vmlinuz-*; do
    for processors in 2 8; do
        boot "${image##*/vmlinuz-}" "$processors"
    done
done
