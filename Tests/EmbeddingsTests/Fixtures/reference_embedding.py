#!/usr/bin/env python3
"""Prints the default network's embedding of the test picture as one JSON list, computed by ONNX Runtime.

usage: reference_embedding.py WEIGHTS.onnx SIDE
"""
import json
import sys

import numpy as np
import onnxruntime

weights, side = sys.argv[1], int(sys.argv[2])
y, x = np.mgrid[0:side, 0:side]
picture = np.stack([x * 255 // side, y * 255 // side, np.where((x // 8 + y // 8) % 2 == 0, 32, 224)])
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
session = onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
(vector,) = session.run(["embedding"], {"input": ((picture - 127) / 128).astype(np.float32)[None]})
print(json.dumps((vector[0].astype(float) / np.linalg.norm(vector[0].astype(float))).tolist()))
