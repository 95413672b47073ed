"""Vectors of real photographs, made once by Sosia itself: whole photos, crops of them, and small pictures."""
import json
import random
import shutil
import sqlite3
import subprocess

import numpy as np

from . import vectors

CROPS = 10
HEADER = 64
ENDINGS = {".jpg", ".jpeg", ".png", ".tif", ".tiff"}


def cut(file, name, folder, generator):
    """Writes the picture and crops of it: squares of 35 to 80 % of its short side's share, anywhere in it."""
    from PIL import Image, ImageOps

    boxes = []
    for _ in range(CROPS):
        share = generator.uniform(0.35, 0.8)
        boxes.append((share, generator.uniform(0, 1 - share), generator.uniform(0, 1 - share)))
    if (folder / f"{name}-{CROPS - 1}.jpg").exists():
        return
    with Image.open(file) as image:
        image = ImageOps.exif_transpose(image).convert("RGB")
    image.thumbnail((640, 640), Image.Resampling.LANCZOS)
    image.save(folder / f"{name}.jpg", quality=92)
    width, height = image.size
    for number, (share, left, top) in enumerate(boxes):
        box = (left * width, top * height, (left + share) * width, (top + share) * height)
        image.crop(tuple(round(edge) for edge in box)).save(folder / f"{name}-{number}.jpg", quality=92)


def pictures(data, folder, limit):
    """Fills the folder with pictures; with a limit, with about so many."""
    folder.mkdir(parents=True, exist_ok=True)
    files = [file for part in ("photos", "aerial/ucmerced") for file in sorted((data / part).rglob("*"))
             if file.suffix.lower() in ENDINGS]
    generator = random.Random(7)
    if limit:
        files = files[:max(1, limit // 2 // (CROPS + 1))]
    for number, file in enumerate(files):
        cut(file, f"{number:05}", folder, generator)
    archive = data / "tiny32/cifar10_jpg_60000.tar.xz"
    tiny = folder / "tiny"
    if archive.is_file() and not (folder / ".tiny").exists():
        shutil.rmtree(tiny, ignore_errors=True)
        shutil.unpack_archive(archive, tiny, filter="data")
        if limit:
            for file in sorted(tiny.rglob("*.jpg"))[limit // 2:]:
                file.unlink()
        (folder / ".tiny").touch()


def rows_of(store):
    """The rows of a collection that is not being written."""
    path = store / "vectors.f32"
    with open(path, "rb") as file:
        header = file.read(HEADER)
    if header[:8] != b"SOSIAVEC" or int.from_bytes(header[8:12], "little") != 1:
        raise vectors.BadVectors(f"{path} is not a vector file of this version")
    dimension = int.from_bytes(header[12:16], "little")
    values = np.memmap(path, "<f4", "r", HEADER)
    rows = values[:len(values) // dimension * dimension].reshape(-1, dimension)
    catalog = sqlite3.connect(f"file:{store / 'catalog.sqlite'}?mode=ro", uri=True)
    with catalog:
        slots = [slot for slot, in catalog.execute("SELECT slot FROM image ORDER BY slot")]
    catalog.close()
    return rows[slots]


def built(root, say):
    """The product, set up and built."""
    say("setting up and building sosia (its output is in .build/release.log)")
    program, log = root / ".build/release/sosia", root / ".build/release.log"
    log.parent.mkdir(exist_ok=True)
    with open(log, "wb") as output:
        for command in ([root / "scripts/setup/all.sh"], ["swift", "build", "-c", "release", "--product", "sosia"]):
            if subprocess.run(command, cwd=root, stdout=output, stderr=output).returncode:
                raise vectors.BadVectors(f"{command[0]} failed; its output is in {log}")
    return program


def prepare(data, cache, root, sosia, queries, limit=None, say=print):
    """Base and query files in the cache; some ten minutes of work when they are not there.

    `sosia` is the program that embeds; None builds it.
    """
    name = f"photographs-{limit}" if limit else "photographs"
    base, query = cache / f"{name}-base.npy", cache / f"{name}-queries.npy"
    if base.exists() and query.exists():
        return base, query
    if not (data / "photos").is_dir():
        raise vectors.BadVectors(
            f"there are no photographs in {data}; give vectors with --base FILE --queries FILE, or the folder that "
            "holds photos/ and tiny32/ with --data DIR")
    sosia = sosia or built(root, say)
    folder, store = cache / name, cache / f"{name}.sosia"
    say(f"cutting pictures into {folder.name} (once)")
    pictures(data, folder, limit)
    say("embedding them (once, some ten minutes)")
    result = subprocess.run(
        [sosia, "add", folder, "--store", store, "--precision", "f32", "--json"], capture_output=True, text=True)
    if result.returncode not in (0, 3):
        raise vectors.BadVectors(f"sosia add ended with {result.returncode}: {result.stderr.strip()[-500:]}")
    added = json.loads(result.stdout)
    rows = rows_of(store)
    say(f"{len(rows)} vectors ({added['added']} pictures added by the last run)")
    if len(rows) <= queries:
        raise vectors.BadVectors(f"only {len(rows)} vectors were made")
    order = np.random.default_rng(7).permutation(len(rows))
    kept = np.sort(order[queries:])
    blocks = (rows[kept[start:start + 8192]] for start in range(0, len(kept), 8192))
    vectors.write_npy(query, [rows[order[:queries]]], queries, rows.shape[1])
    vectors.write_npy(base, blocks, len(kept), rows.shape[1])
    shutil.rmtree(folder)
    shutil.rmtree(store)
    return base, query
