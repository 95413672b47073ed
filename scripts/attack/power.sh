#!/usr/bin/env bash
# Cuts the power: records the system calls of a client that adds, uploads, removes and compacts, and opens and verifies
# what a disk may hold after a cut behind each of them, with what was not synced lost or kept (Tests/PowerCut).
#
#   scripts/attack/power.sh [--seed N] [--operations N] [--positions N] [--singles N] [--sets N] [--resumed N]
set -euo pipefail
cd "$(dirname "$0")/../.."

mkdir -p .build
swift build -c release --product PowerCut > .build/power-cut.log 2>&1 \
    || { tail -n 20 .build/power-cut.log >&2; exit 1; }
exec .build/release/PowerCut "$@"
