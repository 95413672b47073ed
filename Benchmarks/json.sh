#!/usr/bin/env bash
# What it costs to read JSON of strangers before it is admitted or refused: instructions a byte, as valgrind counts them.
#
#   Benchmarks/json.sh [COUNT] [LARGEST]
#
# 2,000 bodies of up to 1 MB by default. Fails if one takes more than 150 instructions a byte; what is read as attributes,
# area or filter is bounded (64 KB, 8 KB) and may take as many as 1 MB may all in all. Needs valgrind.
set -euo pipefail
cd "$(dirname "$0")/.."

work=.build/json-cost
mkdir -p "$work"
swiftc -O -whole-module-optimization -swift-version 6 -package-name sosia -enable-upcoming-feature InternalImportsByDefault \
    -module-name SosiaCore $(find Sources/SosiaCore -name '*.swift') Benchmarks/json/main.swift -o "$work/cost"
rm -f "$work"/counts*
"$work/cost" write "$work/requests" "${1:-2000}" "${2:-1048576}"
judge=$(nm "$work/cost" | sed -n 's/.* t \(.*5judge.*\)/\1/p')
valgrind --tool=callgrind "--toggle-collect=$judge" "--dump-after=$judge" --combine-dumps=yes \
    --callgrind-out-file="$work/counts" "$work/cost" examine "$work/requests" > "$work/bodies" 2> "$work/log"
python3 - "$work" <<'PYTHON'
import collections, statistics, sys

work = sys.argv[1]
# A part for each call, and the last one for what comes after.
counts = [int(line.split()[1]) for line in open(f"{work}/counts") if line.startswith("totals:")]
bodies = [line.rstrip("\n").split("\t") for line in open(f"{work}/bodies") if not line.startswith("sum")]
assert len(bodies) <= len(counts) <= len(bodies) + 1, (len(bodies), len(counts))
costs = collections.defaultdict(list)
for (kind, use, size), count in zip(bodies, counts):
    costs[kind, use].append((count / int(size), int(size)))
print(f"{'body':24}{'read as':12}{'bodies':>7}{'median':>8}{'worst':>8}  instructions a byte")
for (kind, use), each in costs.items():
    print(f"{kind:24}{use:12}{len(each):7}{statistics.median(c for c, _ in each):8.1f}{max(each)[0]:8.1f}")
print(f"{len(bodies)} bodies, {sum(int(size) for *_, size in bodies) / 1e6:.0f} MB")
worst = max(max(each) for (_, use), each in costs.items() if use == "search")
most = max((cost * size, size) for (_, use), each in costs.items() if use != "search" for cost, size in each)
print(f"worst of a search: {worst[0]:.1f} a byte; most for anything else: {most[0] / 1e6:.1f} million at {most[1]} bytes")
sys.exit(worst[0] > 150 or most[0] > 150 << 20)
PYTHON
