"""Two releases that take turns (A B A B, B A B A), what they took, and whether they answered the same."""
import os
import statistics
import time

HEADER = "| what | old | new | speed, old = 1 | n |\n|---|---|---|---|---|"

# Rounds that are measured whatever they take.
LEAST = 3
# Seconds without work before a round, in which the machine forgets the one before.
REST = 0.3


class Turns:
    """Values of both releases by round and by name, and how many answers were equal."""

    def __init__(self):
        self.rounds = []
        self.equal = self.compared = 0

    def add(self, asked):
        """One round: for each release its list of (values, answer); an answer of None is not compared."""
        self.rounds.append([[values for values, _ in answers] for answers in asked])
        for (_, old), (_, new) in zip(*asked):
            if old is not None or new is not None:
                self.compared += 1
                self.equal += old == new

    def figures(self, name, figure=statistics.median):
        """One figure a round: those of the old release, those of the new."""
        return tuple([figure([values[name] for values in turn[side]]) for turn in self.rounds] for side in (0, 1))

    def row(self, what, name, unit="ms", figure=statistics.median, rate=False):
        """A rate is the better the higher it is, a time the lower."""
        old, new = self.figures(name, figure)
        speeds = [b / a if rate else a / b for a, b in zip(old, new)]
        count = sum(len(answers) for answers, _ in self.rounds)
        return (f"| {what} | {spread(old, unit)} | {spread(new, unit)} | {statistics.median(speeds):.3f}x "
                f"({min(speeds):.3f} to {max(speeds):.3f}) | {count:,} in {len(self.rounds)} rounds |")

    def agreement(self, what):
        return f"| {what}: equal answers | | | {self.equal:,} of {self.compared:,} | |"


def spread(figures, unit):
    return f"{number(statistics.median(figures))} {unit} ({number(min(figures))} to {number(max(figures))})"


def number(value):
    """Three digits that count, and all of those before the point."""
    return f"{value:,.0f}" if value >= 100 else f"{value:#.3g}"


def per_second(milliseconds):
    """The rate at which one after the other is answered."""
    return 1000 / statistics.fmean(milliseconds)


def alternate(opened, ask, rounds, count, seconds, size=1, warm=0):
    """Lets both sides take turns of `size` questions until each was asked `count`, in each of the rounds.

    `opened()` is a context that gives both sides for one round: of one program two processes may differ for as long as
    they live. Every other round begins with the second side. `ask(side, number)` gives ({name: value}, answer); in each
    round each side is asked `warm` questions before that do not count. All rounds together shall end within so many
    seconds: after the first LEAST none is begun that would likely end later, and each of these asks no more when it has
    used its share.
    """
    turns = Turns()
    start = time.monotonic()
    for done in range(rounds):
        begun = time.monotonic()
        if done >= LEAST and (begun - start) * (done + 1) / done > seconds:
            break
        with opened() as sides:
            for number in range(warm):
                # Half of a share is for the questions that count.
                if time.monotonic() - begun > seconds / LEAST / 2:
                    break
                for side in sides:
                    ask(side, number)
            settle()
            turns.add(one_round(sides, ask, count, size, begun + seconds / LEAST, backwards=done % 2 == 1))
    return turns


def one_round(sides, ask, count, size, end, backwards):
    order = list(zip(sides, ([], [])))
    asked = [answers for _, answers in order]
    for first in range(0, count, size):
        if first and time.monotonic() > end:
            break
        for side, answers in reversed(order) if backwards else order:
            answers += [ask(side, number) for number in range(first, min(first + size, count))]
    return asked


def settle():
    """Nothing of what was done before is still to be written."""
    os.sync()
    time.sleep(REST)
