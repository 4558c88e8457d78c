"""Asks Rasa's environment, where the classifier lives, and the rules in ours."""

from __future__ import annotations

import json
import os
import subprocess
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from data.hard_cases.lexicon import load_lexicon
from nlu_report.figures import Judged
from outreach.rules.hard_cases import recognise
from tests.dialogues import unseen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.dialogues.unseen import Said

ROOT = Path(__file__).parents[1]
FOLDS = 4
SPLITS: dict[str, list[Said]] = {
    "plain": unseen.PLAIN,
    "plain hard cases": unseen.PLAIN_HARD,
    "other voices": unseen.INTENTS,
    "neighbours": unseen.NEIGHBOURS,
    "hard cases between the lines": unseen.OBLIQUE_HARD,
    "plain look-alikes": unseen.PLAIN_LOOK_ALIKES,
    "treacherous look-alikes": unseen.LOOK_ALIKES,
    "written last, intents": unseen.FRESH,
    "written last, hard cases": unseen.FRESH_HARD,
    "written last, look-alikes": unseen.FRESH_LOOK_ALIKES,
    "written last, turns": unseen.FRESH_TURNS,
    "sealed, hard cases": unseen.SEALED_HARD,
    "sealed, look-alikes": unseen.SEALED_LOOK_ALIKES,
}
QUIET = {"OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore", "TF_CPP_MIN_LOG_LEVEL": "2"}


def run(module: str, told: object, *arguments: str) -> str:
    """Run one of `dialogues.measuring` in Rasa's environment, and give its last line."""
    python = str(ROOT / ".venv-rasa" / "bin" / "python")
    done = subprocess.run(
        [python, "-m", f"dialogues.measuring.{module}", *arguments],
        cwd=ROOT,
        env={**os.environ, **QUIET},
        input=json.dumps(told),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr[-4000:])
    return done.stdout.splitlines()[-1] if done.stdout else ""


def examples() -> list[tuple[str, str]]:
    """Give the training examples: text and intent."""
    files = sorted((ROOT / "dialogues" / "nlu").rglob("*.yml"))
    parts = [part for file in files for part in yaml.safe_load(file.read_text("utf-8"))["nlu"]]
    return [
        (line.removeprefix("- "), part["intent"])
        for part in parts
        for line in part["examples"].splitlines()
    ]


def measure(*, e5: bool) -> tuple[dict[str, list[Judged]], float]:
    """Judge every split and the examples, across each other; give the seconds to learn too."""
    told = examples()
    few = {intent for intent, count in Counter(i for _, i in told).items() if count < FOLDS}
    if few:
        raise SystemExit(f"too few examples to cross-validate: {', '.join(sorted(few))}")
    asked = [one.text for said in SPLITS.values() for one in said]
    answer = run("learning", {"examples": told, "unseen": asked, "folds": FOLDS, "e5": e5})
    found: dict[str, Any] = json.loads(answer)
    heard = iter(found["unseen"])
    splits = {
        name: judge([(one.text, one.intent) for one in said], [next(heard) for _ in said])
        for name, said in SPLITS.items()
    }
    splits["examples, across each other"] = judge(told, found["crossed"])
    return splits, found["seconds"]


def judge(said: Sequence[tuple[str, str]], heard: Sequence[dict[str, Any]]) -> list[Judged]:
    """Put what was heard, and what the rules find, beside what was meant."""
    lexicon = load_lexicon()
    return [
        Judged(
            text,
            meant,
            one["heard"],
            one["confidence"],
            one["gap"],
            one["ms"],
            bool(recognise(text, lexicon)),
        )
        for (text, meant), one in zip(said, heard, strict=True)
    ]


def judge_model(model: Path) -> dict[str, list[Judged]]:
    """Judge the splits by a trained model, whatever its pipeline: DIET for comparison."""
    asked = [one.text for said in SPLITS.values() for one in said]
    parsed = iter(json.loads(run("parsing", asked, str(model))))
    return {
        name: [
            Judged(one.text, one.intent, got["likeliest"], 1.0, 1.0, got["ms"])
            for one, got in zip(said, parsed, strict=False)
        ]
        for name, said in SPLITS.items()
    }
