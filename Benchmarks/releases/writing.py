"""Adding pictures: unchanged ones again, and new ones."""
import json
from pathlib import Path

from material import run

from .turns import alternate, settle

K = 10
# Photographs whose neighbours are compared after they were added.
COMPARED = 10


def again(bench):
    """`sosia add` of a folder in which nothing has changed."""
    def ask(side, number):
        settle()
        return {"whole": bench.add(side, bench.files, side.store, "unchanged", bench.pictures)}, None

    turns = alternate(bench.installed, ask, bench.rounds, 3, bench.seconds(70), warm=1)
    yield turns.row(f"`add` again, {bench.pictures:,} unchanged files", "whole", "s")


def ingest(bench):
    """`sosia add` of photographs, each time into a collection that is new."""
    photos, count = bench.photos(), bench.options.photos_count
    with bench.temporary() as work:
        stores = {}

        def ask(side, number):
            if side.name in stores:
                bench.discard(stores[side.name])
            store = stores[side.name] = work / f"{side.name}.sosia"
            settle()
            return {"whole": bench.add(side, photos, store, "added", count)}, None

        turns = alternate(bench.installed, ask, bench.rounds, 1, bench.seconds(280))
        yield turns.row(f"`add` of {count:,} photographs to a new collection", "whole", "s")
        for photo in sorted(photos.iterdir())[::max(1, count // COMPARED)][:COMPARED]:
            old, new = (neighbours(side, photo, stores[side.name]) for side in bench.sides)
            turns.compared += 1
            turns.equal += old == new
        yield turns.agreement("searches of photographs in these collections")


def neighbours(side, photo, store):
    text, _, _ = run(side.program, "search", photo, "-k", str(K), "--exact", "--store", store, "--json", limit=60)
    return [(Path(hit["path"]).name, hit["distance"]) for hit in json.loads(text)["hits"]]
