"""What a citizen reads threatens nobody, blames nobody, and is said in plain words (F12)."""

import re
from collections.abc import Iterator

import pytest
import yaml

from tests.house.sources import ROOT, place
from tests.house.tone import faults, long_sentences

#: Everything that reaches a citizen: answers, and the letters with legal effect.
FOLDERS = (ROOT / "dialogues" / "responses", ROOT / "dialogues" / "letters")


def leaves(node: object) -> Iterator[str]:
    """Yield every text of a YAML document."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from leaves(value)
    elif isinstance(node, list):
        for value in node:
            yield from leaves(value)


#: A letter's own language (comments, branches, places) and its tags; a closed block ends a line.
NOT_WORDS = re.compile(r"\{#.*?#\}|\{%.*?%\}|<!.*?>|<style>.*?</style>", re.DOTALL)
BRANCH = re.compile(r"\{%-? *(else|elif)\b.*?%\}", re.DOTALL)
PLACE = re.compile(r"\{\{.*?\}\}|\{[a-z_]+\}", re.DOTALL)
END_OF_BLOCK = re.compile(r"</(p|li|h[1-6]|td|th|dt|dd|title)>|<br>")
TAG = re.compile(r"<[^>]+>")


def texts_of(file):
    """Return what people read in a file, text by text, with x in every place to be filled."""
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".yml":
        return [PLACE.sub("x", leaf) for leaf in leaves(yaml.safe_load(text))]
    words = TAG.sub(
        "", END_OF_BLOCK.sub("\n", PLACE.sub("x", NOT_WORDS.sub(" ", BRANCH.sub("\n", text))))
    )
    return [line.strip() for line in words.split("\n") if line.strip()]


FILES = sorted(
    file
    for folder in FOLDERS
    for file in folder.rglob("*")
    if file.is_file() and file.suffix in {".yml", ".txt", ".html"}
)


def test_F12_there_are_texts_to_read():
    assert {"da.yml", "en.yml"} <= {file.name for file in FILES}


@pytest.mark.parametrize("file", FILES, ids=place)
def test_F12_no_text_threatens_blames_or_talks_down(file):
    assert {text: found for text in texts_of(file) if (found := faults(text))} == {}


@pytest.mark.parametrize("file", FILES, ids=place)
def test_F12_sentences_are_short_enough_to_understand(file):
    long = [sentence for text in texts_of(file) for sentence in long_sentences(text)]
    assert long == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Betaler du ikke, kontakter vi politiet.", "threatens with the police"),
        ("Du kan blive registreret i RKI.", "speaks loosely of credit bureaus"),
        ("Så skriver vi til din arbejdsgiver.", "brings in the employer"),
        ("We may have to tell your family.", "brings in the family"),
        ("Dit barn kan miste sin plads.", "threatens with the childcare place"),
        ("Det er din sidste chance.", "gives an ultimatum"),
        ("Pay now, or else the case goes on.", "gives an ultimatum"),
        ("Sagen går til inkasso.", "threatens with a court"),
        ("We will take legal action.", "threatens with a court"),
        ("Det er din egen skyld.", "lays blame"),
        ("Du har glemt at betale.", "lays blame"),
        ("Staten trækker det i din løn.", "predicts what the state will do to this person"),
        ("Vi fremsender hermed en rykker.", "is officialese"),
        ("Betal nu!", "shouts"),
        ("Du SKAL betale.", "shouts SKAL"),
    ],
)
def test_F12_what_would_be_bad_practice_is_found(text, fault):
    assert fault in faults(text)


@pytest.mark.parametrize(
    "text",
    [
        "Er du uenig, så skriv det. Vi rykker ikke, mens det bliver undersøgt.",
        "Kravet er hos Gældsstyrelsen. Ring til dem på 70 15 73 04.",
        "Skriv MENNESKE, hvis du hellere vil tale med os.",
        "Staten kan fx trække i løn, modregne eller gøre udlæg. Det er generel information.",
        "Gebyret følger loven og kommunens politik.",
    ],
)
def test_F12_what_is_said_with_respect_passes(text):
    assert faults(text) == []
