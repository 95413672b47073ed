"""Seeded random state dicts in both of torch's file formats, written without torch."""
import io
import pickle
import struct
import zipfile
from collections import OrderedDict

import numpy as np

STORAGE = {"float32": "FloatStorage", "int64": "LongStorage", "float16": "HalfStorage", "float64": "DoubleStorage"}


class Global:
    """Something that a pickle names instead of containing."""

    def __init__(self, module, name):
        self.module, self.name = module, name


class Reduce:
    def __init__(self, function, arguments):
        self.function, self.arguments = function, arguments


class Persistent:
    def __init__(self, identifier):
        self.identifier = identifier


class Writer:
    """The few opcodes of pickle protocol 2 that torch's files consist of."""

    def __init__(self):
        self.out = bytearray(pickle.PROTO + b"\x02")

    def text(self, value):
        data = value.encode()
        self.out += pickle.BINUNICODE + struct.pack("<I", len(data)) + data

    def write(self, value):
        match value:
            case bool():
                self.out += pickle.NEWTRUE if value else pickle.NEWFALSE
            case int():
                data = value.to_bytes(max(1, value.bit_length() // 8 + 1), "little", signed=True)
                self.out += pickle.LONG1 + bytes([len(data)]) + data
            case str():
                self.text(value)
            case None:
                self.out += pickle.NONE
            case tuple():
                self.out += pickle.MARK
                for item in value:
                    self.write(item)
                self.out += pickle.TUPLE
            case list():
                self.out += pickle.EMPTY_LIST + pickle.MARK
                for item in value:
                    self.write(item)
                self.out += pickle.APPENDS
            case Global():
                self.out += pickle.GLOBAL + f"{value.module}\n{value.name}\n".encode()
            case Reduce():
                self.write(value.function)
                self.write(value.arguments)
                self.out += pickle.REDUCE
            case Persistent():
                self.write(value.identifier)
                self.out += pickle.BINPERSID
            case OrderedDict():
                self.write(Reduce(Global("collections", "OrderedDict"), ()))
                self.items(value)
            case dict():
                self.out += pickle.EMPTY_DICT
                self.items(value)
            case _:
                raise TypeError(type(value))
        return self

    def items(self, value):
        self.out += pickle.MARK
        for key, item in value.items():
            self.write(key)
            self.write(item)
        self.out += pickle.SETITEMS

    def done(self):
        return bytes(self.out + pickle.STOP)


def dumps(value):
    return Writer().write(value).done()


def strides(shape):
    steps, step = [], 1
    for side in reversed(shape):
        steps.insert(0, step)
        step *= side
    return tuple(steps)


def tensor(key, values, legacy, parameter=False, **changes):
    storage = Global("torch", STORAGE[str(values.dtype)])
    identifier = ("storage", storage, key, "cpu", values.size) + ((None,) if legacy else ())
    facts = {"offset": 0, "size": values.shape, "stride": strides(values.shape)} | changes
    made = Reduce(
        Global("torch._utils", "_rebuild_tensor_v2"),
        (Persistent(identifier), facts["offset"], facts["size"], facts["stride"], False, OrderedDict()))
    return Reduce(Global("torch._utils", "_rebuild_parameter"), (made, True, OrderedDict())) if parameter else made


def write_zip(path, state, pickled=None, compression=zipfile.ZIP_STORED):
    keys = {name: str(i) for i, name in enumerate(state)}
    body = pickled or dumps(OrderedDict((name, tensor(keys[name], v, False)) for name, v in state.items()))
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr("archive/data.pkl", body)
        archive.writestr("archive/byteorder", "little")
        for name, values in state.items():
            archive.writestr("archive/data/" + keys[name], values.tobytes())
        archive.writestr("archive/version", "3\n")


def write_legacy(path, state, pickled=None):
    keys = {name: str(1000 + i) for i, name in enumerate(state)}
    body = pickled or dumps(
        OrderedDict((name, tensor(keys[name], v, True, parameter=v.ndim > 1)) for name, v in state.items()))
    sizes = {"short": 2, "int": 4, "long": 4}
    system = {"protocol_version": 1001, "little_endian": True, "type_sizes": sizes}
    order = sorted(keys.values())
    with open(path, "wb") as file:
        for part in (dumps(0x1950A86A20F9469CFC6C), dumps(1001), dumps(system), body, dumps(order)):
            file.write(part)
        for key in order:
            values = state[next(name for name in keys if keys[name] == key)]
            file.write(struct.pack("<q", values.size) + values.tobytes())


class Random:
    """Weights whose activations keep their size from layer to layer."""

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)
        self.state = OrderedDict()

    def convolution(self, name, outputs, inputs, side):
        deviation = np.sqrt(2 / (inputs * side * side))
        self.state[name + ".weight"] = self.random.normal(0, deviation, (outputs, inputs, side, side)).astype("f4")

    def norm(self, name, width):
        self.state[name + ".weight"] = self.random.uniform(0.6, 1.2, width).astype("f4")
        self.state[name + ".bias"] = self.random.normal(0.1, 0.2, width).astype("f4")
        self.state[name + ".running_mean"] = self.random.normal(0, 0.1, width).astype("f4")
        self.state[name + ".running_var"] = self.random.uniform(0.5, 1.5, width).astype("f4")
        self.state[name + ".num_batches_tracked"] = np.array(7, "i8")

    def classifier(self, name, classes, width):
        self.state[name + ".weight"] = self.random.normal(0, 0.05, (classes, width)).astype("f4")
        self.state[name + ".bias"] = self.random.normal(0, 0.05, classes).astype("f4")


def resnet(seed, blocks, bottleneck, widths=(64, 128, 256, 512), classes=10):
    r = Random(seed)
    r.convolution("conv1", widths[0], 3, 7)
    r.norm("bn1", widths[0])
    inputs, growth = widths[0], 4 if bottleneck else 1
    for layer, (count, width) in enumerate(zip(blocks, widths), start=1):
        for i in range(count):
            name, outputs = f"layer{layer}.{i}", width * growth
            shapes = [(width, inputs, 1), (width, width, 3), (outputs, width, 1)] if bottleneck else [
                (width, inputs, 3), (width, width, 3)]
            for part, shape in enumerate(shapes, start=1):
                r.convolution(f"{name}.conv{part}", *shape)
                r.norm(f"{name}.bn{part}", shape[0])
            if i == 0 and (layer > 1 or inputs != outputs):
                r.convolution(name + ".downsample.0", outputs, inputs, 1)
                r.norm(name + ".downsample.1", outputs)
            inputs = outputs
    r.classifier("fc", classes, inputs)
    return r.state


# Kernel, expansion and stride of the seven stages (Tan and Le, "EfficientNet", 2019, table 1).
STAGES = [(3, 1, 1), (3, 6, 2), (5, 6, 2), (3, 6, 2), (5, 6, 1), (5, 6, 2), (3, 6, 1)]


def efficientnet_lite(seed, repeats, widths, stem=32, head=1280, classes=10):
    r = Random(seed)
    r.convolution("_conv_stem", stem, 3, 3)
    r.norm("_bn0", stem)
    inputs, index = stem, 0
    for (side, expansion, _), count, width in zip(STAGES, repeats, widths):
        for _ in range(count):
            name, middle = f"_blocks.{index}", inputs * expansion
            if expansion > 1:
                r.convolution(name + "._expand_conv", middle, inputs, 1)
                r.norm(name + "._bn0", middle)
            r.convolution(name + "._depthwise_conv", middle, 1, side)
            r.norm(name + "._bn1", middle)
            r.convolution(name + "._project_conv", width, middle, 1)
            r.norm(name + "._bn2", width)
            inputs, index = width, index + 1
    r.convolution("_conv_head", head, inputs, 1)
    r.norm("_bn1", head)
    r.classifier("_fc", classes, head)
    return r.state
