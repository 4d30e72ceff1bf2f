# SPDX-License-Identifier: GPL-3.0-or-later
# For tests of collect. They run in parallel on a machine that may be busy, so each looks only at what it started itself, and
# waits for events, not for time to pass.

load "${BASH_SOURCE[0]%/*}/../busy"

setup() {
    # The sleep of a task where its length does not matter. A busy machine may need longer to start tasks: see
    # try_again_if_refused.
    local sleeps=(0.05 0.05 0.3 1 3)
    nap=--sleep=${sleeps[BATS_TEST_TRY_NUMBER]}
    directory=$(mktemp -d)
    recording=$directory/x.csv
    collect=$BUILD/bin/collect
    export TASKWEIGHT_TEST=$directory # whatever this test starts can be told by it
    enter_own_group
}

# After every test: nothing may be running, and no group of an ended collect may exist.
teardown() {
    local left=0
    try_again_if_refused "$directory"
    [ -n "$BATS_TEST_COMPLETED" ] || tail -n 3 "$directory"/*.csv "$directory"/stderr* 2>/dev/null || true
    eventually nothing_is_left || left=1
    [ "$left" -eq 0 ] || { find "$(own_group)" -name 'taskweight-*'; pgrep -fa "$directory"; } || true
    [ "$left" -eq 0 ] || kill -KILL $(left_running) || true
    leave_own_group || left=1
    rm -rf "$directory"
    return "$left"
}

# A memory cgroup for what this test starts, in which no other test's collect makes groups. Not on version 2, where collect
# can make groups only if it is alone in its own.
enter_own_group() {
    local outer
    own='' outer=$(own_group)
    [[ $outer == /sys/fs/cgroup/memory* ]] && mkdir "$outer/test-${directory##*/}" 2>/dev/null || return 0
    own=$outer/test-${directory##*/}
    echo 0 >"$own/cgroup.procs"
}

leave_own_group() {
    [ -n "$own" ] || return 0
    echo 0 >"${own%/*}/cgroup.procs"
    eventually rmdir "$own"
}

# If other tests make groups beside those of this one, a collect of theirs may have just been killed.
nothing_is_left() {
    if [ -n "$own" ]; then groups_have_owners; else eventually groups_have_owners; fi &&
        [ -z "$(left_running)" ]
}

# The processes that this test started, in any group and session.
left_running() {
    env -u TASKWEIGHT_TEST sh -c 'grep -lz "^TASKWEIGHT_TEST=$1\$" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3' sh "$directory"
}

groups_have_owners() {
    local group owner
    for group in "$(own_group)"/taskweight-*; do
        owner=${group##*/taskweight-}
        [ ! -e "$group" ] || [ -e "/proc/${owner%%-*}" ] || return 1
    done
}

# The memory cgroup of this shell, in either version.
own_group() {
    local path
    path=$(sed -n 's/^[0-9]*:memory://p' /proc/self/cgroup)
    [ -n "$path" ] && echo "/sys/fs/cgroup/memory$path" || echo "/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)"
}

# Tries the command until it succeeds; gives up after a minute.
eventually() {
    local end=$((SECONDS + 60))
    until "$@" 2>/dev/null; do
        [ "$SECONDS" -lt "$end" ] || return 1
        read -rt 0.02 <> <(:) || true
    done
}

has_runs() { # N FILE
    [ "$(grep -sc ,end, "$2" || true)" -ge "$1" ] 2>/dev/null
}

# The values of a column in the recording's rows that match: column NAME [NAME=VALUE]
column() {
    perl -e '
        my ($name, $match) = @ARGV; my ($key, $value) = split /=/, $match // "";
        open my $file, "<", $ENV{recording} or die; chomp(my $line = <$file>);
        my %at; my @names = split /,/, $line; @at{@names} = 0..$#names;
        while (<$file>) { chomp; my @f;
            while (/\G(?:"((?:[^"]|"")*)"|([^,"]*))(,|$)/g) { push @f, $1 // $2; last if $3 eq "" }
            print "$f[$at{$name}]\n" if !$key || $f[$at{$key}] eq $value }' "$@"
}

# Removes from the stderr of `run` collect's warning that it can make no memory cgroup.
without_note_on_groups() {
    stderr=$(grep -v '^[^ ]*collect: .*no memory cgroup can be made' <<<"$stderr") || true
    mapfile -t stderr_lines <<<"$stderr"
}

# Asserts one error line and the exit status in the first argument.
fails_with() {
    local expected=$1
    shift
    run --separate-stderr "$@"
    without_note_on_groups
    [ "$status" -eq "$expected" ]
    [ "$output" = "" ]
    [ "${#stderr_lines[@]}" -eq 1 ]
    [[ "${stderr_lines[0]}" == collect:* || "${stderr_lines[0]}" == */collect:* ]]
}

# From here on collect is in a tree of its own with only these models, so that it describes no others and starts at once.
only() { # MODEL...
    mkdir -p "$directory/bin" "$directory/models"
    cp "$BUILD/bin/collect" "$directory/bin/"
    ln -s "${@/#/$BUILD/models/}" "$directory/models/"
    collect=$directory/bin/collect
}

# A tree of its own with models that are shell scripts: model NAME <<script
model() {
    mkdir -p "$directory/bin" "$directory/models"
    [ -e "$directory/bin/collect" ] || cp "$collect" "$directory/bin/"
    { echo '#!/bin/sh'; echo '[ "$1" = --describe ] && { echo "family test"; echo "summary $0"; exit; }'; cat; } \
        >"$directory/models/$1"
    chmod +x "$directory/models/$1"
}

# Sweeps the own tree's model with 3 tasks; sets $ended to its status and $why to the reason.
sweep_of() {
    name=$1
    shift
    rm -f "$recording" "$directory/x.json"
    "$directory/bin/collect" "$name" --tasks=3 --runs=1 --sleep=0.05 --output="$recording" "$@" 2>"$directory/stderr"
    ended=$(recording=$recording column status phase=end)
    why=$(recording=$recording column reason phase=end)
    nothing_is_left
}

# Runs the program as a user who can make no memory cgroup, as nobody where this is root. It needs a tree of its own.
unprivileged() {
    [ "$(id -u)" -eq 0 ] || { "$@"; return; }
    chown -R 65534 "$directory"
    setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

# A program of the test's own, without sanitizers: compiled NAME <<source
compiled() {
    gcc -O1 -x c -o "$directory/$1" - -pthread
}
