"""The vectors of a collection, for peers and for the truth."""
import sqlite3

import numpy

HEADER = 64
NEAR = 1e-5


class Vectors:
    """Rows by id, and the true distances of the k nearest."""

    def __init__(self, store):
        catalog = sqlite3.connect(f"file:{store / 'catalog.sqlite'}?mode=ro", uri=True)
        (dimension,) = catalog.execute("SELECT dimension FROM collection").fetchone()
        rows = catalog.execute("SELECT id, slot FROM image ORDER BY id").fetchall()
        catalog.close()
        file = numpy.memmap(store / "vectors.f32", numpy.float32, "r", HEADER).reshape(-1, dimension)
        self.ids = [identifier for identifier, _ in rows]
        self.values = numpy.ascontiguousarray(file[[slot for _, slot in rows]])
        self.position = {identifier: position for position, identifier in enumerate(self.ids)}

    def distances(self, query):
        return numpy.linalg.norm(self.values - query, axis=1)

    def recall(self, queries, found, k):
        """The share of the k nearest that was found; ties count."""
        hits = 0
        for query, ids in zip(queries, found):
            distances = self.distances(query)
            limit = numpy.partition(distances, k - 1)[k - 1] + NEAR
            hits += sum(distances[self.position[identifier]] <= limit for identifier in ids[:k])
        return hits / (k * len(queries))
