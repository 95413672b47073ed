"""Pillow's view of the pictures that the tests decode.

    reference.py make DIRECTORY     writes the odd files of the tests there
    reference.py compare            reads {"pixels": FILE, "jobs": [...]} on stdin; for every job, FILE holds its
                                    width * height * 3 bytes one after another. Prints the mean difference of each
                                    as a JSON list, or a text where Pillow cannot read the file.

A file NAME with a NAME.reference.png beside it is compared with that instead: Pillow cannot read it.
"""

import ctypes
import io
import json
import os
import struct
import sys
import zlib

import numpy as np
from PIL import Image, ImageCms, ImageOps

WHITE = (255, 255, 255, 255)


def eight_bit(image):
    if image.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image).astype(np.uint16) >> 8).astype(np.uint8))
    if image.mode == "I":
        return Image.fromarray((np.asarray(image).astype(np.int64) >> 8).clip(0, 255).astype(np.uint8))
    if image.mode == "F":
        return Image.fromarray(np.asarray(image).clip(0, 255).astype(np.uint8))
    return image


def rgb(image):
    profile = image.info.get("icc_profile")
    image = ImageOps.exif_transpose(image)
    image = eight_bit(image)
    if image.mode in ("LA", "PA", "RGBA", "La", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, WHITE), image).convert("RGB")
    if image.mode == "P":
        image = image.convert("RGB")
    if image.mode == "1":
        image = image.convert("L")
    if profile:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    return image.convert("RGB")


