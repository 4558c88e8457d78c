"""Paying in other ways than asked for: MobilePay, a card, abroad, all at once, a part, already."""

from datetime import date

import pytest

from data.models.claims import Claim, ClaimState
from data.models.conversations import Message
from data.values.money import Money
from tests import make
from tests.bot.own_case import owes, told


async def test_in_general_how_bills_are_paid_is_told_before_any_proof(write, runtime):
    await owes(runtime)
    general, said = await told(write, "hvordan betaler jeg", "pay_now")
    assert "Betal i din bank med numrene på regningen." in general
    assert "+71" not in general
    assert "+71<000000000000018 +81234567<" in said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("mobilepay?", "Om du kan bruge MobilePay, står på regningen."),
        ("kan jeg betale med kort", "Vi kan ikke tage imod kort her."),
        ("jeg betaler fra en udenlandsk konto, har i et iban", "konto i udlandet, så skriv"),
    ],
)
async def test_other_ways_to_pay_are_answered(write, runtime, text, words):
    await owes(runtime)
    general, said = await told(write, text, "pay_now")
    assert words in general
    assert words in said
    assert "Skriv aldrig kortnummer her." in said


async def test_who_wants_to_pay_all_of_a_plan_is_told_the_whole_rest(write, runtime):
    await owes(runtime)
    await told(write, "hvor meget", "how_much")
    await write("400 om måneden", "propose_amount")
    await write("ja", "accept")
    said = await write("jeg vil betale det hele nu", "pay_now")
    assert "Raten tirsdag 1. december 2026, 400 kr." in said
    assert "Vil du betale hele resten af aftalen, er det 1.200 kr." in said


async def test_a_part_in_a_respite_counts_on_the_bill(write, runtime):
    await owes(runtime, state=ClaimState.IN_RESPITE, respite_until=date(2026, 12, 15))
    general, said = await told(write, "kan jeg betale lidt nu", "partial_payment")
    assert "Alt, hvad du betaler, tæller" in general
    assert "Resten har du tid til tirsdag 15. december 2026 med." in said
    assert "den ældste rate" not in said


async def test_F13_the_ways_forward_are_short_answers_too(write, runtime, the_all):
    await owes(runtime)
    await told(write, "hvor meget skylder jeg", "how_much")
    shown = [message.choices for message in await the_all(Message) if message.choices]
    assert shown[-1] == ["200 om måneden", "mere tid", "MENNESKE"]


# Paid already.


async def test_who_has_paid_is_thanked_and_asked_nothing(write, runtime):
    await owes(runtime)
    said = await write("har betalt igaar, har kvittering", "already_paid")
    assert "Tak, fordi du siger det." in said
    assert "der kommer ikke gebyr imens" in said
    assert "Gem kvitteringen." in said
    assert "?" not in said


async def test_who_is_proven_hears_up_to_which_day_payments_are_known(write, runtime):
    await owes(runtime)
    await told(write, "hvor meget", "how_much")
    said = await write("jeg betalte d 1. se nu efter", "already_paid")
    assert "Vi kan se betalinger til og med mandag 23. november 2026." in said


async def test_whose_payment_has_come_is_told_so_and_nothing_is_paused(write, runtime, the_one):
    owed = await owes(runtime)
    await told(write, "hvor meget", "how_much")
    await make.payment(runtime, owed, Money(120000), date(2026, 11, 23))
    assert "Vi kan se, at der ikke mangler noget." in await write("har betalt", "already_paid")
    assert (await the_one(Claim)).paused_until is None
