#!/usr/bin/env python3
"""Writes the tiny networks beside it (numpy and onnx; see scripts/setup/python.sh). Run after changing them."""
from pathlib import Path

import onnx
from onnx import TensorProto, helper

FOLDER = Path(__file__).parent


def port(name, shape, kind=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, kind, shape)


def node(kind, inputs, output, **attributes):
    return helper.make_node(kind, inputs, [output], **attributes)


def write(name, nodes, inputs, outputs):
    graph = helper.make_graph(nodes, name, inputs, outputs)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], producer_name="fixture")
    model.ir_version = 7
    onnx.checker.check_model(model)
    (FOLDER / f"{name}.onnx").write_bytes(model.SerializeToString(deterministic=True))


# The mean of each channel, as a map, as a vector and in shapes that no card describes.
write(
    "tiny",
    [
        node("Add", ["input", "input"], "features"),
        node("GlobalAveragePool", ["features"], "pooled"),
        node("Flatten", ["pooled"], "embedding", axis=1),
        node("Flatten", ["features"], "flat", axis=3),
        node("Shape", ["input"], "size"),
        node("Abs", ["embedding"], "positive"),
        node("Neg", ["positive"], "negative"),
        node("Sqrt", ["negative"], "broken"),
    ],
    [port("input", ["n", 3, "h", "w"])],
    [
        port("features", ["n", 3, "h", "w"]), port("embedding", ["n", 3]), port("flat", ["m", "w"]),
        port("size", [4], TensorProto.INT64), port("broken", ["n", 3]),
    ])
write(
    "fixed", [node("GlobalAveragePool", ["input"], "embedding")], [port("input", [1, 3, 16, 16])],
    [port("embedding", [1, 3, 1, 1])])
write(
    "interleaved",
    [node("Transpose", ["input"], "features", perm=[0, 3, 1, 2])], [port("input", ["n", "h", "w", 3])],
    [port("features", ["n", 3, "h", "w"])])
write(
    "two-inputs", [node("Add", ["input", "other"], "features")],
    [port("input", ["n", 3, "h", "w"]), port("other", ["n", 3, "h", "w"])], [port("features", ["n", 3, "h", "w"])])
write(
    "bytes", [node("Cast", ["input"], "features", to=TensorProto.FLOAT)],
    [port("input", ["n", 3, "h", "w"], TensorProto.UINT8)], [port("features", ["n", 3, "h", "w"])])
