#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds one task model written for another language's runtime:
#
#     build.sh SOURCE MODELS [NAME]
#     build.sh --probe SOURCE...
#
# The first writes the program MODELS/NAME (the source's name where none is given), which answers --describe and
# otherwise execs the model, and the files that it needs in MODELS/lib/NAME/. If the build fails the program says
# why. The second builds nothing. For each source it prints the toolchain, as "NAME with ...", or why there is none,
# as "NAME unavailable REASON". Every make calls it, so it starts no toolchain; make rebuilds a model when its line
# changes.
#
# Comment lines in a source describe the model: "family: ...", "summary: ...", "package: PACKAGE=PROBE ..." (for make
# deps-runtimes, see the Makefile), for Rust "crates: NAME(FEATURE,...) ...", for Java "release: N", the oldest release
# that works. An environment variable with a crate's name in upper case, as TOKIO=1.43 or ASYNC_STD=1.12, chooses its
# version. Crates are Debian's if it has that version, else they come from cargo's configured source. To have two
# versions side by side, give one another NAME: TOKIO=1.43 build.sh rust-tokio.rs build/models rust-tokio-1.43
#
# Where tasks can do other works than sleep, "work: NAME ..." lists all and "hand-off: ..." says by what a message is
# passed. A program's code weighs even where it does not run, and its tasks mostly sleep: what works need stands apart, in
# work.ENDING beside the source (Work.java), and is loaded for them only; what is compiled to machine code has a second
# program for them, work-model. work.sh reads the work.
#
# A language is two functions, named in the list at the end. LANGUAGE_toolchain finds the toolchain without starting it,
# and names it by built_with (or calls lack). LANGUAGE_model builds into $lib and sets $run, the command that execs the
# model ($here is MODELS, "$@" its arguments). It calls fail to explain a failure; any other failing command ends the
# build. A compiled model has the $version of its build. A model that needs a runtime may be installed where there is
# another one, or none: LANGUAGE_model sets $find, lines that look for the runtime, $ask, a command that prints its
# version or nothing, and $missing, the message in that case. An interpreted language has no toolchain: at_run_time.
#
# PATH may hold a shim (of asdf, mise, jenv) for a tool that is elsewhere, and only starting it tells where: a probe
# trusts a shim, a build asks it. Settings of other projects, in directories above the checkout or in the environment,
# must not steer a build: tools that read those directories run in $scratch.
set -eu

root=${TASKWEIGHT_SYSTEM_ROOT:-} # prefix of the system's toolchain directories; the tests set it
probing=''
newline='
'

header() { # KEY: what stands behind it in the source's comment
    sed -n "s%^\(//\|#\) $1: %%p" "$source"
}

built_with() { # FILE...: when one appears, vanishes or changes, or a link to it, the model is built again
    for each in "$@"; do
        files="$files$each$newline"
    done
}

copy_sources() { # DIRECTORY
    cp "$source" ${works:+"$directory/work.${file##*.}"} "$1"
}

at_run_time() {
    choice='what there is when it runs'
}

lack() { # REASON: no build is tried
    unavailable=$1
}

fail() { # REASON: a build was tried, and is tried again by the next make
    unavailable=$1
    failed=yes
}

have() {
    command -v "$1" >/dev/null
}

go_toolchain() {
    have go || { lack "built without Go (install golang-go, build again)"; return; }
    built_with "$(command -v go)"
}

go_model() {
    unset GOOS GOARCH
    export GO111MODULE=off GOENV=off GOFLAGS='' GOTOOLCHAIN=local GOCACHE="$models/lib/go-cache"
    version=$(go version | sed 's/go version go\([^ ]*\).*/Go \1/')
    run=$compiled
    go build -o "$lib/model" "$source" ${works:+"$directory/sleep.go"}
    [ -z "$works" ] || go build -o "$lib/work-model" "$source" "$directory/work.go"
}

node_model() {
    ask='command -v node >/dev/null && node --version | sed "s/^v/Node.js /"'
    missing="Node.js is not installed (install nodejs)"
    run='node "$here/lib/'$name/$file'"'
    copy_sources "$lib"
}

