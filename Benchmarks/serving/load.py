"""wrk, which asks for what is like one picture after another."""
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

SCRIPT = Path(__file__).with_name("similar.lua")


@dataclass
class Load:
    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    errors: int

    @property
    def rate(self):
        return self.requests / self.seconds


def load(server, pictures, query, seconds, connections):
    """One thread of wrk: the server has the other core."""
    done = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", SCRIPT, server.address, "--",
         server.path, str(pictures), query], capture_output=True, text=True, timeout=seconds + 60)
    if done.returncode != 0:
        raise RuntimeError(f"wrk ended with {done.returncode}: {done.stderr}")
    result = Load(**json.loads(done.stdout.splitlines()[-1]))
    if result.errors:
        raise RuntimeError(f"{result.errors} of {result.requests} requests failed")
    return result
