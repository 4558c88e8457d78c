"""The files of transcripts are of municipalities we serve, in both languages, and short."""

from data.models.citizens import Language
from tests.transcripts.script import files, read_file

LONGEST_FILE = 400
TRANSCRIPTS = {path: read_file(path) for path in files()}


def test_both_municipalities_and_both_languages_are_played(runtime):
    played = {(path.parent.name, each.language) for path in TRANSCRIPTS for each in read_file(path)}
    assert {municipality for municipality, _ in played} == {"albertslund", "faxe"}
    assert {municipality for municipality, _ in played} <= set(runtime.policies.keys)
    assert {language for _, language in played} == set(Language)


def test_no_file_is_longer_than_a_person_reads_at_once():
    long = [
        path.name
        for path in TRANSCRIPTS
        if len(path.read_text(encoding="utf-8").splitlines()) > LONGEST_FILE
    ]
    assert long == []


def test_every_transcript_has_been_played():
    silent = [
        f"{path.parent.name}/{path.name}: {each.name}"
        for path, transcripts in TRANSCRIPTS.items()
        for each in transcripts
        if not any(step.assistant for step in each.turns)
    ]
    assert silent == []
