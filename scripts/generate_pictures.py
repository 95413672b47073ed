#!/usr/bin/env python3
"""Draws small pictures of a few kinds: something to search where no photographs may be had or shown.

    generate_pictures.py FOLDER [--count 60] [--seed 1]

Equal arguments give equal pictures. Needs Pillow.
"""
import argparse
import math
import pathlib
import random

from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 480, 360


def mix(first, second, share):
    return tuple(round(a + (b - a) * share) for a, b in zip(first, second))


def vary(chance, colour, by=18):
    return tuple(min(255, max(0, value + chance.randint(-by, by))) for value in colour)


def gradient(top, bottom, height=HEIGHT):
    image = Image.new("RGB", (WIDTH, HEIGHT), bottom)
    draw = ImageDraw.Draw(image)
    for y in range(height):
        draw.line([(0, y), (WIDTH, y)], fill=mix(top, bottom, y / height))
    return image


def ridge(chance, draw, base, roughness, colour):
    points, y = [(0, HEIGHT)], base
    for x in range(0, WIDTH + 12, 12):
        y += chance.uniform(-roughness, roughness)
        points.append((x, y))
    draw.polygon([*points, (WIDTH, HEIGHT)], fill=colour)


def sunset(chance):
    image = gradient(vary(chance, (70, 50, 110)), vary(chance, (250, 150, 70)), 230)
    draw = ImageDraw.Draw(image)
    x, y, r = chance.randint(120, 360), chance.randint(150, 205), chance.randint(26, 44)
    draw.ellipse([x - r, y - r, x + r, y + r], fill=(255, 226, 150))
    draw.rectangle([0, 225, WIDTH, HEIGHT], fill=vary(chance, (58, 48, 92)))
    for _ in range(150):
        line = chance.randint(228, HEIGHT)
        half = chance.randint(6, 40)
        middle = x + chance.gauss(0, 14 + (line - 225) * 0.5)
        draw.line([(middle - half, line), (middle + half, line)], fill=vary(chance, (240, 160, 96)), width=2)
    return image


def mountains(chance):
    image = gradient(vary(chance, (110, 160, 220)), (226, 236, 246), 240)
    draw = ImageDraw.Draw(image)
    for _ in range(chance.randint(2, 3)):
        x, top, half = chance.randint(60, 420), chance.randint(50, 110), chance.randint(110, 170)
        rock = vary(chance, (110, 116, 130), 12)
        draw.polygon([(x, top), (x - half, 270), (x + half, 270)], fill=rock)
        draw.polygon([(x, top), (x + half, 270), (x + half // 6, 270)], fill=mix(rock, (30, 34, 48), 0.4))
        draw.polygon([(x, top), (x - half // 4, top + 52), (x - 6, top + 38), (x + half // 4, top + 52)], fill="white")
    ridge(chance, draw, 262, 4, vary(chance, (64, 110, 66)))
    for _ in range(40):
        x, y, s = chance.randint(0, WIDTH), chance.randint(275, 350), chance.randint(12, 26)
        draw.polygon([(x, y - 2 * s), (x - s // 2, y), (x + s // 2, y)], fill=vary(chance, (30, 70, 44), 10))
    return image


def flower(chance):
    image = gradient(vary(chance, (70, 110, 50)), vary(chance, (30, 60, 28)))
    image = image.filter(ImageFilter.GaussianBlur(2))
    draw = ImageDraw.Draw(image)
    colour = vary(chance, chance.choice([(235, 90, 120), (240, 200, 60), (236, 236, 240), (150, 90, 200)]))
    for _ in range(chance.randint(2, 4)):
        x, y, r = chance.randint(90, 390), chance.randint(80, 260), chance.randint(34, 66)
        draw.line([(x, y), (x + chance.randint(-30, 30), HEIGHT)], fill=(46, 96, 40), width=7)
        count, turn = chance.randint(7, 11), chance.uniform(0, 6)
        for petal in range(count):
            angle = turn + 2 * math.pi * petal / count
            px, py = x + r * math.cos(angle), y + r * math.sin(angle)
            draw.ellipse([px - r * 0.55, py - r * 0.55, px + r * 0.55, py + r * 0.55], fill=vary(chance, colour, 10))
        draw.ellipse([x - r * 0.5, y - r * 0.5, x + r * 0.5, y + r * 0.5], fill=(120, 80, 20))
    return image


def city(chance):
    image = gradient((10, 12, 34), vary(chance, (60, 50, 96)))
    draw = ImageDraw.Draw(image)
    x = -10
    while x < WIDTH:
        width, top = chance.randint(36, 74), chance.randint(70, 230)
        draw.rectangle([x, top, x + width, HEIGHT], fill=vary(chance, (26, 28, 46), 8))
        for wx in range(x + 6, x + width - 8, 12):
            for wy in range(top + 8, HEIGHT - 8, 15):
                if chance.random() < 0.55:
                    draw.rectangle([wx, wy, wx + 6, wy + 8], fill=vary(chance, (250, 214, 120), 14))
        x += width + chance.randint(0, 8)
    return image


def boat(chance):
    image = gradient(vary(chance, (130, 190, 240)), (220, 238, 250), 200)
    draw = ImageDraw.Draw(image)
    draw.rectangle([0, 200, WIDTH, HEIGHT], fill=vary(chance, (40, 110, 160)))
    for _ in range(90):
        x, y, half = chance.randint(0, WIDTH), chance.randint(206, HEIGHT), chance.randint(4, 22)
        draw.arc([x - half, y - 4, x + half, y + 4], 180, 360, fill=vary(chance, (120, 180, 214)), width=2)
    x, y, s = chance.randint(140, 340), chance.randint(225, 265), chance.randint(50, 80)
    draw.polygon([(x - s, y), (x + s, y), (x + s * 0.7, y + s * 0.35), (x - s * 0.7, y + s * 0.35)],
                 fill=vary(chance, (140, 60, 40)))
    draw.line([(x, y), (x, y - 2 * s)], fill=(80, 60, 40), width=5)
    draw.polygon([(x + 5, y - 2 * s), (x + 5, y - 8), (x + s * 0.9, y - 8)], fill="white")
    draw.polygon([(x - 5, y - 1.7 * s), (x - 5, y - 8), (x - s * 0.6, y - 8)], fill=vary(chance, (230, 70, 60)))
    return image


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(options.seed)
    kinds = [sunset, mountains, flower, city, boat]
    for number in range(options.count):
        kind = kinds[number % len(kinds)]
        kind(chance).save(options.folder / f"{kind.__name__}-{number // len(kinds):02}.jpg", quality=90)


if __name__ == "__main__":
    main()
