#!/usr/bin/env bash
# A huge orthomosaic from its file to fingerprints: how fast beside the network alone, and with how much memory.
#
#   Benchmarks/aerial.sh [--mosaic FILE] [--rounds N]
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup/all.sh
scripts/setup/system.sh gdal-bin
scripts/setup/python.sh --tests
mkdir -p .build
swift build -c release --product sosia > .build/release.log 2>&1 || { tail -n 20 .build/release.log >&2; exit 1; }
exec .deps/python/bin/python Benchmarks/aerial.py "$@"
