"""A searcher in a process of its own, spoken to by lines of JSON."""
import json
import os
import subprocess


class WorkerError(RuntimeError):
    pass


class Worker:
    """Sosia's program or a peer's; both answer the same commands."""

    def __init__(self, name, command, log, environment=None):
        self.name = name
        self.log = log
        self.process = subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=open(log, "ab"),
            text=True, env={**os.environ, **(environment or {})})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def ask(self, verb, **facts):
        try:
            self.process.stdin.write(json.dumps({"verb": verb, **facts}) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise WorkerError(f"{self.name} ended with {self.process.wait()} at {verb}; its words are in {self.log}")
        answer = json.loads(line)
        if answer.get("error"):
            raise WorkerError(f"{self.name}: {answer['error']}")
        return answer

    def search(self, first, count, k, batch=False, **settings):
        return self.ask("search", first=first, count=count, k=k, batch=batch, settings=settings)
