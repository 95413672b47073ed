"""Measures Sosia's indexes beside FAISS, hnswlib and USearch, on the same vectors, in turns, with one search thread.

Run it through Benchmarks/run.sh, which sets everything up.
"""
import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

from . import exact, graph, mixing, photographs, plot, vectors
from .bench import ROOT, Bench
from .table import HEADER, LEGEND, Row
from .worker import WorkerError

GROUPS = ("exact", "threads", "filters", "sift", "graph", "rebuild", "million")
FOLDER = ROOT / "Benchmarks"


def arguments(words=None):
    parser = argparse.ArgumentParser(prog="Benchmarks/run.sh", description=__doc__.split("\n")[0])
    parser.add_argument("--base", type=Path, help="vectors to search: .npy (Float32), .fvecs or .bvecs")
    parser.add_argument("--queries", type=Path, help="vectors to search for")
    parser.add_argument("--groundtruth", type=Path, help="true row numbers: .npy or .ivecs; computed when not given")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared/data",
                        help="folder with photos/, tiny32/ and sift/, for what is not given")
    parser.add_argument("--only", default=",".join(GROUPS), help=f"some of {','.join(GROUPS)}")
    parser.add_argument("--quick", action="store_true", help="20,000 vectors and 200 queries: a try, not a result")
    parser.add_argument("--mixed", type=int, help="vectors of the large collection, 1,000,000 unless told otherwise")
    parser.add_argument("--limit", type=int, help="prepare only about so many pictures (to try the preparation)")
    parser.add_argument("--approximate", default="graph", metavar="KIND",
                        help="the index that is set against the graphs of others")
    parser.add_argument("--searcher", type=Path, default=FOLDER / ".build/release/sosia-bench-search",
                        help="another build of the program that searches")
    parser.add_argument("--embedder", type=Path, help="a sosia that makes the vectors; built when not given")
    options = parser.parse_args(words)
    if (options.base is None) != (options.queries is None):
        parser.error("--base and --queries belong together")
    options.groups = options.only.split(",")
    if unknown := set(options.groups) - set(GROUPS):
        parser.error(f"--only does not know {', '.join(sorted(unknown))}")
    options.query_count = 200 if options.quick else 1000
    options.mixed = options.mixed or (100_000 if options.quick else 1_000_000)
    options.rows = 20_000 if options.quick else None
    return options


def machine():
    def lines(path, start):
        with open(path) as file:
            return [line.split(":", 1)[1].strip() for line in file if line.startswith(start)]

    commit = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    changed = subprocess.run(["git", "-C", ROOT, "status", "--porcelain", "--untracked-files=no"], capture_output=True,
                             text=True)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {"cpu": next(iter(lines("/proc/cpuinfo", "model name")), "?"), "cores": os.cpu_count(),
            "memory_gb": round(memory / 1e9), "system": f"{platform.system()} {platform.machine()}",
            "commit": commit.stdout.strip() + (" with changes" if changed.stdout.strip() else ""),
            "load": round(os.getloadavg()[0], 1), "date": time.strftime("%Y-%m-%d"),
            "python": platform.python_version()}


def main_vectors(bench):
    options = bench.options
    if options.base:
        name, base, queries = options.base.stem, options.base, options.queries
    else:
        name = "photographs"
        base, queries = photographs.prepare(
            options.data, bench.cache, ROOT, options.embedder, 100 if options.limit else 1000, options.limit,
            bench.say)
    return bench.vectors(name, base, queries, options.groundtruth, options.rows)


def mixed_vectors(bench, given, count):
    """A larger collection mixed from the given one, with the same queries."""
    path = bench.cache / f"mixed-{vectors.fingerprint(given.base, count=count)}.npy"
    if not path.exists():
        bench.say(f"mixing {count:,} vectors")
        mixing.mixed(given.rows, count, 7, path)
    return path


