#!/usr/bin/env python3
"""Idle connections of strangers beside clients at work.

50 clients with a key search by id, in rounds with and without 8,000 idle connections without one, in turn. Prints the
99th percentile of their times and the server's memory, and fails if the first more than doubles, if the second grows by
more than 200 MB, or if a client with a key is not answered.

    scripts/attack/connections.py [--idle 8000] [--clients 50] [--rounds 3] [--seconds 8]
"""
import argparse
import multiprocessing
import resource
import selectors
import socket
import sys
import tempfile
import time

from served import Server

# Each client asks so often in a second, so that it is the server that is measured, not this script.
RATE = 4
PROCESSES = 4
# Idle connections that are opened in a second: more would wait for the system, which tries again ever later.
OPENED = 2000


def idle(port, count, opened, leave):
    """Opens connections, says how many, waits, and says how many are open still."""
    connections = []
    for _ in range(count):
        try:
            connections.append(socket.create_connection(("127.0.0.1", port), timeout=30))
        except OSError:
            break
        time.sleep(PROCESSES / OPENED)
    opened.put(len(connections))
    leave.wait()
    still = 0
    for connection in connections:
        connection.setblocking(False)
        try:
            still += connection.recv(1) != b""
        except BlockingIOError:
            still += 1
        except OSError:
            pass
        connection.close()
    opened.put(still)


class Client:
    """A keep-alive connection that asks for what is near a picture."""

    def __init__(self, port, key, number):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setblocking(False)
        self.request = (
            f"GET /v1/collections/photos/images/{number % 12 + 1}/similar?k=10 HTTP/1.1\r\nHost: localhost\r\n"
            f"x-api-key: {key}\r\n\r\n").encode()
        self.next = time.perf_counter() + (number % 50) / 50 / RATE
        self.sent = None
        self.received = b""

    def ask(self):
        self.sent = time.perf_counter()
        self.next = max(self.next + 1 / RATE, self.sent)
        self.received = b""
        self.socket.send(self.request)

    def take(self):
        """The milliseconds that the answer took; None as long as it is not whole."""
        part = self.socket.recv(1 << 16)
        if not part:
            raise ConnectionError("a client with a key was hung up on")
        self.received += part
        head, end, body = self.received.partition(b"\r\n\r\n")
        if not end:
            return None
        if not head.startswith(b"HTTP/1.1 200 "):
            raise ConnectionError(head.split(b"\r\n")[0].decode())
        lines = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        if len(body) < int(lines[0].split(b":")[1]):
            return None
        took = (time.perf_counter() - self.sent) * 1e3
        self.sent = None
        return took


def work(port, key, clients, seconds):
    """The times of all answers, in milliseconds."""
    selector = selectors.DefaultSelector()
    all_clients = [Client(port, key, number) for number in range(clients)]
    for client in all_clients:
        selector.register(client.socket, selectors.EVENT_READ, client)
    times = []
    end = time.perf_counter() + seconds
    while (now := time.perf_counter()) < end or any(client.sent for client in all_clients):
        for client in all_clients:
            if now < end and client.sent is None and client.next <= now:
                client.ask()
        if now > end + 30:
            raise ConnectionError("a client with a key was not answered")
        for key_, _ in selector.select(0.001):
            if (took := key_.data.take()) is not None:
                times.append(took)
    for client in all_clients:
        client.socket.close()
    return times


def wait(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.1)


def percentile(times, share):
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, standard in {"idle": 8000, "clients": 50, "rounds": 3, "seconds": 8}.items():
        parser.add_argument(f"--{name}", type=int, default=standard)
    options = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with tempfile.TemporaryDirectory(prefix="sosia-connections-") as folder:
        keys, key = Server.key(folder)
        server = Server(folder, "--api-key-file", keys)
        try:
            return attack(server, key, options)
        finally:
            server.stop()


def attack(server, key, options):
    work(server.port, key, options.clients, 2)
    rest = server.resident()
    times = {False: [], True: []}
    grown, kept = 0, options.idle
    print(f"{'idle':>6} {'requests':>9} {'p50 ms':>8} {'p99 ms':>8} {'memory MB':>10}")
    for _ in range(options.rounds):
        for crowded in (False, True):
            still = 0
            if crowded:
                opened, leave = multiprocessing.Queue(), multiprocessing.Event()
                crowd = [
                    multiprocessing.Process(
                        target=idle, args=(server.port, options.idle // PROCESSES, opened, leave), daemon=True)
                    for _ in range(PROCESSES)]
                for process in crowd:
                    process.start()
                count = sum(opened.get(timeout=60) for _ in crowd)
                # The system opens connections before the server takes them.
                wait(lambda: server.connections() >= count)
            found = work(server.port, key, options.clients, options.seconds)
            memory = server.resident()
            if crowded:
                grown = max(grown, memory - rest)
                leave.set()
                still = sum(opened.get(timeout=60) for _ in crowd)
                kept = min(kept, still)
                for process in crowd:
                    process.join()
                wait(lambda: server.connections() < count / 10)
            times[crowded] += found
            print(
                f"{still:>6} {len(found):>9} {percentile(found, 0.5):>8.2f} {percentile(found, 0.99):>8.2f} "
                f"{memory:>10.0f}", flush=True)
    alone, crowded = (percentile(times[value], 0.99) for value in (False, True))
    print(f"p99 {alone:.2f} ms alone, {crowded:.2f} ms beside idle ones: {crowded / alone:.2f}x (at most 2x)")
    print(f"memory grew by {grown:.0f} MB (at most 200 MB)")
    if kept < 0.95 * options.idle:
        print(f"only {kept} idle connections were there to the end: this is no measurement")
        return 1
    return 0 if crowded <= 2 * alone and grown <= 200 and server.is_alive() else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ConnectionError as error:
        sys.exit(f"failed: {error}")
