#!/usr/bin/env bash
# Tiny images: passes over a file in the page cache beside plain reading and numpy, mosaics, and a file larger than the
# memory that is allowed, beside dd. Sets up what is missing.
#
#   Benchmarks/tiny.sh [--only cache,numpy,show,vectors,disk] [--rounds 5] [--gb 3] [--work FOLDER]
#   Benchmarks/tiny.sh --only disk [--disk-gb 20] [--disk-rounds 3] [--memory-mb 1024] [--work FOLDER]
#
# The files are made in Benchmarks/.data-tiny, or in the folder that --work names, of CIFAR-10, which lies in
# ../shared/data/tiny32, moved, mirrored and made lighter or darker, with some noise; --noise makes them of noise alone.
# The one of 20 GB repeats its first 960,000 records, and is deleted at the end.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
root="$(dirname "$here")"

"$root/scripts/setup/all.sh"
venv="$here/.venv-tiny"
list="$here/peers/requirements-tiny.txt"
if ! cmp -s "$list" "$venv/.requirements"; then
    python3 -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$list" > "$venv.log" 2>&1 || {
        echo "tiny.sh: the peer cannot be installed; check the network connection (pip's own words: $venv.log)" >&2
        exit 1
    }
    cp "$list" "$venv/.requirements"
fi

mkdir -p "$here/.build"
log="$here/.build/release.log"
for package in "$root:sosia" "$here:sosia-bench-tiny" "$here:sosia-bench-search"; do
    if ! swift build --package-path "${package%:*}" -c release --product "${package##*:}" > "$log" 2>&1; then
        tail -n 20 "$log" >&2
        echo "tiny.sh: the build failed; its whole output is in $log" >&2
        exit 1
    fi
done
PYTHONPATH="$here" exec "$venv/bin/python" -m tiny "$@"
