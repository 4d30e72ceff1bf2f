#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# How models in other languages find a toolchain, which settings steer the build, and how a failure is reported. Toolchains
# are scripts that log how they were called, except for cargo.

bats_require_minimum_version 1.5.0

setup() {
    script=$PWD/collect/models/runtimes/build.sh
    cd "$BATS_TEST_TMPDIR"
    mkdir bin home models system tmp checkout
    : >calls
    calls=$PWD/calls
    user_rustup=${RUSTUP_HOME:-$HOME/.rustup}
    for tool in sh env sed awk tr cut sort head tail grep find cat cp mv rm ls mkdir touch chmod mktemp readlink \
        dirname stat; do
        ln -s "$(command -v "$tool")" bin/
    done
    unset JAVA_HOME DOTNET_ROOT TINY RUSTUP_HOME RUSTUP_TOOLCHAIN CARGO_TARGET_DIR
    tools=$PWD/bin # all that is in PATH for what is tested
    export HOME=$PWD/home TMPDIR=$PWD/tmp TASKWEIGHT_SYSTEM_ROOT=$PWD/system
}

build() {
    PATH=$tools "$script" "$@"
}

# A toolchain's program, whose lines log to $calls: tool FILE <LINES
tool() {
    mkdir -p "$(dirname "$1")"
    { printf '#!/bin/sh\ncalls=%s\n' "$calls"; cat; } >"$1"
    chmod +x "$1"
}

# A JDK whose javac logs its path, its options and the environment that it would use: jdk VERSION DIRECTORY
jdk() {
    tool "$2/bin/javac" <<'END'
echo "$0 $* [${JDK_JAVAC_OPTIONS:-}${JAVA_TOOL_OPTIONS:-}]" >>"$calls"
END
    printf 'IMPLEMENTOR="somebody"\nJAVA_VERSION="%s"\n' "$1" >"$2/release"
}

# A source of which only the comment counts: source_of FILE LINE...
source_of() {
    local mark=//
    [[ $1 != *.exs && $1 != *.py ]] || mark=\#
    { printf "$mark %s\n" 'family: async' 'summary: nothing' "${@:2}"; } >"checkout/$1"
}

describe() {
    PATH=$tools "${2:-models}/$1" --describe | tail -n 1
}

@test "a probe prints a line for each source, the same until a toolchain changes, and starts none" {
    jdk 21.0.1 system/usr/lib/jvm/a
    for name in go cargo rustc mcs mono node python3 elixir erl java; do
        tool "bin/$name" <<<'echo "started $0" >>"$calls"'
    done
    tool dotnet/dotnet <<<'echo "started $0" >>"$calls"'
    mkdir -p dotnet/host dotnet/sdk/10.0.1 && touch dotnet/sdk/10.0.1/dotnet.dll
    source_of a.go && source_of b.rs && source_of c.java 'release: 21' && source_of d.cs
    source_of e.mjs && source_of f.py && source_of g.exs

    probe() { DOTNET_ROOT=$dotnet build --probe checkout/[a-g].*; }
    dotnet=$PWD/dotnet
    probe >before
    probe | cmp - before
    [ "$(cut -d' ' -f1,2 before | tr '\n' ,)" = "a with,b with,c with,d with,e with,f with,g with," ]

    changed() { probe | diff before - | sed -n 's/^> \([a-g]\) .*/\1/p' | tr '\n' ' '; }
    for file in bin/go bin/rustc system/usr/lib/jvm/a/bin/javac dotnet/sdk/10.0.1/dotnet.dll bin/node; do
        touch -d 2001-01-01 "$file"
    done
    [ "$(changed)" = "a b c d " ] # what there is when a model runs has no say when it is built
    probe >before
    mkdir home/.rustup && touch home/.rustup/settings.toml # where rustup keeps which toolchain its cargo stands for
    [ "$(changed)" = "b " ]
    probe >before
    jdk 20 system/usr/lib/jvm/b
    dotnet=
    [ "$(changed)" = "c d " ] # Mono takes the place of .NET
    probe >before
    rm bin/go bin/mono
    [ "$(changed)" = "a d " ]
    probe | grep -qx "a unavailable built without Go (install golang-go, build again)"
    [ ! -s calls ]
}

