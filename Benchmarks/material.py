"""What several benchmarks work on: programs that are run, photographs of one size, a large collection, the machine."""
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
PHOTOS = SHARED / "data/photos"
TINY = SHARED / "data/tiny32/cifar10_jpg_60000.tar.xz"
SOSIA = str(ROOT / ".build/release/sosia")


def machine():
    commit = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    return f"{cpu}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}, commit {commit.stdout.strip()}"


def run(*command, codes=(0, 3), limit=7200, **keywords):
    """Returns output, wall seconds and the largest resident size in bytes. Ends the program after `limit` seconds, and
    when this one is ended."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL, **keywords)
        timer = threading.Timer(limit, process.kill)
        timer.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - start
            process.returncode = code = os.waitstatus_to_exitcode(status)
        finally:
            timer.cancel()
            if process.returncode is None:
                process.kill()
                process.wait()
        if code not in codes:
            sys.exit(f"{' '.join(map(str, command))} ended with {code}")
        output.seek(0)
        return output.read().decode(), seconds, usage.ru_maxrss * 1024


def make_photos(photos, folder, count):
    """Real photographs as 640x427 JPEGs of quality 90: their middle in that shape."""
    from PIL import Image, ImageOps

    folder.mkdir(parents=True)
    files = sorted(p for p in photos.rglob("*") if p.suffix.lower() in (".jpg", ".jpeg"))
    step = max(1, len(files) // count)
    for number, file in enumerate(files[::step][:count]):
        image = ImageOps.exif_transpose(Image.open(file)).convert("RGB")
        ImageOps.fit(image, (640, 427), Image.Resampling.LANCZOS).save(folder / f"{number:04}.jpg", quality=90)


def unpacked(tiny, work):
    """The folder of many small pictures, which may come as an archive."""
    if not tiny.is_file():
        return tiny
    shutil.unpack_archive(tiny, work / "tiny")
    return work / "tiny"


def commented(photo, number):
    """The same JPEG in other bytes: a comment says its number."""
    text = b"%d" % number
    return photo[:2] + b"\xff\xfe" + (len(text) + 2).to_bytes(2, "big") + text + photo[2:]
