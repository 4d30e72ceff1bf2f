# SPDX-License-Identifier: GPL-3.0-or-later
# What the tests share that measure something on a machine that may have other things to do.

# For teardown: a test that has failed is made again, up to three times, where it met a machine that had no process id
# to give, or that was so busy that tasks had ended before the last was started (a run is short then). Its recordings
# and its files stderr* in the directory tell, or what the test itself has printed.
try_again_if_refused() { # DIRECTORY
    [ -z "$BATS_TEST_COMPLETED" ] || return 0
    if { cat "${BATS_OUT:-/dev/null}" "$1"/*.csv "$1"/stderr*; echo "${output:-} ${stderr:-}"; } 2>/dev/null |
        grep -qE 'EAGAIN|Resource temporarily unavailable|,short,'; then
        BATS_TEST_RETRIES=3
    fi
}
