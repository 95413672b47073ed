"""Measurements of the graph index beside the peers' graphs."""
import contextlib

from . import exact, measure, truth
from .table import Row, goal, megabytes, rate, ratio

PEERS = {"faiss-hnsw": "FAISS HNSW", "hnswlib": "hnswlib", "usearch": "USearch"}
COMPACT = "faiss-compact"
# FAISS's best also chooses how many candidates are measured in float, as a multiple of k.
REFINEMENTS = (1.0, 1.5, 2.0, 3.0, 5.0)
# Sosia's the same, as a number of candidates.
RERANKS = (15, 20, 30, 40, 60)
EFFORTS = (10, 14, 20, 28, 40, 56, 80, 112, 160)
MOST = 1280
WANTED = 0.99


class Sweep:
    """Recall and queries a second of one searcher at many efforts."""

    def __init__(self, worker, given, **fixed):
        self.worker, self.given, self.fixed = worker, given, fixed
        self.points = {}

    def at(self, effort):
        if effort not in self.points:
            count = self.given.query_count
            answer = self.worker.search(0, count, self.given.k, True, effort=effort, **self.fixed)
            found = self.given.recall(answer["found"])
            self.points[effort] = found, count / (sum(answer["nanoseconds"]) / 1e9)
        return self.points[effort]

    def least(self, wanted=WANTED):
        """The smallest effort that reaches the recall, or None."""
        low, high = EFFORTS[0] - 1, EFFORTS[0]
        while self.at(high)[0] < wanted:
            if high >= MOST:
                return None
            low, high = high, min(2 * high, MOST)
        while high - low > max(1, high // 50):
            middle = (low + high) // 2
            if self.at(middle)[0] >= wanted:
                high = middle
            else:
                low = middle
        return high

    def run(self):
        for effort in EFFORTS:
            self.at(effort)
        return self

    def listed(self):
        return [{"effort": effort, "recall": found, "queries_per_s": speed, **self.fixed}
                for effort, (found, speed) in sorted(self.points.items())]


def best_settings(worker, given, name):
    """(settings that reach the recall at the highest speed, or None; the sweeps)."""
    variants = {COMPACT: [{"refine": value} for value in REFINEMENTS],
                "Sosia": [{"rerank": value} for value in RERANKS]}.get(name, [{}])
    sweeps, candidates = [], []
    for fixed in variants:
        worker.search(0, min(100, given.query_count), given.k, True, effort=EFFORTS[0], **fixed)
        sweep = Sweep(worker, given, **fixed).run()
        effort = sweep.least()
        sweeps.append(sweep)
        if effort is not None:
            candidates.append((sweep.at(effort)[1], {"effort": effort, **fixed}))
    fastest = max(candidates, key=lambda pair: pair[0], default=(0, None))
    return fastest[1], [point for sweep in sweeps for point in sweep.listed()]


def rows(bench, given):
    own = bench.options.approximate
    names = [*PEERS, COMPACT]
    with contextlib.ExitStack() as stack:
        with bench.sosia(given) as probe:
            has_own = own in probe.kinds
        workers = {name: stack.enter_context(bench.opened_peer(name, given)) for name in names}
        if has_own:
            workers = {"Sosia": stack.enter_context(bench.opened(own, given)), **workers}
        settings, curves = {}, {}
        for name, worker in workers.items():
            bench.say(f"sweeping {name}")
            settings[name], curves[name] = best_settings(worker, given, name)
        bench.keep("curves", vectors=given.title, curves=curves)
        ready = [name for name in workers if settings[name]]
        bench.say(f"graphs in turns at recall {WANTED}: " + ", ".join(f"{n} {settings[n]}" for n in ready))
        searchers = [(name, measure.of(workers[name], given.k, **settings[name])) for name in ready]
        batch = measure.alternate(searchers, given.query_count, given.k, batch=True, rounds=5)
        single = measure.alternate(searchers, given.query_count, given.k)
        memory = {name: worker.ask("memory")["memory"] for name, worker in workers.items()}
        for name in names:
            memory[name]["growth"] = memory[name]["resident"] - workers[name].baseline
    bench.keep("graph", vectors=given.title, settings=settings, memory=memory,
               batch={name: timing.summary() for name, timing in batch.items()},
               single={name: timing.summary() for name, timing in single.items()},
               recall={name: given.recall(timing.found) for name, timing in batch.items()})
    if "Sosia" not in ready:
        reason = f"reaches no recall of {WANTED}" if has_own else f"this build has no index `{own}`"
        for name in ready:
            yield Row(f"{name} ({_words(settings[name])}); {given.title}", reason, rate(batch[name]), "", "",
                      f"{given.recall(batch[name].found):.4f}")
        return
    yield from _compared(bench, given, settings, batch, single)
    yield from _cost(bench, given, own, [name for name in PEERS if name in ready], memory)
    yield from _filters(bench, given, own, settings["Sosia"])
    yield from exact.thread_rows(bench, given, own, **settings["Sosia"])


def _compared(bench, given, settings, batch, single):
    """Speed at the wanted recall: beside the best of three, and beside FAISS at its best."""
    plain = [name for name in PEERS if name in batch]
    for form, timings in (("calls of 100", batch), ("one at a time", single)):
        mine = timings["Sosia"]
        lists = []
        if plain:
            best = min(plain, key=lambda name: timings[name].mean)
            lists.append((best, f"{PEERS[best]}, the best of three", 3))
        if COMPACT in timings:
            lists.append((COMPACT, "FAISS PCA512,HNSW16_SQ8 + RefineFlat", 1.5))
        for name, title, must in lists:
            pair = measure.ratios(timings[name], mine)
            theirs, ours = settings[name], settings["Sosia"]
            yield Row(
                f"graph at recall >= {WANTED}, {form}; {given.title}", f"{rate(mine)} ({_words(ours)})",
                f"{title}: {rate(timings[name])} ({_words(theirs)})", ratio(pair), goal(f">= {must}x", pair[1], must),
                f"{given.recall(mine.found):.4f} / {given.recall(timings[name].found):.4f}")


def _words(settings):
    known = {"effort": "effort {}", "refine": "{:g} k refined", "rerank": "{} reranked"}
    return ", ".join(known[name].format(value) for name, value in settings.items())


def _cost(bench, given, own, plain, memory):
    path, built = bench.built(own, given)
    if plain:
        best = min(plain, key=lambda name: bench.built_peer(name, given)[1]["seconds"])
        seconds = bench.built_peer(best, given)[1]["seconds"]
        factor = seconds / built["seconds"]
        yield Row("graph build, two threads", f"{built['seconds']:.1f} s", f"{PEERS[best]}: {seconds:.1f} s",
                  f"{factor:.3g}x", goal(">= 2x", factor, 2))
    files = memory["Sosia"].get("files", {})
    pages = files.get(str(given.base.resolve()), 0)
    mine, other = memory["Sosia"]["resident"] - pages, memory["hnswlib"]["growth"]
    yield Row("graph resident memory, vectors on disk",
              f"{megabytes(mine)} (and {megabytes(pages)} of pages of the vector file, which the system may drop)",
              f"hnswlib: {megabytes(other)}", f"1/{other / mine:.3g}", goal("<= 1/3", mine / other, 1 / 3, False))
    count = len(given.rows)
    theirs = bench.built_peer("hnswlib", given)[1]["bytes"]
    yield Row("graph, bytes a vector: index file / in memory",
              f"{path.stat().st_size / count:,.0f} / {mine / count:,.0f}",
              f"hnswlib: {theirs / count:,.0f} / {other / count:,.0f}")


def _filters(bench, given, own, settings):
    queries = given.query_rows()
    for share, path, allowed in exact.masks(given, bench.work):
        known = truth.nearest(given.rows, queries, given.k, allowed)
        with bench.opened(own, given) as plain, bench.opened(own, given) as filtered:
            filtered.ask("filter", path=str(path))
            bench.say(f"{own}, filter of {share:.1%}")
            result = measure.alternate(
                [("all", measure.of(plain, given.k, **settings)),
                 ("filtered", measure.of(filtered, given.k, **settings))], given.query_count, given.k)
        found = truth.recall(result["filtered"].found, known, given.k)
        pair = measure.ratios(result["all"], result["filtered"])
        what = f"graph, filter that passes {share * 100:g} % of rows"
        bench.keep(what, filtered=result["filtered"].summary(), all=result["all"].summary(), recall=found)
        yield Row(what, rate(result["filtered"]), f"unfiltered: {rate(result['all'])}", ratio(pair),
                  goal("recall >= 0.98", found, 0.98), f"{found:.4f}")
