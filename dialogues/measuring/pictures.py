"""Draws who is taken for whom. Reads {"file", "title", "intents", "meant", "heard"} as JSON."""

import json
import sys
from collections import Counter
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import pyplot as plt


def draw(told: dict[str, Any]) -> None:
    """Draw the share of each meant intent (rows) that was heard as each (columns), as PNG."""
    intents = told["intents"]
    pairs = Counter(zip(told["meant"], told["heard"], strict=True))
    meant = Counter(told["meant"])
    shares = [[pairs[a, b] / max(meant[a], 1) for b in intents] for a in intents]
    side = 2 + 0.17 * len(intents)
    figure, axes = plt.subplots(figsize=(side, side), dpi=110)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(intents)), intents, rotation=90, fontsize=6)
    axes.set_yticks(range(len(intents)), intents, fontsize=6)
    axes.set_xlabel("heard")
    axes.set_ylabel("meant")
    axes.set_title(told["title"])
    figure.tight_layout()
    figure.savefig(told["file"])
    plt.close(figure)


if __name__ == "__main__":
    for one in json.load(sys.stdin):
        draw(one)
