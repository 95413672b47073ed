#!/usr/bin/env python3
"""What no client would say, byte by byte: expectations, pipelines, smuggling, slow and oversized headers, HTTP/1.0.

Each case says what it sends and which answers it wants, and whether the connection is closed after them. Where a case is
refused, there is one answer and no second: what a proxy took for a body is never taken for a request.

    scripts/attack/wire.py [NAME...]
"""
import concurrent.futures
import re
import socket
import sys
import tempfile
import time

from served import Server, form, png

GET = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
# What is smuggled would be answered with this status.
HIDDEN = "GET /hidden HTTP/1.1\r\nHost: localhost\r\n\r\n"
BODY = '{"query":{"positive":[{"id":1}]}}'
SIDE = 2000


def search(more="", version="1.1", length=len(BODY), key=True):
    """The head of a search."""
    return (
        f"POST /v1/collections/photos/search HTTP/{version}\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        + (f"x-api-key: {KEY}\r\n" if key else "") + (f"Content-Length: {length}\r\n" if length is not None else "")
        + more + "\r\n")


class Wire:
    """One connection, and what has been read from it."""

    def __init__(self, port, window=None):
        self.socket = socket.socket()
        if window:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        self.socket.settimeout(60)
        self.socket.connect(("127.0.0.1", port))
        self.bytes = b""
        self.is_closed = False

    def send(self, text):
        try:
            self.socket.sendall(text if isinstance(text, bytes) else text.encode("latin-1"))
        except OSError:
            pass

    def read(self, seconds):
        """Whether something came within the time."""
        self.socket.settimeout(seconds)
        try:
            part = self.socket.recv(1 << 16)
        except TimeoutError:
            return False
        except OSError:
            part = b""
        self.bytes += part
        self.is_closed = self.is_closed or not part
        return bool(part)

    def answer(self, seconds=60):
        """The status and the body of the next answer; None if there is none."""
        end = time.monotonic() + seconds
        while True:
            head, found, rest = self.bytes.partition(b"\r\n\r\n")
            if found:
                status = int(head.split()[1])
                length = re.search(rb"\r\ncontent-length: *(\d+)", head.lower())
                length = int(length[1]) if length and status >= 200 else 0
                if len(rest) >= length:
                    self.bytes = rest[length:]
                    self.version = head[:8].decode()
                    return status, rest[:length]
            if self.is_closed or time.monotonic() > end:
                return None
            self.read(max(0.01, end - time.monotonic()))

    def rest(self):
        """The statuses of the answers that are still to come, until the server hangs up."""
        statuses = []
        while (answer := self.answer()) is not None:
            statuses.append(answer[0])
        return statuses

    def goodbye(self):
        """The same after a last request, whose answer (200) tells that the connection was good to the end."""
        self.send(GET + "Connection: close\r\n\r\n")
        return self.rest()


CASES = {}


def case(name):
    def add(function):
        CASES[name] = function
        return function
    return add


def simple(name, text, statuses, closed, shut=False):
    """A text with the statuses of its answers (several that are as good in a tuple), and whether the server hangs up."""
    def run(wire, _):
        wire.send(text() if callable(text) else text)
        if shut:
            wire.socket.shutdown(socket.SHUT_WR)
        got = wire.rest() if closed else wire.goodbye()
        wanted = [status if isinstance(status, tuple) else (status,) for status in statuses + [200] * (not closed)]
        fits = len(got) == len(wanted) and all(one in many for one, many in zip(got, wanted))
        return fits and wire.is_closed, str(got)
    CASES[name] = run


def ends(wire, drip=None):
    """The seconds after which the server hangs up, however the client goes on."""
    start = time.monotonic()
    while not wire.is_closed and time.monotonic() < start + 60:
        if drip:
            wire.send(drip)
        wire.read(1)
    return time.monotonic() - start


# These come first: they take half a minute each, and the others go on beside them.
@case("silence")
def silence(wire, _):
    seconds = ends(wire)
    return 25 < seconds < 45 and not wire.bytes, f"closed after {seconds:.0f} s"


@case("headers a byte a second")
def slow(wire, _):
    wire.send(GET)
    seconds = ends(wire, "a")
    return 25 < seconds < 45, f"closed after {seconds:.0f} s"


