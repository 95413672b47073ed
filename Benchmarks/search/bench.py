"""What all measurements share: the vectors, the searchers, the work folder, the results."""
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from . import truth, vectors
from .worker import Worker

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class VectorSet:
    """Base, queries and the true neighbours of one comparison."""

    name: str
    base: Path
    queries: Path
    truth: np.ndarray
    k: int = 10

    @property
    def rows(self):
        return vectors.read(self.base)

    def query_rows(self):
        return np.array(vectors.read(self.queries))

    @property
    def query_count(self):
        return len(vectors.read(self.queries))

    def recall(self, found):
        return truth.recall(found, self.truth, self.k)

    def compare(self, found):
        return truth.compare(found, self.truth, self.rows, self.query_rows(), self.k)

    @property
    def title(self):
        count, dimension = self.rows.shape
        return f"{self.name}, {count:,} x {dimension:,}"


class Bench:
    def __init__(self, options, cache, work, program):
        self.options, self.cache, self.work, self.program = options, cache, work, program
        self.results = {}
        self.indexes = {}
        self.peers = {}
        self.versions = {}
        self.log = work / "searchers.log"

    def say(self, text):
        print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)

    def vectors(self, name, base, queries, ids=None, limit=None):
        """Maps, converts and checks; finds the true neighbours when none are given."""
        base = vectors.as_npy(base, self.cache, limit)
        queries = vectors.as_npy(queries, self.cache, self.options.query_count)
        rows, asked = vectors.read(base), vectors.read(queries)
        if rows.shape[1] != asked.shape[1]:
            raise vectors.BadVectors(f"{queries} has dimension {asked.shape[1]}, {base} has {rows.shape[1]}")
        if ids is not None:
            known = vectors.read_ids(ids)[:len(asked)]
            if known.shape[0] != len(asked) or known.shape[1] < 10 or known.max() >= len(rows) or known.min() < 0:
                raise vectors.BadVectors(f"{ids} does not fit: ten row numbers for each of {len(asked)} queries")
        else:
            stored = self.cache / f"truth-{vectors.fingerprint(base, queries, k=10)}.npy"
            if not stored.exists():
                self.say(f"computing the true neighbours of {name}")
                vectors.write_npy(stored, [truth.nearest(rows, asked, 10)], len(asked), 10, np.int64)
            known = np.load(stored)
        return VectorSet(name, base, queries, known)

    def sosia(self, given):
        worker = Worker("Sosia", [self.program], self.log)
        answer = worker.ask("load", base=vectors.layout(given.base), queries=vectors.layout(given.queries))
        self.versions["SIMD level"] = answer["simd"]
        worker.kinds = answer["kinds"]
        return worker

    def peer(self, name, given, threads=1):
        package = Path(__file__).resolve().parents[1]
        limit = {word: str(threads) for word in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
        worker = Worker(name, [sys.executable, "-m", "search.peers", name], self.log,
                        {"PYTHONPATH": str(package), **limit})
        answer = worker.ask("load", base=vectors.layout(given.base), queries=vectors.layout(given.queries))
        self.versions[name] = answer["version"]
        return worker

    def built(self, kind, given, **settings):
        """The file of Sosia's index over these vectors, built once a run; with what building it cost."""
        key = (kind, str(given.base), tuple(sorted(settings.items())))
        if key not in self.indexes:
            self.say(f"building Sosia's {kind} index of {given.title}")
            path = self.work / f"{kind}-{len(self.indexes)}.index"
            with self.sosia(given) as worker:
                answer = worker.ask("build", kind=kind, path=str(path), settings={"threads": 2, **settings})
                # Writing is not in the time of the peers either.
            answer["seconds"] = answer["train"] + answer["add"]
            self.indexes[key] = path, answer
            self.results.setdefault("builds", []).append({"kind": kind, "vectors": given.title, **settings, **answer})
        return self.indexes[key]

    def opened(self, kind, given, **settings):
        """Sosia in a fresh process with its index opened."""
        path, _ = self.built(kind, given, **settings)
        worker = self.sosia(given)
        worker.ask("open", kind=kind, path=str(path))
        return worker

    def built_peer(self, name, given):
        key = name, str(given.base)
        if key not in self.peers:
            self.say(f"building {name} over {given.title}, two threads")
            path = self.work / f"{name}-{len(self.peers)}.index"
            with self.peer(name, given, threads=2) as worker:
                answer = worker.ask("build", path=str(path), settings={"threads": 2})
            answer["seconds"] = answer["add"]
            self.peers[key] = path, answer
            self.results.setdefault("builds", []).append({"kind": name, "vectors": given.title, **answer})
        return self.peers[key]

    def opened_peer(self, name, given):
        path, _ = self.built_peer(name, given)
        worker = self.peer(name, given)
        worker.baseline = worker.ask("memory")["memory"]["resident"]
        worker.ask("open", path=str(path))
        return worker

    def keep(self, name, **facts):
        """Raw results for the JSON file."""
        self.results[name] = facts

    def close(self):
        shutil.rmtree(self.work, ignore_errors=True)
