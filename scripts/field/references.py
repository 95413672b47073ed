"""What Pillow, ImageMagick and exiftool make of a file, each in a process that may crash, hang, or want too much."""
import datetime
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
# Pictures are compared at this size or at half of theirs, by the long side: differences of resampling and of a
# thumbnail's compression are gone, those of content are not.
SIDE = 128

PILLOW = """
import io, sys, resource
resource.setrlimit(resource.RLIMIT_AS, (%d, %d))
from PIL import Image, ImageCms, ImageOps
image = ImageOps.exif_transpose(Image.open(sys.argv[1]))
image.load()
if image.mode.startswith("I;16") or image.mode in ("I", "F"):
    # As many bits as the values need: what a scale of grey means there is not said by the file.
    sys.exit(3)
size = image.size
profile = image.info.get("icc_profile")
if profile and image.mode in ("RGB", "RGBA", "CMYK", "L"):
    try:
        image = ImageCms.profileToProfile(
            image, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB"),
            outputMode="RGBA" if image.mode == "RGBA" else "RGB")
    except (ImageCms.PyCMSError, OSError):
        pass
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
    longest = max(one.width, one.height, other.width, other.height)
    scale = max(1, min(SIDE, longest // 2)) / max(one.width, one.height)
    size = (max(1, round(one.width * scale)), max(1, round(one.height * scale)))
    pixels = [numpy.asarray(image.resize(size, Image.Resampling.BOX), dtype=numpy.int16) for image in (one, other)]
    return float(numpy.abs(pixels[0] - pixels[1]).mean())


TIMES = ("DateTimeOriginal", "CreateDate", "ModifyDate")
TAGS = (*TIMES, "Make", "Model", "GPSStatus")
# Only when they are joined with their references.
SIGNED = ("GPSLatitude", "GPSLongitude")
# Where facts are taken from, in this order. What a container itself says, as PNG's time of change, is none of them.
GROUPS = ("EXIF", "XMP")


def facts(folder):
    """What exiftool says of each file of a folder: time, camera and position, as far as they mean something."""
    found = subprocess.run(
        ["exiftool", "-json", "-n", "-q", "-G0", *[f"-{group}:{tag}" for group in GROUPS for tag in TAGS],
         *[f"-Composite:{tag}" for tag in SIGNED], folder],
        capture_output=True, timeout=3600)
    said = {}
    for entry in json.loads(found.stdout or b"[]"):
        facts = {}
        for group in GROUPS:
            read_group({tag: entry.get(f"{group}:{tag}", "") for tag in TAGS}, facts)
        position = tuple(entry.get(f"Composite:{tag}") for tag in SIGNED)
        if all(isinstance(value, (int, float)) for value in position) and any(position):
            if abs(position[0]) <= 90 and abs(position[1]) <= 180 and entry.get("EXIF:GPSStatus") != "V":
                facts["position"] = position
        said[entry["SourceFile"].rsplit("/", 1)[1]] = facts
    return said


def read_group(entry, facts):
    """Adds what is not known yet."""
    times = filter(None, (moment(str(entry[tag])) for tag in TIMES))
    if time := next(times, None):
        facts.setdefault("time", time)
    if camera := str(entry["Model"] or entry["Make"]).strip():
        facts.setdefault("camera", camera)


def moment(text):
    """Year to second as digits; nothing if it is no time."""
    found = re.match(r"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d)(?::(\d\d))?", text)
    try:
        numbers = [int(group or 0) for group in found.groups()] if found else []
        # Of a leap second, the one before.
        datetime.datetime(*numbers[:5], min(numbers[5], 59) if numbers[5] <= 60 else -1)
    except (IndexError, ValueError):
        return None
    return "".join(group or "00" for group in found.groups())
