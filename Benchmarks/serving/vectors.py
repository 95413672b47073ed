"""The vectors of a collection, and which are nearest."""
import sqlite3

import numpy

HEADER = 64
NEAR = 1e-5


class Vectors:
    """Rows by id."""

    def __init__(self, store):
        catalog = sqlite3.connect(f"file:{store / 'catalog.sqlite'}?mode=ro", uri=True)
        (dimension,) = catalog.execute("SELECT dimension FROM collection").fetchone()
        rows = catalog.execute("SELECT id, slot FROM image ORDER BY id").fetchall()
        catalog.close()
        file = numpy.memmap(store / "vectors.f32", numpy.float32, "r", HEADER).reshape(-1, dimension)
        self.ids = [identifier for identifier, _ in rows]
        self.values = numpy.ascontiguousarray(file[[slot for _, slot in rows]])
        self.position = {identifier: position for position, identifier in enumerate(self.ids)}

    def of(self, ids):
        return self.values[[self.position[identifier] for identifier in ids]]


class Truth:
    """How far the k nearest of each query are."""

    def __init__(self, vectors, queries, k):
        self.vectors, self.queries, self.k = vectors, queries, k
        squares = numpy.einsum("ij,ij->i", vectors.values, vectors.values)
        self.limits = []
        for query in queries:
            # The quick formula is inexact: it picks, and what it picked is measured again.
            picked = numpy.argpartition(squares - 2 * (vectors.values @ query), 4 * k)[:4 * k]
            self.limits.append(numpy.partition(distances(vectors.values[picked], query), k - 1)[k - 1] + NEAR)

    def recall(self, found):
        """The share of the k nearest that was found; ties count."""
        hits = sum(
            numpy.count_nonzero(distances(self.vectors.of(ids[:self.k]), query) <= limit)
            for query, limit, ids in zip(self.queries, self.limits, found))
        return hits / (self.k * len(self.queries))


def distances(rows, query):
    return numpy.linalg.norm(rows - query, axis=1)
