#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The weight of a payload.

bats_require_minimum_version 1.5.0
load sweeps
load ../columns

# Private pages only: which shared pages a forked task maps is chance.
overhead() { # MODEL
    "$BUILD/bin/analyze" --format=csv --metric=uss --model="$1" "$recording" | columns overhead
}

# 32 KiB are eight pages. A forked task's stack begins anywhere within a page, different in each run, so its other data may
# take one page more.
@test "a payload raises the overhead by its bytes" {
    [[ "$BUILD" != *,* ]] || skip "no memory figure is asserted under sanitizers"
    models=$("$collect" --list | awk '!/cannot run here/ { print $1 }' | grep -Fx \
        -e pthread -e pthread-musl -e c11-thread -e fork -e ucontext -e fiber -e pcl -e state-threads -e libuv -e protothread \
        -e timing-wheel -e ivykis | paste -sd,)
    [[ "$models" == *fork*pthread* ]] # which need no library
    "$collect" -m "$models,${models//,/+32768,}+32768" -t 1,1000 -r 2 --seed=1 -o "$recording"
    for model in ${models//,/ }; do
        metric=$(overhead "$model+32768") plain=$(overhead "$model") within=164
        [ "$model" != fork ] || within=4128
        echo "$model: $plain, with 32768 bytes more: $metric"
        perl -e '($plain, $more, $within) = @ARGV; exit !(abs($more - $plain - 32768) < $within)' \
            "$plain" "$metric" "$within"
    done
}
