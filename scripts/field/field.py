"""Runs a folder of picture files through Sosia and holds what comes out against other programs (scripts/field.sh)."""
import argparse
import collections
import concurrent.futures
import hashlib
import io
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

import references
from PIL import Image

SOSIA = os.environ["SOSIA"]
# The mean difference from which pixels count as wrong.
WRONG = 5
# Degrees that a position may differ, by rounding.
NEAR = 1e-4
REFUSED = ("refused, read by one of Pillow and ImageMagick", "refused, read by both of Pillow and ImageMagick")
PIXELS = ("added with wrong pixels", "added, cannot be shown")


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/field.sh", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--list", action="store_true", help="name every file that counts against Sosia")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="leave wrong pictures beside right ones there")
    options = parser.parse_args()
    if not options.folder.is_dir():
        parser.error(f"{options.folder} is no folder")
    return options


def copied(folder, target):
    """Every file once, under a number, so that names tell them apart: {new name: old path}."""
    target.mkdir()
    names = {}
    for file in sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()):
        name = f"{len(names):06}-{re.sub(r'[^A-Za-z0-9._-]', '_', file.name).lstrip('.')[-80:]}"
        shutil.copyfile(file, target / name)
        names[name] = file
    return names


def digest(file):
    with open(file, "rb") as content:
        return hashlib.file_digest(content, "sha256").digest()


def add(files, store):
    """Adds all files: the answer, the exit code, and the most that was resident, in bytes."""
    run = subprocess.run(
        [SOSIA, "add", files, "--store", store, "--json"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True)
    answer = json.loads(run.stdout) if run.returncode in (0, 3) else None
    return answer, run.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024


class Served:
    """The pictures of a store, as its server tells of them."""

    def __init__(self, store):
        self.process = subprocess.Popen(
            [SOSIA, "serve", "--store", store, "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True)
        self.address = re.search(r"https?://\S+?(?=/?\s)", self.process.stdout.readline() + " ").group().rstrip("/")
        self.path = f"/v1/collections/{Path(store).stem}/images"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(60)

    def get(self, path):
        with urllib.request.urlopen(self.address + path, timeout=120) as answer:
            return answer.read()

    def pictures(self):
        cursor = ""
        while cursor is not None:
            page = json.loads(self.get(f"{self.path}?k=1000{cursor and f'&cursor={cursor}'}"))
            yield from page["results"]
            cursor = page.get("next_cursor")

    def thumbnail(self, picture):
        try:
            data = self.get(f"{self.path}/{picture['id']}/thumb?w=512")
        except urllib.error.HTTPError:
            return None
        return Image.open(io.BytesIO(data)).convert("RGB")


def lacking(picture, said):
    """Kinds of facts that exiftool tells and Sosia does not, and those that they tell differently."""
    missing, other = [], []
    own = {
        "time": references.moment(picture.get("captured", "")), "camera": picture.get("camera"),
        "position": picture.get("position") and tuple(picture["position"][k] for k in ("latitude", "longitude")),
    }
    for kind, value in said.items():
        if own[kind] is None:
            missing.append(kind)
        elif kind == "time" and own[kind] != value or kind == "camera" and value not in own[kind] or (
                kind == "position" and max(abs(a - b) for a, b in zip(own[kind], value)) > NEAR):
            other.append(kind)
    return missing, other


def main():
    options = arguments()
    lists = collections.defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="field-") as work, concurrent.futures.ThreadPoolExecutor(
            os.cpu_count()) as threads:
        files = Path(work) / "files"
        names = copied(options.folder, files)
        if not names:
            sys.exit(f"{options.folder} has no files")
        answer, code, memory = add(files, f"{work}/field.sosia")
        if answer is None:
            sys.exit(f"`sosia add` ended with {code}")
        references_of = dict(zip(names, threads.map(
            lambda name: (references.pillow(files / name), references.magick(files / name)), names)))
        said = references.facts(files)
        readable = {name for name, found in references_of.items() if any(found)}
        skipped = {Path(entry["path"]).name: entry["reason"] for entry in answer["skipped"]}
        added, compared = set(), 0
        with Served(f"{work}/field.sosia") as server:
            pictures = list(server.pictures())
            for picture, shown in zip(pictures, threads.map(server.thumbnail, pictures)):
                name = picture["name"]
                added.add(name)
                if shown is None:
                    lists[PIXELS[1]].append(name)
                elif others := [other for other in references_of[name] if other]:
                    compared += 1
                    difference = min(references.difference(shown, other) for other in others)
                    if difference > WRONG:
                        lists[PIXELS[0]].append(f"{name}: mean difference {difference:.1f}")
                        keep(options.keep, name, shown, others)
                missing, other = lacking(picture, said.get(name, {}))
                for kind in missing:
                    lists[f"{kind} missing"].append(name)
                for kind in other:
                    lists[f"{kind} differs"].append(name)
        # Of files with the same bytes, the picture has the name of one.
        known = {digest(files / name) for name in added}
        for name in sorted(readable - added):
            if name in skipped or digest(files / name) not in known:
                lists[REFUSED[all(references_of[name])]].append(f"{name}: {skipped.get(name, 'passed over')}")
    print("| what | files |\n|---|---|")
    print(f"| files; read by Pillow or ImageMagick; added | {len(names)}; {len(readable)}; {len(added)} |")
    for kinds, whole in ((reversed(REFUSED), len(readable)), (PIXELS, compared)):
        for kind in kinds:
            print(f"| {kind} | {len(lists[kind])} of {whole} ({100 * len(lists[kind]) / max(1, whole):.2f} %) |")
    for kind in ("time", "camera", "position"):
        missing, other = len(lists[f"{kind} missing"]), len(lists[f"{kind} differs"])
        print(f"| {kind}: missing beside exiftool; differs | {missing}; {other} |")
    print(f"| most memory of `sosia add` | {memory / 1e6:.0f} MB |")
    for kind, entries in sorted(lists.items()) if options.list else []:
        if entries:
            print(f"\n{kind}:")
        for entry in entries:
            name, _, rest = entry.partition(": ")
            print(f"  {names[name].relative_to(options.folder)}{rest and ': ' + rest}")


def keep(folder, name, shown, others):
    if not folder:
        return
    folder.mkdir(parents=True, exist_ok=True)
    shown.save(folder / f"{name}.sosia.png")
    for number, other in enumerate(others):
        other.save(folder / f"{name}.reference-{number}.png")


if __name__ == "__main__":
    main()
