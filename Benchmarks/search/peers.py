"""One peer in a process of its own: `python -m search.peers NAME`, answering the commands of worker.py.

Every peer keeps to one search thread unless told otherwise, and gets its calls in the form that costs it least: a batch
is one call, so that Python is not in what is measured.
"""
import json
import os
import sys
import time

import numpy as np

from . import memory


def shuffled(count):
    """An order to insert rows in: a graph that gets its rows sorted by subject needs several times the effort."""
    return np.random.default_rng(5).permutation(count)


class Faiss:
    """An index of FAISS; `factory` makes it empty."""

    def __init__(self, factory, refine=False):
        import faiss

        self.faiss, self.factory, self.refine = faiss, factory, refine
        self.version = f"FAISS {faiss.__version__}"
        self.index = None

    def graph(self):
        inner = self.faiss.downcast_index(self.index.base_index if self.refine else self.index)
        if isinstance(inner, self.faiss.IndexPreTransform):
            inner = self.faiss.downcast_index(inner.index)
        return getattr(inner, "hnsw", None)

    def order(self, count):
        """FAISS shuffles by itself."""
        return None

    def build(self, base, rows, threads):
        self.faiss.omp_set_num_threads(threads)
        self.index = self.factory(self.faiss, base.shape[1])
        if self.refine:
            self.index = self.faiss.IndexRefineFlat(self.index)
        if self.graph():
            self.graph().efConstruction = 200
        if not self.index.is_trained:
            self.index.train(base)
        self.index.add(base)

    def save(self, path):
        self.faiss.write_index(self.index, path)

    def open(self, path):
        self.index = self.faiss.read_index(path)

    def search(self, queries, k, threads, effort=None, refine=1.0):
        self.faiss.omp_set_num_threads(threads)
        if effort:
            self.graph().efSearch = effort
        if self.refine:
            self.index.k_factor = refine
        return self.index.search(queries, k)[1]


class HNSWLib:
    def __init__(self):
        from importlib.metadata import version

        import hnswlib

        self.hnswlib, self.index = hnswlib, None
        self.version = f"hnswlib {version('hnswlib')}"

    order = staticmethod(shuffled)

    def build(self, base, rows, threads):
        self.index = self.hnswlib.Index(space="l2", dim=base.shape[1])
        self.index.init_index(max_elements=len(base), M=16, ef_construction=200, random_seed=100)
        self.index.add_items(base, rows, num_threads=threads)

    def save(self, path):
        self.index.save_index(path)

    def open(self, path):
        self.index = self.hnswlib.Index(space="l2", dim=self.dimension)
        self.index.load_index(path)

    def search(self, queries, k, threads, effort=64):
        self.index.set_ef(effort)
        return self.index.knn_query(queries, k, num_threads=threads)[0]


class USearch:
    def __init__(self, dtype="f32"):
        from usearch import __version__
        from usearch.index import Index

        self.kind, self.dtype, self.index = Index, dtype, None
        self.version = f"USearch {__version__}"

    def empty(self):
        return self.kind(ndim=self.dimension, metric="l2sq", dtype=self.dtype, connectivity=16, expansion_add=200)

    order = staticmethod(shuffled)

    def build(self, base, rows, threads):
        self.index = self.empty()
        self.index.add(rows, base, threads=threads)

    def save(self, path):
        self.index.save(path)

    def open(self, path):
        self.index = self.empty()
        self.index.load(path)

    def search(self, queries, k, threads, effort=64):
        self.index.expansion_search = effort
        return self.index.search(queries, k, threads=threads).keys.reshape(len(queries), -1)


def hnsw(faiss, dimension):
    return faiss.IndexHNSWFlat(dimension, 16)


def compact(faiss, dimension):
    return faiss.index_factory(dimension, f"PCA{min(512, dimension // 2)},HNSW16_SQ8")


PEERS = {
    "faiss-flat": lambda: Faiss(lambda faiss, dimension: faiss.IndexFlatL2(dimension)),
    "faiss-hnsw": lambda: Faiss(hnsw),
    "faiss-compact": lambda: Faiss(compact, refine=True),
    "hnswlib": HNSWLib,
    "usearch": USearch,
}


class Session:
    def __init__(self, peer):
        self.peer, self.base, self.queries = peer, None, None

    def load(self, base, queries):
        # Mapped, so that the rows are not in memory twice where the peer copies them.
        self.base = np.load(base["path"], mmap_mode="r")
        self.queries = np.array(np.load(queries["path"], mmap_mode="r"))
        self.peer.dimension = int(self.base.shape[1])
        return {"rows": len(self.base), "version": self.peer.version}

    def build(self, path=None, settings=None):
        # Reading the rows from disk, and shuffling them, is nobody's work here.
        base, rows = self.base, self.peer.order(len(self.base))
        if rows is None:
            for start in range(0, len(base), 65536):
                base[start:start + 65536].max(initial=0)
        else:
            base = base[rows]
        start = time.perf_counter()
        self.peer.build(base, rows, (settings or {}).get("threads", 1))
        seconds = time.perf_counter() - start
        if path:
            self.peer.save(path)
        return {"add": seconds, "bytes": os.path.getsize(path) if path else None}

    def open(self, path):
        start = time.perf_counter_ns()
        self.peer.open(path)
        return {"nanoseconds": [time.perf_counter_ns() - start]}

    def search(self, first, count, k, batch=False, settings=None):
        settings = {"threads": 1, **(settings or {})}
        step = count if batch else 1
        times, found = [], []
        for at in range(first, first + count, step):
            queries = self.queries[at:at + step]
            start = time.perf_counter_ns()
            ids = self.peer.search(queries, k, **settings)
            times.append(time.perf_counter_ns() - start)
            found += np.asarray(ids, np.int64).reshape(len(queries), -1).tolist()
        return {"nanoseconds": times, "found": found}

    def memory(self):
        return {"memory": memory.resident()}


def main():
    session = Session(PEERS[sys.argv[1]]())
    # Libraries print where they like; the answers have the real output for themselves.
    output = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        command = json.loads(line)
        try:
            answer = getattr(session, command.pop("verb"))(**command)
        except Exception as error:  # Whatever a peer raises is its answer.
            answer = {"error": f"{type(error).__name__}: {error}"}
        output.write(json.dumps(answer) + "\n")
        output.flush()


if __name__ == "__main__":
    main()
