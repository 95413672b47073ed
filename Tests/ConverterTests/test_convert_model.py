#!/usr/bin/env python3
"""The converter against an independent forward pass, and against hostile files.

Run with the Python of scripts/setup/python.sh --tests:
    .deps/python/bin/python -m unittest discover Tests/ConverterTests
"""
import hashlib
import json
import os
import pickle
import struct
import sys
import tempfile
import unittest
import zipfile
from collections import OrderedDict
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import numpy as np
import onnxruntime

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "scripts"), str(Path(__file__).parent)]

import convert_model  # noqa: E402
import forward  # noqa: E402
import state_dicts  # noqa: E402
from state_dicts import Global, Persistent, Reduce, dumps, tensor  # noqa: E402

LITE = {
    "efficientnet-lite0": ((1, 2, 2, 3, 3, 4, 1), (16, 24, 40, 80, 112, 192, 320), 224),
    "efficientnet-lite1": ((1, 3, 3, 4, 4, 5, 1), (16, 24, 40, 80, 112, 192, 320), 240),
    "efficientnet-lite2": ((1, 3, 3, 4, 4, 5, 1), (16, 24, 48, 88, 120, 208, 352), 260),
    "efficientnet-lite3": ((1, 3, 3, 5, 5, 6, 1), (24, 32, 48, 96, 136, 232, 384), 280),
    "efficientnet-lite4": ((1, 4, 4, 6, 6, 8, 1), (24, 32, 56, 112, 160, 272, 448), 300),
}
RESNET = {
    "resnet18": ((2, 2, 2, 2), False),
    "resnet34": ((3, 4, 6, 3), False),
    "resnet50": ((3, 4, 6, 3), True),
    "resnet101": ((3, 4, 23, 3), True),
    "resnet152": ((3, 8, 36, 3), True),
}
# The deep ones get narrow layers: depth and wiring are what differs.
NARROW = (16, 24, 32, 40)


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.source = Path(self.folder.name, "in.pth")
        self.target = Path(self.folder.name, "out.onnx")

    def convert(self):
        return convert_model.convert(self.source, self.target)


class Numbers(Folder):
    def compare(self, expected, image):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        session = onnxruntime.InferenceSession(str(self.target), options, providers=["CPUExecutionProvider"])
        for name in ("features", "embedding", "logits"):
            (got,) = session.run([name], {"input": image[None]})
            self.assertEqual(got[0].shape, expected[name].shape)
            size = np.abs(expected[name]).max()
            self.assertGreater(size, 1e-3, "the comparison would say nothing")
            self.assertLess(np.abs(got[0] - expected[name]).max() / size, 1e-4, name)

    def image(self, height, width):
        return np.random.default_rng(5).normal(0, 1, (3, height, width)).astype("f4")

    def check_card(self, card, name, dimension):
        self.assertEqual(card, json.loads(self.target.with_suffix(".json").read_text()))
        self.assertEqual((card["name"], card["dimension"]), (name, dimension))
        self.assertEqual(card["weights"]["sha256"], hashlib.sha256(self.target.read_bytes()).hexdigest())

    def test_efficientnet_lite(self):
        for seed, (name, (repeats, widths, side)) in enumerate(LITE.items()):
            with self.subTest(name):
                head = 1280 if name == "efficientnet-lite0" else 64
                state = state_dicts.efficientnet_lite(seed, repeats, widths, head=head)
                (state_dicts.write_legacy if seed % 2 == 0 else state_dicts.write_zip)(self.source, state)
                card = self.convert()
                self.check_card(card, name, head)
                self.assertEqual(card["input"]["width"], side)
                # Sizes that leave odd maps, as the native ones of lite1 and up do, and one that does not.
                for size in [(64, 96)] if side == 224 else [(60, 70), (64, 64)]:
                    image = self.image(*size)
                    self.compare(forward.efficientnet_lite(state, image, repeats), image)

    def test_resnet(self):
        for seed, (name, (blocks, bottleneck)) in enumerate(RESNET.items()):
            with self.subTest(name):
                widths = (64, 128, 256, 512) if name == "resnet18" else NARROW
                state = state_dicts.resnet(seed, blocks, bottleneck, widths)
                (state_dicts.write_zip if seed % 2 == 0 else state_dicts.write_legacy)(self.source, state)
                card = self.convert()
                self.check_card(card, name, widths[3] * (4 if bottleneck else 1))
                image = self.image(64, 50)
                self.compare(forward.resnet(state, image, blocks, bottleneck), image)

    def test_both_formats_give_the_same_bytes(self):
        state = state_dicts.resnet(1, (2, 2, 2, 2), False, NARROW)
        state_dicts.write_zip(self.source, state)
        first = self.convert()
        state_dicts.write_legacy(self.source, state)
        self.assertEqual(first, self.convert())

    def test_card_in_the_repository_is_what_the_converter_writes(self):
        repeats, widths, _ = LITE["efficientnet-lite0"]
        state_dicts.write_zip(self.source, state_dicts.efficientnet_lite(0, repeats, widths))
        written = self.convert()
        kept = json.loads((ROOT / "Models/efficientnet-lite0.json").read_text())
        for field in ("weights", "source"):
            self.assertIn(field, kept)
            written.pop(field), kept.pop(field)
        self.assertEqual(written, kept)


