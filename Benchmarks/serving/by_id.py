"""Search by id: the server under wrk, and the library called directly, in turns."""
import statistics

from search.worker import Worker

from .load import load
from .table import row, spread

CONNECTIONS = 16
K = 10


def rows(bench):
    for what, query, recall in (("exact", f"k={K}", None), ("graph, recall 0.99", f"k={K}&recall=0.99", 0.99)):
        with bench.server() as server, Worker("the library", [bench.library, bench.store], bench.log) as library:
            def served(seconds):
                return load(server, bench.pictures, query, seconds, CONNECTIONS)

            def called(seconds):
                return library.ask("search", seconds=seconds, tasks=CONNECTIONS, k=K, recall=recall)

            # The first searches read the files.
            served(3)
            called(3)
            turns = []
            for _ in range(bench.rounds):
                over, direct = served(bench.seconds), called(bench.seconds)
                turns.append((over, direct["searches"] / direct["seconds"]))
            ratio = spread([over.rate / direct for over, direct in turns])
            measured = (
                f"{ratio}: {statistics.median(over.rate for over, _ in turns):,.0f}/s over HTTP "
                f"(p50 {statistics.median(over.p50_ms for over, _ in turns):.1f} ms, "
                f"p99 {statistics.median(over.p99_ms for over, _ in turns):.1f} ms), "
                f"{statistics.median(direct for _, direct in turns):,.0f}/s called directly")
        yield row(f"search by id over HTTP against the library, {CONNECTIONS} connections, {what}", measured, ">= 0.6x")
