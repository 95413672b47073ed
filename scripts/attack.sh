#!/usr/bin/env bash
# Attacks a server and stores of its own, on this machine only, and prints what held.
#
#   SOSIA=.build/release/sosia scripts/attack.sh [--short] [PART...]
#
# Parts: wire, memory, ssrf, kills, connections, power, flips; all of them when none is named. --short leaves out what
# takes minutes or a network of its own. The whole output of a part is in .build/attack/PART.log. Ends with 1 if a part
# did not hold.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/setup/common.sh

SOSIA="$(realpath "${SOSIA:-.build/release/sosia}")"
export SOSIA
python="$deps/python/bin/python"
logs=.build/attack
mkdir -p "$logs"

short=
if [ "${1:-}" = --short ]; then
    short=1
    shift
fi
parts=("$@")
if [ ${#parts[@]} -eq 0 ]; then
    parts=(wire memory ssrf kills connections power flips)
    [ -z "$short" ] || parts=(wire memory kills)
fi

attack() {
    case "$1" in
        wire) "$python" scripts/attack/wire.py ;;
        # Clients that withhold, name many addresses, do not read, or ask for long lists.
        memory) if [ -n "$short" ]; then "$python" scripts/attack/memory.py strangers readers
            else "$python" scripts/attack/memory.py; fi ;;
        connections) "$python" scripts/attack/connections.py ;;
        ssrf) "$python" scripts/attack/ssrf.py ;;
        kills) "$python" scripts/attack/kills.py "${short:+15}" ;;
        power) scripts/attack/power.sh ;;
        flips) swift build --build-tests && SOSIA_FLIPS=10000 swift test --skip-build --filter FlipTests ;;
        *) fail "there is no part $1" ;;
    esac
}

status=0
for part in "${parts[@]}"; do
    start=$SECONDS outcome=held
    attack "$part" > "$logs/$part.log" 2>&1 || outcome=FAILED status=1
    printf '%-12s %-7s %4d s  %s\n' "$part" "$outcome" $((SECONDS - start)) "$(tail -n 1 "$logs/$part.log" | tr '\t' ' ')"
    [ "$outcome" = held ] || tail -n 20 "$logs/$part.log" | sed 's/^/    /'
done
exit "$status"
