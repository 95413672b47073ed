"""A file that memory cannot hold, read beside dd, in turns; each in a group that may use so much memory."""
import os
import shutil
import statistics
import subprocess
import time
from pathlib import Path


def drop(path):
    """Takes the file out of the page cache."""
    os.sync()
    with open(path, "rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def groups():
    """Memory cgroups of version 2 and 1 that one can be made below, with the name of their limit."""
    return [
        (Path("/sys/fs/cgroup"), "memory.max"),
        (Path("/sys/fs/cgroup/unified"), "memory.max"),
        (Path("/sys/fs/cgroup/memory"), "memory.limit_in_bytes"),
    ]


class Limit:
    """So much memory for a program and for the file pages that it reads: a cgroup, else systemd's, else ulimit -v."""

    def __init__(self, bytes):
        self.bytes = bytes
        self.group = self.made()
        if self.group:
            self.kind = "cgroup"
        elif self.has_systemd():
            self.kind = "cgroup of systemd-run"
        else:
            # Only the program's own memory is limited then; the file cache is not.
            self.kind = "ulimit -v, the file cache not limited"

    def made(self):
        for root, name in groups():
            group = root / f"sosia-bench-{os.getpid()}"
            try:
                group.mkdir()
            except OSError:
                continue
            try:
                if (group / name).exists():
                    (group / name).write_text(str(self.bytes))
                    return group
            except OSError:
                pass
            group.rmdir()
        return None

    def scope(self):
        return ["systemd-run", "--scope", "--quiet", "-p", f"MemoryMax={self.bytes}", "-p", "MemorySwapMax=0", "--"]

    def has_systemd(self):
        if not shutil.which("systemd-run"):
            return False
        return subprocess.run([*self.scope(), "true"], capture_output=True).returncode == 0

    def run(self, command):
        """Returns seconds."""

        def enter():
            if self.group:
                (self.group / "cgroup.procs").write_text(str(os.getpid()))
            elif "ulimit" in self.kind:
                import resource

                resource.setrlimit(resource.RLIMIT_AS, (self.bytes, self.bytes))

        if "systemd" in self.kind:
            command = [*self.scope(), *command]
        start = time.perf_counter()
        subprocess.run(command, preexec_fn=enter, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return time.perf_counter() - start

    def close(self):
        if self.group:
            self.group.rmdir()


def measure(path, sosia, limit_bytes, rounds, row):
    limit = Limit(limit_bytes)
    size = path.stat().st_size / 1e9
    commands = {
        "dd": ["dd", f"if={path}", "of=/dev/null", "bs=1M"],
        "sosia": [sosia, "tiny", "search", "--db", str(path), "@1000", "-n", "10000"],
    }
    rates = {name: [] for name in commands}
    try:
        for number in range(rounds):
            # Whoever comes first may find the disk in another state, so they take turns in that, too.
            for name in list(commands)[:: 1 if number % 2 == 0 else -1]:
                drop(path)
                rates[name].append(size / limit.run(commands[name]))
    finally:
        limit.close()
    ratios = [a / b for a, b in zip(rates["sosia"], rates["dd"])]
    where = f"{size:.1f} GB from the disk, the file cache dropped before, {limit_bytes >> 20} MB of memory ({limit.kind})"

    def told(values, digits, unit=""):
        return f"{statistics.median(values):.{digits}f}{unit} ({min(values):.{digits}f} to {max(values):.{digits}f})"

    row(f"dd, {where}, GB/s", told(rates["dd"], 2), "")
    row("one query, the same, GB/s", told(rates["sosia"], 2), "")
    row("one query over dd", told(ratios, 2, "x"), ">= 0.9x")