@test "without JAVA_HOME the newest JDK builds, and is not steered by options that are meant for others" {
    jdk 17.0.9 system/usr/lib/jvm/a
    jdk 100-ea system/usr/lib/jvm/b
    jdk 21.0.1 system/usr/lib/jvm/c
    source_of thing.java 'release: 21'
    JDK_JAVAC_OPTIONS=-Werror JAVA_TOOL_OPTIONS=-Dx=y build checkout/thing.java models
    sources="$PWD/checkout/Contract.java $PWD/checkout/thing.java"
    [ "$(cat calls)" = "$PWD/system/usr/lib/jvm/b/bin/javac --release 21 -d $PWD/models/lib/thing $sources []" ]
    tool system/usr/lib/jvm/b/bin/java </dev/null
    [ "$(describe thing)" = "version JDK 100-ea" ]
}

@test "JAVA_HOME wins over a newer JDK, and the reason says when it is too old or none" {
    jdk 25.0.3 system/usr/lib/jvm/a
    jdk 21.0.1 "chosen one"
    jdk 17.0.9 old
    source_of thing.java 'release: 21'
    JAVA_HOME="$PWD/chosen one" build checkout/thing.java models
    grep -q "^$PWD/chosen one/bin/javac " calls
    for home in old none; do
        JAVA_HOME=$PWD/$home build checkout/thing.java models
        only=
        [ $home = none ] || only=" (only 17.0.9)"
        reason="there is no JDK of 21 or newer$only in JAVA_HOME=$PWD/$home (install one or set JAVA_HOME, build again)"
        [ "$(describe thing)" = "unavailable $reason" ]
        [ "$(JAVA_HOME=$PWD/$home build --probe checkout/thing.java)" = "thing unavailable $reason" ]
    done
    [ "$(wc -l <calls)" -eq 1 ]
}

@test "a javac in PATH that is a shim is asked for its JDK by a build, and trusted by a probe" {
    jdk 21.0.1 installs/21
    tool bin/javac <<END
echo "shim \$*" >>"\$calls"
echo "    java.home = $PWD/installs/21" >&2
END
    source_of thing.java 'release: 21'
    [[ "$(build --probe checkout/thing.java)" = "thing with $PWD/bin/javac "* ]]
    [ ! -s calls ]
    build checkout/thing.java models
    [ "$(cut -d' ' -f1 calls | tr '\n' ' ')" = "shim $PWD/installs/21/bin/javac " ]
    tool installs/21/bin/java </dev/null
    [ "$(describe thing)" = "version JDK 21.0.1" ]

    tool bin/javac <<<'echo "No version is set for command javac" >&2; exit 126'
    run --separate-stderr build checkout/thing.java models
    [ "$stderr" = "$PWD/bin/javac does not say where its JDK is: No version is set for command javac" ]
    [[ "$(describe thing)" = "unavailable there is no JDK of 21 or newer in "* ]]
    [ models/thing -ot checkout/thing.java ] # make asks it again
}

@test "a java in PATH that is a shim is asked where the JDK of the build is gone" {
    jdk 21.0.1 system/usr/lib/jvm/a
    tool bin/java <<<'echo "openjdk version \"$JDK_OF_SHIM\" 2030-01-01" >&2'
    source_of thing.java 'release: 21'
    build checkout/thing.java models
    rm -r system/usr/lib/jvm/a
    [ "$(JDK_OF_SHIM=22.0.2 describe thing)" = "version JDK 22.0.2" ]
    reason="there is no Java of 21 or newer (install a JDK and have its java in PATH)"
    [ "$(JDK_OF_SHIM=17.0.9 describe thing)" = "unavailable $reason" ]
}

@test "an elixir that is a shim is asked for its version, and says itself why it has none" {
    tool bin/elixir <<'END'
printf 'Erlang/OTP 26 [erts-14.2] [source] [64-bit]\n\nElixir 1.16.2 (compiled with Erlang/OTP 26)\n'
END
    tool bin/erl </dev/null
    source_of thing.exs
    build checkout/thing.exs models
    [ "$(describe thing)" = "version Elixir 1.16.2, Erlang/OTP 26" ]
    tool bin/elixir <<<'echo "No version is set for command elixir" >&2; exit 126'
    [ "$(describe thing)" = "unavailable its runtime does not tell its version: No version is set for command elixir" ]
    rm bin/elixir
    [ "$(describe thing)" = "unavailable Elixir is not installed (install elixir)" ]
}

