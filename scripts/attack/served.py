"""A server of one's own to attack, on this machine only: a small store, with a network of a few numbers.

SOSIA names the program; .build/debug/sosia when it is not set.
"""
import http.client
import json
import os
import pathlib
import random
import signal
import struct
import subprocess
import sys
import zlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOSIA = os.path.abspath(os.environ.get("SOSIA", ROOT / ".build/debug/sosia"))
CARD = {
    "name": "efficientnet-lite0", "licence": "none", "source": "make_fixtures.py", "metric": "l2", "normalized": False,
    "weights": {
        "file": "tiny.onnx", "sha256": "f560018c953b7aabeca0caef5ca8d72d35598fdc901a5839b559a7808fa0eb58",
    },
    "input": {"width": 16, "height": 16, "rule": "stretch"},
    "normalisation": {"mean": [0, 0, 0], "scale": [1, 1, 1]},
    "tensors": {"input": "input", "output": "features"}, "dimension": 3, "pooling": "average",
}


def png(width, height, pixels):
    """A PNG of 8-bit RGB."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + pixels[row * width * 3:(row + 1) * width * 3] for row in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b"")


def picture(number, side=24):
    return png(side, side, random.Random(number).randbytes(side * side * 3))


def form(name, content):
    """The content type and the bytes of a form with one file."""
    head = f'--b0undary\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return "multipart/form-data; boundary=b0undary", head.encode() + content + b"\r\n--b0undary--\r\n"


class Server:
    """Serves a store of some pictures until it is stopped."""

    def __init__(self, folder, *arguments, pictures=12):
        self.folder = pathlib.Path(folder)
        models = self.folder / "models"
        self.environment = dict(
            os.environ, SOSIA_MODELS=str(models), XDG_CACHE_HOME=f"{folder}/cache", XDG_DATA_HOME=f"{folder}/data")
        if not models.exists():
            models.mkdir(parents=True)
            (models / "efficientnet-lite0.json").write_text(json.dumps(CARD))
            fixture = ROOT / "Tests/EmbeddingsTests/Fixtures/tiny.onnx"
            (models / "tiny.onnx").write_bytes(fixture.read_bytes())
            (self.folder / "pictures").mkdir()
            for number in range(pictures):
                (self.folder / f"pictures/{number}.png").write_bytes(picture(number))
            self.run("add", f"{folder}/pictures", "--store", f"{folder}/photos.sosia")
        self.log = open(f"{folder}/log", "ab")
        self.process = subprocess.Popen(
            [SOSIA, "serve", "--store", f"{folder}/photos.sosia", "--port", "0", *arguments], cwd=ROOT,
            env=self.environment, stdout=subprocess.PIPE, stderr=self.log)
        line = self.process.stdout.readline().decode()
        if not line.startswith("serving"):
            sys.exit(f"the server did not start: {pathlib.Path(folder, 'log').read_text()[-2000:]}")
        self.port = int(line.rstrip("/\n").rsplit(":", 1)[1])

    def run(self, *arguments):
        done = subprocess.run(
            [SOSIA, *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=300)
        if done.returncode:
            sys.exit(f"sosia {' '.join(arguments)}: {done.stderr[-2000:]}")
        return done.stdout

    @staticmethod
    def key(folder):
        """A new key file with one key that may write: its path and the key."""
        path = f"{folder}/keys.json"
        done = subprocess.run(
            [SOSIA, "key", "add", "attack", "--write", "--api-key-file", path], cwd=ROOT, capture_output=True,
            text=True, timeout=60, check=True)
        return path, done.stdout.split()[-1]

    def request(self, method, path, body=None, headers=None, timeout=60):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def resident(self):
        """Megabytes."""
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024

    def connections(self):
        """The connections that it has open, and its few files."""
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def is_alive(self):
        return self.process.poll() is None

    def stop(self):
        if self.is_alive():
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()
