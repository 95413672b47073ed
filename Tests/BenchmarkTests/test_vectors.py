#!/usr/bin/env python3
"""The benchmark's readers of vector files.

    .deps/python/bin/python -m unittest discover Tests/BenchmarkTests
"""
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / "Benchmarks")]

from search import mixing, vectors  # noqa: E402


def records(rows, item):
    """The bytes of an .fvecs, .bvecs or .ivecs file."""
    return b"".join(np.int32(len(row)).tobytes() + np.asarray(row, item).tobytes() for row in rows)


class Readers(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)
        self.rows = np.random.default_rng(1).integers(0, 255, (7, 5))

    def put(self, name, content):
        path = self.folder / name
        path.write_bytes(content)
        return path

    def npy(self, name, rows):
        np.save(self.folder / name, rows)
        return self.folder / name

    def test_every_format_gives_the_same_rows(self):
        for name, item in (("a.fvecs", np.float32), ("a.bvecs", np.uint8)):
            path = self.put(name, records(self.rows, item))
            np.testing.assert_array_equal(vectors.read(path), self.rows)
            self.assertEqual(vectors.read(path).dtype, item)
        np.testing.assert_array_equal(vectors.read(self.npy("a.npy", self.rows)), self.rows)
        path = self.put("a.ivecs", records(self.rows, np.int32))
        np.testing.assert_array_equal(vectors.read_ids(path), self.rows)

    def test_damage_is_named(self):
        good = records(self.rows, np.float32)
        mixed = records([[1, 2], [3]], np.float32) + bytes(4)
        for name, content in (
                ("empty.fvecs", b""), ("short.fvecs", good[:2]), ("cut.fvecs", good[:-1]), ("mixed.fvecs", mixed),
                ("negative.fvecs", np.int32(-1).tobytes() + good[4:]), ("zero.bvecs", bytes(12)),
                ("cut.npy", b"\x93NUMPY"), ("words.txt", b"1 2 3")):
            with self.subTest(name), self.assertRaises(vectors.BadVectors) as caught:
                vectors.read(self.put(name, content))
            self.assertIn(name, str(caught.exception))
        for name, rows in (("flat.npy", np.zeros(3)), ("words.npy", np.array([["a"]])), ("none.npy", np.zeros((3, 0)))):
            with self.subTest(name), self.assertRaises(vectors.BadVectors):
                vectors.read(self.npy(name, rows))
        with self.assertRaises(vectors.BadVectors):
            vectors.read(self.folder / "absent.npy")
        with self.assertRaises(vectors.BadVectors):
            vectors.read_ids(self.npy("ids.npy", np.zeros((2, 2))))

    def test_float_rows_are_used_where_they_are(self):
        path = self.npy("plain.npy", self.rows.astype(np.float32))
        self.assertEqual(vectors.as_npy(path, self.folder / "cache"), path)
        layout = vectors.layout(path)
        self.assertEqual((layout["rows"], layout["dimension"]), (7, 5))
        values = np.frombuffer(path.read_bytes()[layout["offset"]:], np.float32).reshape(7, 5)
        np.testing.assert_array_equal(values, self.rows)

    def test_other_rows_are_copied_as_floats(self):
        cache = self.folder / "cache"
        for path in (self.npy("double.npy", self.rows.astype(np.float64)),
                     self.npy("columns.npy", np.asfortranarray(self.rows.astype(np.float32))),
                     self.npy("big.npy", self.rows.astype(">f4")),
                     self.put("a.bvecs", records(self.rows, np.uint8))):
            copy = vectors.as_npy(path, cache)
            self.assertEqual(copy.parent, cache)
            self.assertEqual(vectors.read(copy).dtype, np.dtype("<f4"))
            np.testing.assert_array_equal(vectors.read(copy), self.rows)
        few = vectors.as_npy(self.npy("plain.npy", self.rows.astype(np.float32)), cache, limit=3)
        np.testing.assert_array_equal(vectors.read(few), self.rows[:3])

    def test_values_must_be_finite(self):
        rows = self.rows.astype(np.float32)
        rows[6, 4] = np.nan
        with self.assertRaises(vectors.BadVectors):
            vectors.as_npy(self.npy("nan.npy", rows), self.folder / "cache")

    def test_mixtures_depend_on_the_seed_alone(self):
        base = np.random.default_rng(2).normal(size=(50, 8)).astype(np.float32)
        base /= np.linalg.norm(base, axis=1, keepdims=True)
        long = vectors.read(mixing.mixed(base, 9000, 7, self.folder / "long.npy"))
        short = vectors.read(mixing.mixed(base, 300, 7, self.folder / "short.npy"))
        other = vectors.read(mixing.mixed(base, 300, 8, self.folder / "other.npy"))
        np.testing.assert_array_equal(long[:50], base)
        np.testing.assert_array_equal(long[:300], short)
        self.assertFalse((other[50:] == short[50:]).all(axis=1).any())
        np.testing.assert_allclose(np.linalg.norm(long, axis=1), 1, rtol=1e-5)
        few = vectors.read(mixing.mixed(base, 20, 7, self.folder / "few.npy"))
        np.testing.assert_array_equal(few, base[:20])


if __name__ == "__main__":
    unittest.main()
