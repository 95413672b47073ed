"""Measurements of the exact index."""
import contextlib

import numpy as np

from . import measure, truth
from .table import Row, goal, megabytes, milliseconds, ratio, times


def identical(facts, places):
    """Recall, ties counted as found, and what the ids are."""
    share = f"{(facts['same'] + facts['tied']) / max(places, 1):.4f}"
    if facts["wrong"]:
        return f"{share}, {facts['wrong']:,} of {places:,} ids wrong"
    return f"{share}, identical ids" + (f" ({facts['tied']} tied)" if facts["tied"] else "")


def against_flat(bench, given, must, batch=False, name=None, **settings):
    """The exact index and FAISS's flat one, one query at a time or a batch of all."""
    with contextlib.ExitStack() as stack:
        own = stack.enter_context(bench.opened("exact", given))
        flat = stack.enter_context(bench.peer("faiss-flat", given))
        flat.ask("build")
        count = given.query_count
        searchers = [("Sosia", measure.of(own, given.k, **settings)), ("faiss-flat", measure.of(flat, given.k))]
        kind = "batch" if batch else "one at a time"
        bench.say(f"exact, {kind}: {given.title}")
        result = measure.alternate(
            searchers, count, given.k, batch, size=count if batch else measure.SLICE, rounds=5 if batch else 1)
        memory = own.ask("memory")["memory"]
    mine, other = result["Sosia"], result["faiss-flat"]
    facts = given.compare(mine.found)
    pair = measure.ratios(other, mine)
    what = name or f"exact, {'batch of ' + format(count, ',') if batch else 'one query at a time'}; {given.title}"
    bench.keep(what, sosia=mine.summary(), peer=other.summary(), ratio=pair, ids=facts, memory=memory,
               peer_ids=given.compare(other.found))
    reached = pair[1] if batch else pair[0]
    show = (lambda t: milliseconds(t.mean / 1e6) + " a query") if batch else times
    row = Row(what, show(mine), f"FAISS Flat: {show(other)}", ratio(pair),
              goal(f">= {must:g}x, identical ids", 0 if facts["wrong"] else reached, must),
              identical(facts, count * given.k))
    return row, memory


def build_row(bench, given, memory):
    """What an index costs: time, bytes a vector on disk and in memory."""
    path, built = bench.built("exact", given)
    count, pages = len(given.rows), memory["files"].get(str(given.base.resolve()), 0)
    return Row(f"exact, build with two threads, bytes a vector: index file / in memory; {given.title}",
               f"{built['seconds']:.1f} s, {path.stat().st_size / count:,.0f} / "
               f"{(memory['resident'] - pages) / count:,.0f}", f"the vectors: {given.rows.shape[1] * 4:,}")


def main_rows(bench, given, must=22):
    row, memory = against_flat(bench, given, must)
    yield row
    yield against_flat(bench, given, 4, batch=True)[0]
    yield build_row(bench, given, memory)


def million_rows(bench, given):
    row, memory = against_flat(bench, given, 18, memory=10**9)
    yield row
    pages = memory["files"].get(str(given.base.resolve()), 0)
    yield Row(f"resident memory after {given.query_count:,} queries with a budget of 1 GB; {given.title}",
              f"{megabytes(memory['resident'])} ({megabytes(pages)} of it pages of the vector file)", "", "",
              goal("<= 1 GB", memory["resident"], 1e9, False))
    yield opening(bench, given)
    yield build_row(bench, given, memory)


def opening(bench, given):
    """Opening the index file: from the page cache, and after the system was told to forget it."""
    import os

    path, built = bench.built("exact", given)

    def once(repeats):
        with bench.sosia(given) as worker:
            opened = worker.ask("open", kind="exact", path=str(path), repeats=repeats)["nanoseconds"]
            first = worker.search(0, 1, given.k)["nanoseconds"][0]
        return np.array(opened) / 1e6, first / 1e6

    warm, first = once(21)
    descriptor = os.open(path, os.O_RDONLY)
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(descriptor)
    cold, _ = once(1)
    median = float(np.median(warm))
    bench.keep("opening", warm_ms=warm.tolist(), cold_ms=cold.tolist(), first_search_ms=first, bytes=built["bytes"])
    return Row(f"opening the index; {given.title}",
               f"{milliseconds(median)} (not in the page cache {milliseconds(float(cold[0]))}; first search, which "
               f"checks the codes, {milliseconds(first)})", "", "", goal("<= 50 ms", max(median, cold[0]), 50, False))


