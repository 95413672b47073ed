"""The table: what was measured beside what it must reach."""
import statistics

HEADER = "| what | measured | must reach |\n|---|---|---|"


def row(what, measured, goal=""):
    return f"| {what} | {measured} | {goal} |"


def quantile(values, share):
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


def spread(ratios):
    """The median of several turns, and how far they lie apart."""
    return f"{statistics.median(ratios):.2f}x ({min(ratios):.2f} to {max(ratios):.2f})"
