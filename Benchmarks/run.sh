#!/usr/bin/env bash
# Sosia's indexes beside FAISS, hnswlib and USearch: the same vectors, in turns, in one run. Sets up what is missing.
#
#   Benchmarks/run.sh [--quick] [--only exact,graph,...] [--base F --queries F [--groundtruth F]]    (--help for all)
#
# Without --base the vectors are made from photographs, once (some ten minutes). The table goes to standard output,
# raw results and the plot of recall against queries a second to Benchmarks/.results.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"

fail() {
    echo "run.sh: $*" >&2
    exit 1
}

command -v python3 > /dev/null \
    || fail "python3 is missing; run: sudo apt-get install python3 python3-venv python3-dev g++"
venv="$here/.venv-search"
list="$here/peers/requirements-search.txt"
if ! cmp -s "$list" "$venv/.requirements"; then
    # hnswlib comes as source only.
    missing=()
    command -v g++ > /dev/null || missing+=(g++)
    python3 -c 'import os, sys, sysconfig
sys.exit(not os.path.exists(sysconfig.get_path("include") + "/Python.h"))' || missing+=(python3-dev)
    "$here/../scripts/setup/system.sh" "${missing[@]}"
    echo "run.sh: installing the peers into ${venv##*/}" >&2
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$list" \
        > "$venv.log" 2>&1 \
        || fail "the peers cannot be installed; check the network connection (pip's own words: $venv.log)"
    cp "$list" "$venv/.requirements"
fi

mkdir -p "$here/.build"
log="$here/.build/release.log"
if ! swift build --package-path "$here" -c release --product sosia-bench-search > "$log" 2>&1; then
    tail -n 20 "$log" >&2
    fail "the build failed; its whole output is in $log"
fi

# Paths among the arguments are those of the caller.
PYTHONPATH="$here" exec "$venv/bin/python" -m search "$@"
