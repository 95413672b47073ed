#!/usr/bin/env bash
# Runs tests under a sanitizer, in a build folder of its own (some minutes the first time).
#
#   scripts/sanitize.sh address [FILTER]     memory errors; by default what reads files and pictures
#   scripts/sanitize.sh thread [FILTER]      data races; by default searches while others write
set -euo pipefail
cd "$(dirname "$0")/.."

kind="${1:-}"
case $kind in
address) filter="${2:-IndexesTests|KernelsTests|FileSystemTests|ImagesTests|RastersTests}" ;;
thread) filter="${2:-IndexingTests|EngineConformanceTests|IndexesTests|TileReadingTests|PlacesTests}" ;;
*)
    echo "usage: scripts/sanitize.sh address|thread [FILTER]" >&2
    exit 2
    ;;
esac
scripts/setup/all.sh
# What libraries keep until the process ends is no leak.
export ASAN_OPTIONS="detect_leaks=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}" \
    TSAN_OPTIONS="halt_on_error=1:suppressions=$PWD/scripts/thread.suppressions${TSAN_OPTIONS:+:$TSAN_OPTIONS}"
exec swift test --sanitize "$kind" --scratch-path ".build-$kind" --filter "$filter"