@case("a connection that is done")
def done(wire, _):
    wire.send(GET + "\r\n")
    answer = wire.answer()
    seconds = ends(wire)
    return answer[0] == 200 and 25 < seconds < 45, f"closed after {seconds:.0f} s"


simple("one request", GET + "\r\n", [200], False)
simple("two requests at once", (GET + "\r\n") * 2, [200, 200], False)
simple("ten requests at once", (GET + "\r\n") * 10, [200] * 10, False)
simple("a request that asks to close", GET + "Connection: close\r\n\r\n" + HIDDEN, [200], True)
simple("a request that asks to Close", GET + "Connection: Close\r\n\r\n" + HIDDEN, [200], True)
simple("a client that says no more", GET + "\r\n", [200], True, shut=True)
simple("empty lines before a request", "\r\n\r\n" + GET + "\r\n", [200], False)

# RFC 9112, section 6: one length, or the request is refused and the connection closed.
for name, lines in {
    "length and chunks": "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
    "chunks and length": "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
    "two lengths": "Content-Length: 4\r\nContent-Length: 40\r\n",
    "two lengths in one": "Content-Length: 4, 40\r\n",
    "a length with a sign": "Content-Length: +4\r\n",
    "a negative length": "Content-Length: -4\r\n",
    "a hexadecimal length": "Content-Length: 0x4\r\n",
    "a length beyond 64 bits": "Content-Length: 18446744073709551620\r\n",
    "an empty length": "Content-Length:\r\n",
    "a length that is none": "Content-Length: four\r\n",
    "a space before the colon": "Content-Length : 4\r\n",
    "an unknown coding": "Transfer-Encoding: xchunked\r\n",
    "chunked that is not last": "Transfer-Encoding: chunked, identity\r\n",
    "a control character in the coding": "Transfer-Encoding: \x0bchunked\r\n",
    "a folded length": "Content-Length:\r\n 4\r\n",
    "a folded coding": "Transfer-Encoding:\r\n chunked\r\n",
    "a folded header": "X-A: a\r\n b\r\nContent-Length: 0\r\n",
    "a header without a name": ": a\r\n",
    "a header without a colon": "nothing\r\n",
    "a zero character in a header": "X-A: a\0b\r\n",
    "a lone CR in a header": "X-A: a\rContent-Length: 4\r\n",
    "a lone LF after a header": "X-A: a\nContent-Length: 4\r\n",
    "a blank in a name": "X A: a\r\n",
}.items():
    simple(name, lambda lines=lines: search(lines, length=None) + "0\r\n\r\n" + HIDDEN, [400], True)

for name, body in {
    "a chunk without a number": "zz\r\n",
    "a negative chunk": "-1\r\n",
    "a chunk beyond 64 bits": "10000000000000000\r\n",
    "a chunk that is longer than it says": "1\r\nabc\r\n0\r\n\r\n",
    "a chunk that ends with LF": "1\na\n0\n\n",
    "a chunk number with a prefix": "0x1\r\na\r\n0\r\n\r\n",
}.items():
    simple(
        name, lambda body=body: search("Transfer-Encoding: chunked\r\n", length=None) + body + HIDDEN, [400], True)

for name, line in {
    "no version": "GET /healthz", "an unknown version": "GET /healthz HTTP/9.9", "version 0.9": "GET /healthz HTTP/0.9",
    "HTTP/2 in plain": "PRI * HTTP/2.0", "a version in small letters": "GET /healthz http/1.1",
    "no method": " /healthz HTTP/1.1", "an unknown method": "G@T /healthz HTTP/1.1", "noise": "\x80\x81\x82\x83",
    "a TLS hello": "\x16\x03\x01\x02\x00\x01\x00",
}.items():
    simple(name, f"{line}\r\nHost: localhost\r\n\r\n" + HIDDEN, [400], True)

simple("a header of 100 KB", GET + "X: " + "a" * 100_000 + "\r\n\r\n", [(400, 431)], True)
simple("2,000 headers", GET + "".join(f"X-{n}: a\r\n" for n in range(2000)) + "\r\n", [(400, 431)], True)
simple("an address of 100 KB", "GET /" + "a" * 100_000 + " HTTP/1.1\r\nHost: localhost\r\n\r\n", [(400, 414)], True)

