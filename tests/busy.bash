# SPDX-License-Identifier: GPL-3.0-or-later
# For tests that measure on a machine that may be busy.

# For teardown: repeats a failed test, up to three times, if the machine had no process id left, or was so busy that tasks
# ended before the last was started (a short run). The test's recordings and files stderr* in the directory show that, or its
# own output.
try_again_if_refused() { # DIRECTORY
    [ -z "$BATS_TEST_COMPLETED" ] || return 0
    if { cat "${BATS_OUT:-/dev/null}" "$1"/*.csv "$1"/stderr*; echo "${output:-} ${stderr:-}"; } 2>/dev/null |
        grep -qE 'EAGAIN|Resource temporarily unavailable|,short,'; then
        BATS_TEST_RETRIES=3
    fi
}
