"""A server on a collection of drawn pictures, for one run of the tests."""
import csv
import os
import re
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOSIA = os.environ.get("SOSIA", str(ROOT / ".build/debug/sosia"))


class Server:
    """`sosia serve` until the block ends."""

    def __init__(self, *arguments):
        self.arguments = arguments
        self.lines = []

    def __enter__(self):
        command = [SOSIA, "serve", "--port", "0", *map(str, self.arguments)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.reader = threading.Thread(target=self.lines.extend, args=(self.process.stderr,), daemon=True)
        self.reader.start()
        found = re.search(r"https?://\S+", self.process.stdout.readline())
        if not found:
            self.process.wait(timeout=300)
            raise RuntimeError("the server did not start:\n" + "".join(self.lines))
        self.address = found.group().rstrip("/")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=300)
        self.reader.join(timeout=300)
        self.process.stdout.close()
        self.process.stderr.close()


class Pictures:
    """Drawn pictures: some in a collection, with attributes, some to ask with and to add."""

    def __init__(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="sosia-browser-")
        self.folder = Path(self.temporary.name)
        self.collections = self.folder / "collections"
        self.collections.mkdir()
        self.others = self.draw("others", count=30, seed=2)
        inside = self.draw("inside", count=90, seed=1)
        table = self.folder / "attributes.csv"
        with table.open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["path", "kind", "number"])
            for path in sorted(inside.iterdir()):
                kind, number = path.stem.split("-")
                rows.writerow([path, kind, int(number)])
        run("add", inside, "--store", self.collections / "drawings.sosia", "--attributes", table)

    def draw(self, name, count, seed):
        folder = self.folder / name
        script = ROOT / "scripts/generate_pictures.py"
        subprocess.run(
            [sys.executable, script, folder, "--count", str(count), "--seed", str(seed)], check=True, timeout=900)
        return folder

    def close(self):
        self.temporary.cleanup()


def run(*arguments):
    """Runs a command of sosia and returns what it printed."""
    return subprocess.run(
        [SOSIA, *map(str, arguments)], check=True, timeout=1800, capture_output=True, text=True).stdout
