"""What a citizen reads: sums and dates as people write them, and every text can be filled in."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import yaml

from data.hard_cases.lexicon import load_lexicon
from data.law.helplines import Helplines
from data.municipalities.policy import Policies
from data.values.money import Money
from data.values.pay_lines import PayLine
from data.values.phone import PhoneNumber
from outreach import texts
from outreach.agreements import Refusal
from outreach.errors import TextError
from outreach.rules.proposal import Why
from outreach.rules.wish import Every
from outreach.texts import LANGUAGES, Catalogue, catalogue, gsm7_segments, show

PLACE = re.compile(r"\{([a-z_]+)\}")
KEYS = sorted(catalogue("da").texts)
LINES = Helplines.load().for_texts()
#: A value for every place a text may have.
EVERYTHING = {
    "municipality": "Albertslund Kommune",
    "telephone": PhoneNumber("+4543686868"),
    "hours": "hverdage 10-14",
    "due": datetime(2026, 12, 2, 14, tzinfo=UTC),
    "total": Money(120050),
    "amount": Money(20000),
    "parts": "regningen 1.200 kr. og gebyr 250 kr.",
    "last_amount": Money(50),
    "count": 3,
    "date": date(2026, 12, 1),
    "first": date(2026, 12, 1),
    "last": date(2027, 2, 1),
    "until": date(2026, 12, 15),
    "name": "Mette",
    "label": "Børnepasning (sag A-1001)",
    "ref": "A-1001",
    "unit": "Opkrævningen",
    "benefit": "overskydende skat",
    "day": date(2026, 12, 1),
    # What is said in a call.
    "digit": 1,
    "choice": "ja",
    "heard": "hvor meget skylder jeg",
    # What is said on other channels.
    "address": "mindelig.example.dk/chat/albertslund",
    "bot": "AlbertslundBot",
    "chat_hours": "hverdage 9-15",
    "code": "k7mf-wp3x",
    "minutes": 15,
    "link": "mindelig.example.dk/mail/stop/x",
    "longest": 1500,
    "mail": "svar@albertslund.example",
    "sms": PhoneNumber("+4570990101"),
    "summary": "borgeren vil tale med et menneske",
    "slot": "tirsdag 1. december om formiddagen",
    "part": "om formiddagen",
    "opens": "9",
    "closes": "12",
    "agreed": date(2026, 11, 2),
    "number": "80123456",
    "group": "00123",
    "at": datetime(2026, 12, 2, 14, tzinfo=UTC),
    "channel": "i en sms",
    "identity": "ved fødselsdato og sagsnummer",
    "page": 1,
    "pages": 2,
    "policy": "Opkrævningspolitik",
    "least": Money(25000),
    "months": 24,
    "interest": "Der løber ikke renter.",
    "days": 5,
    "refs": "A-1001, B-2002",
    "labels": "Børnepasning (sag B-2002)",
    "what": "Børnepasning (sag A-1001)",
    "line": PayLine("000000000000018", "81234567"),
    "paid": Money(40000),
    "left": Money(80050),
    "now": "400 kr. 1. december 2026",
    "adviser": "Borgerrådgiveren",
    "fee": Money(25000),
    "kinds": "overskydende skat",
    "law": "gebyrloven § 2",
    "leader": "lederen af Opkrævningen",
    "most": Decimal(60),
    "office": "Borgerservice",
    "percent": Decimal("0.45"),
    "phone": PhoneNumber("+4570157304"),
    "second": "hvor meget du mangler at betale",
    "sender": "Albertslund Kommune",
    "since": date(2024, 1, 1),
    "short": "Din regning er på 1.200 kr.",
    **LINES,
}


@pytest.mark.parametrize(
    ("value", "danish", "english"),
    [
        (Money(120050), "1.200,50 kr.", "1,200.50 kr."),
        (Money(120000), "1.200 kr.", "1,200 kr."),
        (Money(5), "0,05 kr.", "0.05 kr."),
        (Money(10**12), "10.000.000.000 kr.", "10,000,000,000 kr."),
        (Money(10**18 + 1), "10.000.000.000.000.000,01 kr.", "10,000,000,000,000,000.01 kr."),
        (date(2026, 12, 1), "tirsdag 1. december 2026", "Tuesday 1 December 2026"),
        (
            datetime(2026, 12, 1, 14, 5, tzinfo=UTC),
            "tirsdag 1. december 2026 kl. 15.05",
            "Tuesday 1 December 2026 at 15:05",
        ),
        (
            datetime(2026, 6, 30, 22, 30, tzinfo=UTC),  # summer: the first of July in Copenhagen
            "onsdag 1. juli 2026 kl. 00.30",
            "Wednesday 1 July 2026 at 00:30",
        ),
        (PhoneNumber("+4543686868"), "43 68 68 68", "43 68 68 68"),
        ("Mette", "Mette", "Mette"),
        (3, "3", "3"),
    ],
)
def test_values_are_written_as_people_read_them(value, danish, english):
    assert show(value, "da").replace("\xa0", " ") == danish
    assert show(value, "en").replace("kr. ", "kr.").replace("\xa0", " ") == english.replace(
        "kr.", show(Money(0), "en").split()[-1]
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", KEYS)
def test_every_text_can_be_filled_in(language, key):
    body = catalogue(language).render(key, **EVERYTHING)
    assert body
    assert not PLACE.search(body)
    assert "{" not in body


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", KEYS)
def test_no_text_holds_a_link_a_threat_or_a_foreign_letter(language, key):
    body = catalogue(language).texts[key]
    assert not re.search(r"https?:|www\.|\.dk\b|\.com\b", body, re.IGNORECASE)
    assert not re.search(
        r"inkasso|(?<!pante)foged|retslig|sidste chance|konsekvens for dig"
        r"|bailiff(?<!municipality's bailiff)(?<!municipality's own bailiff)"
        r"|legal action|last chance",
        body,
        re.IGNORECASE,
    )
    plain = PLACE.sub("", body)
    assert gsm7_segments(plain)[1], [letter for letter in plain if not gsm7_segments(letter)[1]]


@pytest.mark.parametrize(
    "file",
    sorted(texts.FOLDER.glob("*/*.yml")),
    ids=lambda file: f"{file.parent.name}/{file.name}",
)
def test_a_file_says_nothing_twice(file):
    text = file.read_text(encoding="utf-8")
    keys = re.findall(r"^([a-z_0-9]+):", text, re.MULTILINE)
    assert len(keys) == len(set(keys))
    assert yaml.safe_load(text).keys() == set(keys)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_keys_the_program_puts_together_exist(language):
    known = catalogue(language).texts
    shapes = ("plan_series", "plan_then", "short_series")
    wanted = {f"{shape}_{every.value}" for shape in shapes for every in Every}
    wanted |= {why.value for why in Why}
    unsaid = {Refusal.NO_OFFER, Refusal.NOT_PROVEN}
    wanted |= {f"offer_{refusal.value}" for refusal in set(Refusal) - unsaid}
    awaited = ("identity", "amount", "respite_date", "offer")
    wanted |= {f"still_awaiting_{what}" for what in awaited}
    assert wanted - known.keys() == set()


#: What nobody in danger should read from a municipality that is owed money.
OF_MONEY = re.compile(
    r"gæld|skyld|betal|regning|beløb|kroner|\bkr\b|krav|rykk|afdrag|debt|\bowe|pay|bill|amount"
    r"|instal|claim|arrears",
    re.IGNORECASE,
)


def answer_to(case, language):
    known = catalogue(language).texts
    return catalogue(language).render(case if case in known else "hard_case", **EVERYTHING)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "case", [key for key, kind in load_lexicon().kinds.items() if kind.severity <= 1]
)
def test_where_life_or_safety_is_at_stake_there_is_no_talk_of_money(case, language):
    body = answer_to(case, language)
    assert not OF_MONEY.search(body), OF_MONEY.search(body)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("case", "lines"),
    [
        ("hard_suicide", ["line_emergency", "line_suicide"]),
        ("hard_violence", ["line_emergency", "line_violence"]),
        ("hard_child", ["line_emergency", "line_children"]),
        ("hard_addiction", ["line_gambling", "line_alcohol"]),
    ],
)
def test_who_is_in_need_is_given_the_number_to_call(case, lines, language):
    body = answer_to(case, language)
    assert all(LINES[line] in body for line in lines)


@pytest.mark.parametrize("language", LANGUAGES)
def test_A31_consequences_are_general_and_say_so(language):
    body = catalogue(language).texts["consequences"]
    assert re.search(r"generel|general", body)
    assert not re.search(r"\bvi sender din\b|\bdu får udlæg\b|\byour wages\b", body, re.IGNORECASE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_below_level_two_nothing_is_said_of_sums_or_claims(language):
    known = catalogue(language).texts
    public = [
        key
        for key in known
        if key.startswith(("identity_", "first_contact", "greeting", "ask_identity", "wrong_per"))
        or key in {"human", "is_this_scam", "are_you_robot", "introduction", "not_understood"}
    ]
    assert not any(
        {"amount", "total", "label", "unit"} & set(PLACE.findall(known[key])) for key in public
    )


def test_a_text_nobody_wrote_is_a_fault_that_names_it():
    with pytest.raises(TextError, match=r"no text 'farewell' in da$"):
        catalogue("da").render("farewell")


def test_a_place_nobody_filled_is_a_fault_that_names_it():
    with pytest.raises(TextError, match=r"'hi' in da asks for \{name\}"):
        Catalogue("da", {"hi": "Hej {name}"}).render("hi")


def test_what_a_citizen_is_called_is_not_taken_for_a_place():
    assert Catalogue("da", {"hi": "Hej {name}"}).render("hi", name="{total}") == "Hej {total}"


@pytest.mark.parametrize(("count", "said"), [(1, "en"), (2, "2 ting"), (0, "0 ting")])
def test_a_number_chooses_the_form(count, said):
    forms = Catalogue("da", {"x_one": "en", "x_other": "{count} ting"})
    assert forms.plural("x", count) == said


def test_a_language_that_is_not_there_is_a_fault():
    with pytest.raises(TextError, match="cannot be read"):
        catalogue("sv")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a" * 160, (1, True)),
        ("a" * 161, (2, True)),
        ("æøåÆØÅé" * 22, (1, True)),
        ("a" * 306, (2, True)),
        ("a" * 307, (3, True)),
        ("€" * 80, (1, True)),  # counts double
        ("€" * 81, (2, True)),
        ("ş" * 70, (1, False)),
        ("ş" * 71, (2, False)),
        ("🙂" * 35, (1, False)),
        ("🙂" * 36, (2, False)),
        ("", (1, True)),
    ],
)
def test_parts_are_counted_as_the_network_counts_them(text, parts):
    assert gsm7_segments(text) == parts


def test_each_municipality_has_hours_in_each_language():
    for key in (policies := Policies.load()).keys:
        assert all(policies[key].telephone.hours.of(language) for language in LANGUAGES)
