#!/usr/bin/env python3
"""Addresses that a server must not fetch from, in a network of its own where each of them answers.

In a new network namespace every address leads to this machine, and listeners on all its ports note who is reached. A
server that fetches URLs is asked for each URL of Tests/SosiaServerTests/Fetching/Attacks/urls.json, directly and behind
a redirect of a public host, and for names that are public at first and private when they are looked up again. Two public
hosts are fetched from, so that it is known that what is reached is noticed. Needs root, or user namespaces, and `ip`.

    scripts/attack/ssrf.py
"""
import concurrent.futures
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

from served import ROOT, Server, picture

ATTACKS = json.loads((ROOT / "Tests/SosiaServerTests/Fetching/Attacks/urls.json").read_text())
PUBLIC, PUBLIC6 = "93.184.216.34", "2606:2800:220:1::1"
INSIDE = [
    "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "100.100.100.200", "0.0.0.0",
    "192.0.0.192", "198.18.0.1", "168.63.129.16", "::1", "fd00::1", "fd00:ec2::254", "::ffff:127.0.0.1",
]
NAMES = {**ATTACKS["names"], "public.example": [PUBLIC, PUBLIC6], "stranger.example": ["10.3.0.1"]}
PORTS = [80, 443, 8080]


def enter():
    """Starts this script again in namespaces of its own."""
    if os.environ.get("SOSIA_NAMESPACE") == "1":
        return
    if shutil.which("unshare") is None or shutil.which("ip") is None:
        sys.exit("unshare and ip are needed")
    flags = ["--net", "--mount"] if os.geteuid() == 0 else ["--net", "--mount", "--user", "--map-root-user"]
    os.environ["SOSIA_NAMESPACE"] = "1"
    os.execvp("unshare", ["unshare", *flags, sys.executable, os.path.abspath(__file__), *sys.argv[1:]])


def network(folder):
    """Every address leads here, and names are looked up here."""
    for command in [
        "ip link set lo up", "ip route add local 0.0.0.0/0 dev lo", "ip -6 route add local ::/0 dev lo",
        "ip addr add 10.0.0.1/32 dev lo", "ip addr add 192.168.0.1/32 dev lo",
    ]:
        subprocess.run(command.split(), check=True)
    with open(f"{folder}/resolv.conf", "w") as file:
        file.write("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    subprocess.run(["mount", "--bind", f"{folder}/resolv.conf", os.path.realpath("/etc/resolv.conf")], check=True)


class Resolver(threading.Thread):
    """Answers questions for addresses (RFC 1035); `rebound-N` is public once, and inside ever after."""

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 53))
        self.asked = {}
        self.start()

    def addresses(self, name, kind):
        if name.startswith("rebound-"):
            inside = INSIDE[int(name.split(".")[0].split("-")[1])]
            # The system asks for both kinds at once: each kind is counted by itself.
            count = self.asked[name, kind] = self.asked.get((name, kind), 0) + 1
            return [PUBLIC] if count == 1 else [inside]
        return NAMES.get(name, [])

    def run(self):
        while True:
            question, client = self.socket.recvfrom(4096)
            end = 12
            labels = []
            while question[end]:
                labels.append(question[end + 1:end + 1 + question[end]].decode("latin-1"))
                end += 1 + question[end]
            kind = struct.unpack(">H", question[end + 1:end + 3])[0]
            name = ".".join(labels).lower()
            found = self.addresses(name, kind)
            fitting = [address for address in found if (":" in address) == (kind == 28)] if kind in (1, 28) else []
            records = b"".join(
                b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 0, len(packed)) + packed
                for packed in (socket.inet_pton(socket.AF_INET6 if kind == 28 else socket.AF_INET, a) for a in fitting))
            flags = 0x8180 if found else 0x8183
            head = question[:2] + struct.pack(">HHHHH", flags, 1, len(fitting), 0, 0)
            self.socket.sendto(head + question[12:end + 5] + records, client)


class Listeners:
    """Answer on all addresses, and note which were reached."""

    def __init__(self, ports):
        self.reached = []
        self.answer = picture(1)
        for port in ports:
            for family in (socket.AF_INET, socket.AF_INET6):
                listener = socket.socket(family)
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                listener.bind(("0.0.0.0" if family == socket.AF_INET else "::", port))
                listener.listen(128)
                threading.Thread(target=self.accept, args=(listener,), daemon=True).start()

    def accept(self, listener):
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        address, port = connection.getsockname()[:2]
        self.reached.append((address, port))
        connection.settimeout(10)
        try:
            head = b""
            while b"\r\n\r\n" not in head and (part := connection.recv(65536)):
                head += part
            path = head.split(b" ")[1].decode() if head.count(b" ") > 1 else "/"
            if path.startswith("/redirect?to="):
                location = urllib.parse.unquote(path.removeprefix("/redirect?to="))
                connection.sendall(
                    b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nConnection: close\r\nLocation: "
                    + location.encode() + b"\r\n\r\n")
            elif path == "/picture.png":
                connection.sendall(
                    b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(self.answer)
                    + self.answer)
            else:
                connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        except OSError:
            pass
        finally:
            connection.close()


