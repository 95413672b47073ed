"""Reads the formats that vectors come in, and makes Float32 `.npy` of them, which every searcher maps."""
import hashlib
import os
from pathlib import Path

import numpy as np


class BadVectors(ValueError):
    """A file that does not hold what it should; the text is for the user."""


def _records(path, item, header=4):
    """The rows of a .fvecs-like file: each an int32 count and so many items."""
    size = os.path.getsize(path)
    if size == 0:
        raise BadVectors(f"{path} is empty")
    with open(path, "rb") as file:
        first = file.read(header)
    if len(first) < header:
        raise BadVectors(f"{path} is too short")
    dimension = int(np.frombuffer(first, "<i4")[0])
    if not 0 < dimension <= 1 << 20:
        raise BadVectors(f"{path} says that its dimension is {dimension}")
    row = header + dimension * np.dtype(item).itemsize
    if size % row:
        raise BadVectors(f"{path} has {size} bytes, which are not whole rows of dimension {dimension}")
    rows = np.memmap(path, np.dtype([("count", "<i4"), ("values", item, (dimension,))]), "r")
    if not (rows["count"] == dimension).all():
        raise BadVectors(f"the rows of {path} have several dimensions")
    return rows["values"]


def read(path):
    """Rows of a .npy, .fvecs or .bvecs file, mapped, in the type that the file has."""
    path = Path(path)
    if not path.is_file():
        raise BadVectors(f"there is no file {path}")
    ending = path.suffix.lower()
    if ending == ".fvecs":
        return _records(path, "<f4")
    if ending == ".bvecs":
        return _records(path, "u1")
    if ending != ".npy":
        raise BadVectors(f"{path} is none of .npy, .fvecs, .bvecs")
    try:
        rows = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise BadVectors(f"{path} cannot be read as .npy: {error}") from None
    if rows.ndim != 2 or rows.shape[1] == 0:
        raise BadVectors(f"{path} has the shape {rows.shape}, expected rows and columns")
    if rows.dtype.kind not in "fiu":
        raise BadVectors(f"{path} holds {rows.dtype}, expected numbers")
    return rows


def read_ids(path):
    """Row numbers of the nearest rows, a list a query, from .npy or .ivecs."""
    path = Path(path)
    if not path.is_file():
        raise BadVectors(f"there is no file {path}")
    ids = _records(path, "<i4") if path.suffix.lower() == ".ivecs" else np.load(path, allow_pickle=False)
    if ids.ndim != 2 or ids.dtype.kind not in "iu":
        raise BadVectors(f"{path} holds {ids.dtype} of shape {ids.shape}, expected lists of row numbers")
    return np.asarray(ids, np.int64)


def fingerprint(*files, **more):
    """A short word that changes when one of the files or values does."""
    facts = [(str(Path(file).resolve()), os.stat(file).st_size, os.stat(file).st_mtime_ns) for file in files]
    return hashlib.sha256(repr((facts, sorted(more.items()))).encode()).hexdigest()[:12]


def write_npy(path, rows, count, dimension, dtype=np.float32):
    """Writes blocks of rows as one .npy, whole or not at all."""
    part = Path(f"{path}.part")
    part.parent.mkdir(parents=True, exist_ok=True)
    out = np.lib.format.open_memmap(part, "w+", dtype, (count, dimension))
    start = 0
    for block in rows:
        out[start:start + len(block)] = block
        start += len(block)
    if start != count:
        raise BadVectors(f"{start} rows were made, expected {count}")
    out.flush()
    del out
    part.rename(path)
    return Path(path)


def as_npy(path, cache, limit=None):
    """The file itself when it is little-endian Float32 rows without gaps, else a copy in the cache that is."""
    rows = read(path)
    count = min(len(rows), limit or len(rows))
    for start in range(0, count, 65536):
        if not np.isfinite(rows[start:min(start + 65536, count)]).all():
            raise BadVectors(f"{path} holds values that are not finite")
    plain = Path(path).suffix.lower() == ".npy" and rows.dtype == np.dtype("<f4") and rows.flags.c_contiguous
    if plain and count == len(rows):
        return Path(path)
    copy = Path(cache) / f"{Path(path).stem}-{fingerprint(path, count=count)}.npy"
    if not copy.exists():
        blocks = (np.asarray(rows[i:min(i + 8192, count)], np.float32) for i in range(0, count, 8192))
        write_npy(copy, blocks, count, rows.shape[1])
    return copy


def layout(path):
    """Where the rows lie in the file, as the searchers are told."""
    rows = read(path)
    return {"path": str(Path(path).resolve()), "offset": int(rows.offset), "rows": len(rows),
            "dimension": int(rows.shape[1])}
