#!/usr/bin/env bash
# Sosia in one command: sets up what is missing, adds a folder of pictures, searches, and shows the answer as a picture.
#
#   ./demo.sh [FOLDER]
set -euo pipefail

folder="${1:-}"
if [ -n "$folder" ]; then
    if [ ! -d "$folder" ]; then
        echo "demo.sh: $folder is not a folder" >&2
        exit 2
    fi
    folder=$(realpath "$folder")
fi
cd "$(dirname "$0")"
here=$PWD

scripts/setup/all.sh
[ -n "$folder" ] || scripts/setup/photos.sh

build=.build/demo.log
mkdir -p .build
[ -x .build/release/sosia ] || echo "Building (some minutes the first time)"
if ! swift build -c release --product sosia >"$build" 2>&1; then
    tail -n 20 "$build" >&2
    echo "demo.sh: the build failed; its whole output is in $here/$build" >&2
    exit 1
fi
sosia=.build/release/sosia

photos="${folder:-$here/.deps/photos}"
# A collection for each folder, so that answers come from the folder that was named.
store="demo-output/$(printf %s "$photos" | cksum | cut -d " " -f 1).sosia"
sheet=demo-output/answer.jpg
mkdir -p demo-output

echo "\$ sosia add $photos"
status=0
"$sosia" add "$photos" --store "$store" || status=$?
# 3: some files were skipped, each was named.
[ "$status" -eq 0 ] || [ "$status" -eq 3 ] || exit "$status"

# Among the photographs that came along, one that has relatives; else the first picture of the collection.
query="$photos/YellowFlower.jpg"
if [ -n "$folder" ] || [ ! -f "$query" ]; then
    query=$(for id in $(seq 1 1000); do
        "$sosia" show "$id" --store "$store" 2>/dev/null | sed -n 's/^path\t//p' | head -n 1 | grep . && break
    done || true)
    [ -n "$query" ] || { echo "demo.sh: no picture could be added from $photos" >&2; exit 1; }
fi
echo
echo "\$ sosia search $query -k 8"
"$sosia" search "$query" -k 8 --store "$store" --sheet "$sheet"

cat <<END

The answer as a picture: $here/$sheet

Try next:
  export SOSIA_STORE=$here/$store PATH=$here/.build/release:\$PATH
  sosia search ANY_PICTURE.jpg        what looks like it?
  sosia search id:3 --json            the same for a picture of the collection
  sosia add ~/Pictures                add your own; again later adds only what is new
  sosia status
END
