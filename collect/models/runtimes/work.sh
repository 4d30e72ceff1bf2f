#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The works of the models in other languages: read here once, so that no runtime has to. A model's program sources this
# when it is called as
#
#     NAME --work=WORK TASKS SECONDS
#
# The arguments, which the program then gives to the runtime, become one of
#
#     TASKS SECONDS beat PROBES PERIOD        the period in nanoseconds
#     TASKS SECONDS pass RING MESSAGES STEP   the successor of place i is (i + STEP) mod RING

refuse_work() {
    echo "usage: $0 [--work=beat:PROBES:PERIOD|--work=pass:RING:MESSAGES] TASKS SECONDS | --describe" >&2
    exit 2
}

is_count() { # TEXT: 1 or more, and exact in a double
    case $1 in
    '' | 0* | *[!0-9]* | ????????????????*) return 1 ;;
    esac
}

in_nanoseconds() { # SECONDS, in decimals: prints them if they are 1 ns or more
    case $1 in
    '' | .* | *. | *.*.* | *[!0-9.]* | 0[0-9]* | ???????*.*) return 1 ;;
    *.*) fraction=${1#*.}000000000 ;;
    *) fraction=000000000 ;;
    esac
    # The 1 keeps the shell from reading an octal number.
    fraction=$(printf '1%.9s' "$fraction")
    set -- "$((${1%.*} * 1000000000 + fraction - 1000000000))"
    [ "$1" -ge 1 ] && echo "$1"
}

have_no_common_divisor() { # A B
    while [ "$2" -ne 0 ]; do
        set -- "$2" "$(($1 % $2))"
    done
    [ "$1" -eq 1 ]
}

# The golden ratio keeps neighbours in the ring apart in the order of creation, in which runtimes lay out their tasks.
step_of() { # RING
    step=$(((618 * $1 + 999) / 1000))
    [ "$step" -lt "$1" ] || step=$(($1 - 1))
    until have_no_common_divisor "$step" "$1"; do
        step=$((step + 1))
    done
    echo "$step"
}

[ $# -eq 3 ] || refuse_work
IFS=:
set -f
# shellcheck disable=SC2086 # the work becomes three arguments
set -- "$2" "$3" ${1#--work=}
unset IFS
[ $# -eq 5 ] && is_count "$4" && [ "$4" -le 1000000 ] || refuse_work
case $3 in
beat)
    period=$(in_nanoseconds "$5") || refuse_work
    set -- "$1" "$2" beat "$4" "$period"
    ;;
pass)
    [ "$4" -ge 2 ] && is_count "$5" || refuse_work
    set -- "$@" "$(step_of "$4")"
    ;;
*) refuse_work ;;
esac
