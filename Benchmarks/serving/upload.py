"""Search by upload: what the server adds to decoding, embedding and searching."""
import statistics
import time

from .server import Client
from .table import quantile, row

SEARCHES = 300
WARM = 10


def rows(bench):
    photos = bench.photos()
    overheads, wholes = [], []
    with bench.server() as server, Client(server) as client:
        for turn in range(WARM + SEARCHES):
            start = time.perf_counter()
            answer = client.upload(f"{server.path}/search", photos[turn % len(photos)])
            whole = 1000 * (time.perf_counter() - start)
            timing = answer["timing_ms"]
            if turn >= WARM:
                wholes.append(whole)
                overheads.append(whole - timing["decode"] - timing["embed"] - timing["search"])
    measured = (
        f"p95 {quantile(overheads, 0.95):.2f} ms (p50 {statistics.median(overheads):.2f} ms) of "
        f"{statistics.median(wholes):.1f} ms in all")
    yield row("search by upload of a 640x427 JPEG, one at a time, over decode + embed + search", measured, "<= 5 ms")
