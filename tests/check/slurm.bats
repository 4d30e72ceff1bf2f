#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# A sweep as a job array of a real Slurm. The test starts its own munged, slurmctld and slurmd, with their files, keys and
# sockets in its directory.
# package: slurm-wlm=command:slurmctld munge=command:munged

bats_require_minimum_version 1.5.0
load ../need
load ../columns

setup_file() {
    export PATH=$PATH:/usr/sbin
    can_start || return 0
    export directory=$BATS_FILE_TMPDIR SLURM_CONF=$BATS_FILE_TMPDIR/slurm.conf
    mkdir "$directory/state" "$directory/spool"
    configure
    head -c 1024 /dev/urandom >"$directory/munge.key"
    chmod 400 "$directory/munge.key"
    munged --force --key-file="$directory/munge.key" --socket="$directory/munge.socket" --pid-file="$directory/munged.pid" \
        --log-file="$directory/munged.log" --seed-file="$directory/munge.seed"
    slurmctld 3>&- 4>&-
    slurmd 3>&- 4>&-
    eventually node_is_idle || { cat "$directory"/*.log; return 1; }
}

setup() {
    need munged munge
    need slurmctld slurm-wlm
    need slurmd slurm-wlm
    need sbatch slurm-wlm
    [ "$(id -u)" -eq 0 ] || skip "slurmd is root's"
}

can_start() {
    command -v munged && command -v slurmctld && command -v slurmd && command -v sbatch && [ "$(id -u)" -eq 0 ]
}

# Two adjacent free ports on the loopback, the first even.
free_port() {
    local port
    for port in $(shuf -i 10000-16000 -n 100); do
        is_free $((2 * port)) && is_free $((2 * port + 1)) && echo $((2 * port)) && return
    done
    return 1
}

is_free() { # PORT
    ! (exec 9<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

configure() {
    local host port
    host=$(hostname -s)
    port=$(free_port)
    cat >"$SLURM_CONF" <<END
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$directory/munge.socket
StateSaveLocation=$directory/state
SlurmdSpoolDir=$directory/spool
SlurmctldPidFile=$directory/slurmctld.pid
SlurmdPidFile=$directory/slurmd.pid
SlurmctldLogFile=$directory/slurmctld.log
SlurmdLogFile=$directory/slurmd.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=$host Default=YES State=UP
END
}

node_is_idle() {
    [ "$(sinfo --noheader --format=%T 2>/dev/null)" = idle ]
}

eventually() { # COMMAND...
    local end=$((SECONDS + 60))
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.1
    done
}

teardown_file() {
    can_start || return 0
    for daemon in slurmd slurmctld munged; do
        [ -s "$directory/$daemon.pid" ] || continue
        pid=$(cat "$directory/$daemon.pid")
        kill "$pid" && eventually is_gone "$pid"
    done
}

is_gone() { # PROCESS, which nobody may have waited for
    [ ! -e "/proc/$1" ] || grep -q '^State:.*zombie' "/proc/$1/status"
}

@test "a job array of four parts makes every run exactly once" {
    export TASKWEIGHT_COLLECT=$BUILD/bin/collect TASKWEIGHT_FOLDER=$directory
    script=$PWD/collect/slurm/sweep.sbatch
    cd "$directory"
    sbatch --wait --array=1-4 "$script" -m null,pthread,libuv -t 1,50 -r 3 || { cat "$directory"/*.log; false; }
    recordings=("$directory"/taskweight-*.csv)
    [ "${#recordings[@]}" -eq 4 ]
    for recording in "${recordings[@]}"; do # 18 runs: 5, 5, 4, 4
        [ "$(grep -c ,end, "$recording")" -ge 4 ]
    done
    # Three models at two counts, three times each: 18 different runs.
    [ "$(cat "${recordings[@]}" | grep ,end, | cut -d, -f2,4,5 | sort -u | wc -l)" -eq 18 ]
    [ "$(cat "${recordings[@]}" | grep -c ,end,)" -eq 18 ]
    run --separate-stderr "$BUILD/bin/analyze" --table=cells --format=csv "${recordings[@]}"
    [ "$stderr" = "" ]
    [ "$(columns model tasks runs <<<"$output" | paste -sd' ')" = \
        "libuv,1,3 libuv,50,3 null,1,3 null,50,3 pthread,1,3 pthread,50,3" ]
}

@test "a part that is requeued goes on with its recording" {
    export TASKWEIGHT_COLLECT=$BUILD/bin/collect TASKWEIGHT_FOLDER=$directory
    recording=$(ls "$directory"/taskweight-*-2.csv)
    job=${recording##*/taskweight-}
    runs=$(grep -c ,end, "$recording")
    last=$(tail -n 1 "$recording" | cut -d, -f2,4,5)
    grep -v "^[^,]*,${last%%,*},[a-z]*,${last#*,}," "$recording" >"$directory/part"
    cp "$directory/part" "$recording"
    SLURM_ARRAY_JOB_ID=${job%-*} SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_COUNT=4 bash collect/slurm/sweep.sbatch \
        -m null,pthread,libuv -t 1,50 -r 3
    [ "$(grep -c ,end, "$recording")" -eq "$runs" ]
}
