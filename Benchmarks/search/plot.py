"""Recall against queries a second, as a picture."""


def draw(curves, title, path, points=None):
    """`curves` are lists of {recall, queries_per_s} by name; only what no other point of the name beats is drawn."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 5))
    for name, measured in curves.items():
        best, line = 0, []
        for point in sorted(measured, key=lambda point: (-point["recall"], -point["queries_per_s"])):
            if point["queries_per_s"] > best:
                best = point["queries_per_s"]
                line.append((point["recall"], best))
        width = 2.5 if name == "Sosia" else 1.2
        axes.plot(*zip(*line), marker="o", markersize=3, linewidth=width, label=name)
    for name, speed in (points or {}).items():
        axes.plot([1.0], [speed], marker="*", markersize=11, linestyle="none", label=name)
    axes.set(xlabel="recall@10", ylabel="queries/s, one thread", yscale="log", title=title)
    axes.set_xlim(left=0.9)
    axes.grid(True, which="both", alpha=0.3)
    axes.legend()
    figure.tight_layout()
    figure.savefig(path)
    pyplot.close(figure)
