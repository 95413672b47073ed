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

environment wire Tests/Wire/requirements.txt

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
# A raster of 1,280 x 896 pixels, whose pieces, parts and places are asked for.
PYTHONPATH=Tests/Browser "$deps/python/bin/python" -c 'import rasters, sys; rasters.town(sys.argv[1])' "$folder/town.png"
"$SOSIA" add --tiles 128 --stride 128 "$folder/town.png" --store "$folder/root/photos.sosia" > /dev/null
"$SOSIA" serve --root "$folder/root" --port 0 > "$folder/address" 2> "$folder/log" &
server=$!
for _ in $(seq 100); do
    grep -q serving "$folder/address" && break
    kill -0 "$server" 2> /dev/null || fail "the server did not start: $(cat "$folder/log")"
    sleep 0.2
done
address="$(cut -f2 "$folder/address")"

# What is sent is about the collection and the raster that are there: they become the only ones that the description
# allows. What it does not allow is sent all the same.
curl -fsS "${address}openapi.json" | "$deps/python/bin/python" -c '
import json, sys
description = json.load(sys.stdin)
there = {
    "collection": {"type": "string", "enum": ["photos"]},
    "raster": {"type": "integer", "enum": [1]},
    "level": {"type": "integer", "minimum": 0, "maximum": 3},
    "x": {"type": "integer", "minimum": 0, "maximum": 4},
    "y": {"type": "integer", "minimum": 0, "maximum": 3},
    "window": {"type": "string", "pattern": "^[1-9][0-9]{0,2},[1-7][0-9]{0,2},[1-9][0-9]?,[1-9][0-9]?$"},
}
for methods in description["paths"].values():
    for operation in methods.values():
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "path" and parameter["name"] in there:
                parameter["schema"] = there[parameter["name"]]
place = description["components"]["schemas"]["Place"]["properties"]
place["raster"] = there["raster"]
for name, most in {"x": 1100, "y": 800, "width": 128, "height": 96}.items():
    place[name]["maximum"] = most
json.dump(description, sys.stdout)
' > "$folder/openapi.json"

status=0
# attack DESCRIPTION SECONDS OPTION...: what the description allows and what it does not.
attack() {
    local description="$1" seconds="$2"
    shift 2
    "$deps/wire/bin/schemathesis" --config-file Tests/Wire/schemathesis.toml run "$description" \
        --url "${address%/}" --seed 1 --max-examples 25 --max-time "$seconds" "$@" || status=$?
}
# Deleting collections would take the ground from under all other tests; making them comes last, and under any name.
attack "$folder/openapi.json" 150 --exclude-operation-id deleteCollection --exclude-operation-id createCollection "$@"
attack "${address}openapi.json" 30 --include-operation-id createCollection "$@"
kill -0 "$server" 2> /dev/null || fail "the server has ended"
[ "$(curl -s -o /dev/null -w '%{http_code}' "${address}healthz")" = 200 ] || fail "the server does not answer"
for part in pyramid windows; do
    grep "{raster}.*$part" "$folder/log" | grep '"status":200' > "$folder/reached" || fail "no $part of the raster came"
done
if grep '"status":5' "$folder/log" | grep -v '"status":503' | head -3 | grep .; then fail "the server failed"; fi
exit "$status"
