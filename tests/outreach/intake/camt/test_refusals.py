"""Transactions that cannot be taken are refused with the figure, and never hide what they name."""

import pytest

from outreach.intake.reasons import REASONS
from outreach.intake.report import problem
from tests.outreach.intake.camt.writing import Entry, Tx

ID = "123456789012347"


@pytest.mark.parametrize(
    ("entry", "code", "column", "value"),
    [
        (Entry("0.00"), "bank_zero", "Amt", "0.00"),
        (Entry("-5.00"), "bank_amount", "Amt", "-5.00"),
        (Entry("100,00"), "bank_amount", "Amt", "100,00"),
        (Entry("1.005"), "bank_amount", "Amt", "1.005"),
        (Entry("1e9"), "bank_amount", "Amt", "1e9"),
        (Entry("99999999999999.00"), "bank_amount", "Amt", "99999999999999.00"),
        (Entry(""), "bank_amount", "Amt", ""),
        (Entry("100.00", ""), "bank_currency", "Amt", "100.00"),
        (Entry("100.00", "EUR"), "bank_currency", "Amt", "100.00 EUR"),
        (Entry(booked=None), "bank_no_day", "BookgDt", ""),
        (Entry(booked="2026-02-31"), "bank_day", "BookgDt", "2026-02-31"),
        (Entry(booked="31-01-2026"), "bank_day", "BookgDt", "31-01-2026"),
        (Entry(booked="1999-12-31"), "bank_day_out_of_range", "BookgDt", "1999-12-31"),
        (Entry(booked="1900-01-01"), "bank_day_out_of_range", "BookgDt", "1900-01-01"),
        (Entry(booked="2026-11-25"), "bank_day_out_of_range", "BookgDt", "2026-11-25"),
        (Entry(booked="2999-01-01"), "bank_day_out_of_range", "BookgDt", "2999-01-01"),
        (Entry(direction=None), "bank_direction", "CdtDbtInd", ""),
        (Entry(direction="PLUS"), "bank_direction", "CdtDbtInd", "PLUS"),
        (Entry(status=None), "bank_status", "Sts", ""),
        (Entry(status="PERHAPS"), "bank_status", "Sts", "PERHAPS"),
    ],
)
def test_what_is_wrong_is_named_and_the_rest_is_taken(bank, message, entry, code, column, value):
    read = bank.sends(Entry(ref="1"), entry, Entry(ref="3"), message=message)
    (refused,) = read.refusals
    assert (refused.line, refused.code, refused.column, refused.value) == (2, code, column, value)
    assert [(paid.line, paid.payment_ref) for paid in read.payments] == [(1, "1"), (3, "3")]
    told = problem(refused.line, refused.column, refused.value, refused.code, refused.facts)
    assert told.mend
    assert "{" not in told.reason


@pytest.mark.parametrize(
    ("transactions", "total"),
    [
        ((Tx("60.00"), Tx("39.99")), "99.99 kr."),
        ((Tx("60.00"), Tx("60.00")), "120.00 kr."),
        ((Tx("60.00"), Tx(None)), "an unknown sum"),
        ((Tx("60.00"), Tx("sixty")), "an unknown sum"),
        ((Tx("60.00"), Tx("40.00", "EUR")), "an unknown sum"),
        ((Tx("100.00"), Tx("20.00", direction="CRDT")), "120.00 kr."),
        ((Tx("99.00"),), "99.00 kr."),
    ],
)
def test_a_batch_that_does_not_add_up_is_refused_with_the_figures(
    bank, message, transactions, total
):
    transactions[0].structured = ID
    read = bank.sends(Entry("100.00", transactions=transactions), Entry(ref="2"), message=message)
    assert [paid.payment_ref for paid in read.payments] == ["2"]
    assert len(read.refusals) == len(transactions)
    first = read.refusals[0]
    assert first.code == "bank_batch"
    assert first.facts == {"entry": "100.00", "count": len(transactions), "sum": total}
    assert first.names == (ID,)


def test_one_transaction_told_of_three_is_no_whole_batch(bank, message):
    read = bank.sends(Entry("100.00", transactions=(Tx(),), bundled="3"), message=message)
    assert [refused.code for refused in read.refusals] == ["bank_batch"]


def test_what_is_refused_names_the_claim_it_may_be_about(bank):
    entry = Entry("0.00", transactions=(Tx(structured="A-1001"),))
    assert bank.sends(entry).refusals[0].names == ("A-1001",)


def test_a_batch_of_money_paid_out_need_not_add_up(bank):
    out = Entry("100.00", direction="DBIT", transactions=(Tx("1.00"), Tx("2.00")))
    read = bank.sends(out)
    assert (read.refusals, read.skipped) == ([], {"paid_out": 2})


def test_every_reason_a_bank_file_has_stands_in_the_table():
    assert {code for code in REASONS if code.startswith("bank_")} == {
        "bank_amount", "bank_balance_differs", "bank_batch", "bank_bundle", "bank_currency",
        "bank_day", "bank_day_not_over", "bank_day_out_of_range", "bank_direction",
        "bank_more_pages", "bank_no_closing_balance", "bank_no_day", "bank_status", "bank_zero",
    }  # fmt: skip
