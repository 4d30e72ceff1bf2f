#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Connections to servers: what makes one alive, what is said of a server that refuses, and that nothing of it is left. The servers
# are small ones of the test's own; tests/check/servers.bats has the real ones.

bats_require_minimum_version 1.5.0
load sweeps

connection=$BUILD/models/lib/connection

# A tree of its own with these recipes.
only_recipes() { # RECIPE...
    only "$@"
    ln -s "$BUILD/models/lib" "$directory/models/lib"
    export TMPDIR=$directory
}

recipe() { # NAME <<its lines
    export TMPDIR=$directory
    { echo '#!/usr/bin/env connection'; cat; } >"$directory/$1"
    chmod +x "$directory/$1"
}

# The recipe of a server in Perl that speaks first. CODE is what it does with $client, the n-th connection; the first one is only
# to see that the server is ready.
server() { # CODE [ADDRESS]
    cat >"$directory/server.pl" <<END
use IO::Socket::INET;
my (\$n, @kept) = 0;
my \$listener = IO::Socket::INET->new(LocalAddr => "${2:-127.0.0.1}", LocalPort => \$ARGV[0], Listen => 64, ReuseAddr => 1)
    or die "listen: \$!\n";
while (my \$client = \$listener->accept) {
    if (\$n++ == 0) { syswrite \$client, "+OK\n"; sysread \$client, my \$end, 1; next }
    push @kept, \$client;
    $1
}
END
    recipe mine <<END
server exec perl "$directory/server.pl" \$PORT
expect +OK
END
}

# The last of what the interpreter prints, with its questions answered.
ending() { # TASKS SECONDS [PARAMETER]
    printf '\n\n\n' | "$connection" "$directory/mine" "$@" 2>"$directory/stderr" | tail -n 1
}

@test "connections are alive at once, and only the server is weighed" {
    only_recipes null-server
    "$collect" -m null-server -t 1,100 -r 1 -o "$recording"
    export recording
    [ "$(column status phase=end | sort -u)" = ok ]
    [ "$(column family phase=end | sort -u)" = connection ]
    [ "$(column alive phase=hold | sort -nu | paste -sd,)" = 1,100 ]
    [ "$(column threads phase=hold | sort -u)" = 1 ]
    [ "$(column voluntary_switches phase=end | grep -c .)" -eq 0 ] # of the client, if of anything
    [ -z "$(find "$directory" -name 'taskweight-server-*')" ]
}

@test "only the server is weighed without a memory cgroup, too" {
    only_recipes null-server
    cp --remove-destination "$BUILD/models/null-server" "$directory/models/" # where that user may not look
    rm "$directory/models/lib"
    mkdir "$directory/models/lib"
    cp "$BUILD/models/lib/connection" "$BUILD/models/lib/hold" "$directory/models/lib/"
    unprivileged "$collect" -m null-server -t 50 -r 1 -o "$recording" 2>"$directory/stderr"
    export recording
    [ "$(column status phase=end)" = ok ]
    [ "$(column threads phase=hold | sort -u)" = 1 ]
}

# 16 pages a connection, by the difference of 300 of them.
@test "a known weight is found again" {
    [[ "$BUILD" != *,* ]] || skip "no memory figure is asserted under sanitizers"
    only_recipes calibrate-server
    "$collect" -m calibrate-server:65536 -t 1,301 -r 1 -o "$recording"
    export recording
    column uss_bytes tasks=1 | sort -n | tail -n 1 >"$directory/one"
    column uss_bytes tasks=301 | sort -n | tail -n 1 >"$directory/many"
    awk '{ bytes[NR] = $1 } END { a = (bytes[2] - bytes[1]) / 300; print a; exit !(a > 64225 && a < 66847) }' \
        "$directory/one" "$directory/many"
}

@test "a server that answers otherwise is told with its answer" {
    server 'syswrite $client, $n <= 6 ? "+OK\n" : "-ERR max number of clients reached\r\nmore\n"'
    [ "$(ending 10 0.1)" = "failed 5 connection 6 of 10 was answered: -ERR max number of clients reached" ]
    server 'syswrite $client, $n <= 2 ? "+OK\n" : "E\0\0\x01no room\0"'
    [ "$(ending 3 0.1)" = "failed 1 connection 2 of 3 was answered: E?no room?" ]
}

@test "a server that does not go on accepting is told, with what waits" {
    server 'sleep 1 while $n == 7; syswrite $client, "+OK\n"'
    [ "$(ending 10 0.1)" = "failed 5 the server has not answered connection 6 of 10 for 5 s: it has accepted 6, and 4 wait in its backlog" ]
}

@test "a server that closes a connection is told" {
    server 'syswrite $client, "+OK\n"; shutdown $kept[0], 2 if $n == 11'
    [ "$(ending 10 5)" = "failed 9 the server closed a connection that was alive, with 9 of 10 open" ]
    server 'if ($n == 3) { shutdown $client, 2 } else { syswrite $client, "+OK\n" }'
    [ "$(ending 2 0.1)" = "failed 1 the server closed connection 2 of 2 without an answer" ]
    server 'if ($n == 3) { syswrite $client, "+"; shutdown $client, 2 } else { syswrite $client, "+OK\n" }'
    [ "$(ending 2 0.1)" = "failed 1 the server closed connection 2 of 2, having said: +" ]
}

