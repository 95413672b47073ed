#!/usr/bin/env bash
# Makes .deps/python, the Python that the converter runs in; with --tests also what the tests compare against.
# Needs the network once; does nothing when all is in place.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

lists=("$root/scripts/setup/requirements.txt")
case "${1:-}" in
    "") ;;
    --tests) lists+=("$root/scripts/setup/requirements-tests.txt") ;;
    *) fail "unknown option $1; usage: python.sh [--tests]" ;;
esac

environment="$deps/python"
mkdir -p "$deps"
for list in "${lists[@]}"; do
    stamp="$environment/.$(basename "$list")"
    cmp -s "$list" "$stamp" && [[ -x "$environment/bin/python" ]] && continue

    if ! "$environment/bin/python" -m pip --version > /dev/null 2>&1; then
        python="${PYTHON:-python3}"
        command -v "$python" > /dev/null || fail "$python is missing; run: sudo apt-get install python3 python3-venv"
        "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
            || fail "$("$python" --version) is too old; install Python 3.11 or newer, or name one in PYTHON"
        rm -rf "$environment"
        if ! "$python" -m venv "$environment" > /dev/null 2>&1; then
            rm -rf "$environment"
            fail "$python cannot make a virtual environment; run: sudo apt-get install python3-venv"
        fi
    fi
    say "installing $(basename "$list")"
    "$environment/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: \
        --require-hashes --requirement "$list" > "$deps/pip.log" 2>&1 \
        || fail "cannot install $(basename "$list"); check the network connection, and that Python is 3.11 to 3.13" \
            "(pip's own words: $deps/pip.log)"
    cp "$list" "$stamp"
done
