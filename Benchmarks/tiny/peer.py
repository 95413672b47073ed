"""The scan as it is written in numpy: uint8 to float, a block at a time. Prints seconds."""
import sys
import time

import numpy as np

RECORD = 3072
BLOCK = 4096


def main(path, query, k):
    records = np.memmap(path, dtype=np.uint8, mode="r").reshape(-1, RECORD)
    wanted = records[query].astype(np.float32)
    start = time.perf_counter()
    distances = np.empty(len(records), dtype=np.float32)
    for first in range(0, len(records), BLOCK):
        block = records[first : first + BLOCK].astype(np.float32)
        distances[first : first + BLOCK] = np.sqrt(((block - wanted) ** 2).sum(axis=1))
    nearest = np.argsort(distances, kind="stable")[:k]
    print(time.perf_counter() - start, *nearest[:10])


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
