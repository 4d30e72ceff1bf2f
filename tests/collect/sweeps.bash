# SPDX-License-Identifier: GPL-3.0-or-later
# What the tests of whole sweeps share.

setup() {
    folder=$(mktemp -d)
    recording=$folder/x.csv
    collect=$BUILD/bin/collect
    export TASKWEIGHT_TEST=$folder # whatever this test starts can be told by it
}

# Whatever a test does: nothing may be left running, and no group of a collect that is gone may stay.
teardown() {
    local left=0
    eventually nothing_is_left || left=1
    [ "$left" -eq 0 ] || { ls -d "$(own_group)"/taskweight-*; pgrep -fa "$folder"; } || true
    rm -rf "$folder"
    return "$left"
}

nothing_is_left() {
    local group owner
    for group in $(find "$(own_group)" -maxdepth 1 -name 'taskweight-*' 2>/dev/null); do
        owner=${group##*taskweight-}
        [ -e "/proc/${owner%-*}" ] || return 1
    done
    ! env -u TASKWEIGHT_TEST grep -qz "^TASKWEIGHT_TEST=$folder\$" /proc/[0-9]*/environ 2>/dev/null
}

# The memory cgroup that this shell is in, of whichever version.
own_group() {
    local path
    path=$(sed -n 's/^[0-9]*:memory://p' /proc/self/cgroup)
    [ -n "$path" ] && echo "/sys/fs/cgroup/memory$path" || echo "/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)"
}

# Tries the command until it succeeds; gives up after 20 seconds.
eventually() {
    local end=$((SECONDS + 20))
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        read -rt 0.01 <> <(:) || true
    done
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

# One error line, and the exit status that is the first argument.
fails_with() {
    local expected=$1
    shift
    run --separate-stderr "$@"
    [ "$status" -eq "$expected" ]
    [ "$output" = "" ]
    [ "${#stderr_lines[@]}" -eq 1 ]
    [[ "${stderr_lines[0]}" == collect:* || "${stderr_lines[0]}" == */collect:* ]]
}

# A tree of its own with models that are shell scripts: model NAME <<script
model() {
    mkdir -p "$folder/bin" "$folder/models"
    [ -e "$folder/bin/collect" ] || cp "$collect" "$folder/bin/"
    { echo '#!/bin/sh'; echo '[ "$1" = --describe ] && { echo "family test"; echo "summary $0"; exit; }'; cat; } \
        >"$folder/models/$1"
    chmod +x "$folder/models/$1"
}

# Sweeps the own tree's model with 3 tasks; its status and reason come out in $ended and $why.
sweep_of() {
    name=$1
    shift
    "$folder/bin/collect" "$name" --tasks=3 --runs=1 --sleep=0.05 --output="$recording" "$@" 2>"$folder/talk"
    ended=$(recording=$recording column status phase=end)
    why=$(recording=$recording column reason phase=end)
    nothing_is_left
}

