#!/usr/bin/env bash
# An earlier release of Sosia beside the present one, in turns, in one run.
#
#   Benchmarks/releases.sh OLD NEW [--quick] [--rounds N] [--only cold,exact,...] [--lines COMMIT COMMIT]
#   Benchmarks/releases.sh OLD NEW --prepare                                                 (--help for all)
#
# OLD and NEW are release builds of `sosia`. What both work on lies in Benchmarks/.cache and is made once, collections
# again for each new build (--prepare does only that, some ten minutes the first time). Servers listen to 127.0.0.1.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
root="$(dirname "$here")"

"$root/scripts/setup/python.sh" --tests
# Paths among the arguments are those of the caller.
PYTHONPATH="$here" exec "$root/.deps/python/bin/python" -m releases "$@"
