"""`make nlu-report`: how well the assistant understands, in build/nlu-report.

`DIET=1` also trains Rasa's own classifier on the same examples; that takes an hour or more.
"""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING

from nlu_report import writing
from nlu_report.measuring import QUIET, ROOT, judge_model, measure, run

if TYPE_CHECKING:
    from pathlib import Path

    from nlu_report.figures import Judged

TARGET = ROOT / "build" / "nlu-report"
CROSSED = "examples, across each other"
JUDGED = ("plain", "plain hard cases", "other voices")
DIET = """\
recipe: default.v1
language: da
assistant_id: diet
pipeline:
  - name: WhitespaceTokenizer
  - name: LexicalSyntacticFeaturizer
  - name: CountVectorsFeaturizer
  - {name: CountVectorsFeaturizer, analyzer: char_wb, min_ngram: 1, max_ngram: 4}
  - {name: DIETClassifier, epochs: 30, entity_recognition: false, random_seed: 1}
policies: []
"""


def main() -> None:
    """Measure, draw and write."""
    TARGET.mkdir(parents=True, exist_ok=True)
    splits, seconds = measure(e5=True)
    without, _ = measure(e5=False)
    unseen = [one for name in JUDGED for one in splits[name]]
    draw({"across": splits[CROSSED], "unseen": unseen})
    lines = [
        "# How well the assistant understands",
        *section("Overview", writing.overview(splits)),
        *section("When it is sure enough", writing.certainty(splits)),
        *section("Time", [f"A message: {writing.latency(unseen)}; learning: {seconds:.0f} s."]),
        *section("Without e5", writing.overview(without)),
        *section("Intents, unseen texts", writing.by_intent(unseen)),
        *section("Intents, across the examples", writing.by_intent(splits[CROSSED])),
        *section("Worst, unseen", writing.mistakes(unseen)),
        *section("Worst, across the examples", writing.mistakes(splits[CROSSED])),
    ]
    figures = {"with e5": writing.as_json(splits), "without e5": writing.as_json(without)}
    if os.environ.get("DIET"):
        diet = judge_model(train_diet(TARGET))
        lines += section("DIET on the same examples", writing.overview(diet))
        figures["DIET"] = writing.as_json(diet)
    (TARGET / "report.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (TARGET / "report.json").write_text(json.dumps(figures, indent=1), encoding="utf-8")
    print(f"written: {TARGET / 'report.md'}")  # noqa: T201 - says where to look


def section(title: str, lines: list[str]) -> list[str]:
    """Write a part of the report under its title."""
    return ["", f"## {title}", "", *lines]


def draw(pictures: dict[str, list[Judged]]) -> None:
    """Draw who is taken for whom, in Rasa's environment, which has the library."""
    told = [
        {
            "file": str(TARGET / f"confusion-{name}.png"),
            "title": name,
            "intents": sorted({one.meant for one in judged} | {one.heard for one in judged}),
            "meant": [one.meant for one in judged],
            "heard": [one.heard for one in judged],
        }
        for name, judged in pictures.items()
    ]
    run("pictures", told)


def train_diet(target: Path) -> Path:
    """Train Rasa's own classifier on our examples; nothing else of the model is used."""
    config = target / "diet.yml"
    config.write_text(DIET, encoding="utf-8")
    command = [".venv-rasa/bin/python", "-m", "rasa", "train", "nlu", "--config", str(config)]
    where = ["--nlu", "dialogues/nlu", "--domain", "dialogues/domain", "--out", str(target)]
    named = ["--fixed-model-name", "diet"]
    env = {**os.environ, **QUIET, "RASA_TELEMETRY_ENABLED": "false"}
    subprocess.run([*command, *where, *named], cwd=ROOT, env=env, check=True)
    return target / "diet.tar.gz"


main()
