"""Nothing of a person is in an example, and a file of them is one that Rasa reads."""

import pytest
import yaml

from outreach.rules.examples import LONGEST, fault_in, nlu_file, nlu_files, tidy

METTE = ["Mette Åby-Hansen"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("må jeg vente til den 1.", None),
        ("200 om måneden fra 1.12", None),
        ("navn her, jeg har 3 børn", None),
        ("", "empty"),
        ("12 ?!", "empty"),
        ("a" * LONGEST, None),
        ("a" * (LONGEST + 1), "long"),
        ("sagsnr 1001", "number"),
        ("ring 20 30 40 50", "number"),
        ("010180-1234 er mit cpr", "number"),
        ("1.840 kr", "number"),
        ("skriv til mette@eks.dk", "mail"),
        ("min mail er @home", "mail"),
        ("hilsen mette", "name"),
        ("METTES regning", "name"),
        ("aaby her", "name"),
        ("metteliljer er smukke", None),
    ],
)
def test_an_example_tells_nothing_of_who_wrote_it(text, fault):
    assert fault_in(text, METTE) == fault


@pytest.mark.parametrize(
    ("text", "tidied"),
    [
        ("  to\n linjer ", "to linjer"),
        ("[200](sum) om måneden", "200 (sum) om måneden"),
        ("/restart", "restart"),
        ("- # tak", "tak"),
        ('{"a": 1} <b>', '"a": 1 b'),
    ],
)
def test_an_example_is_words_in_one_line(text, tidied):
    assert tidy(text) == tidied


def test_a_file_holds_each_example_once_in_the_order_of_the_alphabet():
    whole = yaml.safe_load(nlu_file("stop", ["Stop nu", "afmeld: mig", "Stop nu"]))
    assert whole == {
        "version": "3.1",
        "nlu": [{"intent": "stop", "examples": "- afmeld: mig\n- Stop nu\n"}],
    }


def test_there_is_a_file_a_language_and_intent():
    files = nlu_files([("en", "stop", "quit"), ("da", "stop", "slut"), ("da", "stop", "hold op")])
    assert list(files) == ["da/stop.reviewed.yml", "en/stop.reviewed.yml"]
    assert files["da/stop.reviewed.yml"] == nlu_file("stop", ["hold op", "slut"])
