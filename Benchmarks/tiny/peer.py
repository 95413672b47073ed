"""The scan as it is written in numpy: uint8 to float, a block of records at a time.

    peer.py FILE QUERY K BLOCK

Prints the seconds it took, then the ten nearest positions. The block decides how fast it is: small ones stay in the
processor's caches, but each has its overhead. `tiny` tries several and compares with the best.
"""
import sys
import time

import numpy as np

RECORD = 3072


def main(path, query, k, block):
    records = np.memmap(path, dtype=np.uint8, mode="r").reshape(-1, RECORD)
    wanted = records[query].astype(np.float32)
    start = time.perf_counter()
    distances = np.empty(len(records), dtype=np.float32)
    for first in range(0, len(records), block):
        difference = records[first : first + block].astype(np.float32)
        difference -= wanted
        np.einsum("ij,ij->i", difference, difference, out=distances[first : first + block])
    np.sqrt(distances, out=distances)
    k = min(k, len(records))
    nearest = np.argpartition(distances, k - 1)[:k]
    nearest = nearest[np.lexsort((nearest, distances[nearest]))]
    print(time.perf_counter() - start, *nearest[:10])


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
