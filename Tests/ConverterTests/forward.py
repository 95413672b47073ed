"""The two families as plain numpy in double precision, straight from the papers: batch norms are not folded, padding
follows TensorFlow's definition of SAME from the sizes at hand. Nothing is shared with the converter."""
import numpy as np

from state_dicts import STAGES


def convolution(x, weights, stride, pads, group=1):
    """x [c, h, w]; pads (top, bottom, left, right); one product for each position of the kernel."""
    w = weights.astype(np.float64)
    outputs, _, side, _ = w.shape
    x = np.pad(x, ((0, 0), pads[:2], pads[2:]))
    height, width = ((n - side) // stride + 1 for n in x.shape[1:])
    result = np.zeros((outputs, height, width))
    for i in range(side):
        for j in range(side):
            part = x[:, i:i + stride * (height - 1) + 1:stride, j:j + stride * (width - 1) + 1:stride]
            if group == 1:
                result += np.tensordot(w[:, :, i, j], part, 1)
            else:
                result += w[:, 0, i, j, None, None] * part
    return result


def same(x, side, stride):
    pads = []
    for n in x.shape[1:]:
        total = max((-(-n // stride) - 1) * stride + side - n, 0)
        pads += [total // 2, total - total // 2]
    return pads


def norm(x, state, name, epsilon):
    gain, bias, mean, variance = (
        state[f"{name}.{part}"].astype(np.float64)[:, None, None]
        for part in ("weight", "bias", "running_mean", "running_var"))
    return (x - mean) / np.sqrt(variance + epsilon) * gain + bias


def outputs(features, state, classifier):
    embedding = features.mean(axis=(1, 2))
    logits = state[classifier + ".weight"].astype(np.float64) @ embedding + state[classifier + ".bias"]
    return {"features": features, "embedding": embedding, "logits": logits}


def resnet(state, x, blocks, bottleneck):
    def step(x, conv, bn, stride, pad):
        return norm(convolution(x, state[conv + ".weight"], stride, [pad] * 4), state, bn, 1e-5)

    def relu(x):
        return np.maximum(x, 0)

    x = relu(step(x.astype(np.float64), "conv1", "bn1", 2, 3))
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1)), constant_values=-np.inf)
    height, width = ((n - 3) // 2 + 1 for n in padded.shape[1:])
    x = np.max([
        padded[:, i:i + 2 * height - 1:2, j:j + 2 * width - 1:2] for i in range(3) for j in range(3)], axis=0)
    for layer, count in enumerate(blocks, start=1):
        for i in range(count):
            name, stride = f"layer{layer}.{i}", 2 if layer > 1 and i == 0 else 1
            if bottleneck:
                y = relu(step(x, name + ".conv1", name + ".bn1", 1, 0))
                y = relu(step(y, name + ".conv2", name + ".bn2", stride, 1))
                y = step(y, name + ".conv3", name + ".bn3", 1, 0)
            else:
                y = relu(step(x, name + ".conv1", name + ".bn1", stride, 1))
                y = step(y, name + ".conv2", name + ".bn2", 1, 1)
            if name + ".downsample.0.weight" in state:
                x = step(x, name + ".downsample.0", name + ".downsample.1", stride, 0)
            x = relu(x + y)
    return outputs(x, state, "fc")


def efficientnet_lite(state, x, repeats):
    def step(x, conv, bn, side, stride, active=True, group=1):
        y = norm(convolution(x, state[conv + ".weight"], stride, same(x, side, stride), group), state, bn, 1e-3)
        return np.clip(y, 0, 6) if active else y

    x = step(x.astype(np.float64), "_conv_stem", "_bn0", 3, 2)
    index = 0
    for (side, expansion, first), count in zip(STAGES, repeats):
        for repeat in range(count):
            name, stride, y = f"_blocks.{index}", first if repeat == 0 else 1, x
            if expansion > 1:
                y = step(y, name + "._expand_conv", name + "._bn0", 1, 1)
            y = step(y, name + "._depthwise_conv", name + "._bn1", side, stride, group=len(y))
            y = step(y, name + "._project_conv", name + "._bn2", 1, 1, active=False)
            x = x + y if repeat > 0 else y
            index += 1
    return outputs(step(x, "_conv_head", "_bn1", 1, 1), state, "_fc")
