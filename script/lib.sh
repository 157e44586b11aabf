# What the scripts share. Sourced, with `set -eu` in force; the working directory becomes the project.
# shellcheck shell=bash

cd "$(dirname "${BASH_SOURCE[0]}")/.."

fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "only root can do this: $*"
    fi
}

# The packages of the named groups of script/packages that are not installed.
missing_packages() {
    local group package
    for group in "$@"; do
        while read -r kind package; do
            [ "$kind" = "$group" ] || continue
            dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null | grep -q 'ok installed' || echo "$package"
        done <script/packages
    done
}

# Installs what the named groups of script/packages need, without a question. Debian's package of PostgreSQL
# makes and starts a cluster of its own, which nobody here needs: it is told not to, unless PostgreSQL is there.
install_packages() {
    local missing
    missing=$(missing_packages "$@")
    [ -n "$missing" ] || return 0
    command -v apt-get >/dev/null || fail "these packages are missing, and there is no apt-get:" $missing
    echo "Installing:" $missing
    if [ ! -e /usr/lib/postgresql ]; then
        as_root mkdir -p /etc/postgresql-common/createcluster.d
        echo 'create_main_cluster = false' |
            as_root tee /etc/postgresql-common/createcluster.d/kalends.conf >/dev/null
    fi
    local install="env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Use-Pty=0 install --no-install-recommends"
    as_root $install $missing </dev/null >/dev/null || {
        as_root apt-get -q update </dev/null >/dev/null
        as_root $install $missing </dev/null >/dev/null
    }
}

# build PRESET [TARGET...]: configures where needed, and compiles.
build() {
    local preset=$1
    shift
    export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
    [ -f "build/$preset/build.ninja" ] || cmake --preset "$preset" >/dev/null
    local targets=()
    [ $# = 0 ] || targets=(--target "$@")
    cmake --build --preset "$preset" "${targets[@]}"
}

# wait_for_file FILE PID WHAT: until the file is there; fails when the process ends before.
wait_for_file() {
    while [ ! -s "$1" ]; do
        kill -0 "$2" 2>/dev/null || fail "$3 did not start; what it said stands above"
        sleep 0.05
    done
}

# stop PID...: asks them to end, and waits until they have.
stop() {
    local pid
    for pid in "$@"; do kill -TERM "$pid" 2>/dev/null || true; done
    for pid in "$@"; do wait "$pid" 2>/dev/null || true; done
}
