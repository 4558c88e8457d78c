"""The counter under the answer box counts an SMS as the program does."""

import json
import shutil
import subprocess

import pytest

from outreach.texts import gsm7_segments
from tests.house.sources import ROOT

COUNTER = ROOT / "desk" / "static" / "sms.js"
ASK = """
const { countSms, LIKE_CPR } = require(process.argv[1]);
const texts = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(texts.map((text) => ({ ...countSms(text), cpr: LIKE_CPR.test(text) }))));
"""
TEXTS = [
    "",
    "Hej Mette",
    "æøåÆØÅ",
    "x" * 160,
    "x" * 161,
    "x" * 306,
    "x" * 307,
    "€" * 80,
    "€" * 81,
    "Bedste hilsner \N{EN DASH} Anna",
    "😢" * 35,
    "😢" * 36,
    "ş" * 71,
    "linje\nlinje\r\n{[|]}~\\^",
]


def counted(texts):
    node = shutil.which("node")
    assert node, "Node is needed, as for setting up"
    answer = subprocess.run(
        [node, "-e", ASK, str(COUNTER)],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(answer.stdout)


def test_parts_and_alphabet_are_those_of_the_program():
    for text, seen in zip(TEXTS, counted(TEXTS), strict=True):
        segments, is_plain = gsm7_segments(text)
        assert (seen["segments"], "special" not in seen) == (segments, is_plain), text[:20]


def test_the_letter_that_makes_it_dear_is_named():
    assert counted(["Mette \N{EN DASH} ses"])[0]["special"] == "\N{EN DASH}"


@pytest.mark.parametrize(
    ("text", "is_like_cpr"),
    [
        ("010180-1234", True),
        ("0101801234", True),
        ("nr. 010180 1234.", True),
        ("43 68 68 68", False),
        ("12345678901", False),
        ("A-1001", False),
    ],
)
def test_what_looks_like_a_cpr_number(text, is_like_cpr):
    assert counted([text])[0]["cpr"] is is_like_cpr


def test_dear_letters_have_plain_ones_and_danish_letters_are_free():
    ask = ASK.replace("countSms, LIKE_CPR", "plainSms").split("console.log", maxsplit=1)[0]
    given = "Bedste hilsner – Anna… “Æ” æøå é\u00a0😢"
    answer = subprocess.run(
        ["node", "-e", f"{ask}console.log(plainSms(texts[0]));", str(COUNTER)],
        input=json.dumps([given]),
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.rstrip("\n") == 'Bedste hilsner - Anna... "Æ" æøå é 😢'
