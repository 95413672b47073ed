"""Measures the server beside the library and Milvus, among slow clients, and for long.

Run it through Benchmarks/serving.sh, which sets everything up.
"""
import argparse
import contextlib
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from material import PHOTOS, ROOT, TINY, machine, make_photos, run, unpacked

from . import by_id, memory, milvus, stalled, upload
from .server import Client, Server
from .table import HEADER

PARTS = {"id": by_id, "upload": upload, "milvus": milvus, "stalled": stalled, "memory": memory}
FOLDER = ROOT / "Benchmarks"


def arguments():
    parser = argparse.ArgumentParser(prog="Benchmarks/serving.sh", description=__doc__.split("\n")[0])
    parser.add_argument("--only", default=",".join(PARTS), help=f"some of {','.join(PARTS)}")
    parser.add_argument("--store", type=Path, help="a collection to measure a copy of, instead of a new one")
    parser.add_argument("--photos", type=Path, default=PHOTOS)
    parser.add_argument("--tiny", type=Path, default=TINY, help="pictures of the collection: a folder or an archive")
    parser.add_argument("--rounds", type=int, default=5, help="turns of what is compared")
    parser.add_argument("--seconds", type=int, default=8, help="length of a turn")
    parser.add_argument("--sosia", type=Path, default=FOLDER / ".build/release/sosia", help="another build of sosia")
    options = parser.parse_args()
    options.parts = options.only.split(",")
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"--only does not know {', '.join(sorted(unknown))}")
    return options


class Bench:
    """What the parts share: the collection, photographs, servers, folders that go when they are done."""

    def __init__(self, options):
        self.options = options
        self.rounds, self.seconds = options.rounds, options.seconds
        self.cache = FOLDER / ".cache"
        self.cache.mkdir(exist_ok=True)
        self.log = self.cache / "serving.log"
        self.log.unlink(missing_ok=True)
        self.library = FOLDER / ".build/release/sosia-bench-store"
        self.venv = Path(sys.prefix)
        self.store = self.cache / "serving.sosia"
        if not self.store.exists():
            self.make(self.store)
        with self.server() as server:
            server.index()
            with Client(server) as client:
                self.pictures = client.json("GET", server.path)["pictures"]

    def make(self, store):
        with self.temporary() as folder:
            made = folder / store.name
            if self.options.store:
                shutil.copytree(self.options.store, made)
            else:
                print("making the collection, once", file=sys.stderr)
                run(self.options.sosia, "add", str(unpacked(self.options.tiny, folder)), "--store", str(made))
            made.rename(store)

    def server(self, store=None):
        return Server(self.options.sosia, store or self.store, self.log)

    @contextlib.contextmanager
    def temporary(self):
        with tempfile.TemporaryDirectory(dir=self.cache) as folder:
            yield Path(folder)

    def photos(self, count=200):
        """The bytes of photographs of 640x427."""
        folder = self.cache / f"photos-{count}"
        if not folder.exists():
            with self.temporary() as work:
                make_photos(self.options.photos, work / "photos", count)
                (work / "photos").rename(folder)
        return [file.read_bytes() for file in sorted(folder.iterdir())]


def main():
    options = arguments()
    # What is ended from outside ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    bench = Bench(options)
    print(f"{machine()}; {bench.pictures:,} pictures\n\n{HEADER}", flush=True)
    for part in options.parts:
        for line in PARTS[part].rows(bench):
            print(line, flush=True)


if __name__ == "__main__":
    main()
