"""The confirmation: an accessible document in two languages that says what was agreed, and how."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from data.models.agreements import Agreement, AgreementChannel
from data.municipalities.policy import PayLines, Policies
from data.values.ids import DebtorKind
from data.values.money import Money
from outreach import agreements, confirmations
from outreach.agreements import Terms
from outreach.confirmations import NotAgreedError
from outreach.rules.wish import Every, Rhythm
from tests import make, make_agreements, pdf
from tests.make_agreements import SHOWN

WORDS = {
    "da": {
        "title": "Bekræftelse på aftale om afdrag",
        "first": "1. december 2026",
        "acknowledged": "anerkendte du gælden",
        "breach": "Først når 2 rater mangler",
        "trouble": "Skriv eller ring før betalingsdagen",
        "human": "Du kan altid tale med et menneske",
        "by": "i en sms",
    },
    "en": {
        "title": "Confirmation of an agreement to pay in parts",
        "first": "1 December 2026",
        "acknowledged": "you acknowledged the debt",
        "breach": "Only when 2 instalments are missing",
        "trouble": "Write or call before the day",
        "human": "You can always talk to a person",
        "by": "in a text message",
    },
}
BY_TELEPHONE: dict[str, Any] = {
    "channel": AgreementChannel.VOICE,
    "identity_level": 2,
    "shown_text": SHOWN,
    "reason": "Mette ringede.",
}
LANGUAGES = pytest.mark.parametrize("language", list(WORDS))


@pytest.fixture
def confirm(runtime):
    """Print the confirmation of an agreement and read it."""

    async def document(agreement, language="da", *, of=runtime):
        async with of.transaction() as session:
            found = await session.get(Agreement, agreement.id)
            return await confirmations.pdf(session, of, found, language)

    return document


@pytest.fixture
async def running(offer, say_yes):
    """The plan Mette agreed to by SMS: 1,200 kr. in six instalments."""
    await offer()
    return await say_yes()


@LANGUAGES
async def test_A15_F14_it_says_all_that_was_agreed(running, confirm, language):
    read, words = pdf.read(await confirm(running, language)), WORDS[language]
    for part in (*words.values(), SHOWN, "Albertslund", "Mette Hansen", "A-1", "A-2"):
        assert part in read.text, part
    assert read.text.count("200 kr.") >= 6
    assert "1234" not in read.text  # never the CPR number


@LANGUAGES
async def test_a_screen_reader_knows_title_language_headings_and_tables(running, confirm, language):
    read = pdf.read(await confirm(running, language))
    assert (read.title, read.language) == (WORDS[language]["title"], language)
    assert (read.claims_to_be, read.is_marked, read.shows_title) == ("PDF/UA-1", True, True)
    assert read.tags[0] == "Document"
    assert read.tags.count("Title") == 1
    assert read.tags.count("H1") == 7
    assert (read.tags.count("Table"), read.tags.count("THead")) == (2, 2)
    assert read.tags.count("TH") == 6
    assert "L" in read.tags


async def test_the_same_agreement_gives_the_same_bytes(running, confirm, clock):
    first = await confirm(running)
    clock.travel(timedelta(days=3))
    assert await confirm(running) == first


async def test_a_yes_in_the_middle_of_a_second_is_printed_as_well(offer, say_yes, confirm, clock):
    clock.travel(timedelta(microseconds=123456))
    await offer()
    assert WORDS["da"]["title"] in pdf.read(await confirm(await say_yes())).text


async def test_it_shows_each_instalments_own_line(runtime, anna, mette, claims, confirm):
    ours = runtime.policies["albertslund"]
    series = PayLines(creditor_no="81234567", series="71", source="the bank, made up")
    given = ours.model_copy(update={"pay_lines": series})
    with_series = replace(runtime, policies=Policies([given, runtime.policies["faxe"]]))
    async with with_series.transaction() as session:
        made = await agreements.conclude_by_staff(
            session,
            with_series,
            anna,
            mette.id,
            make_agreements.plan(claims),
            **BY_TELEPHONE,
        )
    text = pdf.read(await confirm(made, of=with_series)).text
    assert "+71<710000000100009 +81234567<" in text  # all of it
    assert text.count("+81234567<") == 7


async def test_without_a_series_it_shows_the_claims_lines_in_their_order(
    running, confirm, change, claims
):
    assert "Betal med oplysningerne på regningen" in pdf.read(await confirm(running)).text
    await change(claims[0], payment_id="18", creditor_no="81234567")
    read = pdf.read(await confirm(running))
    assert "+71<000000000000018 +81234567<" in read.text
    assert "Se regningen" in read.text


async def test_a_respite_and_an_assignment_say_until_when(
    offer, say_yes, confirm, runtime, anna, mette
):
    await offer(until=date(2026, 12, 15))
    read = pdf.read(await confirm(await say_yes()))
    assert "henstand" in read.title
    assert "Du har tid til tirsdag 15. december 2026 med at betale 1.200 kr." in read.text
    assert "Rater" not in read.text


async def test_a_plan_that_has_ended_says_so(running, confirm, runtime, anna):
    async with runtime.transaction() as session:
        await agreements.end_by_staff(session, runtime, anna, running.id, reason="Aftalt.")
    assert "Aftalen er slut." in pdf.read(await confirm(running)).text


async def test_how_and_by_whom_the_yes_was_heard(runtime, anna, mette, claims, confirm):
    async with runtime.transaction() as session:
        made = await agreements.conclude_by_staff(
            session,
            runtime,
            anna,
            mette.id,
            make_agreements.plan(claims),
            **BY_TELEPHONE | {"channel": AgreementChannel.COUNTER, "identity_level": 3},
        )
    text = pdf.read(await confirm(made)).text
    assert "ved fremmøde" in text
    assert "medarbejder så legitimation" in text
    assert "tirsdag 24. november 2026 kl. 10.00" in text


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({}, "Der løber ikke renter"),
        ({"charged": True}, "Der løber ikke renter"),
        ({"charged": True, "in_agreements": True}, "Der kan komme renter efter loven"),
    ],
)
async def test_it_says_whether_interest_runs(runtime, running, confirm, terms, words):
    ours = runtime.policies["albertslund"]
    interest = ours.interest.model_copy(update=terms)
    given = ours.model_copy(update={"interest": interest})
    of = replace(runtime, policies=Policies([given, runtime.policies["faxe"]]))
    assert words in pdf.read(await confirm(running, of=of)).text


async def test_nothing_is_confirmed_that_nobody_said_yes_to(offer, confirm):
    offered = await offer()
    with pytest.raises(NotAgreedError):
        await confirm(offered)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Hansen, Mette Marie", "Mette Marie Hansen"),
        ("Łukasz Đorđević-Ångström", "Łukasz Đorđević-Ångström"),
        ("王小明", "[CJK UNIFIED IDEOGRAPH-738B]"),
        ("Ole\u202e \x07Lund", "Ole Lund"),
        ("#strong[*x*] $1$ <a> \\ @b", "#strong[*x*] $1$ <a> \\ @b"),
        (" ".join(["Bartholomæusdatter"] * 10), "Bartholomæusdatter Bartholomæusdatter"),
    ],
)
async def test_every_name_can_be_printed(running, confirm, change, mette, name, shown):
    await change(mette, name=name)
    assert shown in pdf.read(await confirm(running)).text


async def test_a_company_is_named_with_its_cvr_number(running, confirm, change, mette):
    await change(mette, debtor_kind=DebtorKind.BUSINESS, debtor_id="25313763", name="Lund A/S")
    assert "Lund A/S, CVR 25313763" in pdf.read(await confirm(running)).text


async def test_a_plan_of_600_instalments_fills_its_pages_and_keeps_its_headers(
    runtime, offer, say_yes, confirm, mette
):
    small = await make.claim(runtime, mette, claim_ref="A-3", principal=Money(60000))
    laid = make_agreements.rates(Money(60000), Money(100), every=Every.WEEK)
    await offer(Terms([small], rates=laid, rhythm=Rhythm(Every.WEEK)))
    read = pdf.read(await confirm(await say_yes()))
    assert read.pages > 10
    assert f"Side {read.pages} af {read.pages}" in read.text
    assert read.tags.count("TR") == 600 + 1 + 3  # with its header, and the table of claims


async def test_a_statutory_claim_is_not_told_that_nobody_hears_a_complaint(
    runtime, offer, say_yes, confirm, mette
):
    owed = await make.claim(runtime, mette, claim_ref="A-9", claim_type="kontanthjaelp")
    await offer(make_agreements.plan([owed]))
    assert "§ 2, stk. 3" not in pdf.read(await confirm(await say_yes())).text
