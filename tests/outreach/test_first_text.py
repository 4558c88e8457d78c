"""The words of a first message (første besked): one part, and nothing that tells."""

import re

import pytest

from data.models.citizens import Citizen, Language
from data.municipalities.policy import Policies
from data.values.ids import DebtorKind
from outreach.rounds import first_text
from outreach.texts import gsm7_segments

POLICIES = Policies.load()

#: What would reveal the matter, its size, or lead to a fraud.
NEVER = re.compile(
    r"gæld|restance|rykker|opkræv|inkasso|skyld|betal|debt|arrears|owe|reminder|collection|payment"
    r"|https?:|www|\.dk|\d+[.,]\d\d|\bkr\b",
    re.IGNORECASE,
)
NAMES = [
    "Bo Li",
    "Mette Hansen",
    "Hansen, Mette",
    "Anne-Sofie Louise Charlotte von Hohenstein-Rosenkrantz",
    "Wolfeschlegelsteinhausenbergerdorff Hansen",
    "Maximilian-Alexander-Theodor Ørsted",
    "Łukasz Wałęsa",
    "Şükran Yılmaz",
    "محمد علي",
    "🙂 Jensen",
    "",
    "   ",
    "{telephone} Hansen",
]


def person(**given):
    values = {
        "name": "Mette Hansen",
        "language": Language.DANISH,
        "debtor_kind": DebtorKind.PERSON,
        "address_protected": False,
    }
    return Citizen(**values | given)


@pytest.mark.parametrize("municipality", POLICIES.keys)
@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("named", [True, False])
def test_a_first_message_is_one_part_and_tells_nothing(municipality, language, name, named):
    citizen = person(name=name, language=language)
    body = first_text(POLICIES[municipality], citizen, named=named)
    assert gsm7_segments(body) == (1, True), (len(body), body)
    assert not NEVER.search(body), NEVER.search(body)
    assert POLICIES[municipality].name.of(language) in body
    assert "STOP" in body
    assert POLICIES[municipality].telephone.number.national() in body


def test_a_first_name_is_used_in_either_order():
    for name in ("Mette Hansen", "Hansen, Mette"):
        assert first_text(POLICIES["faxe"], person(name=name), named=True).startswith("Hej Mette. ")


@pytest.mark.parametrize(
    "given",
    [
        {"debtor_kind": DebtorKind.BUSINESS, "name": "Mette ApS"},
        {"address_protected": True},
        {"name": "Wolfeschlegelsteinhausenbergerdorff Hansen"},
        {"name": "Şükran Yılmaz"},
    ],
)
def test_a_name_is_left_out_of_what_it_would_reveal_or_lengthen(given):
    citizen = person(**given)
    assert first_text(POLICIES["faxe"], citizen, named=True) == first_text(
        POLICIES["faxe"], citizen, named=False
    )


def test_a_first_message_is_written_in_the_citizens_language():
    english = first_text(POLICIES["faxe"], person(language=Language.ENGLISH), named=True)
    assert english.startswith("Hi Mette. Faxe Municipality")
