#!/usr/bin/env bash
# Drives the page in a headless Chromium: every way to search and to add, the keyboard, light, dark and phone, axe-core.
# Screenshots go to .build/browser/screenshots.
#
#   scripts/browser_tests.sh [TEST...]      (names for `python -m unittest`, as test_searching.PartTests)
#
# SOSIA names the program to test; .build/debug/sosia when it is not set.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/setup/common.sh

# The fonts make the screenshots look alike on all machines.
scripts/setup/system.sh chromium chromium-driver fonts-inter fonts-liberation2

environment="$deps/browser"
list=Tests/Browser/requirements.txt
if ! cmp -s "$list" "$environment/.requirements"; then
    say "installing $list"
    rm -rf "$environment"
    mkdir -p "$deps"
    python3 -m venv "$environment"
    "$environment/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: --no-deps \
        --require-hashes --requirement "$list" > "$deps/pip.log" 2>&1 \
        || fail "cannot install $list; check the network connection (pip's own words: $deps/pip.log)"
    cp "$list" "$environment/.requirements"
fi

if [ -z "${SOSIA:-}" ]; then
    scripts/setup/all.sh
    mkdir -p .build
    swift build --product sosia > .build/browser.log 2>&1 || fail "the build failed; its output is in .build/browser.log"
fi
cd Tests/Browser
if [ $# -eq 0 ]; then set -- discover; fi
exec "$environment/bin/python" -m unittest "$@"
