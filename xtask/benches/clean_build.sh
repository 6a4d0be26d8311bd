#!/usr/bin/env bash
# A clean `cargo build -p xtask` beside a clean build of eight of its libraries alone: same versions, features and
# profile. CPU time, as other work on the machine makes the time on the clock longer. Writes to folders of its own.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
libraries="xshell clap semver git2 indicatif serde toml duct"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

mkdir -p "$scratch/libraries/src"
{
    printf '[package]\nname = "libraries"\nedition = "2024"\n[dependencies]\n'
    for library in $libraries; do grep -E "^$library = " Cargo.toml; done
    # The profile, without what is said of single crates.
    awk '/^\[/ { wanted = /^\[profile.dev\]$/ || /^\[profile.dev.package."\*"\]$/ } wanted' Cargo.toml
} >"$scratch/libraries/Cargo.toml"
printf '//! Nothing.\n' >"$scratch/libraries/src/lib.rs"
cp Cargo.lock "$scratch/libraries/Cargo.lock"

# The CPU seconds of a clean build in a folder.
clean_build() {
    local folder=$1 times
    shift
    cd "$folder"
    cargo fetch --quiet
    TIMEFORMAT='%U %S'
    times=$({ time CARGO_TARGET_DIR=$scratch/target cargo build --quiet "$@" >&2; } 2>&1)
    rm -rf "$scratch/target"
    cd "$root"
    awk '{ seconds = $1 + $2 } END { print seconds }' <<<"$times"
}

libraries_alone=$(clean_build "$scratch/libraries")
xtask=$(clean_build "$root" --package xtask --locked)
awk -v a="$libraries_alone" -v b="$xtask" 'BEGIN {
    printf "libraries alone  %6.1f s of CPU\nxtask            %6.1f s of CPU\nratio            %6.2f\n", a, b, b / a
}'