python_model() {
    ask='command -v python3 >/dev/null && python3 --version'
    missing="Python is not installed (install python3)"
    run='python3 "$here/lib/'$name/$file'"'
    copy_sources "$lib"
}

# Versions come from files, since starting Erlang's machine takes a second; only a shim is asked. +P is the machine's
# limit of processes. A higher limit costs memory by itself, so it is raised only if needed.
elixir_model() {
    find='home_of() { dirname "$(dirname "$(readlink -f "$(command -v "$1")")")"; }
elixir_version() {
    command -v elixir >/dev/null || return
    app=$(home_of elixir)/lib/elixir/ebin/elixir.app
    release=$(home_of erl)/releases/start_erl.data
    if [ -r "$app" ] && [ -r "$release" ]; then
        echo "Elixir $(sed -n "s/.*{vsn, *\"\(.*\)\"}.*/\1/p" "$app"), Erlang/OTP $(cut -d" " -f2 "$release")"
    else
        elixir --version | sed -n "/^Erlang/{s/ \[.*//; h}; /^Elixir/{s/ (.*//; G; s/\n/, /; p}"
    fi
}'
    ask=elixir_version
    missing="Elixir is not installed (install elixir)"
    run='elixir --erl "+P $(($1 + ${4:-0} > 250000 ? $1 + ${4:-0} + 12144 : 262144))" "$here/lib/'$name/$file'"'
    copy_sources "$lib"
}

version_of() { # CRATE: sets $wanted, its version where one is chosen
    eval "wanted=\${$(echo "$1" | tr a-z- A-Z_):-}"
}

find_crate() { # CRATE: among Debian's, in the version chosen
    for place in "$registry/$1"-[0-9]*; do
        case "${place#"$registry/$1-"}." in
        "${wanted:+$wanted.}"*) [ ! -d "$place" ] || { built_with "$place"; return 0; } ;;
        esac
    done
    return 1
}