class Refusals(Folder):
    def refused(self, reason):
        with self.assertRaisesRegex(convert_model.Refused, reason):
            self.convert()
        self.assertFalse(self.target.exists())

    def small(self):
        return state_dicts.resnet(3, (2, 2, 2, 2), False, NARROW)

    def test_pickles_that_run_something(self):
        marker = Path(self.folder.name, "ran")
        calls = [
            Reduce(Global("os", "system"), (f"touch {marker}",)),
            Reduce(Global("builtins", "eval"), (f"open({str(marker)!r}, 'w')",)),
            Reduce(Global("torch", "load"), ("x",)),
            Reduce(Global("collections", "Counter"), ()),
            Reduce(Global("torch._utils", "os.system"), (f"touch {marker}",)),
        ]
        for call in calls:
            body = dumps(OrderedDict(a=call))
            for write in (state_dicts.write_zip, state_dicts.write_legacy):
                write(self.source, self.small(), pickled=body)
                self.refused("the pickle asks for")
        # As the very first thing in the file, and with pickle's own tool.
        class Evil:
            def __reduce__(self):
                return os.system, (f"touch {marker}",)

        self.source.write_bytes(pickle.dumps(Evil()))
        self.refused("the pickle asks for")
        self.assertFalse(marker.exists())

    def test_tensors_that_reach_outside_their_storage(self):
        values = np.zeros(16, "f4")
        state = OrderedDict(a=values)
        for changes in (
            {"offset": 1}, {"offset": -1}, {"offset": 1 << 62}, {"size": (17,)}, {"size": (1 << 40,), "stride": (0,)},
            {"size": (4, 4), "stride": (1 << 61, 1)}, {"size": (4,), "stride": (-1,)}, {"size": (4, 4), "stride": (4,)},
            {"size": (4,), "stride": (6,)}, {"size": ("4",), "stride": (1,)}, {"size": (0,)},
        ):
            with self.subTest(changes):
                made = tensor("0", values, False, **changes)
                state_dicts.write_zip(self.source, state, pickled=dumps(OrderedDict(a=made)))
                self.refused("impossible shape|outside its storage")

    def test_storages_that_are_not_there(self):
        storage = Global("torch", "FloatStorage")
        for identifier in (("storage", storage, "9999", "cpu", 1), ("storage", storage, "../data.pkl", "cpu", 1)):
            made = Reduce(Global("torch._utils", "_rebuild_tensor_v2"),
                          (Persistent(identifier), 0, (1,), (1,), False, OrderedDict()))
            for write in (state_dicts.write_zip, state_dicts.write_legacy):
                write(self.source, self.small(), pickled=dumps(OrderedDict(a=made)))
                self.refused("lacks|missing")
        for identifier in (("module", storage, "0", "cpu", 1), ("storage", "CharStorage", "0", "cpu", 1), ("x",)):
            made = Persistent(identifier)
            state_dicts.write_zip(self.source, self.small(), pickled=dumps(OrderedDict(a=made)))
            self.refused("unknown kind of storage|damaged pickle")

    def test_files_that_are_damaged(self):
        state = self.small()
        for write in (state_dicts.write_zip, state_dicts.write_legacy):
            write(self.source, state)
            data = self.source.read_bytes()
            for length in [0, 1, 10, 100, 1000, len(data) // 2, len(data) - 1]:
                self.source.write_bytes(data[:length])
                self.refused("")
        state_dicts.write_legacy(self.source, state)
        with open(self.source, "ab") as file:
            file.write(b"x")
        self.refused("bytes follow")

    def test_seeded_damage_never_escapes(self):
        random = np.random.default_rng(11)
        for write in (state_dicts.write_zip, state_dicts.write_legacy):
            write(self.source, OrderedDict(a=np.arange(64, dtype="f4"), b=np.arange(8)))
            data = self.source.read_bytes()
            for _ in range(300):
                changed = bytearray(data)
                for position in random.integers(0, len(data), 3):
                    changed[position] = random.integers(0, 256)
                self.source.write_bytes(changed)
                self.refused("")

    def test_compressed_archives(self):
        state_dicts.write_zip(self.source, self.small(), compression=zipfile.ZIP_DEFLATED)
        self.refused("compressed")

    def test_networks_that_are_something_else(self):
        state = self.small()

        def with_change(change):
            changed = OrderedDict(state)
            change(changed)
            state_dicts.write_zip(self.source, changed)

        with_change(lambda s: s.pop("layer2.0.bn1.bias"))
        self.refused("layer2.0.bn1.bias is missing")
        with_change(lambda s: s.update({"head.weight": np.zeros((1, 1), "f4")}))
        self.refused("unused, such as head.weight")
        with_change(lambda s: s.update({"layer4.2.conv1.weight": np.zeros((1, 1, 1, 1), "f4")}))
        self.refused("no ResNet has the blocks")
        with_change(lambda s: s.update({"layer1.1.conv2.weight": np.zeros((16, 8, 3, 3), "f4")}))
        self.refused("grouped")
        with_change(lambda s: s.update({"fc.bias": np.array([np.nan] * 10, "f4")}))
        self.refused("not finite")
        with_change(lambda s: s.pop("conv1.weight"))
        self.refused("neither")
        state_dicts.write_zip(self.source, state, pickled=dumps(OrderedDict(model=OrderedDict(a=1))))
        self.refused("not a state dict")

    def test_command_says_why_and_fails(self):
        self.source.write_bytes(struct.pack("<q", 7))
        errors = StringIO()
        with redirect_stderr(errors), redirect_stdout(StringIO()):
            self.assertEqual(convert_model.main([str(self.source), str(self.target)]), 1)
            self.assertEqual(convert_model.main([str(self.source) + "x", str(self.target)]), 1)
        self.assertEqual(len(errors.getvalue().splitlines()), 2)


if __name__ == "__main__":
    unittest.main()
