"""Measures an earlier release of Sosia and the present one in turns, in one run.

Run it through Benchmarks/releases.sh, which sets everything up.
"""
import argparse
import signal
import sys
import time
from pathlib import Path

from material import PHOTOS, TINY, machine

from . import lines, searching, writing
from .bench import Bench, digest
from .turns import HEADER

# The most important first.
PARTS = {
    "cold": searching.cold, "exact": searching.exact, "graph": searching.graph, "page": searching.page,
    "again": writing.again, "ingest": writing.ingest, "record": searching.record, "command": searching.command,
    "lines": lines.rows,
}


def arguments():
    parser = argparse.ArgumentParser(prog="Benchmarks/releases.sh", description=__doc__.split("\n")[0])
    parser.add_argument("old", type=Path, metavar="OLD", help="the earlier `sosia`")
    parser.add_argument("new", type=Path, metavar="NEW", help="the present `sosia`")
    parser.add_argument("--rounds", type=int, help="rounds of each part, as far as its time allows; 7, with --quick 3")
    parser.add_argument("--only", default=",".join(PARTS), help=f"some of {','.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="a third of the time")
    parser.add_argument("--prepare", action="store_true", help="make what is made once, and measure nothing")
    parser.add_argument("--own", action="store_true", help="let NEW make its collection instead of copying that of OLD")
    parser.add_argument("--pictures", type=int, default=60_000, help="of the collection (default: 60,000)")
    parser.add_argument("--photos-count", type=int, default=2_000, help="photographs to ingest (default: 2,000)")
    parser.add_argument("--photos", type=Path, default=PHOTOS)
    parser.add_argument("--tiny", type=Path, default=TINY, help="pictures of the collection: a folder or an archive")
    parser.add_argument("--lines", nargs=2, metavar="COMMIT", help="count the lines of Swift of two commits")
    options = parser.parse_args()
    options.rounds = options.rounds or (3 if options.quick else 7)
    options.parts = options.only.split(",")
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"--only does not know {', '.join(sorted(unknown))}")
    for program in (options.old, options.new):
        if not program.is_file():
            parser.error(f"{program} is not there")
    options.old, options.new = options.old.resolve(), options.new.resolve()
    if min(options.rounds, options.photos_count) < 1 or options.pictures < 100:
        parser.error("at least one round, one photograph and 100 pictures")
    return options


def main():
    options = arguments()
    # What is ended from outside ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    bench = Bench(options)
    # What is made once is no part of what is measured.
    if options.prepare or "ingest" in options.parts:
        bench.photos()
    if options.prepare or set(options.parts) != {"lines"}:
        bench.say(f"ready: {bench.pictures:,} pictures")
    if options.prepare:
        return
    print(f"{machine()}; old {digest(options.old)}, new {digest(options.new)}\n\n{HEADER}", flush=True)
    for part in PARTS:
        if part in options.parts:
            start = time.monotonic()
            for line in PARTS[part](bench):
                print(line, flush=True)
            bench.say(f"{part}: {time.monotonic() - start:.0f} s")


if __name__ == "__main__":
    main()