@test "an elixir and an erl that are the real files are not started to tell their versions" {
    tool elixir/bin/elixir <<<'echo started >>"$calls"'
    tool erlang/bin/erl <<<'echo started >>"$calls"'
    ln -s ../elixir/bin/elixir ../erlang/bin/erl bin/
    mkdir -p elixir/lib/elixir/ebin erlang/releases
    echo '{application,elixir,[{vsn,"1.14.0"},' >elixir/lib/elixir/ebin/elixir.app
    echo '13.1.5 25' >erlang/releases/start_erl.data
    source_of thing.exs
    build checkout/thing.exs models
    [ "$(describe thing)" = "version Elixir 1.14.0, Erlang/OTP 25" ]
    [ ! -s calls ]
}

# A model of which the runtime, which is none, prints its arguments: works WORK...
works() {
    tool bin/node <<<'shift; echo "$*"'
    source_of thing.mjs "work: sleep $*" 'hand-off: a thing'
    touch checkout/work.mjs
    cp "${script%/*}/work.sh" checkout/
    build checkout/thing.mjs models
}

@test "a work stands behind the tasks and the seconds, in numbers that no runtime has to read" {
    works beat pass
    given() { PATH=$tools models/thing "$@"; }
    [ "$(given 7 2.5)" = "7 2.5" ]
    [ "$(given --work=beat:10:0.010000000 7 2.5)" = "7 2.5 beat 10 10000000" ]
    [ "$(given --work=beat:1:3600 0 2.5)" = "0 2.5 beat 1 3600000000000" ]
    [ "$(given --work=beat:1:10.08 0 2.5)" = "0 2.5 beat 1 10080000000" ]
    [ "$(given --work=beat:1:0.000000001 0 2.5)" = "0 2.5 beat 1 1" ]
    [ "$(given --work=pass:2:200000 7 2.5)" = "7 2.5 pass 2 200000 1" ]
}

@test "a work that is none, or has wrong numbers, is refused" {
    works beat pass
    for work in '' sleep beat beat:1 beat:0:1 beat:1:0 beat:1:0.0 beat:1:0.0000000001 beat:x:1 beat:1:x beat:1:1e-3 beat:1:-1 beat:1: \
        beat:1:.5 beat:1:5. beat:1:1.1.1 beat:1:1:1 beat:-1:1 beat:1000001:1 pass pass:2 pass:1:5 pass:2:0 pass:02:5 pass:2:5x \
        pass:2:5:1 pass:2:-5 pass:1000001:1 pass:2:1000000000000000 wait:2:5 'pass:2:5*' 'pass:2: 5'; do
        PATH=$tools run -2 --separate-stderr models/thing --work="$work" 1 1
        [ -z "$output" ]
        [[ "$stderr" = "usage: models/thing "* ]]
    done
    PATH=$tools run -2 models/thing --work=pass:2:5 1
}

# The step is the least number from 0.618 of the ring on that has no common divisor with it.
@test "the successor in a ring is far away in the order of creation, and the ring is one" {
    works beat pass
    # 0.618 * 6 = 3.708: 4 has the divisor 2 in common; 0.618 * 10 = 6.18; of 12: 7.416, and 8, 9 and 10 have one; of 1,000: 618
    for ring in 2:1 3:2 4:3 5:4 6:5 7:5 8:5 10:7 12:11 1000:619 1000000:618001; do
        [ "$(PATH=$tools models/thing --work="pass:${ring%:*}:9" 0 1)" = "0 1 pass ${ring%:*} 9 ${ring#*:}" ]
    done
}

@test "a model describes its works and its hand-off, and one that has none refuses them" {
    works beat pass
    PATH=$tools models/thing --describe | grep -qx 'work sleep beat pass'
    PATH=$tools models/thing --describe | grep -qx 'hand-off a thing'
    source_of other.mjs
    build checkout/other.mjs models
    ! PATH=$tools models/other --describe | grep -E '^(work|hand-off|$)' || false
    run --separate-stderr models/other --work=beat:1:1 1 1
    [ "$status" -eq 2 ]
    [ "$output" = "" ]
    [ "$stderr" = "usage: models/other TASKS SECONDS | --describe" ]
}

