#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds one task model written for another language's runtime:
#
#     build.sh SOURCE MODELS
#
# writes the program MODELS/NAME, which answers --describe and otherwise becomes the model, and what it needs under
# MODELS/lib/NAME/. Where the toolchain is missing the program says so. What a model is stands in its source, in comment
# lines: "family: ...", "summary: ...", "package: PACKAGE=PROBE ..." (what make deps-runtimes installs, see the Makefile),
# for Rust "crates: NAME(FEATURE,...) ..." of Debian's local registry, for Java "release: N", the oldest that will do.
#
# A language is a function here: it looks for its toolchain (or calls lack), builds into $lib, and sets $run, the command that
# becomes the model ($here is MODELS, "$@" its arguments). A compiled model has the $version of its build. One that needs a
# runtime may meet another one than here, or none, where it is installed: it sets $find, lines that look for it, $ask, a
# command that prints its version or nothing, and $missing, what to say then.
set -eu

source=$(readlink -f "$1")
models=$(readlink -f "$2")
folder=$(dirname "$source")
file=$(basename "$source")
name=${file%.*}
lib=$models/lib/$name
unavailable='' version='' find='' ask='' missing=''

header() { # KEY: what stands behind it in the source's comment
    sed -n "s%^\(//\|#\) $1: %%p" "$source"
}

lack() {
    unavailable=$1
}

have() {
    command -v "$1" >/dev/null 2>&1
}

go_model() {
    have go || { lack "built without Go (install golang-go, build again)"; return; }
    version=$(go version | sed 's/go version go\([^ ]*\).*/Go \1/')
    run='"$here/lib/'$name'/model"'
    GO111MODULE=off GOFLAGS='' GOTOOLCHAIN=local GOCACHE=$models/lib/go-cache go build -o "$lib/model" "$source"
}

node_model() {
    ask='node --version | sed "s/^v/Node.js /"'
    missing="Node.js is not installed (install nodejs)"
    run='node "$here/lib/'$name/$file'"'
    cp "$source" "$lib/"
}

python_model() {
    ask='python3 --version'
    missing="Python is not installed (install python3)"
    run='python3 "$here/lib/'$name/$file'"'
    cp "$source" "$lib/"
}

# Versions from files: starting Erlang's machine to ask it takes a second. +P is the machine's limit of processes; a larger one
# costs memory by itself, so it is raised only where needed.
elixir_model() {
    find='home_of() { dirname "$(dirname "$(readlink -f "$(command -v "$1")")")"; }'
    ask='echo "Elixir $(sed -n "s/.*{vsn, *\"\(.*\)\"}.*/\1/p" "$(home_of elixir)"/lib/elixir/ebin/elixir.app),'
    ask="$ask"' Erlang/OTP $(cut -d" " -f2 "$(home_of erl)"/releases/start_erl.data)"'
    ask="command -v elixir >/dev/null && $ask"
    missing="Elixir is not installed (install elixir)"
    run='elixir --erl "+P $(($1 > 250000 ? $1 + 12144 : 262144))" "$here/lib/'$name/$file'"'
    cp "$source" "$lib/"
}

crate_lines() {
    for crate in $(header crates); do
        features=$(echo "$crate" | sed 's/.*(\(.*\))/\1/; s/,/", "/g; s/..*/"&"/')
        echo "${crate%%(*} = { version = \"*\", features = [$features] }"
    done
}

rust_model() {
    registry=/usr/share/cargo/registry
    have cargo || { lack "built without Rust (install cargo, build again)"; return; }
    for crate in $(header crates); do
        ls -d "$registry/${crate%%(*}"-[0-9]* >/dev/null 2>&1 ||
            { lack "built without ${crate%%(*} (install librust-${crate%%(*}-dev, build again)"; return; }
    done
    mkdir -p "$lib/cargo/.cargo"
    cat >"$lib/cargo/Cargo.toml" <<EOF
[package]
name = "model"
version = "0.0.0"
edition = "2021"
[[bin]]
name = "model"
path = "$source"
[dependencies]
$(crate_lines)
EOF
    cat >"$lib/cargo/.cargo/config.toml" <<EOF
[source.crates-io]
replace-with = "debian"
[source.debian]
directory = "$registry"
EOF
    (cd "$lib/cargo" && cargo build --quiet --release --offline && cp target/release/model "$lib/model")
    version=$(cd "$lib/cargo" && for crate in $(header crates); do
        cargo pkgid --offline "${crate%%(*}" | sed 's/.*[#@]\(.*\)/\1/; s/^/'"${crate%%(*}"' /; s/$/, /'
    done | tr -d '\n')$(rustc --version | cut -d' ' -f1-2)
    run='"$here/lib/'$name'/model"'
    rm -rf "$lib/cargo"
}

