"""More vectors than there are pictures, mixed from real ones."""
import shutil

import numpy as np

from . import vectors


def mixed(base, count, seed, path):
    """Writes `count` rows: those of `base` first, then mixtures of two of them.

    A mixture is w a + (1 - w) b with a, b drawn uniformly from the base and w from [0.6, 0.9], scaled to the length
    of a. Block n of 8,192 rows depends on (seed, n) only, so a smaller set is the beginning of a larger one.
    """
    total, dimension = len(base), base.shape[1]
    needed = count * dimension * 4
    if shutil.disk_usage(path.parent).free < needed + (1 << 30):
        raise vectors.BadVectors(f"{path.parent} has no room for {needed / 1e9:.1f} GB of mixed vectors")
    real = np.asarray(base, np.float32)

    def blocks():
        for start in range(0, min(total, count), 8192):
            yield real[start:min(start + 8192, count)]
        for number, start in enumerate(range(total, count, 8192)):
            random = np.random.default_rng([seed, number])
            first = real[random.integers(total, size=8192)]
            second = real[random.integers(total, size=8192)]
            weight = random.uniform(0.6, 0.9, size=(8192, 1)).astype(np.float32)
            rows = weight * first + (1 - weight) * second
            lengths = np.linalg.norm(rows, axis=1, keepdims=True)
            rows *= np.linalg.norm(first, axis=1, keepdims=True) / np.maximum(lengths, np.float32(1e-30))
            yield rows[:count - start]

    return vectors.write_npy(path, blocks(), count, dimension)