@test "Go is not steered by the flags, the target or the configuration of other projects" {
    tool bin/go <<'END'
[ "$1" = version ] && { echo "go version go1.22.1 linux/amd64"; exit; }
echo "[$GOFLAGS] [$GOENV] [${GOOS-}${GOARCH-}] $GO111MODULE" >>"$calls"
END
    source_of thing.go
    GOFLAGS=-mod=vendor GOOS=plan9 GOARCH=arm GO111MODULE=on build checkout/thing.go models
    [ "$(cat calls)" = "[] [off] [] off" ]
    [ "$(describe thing)" = "version Go 1.22.1" ]
}

# Like the real one, it reads files in the directories above its working directory.
dotnet_tool() {
    tool "$1/dotnet" <<'END'
above=$PWD
while [ -n "$above" ]; do
    for file in global.json Directory.Build.props nuget.config; do
        [ ! -e "$above/$file" ] || { echo "$above/$file pins another SDK" >&2; exit 1; }
    done
    above=${above%/*}
done
case $1 in
--version) echo 9.0.100 ;;
--list-sdks) [ -n "${NO_SDK:-}" ] || echo "9.0.100 [/x]" ;;
--list-runtimes) echo "Microsoft.NETCore.App 9.0.1 [/x]" ;;
publish) cat Model.csproj >>"$calls" ;;
esac
END
}

@test "no file in a directory above the checkout has a say in what .NET builds" {
    dotnet_tool sdk
    mkdir -p sdk/host sdk/sdk/9.0.100 && touch sdk/sdk/9.0.100/dotnet.dll
    touch checkout/global.json checkout/Directory.Build.props checkout/nuget.config
    mkdir checkout/models
    source_of thing.cs
    (cd checkout && DOTNET_ROOT=$BATS_TEST_TMPDIR/sdk build thing.cs models)
    grep -q '<TargetFramework>net9.0</TargetFramework>' calls
    grep -q '<Version>1.0.0</Version>' calls # else MSBuild takes the environment's
    [ "$(describe thing checkout/models)" = "version .NET 9.0.1" ]
}

@test "a dotnet that is a shim is asked whether it has an SDK, else Mono builds" {
    dotnet_tool bin
    source_of thing.cs
    build checkout/thing.cs models
    grep -q net9.0 calls
    for name in mcs mono; do tool "bin/$name" <<<'echo "${0##*/} compiler version 6.8.0"'; done
    NO_SDK=1 build checkout/thing.cs models
    [ "$(describe thing)" = "version Mono 6.8.0" ]
}

@test "a build that fails says so, whatever it was, leaves nothing behind and is tried again by make" {
    tool bin/go <<<'[ "$1" = version ] || { echo "thing.go:1: it is wrong" >&2; exit 1; }'
    source_of thing.go
    run --separate-stderr build checkout/thing.go models
    [ "$status" -eq 0 ]
    [ "$stderr" = "thing.go:1: it is wrong" ]
    [ "$(describe thing)" = "unavailable its build failed (make models shows why)" ]
    run models/thing 1 1
    [ "$status $output" = "1 failed 0 its build failed (make models shows why)" ]
    [ models/thing -ot checkout/thing.go ]
    [ -z "$(ls tmp)" ]
}

@test "a crate that cannot be had is said with cargo's reason, in one line whatever is quoted there" {
    tool bin/rustc </dev/null
    tool bin/cargo <<'END'
cat >&2 <<'ERROR'
error: failed to get `tiny` as a dependency of package `model v0.0.0 (/x)`

Caused by:
  download of config.json failed

Caused by:
  [6] Couldn't resolve host name
ERROR
exit 101
END
    source_of thing.rs 'crates: tiny()'
    build checkout/thing.rs models 2>errors
    grep -q '^  download of config.json failed' errors # all of it is seen where it is built
    said="cargo: failed to get \`tiny\`: [6] Couldn't resolve host name"
    [ "$(describe thing)" = "unavailable $said (set up cargo's sources or install librust-tiny-dev, build again)" ]
    TINY=1.3 build checkout/thing.rs models 2>errors
    [ "$(describe thing)" = "unavailable $said (choose another TINY or set up cargo's sources, build again)" ]
    [ models/thing -ot checkout/thing.rs ]
}

# The real cargo with a configuration of its own, in which a directory replaces the public registry.
with_cargo() {
    tools=$PATH
    command -v cargo && command -v rustc || skip "there is no cargo (package cargo)"
    export CARGO_HOME=$PWD/cargo RUSTUP_HOME=$user_rustup
    mkdir -p cargo
    printf '[source.crates-io]\nreplace-with = "directory"\n[source.directory]\ndirectory = "%s"\n' "$1" >cargo/config.toml
}