# RFC 9110, section 10.1.1.
simple("an unknown expectation", lambda: search("Expect: something\r\n"), [417], True)
simple("an expectation without a key", lambda: search("Expect: 100-continue\r\n", key=False), [401], True)
simple("an expectation of too much", lambda: search("Expect: 100-continue\r\n", length=1 << 30), [413], True)
simple("an expectation with its body", lambda: search("Expect: 100-continue\r\n") + BODY, [200], False)
simple("an expectation without a body", GET + "Expect: 100-continue\r\n\r\n", [200], False)
simple(
    "an expectation of HTTP/1.0", lambda: search("Expect: 100-continue\r\n", version="1.0") + BODY + HIDDEN, [200], True)
simple("HTTP/1.0", GET.replace("1.1", "1.0") + "\r\n" + HIDDEN, [200], True)
simple("HTTP/1.0 that would stay", GET.replace("1.1", "1.0") + "Connection: keep-alive\r\n\r\n" + HIDDEN, [200], True)


@case("an expectation that waits")
def expectation(wire, _):
    wire.send(search("Expect: 100-continue\r\n"))
    first = wire.answer()
    wire.send(BODY)
    statuses = [first and first[0], *wire.goodbye()]
    return statuses == [100, 200, 200], statuses


@case("an expectation behind another request")
def pipelined(wire, _):
    wire.send(GET + "\r\n" + search("Expect: 100-continue\r\n"))
    first, second = wire.answer(), wire.answer()
    wire.send(BODY)
    statuses = [first and first[0], second and second[0], *wire.goodbye()]
    return statuses == [200, 100, 200, 200], statuses


@case("an expectation during a large answer")
def shadowed(wire, port):
    wire = Wire(port, window=65_536)
    wire.send(f"GET /v1/collections/photos/images/{LARGE[0]}/file HTTP/1.1\r\nHost: localhost\r\nx-api-key: {KEY}\r\n\r\n")
    while len(wire.bytes) < 1_000_000 and wire.read(60):
        pass
    wire.send(search("Expect: 100-continue\r\n"))
    answer = wire.answer()
    second = wire.answer()
    wire.send(BODY)
    statuses = [answer and answer[0], second and second[0], *wire.goodbye()]
    return statuses == [200, 100, 200, 200] and answer[1] == LARGE[1], f"{statuses}, whole: {answer and answer[1] == LARGE[1]}"


def bitmap(side):
    """Three bytes a pixel, and nothing compressed."""
    pixels = bytes(n * 31 >> 4 & 255 for n in range(side * side * 3))
    size = len(pixels)
    head = [54 + size, 0, 54, 40, side, side]
    return (
        b"BM" + b"".join(n.to_bytes(4, "little") for n in head) + b"\1\0\x18\0"
        + b"".join(n.to_bytes(4, "little") for n in [0, size, 0, 0, 0, 0]) + pixels)


def main():
    global KEY, LARGE
    with tempfile.TemporaryDirectory(prefix="sosia-wire-") as folder:
        keys, KEY = Server.key(folder)
        server = Server(folder, "--api-key-file", keys)
        try:
            picture = bitmap(SIDE)
            kind, body = form("large.bmp", picture)
            status, answer = server.request(
                "POST", "/v1/collections/photos/images", body, {"content-type": kind, "x-api-key": KEY})
            if status != 201:
                sys.exit(f"the large picture was not added: {status} {answer[:300]}")
            LARGE = (int(re.search(rb'"id":(\d+)', answer)[1]), picture)

            def run(name):
                try:
                    return name, *CASES[name](Wire(server.port), server.port)
                except Exception as error:
                    return name, False, repr(error)

            names = sys.argv[1:] or CASES
            failed = 0
            with concurrent.futures.ThreadPoolExecutor(8) as pool:
                for name, holds, detail in pool.map(run, names):
                    failed += not holds
                    print(f"{'ok  ' if holds else 'FAIL'}  {name:<42} {detail}", flush=True)
            alive = server.is_alive() and server.request("GET", "/healthz")[0] == 200
            print(f"{len(names) - failed} of {len(names)} cases as they should be; the server {'lives' if alive else 'IS GONE'}")
            return 0 if alive and not failed else 1
        finally:
            server.stop()


if __name__ == "__main__":
    sys.exit(main())
