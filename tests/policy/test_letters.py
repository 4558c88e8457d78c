"""What the letters of both councils say: with respect, with rights, and with a way forward."""

from datetime import date
from itertools import product

import pytest

from data.models.cases import Effect
from data.models.citizens import Citizen, Language
from data.models.claims import Claim
from data.municipalities.ladders import Ground, StepKind
from data.values.ids import DebtorKind, new_id
from data.values.money import Money
from outreach.mailing.contents import Sums, of_letter
from outreach.mailing.texts import as_text, write
from outreach.rules.case import Debtor
from outreach.rules.closure import NAME as CLOSURE
from outreach.rules.closure import may_close
from tests.house.tone import LONGEST_IN_A_LETTER, faults, long_sentences
from tests.policy.ladder import (
    A_YEAR_ON,
    ALBERTSLUND,
    DUE,
    FAXE,
    LAW,
    breached,
    says,
    walk,
)

APPROVED = (
    says(Effect.APPROVE, "auction_warning:1"),
    says(Effect.APPROVE, "hand_over:1", ground=Ground.ABLE_BUT_UNWILLING),
    says(Effect.APPROVE, CLOSURE),
)
NO_CHILDREN = Debtor(children_at_home=False)


def letters(policy, claim_type="dagtilbud", language=Language.DANISH, **given):
    """Return the letters of a claim that nobody pays, by step, as people read them."""
    person = Citizen(
        id=new_id(),
        municipality=policy.key,
        name=given.pop("name", "Hansen, Mette"),
        debtor_kind=given.pop("debtor_kind", DebtorKind.PERSON),
        language=language,
    )
    owed = Claim(
        id=new_id(),
        citizen_id=person.id,
        claim_ref="A-1001",
        claim_type=claim_type,
        principal=Money.kroner(1200),
        paid=Money(0),
        due_date=DUE,
        bill_sent_on=date(2026, 11, 1),
        payment_id="000000000000018",
        creditor_no="81234567",
        tax_year=2023 if claim_type == "ejendomsskat" else None,
        betalingsservice=given.pop("betalingsservice", False),
    )
    story = walk(
        policy,
        claim_type,
        words=APPROVED,
        agreements=breached(2),
        debtor=NO_CHILDREN,
        tax_year=owed.tax_year,
    )
    story.until(date(2026, 12, 28))
    closing = may_close(story.case, LAW, policy, date(2026, 12, 29))
    story.until(A_YEAR_ON)
    sent = [(day, move) for day, move in story.steps if move.kind is not StepKind.HAND_OVER]
    if not hasattr(closing, "reason"):
        sent.append((date(2026, 12, 29), closing))
    return {
        move.name: as_text(
            write(
                of_letter(
                    owed,
                    person,
                    story.case,
                    move,
                    Sums(),
                    new_fee=True,
                    law=LAW,
                    policy=policy,
                    today=day,
                )
            ).html
        )
        for day, move in sent
    }


TYPES = ["dagtilbud", "fjernvarme", "ejendomsskat", "kontanthjaelp", "tandpleje", "andet"]
EVERY_LETTER = {
    f"{policy.key}-{claim_type}-{language}-{kind}-{name}": text
    for policy, claim_type, language, kind in product(
        (ALBERTSLUND, FAXE), TYPES, Language, DebtorKind
    )
    for name, text in letters(policy, claim_type, language, debtor_kind=kind).items()
}
IN_ALBERTSLUND = {language: letters(ALBERTSLUND, language=language) for language in Language}


def test_F12_every_kind_of_letter_is_among_those_read():
    kinds = {name.rpartition("-")[2].partition(":")[0] for name in EVERY_LETTER}
    assert kinds == {kind.value for kind in StepKind if kind is not StepKind.HAND_OVER}


@pytest.mark.parametrize("name", EVERY_LETTER)
def test_F12_a_letter_as_it_leaves_shows_respect_and_is_plain(name):
    assert faults(EVERY_LETTER[name]) == []
    assert long_sentences(EVERY_LETTER[name], LONGEST_IN_A_LETTER) == []


@pytest.mark.parametrize("name", EVERY_LETTER)
def test_F14_every_letter_tells_the_citizens_rights(name):
    text = EVERY_LETTER[name]
    rights = [
        ("uenig", "do not agree"),
        ("tale med et menneske", "talk to a person"),
        ("en anden tale med os", "someone else"),
        ("aktindsigt", "papers"),
    ]
    assert [pair for pair in rights if not any(word in text for word in pair)] == []


def test_A10_A4_every_letter_offers_to_pay_in_parts_or_later():
    for text in letters(ALBERTSLUND).values():
        assert "Afdrag:" in text
        assert "Henstand:" in text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (Language.DANISH, ("gældssanering", "både privat og offentlig gæld")),
        (Language.ENGLISH, ("debt", "private and public")),
    ],
)
def test_A32_the_ways_to_settle_debt_private_and_public_are_told_in_general(language, words):
    text = IN_ALBERTSLUND[language]["reminder:2"]
    assert all(word in text for word in words)


def test_A33_it_is_said_that_the_information_is_general():
    text = IN_ALBERTSLUND[Language.DANISH]["reminder:2"]
    assert "Det er generel information." in text
    assert "general information" in IN_ALBERTSLUND[Language.ENGLISH]["reminder:2"]


def test_A34_the_citizen_decides():
    text = IN_ALBERTSLUND[Language.DANISH]["reminder:2"]
    assert "Du bestemmer selv, om du vil bruge den." in text
    assert "anbefale" not in text


def test_A30_A31_the_letters_tell_of_the_states_means_in_the_same_words_to_all():
    def general(text):
        start = text.index("Generelt om gæld til det offentlige")
        return text[start : text.index("Dine rettigheder")]

    mine = general(letters(ALBERTSLUND)["reminder:2"])
    others = general(letters(ALBERTSLUND, "fjernvarme", name="Dahl, Jens")["reminder:2"])
    assert mine == others
    for means in ("Gældsstyrelsen", "trække i løn", "modregne", "udlæg"):
        assert means in mine


def test_F26_a_reminder_encourages_to_pay_in_time():
    text = letters(FAXE)["reminder:1"]
    assert "Betal 1.200 kr. senest fredag 11. december 2026" in text.replace("\xa0", " ")
    assert "Så bliver den betalt til tiden af sig selv." in text


def test_F27_who_is_not_enrolled_is_invited_to_betalingsservice():
    assert "kan tilmelde næste regning til Betalingsservice" in letters(FAXE)["reminder:1"]


def test_F27_who_is_enrolled_is_not_invited_again():
    text = letters(FAXE, betalingsservice=True)["reminder:1"]
    assert "kan tilmelde" not in text


def test_F27_a_council_that_is_silent_invites_nobody():
    assert all("kan tilmelde" not in text for text in letters(ALBERTSLUND).values())
