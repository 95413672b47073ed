#!/usr/bin/env python3
"""Measures the way from a folder of pictures to an answer, beside torch and Pillow where those are installed.

    foundation.py [--photos DIR] [--tiny DIR|FILE.tar.xz] [--torch PYTHON --weights FILE.pth] [--rounds 5]

Run it through Benchmarks/foundation.sh, which sets everything up. Every figure is a median; what is compared is run in
turn (A B A B) in the same run.
"""
import argparse
import json
import os
import pathlib
import re
import statistics
import tempfile

from material import PHOTOS, ROOT, SOSIA, TINY, machine, make_photos, run, unpacked


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--photos", type=pathlib.Path, default=PHOTOS)
    parser.add_argument("--tiny", type=pathlib.Path, default=TINY)
    parser.add_argument("--torch", help="a Python with torch and Pillow")
    parser.add_argument("--weights", help="the published EfficientNet-Lite0 state dict (.pth)")
    parser.add_argument("--pictures", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args()


def embed(options, folder):
    own, ratios, peers = [], [], {}
    modes = ["eager", "best"] if options.torch else []
    for _ in range(options.rounds):
        text, _, _ = run(SOSIA, "bench", "embed", str(folder), "--precision", "f32", "--rounds", "1", "--json")
        result = json.loads(text)
        own.append(result["pipeline_images_per_s"])
        ratios.append(result["ratio"])
        for mode in modes:
            words = [options.torch, str(ROOT / "Benchmarks/peers/torch_embed.py"), str(folder), options.weights,
                     "--processes", str(os.cpu_count())]
            text, _, _ = run(*words, *(["--mode", "eager"] if mode == "eager" else []))
            rate = re.search(r"([0-9.]+) images/s", text)
            peers.setdefault(mode, []).append(float(rate.group(1)))
    yield "pipeline over inference alone, 640x427 JPEG", f"{statistics.median(ratios):.3f}", ">= 0.85"
    yield "pipeline, images/s", f"{statistics.median(own):.1f}", ""
    for mode, rates in peers.items():
        ratio = statistics.median(a / b for a, b in zip(own, rates))
        name = "torch + Pillow, " + ("as published" if mode == "eager" else "frozen graph (its best)")
        yield name + ", images/s", f"{statistics.median(rates):.1f}", ""
        yield "Sosia over " + name, f"{ratio:.2f}x", ">= 2.5x"


def collection(options, work):
    tiny = unpacked(options.tiny, work)
    store = str(work / "tiny.sosia")
    text, seconds, memory = run(SOSIA, "add", str(tiny), "--store", store, "--json")
    added = json.loads(text)["added"]
    yield f"add {added} pictures of 32x32, pictures/s", f"{added / seconds:.0f}", ""
    yield "resident memory of that, MB", f"{memory / 1e6:.0f}", "<= 700"
    again = [run(SOSIA, "add", str(tiny), "--store", store) for _ in range(options.rounds)]
    rate = added / statistics.median(seconds for _, seconds, _ in again)
    yield "add again, unchanged, files/s", f"{rate:.0f}", ">= 20000"
    photo = str(next(p for p in sorted(options.photos.rglob("*.jpg"))))
    for name, query, target in ((f"search of a photo, cold process, {added} pictures", photo, "<= 0.45"),
                                (f"search of id:N, cold process, {added} pictures", "id:4711", "<= 0.10")):
        times = [run(SOSIA, "search", query, "--store", store)[1] for _ in range(4 * options.rounds + 1)]
        yield name + ", s", f"{statistics.median(times[1:]):.3f} (p95 {sorted(times[1:])[-options.rounds // 4 or -1]:.3f})", target


def main():
    options = arguments()
    print(machine() + "\n")
    print("| what | measured | must reach |\n|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "Benchmarks") as folder:
        work = pathlib.Path(folder)
        make_photos(options.photos, work / "photos", options.pictures)
        for rows in (embed(options, work / "photos"), collection(options, work)):
            for what, value, target in rows:
                print(f"| {what} | {value} | {target} |", flush=True)


if __name__ == "__main__":
    main()
