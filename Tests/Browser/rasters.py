"""Drawn rasters: a town of repeated patterns, with and without a place on earth."""
import subprocess

from PIL import Image

from server import run

BLOCK = 128
COLUMNS, ROWS = 10, 7
# What is where: each letter is a pattern.
PLAN = ["FFFWWWFFRR", "FHHWWWFFRR", "FHHFWWFHHR", "PPFFFWWHHR", "PPHHFFWWFF", "RRHHPPFWWF", "RRFFPPFFWW"]
TILE, STRIDE = 128, 64


def town(path, shift=0):
    """Fields, houses, water, roads and parking lots, each drawn alike wherever it is."""
    image = Image.new("RGB", (COLUMNS * BLOCK, ROWS * BLOCK))
    patterns = {name: pattern(draw) for name, draw in PATTERNS.items()}
    for row, letters in enumerate(PLAN):
        letters = letters[shift:] + letters[:shift]
        for column, letter in enumerate(letters):
            image.paste(patterns[letter], (column * BLOCK, row * BLOCK))
    image.save(path)
    return path


def pattern(color):
    image = Image.new("RGB", (BLOCK, BLOCK))
    image.putdata([color(x, y) for y in range(BLOCK) for x in range(BLOCK)])
    return image


def grain(x, y):
    return (x * 7919 + y * 104729 + x * y * 31) % 23 - 11


def field(x, y):
    return (96 + grain(x, y), 148 + grain(y, x) - (8 if x % 9 < 2 else 0), 70 + grain(x, y))


def house(x, y):
    inside = x % 64 in range(12, 52) and y % 64 in range(10, 50)
    if not inside:
        return field(x, y)
    return (176 if y % 64 < 30 else 150, 82 + grain(x, y) // 2, 60)


def water(x, y):
    return (44 + grain(x, y) // 3, 84 + (x + 2 * y) % 16, 132 + (x * 2 + y) % 12)


def road(x, y):
    if x % 64 in range(30, 34) and y % 32 < 18:
        return (235, 232, 220)
    return (112 + grain(x, y),) * 3


def parking(x, y):
    if y % 32 < 3 or x % 16 < 2:
        return (226, 226, 222)
    if (x // 16 + y // 32) % 3 == 0 and y % 32 > 10:
        return (190, 40, 44)
    return (74 + grain(x, y) // 2,) * 3


PATTERNS = {"F": field, "H": house, "W": water, "R": road, "P": parking}


def letter_at(x, y):
    return PLAN[y // BLOCK][x // BLOCK]


class Rasters:
    """A collection `town` of the tiles of two rasters; the first one lies on earth."""

    def __init__(self, folder, collections):
        folder.mkdir()
        self.folder = folder
        plain = town(folder / "plain.png")
        first, second = folder / "town.tif", town(folder / "west.png", shift=4)
        corners = ["-a_srs", "EPSG:4326", "-a_ullr", "11.5", "48.2", "11.512", "48.193"]
        subprocess.run(["gdal_translate", "-q", *corners, plain, first], check=True, timeout=900)
        self.first, self.second = first, second
        tiling = ["--tiles", TILE, "--stride", STRIDE]
        run("add", *tiling, first, second, "--store", collections / "town.sosia")
