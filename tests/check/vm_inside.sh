#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What vm.sh runs as root in its virtual machine: each line says whether one thing is so. The status is 0 if all are.
cd "$(mktemp -d)" || exit 1
chmod 777 .
failed=0

check() { # NAME COMMAND...
    name=$1
    shift
    if "$@" >out 2>&1; then
        echo "ok $name"
    else
        echo "not ok $name"
        sed 's/^/    /' out stderr 2>/dev/null | tail -n 20
        failed=1
    fi
}

as_alice() { # COMMAND...: in a session of hers, whose group has other processes
    su - alice -c "cd $PWD && XDG_RUNTIME_DIR=/run/user/1000 $*"
}

# The values of a column in the rows of that phase: column FILE NAME PHASE
column() {
    awk -F, -v name="$2" -v phase="$3" 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        $at["phase"] == phase { print $at[name] }' "$1"
}

reason() { # FILE
    sed -n 's/.*,end,//p' "$1" | tail -n 1
}

nothing_is_left() {
    for _ in $(seq 100); do
        [ -z "$(find /sys/fs/cgroup -name 'taskweight-*')" ] && ! pgrep -x collect && return 0
        sleep 0.1
    done
    find /sys/fs/cgroup -name 'taskweight-*'
    return 1
}

# What a task weighs is within 2 % of that many bytes: the means of the column while all tasks sleep, at the largest count and at
# 1, are so far apart.
weighs() { # FILE MODEL COLUMN BYTES
    awk -F, -v model="$2" -v column="$3" -v bytes="$4" '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        $at["model"] == model && $at["phase"] == "hold" {
            tasks = $at["tasks"]; sum[tasks] += $at[column]; rows[tasks]++; if (tasks + 0 > most + 0) most = tasks }
        END {
            value = most > 1 && rows[1] ? (sum[most] / rows[most] - sum[1] / rows[1]) / (most - 1) : 0
            print model, value, "where", bytes, "is right, with", most, "tasks"
            exit !(value > 0.98 * bytes && value < 1.02 * bytes) }' "$1" || { grep "$2,.*,end," "$1"; false; }
}

# io_uring: a request of 256 bytes and its place, as this machine with version 1 has it. pthread: THREAD_SIZE of x86-64.
figures_are_right() { # FILE
    weighs "$1" io_uring kernel_bytes 264 && weighs "$1" pthread kernel_stack_bytes 16384
}

# A process cannot have less of the kernel's memory than its page tables and its stack.
null_has_kernel_memory() { # FILE
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        $at["model"] == "null" && $at["phase"] == "hold" { rows++; if ($at["kernel_bytes"] < 40000) { print; bad = 1 } }
        END { exit bad || rows == 0 }' "$1"
}

# No more than a unit of systemd may have of processes and threads, 15 % of kernel.pid_max.
sweep="collect -q -m null,io_uring,pthread -t 1,1k,4k -r 2"

uname -r
nproc

systemd-run --quiet --scope -p Delegate=yes $sweep -o root.csv 2>stderr
check "root in a scope: io_uring's 264 B and pthread's 16 KiB a task" figures_are_right root.csv
check "... and null has kernel memory" null_has_kernel_memory root.csv

as_alice "$sweep -o alice.csv" 2>stderr
check "a user in a session gets a scope: io_uring's 264 B and pthread's 16 KiB a task" figures_are_right alice.csv
check "... and null has kernel memory" null_has_kernel_memory alice.csv
check "... and nothing is left" nothing_is_left

# The number of processors matters for the figures only.
[ "$(nproc)" -le 2 ] || exit $failed

as_alice "sh -c 'collect -q -m null -t 1 -r 1 -o shell.csv; true'" 2>stderr
check "below a shell, too" null_has_kernel_memory shell.csv

as_alice "TASKWEIGHT_SCOPE=no collect -q -m null -t 1 -r 1 -o without.csv" 2>stderr
check "without a scope it says what is in the way" grep -E 'no memory cgroup can be made below /user.slice/.*, which ' stderr

systemd-run --quiet --scope -p Delegate=yes -p MemoryMax=100M collect -q -m fork -t 10,100,2k -r 1 -o room.csv 2>stderr
check "what a scope's limit leaves is not exceeded" grep -E 'killed,|skipped,' room.csv
check "... and the reason names the scope" grep 'memory limit of the cgroup /system.slice/run-' room.csv

systemd-run --quiet --scope -p Delegate=yes -p MemoryMax=100M collect -q --memory-limit=1GiB -m fork -t 2k -r 1 -o above.csv \
    2>stderr
check "a kill at the limit of a group above names it" \
    grep -E 'killed at the memory limit of the cgroup /system.slice/run-[^,]*scope' above.csv

# collect looks for the limit while the tasks sleep, and this machine may be slow.
systemd-run --quiet --scope -p Delegate=yes -p TasksMax=400 collect -q -m pthread -t 1k -r 1 --sleep=20 -o tasks.csv 2>stderr
check "a full pids.max is named" grep 'pids.max 400 of the cgroup /system.slice/run-' tasks.csv

systemd-run --quiet --scope -p Delegate=yes collect -q -m fork -t 100 -r 1 --sleep=60 -o killed.csv 2>stderr &
until pgrep -x fork >/dev/null; do sleep 0.1; done
kill -KILL "$(pgrep -o -x collect)"
check "after SIGKILL nothing is left" nothing_is_left

unshare --cgroup --mount collect -q -m null -t 1 -r 1 -o namespace.csv 2>stderr
check "in a cgroup namespace over the host's mount there is a warning" grep -E 'kernel memory is not recorded' stderr
check "... and nothing is recorded of a group" test -z "$(column namespace.csv charged_bytes hold | tr -d '\n')"

unshare --pid --fork --mount-proc collect -q -m null -t 1 -r 1 -o init.csv 2>stderr
check "as the first process of a container it ends" grep ',ok,' init.csv
check "nothing is left" nothing_is_left
exit $failed
