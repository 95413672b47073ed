#!/usr/bin/env python3
"""Two releases in turns: their order, ratios and equal answers, and the lines of a commit."""
import contextlib
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / "Benchmarks")]

import material  # noqa: E402
from releases import lines, turns  # noqa: E402


class Alternating(unittest.TestCase):
    def setUp(self):
        patch = mock.patch.object(turns, "settle")
        self.settle = patch.start()
        self.addCleanup(patch.stop)

    def test_sides_take_turns_by_slices(self):
        calls = []

        def opened():
            calls.append("opened")
            return contextlib.nullcontext(["a", "b"])

        def ask(side, number):
            calls.append((side, number))
            return {"whole": {"a": 30, "b": 10}[side]}, number

        result = turns.alternate(opened, ask, 3, 3, 1000, size=2, warm=1)
        warm = ["opened", ("a", 0), ("b", 0)]
        forwards = [("a", 0), ("a", 1), ("b", 0), ("b", 1), ("a", 2), ("b", 2)]
        backwards = [("b", 0), ("b", 1), ("a", 0), ("a", 1), ("b", 2), ("a", 2)]
        self.assertEqual(calls, warm + forwards + warm + backwards + warm + forwards)
        self.assertEqual(self.settle.call_count, 3)
        self.assertEqual(result.figures("whole"), ([30] * 3, [10] * 3))
        self.assertEqual((result.equal, result.compared), (9, 9))

    def taken(self, seconds, rounds=7, count=1, warm=0):
        """The sizes of the rounds when each question takes five seconds."""
        with mock.patch.object(turns.time, "monotonic") as clock:
            clock.return_value = 0

            def ask(*_):
                clock.return_value += 5
                return {"whole": 1}, None

            result = turns.alternate(
                lambda: contextlib.nullcontext(["a", "b"]), ask, rounds, count, seconds, warm=warm)
        return [len(old) for old, _ in result.rounds]

    def test_rounds_end_with_the_time_but_not_before_the_least(self):
        self.assertEqual(self.taken(1), 3 * [1])
        self.assertEqual(self.taken(45), 4 * [1])
        self.assertEqual(self.taken(1000), 7 * [1])

    def test_a_round_that_takes_too_long_asks_less(self):
        self.assertEqual(self.taken(60, count=100), 3 * [3])
        self.assertEqual(self.taken(60, count=100, warm=100), 3 * [1])


class Rows(unittest.TestCase):
    def taken(self, rounds):
        result = turns.Turns()
        for old, new in rounds:
            result.add([[({"whole": value}, None) for value in old], [({"whole": value}, None) for value in new]])
        return result

    def test_a_shorter_time_is_a_higher_speed(self):
        result = self.taken([([10, 20, 90], [5, 10, 11]), ([40, 40, 40], [40, 40, 40]), ([30, 30, 30], [60, 60, 60])])
        self.assertEqual(
            result.row("it", "whole"),
            "| it | 30.0 ms (20.0 to 40.0) | 40.0 ms (10.0 to 60.0) | 1.000x (0.500 to 2.000) | 9 in 3 rounds |")

    def test_a_higher_rate_is_a_higher_speed(self):
        result = self.taken([([10, 10], [4, 6])])
        self.assertEqual(
            result.row("it", "whole", "/s", turns.per_second, rate=True),
            "| it | 100 /s (100 to 100) | 200 /s (200 to 200) | 2.000x (2.000 to 2.000) | 2 in 1 rounds |")

    def test_other_ids_and_other_distances_are_not_equal(self):
        result = turns.Turns()
        answers = [[(1, 0.5)], [(1, 0.5)], [(2, 0.25)], None]
        other = [[(1, 0.5)], [(1, 0.50000001)], [(3, 0.25)], None]
        result.add([[({}, answer) for answer in side] for side in (answers, other)])
        self.assertEqual(result.agreement("them"), "| them: equal answers | | | 1 of 3 | |")

    def test_numbers(self):
        self.assertEqual([turns.number(value) for value in (12345.6, 123.4, 12.34, 1.234, 0.01234)],
                         ["12,346", "123", "12.3", "1.23", "0.0123"])


class Lines(unittest.TestCase):
    def test_only_swift_of_the_product_counts(self):
        with tempfile.TemporaryDirectory() as folder:
            def git(*words):
                subprocess.run(
                    ["git", "-C", folder, "-c", "user.name=A", "-c", "user.email=a@example.org", *words], check=True,
                    capture_output=True)

            git("init", "--quiet")
            for name, content in (
                    ("Sources/A/a.swift", "1\n2\n3\n"), ("Sources/A/ä b.swift", "1\n2\n"), ("Sources/A/a.c", "1\n"),
                    ("Sources/EngineConformance/e.swift", "1\n"), ("Tests/t.swift", "1\n")):
                file = Path(folder, name)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(content)
            git("add", ".")
            git("commit", "--quiet", "--message", "First")
            Path(folder, "Sources/A/a.swift").write_text("1\n")
            git("commit", "--quiet", "--all", "--message", "Second")
            self.assertEqual([lines.swift_lines(commit, folder) for commit in ("HEAD~1", "HEAD")], [5, 3])
            with self.assertRaisesRegex(ValueError, "nowhere"):
                lines.swift_lines("nowhere", folder)


class Programs(unittest.TestCase):
    def test_output_and_codes(self):
        text, seconds, memory = material.run("sh", "-c", "echo a; exit 3")
        self.assertEqual(text, "a\n")
        self.assertTrue(seconds > 0 and memory > 0)
        with self.assertRaisesRegex(SystemExit, "ended with 4"):
            material.run("sh", "-c", "exit 4")

    def test_a_program_that_does_not_end_is_ended(self):
        with self.assertRaisesRegex(SystemExit, "ended with -9"):
            material.run("sleep", "600", limit=0.1)

    def test_a_comment_is_all_that_differs(self):
        photo = b"\xff\xd8\xff\xe0rest"
        self.assertEqual(material.commented(photo, 12), b"\xff\xd8\xff\xfe\x00\x0412\xff\xe0rest")


if __name__ == "__main__":
    unittest.main()