rust_toolchain() {
    registry=$root/usr/share/cargo/registry
    debian=yes
    rustup=${RUSTUP_HOME:-${HOME:-}/.rustup}
    have cargo && have rustc || { lack "built without Rust (install cargo or rustup, build again)"; return; }
    built_with "$(command -v cargo)" "$(command -v rustc)" "$rustup/settings.toml" "$rustup/toolchains/"*/bin/rustc
    choice=${RUSTUP_TOOLCHAIN:-}
    for crate in $(header crates); do
        crate=${crate%%(*}
        version_of "$crate"
        find_crate "$crate" || { debian=''; choice="$choice $crate ${wanted:-*} of cargo's sources"; }
    done
}

write_package() {
    cat >Cargo.toml <<EOF
[package]
name = "model"
version = "0.0.0"
edition = "2021"
[[bin]]
name = "model"
path = "$source"
[workspace]
[features]
work = []
[dependencies]
EOF
    for crate in $(header crates); do
        version_of "${crate%%(*}"
        features=$(echo "$crate" | sed 's/.*(\(.*\))/\1/; s/,/", "/g; s/..*/"&"/')
        echo "${crate%%(*} = { version = \"${wanted:+=}${wanted:-*}\", features = [$features] }"
    done >>Cargo.toml
}

use_debian_crates() {
    export CARGO_NET_OFFLINE=true
    mkdir .cargo
    cat >.cargo/config.toml <<EOF
[source.crates-io]
replace-with = "debian"
[source.debian]
directory = "$registry"
EOF
}

# cargo's first error with the last cause that it names, or else with its next line.
cargo_says() {
    awk '/^error/ && !error { error = $0; gsub(/^error[^:]*: | (at|as a dependency of) .*/, "", error); next }
        /^Caused by:/ { caused = 1; next }
        error && NF && (caused || !reason) { reason = $0; sub(/^ */, "", reason) }
        END { print error (reason ? ": " : "") reason }' errors
}

what_to_do() {
    for crate in $(header crates); do
        crate=${crate%%(*}
        version_of "$crate"
        if [ -n "$wanted" ]; then
            printf '%s' "choose another $(echo "$crate" | tr a-z- A-Z_) or set up cargo's sources, "
        else
            printf '%s' "set up cargo's sources or install librust-$crate-dev, "
        fi
    done
    echo 'build again'
}

cargo_build() { # PROGRAM OPTION...
    program=$1
    shift
    cargo build --quiet --release --target-dir "$lib/cargo" "$@" || return
    # With a configured target the program is one directory deeper.
    find "$lib/cargo" -path '*/release/model' -exec cp {} "$lib/$program" \;
}

rust_model() {
    cd "$scratch"
    write_package
    [ -z "$debian" ] || use_debian_crates
    # Without a network cargo must fail soon.
    export RUST_BACKTRACE=0 CARGO_NET_RETRY="${CARGO_NET_RETRY:-1}" CARGO_HTTP_TIMEOUT="${CARGO_HTTP_TIMEOUT:-10}"
    if ! cargo_build model 2>errors || { [ -n "$works" ] && ! cargo_build work-model --features work 2>>errors; }; then
        cat errors >&2
        ! grep -q 'could not compile' errors || return 1
        fail "cargo: $(cargo_says) ($(what_to_do))"
        return
    fi
    cat errors >&2
    rm -rf "$lib/cargo"
    version=$(cargo tree --offline --prefix none --depth 1 --edges normal |
        sed -n '2,$s/^\([^ ]*\) v\([^ ]*\).*/\1 \2, /p' | tr -d '\n')$(rustc --version | cut -d' ' -f1-2)
    run=$compiled
}

jdk_of() { # JAVAC: "VERSION DIRECTORY" of the JDK that it belongs to, or nothing
    [ -x "$1" ] || return 0
    home=${1%/bin/javac}
    [ -r "$home/release" ] || { home=$(readlink -f "$1") && home=${home%/bin/javac}; }
    if [ ! -r "$home/release" ]; then
        [ -z "$probing" ] || { echo "$release $1"; return; }
        said=$("$1" -J-XshowSettings:properties -version 2>&1) || true
        home=$(printf '%s\n' "$said" | sed -n 's/^ *java\.home = //p')
        [ -r "$home/release" ] || { echo "$1 does not say where its JDK is: $said" >&2; return 0; }
    fi
    while IFS='"' read -r key value _; do
        [ "$key" != JAVA_VERSION= ] || echo "$value $home"
    done <"$home/release"
}

java_toolchain() {
    release=$(header release)
    if [ -n "${JAVA_HOME:-}" ]; then
        where="JAVA_HOME=$JAVA_HOME"
        set -- "$JAVA_HOME/bin/javac"
    else
        where="JAVA_HOME, $root/usr/lib/jvm or PATH"
        set -- "$root/usr/lib/jvm/"*/bin/javac "$(command -v javac || true)"
    fi
    built_with "$@"
    jdk=$(for javac in "$@"; do jdk_of "$javac"; done | sort -V | tail -n 1)
    home=${jdk#* }
    jdk=${jdk%% *}
    [ "0${jdk%%[!0-9]*}" -lt "$release" ] || return 0
    lack "there is no JDK of $release or newer${jdk:+ (only $jdk)} in $where (install one or set JAVA_HOME, build again)"
}

java_model() {
    find='java="'$home'/bin/java"
# If that JDK is missing, any other of the release or newer is used.
[ -x "$java" ] || java=$(command -v "${JAVA_HOME:+$JAVA_HOME/bin/}java")
java_version() {
    release=$(dirname "$(dirname "$(readlink -f "$java")")")/release
    if [ -r "$release" ]; then
        sed -n "s/^JAVA_VERSION=\"\(.*\)\"/\1/p" "$release"
    else
        "$java" -version 2>&1 | sed -n "s/.* version \"\(.*\)\".*/\1/p"
    fi
}'
    ask='[ -n "$java" ] && jdk=$(java_version) && [ "0${jdk%%[!0-9]*}" -ge '$release' ] && echo "JDK $jdk"'
    missing="there is no Java of $release or newer (install a JDK and have its java in PATH)"
    # The JVM logs to stdout by default, among the events.
    run='"$java" -Xlog:disable -Xlog:all=warning:stderr -cp "$here/lib/'$name'" Model'
    unset CLASSPATH JAVA_TOOL_OPTIONS JDK_JAVAC_OPTIONS _JAVA_OPTIONS
    "$home/bin/javac" --release "$release" -d "$lib" \
        "$directory/Contract.java" ${works:+"$directory/Work.java"} "$source"
}

# Mono has no channels, and does not define NET: its model is compiled without the works.
mono_model() {
    works=''
    ask='command -v mono >/dev/null && mono --version | sed -n "1s/.*version \([^ ]*\).*/Mono \1/p"'
    missing="Mono is not installed (install mono-runtime)"
    run='mono "$here/lib/'$name'/Model.exe"'
    mcs -optimize+ -out:"$lib/Model.exe" "$source"
}

dotnet_sdk() { # the first that has an SDK; prints nothing where there is none
    for place in ${DOTNET_ROOT:+"$DOTNET_ROOT/dotnet"} "$(command -v dotnet || true)" \
        "$root/usr/share/dotnet/dotnet" "$root/usr/lib/dotnet/dotnet"; do
        [ -x "$place" ] || continue
        real=$(readlink -f "$place")
        if [ -d "${real%/*}/host" ]; then
            set -- "${real%/*}/sdk/"*/dotnet.dll
            [ ! -e "$1" ] || { echo "$real"; return; }
        elif [ -n "$probing" ] || [ -n "$("$place" --list-sdks)" ]; then
            echo "$place"
            return
        fi
    done
}

csharp_toolchain() {
    dotnet=$(dotnet_sdk)
    if [ -n "$dotnet" ]; then
        built_with "$dotnet" "${dotnet%/*}/sdk/"*/dotnet.dll
    elif have mcs && have mono; then
        built_with "$(command -v mcs)" "$(command -v mono)"
    else
        lack "there is no .NET SDK in DOTNET_ROOT or PATH, and no Mono (install mono-mcs and mono-runtime, build again)"
    fi
}

# .NET would take VERSION from the environment as the program's version, and reject most values.
write_project() {
    copy_sources .
    cat >Model.csproj <<EOF
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net${sdk%%.*}.0</TargetFramework>
    <AssemblyName>Model</AssemblyName>
    <Version>1.0.0</Version>
    <UseAppHost>false</UseAppHost>
  </PropertyGroup>
</Project>
EOF
}

csharp_model() {
    if [ -z "$dotnet" ]; then
        mono_model
        return
    fi
    cd "$scratch"
    export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
    sdk=$("$dotnet" --version)
    find='dotnet="'$dotnet'"
[ -x "$dotnet" ] || dotnet=dotnet'
    ask='command -v "$dotnet" >/dev/null &&
        "$dotnet" --list-runtimes | sed -n "s/^Microsoft.NETCore.App \([^ ]*\).*/.NET \1/p" | tail -n 1'
    missing="there is no .NET in PATH (install its runtime, ${sdk%%.*} or newer)"
    run='"$dotnet" "$here/lib/'$name'/Model.dll"'
    write_project
    "$dotnet" publish --configuration Release --output "$lib" --verbosity quiet -p:NuGetAudit=false
}

# Lines that print the runtime's version, or why the model cannot run.
say_version() {
    if [ -n "$unavailable" ]; then
        printf '%s\n' "cat <<'END'" "unavailable $unavailable" END
    elif [ -z "$ask" ]; then
        printf '%s\n' "echo 'version $version'"
    else
        cat <<EOF
ask() {
    $ask
}
version=\$(ask 2>/dev/null)
[ -n "\$version" ] || error=\$(ask 2>&1 | sed -n '/./{p;q;}')
if [ -n "\$version" ]; then
    echo "version \$version"
elif [ -n "\$error" ]; then
    echo "unavailable its runtime does not tell its version: \$error"
else
    echo 'unavailable $missing'
fi
EOF
    fi
}

# Lines that read a work from the arguments, or refuse it.
say_how_to_work() {
    if [ -n "$works" ]; then
        reads='. "$here/lib/'$name'/work.sh"'
        cp "$directory/work.sh" "$lib/"
    else
        reads='echo "usage: $0 TASKS SECONDS | --describe" >&2; exit 2'
    fi
    printf '%s\n' 'case ${1:-} in' "--work=*) $reads ;;" 'esac'
}

say_works() { # in lines of their own
    [ -z "$works" ] || printf '\n%s' "work $works" "hand-off $(header hand-off)"
}

write_program() {
    cat <<EOF
#!/bin/sh
here=\$(dirname "\$(readlink -f "\$0")")
$find
if [ "\$*" = --describe ]; then
cat <<'END'
family $(header family)
language $language
summary $(header summary)$(say_works)
END
$(say_version)
exit
fi
EOF
    if [ -n "$unavailable" ]; then
        printf '%s\n' "cat <<'END'" "failed 0 $unavailable" END "exit 1"
    else
        say_how_to_work
        printf '%s\n' "exec $run \"\$@\""
    fi
}

# A failed build also leaves a program, which says why. It is older than its source, so that make tries again.
install_program() {
    [ -n "$built" ] || fail "its build failed (make models shows why)"
    write_program >"$models/$name.new" && chmod +x "$models/$name.new"
    [ -z "$failed" ] || touch -d @0 "$models/$name.new"
    mv "$models/$name.new" "$models/$name"
    rm -rf "$scratch"
}

know_language() { # SOURCE
    source=$1
    file=${source##*/}
    name=${file%.*}
    unavailable='' files='' choice=''
    works=$(header work)
    case $file in
    *.go) language=Go toolchain=go_toolchain model=go_model ;;
    *.rs) language=Rust toolchain=rust_toolchain model=rust_model ;;
    *.java) language=Java toolchain=java_toolchain model=java_model ;;
    *.cs) language=C# toolchain=csharp_toolchain model=csharp_model ;;
    *.mjs) language=JavaScript toolchain=at_run_time model=node_model ;;
    *.py) language=Python toolchain=at_run_time model=python_model ;;
    *.exs) language=Elixir toolchain=at_run_time model=elixir_model ;;
    *) echo "$source: no language is known for this ending (add it to build.sh)" >&2; exit 1 ;;
    esac
}

