#!/usr/bin/env python3
"""Kills programs that write with SIGKILL, and looks whether anything that was answered is gone.

    scripts/attack/kills.py [KILLS]

In turn, `add`, `remove`, `compact` and a server that takes uploads are killed at moments that a seed decides, KILLS of
them (60 by default). After each one `verify` has to find nothing wrong, every upload that was answered has to be there
with its bytes, and the next program has to go on where the last one ended. Talks to 127.0.0.1 only.
"""

import http.client
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import threading
import time

from served import ROOT, SOSIA, form, picture

# Seconds until what hangs is a failure.
PATIENCE = 120


def run(*arguments):
    return subprocess.run(
        [SOSIA, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False)


class Attack:
    def __init__(self, folder, seed):
        self.folder = pathlib.Path(folder)
        self.store = str(self.folder / "killed.sosia")
        self.random = random.Random(seed)
        self.pictures = 0
        # What has to be there: the bytes of each upload by its id.
        self.answered = {}
        self.faults = []

    def files(self, count):
        """A folder of new pictures."""
        folder = self.folder / f"pictures-{self.pictures}"
        folder.mkdir()
        for _ in range(count):
            self.pictures += 1
            (folder / f"{self.pictures}.png").write_bytes(picture(self.pictures))
        return str(folder)

    def kill(self, *arguments):
        """Kills a command somewhere between its start and the end that it would come to."""
        process = subprocess.Popen(
            [SOSIA, *arguments, "--store", self.store], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(self.random.uniform(0, 1.5))
        process.kill()
        process.wait()

    def kill_add(self):
        self.kill("add", self.files(40))

    def kill_remove(self):
        self.kill("remove", str(self.folder / f"pictures-{self.random.randrange(max(self.pictures, 1))}"))

    def kill_compact(self):
        self.kill("compact")

    def kill_server(self):
        server = subprocess.Popen(
            [SOSIA, "serve", "--store", self.store, "--port", "0"], cwd=ROOT, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)
        line = server.stdout.readline()
        if not line.startswith("serving"):
            self.faults.append(f"the server did not start: {server.wait()}")
            return
        port = int(line.rstrip("/\n").rsplit(":", 1)[1])
        threads = [threading.Thread(target=self.upload, args=(port, number * 1_000_000)) for number in range(1, 4)]
        for thread in threads:
            thread.start()
        time.sleep(self.random.uniform(0.2, 1.5))
        server.kill()
        for thread in threads:
            thread.join()
        server.wait()

    def upload(self, port, first):
        """Uploads until the server is gone."""
        while True:
            self.pictures += 1
            body = picture(first + self.pictures)
            try:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
                kind, sent = form("a.png", body)
                connection.request("POST", "/v1/collections/killed/images", sent, {"content-type": kind})
                answer = connection.getresponse()
                answered = json.loads(answer.read())
            except (OSError, http.client.HTTPException, ValueError):
                return
            if answer.status in (200, 201):
                self.answered[answered["results"][0]["id"]] = body
            elif answer.status != 503:
                self.faults.append(f"an upload was answered {answer.status}")
                return

    def check(self, after):
        verified = run("verify", "--store", self.store)
        if verified.returncode != 0:
            self.faults.append(f"after {after}: {(verified.stdout + verified.stderr).strip()[:300]}")

    def check_uploads(self):
        """Every upload that was answered, byte by byte."""
        with subprocess.Popen(
            [SOSIA, "serve", "--store", self.store, "--port", "0"], cwd=ROOT, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True,
        ) as server:
            port = int(server.stdout.readline().rstrip("/\n").rsplit(":", 1)[1])
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
            for identity, body in self.answered.items():
                connection.request("GET", f"/v1/collections/killed/images/{identity}/file")
                answer = connection.getresponse()
                if answer.read() != body or answer.status != 200:
                    self.faults.append(f"upload {identity} was answered and is {answer.status} now")
            server.terminate()


def main():
    kills = int(sys.argv[1]) if sys.argv[1:] and sys.argv[1] else 60
    with tempfile.TemporaryDirectory() as folder:
        attack = Attack(folder, seed=1)
        made = run("add", attack.files(30), "--store", attack.store)
        if made.returncode != 0:
            sys.exit(made.stderr)
        ways = [attack.kill_server, attack.kill_add, attack.kill_server, attack.kill_remove, attack.kill_compact]
        for number in range(kills):
            way = ways[number % len(ways)]
            way()
            attack.check(f"kill {number}, {way.__name__}")
        attack.check_uploads()
        for fault in attack.faults:
            print(fault)
        print(f"{kills} kills\t{len(attack.answered)} answered uploads\t{len(attack.faults)} faults")
        sys.exit(1 if attack.faults else 0)


if __name__ == "__main__":
    main()
