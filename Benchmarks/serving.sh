#!/usr/bin/env bash
# The server beside the library it serves and beside Milvus, among slow clients, and for long. Sets up what is missing.
#
#   Benchmarks/serving.sh [--only id,upload,milvus,stalled,memory] [--store COLLECTION.sosia]     (--help for all)
#
# Without --store the collection of 60,000 pictures is made, once (some ten minutes). Milvus runs where the folder
# `shared` that knows how to start it lies beside the repository. All of it runs in a network of its own that has only
# 127.0.0.1, and ends with the run.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
root="$(dirname "$here")"

fail() {
    echo "serving.sh: $*" >&2
    exit 1
}

"$root/scripts/setup/all.sh"
"$root/scripts/setup/system.sh" wrk iproute2 util-linux curl bc
venv="$here/.venv-serving"
list="$here/peers/requirements-serving.txt"
if ! cmp -s "$list" "$venv/.requirements"; then
    echo "serving.sh: installing the peers into ${venv##*/}" >&2
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$list" \
        > "$venv.log" 2>&1 \
        || fail "the peers cannot be installed; check the network connection (pip's own words: $venv.log)"
    cp "$list" "$venv/.requirements"
fi

mkdir -p "$here/.build"
log="$here/.build/release.log"
for product in sosia sosia-bench-store; do
    if ! swift build --package-path "$here" -c release --product "$product" > "$log" 2>&1; then
        tail -n 20 "$log" >&2
        fail "the build failed; its whole output is in $log"
    fi
done

# Milvus listens to all addresses and has no option against it: here there are none but 127.0.0.1. Paths among the
# arguments are those of the caller.
PYTHONPATH="$here" exec unshare --net --map-root-user \
    sh -c 'ip link set lo up && exec "$@"' serving.sh "$venv/bin/python" -m serving "$@"