def resized(image, job):
    width, height, rule = job["width"], job["height"], job["rule"]
    if rule == "stretch":
        return image.resize((width, height), Image.BILINEAR)
    if rule == "centerCrop":
        short = min(image.size)
        size = tuple(int(job["shortSide"] * side / short) for side in image.size)
        image = image.resize(size, Image.BILINEAR)
        left = int(round((size[0] - width) / 2.0))
        top = int(round((size[1] - height) / 2.0))
        return image.crop((left, top, left + width, top + height))
    scale = min(width / image.size[0], height / image.size[1])
    size = tuple(max(1, int(side * scale + 0.5)) for side in image.size)
    canvas = Image.new("RGB", (width, height), (job["fill"],) * 3)
    canvas.paste(image.resize(size, Image.BILINEAR), ((width - size[0]) // 2, (height - size[1]) // 2))
    return canvas


def compare():
    request = json.load(sys.stdin)
    results = []
    with open(request["pixels"], "rb") as pixels:
        for job in request["jobs"]:
            count = job["width"] * job["height"] * 3
            ours = np.frombuffer(pixels.read(count), np.uint8).astype(np.int32)
            path = job["path"]
            if os.path.exists(path + ".reference.png"):
                path += ".reference.png"
            try:
                with Image.open(path) as image:
                    image.seek(0)
                    expected = np.asarray(resized(rgb(image), job)).reshape(-1).astype(np.int32)
                results.append(float(np.abs(ours - expected).mean()))
            except Exception as error:
                results.append(f"{type(error).__name__}: {error}")
    json.dump(results, sys.stdout)


# Generated files ------------------------------------------------------------------------------------------------------


def scene(width=331, height=222, seed=7):
    """Smooth colours, some hard edges, a little grain; no symmetry."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    planes = [
        128 + 90 * np.sin(x / 37 + 1.3 * c) * np.cos(y / 29 - 0.7 * c) + 30 * (x / width) - 25 * (y / height)
        for c in range(3)
    ]
    pixels = np.stack(planes, axis=-1)
    pixels[20:70, 30:120] = (220, 40, 60)
    pixels[120:200, 200:240] = (20, 90, 200)
    pixels[150:160, 10:150] = (250, 250, 245)
    pixels += random.normal(0, 4, pixels.shape)
    return pixels.clip(0, 255).astype(np.uint8)


def tag(signature, body):
    body += b"\0" * (-len(body) % 4)
    return signature, body


def icc(space, tags, pcs=b"XYZ "):
    table, offset, data = struct.pack(">I", len(tags)), 128 + 4 + 12 * len(tags), b""
    for signature, body in tags:
        table += signature + struct.pack(">II", offset + len(data), len(body))
        data += body
    size = offset + len(data)
    kind = b"prtr" if space == b"CMYK" else b"mntr"
    header = struct.pack(">I4sI", size, b"\0" * 4, 0x02400000) + kind + space + pcs
    header += struct.pack(">6H", 2024, 1, 1, 0, 0, 0) + b"acsp" + b"\0" * 28 + struct.pack(">3i", 63190, 65536, 54061)
    return header + b"\0" * (128 - len(header)) + table + data


def text_tags():
    name = b"Test\0"
    description = b"desc" + struct.pack(">II", 0, len(name)) + name + b"\0" * 78
    return [tag(b"desc", description), tag(b"cprt", b"text\0\0\0\0none\0")]


def xyz(*values):
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(v * 65536) for v in values))


def gamma(value):
    return b"curv" + struct.pack(">IIH", 0, 1, round(value * 256))


def matrix_profile(red, green, blue, exponent):
    return icc(b"RGB ", text_tags() + [
        tag(b"wtpt", xyz(0.9642, 1.0, 0.8249)), tag(b"rXYZ", xyz(*red)), tag(b"gXYZ", xyz(*green)),
        tag(b"bXYZ", xyz(*blue)), tag(b"rTRC", gamma(exponent)), tag(b"gTRC", gamma(exponent)),
        tag(b"bTRC", gamma(exponent))])


# Primaries adapted to D50, as profiles store them.
DISPLAY_P3 = matrix_profile((0.5151, 0.2412, -0.0011), (0.2920, 0.6922, 0.0419), (0.1571, 0.0666, 0.7841), 2.2)
ADOBE_RGB = matrix_profile((0.6097, 0.3111, 0.0195), (0.2053, 0.6257, 0.0609), (0.1492, 0.0632, 0.7446), 2.2)
GREY_18 = icc(b"GRAY", text_tags() + [tag(b"wtpt", xyz(0.9642, 1.0, 0.8249)), tag(b"kTRC", gamma(1.4))])


def cmyk_profile():
    """Two grid points an ink in Lab: C, M, Y, K from the slowest to the fastest."""
    grid = b""
    for c in (0, 1):
        for m in (0, 1):
            for y in (0, 1):
                for k in (0, 1):
                    lightness = max(0, 100 - 30 * c - 35 * m - 8 * y) * (0.1 if k else 1)
                    a = (-35 * c + 70 * m - 5 * y) * (1 - k)
                    b = (-45 * c - 5 * m + 85 * y) * (1 - k)
                    grid += bytes([round(lightness * 2.55), round(a + 128), round(b + 128)])
    identity = bytes(range(256))
    matrix = struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
    lut = b"mft1\0\0\0\0" + bytes([4, 3, 2, 0]) + matrix + identity * 4 + grid + identity * 3
    return icc(b"CMYK", text_tags() + [tag(b"wtpt", xyz(0.9642, 1.0, 0.8249)), tag(b"A2B0", lut)], b"Lab ")


def png(samples, depth, color, extra=b""):
    """`samples`: height x width x channels; PNG's bit depth and colour type."""
    height, width = samples.shape[:2]
    if depth == 16:
        rows = [row.astype(">u2").tobytes() for row in samples]
    elif depth == 8:
        rows = [row.astype(np.uint8).tobytes() for row in samples]
    else:
        rows = []
        for row in samples.reshape(height, width):
            bits = np.unpackbits(row.astype(np.uint8)[:, None], axis=1)[:, 8 - depth:]
            rows.append(np.packbits(bits.reshape(-1)).tobytes())

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    data = zlib.compress(b"".join(b"\0" + row for row in rows), 6)
    head = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def exif(orientation):
    block = Image.Exif()
    block[0x0112] = orientation
    return block.tobytes()


def facts():
    """A camera, a time, a position; and a time of another kind in XMP."""
    block = Image.Exif()
    block[0x010F], block[0x0110] = "Acme", "Acme One"
    block.get_ifd(0x8769)[0x9003] = "2019:07:04 10:11:12"
    block.get_ifd(0x8825).update({1: "N", 2: (48.0, 30.0, 0.0), 3: "E", 4: (2.0, 15.0, 0.0)})
    return block.tobytes()


PACKET = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:exif="http://ns.adobe.com/exif/1.0/" tiff:Make="Acme" tiff:Model="Acme One"
 xmp:CreateDate="2019-07-04T10:11:12" exif:GPSLatitude="48,30.0N" exif:GPSLongitude="2,15.0E"/>
</rdf:RDF></x:xmpmeta>"""


def turbo(pixels, subsampling):
    """JPEG in a subsampling that Pillow does not write."""
    library = ctypes.CDLL("libturbojpeg.so.0")
    library.tjInitCompress.restype = ctypes.c_void_p
    out, size = ctypes.POINTER(ctypes.c_ubyte)(), ctypes.c_ulong()
    height, width = pixels.shape[:2]
    handle = ctypes.c_void_p(library.tjInitCompress())
    failed = library.tjCompress2(
        handle, pixels.tobytes(), width, 0, height, 0, ctypes.byref(out), ctypes.byref(size), subsampling, 92, 0)
    if failed:
        raise RuntimeError("tjCompress2")
    return bytes(out[: size.value])


def heic(source, target):
    library = ctypes.CDLL("libvips.so.42")
    library.vips_image_new_from_file.restype = ctypes.c_void_p
    library.vips_init(b"reference")
    image = library.vips_image_new_from_file(source.encode(), None)
    if not image or library.vips_heifsave(
            ctypes.c_void_p(image), target.encode(), b"Q", ctypes.c_int(90), b"compression", ctypes.c_int(1), None):
        raise RuntimeError("vips_heifsave")


def make(directory):
    pixels = scene()
    height, width = pixels.shape[:2]
    picture = Image.fromarray(pixels)
    other = Image.fromarray(scene(seed=8)[::-1].copy())
    grey = picture.convert("L")
    y, x = np.mgrid[0:height, 0:width]
    opacity = ((np.sin(x / 23) + np.cos(y / 31) + 2) * 64).clip(0, 255).astype(np.uint8)
    clear = picture.copy()
    clear.putalpha(Image.fromarray(opacity))
    wide = pixels.astype(np.uint16) * 257
    inks = picture.convert("CMYK")
    black = np.asarray(inks).copy()
    black[..., 3] = (x % 97).astype(np.uint8)
    inks = Image.fromarray(black, "CMYK")
    holes = picture.quantize(64)
    skipped = []

    def save(name, image, **options):
        try:
            image.save(os.path.join(directory, name), **options)
        except Exception as error:
            skipped.append(f"{name}: {error}")

    def write(name, produce):
        try:
            content = produce()
        except Exception as error:
            skipped.append(f"{name}: {error}")
            return
        with open(os.path.join(directory, name), "wb") as file:
            file.write(content)

    for orientation in range(1, 9):
        save(f"turned-{orientation}.jpg", picture, quality=92, exif=exif(orientation))
        save(f"turned-{orientation}.webp", picture, quality=92, exif=exif(orientation))
        save(f"turned-{orientation}.png", picture, exif=exif(orientation))
        save(f"turned-{orientation}.tif", picture, tiffinfo={274: orientation}, compression="tiff_lzw")
        save(f"turned-{orientation}.avif", picture, quality=90, exif=exif(orientation))
    for ending in ("jpg", "webp", "png", "tif", "avif"):
        save(f"facts-exif.{ending}", picture, exif=facts())
    for ending in ("webp", "avif"):
        save(f"facts-xmp.{ending}", picture, xmp=PACKET)
    for name, subsampling in (("444", 0), ("422", 1), ("420", 2)):
        save(f"sampling-{name}.jpg", picture, quality=92, subsampling=subsampling)
        save(f"progressive-{name}.jpg", picture, quality=92, subsampling=subsampling, progressive=True)
    write("sampling-440.jpg", lambda: turbo(pixels, 4))
    write("sampling-411.jpg", lambda: turbo(pixels, 5))
    save("large.jpg", picture.resize((2400, 1610), Image.BICUBIC), quality=90)
    save("tiny.jpg", picture.resize((5, 3)), quality=95)
    save("thin.jpg", picture.resize((700, 2)), quality=95)
    save("restarts.jpg", picture, quality=92, restart_marker_blocks=4)
    save("rgb-coded.jpg", picture, quality=92, keep_rgb=True)
    save("grey.jpg", grey, quality=92)
    save("cmyk.jpg", inks, quality=95)
    save("cmyk-profile.jpg", inks, quality=95, icc_profile=cmyk_profile())
    save("cmyk.tif", inks, compression="tiff_lzw")
    save("frames.mpo", picture, format="MPO", save_all=True, append_images=[other], quality=92)
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for name, profile in (("p3", DISPLAY_P3), ("adobe", ADOBE_RGB), ("srgb", srgb)):
        for ending in ("jpg", "png", "webp", "tif", "avif"):
            options = {"quality": 92} if ending in ("jpg", "webp", "avif") else {}
            save(f"profile-{name}.{ending}", picture, icc_profile=profile, **options)
    save("profile-grey.jpg", grey, quality=92, icc_profile=GREY_18)
    save("profile-grey.png", grey, icc_profile=GREY_18)

    write("rgb-16.png", lambda: png(wide, 16, 2))
    write("rgba-16.png", lambda: png(np.dstack([wide, opacity.astype(np.uint16) * 257]), 16, 6))
    write("grey-16.png", lambda: png(np.asarray(grey).astype(np.uint16) * 257, 16, 0))
    write("grey-alpha.png", lambda: png(np.dstack([np.asarray(grey), opacity]), 8, 4))
    write("grey-1.png", lambda: png((np.asarray(grey) > 128).astype(np.uint8), 1, 0))
    write("grey-2.png", lambda: png(np.asarray(grey) >> 6, 2, 0))
    write("grey-4.png", lambda: png(np.asarray(grey) >> 4, 4, 0))
    save("grey.png", grey)
    save("rgb.png", picture)
    save("large.png", picture.resize((2000, 1341), Image.BICUBIC))
    save("rgba.png", clear)
    save("palette.png", picture.quantize(200))
    save("palette-clear.png", holes, transparency=3)
    save("palette-opacities.png", holes, transparency=bytes(range(0, 256, 4)))
    few = picture.quantize(8).convert("RGB")
    save("key-color.png", few, transparency=few.getpixel((0, 0)))
    save("animated.png", picture, save_all=True, append_images=[other])
    save("still.gif", picture.quantize(128))
    save("clear.gif", holes, transparency=3)
    save("animated.gif", picture.quantize(128), save_all=True, append_images=[other.quantize(128)], duration=80)
    save("lossy.webp", picture, quality=90)
    save("lossless.webp", clear, lossless=True, exact=True)
    save("animated.webp", clear, save_all=True, append_images=[other], duration=80, lossless=True)
    save("still.avif", picture, quality=90)
    save("clear.avif", clear, quality=90)
    save("animated.avif", picture, save_all=True, append_images=[other], duration=80, quality=90)
    for name, compression in (("raw", None), ("deflate", "tiff_adobe_deflate"), ("jpeg", "jpeg")):
        save(f"{name}.tif", picture, compression=compression)
    save("rgba.tif", clear)
    save("palette.tif", picture.quantize(200))
    save("one-bit.tif", grey.convert("1"), compression="group4")
    save("grey-16.tif", Image.fromarray(np.asarray(grey).astype(np.uint16) * 257))
    save("float.tif", Image.fromarray(np.asarray(grey).astype(np.float32)))
    save("pages.tif", Image.fromarray(pixels), save_all=True, append_images=[Image.fromarray(pixels[::-1].copy())])
    save("rgb.bmp", picture)
    save("rgba.bmp", clear)
    save("grey.bmp", grey)
    save("palette.bmp", picture.quantize(200))
    save("one-bit.bmp", grey.convert("1"))
    save("cmyk-jpeg.tif", inks, compression="jpeg")
    blank = Image.new("RGB", picture.size, "white")
    save("blank-first.webp", blank, save_all=True, append_images=[picture], duration=80, quality=90)
    save("blank-first.gif", blank, save_all=True, append_images=[picture], duration=80)
    save("blank-first.tif", blank, save_all=True, append_images=[picture])
    save("blank-first.png", blank, save_all=True, append_images=[picture], duration=80)
    paper = Image.new("RGB", (100, 100), (200, 220, 240))
    drawn = paper.copy()
    drawn.paste((10, 20, 30), (30, 40, 70, 80))
    save("blank-part.png", paper, save_all=True, append_images=[drawn], duration=80)
    save("blank-part.png.reference.png", drawn)
    for name in ("webp", "gif", "tif", "png"):
        with Image.open(os.path.join(directory, f"blank-first.{name}")) as image:
            image.seek(1)
            save(f"blank-first.{name}.reference.png", image.convert("RGB"))
    save("still.heic.reference.png", picture)
    try:
        heic(os.path.join(directory, "still.heic.reference.png"), os.path.join(directory, "still.heic"))
    except Exception as error:
        os.remove(os.path.join(directory, "still.heic.reference.png"))
        skipped.append(f"still.heic: {error}")
    json.dump(skipped, sys.stdout)


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(sys.argv[2])
    else:
        compare()
