"""What a question names beside what it asks: the law, a waiver, a card, money to come."""

import pytest

from outreach.rules.phrases.asides import (
    Aside,
    Income,
    asks_for_law,
    asks_to_waive,
    has_receipt,
    income_named,
    names_some_bills,
    says_it_never_came,
    ways_named,
)


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("hvor står det", True),
        ("hvilken lov bygger det på", True),
        ("hvad er jeres hjemmel", True),
        ("kilde?", True),
        ("Hvilken § er det", True),
        ("what law is that", True),
        ("where does it say that", True),
        ("får jeg lov til at vente", False),
        ("må jeg godt få lov at betale senere", False),
        ("jeg lover at betale", False),
        ("hvad sker der hvis jeg ikke betaler", False),
    ],
)
def test_who_asks_where_it_stands_is_heard_and_who_asks_for_leave_is_not(text, asks):
    assert asks_for_law(text) is asks


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("kan i slette gebyret", True),
        ("ka i ik droppe det gebyr", True),
        ("can you waive the fee", True),
        ("hvorfor 250 i gebyr", False),
        ("why is there a fee", False),
    ],
)
def test_a_wish_to_be_rid_of_a_fee_is_told_from_a_question_about_it(text, asks):
    assert asks_to_waive(text) is asks


@pytest.mark.parametrize(
    ("text", "never"),
    [
        ("har ik fået nogen regning", True),
        ("har aldrig set den", True),
        ("der kom ikke noget brev", True),
        ("I never got a bill", True),
        ("mistet girokortet", False),
        ("kan ikke finde regningen", False),
        ("send den igen tak", False),
        ("resend the bill please", False),
    ],
)
def test_F3_a_bill_that_never_came_is_told_from_one_that_was_lost(text, never):
    assert says_it_never_came(text) is never


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("tag det af min overskydende skat", Income.TAX),
        ("min boligstøtte efterreguleres", Income.HOUSING),
        ("tag børnepengene", Income.CHILD),
        ("når jeg får feriepenge", Income.HOLIDAY),
        ("træk det i min løn", Income.MONTHLY),
        ("my tax refund", Income.TAX),
        ("kan man lave transport", None),
    ],
)
def test_A16_which_money_is_meant_is_heard(text, named):
    assert income_named(text) is named


def test_cards_mobilepay_and_accounts_abroad_are_heard_but_no_payment_slip():
    assert ways_named("mobilepay eller dankort?") == [Aside.MOBILEPAY, Aside.CARD]
    assert ways_named("har i et iban") == [Aside.ABROAD]
    assert ways_named("jeg har mistet girokortet") == []


def test_a_receipt_is_heard():
    assert has_receipt("jeg har en kvittering")
    assert not has_receipt("jeg har betalt")


@pytest.mark.parametrize(
    "written",
    [
        "biblioteket betaler jeg idag så det er kun de to andre der skal deles",
        "200 om måneden for den ene regning",
        "only the other two please",
        "the library one now and the other one in january",
    ],
)
def test_a_wish_for_some_of_the_bills_is_heard(written):
    assert names_some_bills(written)


@pytest.mark.parametrize(
    "written",
    ["200 den første i hver måned", "de to første rater på 300", "på den anden side kan jeg 200"],
)
def test_a_day_or_an_instalment_is_not_a_bill(written):
    assert not names_some_bills(written)