def fetch(server, url):
    """The status and the problem of adding a picture from a URL."""
    while True:
        status, body = server.request(
            "POST", "/v1/collections/photos/images", json.dumps({"url": url}), {"content-type": "application/json"})
        if status not in (429, 503):
            break
        time.sleep(1)
    try:
        return status, json.loads(body).get("type", "").split(":")[-1]
    except ValueError:
        return status, ""


def redirect(target, host="public.example"):
    return f"http://{host}/redirect?to=" + urllib.parse.quote(target, safe="")


class Tally:
    def __init__(self, listeners):
        self.listeners = listeners
        self.failed = 0

    def check(self, what, holds, detail=""):
        if not holds:
            self.failed += 1
            print(f"FAIL  {what}: {detail}", flush=True)

    def strangers(self, *allowed):
        """The addresses that were reached, but for those that may be."""
        return [place for place in self.listeners.reached if place[0] not in (PUBLIC, PUBLIC6, *allowed)]


def attack(server, tally):
    urls = [(reason, url) for reason, url in ATTACKS["urls"]]
    for url in ("http://public.example/picture.png", f"http://[{PUBLIC6}]/picture.png"):
        status, problem = fetch(server, url)
        tally.check(f"a public host is fetched from: {url}", status in (200, 201), f"{status} {problem}")
    controls = {address for address, _ in tally.listeners.reached}
    tally.check("both were noticed", controls >= {PUBLIC6} and len(controls) >= 1, controls)

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda attack: fetch(server, attack[1]), urls))
        for (reason, url), (status, problem) in zip(urls, answers):
            tally.check(f"refused: {url!r}", status in (400, 403), f"{status} {problem}")
        tally.check("one answer for what is refused and what is unknown", len(
            {answer for (reason, _), answer in zip(urls, answers) if not reason.startswith("url:")}) == 1)
        print(f"{len(urls)} URLs, reached: {len(tally.strangers())}", flush=True)

        sent = [(reason, url) for reason, url in urls if not set(url) & set("\r\n\0")]
        answers = list(pool.map(lambda attack: fetch(server, redirect(attack[1])), sent))
        for (reason, url), (status, problem) in zip(sent, answers):
            # A text without a scheme is a path of the public host, where there is nothing.
            fits = status == 403 if reason.startswith("address") else status in (400, 403, 422)
            tally.check(f"refused behind a redirect: {url!r}", fits, f"{status} {problem}")
        print(f"{len(sent)} redirects, reached: {len(tally.strangers())}", flush=True)

        rebound = [f"rebound-{number}.example" for number in range(len(INSIDE))]
        answers = list(pool.map(lambda host: fetch(server, redirect(f"http://{host}/", host)), rebound))
        for host, (status, problem) in zip(rebound, answers):
            tally.check(f"refused when it is looked up again: {host}", status == 403, f"{status} {problem}")
        print(f"{len(rebound)} names that change, reached: {len(tally.strangers())}", flush=True)
    tally.check("nobody else was reached", not tally.strangers(), tally.strangers()[:10])


def lists(server, tally):
    """The list of hosts opens what it names, and no more."""
    del tally.listeners.reached[:]
    for url, wanted in {
        "http://minio.lan:9000/picture.png": (200, 201), "http://10.4.1.1/picture.png": (200, 201),
        redirect("http://10.4.1.2/picture.png", "minio.lan:9000"): (200, 201), "http://minio.lan/picture.png": (403,),
        "http://stranger.example/picture.png": (403,), "http://10.3.0.1/picture.png": (403,),
        "http://public.example/picture.png": (403,), "http://127.0.0.1/picture.png": (403,),
        "http://169.254.169.254/": (403,), redirect("http://10.3.0.1/", "minio.lan:9000"): (403,),
        redirect("http://127.0.0.1:9000/", "minio.lan:9000"): (403,),
    }.items():
        status, problem = fetch(server, url)
        tally.check(f"by the list: {url}", status in wanted, f"{status} {problem}")
    strangers = [place for place in tally.listeners.reached if place[0] not in ("10.2.0.7", "10.4.1.1", "10.4.1.2")]
    tally.check("nobody beside the list was reached", not strangers, strangers)
    print(f"a list of hosts, reached beside it: {len(strangers)}")


def main():
    enter()
    with tempfile.TemporaryDirectory(prefix="sosia-ssrf-") as folder:
        network(folder)
        Resolver()
        ports = set(PORTS)
        for _, url in ATTACKS["urls"]:
            try:
                port = urllib.parse.urlsplit(url).port
            except ValueError:
                continue
            if port and port != 53:
                ports.add(port)
        tally = Tally(Listeners(sorted(ports | {9000})))
        for arguments, run in (["--allow-urls"], attack), (["--allow-url-hosts", "minio.lan:9000,10.4.0.0/16"], lists):
            server = Server(folder, "--url-rate", "100000", *arguments)
            try:
                run(server, tally)
                tally.check("the server lives", server.is_alive())
            finally:
                server.stop()
        print("failed" if tally.failed else "nothing was reached")
        return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