def masks(given, work):
    """(share, file of one byte a row, boolean array) of the filters, seeded."""
    for number, share in enumerate((0.5, 0.1, 0.01, 0.001)):
        allowed = np.random.default_rng([11, number]).random(len(given.rows)) < share
        path = work / f"filter-{number}.bin"
        path.write_bytes(allowed.astype(np.uint8).tobytes())
        yield share, path, allowed


def filter_rows(bench, given):
    """Each filter beside no filter, in turns; the answers against the truth among the allowed rows."""
    queries = given.query_rows()
    for share, path, allowed in masks(given, bench.work):
        with bench.opened("exact", given) as plain, bench.opened("exact", given) as filtered:
            filtered.ask("filter", path=str(path))
            bench.say(f"exact, filter of {share:.1%}")
            result = measure.alternate(
                [("all", measure.of(plain, given.k)), ("filtered", measure.of(filtered, given.k))],
                given.query_count, given.k)
        known = truth.nearest(given.rows, queries, given.k, allowed)
        facts = truth.compare(result["filtered"].found, known, given.rows, queries, given.k)
        pair = measure.ratios(result["all"], result["filtered"])
        what = f"exact, filter that passes {share * 100:g} % of rows"
        bench.keep(what, filtered=result["filtered"].summary(), all=result["all"].summary(), ratio=pair, ids=facts)
        # A tenth is the noise of two runs of the same thing.
        yield Row(what, times(result["filtered"]), f"unfiltered: {times(result['all'])}", ratio(pair),
                  goal("never slower", pair[1], 0.9),
                  identical(facts, int((known >= 0).sum())))


def thread_rows(bench, given, kind="exact", **settings):
    with bench.opened(kind, given) as worker:
        count = given.query_count
        bench.say(f"{kind}, one and two threads")
        result = measure.alternate(
            [("one", measure.of(worker, given.k, threads=1, **settings)),
             ("two", measure.of(worker, given.k, threads=2, **settings))],
            count, given.k, batch=True, size=count, rounds=7)
    pair = measure.ratios(result["one"], result["two"])
    what = f"{kind}, two threads against one, batch of {count:,}"
    bench.keep(what, one=result["one"].summary(), two=result["two"].summary(), ratio=pair)
    facts = given.recall(result["two"].found)
    yield Row(what, f"{1e9 / result['two'].mean:,.0f}/s", f"one thread: {1e9 / result['one'].mean:,.0f}/s",
              ratio(pair), goal(">= 1.8x", pair[1], 1.8), f"{facts:.4f}")


def rebuild_rows(bench, given, larger, kind="exact"):
    """Searches while 100,000 rows are indexed in another thread, between two undisturbed runs."""
    from . import vectors

    with bench.opened(kind, given) as worker:
        bench.say(f"{kind}: searching while {len(larger.rows):,} rows are indexed")
        worker.search(0, given.query_count, given.k)
        calm = worker.search(0, given.query_count, given.k)["nanoseconds"]
        answer = worker.ask("rebuild", kind=kind, base=vectors.layout(larger.base), k=given.k,
                            path=str(bench.work / "rebuilt.index"))
        calm += worker.search(0, given.query_count, given.k)["nanoseconds"]
    busy = answer["nanoseconds"]
    facts = {name: {share: measure.percentile(times, share) / 1e6 for share in (0.5, 0.95, 0.99)}
             for name, times in (("calm", calm), ("busy", busy))}
    factor = facts["busy"][0.99] / facts["calm"][0.99]
    what = f"{kind}, search while {len(larger.rows):,} rows are indexed, p99"
    bench.keep(what, **facts, queries=len(busy), seconds=answer["train"] + answer["add"] + answer["write"])
    yield Row(what, f"{milliseconds(facts['busy'][0.99])} ({len(busy):,} queries)",
              f"undisturbed: {milliseconds(facts['calm'][0.99])}", f"{factor:.2f}x",
              goal("<= 3x", factor, 3, False))
