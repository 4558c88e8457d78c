"""Whole conversations in both municipalities and languages, word for word as citizens read them.

They are in dialogues/transcripts; `make transcripts` writes them anew, and the difference in git
shows what a change of texts, examples or rules does to what is said.
"""

from __future__ import annotations

import pytest

from tests.transcripts.differences import difference
from tests.transcripts.rewriting import rewrite
from tests.transcripts.script import FOLDER, files, read_file
from tests.transcripts.stage import play

pytestmark = [pytest.mark.slow, pytest.mark.rasa, pytest.mark.xdist_group("rasa")]

ALL = [
    pytest.param(
        path, transcript, id=f"{path.relative_to(FOLDER).with_suffix('')}: {transcript.name}"
    )
    for path in files()
    for transcript in read_file(path)
]


@pytest.mark.parametrize(("path", "transcript"), ALL)
async def test_it_is_said_as_it_is_written(stage, rewrites, path, transcript):
    heard = await play(stage, path.parent.name, transcript)
    if rewrites:
        rewrite(path, {transcript.name: heard})
    else:
        apart = difference(transcript, heard)
        assert not apart, f"{transcript.name}\n{apart}\n(make transcripts writes what is said now)"
