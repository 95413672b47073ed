#!/usr/bin/env bash
# Sets up what is missing and runs every test.
#
#   ./test.sh [--filter NAME]      (arguments are handed to `swift test`)
#
# SOSIA names the program whose server is tested over the wire and in the browser; the debug build when it is not set.
set -euo pipefail
cd "$(dirname "$0")"

scripts/setup/all.sh
# The system's own tools that tests call.
scripts/setup/system.sh sqlite3 util-linux gdal-bin poppler-utils openssl curl
scripts/setup/python.sh --tests

if [ $# -eq 0 ]; then
    echo "== Format"
    swift format lint --strict --recursive --parallel --configuration .swift-format \
        Sources Tests Examples Benchmarks/Sources Package.swift Benchmarks/Package.swift
    echo "== Scripts"
    for script in ./*.sh scripts/*.sh scripts/setup/*.sh scripts/attack/*.sh Benchmarks/*.sh .ci/run; do bash -n "$script"; done
    for folder in Tests/ConverterTests Tests/BenchmarkTests; do
        .deps/python/bin/python -m unittest discover --quiet --start-directory "$folder"
    done
fi

echo "== Tests"
log=.build/test.log
mkdir -p .build
# Warnings are errors here: a package that others depend on has none.
swift build --build-tests 2>&1 | tee .build/build.log | grep -E "error:|warning:" | grep -v "^warning: 'sosia': found" || true
if grep -qE "^/.*(error|warning):|^error:" .build/build.log; then
    echo "test.sh: the build has errors or warnings; its whole output is in .build/build.log" >&2
    exit 1
fi
# Runs tests with their output in a log, and shows what matters of it.
run() {
    local log=$1 status=0
    shift
    swift test --skip-build "$@" > "$log" 2>&1 || status=$?
    grep -E "skipped|recorded an issue|✘|error:|Test run with" "$log" || true
    if [ "$status" -ne 0 ]; then
        echo "test.sh: tests failed; their whole output is in $log" >&2
        exit "$status"
    fi
}
if [ $# -gt 0 ]; then
    run "$log" "$@"
else
    run "$log" --skip SosiaServerTests
    # Apart, because servers and clients with time limits do not thrive beside tests that compute for minutes.
    run "$log.server" --filter SosiaServerTests
fi

if [ $# -eq 0 ]; then
    echo "== Indexes again, with the kernels that every processor has"
    SOSIA_SIMD=scalar run "$log.scalar" --filter 'KernelsTests|IndexesTests'

    echo "== A running server against its own description"
    export SOSIA=${SOSIA:-$PWD/.build/debug/sosia}
    scripts/wire_tests.sh > .build/wire.log 2>&1 \
        || { tail -n 40 .build/wire.log >&2; exit 1; }
    tail -n 3 .build/wire.log

    echo "== The page in a browser"
    scripts/browser_tests.sh > .build/browser-tests.log 2>&1 \
        || { tail -n 60 .build/browser-tests.log >&2; exit 1; }
    tail -n 3 .build/browser-tests.log

    echo "== Example"
    photos=.build/example-photos
    rm -rf "$photos" .build/example.sosia
    .deps/python/bin/python scripts/generate_pictures.py "$photos" --count 20
    # A package of its own, as a user's would be.
    swift build --package-path Examples/TenLines --scratch-path .build/examples -debug-info-format none > .build/example.log 2>&1 \
        || { tail -n 20 .build/example.log >&2; exit 1; }
    .build/examples/debug/TenLines .build/example.sosia "$photos" | tee .build/example.out
    grep -q "^20 added" .build/example.out
    # What the documentation shows.
    tour=.build/tour
    rm -rf "$tour"
    mkdir "$tour"
    cp -r "$photos" "$tour/Pictures"
    cp "$(find "$photos" -name '*.jpg' | sort | head -n 1)" "$tour/query.jpg"
    (cd "$tour" && ../examples/debug/Tour) | tee .build/tour.out
    grep -q "^20 added to the memory engine" .build/tour.out
fi
