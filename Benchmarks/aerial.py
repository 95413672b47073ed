#!/usr/bin/env python3
"""Measures tiling and embedding a 12,000 x 14,000 GeoTIFF, 256 pixels at a stride of 128, beside the network alone.

    aerial.py [--mosaic FILE] [--photos DIR] [--rounds 3]

Run it through Benchmarks/aerial.sh, which sets everything up. What is compared is run in turn in the same run.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

from material import PHOTOS, SHARED, SOSIA, machine, make_photos, run

WIDTH, HEIGHT = 12_000, 14_000
MOSAIC = SHARED / "data/aerial/drone/mosaic_stitched.png"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--mosaic", type=pathlib.Path, default=MOSAIC)
    parser.add_argument("--photos", type=pathlib.Path, default=PHOTOS)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


def size(file):
    text = subprocess.run(["gdalinfo", "-json", file], check=True, capture_output=True, text=True).stdout
    return json.loads(text)["size"]


def make_raster(mosaic, work):
    """The mosaic side by side until the raster is full; the black rims stay, as between flights."""
    width, height = size(mosaic)
    sources = "\n".join(
        f'<SimpleSource><SourceFilename>{mosaic}</SourceFilename><SourceBand>{band}</SourceBand>'
        f'<SrcRect xOff="0" yOff="0" xSize="{width}" ySize="{height}"/>'
        f'<DstRect xOff="{x}" yOff="{y}" xSize="{width}" ySize="{height}"/></SimpleSource>#{band}'
        for band in (1, 2, 3) for y in range(0, HEIGHT, height) for x in range(0, WIDTH, width))
    bands = "\n".join(
        f'<VRTRasterBand dataType="Byte" band="{band}"><ColorInterp>{color}</ColorInterp>'
        + "\n".join(line[:-2] for line in sources.split("\n") if line.endswith(f"#{band}")) + "</VRTRasterBand>"
        for band, color in ((1, "Red"), (2, "Green"), (3, "Blue")))
    virtual = work / "mosaic.vrt"
    virtual.write_text(
        f'<VRTDataset rasterXSize="{WIDTH}" rasterYSize="{HEIGHT}"><SRS>EPSG:32614</SRS>'
        f"<GeoTransform>500000, 0.05, 0, 5200000, 0, -0.05</GeoTransform>{bands}</VRTDataset>")
    file = work / "mosaic.tif"
    subprocess.run(
        ["gdal_translate", "-q", "-co", "TILED=YES", "-co", "COMPRESS=DEFLATE", "-co", "PREDICTOR=2", virtual, file],
        check=True)
    virtual.unlink()
    return file


def measure(options, work):
    raster = make_raster(options.mosaic, work)
    make_photos(options.photos, work / "photos", 200)
    rates, ratios, memory = [], [], 0
    for turn in range(options.rounds):
        text, _, _ = run(SOSIA, "bench", "embed", str(work / "photos"), "--precision", "f32", "--rounds", "1", "--json")
        alone = json.loads(text)["inference_images_per_s"]
        store = str(work / f"aerial-{turn}.sosia")
        text, seconds, resident = run(
            SOSIA, "add", "--tiles", "256", "--stride", "128", str(raster), "--store", store, "--precision", "f32",
            "--json")
        added = json.loads(text)
        rates.append(added["added"] / seconds)
        ratios.append(rates[-1] / alone)
        memory = max(memory, resident)
    yield f"{added['added'] + added['dropped']:,} tiles: embedded, dropped as black", \
        f"{added['added']:,}, {added['dropped']:,}", "9,936 in all"
    yield "tiles/s, from the file to the collection", f"{statistics.median(rates):.0f}", ""
    yield "that over the network alone", f"{statistics.median(ratios):.3f}", ">= 0.85"
    yield "resident memory, MB", f"{memory / 1e6:.0f}", "<= 800"


def main():
    options = arguments()
    if not options.mosaic.exists():
        sys.exit(f"{options.mosaic} is missing; name another picture with --mosaic")
    print(machine())
    print("\n| what | measured | must reach |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for what, measured, wanted in measure(options, pathlib.Path(folder)):
            print(f"| {what} | {measured} | {wanted} |", flush=True)


if __name__ == "__main__":
    main()