# One line with the files, links resolved, their modification times and all other choices.
say_choice() {
    IFS=$newline
    set -f
    # shellcheck disable=SC2046 # a file is a line
    [ -z "$files" ] || set -- $(stat -c '%n %Y' $(readlink -e $files))
    IFS=' '
    echo with "$@" $choice
}

probe() { # SOURCE...
    probing=yes
    for source in "$@"; do
        know_language "$source"
        $toolchain
        if [ -n "$unavailable" ]; then echo "$name unavailable $unavailable"; else echo "$name $(say_choice)"; fi
    done
}

build() { # SOURCE MODELS [NAME]
    know_language "$(readlink -f "$1")"
    directory=${source%/*}
    name=${3:-$name}
    models=$(readlink -f "$2")
    lib=$models/lib/$name
    compiled='"$here/lib/'$name'/${3:+work-}model"' # the third argument is a work
    version='' find='' ask='' missing='' failed='' built=''
    rm -rf "$lib"
    mkdir -p "$lib"
    scratch=$(mktemp -d)
    trap 'install_program && exit 0' EXIT
    trap exit INT TERM
    $toolchain
    if [ -z "$unavailable" ]; then
        $model
    elif ! "$0" --probe "$1" | grep -q '^[^ ]* unavailable '; then
        fail "$unavailable" # a shim was asked in vain, which may know more the next time
    fi
    built=yes
}

if [ "$1" = --probe ]; then
    shift
    probe "$@"
else
    build "$@"
fi
