#!/usr/bin/env bash
# Holds a running server against its own description: schemathesis sends what /openapi.json allows and what it does not,
# and looks for server errors and for answers that are not described. What is sent is bounded by number, and its seeds
# are fixed, so that it is the same on every machine.
#
#   scripts/wire_tests.sh [--long] [OPTION...]      (options of `schemathesis run`)
#
# --long sends twenty times as much. SOSIA names the program to test; .build/debug/sosia when it is not set.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/setup/common.sh

# Test cases of an operation, the seeds of rounds, and seconds after which a round is stopped, which is no failure.
examples=60 seeds=(1) stop=900
if [ "${1:-}" = --long ]; then
    shift
    examples=250 seeds=(1 2 3 4 5) stop=7200
fi

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
until grep -qs serving "$folder/address"; do
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

status=0 stopped=
# attack DESCRIPTION SEED OPTION...: what the description allows and what it does not.
attack() {
    local description="$1" seed="$2" code=0
    shift 2
    # Not --max-time, with which schemathesis goes on until the time is over. It ends in order when it is interrupted.
    timeout --signal INT --kill-after 60 "$stop" \
        "$deps/wire/bin/schemathesis" --config-file Tests/Wire/schemathesis.toml run "$description" \
        --url "${address%/}" --seed "$seed" --max-examples "$examples" --report-json-path "$folder/report.json" "$@" \
        || code=$?
    if [ "$code" -eq 124 ]; then
        say "stopped after $stop s, before everything was sent"
        code=0 stopped=1
        "$deps/python/bin/python" -c 'import json, sys; report = json.load(open(sys.argv[1]))
sys.exit(bool(report["failures"] or report["errors"]))' "$folder/report.json" || code=$?
    fi
    [ "$code" -eq 0 ] || status=$code
}
# Deleting collections would take the ground from under all other tests; making them comes last, and under any name.
for seed in "${seeds[@]}"; do
    attack "$folder/openapi.json" "$seed" \
        --exclude-operation-id deleteCollection --exclude-operation-id createCollection "$@"
done
for seed in "${seeds[@]}"; do
    attack "${address}openapi.json" "$seed" --include-operation-id createCollection "$@"
done
kill -0 "$server" 2> /dev/null || fail "the server has ended"
[ "$(curl -s -o /dev/null -w '%{http_code}' "${address}healthz")" = 200 ] || fail "the server does not answer"
for part in pyramid windows; do
    grep "{raster}.*$part" "$folder/log" | grep '"status":200' > "$folder/reached" || [ -n "$stopped" ] \
        || fail "no $part of the raster came"
done
if grep '"status":5' "$folder/log" | grep -v '"status":503' | head -3 | grep .; then fail "the server failed"; fi
exit "$status"
