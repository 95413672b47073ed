#!/usr/bin/env bash
# Holds a running server against its own description: schemathesis sends what /openapi.json allows and what it does not,
# and looks for server errors and for answers that are not described. Three minutes.
#
#   scripts/wire_tests.sh [OPTION...]      (options of `schemathesis run`)
#
# SOSIA names the program to test; .build/debug/sosia when it is not set.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/setup/common.sh

environment="$deps/wire"
list=Tests/Wire/requirements.txt
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
    swift build --product sosia
    SOSIA=.build/debug/sosia
fi
scripts/setup/python.sh --tests

folder="$(mktemp -d)"
server=
clean() {
    [ -z "$server" ] || { kill "$server" 2> /dev/null && wait "$server"; } || true
    rm -rf "$folder"
}
trap clean EXIT
"$deps/python/bin/python" scripts/generate_pictures.py "$folder/pictures" --count 12
mkdir "$folder/root"
"$SOSIA" add "$folder/pictures" --store "$folder/root/photos.sosia" > /dev/null
"$SOSIA" serve --root "$folder/root" --port 0 > "$folder/address" 2> "$folder/log" &
server=$!
for _ in $(seq 100); do
    grep -q serving "$folder/address" && break
    kill -0 "$server" 2> /dev/null || fail "the server did not start: $(cat "$folder/log")"
    sleep 0.2
done
address="$(cut -f2 "$folder/address")"

# Deleting collections would take the ground from under all other tests.
status=0
"$environment/bin/schemathesis" --config-file Tests/Wire/schemathesis.toml run "${address}openapi.json" \
    --url "${address%/}" --seed 1 --max-examples 25 --max-time 180 --exclude-operation-id deleteCollection "$@" || status=$?
kill -0 "$server" 2> /dev/null || fail "the server has ended"
[ "$(curl -s -o /dev/null -w '%{http_code}' "${address}healthz")" = 200 ] || fail "the server does not answer"
if grep '"status":5' "$folder/log" | grep -v '"status":503' | head -3 | grep .; then fail "the server failed"; fi
exit "$status"
