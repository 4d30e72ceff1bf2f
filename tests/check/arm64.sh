#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds for arm64 and runs unit tests and models there, on another processor, by Debian's cross compiler and qemu-user. Run it
# from the project's root. It skips if something is missing, and installs nothing:
#
#     dpkg --add-architecture arm64 && apt-get update
#     apt-get install gcc-aarch64-linux-gnu qemu-user lib{json-c,md,gsl,csv,cairo2,pango1.0,cmocka}-dev:arm64 zlib1g-dev:arm64
#
# Models that need a library are left out: their headers may be there for another processor only.
set -eu -o pipefail

triplet=aarch64-linux-gnu
compiler=$triplet-gcc
build=build/$compiler
export PKG_CONFIG_LIBDIR=/usr/lib/$triplet/pkgconfig:/usr/share/pkgconfig

skip() {
    echo "skipped: $1 (package $2)"
    exit 0
}

command -v "$compiler" >/dev/null || skip "there is no $compiler" gcc-aarch64-linux-gnu
command -v qemu-aarch64 >/dev/null || skip 'there is no qemu-aarch64' qemu-user
for library in json-c=libjson-c-dev libmd=libmd-dev gsl=libgsl-dev zlib=zlib1g-dev cairo=libcairo2-dev \
    pangocairo=libpango1.0-dev cmocka=libcmocka-dev; do
    pkg-config --exists "${library%=*}" || skip "${library%=*} is not there for arm64" "${library#*=}:arm64"
done
[ -e /usr/lib/$triplet/libcsv.so ] || skip 'libcsv is not there for arm64' libcsv-dev:arm64

tests=()
for source in tests/*/*_test.c; do
    tests+=("$build/${source%.c}")
done
models=()
for source in collect/models/*.c; do
    [ -e "${source%.c}.h" ] || grep -qE '^ +(package|compiler): ' "$source" || models+=("$(basename "$source" .c)")
done

make --no-print-directory CC=$compiler AR=$triplet-ar SANITIZE= BUILD=$build "${tests[@]}" "${models[@]/#/$build/models/}"

CMOCKA_MESSAGE_OUTPUT=TAP prove --timer --exec qemu-aarch64 "${tests[@]}"

# The emulator has at most 32 timers, and is too slow for all tasks to be alive at once.
expected=$'^idle\nready [0-9]+\ndone 30$'
failed=0
for model in "${models[@]}"; do
    if said=$(printf '\n\n' | qemu-aarch64 "$build/models/$model" 30 0.1) &&
        [[ $said =~ $expected ]]; then
        echo "$model .. ok"
    else
        printf '%s .. not ok:\n%s\n' "$model" "$said"
        failed=1
    fi
done
exit $failed
