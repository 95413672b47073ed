"""What the parts share: the two releases with their collections, files to add, servers, temporary folders."""
import contextlib
import functools
import hashlib
import json
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from material import ROOT, commented, make_photos, run, unpacked
from serving.server import Client, Server

FOLDER = ROOT / "Benchmarks"
# Seconds until what is run once is ended.
LIMIT = 3600


@dataclass
class Side:
    """A release and its collection."""

    name: str
    program: Path
    store: Path


class Bench:
    # Ids are taken so far apart that neighbours in a row are none in the collection; a prime, so that none comes twice.
    STEP = 7919

    def __init__(self, options):
        self.options, self.rounds = options, options.rounds
        self.cache = FOLDER / ".cache"
        self.folder = self.cache / f"releases-{options.pictures}"
        self.files = self.folder / "files"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log = self.cache / "releases.log"
        self.log.unlink(missing_ok=True)

    def say(self, text):
        print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)

    def seconds(self, whole):
        """What a part may take."""
        return whole / 3 if self.options.quick else whole

    def id(self, number):
        return 1 + number * self.STEP % self.pictures

    @functools.cached_property
    def sides(self):
        """Both releases. The collection is made by the old one, once; the new one has a copy, which it may migrate."""
        old, new = digest(self.options.old), digest(self.options.new)
        if not self.files.exists():
            # Collections name files of the folder that is gone.
            for folder in [*self.folder.glob("old-*"), *self.folder.glob("new-*")]:
                shutil.rmtree(folder)
            self.make_files()
        first = self.made(Side("old", self.options.old, self.folder / f"old-{old}/pictures.sosia"), None)
        source = None if self.options.own else first.store
        name = f"new-{new}-own" if self.options.own else f"new-{new}-{old}"
        return [first, self.made(Side("new", self.options.new, self.folder / name / "pictures.sosia"), source)]

    def installed(self):
        """Both releases as they lie there, for what starts a process each time."""
        return contextlib.nullcontext(self.sides)

    @functools.cached_property
    def pictures(self):
        """How many pictures both collections hold."""
        counts = []
        for side in self.sides:
            text, _, _ = run(side.program, "status", "--store", side.store, "--json", limit=60)
            counts.append(json.loads(text)["pictures"])
        if counts[0] != counts[1]:
            raise RuntimeError(f"the collections hold {counts[0]} and {counts[1]} pictures")
        return counts[0]

    def make_files(self):
        """Pictures of CIFAR-10, as many as asked, of all of its classes."""
        self.say("unpacking the pictures, once")
        with self.temporary() as work:
            folder = unpacked(self.options.tiny, work)
            take = shutil.copyfile if folder == self.options.tiny else Path.rename
            every = sorted(folder.rglob("*.jpg"))
            count = self.options.pictures
            if len(every) < count:
                sys.exit(f"{self.options.tiny} holds {len(every)} pictures; --pictures asks for {count}")
            for number in range(count):
                file = every[number * len(every) // count]
                target = work / "files" / file.relative_to(folder)
                target.parent.mkdir(parents=True, exist_ok=True)
                take(file, target)
            (work / "files").rename(self.files)

    def made(self, side, source):
        """The side with its collection there, whose indexes are built."""
        if not side.store.exists():
            for other in self.folder.glob(f"{side.name}-*"):
                shutil.rmtree(other)
            with self.temporary() as work:
                store = work / "made" / side.store.name
                if source:
                    self.say("copying the collection for the new release, once")
                    shutil.copytree(source, store)
                else:
                    self.say(f"making the collection of the {side.name} release, once (about 120 pictures a second)")
                    store.parent.mkdir()
                # Also a copy is added to: it is migrated then, and what is known of files is as this release keeps it.
                run(side.program, "add", self.files, "--store", store, limit=LIMIT)
                store.parent.rename(side.store.parent)
        with self.server(side) as server:
            # Quick when they are there.
            server.index()
        return side

    def add(self, side, files, store, expected, count):
        """Seconds that adding takes; of so many pictures the answer must say what is expected."""
        text, seconds, _ = run(side.program, "add", files, "--store", store, "--json", limit=LIMIT)
        answer = json.loads(text)
        if answer[expected] != count:
            raise RuntimeError(f"{count} pictures should be {expected}: {answer}")
        return seconds

    def photos(self):
        """A folder of photographs of 640x427; where there are too few, some come twice, in other bytes."""
        count = self.options.photos_count
        folder = self.cache / f"releases-photos-{count}"
        if not folder.exists():
            self.say("making the photographs, once")
            with self.temporary() as work:
                make_photos(self.options.photos, work / "photos", count)
                there = sorted((work / "photos").iterdir())
                if not there:
                    sys.exit(f"no photographs lie in {self.options.photos}")
                for number in range(len(there), count):
                    photo = there[number % len(there)].read_bytes()
                    (work / "photos" / f"{number:04}.jpg").write_bytes(commented(photo, number))
                (work / "photos").rename(folder)
        return folder

    def server(self, side):
        return Server(side.program, side.store, self.log)

    def discard(self, store):
        shutil.rmtree(store, ignore_errors=True)

    @contextlib.contextmanager
    def temporary(self):
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            yield Path(folder)


def digest(file):
    """The front of an executable's hash, which tells builds apart."""
    with open(file, "rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()[:12]
