#!/usr/bin/env python3
"""What a server keeps in memory while clients ask for much and take or finish nothing.

    SOSIA=.build/release/sosia scripts/attack/memory.py [CASE...]

Cases: strangers, bodies, addresses, readers, lists; all of them when none is named. Prints for each the resident memory
above that of the same server at rest, in MB, and ends with 1 if one is above 300 MB or was not answered as it should be.
It makes its own pictures, talks to 127.0.0.1 only, and needs the network that `scripts/setup/all.sh` installs.
"""

import http.client
import http.server
import json
import os
import pathlib
import random
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
MAXIMUM = 300
HELD = 80 << 20
# Seconds after which what goes on is given up, and for which a server is watched that should do nothing more.
PATIENCE, WATCH = 120, 8


def bitmap(path, width, height, seed):
    """A BMP file: as large as its pixels."""
    size = width * height * 3
    head = b"BM" + struct.pack("<IHHI", 54 + size, 0, 0, 54)
    head += struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, size, 2835, 2835, 0, 0)
    row = random.Random(seed).randbytes(width * 3)
    with open(path, "wb") as file:
        file.write(head)
        for number in range(height):
            file.write(row[number % 97 :] + row[: number % 97])


class Server:
    """The program under test, with one collection."""

    def __init__(self, folder, store, *options):
        self.process = subprocess.Popen(
            [program(), "serve", "--store", store, "--port", "0", *options], cwd=ROOT, stdout=subprocess.PIPE,
            stderr=open(folder / "log", "ab"), text=True)
        line = self.process.stdout.readline()
        if not line.startswith("serving"):
            sys.exit(f"the server did not start; see {folder / 'log'}")
        self.port = int(line.rstrip("/\n").rsplit(":", 1)[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def request(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, {"content-type": "application/json", **(headers or {})})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def memory(self, field):
        for line in open(f"/proc/{self.process.pid}/status"):
            if line.startswith(field + ":"):
                return int(line.split()[1]) / 1024
        return 0

    def rest(self):
        """Resident memory now; the peak is counted anew from here."""
        with open(f"/proc/{self.process.pid}/clear_refs", "w") as file:
            file.write("5")
        return self.memory("VmRSS")

    def open(self, receive=None):
        connection = socket.socket()
        connection.settimeout(PATIENCE)
        if receive:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
        connection.connect(("127.0.0.1", self.port))
        return connection


def program():
    return os.environ.get("SOSIA", str(ROOT / ".build/release/sosia"))


def run(*arguments):
    return subprocess.run([program(), *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout


def together(count, work):
    results = [None] * count

    def one(number):
        results[number] = work(number)

    threads = [threading.Thread(target=one, args=(number,), daemon=True) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return results


def collection(folder, name, pictures, *options):
    """A collection of files, each of a width and a height."""
    store, source = folder / f"{name}.sosia", folder / name
    if not store.exists():
        source.mkdir()
        for number, (width, height) in enumerate(pictures):
            bitmap(source / f"{number:03}.bmp", width, height, number)
        run("add", str(source), "--store", str(store), *options)
    return str(store)


def withheld(folder, key):
    """24 bodies of 80 MB whose last byte does not come, with a key that fits or not."""
    store, keys = collection(folder, "small", [(64, 64)]), folder / "keys.json"
    if not keys.exists():
        made = run("key", "add", "client", "--write", "--api-key-file", str(keys))
        (folder / "key").write_text(next(word for word in made.split() if word.startswith("sosia_")))
    text = (folder / "key").read_text() if key else "wrong"
    body = b'{"key":"%s","image":"' % text.encode() + b"A" * HELD

    with Server(folder, store, "--api-key-file", str(keys)) as server:
        server.request("POST", "/search/", b"{}")
        rest = server.rest()

        def one(_):
            connection = server.open()
            head = "POST /search/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            try:
                connection.sendall(f"{head}Content-Length: {len(body) + 1}\r\n\r\n".encode() + body)
            except OSError:
                pass
            return connection

        connections = together(24, one)
        time.sleep(WATCH)
        peak = server.memory("VmHWM") - rest
        statuses = []
        for connection in connections:
            connection.settimeout(0.2)
            try:
                statuses.append(connection.recv(12).decode()[9:])
            except OSError:
                statuses.append("")
            connection.close()
        wrong = [status for status in statuses if status not in (("503", "") if key else ("401", ""))]
        return peak, f"statuses {sorted(set(wrong))}" if wrong else None


def strangers(folder):
    return withheld(folder, False)


def bodies(folder):
    return withheld(folder, True)


def addresses(folder):
    """40 addresses of 50 MB: in one search, in five at once, and in 40 at once."""
    store = collection(folder, "small", [(64, 64)])
    if "--allow-url-hosts" not in run("serve", "--help"):
        return None, "the program has no --allow-url-hosts"
    large = folder / "large.bmp"
    bitmap(large, 4100, 4066, 1)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("content-length", str(large.stat().st_size))
            self.end_headers()
            with open(large, "rb") as file:
                try:
                    shutil.copyfileobj(file, self.wfile)
                except OSError:
                    pass

        def log_message(self, *_):
            pass

    hosts = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=hosts.serve_forever, daemon=True).start()
    host = f"127.0.0.1:{hosts.server_port}"

    def body(count):
        return json.dumps({"query": {"positive": [{"url": f"http://{host}/{number}"} for number in range(count)]}})

    path = "/v1/collections/small/search"
    with Server(folder, store, "--allow-urls", "--allow-url-hosts", host) as server:
        server.request("POST", path, body(1))
        rest = server.rest()
        statuses = {"40": server.request("POST", path, body(40))[0]}
        statuses["8"] = together(5, lambda _: server.request("POST", path, body(8))[0])
        statuses["1"] = together(40, lambda _: server.request("POST", path, body(1))[0])
        peak = server.memory("VmHWM") - rest
    hosts.shutdown()
    is_right = statuses["40"] == 400 and set(statuses["8"]) <= {413, 503} and 200 in statuses["1"]
    return peak, None if is_right and set(statuses["1"]) <= {200, 503} else f"statuses {statuses}"


def readers(folder):
    """60 clients that ask for an original of 40 MB and do not read."""
    store = collection(folder, "original", [(4000, 3500)])
    path = "/v1/collections/original/images/1/file"
    with Server(folder, store) as server:
        whole = server.request("GET", path)
        rest = server.rest()

        def one(_):
            connection = server.open(receive=2048)
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            return connection

        connections = together(60, one)
        time.sleep(WATCH)
        peak = server.memory("VmHWM") - rest
        for connection in connections:
            connection.close()
    is_whole = whole[0] == 200 and whole[1] == (folder / "original/000.bmp").read_bytes()
    return peak, None if is_whole else "the original did not come"


def lists(folder):
    """8 long lists at once of pictures with attributes of 60 KB each."""
    attributes = json.dumps("x" * 60_000)
    store = collection(folder, "attributes", [(16, 16)] * 400, "--set", f"text={attributes}")
    path = "/v1/collections/attributes/images?k=1000"
    with Server(folder, store) as server:
        server.request("GET", path + "&cursor=2")
        rest = server.rest()
        answers = together(8, lambda _: server.request("GET", path))
        answers += together(8, lambda _: server.request("GET", "/v1/collections/attributes/images/1/similar?k=1000"))
        peak = server.memory("VmHWM") - rest
    pages = [json.loads(body) for status, body in answers if status == 200]
    is_right = pages and all(page["next_cursor"] for page in pages) and {status for status, _ in answers} <= {200, 503}
    return peak, None if is_right else f"statuses {[status for status, _ in answers]}"


CASES = {case.__name__: case for case in (strangers, bodies, addresses, readers, lists)}


def main():
    names = sys.argv[1:] or list(CASES)
    if unknown := [name for name in names if name not in CASES]:
        sys.exit(f"there is no case {unknown[0]}; there are {', '.join(CASES)}")
    is_well = True
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            peak, wrong = CASES[name](pathlib.Path(folder))
            is_good = wrong is None and peak <= MAXIMUM
            is_well = is_well and is_good
            figure = "-" if peak is None else f"{peak:.0f} MB"
            print(f"{name}\t{figure}\t{'' if is_good else wrong or f'more than {MAXIMUM} MB'}", flush=True)
    sys.exit(0 if is_well else 1)


if __name__ == "__main__":
    main()
