"""The true nearest rows, and how an answer compares with them. Nothing here uses what is measured."""
import numpy as np

# Rows that are looked at in double precision for each query, beyond k.
SPARE = 32


def _refined(base, query, candidates, k):
    """The k nearest of the candidates: Float32 distances of double arithmetic, ties by row."""
    rows = np.asarray(base[candidates], np.float64)
    distances = np.sqrt(((rows - query.astype(np.float64)) ** 2).sum(1)).astype(np.float32)
    order = np.lexsort((candidates, distances))[:k]
    return candidates[order], distances[order]


def nearest(base, queries, k, allowed=None, block=32768):
    """Row numbers of the k nearest rows by Euclidean distance, one list a query, -1 where there are too few.

    Candidates come from a product in single precision, wide enough that its rounding cannot lose a neighbour; where
    that cannot be said, every row is measured in double precision.
    """
    queries = np.asarray(queries, np.float32)
    rows = np.arange(len(base)) if allowed is None else np.flatnonzero(allowed)
    wanted = min(k + SPARE, len(rows))
    ids = np.full((len(queries), 0), 0, np.int64)
    near = np.full((len(queries), 0), 0, np.float32)
    largest = 0.0
    for start in range(0, len(rows), block):
        some = rows[start:start + block]
        part = np.asarray(base[some[0]:some[-1] + 1] if allowed is None else base[some], np.float32)
        norms = (part.astype(np.float64) ** 2).sum(1)
        largest = max(largest, float(norms.max(initial=0)))
        # The query's own norm is the same for all rows of a list.
        distances = norms.astype(np.float32) - 2 * (queries @ part.T)
        keep = min(wanted, len(some))
        if keep < len(some):
            best = np.argpartition(distances, keep - 1, axis=1)[:, :keep]
        else:
            best = np.broadcast_to(np.arange(keep), (len(queries), keep))
        ids = np.concatenate([ids, some[best]], 1)
        near = np.concatenate([near, np.take_along_axis(distances, best, 1)], 1)
        if ids.shape[1] > wanted:
            best = np.argpartition(near, wanted - 1, axis=1)[:, :wanted]
            ids, near = np.take_along_axis(ids, best, 1), np.take_along_axis(near, best, 1)
    found = np.full((len(queries), k), -1, np.int64)
    for number, query in enumerate(queries):
        norm = float((query.astype(np.float64) ** 2).sum())
        candidates = np.sort(ids[number])
        exact, distances = _refined(base, query, candidates, k)
        margin = 2e-5 * (norm + largest)
        if wanted < len(rows) and float(distances[-1]) ** 2 + margin > float(near[number].max()) + norm - margin:
            exact, distances = _exhaustive(base, query, rows, k, block)
        found[number, :len(exact)] = exact
    return found


def _exhaustive(base, query, rows, k, block):
    ids, near = np.empty(0, np.int64), np.empty(0, np.float32)
    for start in range(0, len(rows), block):
        some, distances = _refined(base, query, rows[start:start + block], k)
        ids, near = np.concatenate([ids, some]), np.concatenate([near, distances])
    order = np.lexsort((ids, near))[:k]
    return ids[order], near[order]


def recall(found, truth, k=10):
    """The share of the true k nearest that was found. Lists of `truth` may be longer than k, or padded with -1."""
    hits = total = 0
    for got, want in zip(found, truth, strict=True):
        want = {int(i) for i in want[:k] if i >= 0}
        hits += len(want.intersection(int(i) for i in got[:k]))
        total += len(want)
    return hits / total if total else 1.0


def compare(found, truth, base, queries, k=10):
    """How many places hold the true id, and how many another one at the same distance (within 1e-6 of it)."""
    same = tied = wrong = 0
    for got, want, query in zip(found, truth, queries, strict=True):
        want = [int(i) for i in want[:k] if i >= 0]
        got = [int(i) for i in got[:k]]
        wrong += abs(len(got) - len(want))
        for a, b in zip(got, want):
            if a == b:
                same += 1
                continue
            pair = np.asarray(base[[a, b]], np.float64) - np.asarray(query, np.float64)
            near, far = np.sqrt((pair ** 2).sum(1))
            if abs(near - far) <= 1e-6 * max(near, far, 1e-12):
                tied += 1
            else:
                wrong += 1
    return {"same": same, "tied": tied, "wrong": wrong}
