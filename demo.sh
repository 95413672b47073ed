#!/usr/bin/env bash
# Sosia in one command: sets up what is missing, adds a folder of pictures, searches, and shows the answer as a picture.
#
#   ./demo.sh [--serve] [FOLDER]      (--serve opens the page on the collection afterwards)
set -euo pipefail

serve=
if [ "${1:-}" = --serve ]; then
    serve=1
    shift
fi
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

if [ -n "$serve" ]; then
    echo
    echo "\$ sosia serve --store $store"
    # Another program may have the usual port.
    port=8080
    if (exec 3<> "/dev/tcp/127.0.0.1/$port") 2> /dev/null; then port=0; fi
    log=demo-output/server.log
    coproc server { exec "$sosia" serve --store "$store" --port "$port" 2> "$log"; }
    trap 'kill "$server_PID" 2> /dev/null || true' EXIT
    if ! IFS=$'\t' read -r _ address <&"${server[0]}"; then
        tail -n 20 "$log" >&2
        echo "demo.sh: the server did not start; its log is in $here/$log" >&2
        exit 1
    fi
    # A desktop opens it by itself.
    if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] && command -v xdg-open > /dev/null; then
        xdg-open "$address" > /dev/null 2>&1 || true
    fi
    echo
    echo "The page is open at $address (Ctrl-C ends it)"
    wait "$server_PID"
    exit
fi

cat <<END

The answer as a picture: $here/$sheet

Try next:
  export SOSIA_STORE=$here/$store PATH=$here/.build/release:\$PATH
  sosia search ANY_PICTURE.jpg        what looks like it?
  sosia search id:3 --json            the same for a picture of the collection
  sosia add ~/Pictures                add your own; again later adds only what is new
  sosia serve                         a page and an HTTP interface for the collection
  sosia status
END
