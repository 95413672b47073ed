"""45,000 vectors of 512 numbers, exact, one thread: the paper's search of fingerprints."""
import os
import statistics
import tempfile
from pathlib import Path

import numpy as np

from search.worker import Worker

COUNT, DIMENSION, QUERIES = 45_000, 512, 200
# Those of the paper.
NEIGHBORS = (10, 5, 2)
# Queries whose answers numpy looks for, too.
CHECKED = 20


def generated(count):
    """Vectors whose directions weigh as unevenly as those of embeddings do: falling as 1/n, in groups."""
    numbers = np.random.default_rng(1)
    scale = 1 / np.sqrt(1 + np.arange(DIMENSION))
    centers = numbers.standard_normal((500, DIMENSION)) * scale
    rows = centers[numbers.integers(500, size=count)] + 0.5 * numbers.standard_normal((count, DIMENSION)) * scale
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def measure(program, given, work, row):
    """- given: a .npy of at least so many vectors, of which the last ones are the queries; None for generated ones."""
    total = COUNT + QUERIES
    rows = np.load(given, mmap_mode="r") if given else generated(total)
    if rows.dtype != np.float32 or rows.ndim != 2 or rows.shape[0] < total:
        raise SystemExit(f"{given} is no Float32 .npy of at least {total} vectors")
    dimension = rows.shape[1]
    with tempfile.TemporaryDirectory(dir=work) as folder:
        path = f"{folder}/rows.f32"
        np.ascontiguousarray(rows[:total]).tofile(path)
        with Worker("sosia", [program], f"{folder}/log") as worker:
            shape = {"path": path, "dimension": dimension}
            worker.ask(
                "load", base={**shape, "offset": 0, "rows": COUNT},
                queries={**shape, "offset": COUNT * dimension * 4, "rows": QUERIES})
            worker.ask("build", kind="exact", path=f"{folder}/index", settings={"threads": os.cpu_count()})
            worker.ask("open", kind="exact", path=f"{folder}/index", repeats=1)
            worker.search(0, QUERIES, NEIGHBORS[0], threads=1)
            answers = {k: worker.search(0, QUERIES, k, threads=1) for k in NEIGHBORS}
        all = np.asarray(rows[:COUNT])
        orders = [
            np.argsort(((all - rows[COUNT + number]) ** 2).sum(axis=1), kind="stable") for number in range(CHECKED)]
    what = f"of {Path(given).name}" if given else "generated"
    for k, answer in answers.items():
        same = sum(
            len(set(order[:k].tolist()) & {int(n) for n in found})
            for order, found in zip(orders, answer["found"]))
        times = [n / 1e6 for n in answer["nanoseconds"]]
        row(
            f"{COUNT:,} x {dimension} ({what}), k = {k}, exact, one thread, ms"
            f" ({same} of {CHECKED * k} as numpy finds them)",
            f"median {statistics.median(times):.2f}, mean {statistics.mean(times):.2f}", "<= 2")
