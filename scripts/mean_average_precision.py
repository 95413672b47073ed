#!/usr/bin/env python3
"""Mean average precision of a collection whose pictures have classes.

    mean_average_precision.py PHOTOS [--labels PHOTOS/labels.csv] [--sosia .build/release/sosia] [--store DIR]

Adds every picture below PHOTOS, then asks for each labelled one as `id:N`, itself left out, for the whole ranking. A hit
counts when it has the query's label. The average precision of a query is the mean, over the hits that count, of the
precision at their ranks (Manning, Raghavan and Schuetze, "Introduction to Information Retrieval", 8.4); pictures whose
label nobody else has are no queries. Files with the same bytes are one picture. Only the standard library is needed.
"""
import argparse
import collections
import concurrent.futures
import csv
import json
import os
import pathlib
import subprocess
import sys
import tempfile


def arguments():
    root = pathlib.Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("photos", type=pathlib.Path)
    parser.add_argument("--labels", type=pathlib.Path, help="CSV with the columns path and label")
    parser.add_argument("--sosia", default=str(root / ".build/release/sosia"))
    parser.add_argument("--store", help="where the collection is made; a temporary folder when not given")
    return parser.parse_args()


def run(sosia, store, *words):
    result = subprocess.run(
        [sosia, *words, "--store", store, "--json"], capture_output=True, text=True, check=False)
    if result.returncode not in (0, 3):
        sys.exit(f"sosia {' '.join(words)}: {result.stderr.strip()}")
    return json.loads(result.stdout)


def average_precision(relevant):
    """`relevant`: whether each hit counts, best first."""
    found = 0
    total = 0.0
    for rank, counts in enumerate(relevant, 1):
        if counts:
            found += 1
            total += found / rank
    return total / found if found else 0.0


def measure(options, store):
    photos = options.photos.resolve()
    labels = {}
    with open(options.labels or photos / "labels.csv", newline="", encoding="utf-8") as table:
        for row in csv.DictReader(table):
            if row["label"]:
                labels[str(photos / row["path"])] = (row["label"], row.get("kind", ""))

    run(options.sosia, store, "add", str(photos))
    count = run(options.sosia, store, "status")["pictures"]
    any_id = 1
    everything = run(options.sosia, store, "search", f"id:{any_id}", "-k", "10000")["hits"]
    ids = [any_id] + [hit["id"] for hit in everything]
    shown = {any_id: run(options.sosia, store, "show", str(any_id))["paths"][0]}
    shown.update((hit["id"], hit["path"]) for hit in everything)
    of = {number: labels.get(shown[number]) for number in ids}
    sizes = collections.Counter(label for label in of.values() if label)
    queries = [number for number in ids if of[number] and sizes[of[number]] > 1]

    def score(number):
        hits = run(options.sosia, store, "search", f"id:{number}", "-k", "10000")["hits"]
        return of[number][1], average_precision([of[hit["id"]] == of[number] for hit in hits])

    scores = collections.defaultdict(list)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for kind, value in pool.map(score, queries):
            scores[kind].append(value)
    every = [value for values in scores.values() for value in values]
    print(f"{count} pictures, {len(queries)} queries, {len(sizes)} classes")
    for kind, values in sorted(scores.items()):
        print(f"mAP {kind}\t{sum(values) / len(values):.4f}\t({len(values)} queries)")
    print(f"mAP\t{sum(every) / len(every):.4f}")


def main():
    options = arguments()
    if options.store:
        measure(options, options.store)
    else:
        with tempfile.TemporaryDirectory() as folder:
            measure(options, folder + "/map.sosia")


if __name__ == "__main__":
    main()
