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

# The fonts make the screenshots look alike on all machines; gdal-bin puts a drawn raster on earth.
scripts/setup/system.sh chromium chromium-driver gdal-bin fonts-inter fonts-liberation2

environment browser Tests/Browser/requirements.txt

if [ -z "${SOSIA:-}" ]; then
    scripts/setup/all.sh
    mkdir -p .build
    swift build --product sosia > .build/browser.log 2>&1 || fail "the build failed; its output is in .build/browser.log"
fi
cd Tests/Browser
if [ $# -eq 0 ]; then set -- discover; fi
exec "$deps/browser/bin/python" -m unittest "$@"
