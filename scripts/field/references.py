"""What Pillow, ImageMagick and exiftool make of a file, each in a process that may crash, hang, or want too much."""
import io
import json
import math
import re
import subprocess
import sys

import numpy
from PIL import Image

# Seconds that a reference may take for one file, and bytes that it may map.
LIMIT = 30
MEMORY = 4 << 30
# Pictures are compared at this size, by the long side: differences of resampling are gone, those of content are not.
SIDE = 128

PILLOW = """
import io, sys, resource
resource.setrlimit(resource.RLIMIT_AS, (%d, %d))
from PIL import Image, ImageOps
image = ImageOps.exif_transpose(Image.open(sys.argv[1]))
image.load()
if image.mode.startswith("I;16") or image.mode in ("I", "F"):
    # As many bits as the values need: what a scale of grey means there is not said by the file.
    sys.exit(3)
size = image.size
image = image.convert("RGBA")
image.thumbnail((512, 512), Image.Resampling.BOX)
white = Image.new("RGBA", image.size, "white")
white.alpha_composite(image)
file = io.BytesIO()
white.convert("RGB").save(file, "PNG")
sys.stdout.buffer.write(b"%%d %%d\\n" %% size + file.getvalue())
""" % (MEMORY, MEMORY)


def output(*command):
    """The output of a program that ends well in time; else None."""
    try:
        run = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=LIMIT)
    except (subprocess.TimeoutExpired, OSError):
        return None
    return run.stdout if run.returncode == 0 else None


def pillow(file):
    """The picture, upright and over white; None if Pillow does not read it."""
    found = output(sys.executable, "-c", PILLOW, file)
    return picture(found.split(b"\n", 1)[1]) if found else None


def magick(file):
    found = output(
        "/usr/bin/convert", "-limit", "memory", "1GiB", "-limit", "map", "2GiB", f"{file}[0]", "-auto-orient",
        "-background", "white", "-alpha", "remove", "-colorspace", "sRGB", "-depth", "8", "-filter", "Box",
        "-resize", "512x512>", "PNG24:-")
    return picture(found) if found else None


def picture(data):
    try:
        return Image.open(io.BytesIO(data)).convert("RGB")
    except (OSError, ValueError, SyntaxError):
        return None


def difference(one, other):
    """The mean difference of two pictures' bytes; infinite where their shapes differ."""
    if abs(math.log(one.width * other.height / (one.height * other.width))) > 0.1 and min(
            one.width, one.height, other.width, other.height) > 8:
        return math.inf
    size = (SIDE, max(1, round(SIDE * one.height / one.width)))
    if one.height > one.width:
        size = (max(1, round(SIDE * one.width / one.height)), SIDE)
    pixels = [numpy.asarray(image.resize(size, Image.Resampling.BOX), dtype=numpy.int16) for image in (one, other)]
    return float(numpy.abs(pixels[0] - pixels[1]).mean())


TAGS = [
    "DateTimeOriginal", "CreateDate", "ModifyDate", "Make", "Model", "GPSLatitude", "GPSLongitude", "GPSStatus",
]


def facts(folder):
    """What exiftool says of each file of a folder: time, camera and position, as far as they mean something."""
    found = subprocess.run(
        ["exiftool", "-json", "-n", "-q", *[f"-{tag}" for tag in TAGS], folder],
        capture_output=True, timeout=3600)
    said = {}
    for entry in json.loads(found.stdout or b"[]"):
        facts = {}
        for tag in ("DateTimeOriginal", "CreateDate", "ModifyDate"):
            if time := moment(str(entry.get(tag, ""))):
                facts["time"] = time
                break
        if camera := str(entry.get("Model") or entry.get("Make") or "").strip():
            facts["camera"] = camera
        latitude, longitude = entry.get("GPSLatitude"), entry.get("GPSLongitude")
        if all(isinstance(value, (int, float)) for value in (latitude, longitude)) and (latitude or longitude):
            if abs(latitude) <= 90 and abs(longitude) <= 180 and entry.get("GPSStatus") != "V":
                facts["position"] = (latitude, longitude)
        said[entry["SourceFile"].rsplit("/", 1)[1]] = facts
    return said


def moment(text):
    """Year to second as digits; nothing if it is no time."""
    found = re.match(r"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d)(?::(\d\d))?", text)
    if not found or not 1 <= int(found[2]) <= 12 or not 1 <= int(found[3]) <= 31 or int(found[1]) == 0:
        return None
    return "".join(group or "00" for group in found.groups())
