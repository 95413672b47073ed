#!/usr/bin/env bash
# Sosia in one command: sets up what is missing, adds a folder of pictures, searches, and shows the answer as a picture.
#
#   ./demo.sh [FOLDER]
set -euo pipefail
cd "$(dirname "$0")"

here=$PWD
folder="${1:-}"
if [ -n "$folder" ] && [ ! -d "$folder" ]; then
    echo "demo.sh: $folder is not a folder" >&2
    exit 2
fi
[ -z "$folder" ] || folder=$(cd "$OLDPWD" 2>/dev/null && realpath "$folder")

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
store=demo-output/demo.sosia
sheet=demo-output/answer.jpg
mkdir -p demo-output

echo "\$ sosia add $photos"
status=0
"$sosia" add "$photos" --store "$store" || status=$?
# 3: some files were skipped, each was named.
[ "$status" -eq 0 ] || [ "$status" -eq 3 ] || exit "$status"

# The first picture of the folder, or one that has relatives among the photographs that came along.
query="$photos/YellowFlower.jpg"
if [ -n "$folder" ] || [ ! -f "$query" ]; then
    first=$("$sosia" search id:1 -k 1 --store "$store" | cut -f 2 || true)
    [ -n "$first" ] || { echo "demo.sh: no picture could be added from $photos" >&2; exit 1; }
    query=$("$sosia" show "$first" --store "$store" | sed -n 's/^path\t//p' | head -n 1)
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
