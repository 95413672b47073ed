#!/usr/bin/env python3
"""True neighbours, recall and the comparison of answers, against the definition in double precision."""
import statistics
import sys
import unittest
from pathlib import Path

import numpy as np

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / "Benchmarks")]

from search import graph, measure, table, truth  # noqa: E402


def defined(base, queries, k, allowed=None):
    """Row numbers by Float32 distance, ties by row, one distance after the other."""
    lists = []
    for query in queries.astype(np.float64):
        distances = np.sqrt(((base.astype(np.float64) - query) ** 2).sum(1)).astype(np.float32)
        rows = [row for row in range(len(base)) if allowed is None or allowed[row]]
        lists.append(sorted(rows, key=lambda row: (distances[row], row))[:k])
    return lists


class Truth(unittest.TestCase):
    def setUp(self):
        self.random = np.random.default_rng(3)
        self.base = self.random.normal(size=(900, 24)).astype(np.float32)
        self.queries = self.random.normal(size=(9, 24)).astype(np.float32)

    def test_equals_the_definition(self):
        for block in (64, 100, 5000):
            self.assertEqual(truth.nearest(self.base, self.queries, 10, block=block).tolist(),
                             defined(self.base, self.queries, 10))

    def test_ties_go_by_row(self):
        # So many equal rows that candidates of single precision cannot tell them apart.
        base = np.repeat(self.base[:4], 100, axis=0)[self.random.permutation(400)]
        self.assertEqual(truth.nearest(base, self.queries, 10, block=64).tolist(), defined(base, self.queries, 10))

    def test_rows_far_from_the_origin(self):
        base = self.base + np.float32(1000)
        queries = self.queries + np.float32(1000)
        self.assertEqual(truth.nearest(base, queries, 10, block=100).tolist(), defined(base, queries, 10))

    def test_only_allowed_rows(self):
        allowed = self.random.random(900) < 0.02
        got = truth.nearest(self.base, self.queries, 10, allowed, block=64).tolist()
        self.assertEqual(got, defined(self.base, self.queries, 10, allowed))
        allowed[:] = False
        allowed[[5, 7]] = True
        got = truth.nearest(self.base, self.queries, 10, allowed)
        self.assertTrue((got[:, 2:] == -1).all())
        self.assertEqual([sorted(row) for row in got[:, :2].tolist()], [[5, 7]] * 9)

    def test_recall(self):
        known = np.array([[1, 2, 3, 4], [5, 6, -1, -1]])
        self.assertEqual(truth.recall([[1, 2, 3, 4], [5, 6]], known, 4), 1)
        self.assertEqual(truth.recall([[4, 3, 9, 8], [6]], known, 4), 0.5)
        self.assertEqual(truth.recall([[1, 9], [5, 6]], known, 2), 0.75)
        self.assertEqual(truth.recall([[], []], np.full((2, 3), -1), 3), 1)

    def test_comparison_tells_ties_from_mistakes(self):
        base = np.array([[0.0], [1], [1], [2]], np.float32)
        query = np.zeros((1, 1), np.float32)
        known = np.array([[0, 1, 2]])
        self.assertEqual(truth.compare([[0, 1, 2]], known, base, query, 3), {"same": 3, "tied": 0, "wrong": 0})
        self.assertEqual(truth.compare([[0, 2, 1]], known, base, query, 3), {"same": 1, "tied": 2, "wrong": 0})
        self.assertEqual(truth.compare([[0, 1, 3]], known, base, query, 3), {"same": 2, "tied": 0, "wrong": 1})
        self.assertEqual(truth.compare([[0]], known, base, query, 3), {"same": 1, "tied": 0, "wrong": 2})


class Measuring(unittest.TestCase):
    def test_percentiles(self):
        for count in (1, 2, 99, 100, 1000):
            values = list(np.random.default_rng(count).permutation(count))
            self.assertEqual(measure.percentile(values, 0.5), (count + 1) // 2 - 1)
            self.assertEqual(measure.percentile(values, 1), count - 1)
        self.assertEqual(measure.percentile(range(1000), 0.99), 989)
        self.assertEqual(statistics.median(range(9)), measure.percentile(range(9), 0.5))

    def test_searchers_take_turns(self):
        calls = []

        def searcher(name, nanoseconds):
            def search(first, count, batch):
                calls.append((name, first, count))
                return {"nanoseconds": [nanoseconds] * count, "found": [[first + i] for i in range(count)]}
            return name, search

        result = measure.alternate([searcher("a", 30), searcher("b", 10)], 250, 10, rounds=2)
        self.assertEqual(calls[:2], [("a", 0, 100), ("b", 0, 100)])
        self.assertEqual(calls[2:8], [(name, first, count) for first, count in ((0, 100), (100, 100), (200, 50))
                                      for name in "ab"])
        self.assertEqual(calls[2:8], calls[8:])
        self.assertEqual(result["a"].found, [[i] for i in range(250)])
        self.assertEqual(measure.ratios(result["a"], result["b"]), (3, 3))
        self.assertEqual(result["b"].summary()["queries_per_s"], 1e8)

    def test_means_weigh_queries_and_not_slices(self):
        timing = measure.Timing()
        timing.add({"nanoseconds": [10] * 100, "found": []}, 100)
        timing.add({"nanoseconds": [40] * 50, "found": []}, 50)
        self.assertEqual(timing.mean, 20)

    def test_goals(self):
        self.assertEqual(table.goal(">= 4x", 4, 4), ">= 4x: reached")
        self.assertEqual(table.goal(">= 4x", 3, 4), ">= 4x: missed by 25%")
        self.assertEqual(table.goal("<= 50 ms", 60, 50, False), "<= 50 ms: missed by 20%")

    def test_the_least_effort_is_found(self):
        class Searcher:
            def search(self, first, count, k, batch, effort):
                return {"nanoseconds": [effort * 1000], "found": effort}

        class Given:
            query_count, k = 100, 10

            def recall(self, found):
                return min(1.0, found / 53)

        sweep = graph.Sweep(Searcher(), Given()).run()
        self.assertEqual(sweep.least(), 53)
        self.assertEqual(sweep.least(0.5), 27)
        Given.recall = lambda self, found: 0.5
        self.assertIsNone(graph.Sweep(Searcher(), Given()).least())


if __name__ == "__main__":
    unittest.main()
