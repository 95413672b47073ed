"""Milvus 2.3.5 beside Sosia: the same vectors, one client each, in turns."""
import base64
import os
import statistics
import subprocess
import time

from material import SHARED

from .server import Client
from .table import row, spread
from .vectors import Truth, Vectors

START = SHARED / "engines/milvus_start.sh"
STOP = START.with_name("milvus_stop.sh")
K = 10
QUERIES = 200
SLICE = 25
RECALL = 0.99
NAME = "pictures"


class Milvus:
    """Milvus standalone until the block ends."""

    def __init__(self, venv, folder):
        self.environment = {**os.environ, "MILVUS_VENV": str(venv), "MILVUS_DATA": str(folder)}

    def __enter__(self):
        from pymilvus import connections

        started = subprocess.run(["bash", START], env=self.environment, stdout=subprocess.PIPE, text=True, timeout=180)
        if started.returncode != 0:
            raise RuntimeError(f"Milvus did not start: {started.stdout[-500:]}")
        connections.connect(host="127.0.0.1", port="19530")
        return self

    def __exit__(self, *_):
        from pymilvus import connections

        connections.disconnect("default")
        subprocess.run(["bash", STOP], env=self.environment, stdout=subprocess.DEVNULL, timeout=60, check=False)

    def fill(self, vectors):
        from pymilvus import Collection, CollectionSchema, DataType, FieldSchema

        dimension = vectors.values.shape[1]
        self.collection = Collection(NAME, CollectionSchema([
            FieldSchema("id", DataType.INT64, is_primary=True),
            FieldSchema("vector", DataType.FLOAT_VECTOR, dim=dimension)]), shards_num=1)
        for first in range(0, len(vectors.ids), 1000):
            self.collection.insert(
                [vectors.ids[first:first + 1000], vectors.values[first:first + 1000].tolist()])
        self.collection.flush()

    def index(self, kind, **parameters):
        from pymilvus import utility

        self.collection.release()
        self.collection.drop_index()
        self.collection.create_index(
            "vector", {"index_type": kind, "metric_type": "L2", "params": parameters})
        utility.wait_for_index_building_complete(NAME)
        self.collection.load()

    def search(self, vector, parameters):
        hits = self.collection.search([vector], "vector", {"metric_type": "L2", "params": parameters}, limit=K)[0]
        return hits.ids


def best(milvus, truth, queries):
    """The quickest of Milvus's indexes that reaches the recall, and its recall."""
    candidates = []
    for kind, build, searches in (
            ("FLAT", {}, [{}]),
            ("HNSW", {"M": 16, "efConstruction": 200}, [{"ef": ef} for ef in (20, 30, 40, 60, 80, 120, 200)])):
        milvus.index(kind, **build)
        for parameters in searches:
            start = time.perf_counter()
            found = [milvus.search(query, parameters) for query in queries]
            seconds = time.perf_counter() - start
            recall = truth.recall(found)
            if recall >= RECALL:
                candidates.append((seconds, kind, build, parameters, recall))
                break
    built = kind
    _, kind, build, parameters, recall = min(candidates, key=lambda candidate: candidate[0])
    if kind != built:
        milvus.index(kind, **build)
    words = " ".join(f"{name}={value}" for name, value in {**build, **parameters}.items())
    return f"{kind} {words}".strip(), parameters, recall


def turns(searches, queries):
    """Milliseconds a query of each way to search, in slices that take turns, and what was found."""
    times, found = {name: [] for name in searches}, {name: [] for name in searches}
    for first in range(0, len(queries), SLICE):
        for name, search in searches.items():
            some = range(first, min(first + SLICE, len(queries)))
            start = time.perf_counter()
            found[name] += [search(query) for query in some]
            times[name].append(1000 * (time.perf_counter() - start) / len(some))
    return times, found


def rows(bench):
    what = "Milvus 2.3.5 over gRPC, one client, the same vectors"
    if not START.exists():
        yield row(what, f"not measured: {START} is missing")
        return
    vectors = Vectors(bench.store)
    ids = [vectors.ids[turn * 7919 % len(vectors.ids)] for turn in range(QUERIES)]
    asked = vectors.of(ids).astype("<f4")
    queries = asked.tolist()
    truth = Truth(vectors, vectors.of(ids), K)
    with bench.temporary() as folder, Milvus(bench.venv, folder) as milvus, bench.server() as server, \
            Client(server) as client:
        milvus.fill(vectors)
        name, parameters, recall = best(milvus, truth, queries)

        def by_vector(written, **options):
            def search(query):
                body = {"query": {"positive": [{"vector": written(query)}]}, "k": K, **options}
                answer = client.json("POST", f"{server.path}/search", body)
                return [hit["id"] for hit in answer["results"]]
            return search

        def by_id(options=""):
            def search(query):
                answer = client.json("GET", f"{server.path}/images/{ids[query]}/similar?k={K}{options}")
                return [hit["id"] for hit in answer["results"]]
            return search

        def numbers(query):
            return queries[query]

        def binary(query):
            return base64.b64encode(asked[query].tobytes()).decode()

        searches = {
            "Milvus": lambda query: milvus.search(queries[query], parameters), "by vector, exact": by_vector(binary),
            "by vector, graph": by_vector(binary, recall=RECALL),
            "by vector as JSON numbers, graph": by_vector(numbers, recall=RECALL), "by id, exact": by_id(),
            "by id, graph": by_id(f"&recall={RECALL}")}
        turns(searches, queries[:SLICE])
        times, found = turns(searches, queries)
    peer = times.pop("Milvus")
    yield row(f"{what}: {name}, recall {recall:.4f}", f"{1000 / statistics.mean(peer):,.0f}/s")
    for name, own in times.items():
        # By id the picture itself is left out, which the truth has.
        known = "" if name.startswith("by id") else f", recall {truth.recall(found[name]):.4f}"
        ratio = spread([theirs / ours for theirs, ours in zip(peer, own)])
        yield row(
            f"Sosia over HTTP against that, {name}", f"{ratio}: {1000 / statistics.mean(own):,.0f}/s{known}", ">= 5x")
