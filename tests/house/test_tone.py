"""What a citizen reads threatens nobody, blames nobody, and is said in plain words (F12)."""

import re
from collections.abc import Iterator

import pytest
import yaml

from outreach.texts import LANGUAGES_OF_LINES
from tests.house.sources import ROOT, place
from tests.house.tone import HARDEST, WORD, faults, is_hard_to_read, lix, long_sentences

#: Everything that reaches a citizen: answers, and the letters with legal effect.
FOLDERS = (ROOT / "dialogues" / "responses", ROOT / "dialogues" / "letters")


def leaves(node: object, key: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text of a YAML document with its key."""
    if isinstance(node, str):
        yield key, node
    elif isinstance(node, dict):
        for name, value in node.items():
            yield from leaves(value, f"{key}.{name}" if key else name)


#: A letter's own language (comments, branches, places) and its tags; a closed block ends a line.
NOT_WORDS = re.compile(r"\{#.*?#\}|\{%.*?%\}|<!.*?>|<style>.*?</style>", re.DOTALL)
BRANCH = re.compile(r"\{%-? *(else|elif)\b.*?%\}", re.DOTALL)
#: A place counts as one word: a sum, a day or a name is read at a glance.
PLACES = re.compile(r"(?:\{\{.*?\}\}|\{[a-z_]+\})+", re.DOTALL)
#: A sum is written with its own full stop ("200 kr.") and may end a sentence.
SUM = re.compile(r"\{\{[^}]*\| money\b[^}]*\}\}(?=\s+[A-ZÆØÅ])")
END_OF_BLOCK = re.compile(r"</(p|li|h[1-6]|td|th|dt|dd|title)>|<br>")
TAG = re.compile(r"<[^>]+>")


def texts_of(file):
    """Return what people read in a file, by its key or line, with X in every place to be filled."""
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".yml":
        return {key: PLACES.sub("X", leaf) for key, leaf in leaves(yaml.safe_load(text))}
    filled = PLACES.sub("X", NOT_WORDS.sub(" ", BRANCH.sub("\n", SUM.sub("X.", text))))
    words = TAG.sub("", END_OF_BLOCK.sub("\n", filled))
    return {
        f"line {number}": line.strip()
        for number, line in enumerate(words.split("\n"))
        if line.strip()
    }


FILES = sorted(
    file
    for folder in FOLDERS
    for file in folder.rglob("*")
    if file.is_file() and file.suffix in {".yml", ".txt", ".html"}
)


IN_FULL = [file for file in FILES if {"da", "en"} & {*file.parts}]


def report(file, found):
    """Write what was found in a file as people look it up: file, key, what."""
    return [f"{place(file)}:{key}: {what}" for key, what in found]


def test_F12_there_are_texts_to_read():
    assert {"da", "en", *LANGUAGES_OF_LINES} <= {file.parent.name for file in FILES}
    assert len(IN_FULL) > 50


@pytest.mark.parametrize("file", FILES, ids=place)
def test_F12_no_text_threatens_blames_or_talks_down(file):
    found = [
        (key, f"{text!r} {', '.join(bad)}")
        for key, text in texts_of(file).items()
        if (bad := faults(text))
    ]
    assert report(file, found) == []


@pytest.mark.parametrize("file", FILES, ids=place)
def test_F12_sentences_are_short_enough_to_understand(file):
    found = [
        (key, f"{sentence!r} ({len(WORD.findall(sentence))} words)")
        for key, text in texts_of(file).items()
        for sentence in long_sentences(text)
    ]
    assert report(file, found) == []


@pytest.mark.parametrize("file", [file for file in IN_FULL if file.suffix == ".yml"], ids=place)
def test_F12_a_text_is_easy_to_read(file):
    found = [
        (key, f"{text!r} (LIX {lix(text)})")
        for key, text in texts_of(file).items()
        if is_hard_to_read(text)
    ]
    assert report(file, found) == []


@pytest.mark.parametrize("file", IN_FULL, ids=place)
def test_F12_what_is_written_of_one_thing_is_easy_to_read_as_a_whole(file):
    assert lix("\n".join(texts_of(file).values())) <= HARDEST


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("", 0),
        ("Skriv til os.", 3),
        ("Vi venter kl. 15. Du kan ringe den 1. maj.", 5),
        ("Kommunen opkræver restancen. Skyldneren orienteres.", 2 + 100),
    ],
)
def test_the_readability_index_counts_words_and_long_words(text, index):
    assert lix(text) == pytest.approx(index, abs=1)


def test_a_sentence_of_twenty_words_is_the_longest():
    twenty = " ".join(["Ord"] * 20)
    assert long_sentences(f"{twenty}. {twenty}.") == []
    assert long_sentences(f"{twenty} ord.") == [f"{twenty} ord."]


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
        ("You are liable for the arrears.", "is officialese"),
        ("Du skal ringe til os.", "gives orders"),
        ("You must call us.", "gives orders"),
        ("Betal nu!", "shouts"),
        ("Det SKAL betales.", "shouts SKAL"),
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
        "Brug PBS-nummer 123 og debitorgruppe 4.",
    ],
)
def test_F12_what_is_said_with_respect_passes(text):
    assert faults(text) == []
