"""Files of tiny images for the benchmarks: moved, mirrored and lightened copies of CIFAR-10, or noise."""
import numpy as np

RECORD = 3072
# Records of one array: as many as CIFAR-10 has.
ARRAY = 60_000
# Arrays that are made; behind them the file repeats itself.
ARRAYS = 16


def different():
    """How many records of a large file are made, all others being copies of them."""
    return ARRAY * ARRAYS


def variants(records, seed):
    """Endless arrays of as many records as there are, the first as they are."""
    numbers = np.random.default_rng(seed)
    planes = records.reshape(-1, 3, 32, 32)
    yield records
    while True:
        moved = np.roll(planes, tuple(int(n) for n in numbers.integers(-6, 7, size=2)), axis=(2, 3))
        if numbers.integers(2):
            moved = moved[:, :, ::-1, :]
        changed = moved * np.float32(numbers.uniform(0.8, 1.2)) + int(numbers.integers(-30, 31))
        changed += numbers.integers(-4, 5, size=changed.shape, dtype=np.int8)
        yield np.clip(changed, 0, 255).astype(np.uint8).reshape(-1, RECORD)


def noise(seed):
    numbers = np.random.default_rng(seed)
    while True:
        yield np.frombuffer(numbers.bytes(ARRAY * RECORD), dtype=np.uint8).reshape(-1, RECORD)


def make(path, count, arrays, repeat=ARRAYS):
    """`count` records; after `repeat` arrays the file's own front is copied, which is quicker than making more."""
    written = 0
    with open(path, "wb") as file:
        for array in arrays:
            if written >= count or repeat == 0:
                break
            part = array[: count - written]
            part.tofile(file)
            written += len(part)
            repeat -= 1
    front = written * RECORD
    with open(path, "rb") as source, open(path, "ab") as file:
        while written < count:
            source.seek((written * RECORD) % front)
            chunk = source.read(min(ARRAY * RECORD, (count - written) * RECORD))
            file.write(chunk)
            written += len(chunk) // RECORD
        file.truncate(count * RECORD)
