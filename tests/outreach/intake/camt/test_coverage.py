"""Until which day a statement tells all payments, and why it may not."""

from datetime import date

import pytest

from outreach.intake.report import problem
from tests.outreach.intake.camt.conftest import Read
from tests.outreach.intake.camt.writing import ACCOUNT, Entry, Statement, document

CLOSED = date(2026, 11, 23)


def test_a_whole_statement_covers_the_day_it_closes_on(bank):
    for message in ("camt.053.001.02", "camt.053.001.08"):
        read = bank.sends(Entry("100.00"), Entry("30.00", direction="DBIT"),
                          opening="50.00", closing="120.00", message=message)  # fmt: skip
        (end,) = read.ends
        assert (end.covers_until, end.account, end.entries, end.line) == (CLOSED, ACCOUNT, 1, 2)
        assert end.doubt is None


def test_an_advice_never_tells_that_it_is_all(bank):
    for message in ("camt.054.001.02", "camt.054.001.08"):
        (end,) = bank.sends(Entry(), message=message).ends
        assert (end.covers_until, end.doubt, end.entries) == (None, None, 1)


def test_a_day_without_entries_is_covered_too(bank):
    (end,) = bank.sends(opening="50.00", closing="50.00").ends
    assert (end.covers_until, end.entries) == (CLOSED, 0)


@pytest.mark.parametrize(
    ("entries", "statement", "doubt"),
    [
        ([Entry()], {}, "bank_no_closing_balance"),
        ([Entry()], {"opening": "0.00", "closing": "99.99"}, "bank_balance_differs"),
        ([Entry()], {"closing": "99.99"}, None),
        ([Entry()], {"opening": "-300.00", "closing": "-200.00"}, None),
        ([Entry(), Entry(status="PDNG")], {"opening": "0.00", "closing": "100.00"}, None),
        ([Entry("1.00", "EUR")], {"opening": "0.00", "closing": "7.46"}, None),
        ([Entry(bundled="17")], {"opening": "0.00", "closing": "100.00"}, "bank_bundle"),
        ([Entry(bundled="1")], {"opening": "0.00", "closing": "100.00"}, None),
        ([Entry(bundled="17", direction="DBIT")], {"closing": "0.00"}, None),
        ([Entry()], {"closing": "100.00", "page": ("1", "false")}, "bank_more_pages"),
        ([Entry()], {"closing": "100.00", "page": ("2", "true")}, "bank_more_pages"),
        ([Entry()], {"closing": "100.00", "page": ("1", "true")}, None),
        ([Entry()], {"closing": "100.00", "closes_on": "2026-11-24"}, None),
        ([Entry()], {"closing": "100.00", "closes_on": "2026-11-25"}, "bank_day_not_over"),
        ([Entry()], {"closing": "100.00", "closes_on": "soon"}, "bank_no_closing_balance"),
    ],
)
def test_why_a_statement_covers_nothing(bank, entries, statement, doubt):
    (end,) = bank.sends(*entries, **statement).ends
    assert end.doubt == doubt
    assert (end.covers_until is None) == (doubt is not None)
    if doubt:
        told = problem(end.line, "covers_until", "", doubt, end.facts, is_warning=True)
        assert "{" not in told.reason


def test_a_message_in_several_files_is_not_whole_in_any_statement_of_it(bank):
    first, second = Statement(closing="0.00"), Statement(closing="0.00", id="2026-230")
    read = bank.sends_statements(first, second, page=("1", "false"))
    assert [end.doubt for end in read.ends] == ["bank_more_pages"] * 2


def test_each_statement_of_a_file_ends_for_itself(bank):
    first = Statement([Entry(ref="1"), Entry(ref="2")], opening="0.00", closing="200.00")
    second = Statement([Entry(ref="3")], account="1234567890", currency=None)
    read = bank.sends_statements(first, second)
    assert [paid.payment_ref for paid in read.payments] == ["1", "2", "3"]
    assert [(end.account, end.entries, end.covers_until) for end in read.ends] == [
        (ACCOUNT, 2, CLOSED), ("1234567890", 1, None),
    ]  # fmt: skip


def test_a_balance_in_the_middle_of_a_day_closes_nothing(bank):
    text = document([Statement([Entry()], opening="0.00", closing="100.00")])
    interim = "<Cd>CLBD</Cd></CdOrPrtry><SubTp><Cd>INTM</Cd></SubTp>"
    cut = Read(bank.write(text.replace("<Cd>CLBD</Cd></CdOrPrtry>", interim)))
    assert [end.doubt for end in cut.ends] == ["bank_no_closing_balance"]


def test_the_balance_before_may_be_called_the_previous_closing_one(bank):
    text = document([Statement([Entry()], opening="0.00", closing="99.00")])
    (end,) = Read(bank.write(text.replace("OPBD", "PRCD"))).ends
    assert end.facts == {"expected": "100.00", "found": "99.00"}
