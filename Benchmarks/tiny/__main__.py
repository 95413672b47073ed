"""The rows of the table "Tiny images" in README.md."""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from material import ROOT, SOSIA, TINY, machine, run
from tiny import disk, files, vectors

HERE = Path(__file__).resolve().parent
BUILT = HERE.parent / ".build/release"
BENCH = os.environ.get("SOSIA_BENCH_TINY", str(BUILT / "sosia-bench-tiny"))
SEARCH = os.environ.get("SOSIA_BENCH_SEARCH", str(BUILT / "sosia-bench-search"))
SOSIA = os.environ.get("SOSIA", SOSIA)
PARTS = ("cache", "numpy", "show", "vectors", "disk")
# Records that numpy takes at once.
BLOCKS = (32, 64, 128, 256, 512, 1024, 4096)


def row(what, measured, goal):
    print(f"| {what} | {measured} | {goal} |", flush=True)


def cifar(work):
    """All of CIFAR-10 as records, made by Sosia itself."""
    path = work / "cifar.bin"
    if not path.exists():
        if not TINY.exists():
            sys.exit(f"{TINY} is not there; --noise needs no pictures")
        run(SOSIA, "tiny", "make", "--from", str(TINY), str(path))
    return np.fromfile(path, dtype=np.uint8).reshape(-1, files.RECORD)


def made(work, name, gigabytes, noise):
    path = work / name
    count = int(gigabytes * 1e9) // files.RECORD
    if not path.exists() or path.stat().st_size != count * files.RECORD:
        arrays = files.noise(1) if noise else files.variants(cifar(work), 1)
        files.make(path, count, arrays)
    return path


def warm(path):
    with open(path, "rb", buffering=0) as file:
        buffer = bytearray(1 << 22)
        while file.readinto(buffer):
            pass


def cache(path, rounds):
    warm(path)
    output, _, _ = run(BENCH, str(path), str(rounds))
    rates = json.loads(output)
    median = {name: statistics.median(values) for name, values in rates.items()}

    def ratio(one, other):
        return statistics.median(a / b for a, b in zip(rates[one], rates[other]))

    for name, value in median.items():
        row(f"{name}, GB/s", f"{value:.2f} ({min(rates[name]):.2f} to {max(rates[name]):.2f})", "")
    row("one query over read-and-sum by read(2), one thread", f"{ratio('one query', 'sum, read'):.2f}x", ">= 0.8x")
    row("one query over read-and-sum, mapped as the search maps", f"{ratio('one query', 'sum, mapped'):.2f}x", ">= 0.8x")
    row("time of eight queries over one", f"{1 / ratio('eight queries', 'one query'):.2f}x", "<= 2x")
    row("one query, two threads over one", f"{ratio('one query, two threads', 'one query'):.2f}x", ">= 1.7x, or bandwidth")
    row("read-and-sum, two threads over one (bandwidth)", f"{ratio('sum, mapped, two threads', 'sum, mapped'):.2f}x", "")
    row("eight queries, two threads over one", f"{ratio('eight queries, two threads', 'eight queries'):.2f}x", "")


def numpy(path, rounds):
    """In turns with the best of several sizes of blocks, which are tried once each before."""
    warm(path)

    def peer(block):
        output, _, _ = run(sys.executable, str(HERE / "peer.py"), str(path), "1000", "10000", str(block))
        seconds, *nearest = output.split()
        return float(seconds), [int(position) for position in nearest]

    size = path.stat().st_size / 1e9
    tried = {block: peer(block)[0] for block in BLOCKS}
    best = min(tried, key=tried.get)
    row(
        "numpy, GB/s, by records a block",
        ", ".join(f"{block}: {size / seconds:.2f}" for block, seconds in tried.items()), "")
    ratios, own, peers = [], [], []
    for _ in range(rounds):
        answer, _, _ = run(
            SOSIA, "tiny", "search", "--db", str(path), "@1000", "--threads", "1", "-n", "10000", "--json")
        answer = json.loads(answer)
        own.append(max(answer["took_ms"], 1) / 1000)
        seconds, nearest = peer(best)
        peers.append(seconds)
        found = [hit["position"] for hit in answer["queries"][0]["hits"][: len(nearest)]]
        same = sum(a == b for a, b in zip(found, nearest))
        ratios.append(peers[-1] / own[-1])
    row(f"numpy, blocks of {best}, GB/s", f"{size / statistics.median(peers):.2f}", "")
    row(
        f"one query, one thread, over numpy in turns (of the ten nearest {same} the same)",
        f"{statistics.median(ratios):.1f}x ({min(ratios):.1f} to {max(ratios):.1f})", ">= 20x")