@test "an answer is whole where it ends as the recipe says" {
    server 'syswrite $client, "+OK, wait"; select undef, undef, undef, 0.05; syswrite $client, $n == 3 ? " ready" : " ready."'
    sed -i 's/syswrite $client, "+OK\\n"/syswrite $client, "+OK ready."/' "$directory/server.pl"
    echo 'until ready.' >>"$directory/mine"
    [[ "$(ending 2 0.1)" == "failed 1 the server has not answered connection 2 of 2 for 5 s: "* ]]
}

@test "a server that ends at once is told by what it said" {
    recipe mine <<'END'
server : $PORT; echo "no such option: --frobnicate" >&2; exit 3
say x
END
    "$collect" "$directory/mine" -t 2 -r 1 -o "$recording" 2>"$directory/stderr"
    [ "$(recording=$recording column reason phase=end)" = \
        "exited with status 3 before it was done: no such option: --frobnicate" ]
}

@test "a server that goes into the background, or dies of a signal, is told" {
    recipe mine <<'END'
server sleep 60 & : $PORT
say x
END
    [ "$(ending 1 0.1)" = "failed 0 the server ended with status 0 (a server has to stay in the foreground)" ]
    pkill -f "^sleep 60$" -g 0 || true
    recipe mine <<'END'
server : $PORT; kill -SEGV $$
say x
END
    [ "$(ending 1 0.1)" = "failed 0 the server died of signal 11 (Segmentation fault)" ]
}

@test "a server that never listens is told after a while" {
    recipe mine <<'END'
server : $PORT; exec sleep 60
say x
END
    [[ "$(ending 1 0.1)" == "failed 0 the server does not listen at 127.0.0.1:"*' ($PORT) after 10 s' ]]
}

@test "a server that ignores being asked to end is killed" {
    recipe mine <<END
server trap '' TERM; exec "$BUILD/models/lib/hold" "\$PORT"
say x
expect x
END
    "$collect" "$directory/mine" -t 2 -r 1 -o "$recording" 2>"$directory/stderr"
    [ "$(recording=$recording column status phase=end)" = ok ]
    nothing_is_left
}

is_holding() {
    ls -d "$directory"/taskweight-server-* && pgrep -f "^$BUILD/models/lib/hold" -u "$(id -u)"
}

no_directory_is_left() {
    [ -z "$(find "$directory" -maxdepth 1 -name 'taskweight-server-*')" ]
}

@test "after collect was ended, by whatever, nothing of the server is left" {
    only_recipes null-server
    for signal in INT KILL; do
        rm -f "$recording" "$directory/x.json"
        "$collect" -q -m null-server -t 10 -r 1 --sleep=60 -o "$recording" 2>"$directory/stderr" &
        pid=$!
        eventually is_holding
        kill -"$signal" "$pid"
        wait "$pid" || true
        eventually nothing_is_left
        eventually no_directory_is_left
    done
}

@test "a run that takes too long leaves nothing" {
    only_recipes null-server
    "$collect" -m null-server -t 10 -r 1 --sleep=60 --timeout=1 -o "$recording" 2>"$directory/stderr"
    [ "$(recording=$recording column status phase=end)" = timeout ]
    nothing_is_left
    no_directory_is_left
}

@test "a directory that a killed interpreter left is removed by the next" {
    only_recipes null-server
    mkdir "$directory/taskweight-server-AAAAAA"
    "$collect" -m null-server -t 1 -r 1 -o "$recording"
    no_directory_is_left
}

@test "what is wrong with a recipe is told before a run" {
    recipe mine <<'END'
server exec nothing $PORT
END
    fails_with 1 "$collect" "$directory/mine" -o "$recording"
    [[ "$stderr" == *"$directory/mine: has neither 'say BYTES' nor 'expect BYTES'"* ]]
    only_recipes null-server
    fails_with 1 "$collect" -m null-server:7 -o "$recording"
    [[ "$stderr" == *"null-server:7: cannot run here: its server does not take '7' as a parameter" ]]
}

@test "a sweep has servers where they are asked for" {
    only_recipes null null-server calibrate-server
    [ "$("$collect" --plan -t 1 -r 1)" = "null 1 1" ]
    [ "$("$collect" --plan --family=connection -t 1 -r 1 | sort)" = $'calibrate-server 1 1\nnull-server 1 1' ]
    [ "$("$collect" --plan --family=async -t 1 -r 1)" = "null 1 1" ]
    [ "$("$collect" --list --family=connection | wc -l)" -eq 3 ]
    [ "$("$collect" --list | wc -l)" -eq 4 ]
    fails_with 1 "$collect" --plan --family=nothing
    [[ "$stderr" == *"--family: no task model is of the family nothing ("*" --list shows them)" ]]
    fails_with 2 "$collect" --plan --family=async -m null
}
