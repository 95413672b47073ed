"""Healthy clients beside 500 connections that are slow or do nothing."""
import asyncio
import contextlib
import statistics
import threading

from .load import load
from .server import BOUNDARY
from .table import row

CONNECTIONS = 500
HEALTHY = 4
K = 10
# Seconds between two bytes of a slow body, and until a closed connection is opened again.
PAUSE = 0.5


class Stalled:
    """Keeps the connections open until the block ends: a third each with half a header, a body that comes byte by
    byte, and nothing at all."""

    def __init__(self, server):
        self.server = server
        self.open = 0
        self.ending = threading.Event()
        self.thread = threading.Thread(target=lambda: asyncio.run(self.run()))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        self.thread.join()

    async def run(self):
        kinds = [self.half_header, self.slow_body, self.idle]
        tasks = [asyncio.create_task(self.keep(kinds[number % len(kinds)])) for number in range(CONNECTIONS)]
        while not self.ending.is_set():
            await asyncio.sleep(0.1)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def keep(self, kind):
        while not self.ending.is_set():
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_connection(self.server.host, self.server.port)
                self.open += 1
                try:
                    await kind(reader, writer)
                finally:
                    self.open -= 1
                    writer.close()
            await asyncio.sleep(PAUSE)

    async def half_header(self, reader, writer):
        writer.write(f"GET {self.server.path} HTTP/1.1\r\nhost: 127.0.0.1\r\nx-half:".encode())
        await reader.read(1)

    async def slow_body(self, reader, writer):
        writer.write((
            f"POST {self.server.path}/search HTTP/1.1\r\nhost: 127.0.0.1\r\n"
            f"content-type: multipart/form-data; boundary={BOUNDARY}\r\ncontent-length: 100000\r\n\r\n").encode())
        # A cancellation that comes with a time-out is lost.
        while not self.ending.is_set():
            writer.write(b"-")
            await writer.drain()
            with contextlib.suppress(TimeoutError):
                # An answer, or the end.
                await asyncio.wait_for(reader.read(1), PAUSE)
                return

    async def idle(self, reader, writer):
        await reader.read(1)


def rows(bench):
    query = f"k={K}&recall=0.99"
    alone, beside, held = [], [], []
    with bench.server() as server:
        load(server, bench.pictures, query, 3, HEALTHY)
        for _ in range(bench.rounds):
            alone.append(load(server, bench.pictures, query, bench.seconds, HEALTHY))
            with Stalled(server) as stalled:
                # All of them are there before the clock starts.
                stalled.ending.wait(2)
                held.append(stalled.open)
                beside.append(load(server, bench.pictures, query, bench.seconds, HEALTHY))
    ratios = [with_them.p99_ms / without.p99_ms for without, with_them in zip(alone, beside)]
    measured = (
        f"{statistics.median(ratios):.2f}x ({min(ratios):.2f} to {max(ratios):.2f}): p99 "
        f"{statistics.median(one.p99_ms for one in alone):.1f} ms undisturbed, "
        f"{statistics.median(one.p99_ms for one in beside):.1f} ms beside {min(held)}")
    yield row(f"{CONNECTIONS} slow or stalled connections, p99 of {HEALTHY} healthy clients", measured, "<= 2x")