def show(path, rounds):
    count = min(10_000, path.stat().st_size // files.RECORD)
    with tempfile.TemporaryDirectory() as folder:
        for ending in ("png", "jpg"):
            out = f"{folder}/o.{ending}"
            seconds, used = [], []
            for number in range(rounds):
                before = os.times()
                command = (SOSIA, "tiny", "show", "--db", str(path), "-o", out, "-n", str(count), "--seed", str(number))
                seconds.append(run(*command)[1])
                after = os.times()
                used.append(
                    after.children_user + after.children_system - before.children_user - before.children_system)
            size = os.path.getsize(out) / 1e6
            row(
                f"`tiny show` of {count:,} as {ending.upper()} ({size:.1f} MB), s",
                f"{statistics.median(seconds):.3f} ({statistics.median(used):.3f} of processor time)", "<= 0.5")


def main():
    parser = argparse.ArgumentParser(prog="tiny.sh")
    parser.add_argument("--only", default=",".join(PARTS), help=f"some of {','.join(PARTS)}")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--gb", type=float, default=3, help="of the file in the page cache")
    parser.add_argument("--disk-gb", type=float, default=20, help="of the file on the disk")
    parser.add_argument("--disk-rounds", type=int, default=3)
    parser.add_argument("--memory-mb", type=int, default=1024, help="that may be used while that is read")
    parser.add_argument("--work", type=Path, default=HERE.parent / ".data-tiny", help="the folder of the files")
    parser.add_argument("--vectors", type=Path, help="a Float32 .npy of 45,200 vectors or more; made when not given")
    parser.add_argument("--noise", action="store_true", help="files of noise instead of pictures")
    options = parser.parse_args()
    only = options.only.split(",")
    if unknown := set(only) - set(PARTS):
        parser.error(f"--only does not know {', '.join(sorted(unknown))}")
    if options.rounds < 1 or options.disk_rounds < 1:
        parser.error("at least one round")
    work = options.work
    work.mkdir(parents=True, exist_ok=True)
    print(machine())
    print("| what | measured | must reach |\n|---|---|---|", flush=True)
    kind = "noise" if options.noise else "pictures"
    if {"cache", "numpy", "show"} & set(only):
        path = made(work, f"{kind}.bin", options.gb, options.noise)
        if "cache" in only:
            cache(path, options.rounds)
        if "numpy" in only:
            numpy(path, options.rounds)
        if "show" in only:
            show(path, options.rounds)
    if "vectors" in only:
        vectors.measure(SEARCH, options.vectors, work, row)
    if "disk" in only:
        if shutil.disk_usage(work).free < (options.disk_gb + 2) * 1e9:
            sys.exit(f"the disk of {work} has no room for {options.disk_gb} GB; --work names another folder")
        large = work / f"{kind}-large.bin"
        try:
            made(work, large.name, options.disk_gb, options.noise)
            count, different = large.stat().st_size // files.RECORD, files.different()
            if count > different:
                row(f"the file: {count:,} records, the first {different:,} of them again and again", "", "")
            disk.measure(large, SOSIA, options.memory_mb << 20, options.disk_rounds, row)
        finally:
            large.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
