"""Searches and pages: processes that begin anew, and servers that run."""
import contextlib
import http.client
import json
import time

from material import run
from serving.server import Client

from .turns import alternate, per_second

K = 10
PAGE = 50


def cold(bench):
    """Whole processes, as `sosia search` is used."""
    what = "`search id:N`, a process each"
    turns = processes(bench, [], None, 30, 60)
    yield turns.row(what, "whole")
    yield turns.agreement(what)


def command(bench):
    for kind, option in (("exact", "--exact"), ("graph", "--approximate")):
        what = f"`search id:N {option}`, a process each"
        turns = processes(bench, [option], kind, 10, 40)
        yield turns.row(what, "whole")
        yield turns.row(f"{what}: took_ms.search", "search")
        yield turns.agreement(what)


def processes(bench, words, kind, count, seconds):
    def ask(side, number):
        text, taken, _ = run(
            side.program, "search", f"id:{bench.id(number)}", "-k", str(K), "--store", side.store, "--json", *words,
            codes=(0,), limit=60)
        answer = json.loads(text)
        check(kind, answer["plan"])
        return {"whole": 1000 * taken, "search": answer["took_ms"]["search"]}, found(answer["hits"])

    return alternate(bench.installed, ask, bench.rounds, count, bench.seconds(seconds), warm=2)


def exact(bench):
    yield from searches(bench, "exact", "exact=true")


def graph(bench):
    yield from searches(bench, "graph", "exact=false&recall=0.99")


def searches(bench, kind, query):
    def ask(client, number):
        answer, milliseconds = client.timed(f"/images/{bench.id(number)}/similar?k={K}&{query}")
        check(kind, answer["plan"])
        return {"whole": milliseconds, "search": answer["timing_ms"]["search"]}, found(answer["results"])

    turns = served(bench, ask, 1000, 60)
    yield turns.row(f"{kind} search, {bench.pictures:,} pictures: timing_ms.search of a server", "search")
    yield turns.row(f"{kind} search by id over HTTP, one connection, p50", "whole")
    yield turns.row(f"{kind} search by id over HTTP, one connection", "whole", "/s", per_second, rate=True)
    yield turns.agreement(f"{kind} search")


def page(bench):
    def ask(client, number):
        # A cursor is the id of the last picture before the page; each page is full.
        cursor = PAGE + 1 + number * bench.STEP % (bench.pictures - PAGE)
        answer, milliseconds = client.timed(f"/images?k={PAGE}&cursor={cursor}")
        return {"whole": milliseconds}, [record["id"] for record in answer["results"]]

    turns = served(bench, ask, 300, 40)
    yield turns.row(f"a page of {PAGE} records over HTTP, p50", "whole")
    yield turns.agreement("pages")


def record(bench):
    def ask(client, number):
        answer, milliseconds = client.timed(f"/images/{bench.id(number)}")
        return {"whole": milliseconds}, answer["id"]

    turns = served(bench, ask, 1000, 40)
    yield turns.row("a record by id over HTTP, one connection, p50", "whole")
    yield turns.row("a record by id over HTTP, one connection", "whole", "/s", per_second, rate=True)


def served(bench, ask, count, seconds):
    """Both servers run, new ones in each round, each asked over one connection that is kept open."""
    @contextlib.contextmanager
    def opened():
        with contextlib.ExitStack() as stack:
            servers = [stack.enter_context(bench.server(side)) for side in bench.sides]
            yield [TimedClient(stack.enter_context(Client(server)), server.path) for server in servers]

    return alternate(opened, ask, bench.rounds, count, bench.seconds(seconds), size=20, warm=count // 3)


class TimedClient:
    def __init__(self, client, path):
        self.client, self.path = client, path

    def timed(self, path):
        """The answer, and the milliseconds until all of it was here."""
        try:
            answer, seconds = self.sent(path)
        except http.client.RemoteDisconnected:
            # The server closes a connection that waits too long for its turn.
            self.client.connection.close()
            answer, seconds = self.sent(path)
        return json.loads(answer), 1000 * seconds

    def sent(self, path):
        start = time.perf_counter()
        answer = self.client.send("GET", self.path + path)
        return answer, time.perf_counter() - start


def found(hits):
    return [(hit["id"], hit["distance"]) for hit in hits]


def check(kind, plan):
    """What is compared is what the row says."""
    if kind == "exact" and not plan["exact"]:
        raise RuntimeError(f"not an exact search: {plan}")
    if kind == "graph" and plan["exact"]:
        raise RuntimeError(f"not a search of the graph: {plan}; it takes more pictures (--pictures)")