def groups(bench):
    """(name, function that yields the rows); what several need is made by the first that does."""
    made = {}

    def given():
        if "main" not in made:
            made["main"] = main_vectors(bench)
        return made["main"]

    def sift():
        folder = bench.options.data / "sift"
        if not folder.is_dir():
            yield Row(f"SIFT: not measured, {folder} is missing; give its parent with --data DIR")
            return
        yield from exact.main_rows(bench, bench.vectors(
            "SIFT", folder / "base100k.bvecs", folder / "query1k.bvecs", limit=bench.options.rows), 4)

    def large(count):
        path = mixed_vectors(bench, given(), count)
        return bench.vectors("mixed from " + given().name, path, given().queries)

    def rebuild():
        larger = large(min(100_000, bench.options.mixed))
        yield from exact.rebuild_rows(bench, given(), larger)
        with bench.sosia(given()) as probe:
            kinds = probe.kinds
        if bench.options.approximate in kinds:
            yield from exact.rebuild_rows(bench, given(), larger, bench.options.approximate)

    table = {
        "exact": lambda: exact.main_rows(bench, given()),
        "threads": lambda: exact.thread_rows(bench, given()),
        "filters": lambda: exact.filter_rows(bench, given()),
        "sift": sift,
        "graph": lambda: graph.rows(bench, given()),
        "rebuild": rebuild,
        "million": lambda: exact.million_rows(bench, large(bench.options.mixed)),
    }
    return [(name, table[name]) for name in GROUPS if name in bench.options.groups]


def write(bench, facts, rows, words):
    folder = FOLDER / ".results"
    folder.mkdir(exist_ok=True)
    stem = folder / time.strftime("search-%Y%m%d-%H%M%S")
    result = {"machine": facts, "versions": bench.versions, "command": words, "table": [vars(row) for row in rows],
              "raw": bench.results}
    stem.with_suffix(".json").write_text(json.dumps(result, indent=1, default=str))
    if curves := bench.results.get("curves"):
        points = {}
        for name, row in bench.results.items():
            if name.startswith("exact, one query at a time") and curves["vectors"] in name:
                points = {"Sosia exact": row["sosia"]["queries_per_s"], "FAISS Flat": row["peer"]["queries_per_s"]}
        title = f"{curves['vectors']}, k = 10 ({facts['cpu']}, {bench.versions.get('SIMD level', '?')})"
        plot.draw(curves["curves"], title, stem.with_suffix(".svg"), points)
        plot.draw(curves["curves"], title, stem.with_suffix(".png"), points)
    return stem


def main():
    words = sys.argv[1:]
    options = arguments(words)
    cache = FOLDER / ".cache"
    work = cache / f"work-{os.getpid()}"
    for left in cache.glob("work-*"):
        # What a run that was killed could not take away.
        if not Path("/proc", left.name.removeprefix("work-")).exists():
            shutil.rmtree(left, ignore_errors=True)
    work.mkdir(parents=True)
    bench = Bench(options, cache, work, options.searcher)
    facts, rows, status = machine(), [], 0
    print("{cpu}, {cores} cores, {memory_gb} GB, {system}, commit {commit}, {date}, load before {load}".format(**facts))
    print("$ Benchmarks/run.sh " + " ".join(words))
    if options.quick:
        print("A quick try on few vectors: not the figures that the goals are about.")
    print(f"\n{HEADER}", flush=True)
    try:
        for name, measured in groups(bench):
            try:
                for row in measured():
                    rows.append(row)
                    print(row, flush=True)
            except vectors.BadVectors as error:
                print(f"run.sh: {name}: {error}", file=sys.stderr)
                status = 1
            except WorkerError as error:
                print(f"run.sh: {name}: {error}", file=sys.stderr)
                if bench.log.exists():
                    print(bench.log.read_text(errors="replace")[-2000:], file=sys.stderr)
                status = 1
        if rows:
            versions = ", ".join(f"{name}: {value}" for name, value in bench.versions.items())
            stem = write(bench, facts, rows, words)
            print(f"\n{LEGEND}\n{versions}\nRaw results: {stem.relative_to(ROOT)}.json")
    finally:
        bench.close()
    return status


if __name__ == "__main__":
    sys.exit(main())
