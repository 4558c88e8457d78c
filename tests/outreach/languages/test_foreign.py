"""Another language is heard for what it is, and Danish and English are not taken for one."""

import re
from pathlib import Path

import pytest
import yaml

from data.phrases.foreign import language_names, latinised_words, lines_read_on, stop_words
from data.phrases.languages import language_words
from outreach.rules.phrases.foreign import UNKNOWN, foreign_language, named_language
from outreach.texts import LANGUAGES_OF_LINES
from tests.house.sources import ROOT

HELD_OUT = yaml.safe_load(
    Path(__file__).with_name("heldout.yml").read_text(encoding="utf-8"),
)
FOLDED = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "Æ": "Ae", "Ø": "O", "Å": "A"})
WORDS = re.compile(r"[^\W\d_]+")


def examples(language):
    """Yield the sentences the assistant is trained on, but those about languages."""
    for file in sorted((ROOT / "dialogues" / "nlu" / language).glob("*.yml")):
        for part in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            if part.get("intent") not in {None, "language"}:
                lines = part["examples"].splitlines()
                yield from (re.sub(r"\[([^]]+)\][({][^)}]*[)}]", r"\1", line[2:]) for line in lines)


def test_hardly_a_danish_or_english_message_is_taken_for_another_language():
    danish = list(examples("da"))
    home = {*danish, *examples("en"), *(text.translate(FOLDED) for text in danish)}
    taken = [(text, foreign_language(text)) for text in home if foreign_language(text)]
    assert len(home) > 8_000
    assert len(taken) <= 0.003 * len(home), taken


@pytest.mark.parametrize("language", LANGUAGES_OF_LINES)
def test_a_plain_sentence_is_heard_in_its_language(language):
    sentences = [text for text in HELD_OUT[language] if len(WORDS.findall(text)) >= 3]
    missed = [text for text in sentences if foreign_language(text) != language]
    assert len(sentences) >= 20
    assert len(missed) <= 0.05 * len(sentences), missed


@pytest.mark.parametrize("language", ["ar", "fa", "uk"])
def test_what_is_written_with_a_latin_keyboard_is_heard_too(language):
    sentences = HELD_OUT[f"latin_{language}"]
    heard = [text for text in sentences if foreign_language(text) == language]
    assert len(heard) >= 0.8 * len(sentences)


@pytest.mark.parametrize("language", ["nb", "sv"])
def test_norwegian_and_swedish_are_answered_as_danish(language):
    assert {text: foreign_language(text) for text in HELD_OUT[language]} == dict.fromkeys(
        HELD_OUT[language]
    )


def test_a_language_without_lines_is_heard_as_another():
    heard = [foreign_language(text) for text in HELD_OUT["other"]]
    assert sum(code is not None for code in heard) >= 0.9 * len(heard)
    assert not set(heard) & (set(LANGUAGES_OF_LINES) - {"uk"})


@pytest.mark.parametrize(
    "text",
    [
        *("ok", "200 om mdr", "ja tak", "JA", "stop", "halvanden tusind", "d 15", "A-1234"),
        *("mojn do", "a ka it betal", "ik råd lige nu bro", "wallah jeg har ingen penge"),
        *("Fatima Hussein Ali", "MOHAMMED ALI HASSAN", "Agnieszka Kowalska 31-12-1980 A-1234"),
        *(
            "jeg hedder Łukasz Wiśniewski",
            "min nabo hedder Mehmet Yılmaz",
            "Lærkevej 5, 2620 Albertslund",
        ),
        *(
            "salam alaikum jeg kan ikke betale",
            "inshallah betaler jeg fredag",
            "danke, det er fint",
        ),
        *("", "🙂🙂🙂", "12345", "????", "asdf qwer zxcv", "hjg fdsk lkjh", "x" * 1_600),
    ],
)
def test_what_danes_also_write_is_no_other_language(text):
    assert foreign_language(text) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Спасибо большое, мы уже оплатили", "ru"),
        ("я не понимаю", "uk"),
        ("не розумію", "uk"),
        ("🙂 لا أفهم 🙂", "ar"),
        ("Nie rozumiem", "pl"),
        ("NIE MAM PIENIEDZY", "pl"),
        ("Hej. Nie mówię po duńsku", "pl"),
        ("我不明白这条信息", "zh"),
    ],
)
def test_letters_and_few_words_tell(text, language):
    assert foreign_language(text) == language


def test_a_language_nobody_can_name_is_still_another():
    assert foreign_language("ᎣᏏᏲ ᏙᎯᏧ") == UNKNOWN


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("taler du arabisk", "ar"),
        ("polsk?", "pl"),
        ("Can I write in Ukrainian", "uk"),
        ("min kone kan kun farsi", "fa"),
        ("türkçe?", "tr"),
        ("kan vi skrive på rumænsk", "ro"),
        ("kalbate lietuviškai?", "lt"),
        ("kan jeg betale", None),
        ("fransk?", None),
    ],
)
def test_a_language_is_known_by_its_name(text, language):
    assert named_language(text) == language


def test_no_word_of_danish_or_english_speaks_for_another_language():
    home = language_words()["da"] | language_words()["en"]
    listed = {word for words in latinised_words().values() for word in words}
    assert listed & home == set()
    assert stop_words() & language_words()["da"] == set()
    assert set(language_names().values()) == set(LANGUAGES_OF_LINES)
    assert lines_read_on().keys() == set(LANGUAGES_OF_LINES)
