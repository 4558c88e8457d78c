"""Writes the report: Markdown for people, JSON for comparing two reports."""

from __future__ import annotations

from dataclasses import asdict
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

from nlu_report.figures import accuracy, alarms, macro_f1, outcomes, scores, worst

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from nlu_report.figures import Judged

WORST = 50
LEAST, GAP = 0.3, 0.05
"""As FallbackClassifier has them in config.yml."""


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Write a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(str(cell) for cell in line) + " |" for line in lines]


def share(figure: float) -> str:
    """Write a share of one with three digits."""
    return f"{figure:.3f}"


def overview(splits: Mapping[str, Sequence[Judged]]) -> list[str]:
    """Write a line for each split."""
    head = ["texts", "count", "accuracy", "macro-F1", "hard: rules", "hard: Rasa", "hard: either"]
    rows = [
        [name, len(judged), share(accuracy(judged)), share(macro_f1(judged))]
        + [share(figure) for figure in alarms(judged)]
        for name, judged in splits.items()
    ]
    return table(head, rows)


def certainty(splits: Mapping[str, Sequence[Judged]]) -> list[str]:
    """Write how many are understood, asked again and mistaken with the thresholds we use."""
    head = ["texts", "understood", "asked again", "accepted but wrong"]
    rows = [
        [name, *(share(figure) for figure in outcomes(judged, LEAST, GAP))]
        for name, judged in splits.items()
    ]
    return table(head, rows)


def by_intent(judged: Sequence[Judged]) -> list[str]:
    """Write precision, recall and F1 of each intent, the worst first."""
    ranked = sorted(scores(judged).items(), key=lambda found: found[1].f1)
    rows = [
        [name, one.count, share(one.precision), share(one.recall), share(one.f1)]
        for name, one in ranked
    ]
    return table(["intent", "count", "precision", "recall", "F1"], rows)


def mistakes(judged: Sequence[Judged]) -> list[str]:
    """Write the texts most surely taken for something else."""
    rows = [
        [one.text.replace("|", "/"), one.meant, one.heard, share(one.confidence)]
        for one in worst(judged, WORST)
    ]
    return table(["text", "meant", "heard", "confidence"], rows)


def latency(judged: Sequence[Judged]) -> str:
    """Write the median and the slowest twentieth, in milliseconds."""
    took = [one.ms for one in judged]
    return f"median {median(took):.0f} ms, 95 % within {quantiles(took, n=20)[-1]:.0f} ms"


def as_json(splits: Mapping[str, Sequence[Judged]]) -> dict[str, Any]:
    """Give every figure, by split."""
    return {
        name: {
            "accuracy": accuracy(judged),
            "macro_f1": macro_f1(judged),
            "alarms": dict(zip(("rules", "rasa", "either"), alarms(judged), strict=True)),
            "intents": {intent: asdict(one) for intent, one in scores(judged).items()},
        }
        for name, judged in splits.items()
    }