# Every JDK that is commonly found, as "VERSION FOLDER" lines.
jdks() {
    for javac in ${JAVA_HOME:+"$JAVA_HOME/bin/javac"} /usr/lib/jvm/*/bin/javac "$(command -v javac || true)"; do
        [ -x "$javac" ] || continue
        home=$(dirname "$(dirname "$(readlink -f "$javac")")")
        sed -n "s|^JAVA_VERSION=\"\(.*\)\"|\1 $home|p" "$home/release" 2>/dev/null
    done
}

java_model() {
    release=$(header release)
    newest=$(jdks | sort -V | tail -n 1)
    [ "$(echo "${newest:-0}" | sed 's/[^0-9].*//')" -ge "$release" ] ||
        { lack "there is no JDK of $release or newer${newest:+ (only ${newest%% *})} in JAVA_HOME, /usr/lib/jvm or PATH"; return; }
    home=${newest#* }
    # Where that JDK is not, any other of the release or newer will do.
    find='java='$home'/bin/java
[ -x "$java" ] || java=$(command -v java || true)
java_version() { sed -n "s/^JAVA_VERSION=\"\(.*\)\"/\1/p" "$(dirname "$(dirname "$(readlink -f "$java")")")/release"; }'
    ask='[ "$(java_version | sed "s/[^0-9].*//")" -ge '$release' ] && echo "JDK $(java_version)"'
    missing="there is no Java of $release or newer (install a JDK and have its java in PATH)"
    # What the machine logs to stdout by default would stand among the events.
    run='"$java" -Xlog:disable -Xlog:all=warning:stderr -cp "$here/lib/'$name'" Model'
    "$home/bin/javac" --release "$release" -d "$lib" "$folder/Contract.java" "$source"
}

mono_model() {
    ask='mono --version | sed -n "1s/.*version \([^ ]*\).*/Mono \1/p"'
    missing="Mono is not installed (install mono-runtime)"
    run='mono "$here/lib/'$name'/Model.exe"'
    mcs -optimize+ -out:"$lib/Model.exe" "$source"
}

dotnet_sdk() { # the first that has an SDK; prints nothing where there is none
    for dotnet in ${DOTNET_ROOT:+"$DOTNET_ROOT/dotnet"} "$(command -v dotnet || true)" /usr/share/dotnet/dotnet /usr/lib/dotnet/dotnet; do
        [ -x "$dotnet" ] && [ -n "$("$dotnet" --list-sdks 2>/dev/null)" ] && { readlink -f "$dotnet"; return; }
    done
    true
}

csharp_model() {
    dotnet=$(dotnet_sdk)
    if [ -z "$dotnet" ]; then
        have mcs && have mono && { mono_model; return; }
        lack "there is no .NET SDK in DOTNET_ROOT or PATH, and no Mono (install mono-mcs and mono-runtime, build again)"
        return
    fi
    export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
    sdk=$("$dotnet" --version)
    find='dotnet='$dotnet'
[ -x "$dotnet" ] || dotnet=dotnet'
    ask='"$dotnet" --list-runtimes | sed -n "s/^Microsoft.NETCore.App \([^ ]*\).*/.NET \1/p" | tail -n 1'
    missing="there is no .NET in PATH (install its runtime, ${sdk%%.*} or newer)"
    run='"$dotnet" "$here/lib/'$name'/Model.dll"'
    mkdir -p "$lib/project"
    cp "$source" "$lib/project/"
    cat >"$lib/project/Model.csproj" <<EOF
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net${sdk%%.*}.0</TargetFramework>
    <AssemblyName>Model</AssemblyName>
    <UseAppHost>false</UseAppHost>
    <InvariantGlobalization>true</InvariantGlobalization>
  </PropertyGroup>
</Project>
EOF
    "$dotnet" publish "$lib/project" --configuration Release --output "$lib/out" --verbosity quiet -p:NuGetAudit=false
    mv "$lib/out/"* "$lib/"
    rm -rf "$lib/project" "$lib/out"
}

# Lines that say which version of the runtime there is, or why the model cannot run.
say_version() {
    if [ -n "$unavailable" ]; then
        printf '%s\n' "    echo 'unavailable $unavailable'"
    elif [ -z "$ask" ]; then
        printf '%s\n' "    echo 'version $version'"
    else
        printf '%s\n' "    version=\$({ $ask; } 2>/dev/null)" \
            "    if [ -n \"\$version\" ]; then echo \"version \$version\"; else echo 'unavailable $missing'; fi"
    fi
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
summary $(header summary)
END
$(say_version)
    exit
fi
EOF
    if [ -n "$unavailable" ]; then
        printf '%s\n' "echo 'failed 0 $unavailable'" "exit 1"
    else
        printf '%s\n' "exec $run \"\$@\""
    fi
}

install_program() {
    [ -n "$built" ] || lack "its build failed (make models shows why)"
    write_program >"$models/$name.new" && chmod +x "$models/$name.new" && mv "$models/$name.new" "$models/$name"
}

rm -rf "$lib"
mkdir -p "$lib"
case $file in
*.go) language=Go build=go_model ;;
*.rs) language=Rust build=rust_model ;;
*.java) language=Java build=java_model ;;
*.cs) language=C# build=csharp_model ;;
*.mjs) language=JavaScript build=node_model ;;
*.py) language=Python build=python_model ;;
*.exs) language=Elixir build=elixir_model ;;
*) echo "$source: no language is known for this ending (add it to build.sh)" >&2; exit 1 ;;
esac
# A build that fails leaves a program as well, which says so.
trap 'install_program && exit 0' EXIT
built=
$build
built=yes
