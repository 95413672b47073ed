#!/usr/bin/env python3
"""The default network and the same photographs through torch and Pillow: what Python users run today.

Each of N processes takes its share of the pictures and computes on one thread. The peer gets its best: Pillow's
reduced JPEG decoding, batch norms folded, channels-last memory, inference mode, and the fastest of eager, traced and
frozen, and oneDNN-fused execution, tried before the clock starts. Loading and warming up are not counted.

    python -m venv .venv && .venv/bin/python -m pip install -r requirements-torch.txt
    .venv/bin/python torch_embed.py FOLDER efficientnet-lite0-57934424.pth [--processes 2] [--precision f32]
"""
import argparse
import multiprocessing
import os
import time
from pathlib import Path

ENDINGS = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"}
SIDE = 224
# Kernel and stride of the seven stages, and how often each is repeated (EfficientNet-Lite0).
STAGES = [(3, 1, 1), (3, 2, 2), (5, 2, 2), (3, 2, 3), (5, 1, 3), (5, 2, 4), (3, 1, 1)]


def network(path):
    """EfficientNet-Lite0 up to its average pooling, batch norms folded."""
    import torch
    from torch import nn

    state = torch.load(path, map_location="cpu", weights_only=True)

    def convolution(weights, norm, stride=1, active=True):
        kernel = state[weights + ".weight"].double()
        gain, bias, mean, variance = (
            state[f"{norm}.{part}"].double() for part in ("weight", "bias", "running_mean", "running_var"))
        factor = gain / torch.sqrt(variance + 1e-3)
        outputs, inputs, side, _ = kernel.shape
        group = outputs if inputs == 1 else 1
        total = side - stride if stride > 1 else side - 1
        before, after = total // 2, total - total // 2
        layer = nn.Conv2d(inputs * group, outputs, side, stride, before if before == after else 0, groups=group)
        layer.weight = nn.Parameter((kernel * factor[:, None, None, None]).float())
        layer.bias = nn.Parameter((bias - mean * factor).float())
        parts = [layer] if before == after else [nn.ZeroPad2d((before, after, before, after)), layer]
        return nn.Sequential(*parts, *([nn.ReLU6()] if active else []))

    class Residual(nn.Module):
        def __init__(self, inner):
            super().__init__()
            self.inner = inner

        def forward(self, x):
            return x + self.inner(x)

    layers, index = [convolution("_conv_stem", "_bn0", 2)], 0
    for _, first, repeats in STAGES:
        for repeat in range(repeats):
            name, stride, parts = f"_blocks.{index}", first if repeat == 0 else 1, []
            if name + "._expand_conv.weight" in state:
                parts.append(convolution(name + "._expand_conv", name + "._bn0"))
            parts.append(convolution(name + "._depthwise_conv", name + "._bn1", stride))
            parts.append(convolution(name + "._project_conv", name + "._bn2", active=False))
            block = nn.Sequential(*parts)
            layers.append(Residual(block) if repeat > 0 else block)
            index += 1
    layers += [convolution("_conv_head", "_bn1"), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(*layers).eval()


def fastest(model, precision, mode):
    """(name, function from input to embedding): the quickest way that this machine runs the network, or `eager`."""
    import torch

    kind = torch.bfloat16 if precision == "bf16" else torch.float32
    model = model.to(kind).to(memory_format=torch.channels_last)
    example = torch.zeros(1, 3, SIDE, SIDE, dtype=kind).to(memory_format=torch.channels_last)
    ways = {"eager": model}
    if mode == "best":
        frozen = torch.jit.freeze(torch.jit.trace(model, example))
        ways["frozen"] = frozen
        try:
            ways["oneDNN fused"] = torch.jit.optimize_for_inference(frozen)
        except RuntimeError:
            pass

    def seconds(way):
        for _ in range(5):
            way(example)
        start = time.perf_counter()
        for _ in range(15):
            way(example)
        return time.perf_counter() - start

    name = min(ways, key=lambda name: seconds(ways[name]))
    return name, lambda x: ways[name](x.to(kind).contiguous(memory_format=torch.channels_last)).float()


def decoded(path):
    """The centre of the picture at the network's size, as the card of the default network says."""
    import numpy as np
    from PIL import Image, ImageOps

    with Image.open(path) as image:
        image.draft("RGB", (SIDE, SIDE))
        image = ImageOps.exif_transpose(image).convert("RGB")
    factor = SIDE / min(image.size)
    width, height = (max(SIDE, round(n * factor)) for n in image.size)
    image = image.resize((width, height), Image.BILINEAR)
    left, top = (width - SIDE) // 2, (height - SIDE) // 2
    image = image.crop((left, top, left + SIDE, top + SIDE))
    return (np.asarray(image, np.float32).transpose(2, 0, 1)[None] - 127) / 128


def work(files, options, barrier, results):
    import numpy as np
    import torch

    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    with torch.inference_mode():
        name, run = fastest(network(options.weights), options.precision, options.mode)
        vectors, inference = [], 0.0
        barrier.wait()
        start = time.perf_counter()
        for path in files:
            x = torch.from_numpy(decoded(path))
            before = time.perf_counter()
            vector = run(x)[0]
            vectors.append((vector / vector.norm()).numpy())
            inference += time.perf_counter() - before
        seconds = time.perf_counter() - start
        barrier.wait()
    results.put((name, seconds, inference, [str(f) for f in files], np.array(vectors)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("weights", help="efficientnet-lite0-57934424.pth")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--precision", choices=["f32", "bf16"], default="f32")
    parser.add_argument("--mode", choices=["best", "eager"], default="best",
                        help="the fastest way that torch has, or the module as it is called in most programs")
    parser.add_argument("--output", help="an .npz file for paths and vectors")
    options = parser.parse_args()
    files = sorted(f for f in options.folder.rglob("*") if f.suffix.lower() in ENDINGS)
    if not files:
        parser.error(f"no pictures in {options.folder}")
    count = max(1, min(options.processes, len(files)))
    context = multiprocessing.get_context("spawn")
    barrier, results = context.Barrier(count + 1), context.Queue()
    workers = [
        context.Process(target=work, args=(files[i::count], options, barrier, results)) for i in range(count)]
    for worker in workers:
        worker.start()
    barrier.wait()
    start = time.perf_counter()
    barrier.wait()
    seconds = time.perf_counter() - start
    done = [results.get() for _ in workers]
    for worker in workers:
        worker.join()
    share = sum(item[2] for item in done) / sum(item[1] for item in done)
    print(f"torch + Pillow, {options.precision}, {count} processes, {done[0][0]}: {len(files)} pictures in "
          f"{seconds:.2f} s, {len(files) / seconds:.1f} images/s ({share:.0%} of the time in the network)")
    if options.output:
        import numpy as np

        paths = [path for item in done for path in item[3]]
        np.savez(options.output, paths=np.array(paths), vectors=np.concatenate([item[4] for item in done]))


if __name__ == "__main__":
    main()