# A crate with a function that returns its version: crate DIRECTORY VERSION
crate() {
    mkdir -p "$1/tiny-$2/src"
    printf '%s\n' '[package]' 'name = "tiny"' "version = \"$2\"" >"$1/tiny-$2/Cargo.toml"
    echo "pub fn version() -> &'static str { \"$2\" }" >"$1/tiny-$2/src/lib.rs"
    echo '{"files":{}}' >"$1/tiny-$2/.cargo-checksum.json"
}

tiny_source() {
    source_of thing.rs 'crates: tiny()'
    echo 'fn main() { println!("{}", tiny::version()); }' >>checkout/thing.rs
}

@test "a crate comes from cargo's sources where Debian has it not, in the version chosen, two stand side by side" {
    with_cargo "$PWD/vendor"
    crate vendor 1.2.3 && crate vendor 1.3.0 && crate vendor 1.10.1
    tiny_source
    build checkout/thing.rs models
    TINY=1.2 build checkout/thing.rs models thing-1.2
    [[ "$(describe thing)" = "version tiny 1.10.1, rustc "* ]]
    [[ "$(describe thing-1.2)" = "version tiny 1.2.3, rustc "* ]]
    [ "$(models/thing) $(models/thing-1.2)" = "1.10.1 1.2.3" ]
    TINY=1.1 build checkout/thing.rs models 2>errors
    [[ "$(describe thing)" = "unavailable cargo: failed to select a version for the requirement \`tiny = \"=1.1\"\`"* ]]
}

@test "Debian's crates are used where they have the version, and the probe says which" {
    with_cargo "$PWD/vendor"
    crate vendor 1.3.0
    crate system/usr/share/cargo/registry 1.2.3
    tiny_source
    registry=$PWD/system/usr/share/cargo/registry
    for chosen in "" 1 1.2 1.2.3; do
        [[ "$(TINY=$chosen build --probe checkout/thing.rs)" = *" $registry/tiny-1.2.3 "* ]]
    done
    for chosen in 1.3 1.2.30 1.; do
        [[ "$(TINY=$chosen build --probe checkout/thing.rs)" = *" tiny $chosen of cargo's sources" ]]
    done
    build checkout/thing.rs models
    [ "$(models/thing)" = 1.2.3 ]
    TINY=1.3 build checkout/thing.rs models
    [ "$(models/thing)" = 1.3.0 ]
}

@test "neither a workspace, a pinned toolchain nor a target directory of other projects has a say in what cargo builds" {
    with_cargo "$PWD/vendor"
    crate vendor 1.2.3
    tiny_source
    printf '[build]\ntarget-dir = "%s"\n' "$PWD/elsewhere" >>cargo/config.toml
    printf '[workspace]\nmembers = []\n' >checkout/Cargo.toml
    printf '[toolchain]\nchannel = "1.1.1"\n' >checkout/rust-toolchain.toml
    mkdir checkout/.cargo checkout/models
    printf '[build]\nrustc = "/nowhere"\n' >checkout/.cargo/config.toml
    (cd checkout && CARGO_TARGET_DIR=$BATS_TEST_TMPDIR/elsewhere RUST_BACKTRACE=1 build thing.rs models)
    [ "$(checkout/models/thing)" = 1.2.3 ]
    [ ! -e elsewhere ]
    [ "$(ls checkout/models/lib/thing)" = model ]
    [ -z "$(ls tmp)" ]
}

@test "a crate of Debian's is built from a directory that replaces the public registry" {
    ls -d /usr/share/cargo/registry/pin-project-lite-* || skip "there are no crates of Debian (package librust-tokio-dev)"
    with_cargo /usr/share/cargo/registry
    source_of thing.rs 'crates: pin-project-lite()'
    echo 'pin_project_lite::pin_project! { struct Pinned { #[pin] value: u8 } }
fn main() { println!("{}", Pinned { value: 7 }.value); }' >>checkout/thing.rs
    [[ "$(PIN_PROJECT_LITE=0.2 build --probe checkout/thing.rs)" = *" pin-project-lite 0.2 of cargo's sources" ]]
    PIN_PROJECT_LITE=0.2 build checkout/thing.rs models
    [ "$(models/thing)" = 7 ]
    [[ "$(describe thing)" = "version pin-project-lite 0.2."* ]]
}
