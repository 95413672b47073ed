"""`sosia serve` for one run of a benchmark, and one connection to it."""
import http.client
import json
import re
import subprocess
import time
from urllib.parse import urlsplit

BOUNDARY = "b7f1c0e2a94d"


class Server:
    """A server on one collection until the block ends; its log goes to a file, as it does in use."""

    def __init__(self, program, store, log):
        self.program, self.store, self.log = program, store, log
        self.path = f"/v1/collections/{store.stem}"

    def __enter__(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [self.program, "serve", "--store", self.store, "--port", "0"], stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            line = self.process.stdout.readline()
        except BaseException:
            # Ended while it waits: nobody else knows of the process yet.
            self.__exit__()
            raise
        found = re.search(r"https?://\S+", line)
        if not found:
            raise RuntimeError(f"the server ended with {self.process.wait(timeout=30)}; its words are in {self.log}")
        self.address = found.group().rstrip("/")
        self.host, self.port = urlsplit(self.address).hostname, urlsplit(self.address).port
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

    @property
    def pid(self):
        return self.process.pid

    def index(self, seconds=900):
        """Builds what indexes are wanting, the graph among them."""
        with Client(self) as client:
            job = client.json("POST", f"{self.path}/jobs", {"kind": "index", "graph": True})
            end = time.monotonic() + seconds
            while job["state"] == "running" and time.monotonic() < end:
                time.sleep(0.2)
                job = client.json("GET", f"/v1/jobs/{job['id']}")
        if job["state"] != "done":
            raise RuntimeError(f"indexing: {job}")


class Client:
    """One connection that is kept open."""

    def __init__(self, server):
        self.connection = http.client.HTTPConnection(server.host, server.port, timeout=60)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def send(self, method, path, body=None, media_type=None):
        """The body of the answer; every answer but 2xx ends the benchmark."""
        self.connection.request(method, path, body, {"content-type": media_type} if media_type else {})
        response = self.connection.getresponse()
        answer = response.read()
        if not 200 <= response.status < 300:
            raise RuntimeError(f"{method} {path}: {response.status} {answer[:300]!r}")
        return answer

    def json(self, method, path, document=None):
        body = None if document is None else json.dumps(document)
        return json.loads(self.send(method, path, body, body and "application/json"))

    def upload(self, path, picture):
        return json.loads(self.send("POST", path, form(picture), f"multipart/form-data; boundary={BOUNDARY}"))


def form(picture):
    """A form with one JPEG file."""
    head = f'--{BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="a.jpg"\r\n' \
        "content-type: image/jpeg\r\n\r\n"
    return head.encode() + picture + f"\r\n--{BOUNDARY}--\r\n".encode()
