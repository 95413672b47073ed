"""Resident memory of the server while it searches and takes uploads for long."""
import shutil
import statistics
from concurrent.futures import ThreadPoolExecutor

from material import commented
from search.memory import resident

from .load import load
from .server import Client
from .table import row

SEARCHES = 100_000
UPLOADS = 5_000
STEPS = 10
SLICE = 5


def rows(bench):
    photos = bench.photos()
    with bench.temporary() as folder:
        # Uploads change the collection.
        store = folder / bench.store.name
        shutil.copytree(bench.store, store)
        with bench.server(store) as server:
            work = Work(bench, server, photos)
            work.do(SEARCHES // STEPS, UPLOADS // STEPS)
            warm = resident(server.pid)
            steps = []
            for _ in range(STEPS):
                work.do(SEARCHES // STEPS, UPLOADS // STEPS)
                steps.append(resident(server.pid))
    last = {name: statistics.median(step[name] for step in steps[-3:]) for name in warm}
    growth = {name: last[name] / warm[name] - 1 for name in warm}
    measured = (
        f"{growth['resident']:+.1%}: {warm['resident'] / 1e6:,.0f} MB after a tenth of it, "
        f"{last['resident'] / 1e6:,.0f} MB at the end (of no file: {warm['anonymous'] / 1e6:,.0f} and "
        f"{last['anonymous'] / 1e6:,.0f} MB, {growth['anonymous']:+.1%})")
    yield row(f"resident memory after {work.searches:,} searches and {work.uploads:,} uploads", measured, "<= +10 %")


class Work:
    def __init__(self, bench, server, photos):
        self.bench, self.server, self.photos = bench, server, photos
        self.searches = self.uploads = 0

    def do(self, searches, uploads):
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(self.upload, self.shares(uploads, 4)))
        self.uploads += uploads
        # Searches come last: after an upload the vectors are mapped anew, and nothing of them is resident.
        end = self.searches + searches
        while self.searches < end:
            self.searches += load(self.server, self.bench.pictures, "k=10&recall=0.99", SLICE, 16).requests

    def shares(self, uploads, parts):
        numbers = range(self.uploads, self.uploads + uploads)
        return [numbers[part::parts] for part in range(parts)]

    def upload(self, numbers):
        with Client(self.server) as client:
            for number in numbers:
                photo = self.photos[number % len(self.photos)]
                client.upload(f"{self.server.path}/images", commented(photo, number))
