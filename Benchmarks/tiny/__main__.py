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
from tiny import files

HERE = Path(__file__).resolve().parent
DATA = HERE.parent / ".data-tiny"
BENCH = os.environ.get("SOSIA_BENCH_TINY", str(HERE.parent / ".build/release/sosia-bench-tiny"))


def row(what, measured, goal):
    print(f"| {what} | {measured} | {goal} |", flush=True)


def cifar():
    """All of CIFAR-10 as records, made by Sosia itself."""
    path = DATA / "cifar.bin"
    if not path.exists():
        if not TINY.exists():
            sys.exit(f"{TINY} is not there; --noise needs no pictures")
        run(SOSIA, "tiny", "make", "--from", str(TINY), str(path))
    return np.fromfile(path, dtype=np.uint8).reshape(-1, files.RECORD)


def made(name, gigabytes, noise):
    path = DATA / name
    count = int(gigabytes * 1e9) // files.RECORD
    if not path.exists() or path.stat().st_size != count * files.RECORD:
        arrays = files.noise(1) if noise else files.variants(cifar(), 1)
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
    warm(path)
    ratios, own, peers = [], [], []
    for _ in range(max(1, rounds // 2)):
        answer, _, _ = run(SOSIA, "tiny", "search", "--db", str(path), "@1000", "--threads", "1", "-n", "10000", "--json")
        answer = json.loads(answer)
        own.append(max(answer["took_ms"], 1) / 1000)
        output, _, _ = run(sys.executable, str(HERE / "peer.py"), str(path), "1000", "10000")
        peer, *nearest = output.split()
        peers.append(float(peer))
        found = [hit["position"] for hit in answer["queries"][0]["hits"][: len(nearest)]]
        same = sum(a == int(b) for a, b in zip(found, nearest))
        ratios.append(peers[-1] / own[-1])
    size = path.stat().st_size / 1e9
    row("numpy, blockwise, GB/s", f"{size / statistics.median(peers):.3f}", "")
    row(f"one query, one thread, over numpy (of the ten nearest {same} the same)", f"{statistics.median(ratios):.1f}x", ">= 20x")


def show(path, rounds):
    with tempfile.TemporaryDirectory() as folder:
        for ending in ("png", "jpg"):
            out = f"{folder}/o.{ending}"
            seconds = [
                run(SOSIA, "tiny", "show", "--db", str(path), "-o", out, "-n", "10000", "--seed", str(n))[1]
                for n in range(rounds)
            ]
            size = os.path.getsize(out) / 1e6
            row(f"`tiny show` of 10,000 as {ending} ({size:.1f} MB), s", f"{statistics.median(seconds):.3f}", "<= 0.5")


def drop(path):
    """Takes the file out of the page cache."""
    os.sync()
    with open(path, "rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def disk(path, limit):
    """Beside dd, in turns, from the disk; both in a group that may use so much memory, its file pages included."""
    group = memory_group(limit)
    ratios, rates = [], {"dd": [], "sosia": []}
    for _ in range(2):
        for name, command in (
            ("dd", ["dd", f"if={path}", "of=/dev/null", "bs=1M"]),
            ("sosia", [SOSIA, "tiny", "search", "--db", str(path), "@1000", "-n", "10000"]),
        ):
            drop(path)
            start = time.perf_counter()
            limited(command, group, limit)
            rates[name].append(path.stat().st_size / (time.perf_counter() - start) / 1e9)
        ratios.append(rates["sosia"][-1] / rates["dd"][-1])
    kind = "cgroup" if group else "ulimit -v"
    size = path.stat().st_size / 1e9
    row(f"dd, {size:.0f} GB from the disk, GB/s", f"{statistics.median(rates['dd']):.2f}", "")
    row(f"one query, the same, {limit >> 20} MB of memory ({kind}), GB/s", f"{statistics.median(rates['sosia']):.2f}", "")
    row("over dd", f"{statistics.median(ratios):.2f}x ({min(ratios):.2f} to {max(ratios):.2f})", ">= 0.9x")
    if group:
        group.rmdir()


def memory_group(limit):
    """A memory cgroup of version 2 or 1, None where none can be made."""
    for root, name in ((Path("/sys/fs/cgroup"), "memory.max"), (Path("/sys/fs/cgroup/memory"), "memory.limit_in_bytes")):
        group = root / f"sosia-bench-{os.getpid()}"
        try:
            group.mkdir()
            if (group / name).exists():
                (group / name).write_text(str(limit))
                return group
            group.rmdir()
        except OSError:
            continue
    return None


def limited(command, group, limit):
    def enter():
        if group:
            (group / "cgroup.procs").write_text(str(os.getpid()))
        else:
            import resource

            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

    subprocess.run(command, preexec_fn=enter, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main():
    parser = argparse.ArgumentParser(prog="tiny.sh")
    parser.add_argument("--only", default="cache,numpy,show,disk")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--gb", type=float, default=3)
    parser.add_argument("--disk-gb", type=float, default=20)
    parser.add_argument("--noise", action="store_true")
    options = parser.parse_args()
    only = options.only.split(",")
    DATA.mkdir(exist_ok=True)
    print(machine())
    print("| what | measured | must reach |\n|---|---|---|")
    kind = "noise" if options.noise else "pictures"
    if {"cache", "numpy", "show"} & set(only):
        path = made(f"{kind}.bin", options.gb, options.noise)
        if "cache" in only:
            cache(path, options.rounds)
        if "numpy" in only:
            numpy(path, options.rounds)
        if "show" in only:
            show(path, options.rounds)
    if "disk" in only:
        if shutil.disk_usage(DATA).free < (options.disk_gb + 2) * 1e9:
            sys.exit(f"the disk has no room for {options.disk_gb} GB")
        large = DATA / f"{kind}-large.bin"
        try:
            disk(made(large.name, options.disk_gb, options.noise), 1 << 30)
        finally:
            large.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
