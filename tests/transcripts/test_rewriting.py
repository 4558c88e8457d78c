"""A skeleton is filled in, and what people wrote in a file stays as it is."""

from __future__ import annotations

import pytest

from data.yaml_files import DataFileError
from tests.transcripts.differences import difference
from tests.transcripts.rewriting import rewrite
from tests.transcripts.script import Heard, read_file

SKELETON = """\
# Who asks, and why.
transcripts:
  - name: first
    given: {identity: proven}
    turns:
      - citizen: 'hej'   # in quotes
      # A day goes by.
      - days_pass: 1

      - citizen: |-
          to linjer
          i en sms
  - name: second
    turns:
      - payment:
          sum: 200
      - citizen: tak
"""
FILLED = """\
# Who asks, and why.
transcripts:
  - name: first
    given: {identity: proven}
    turns:
      - citizen: 'hej'   # in quotes
        assistant: |-
          Hej.

          Hvad kan jeg gøre?
        buttons: ["1", "2"]
      # A day goes by.
      - days_pass: 1

      - citizen: |-
          to linjer
          i en sms
        assistant:
          - |-
            Ja: "to".
          - " skæv"
        handoff: asked_human
  - name: second
    turns:
      - payment:
          sum: 200
        assistant: |-
          Tak.
      - citizen: tak
"""
FIRST = [
    Heard(assistant=("Hej.\n\nHvad kan jeg gøre?",), buttons=("1", "2")),
    Heard(),
    Heard(assistant=('Ja: "to".', " skæv"), handoff="asked_human"),
]
SECOND = [Heard(assistant=("Tak.",)), Heard()]


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "talk.yml"
    path.write_text(SKELETON, encoding="utf-8")
    return path


def test_a_skeleton_is_filled_in_and_reads_as_what_was_heard(file):
    rewrite(file, {"first": FIRST, "second": SECOND})
    assert file.read_text(encoding="utf-8") == FILLED
    first, second = read_file(file)
    assert [step.heard for step in first.turns] == FIRST
    assert [step.heard for step in second.turns] == SECOND


def test_rewriting_again_changes_nothing(file):
    for _ in range(2):
        rewrite(file, {"first": FIRST, "second": SECOND})
    assert file.read_text(encoding="utf-8") == FILLED


def test_what_is_not_said_any_more_goes_and_the_rest_of_the_file_stays(file):
    rewrite(file, {"first": FIRST, "second": SECOND})
    rewrite(file, {"first": [Heard(), Heard(), Heard()]})
    first, second = read_file(file)
    assert [step.heard for step in first.turns] == [Heard(), Heard(), Heard()]
    assert [step.heard for step in second.turns] == SECOND
    rewrite(file, {"second": [Heard(), Heard()]})
    assert file.read_text(encoding="utf-8") == SKELETON


def test_a_difference_names_the_turn_and_shows_both_wordings(file):
    rewrite(file, {"first": FIRST})
    first, _ = read_file(file)
    assert difference(first, FIRST) == ""
    now = [Heard(assistant=("Hej.\n\nHvad vil du?",)), *FIRST[1:]]
    shown = difference(first, now)
    assert "turn 1: citizen: hej" in shown
    assert "-Hvad kan jeg gøre?" in shown
    assert "+Hvad vil du?" in shown
    assert "-buttons: 1, 2" in shown
    assert "turn 3" not in shown


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("      - citizen: hej\n        days_pass: 1\n", "begins with one of"),
        ("      - assistant: hej\n", "begins with one of"),
        ("      - citizen: hej\n        says: hej\n", "nobody knows this key"),
    ],
)
def test_a_mistake_is_told_with_its_line(file, line, says):
    file.write_text("transcripts:\n  - name: first\n    turns:\n" + line, encoding="utf-8")
    with pytest.raises(DataFileError, match=r"talk\.yml:[45]") as fault:
        read_file(file)
    assert says in str(fault.value)
