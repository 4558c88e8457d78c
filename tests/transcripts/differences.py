"""Shows, turn by turn, where what is said now is not what is written."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.transcripts.script import Heard, Step, Transcript


def difference(transcript: Transcript, heard: Sequence[Heard]) -> str:
    """Show, turn by turn, where what is said now is not what is written; nothing if it is."""
    return "\n".join(
        "\n".join([f"turn {number}: {_begins(step)}", *_lines(step.heard, now)])
        for number, (step, now) in enumerate(zip(transcript.turns, heard, strict=True), start=1)
        if step.heard != now
    )


def _begins(step: Step) -> str:
    name, value = next((name, value) for name, value in step if value)
    return f"{name}: {value}"


def _lines(written: Heard, now: Heard) -> list[str]:
    apart = difflib.unified_diff(_shown(written), _shown(now), "written", "now", lineterm="", n=100)
    return [f"    {line}" for line in apart]


def _shown(heard: Heard) -> list[str]:
    texts = [line for text in heard.assistant for line in [*text.split("\n"), "----"]]
    buttons = [f"buttons: {', '.join(heard.buttons)}"] if heard.buttons else []
    return [*texts, *buttons, *([f"handoff: {heard.handoff}"] if heard.handoff else [])]
