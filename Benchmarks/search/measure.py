"""Taking turns, and what is said of the times."""
import math
import statistics

SLICE = 100


def percentile(values, share):
    """The smallest value that at least this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)]


class Timing:
    """Times of one searcher: nanoseconds a query, slice by slice."""

    def __init__(self):
        self.slices, self.queries, self.found = [], [], []

    def add(self, answer, count):
        times = answer["nanoseconds"]
        self.slices.append(sum(times) / count)
        # A batch gives one time for all its queries.
        self.queries += times if len(times) == count else [sum(times) / count] * count
        self.found += answer["found"]

    @property
    def mean(self):
        return statistics.fmean(self.queries)

    def summary(self):
        return {"mean_ms": self.mean / 1e6, "p50_ms": percentile(self.queries, 0.5) / 1e6,
                "p95_ms": percentile(self.queries, 0.95) / 1e6, "p99_ms": percentile(self.queries, 0.99) / 1e6,
                "queries_per_s": 1e9 / self.mean, "slices_ms": [time / 1e6 for time in self.slices]}


def alternate(searchers, queries, k, batch=False, size=SLICE, rounds=1, warm=True):
    """Lets searchers take turns slice by slice (A B A B).

    `searchers` are (name, function of first query, count, batch -> answer). Returns {name: Timing}; what was found is
    that of the last round.
    """
    times = {name: Timing() for name, _ in searchers}
    if warm:
        for _, search in searchers:
            search(0, min(size, queries), batch)
    for _ in range(rounds):
        for timing in times.values():
            timing.found = []
        for first in range(0, queries, size):
            count = min(size, queries - first)
            for name, search in searchers:
                times[name].add(search(first, count, batch), count)
    return times


def of(worker, k, **settings):
    """A searcher that asks the worker with these settings."""
    return lambda first, count, batch: worker.search(first, count, k, batch, **settings)


def ratios(slow, fast):
    """How many times faster the second is: by means, and the median over the slices."""
    return slow.mean / fast.mean, statistics.median(a / b for a, b in zip(slow.slices, fast.slices))
