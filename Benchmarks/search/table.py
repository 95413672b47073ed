"""The table: what was measured, and whether it reaches what it must."""
import operator
from dataclasses import dataclass

HEADER = ("| what | Sosia | peer | ratio | must reach | recall@10 |\n"
          "|---|---|---|---|---|---|")

LEGEND = """k = 10, one search thread, Euclidean distance; means, ratios of means, and in brackets the median ratio of
slices of 100 queries taken in turns. Tied: another id at the same distance within 1e-6. Never slower: within 10 %,
which is what two runs of the same thing differ by. Memory is all resident pages of the process, unless told
otherwise."""


@dataclass
class Row:
    what: str
    sosia: str = ""
    peer: str = ""
    ratio: str = ""
    goal: str = ""
    recall: str = ""

    def __str__(self):
        return f"| {self.what} | {self.sosia} | {self.peer} | {self.ratio} | {self.goal} | {self.recall} |"


def goal(text, value, limit, at_least=True):
    """`text`, and by how much the value misses the limit when it does."""
    compare = operator.ge if at_least else operator.le
    if compare(value, limit):
        return f"{text}: reached"
    return f"{text}: missed by {abs(value - limit) / limit:.0%}" if limit else f"{text}: missed"


def times(timing):
    facts = timing.summary()
    return f"{milliseconds(facts['mean_ms'])} (p50 {facts['p50_ms']:.3g}, p95 {facts['p95_ms']:.3g})"


def milliseconds(value):
    return f"{value:.3g} ms"


def rate(timing):
    return f"{1e9 / timing.mean:,.0f}/s"


def ratio(pair):
    mean, median = pair
    return f"{mean:.3g}x (median {median:.3g}x)"


def megabytes(count):
    return f"{count / 1e6:,.0f} MB"
