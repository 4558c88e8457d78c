"""What a payment in a bank file is: how much, when, by whom, for what, and what it is called."""

from datetime import date

import pytest

from data.values.money import Money
from tests.outreach.intake.camt.writing import Entry, Statement, Tx

ID = "123456789012347"
LINE = f"+71<{ID} +81234567<"


def test_a_payment_by_the_pay_line_is_read_from_both_messages_in_both_versions(bank, message):
    tx = Tx(amount="1250.50", ref="DB-7", payer="Mette Ærø Østergård", structured=ID,
            creditor="81234567")  # fmt: skip
    paid = bank.sends(Entry("1250.50", ref="DB-7", transactions=(tx,)), message=message).only
    assert paid.amount == Money(125_050)
    assert (paid.payment_id, paid.creditor_no, paid.claim_ref) == (ID, "81234567", None)
    assert (paid.paid_on, paid.booked_on) == (date(2026, 11, 23), date(2026, 11, 23))
    assert (paid.payer_name, paid.payment_ref, paid.line) == ("Mette Ærø Østergård", "DB-7", 1)


@pytest.mark.parametrize(
    ("tx", "payment_id", "creditor_no", "claim_ref"),
    [
        (Tx(structured=ID), ID, None, None),
        (Tx(structured=ID, structured_type="FIK71"), ID, None, None),
        (Tx(structured="71" + ID), ID, None, None),
        (Tx(structured=LINE), ID, "81234567", None),
        (Tx(structured="1234 5678 9012 347"), ID, None, None),
        (Tx(structured="202611216", structured_type="FIK71"), "000000202611216", None, None),
        (Tx(structured="1234567890123456", structured_type="75"), "1234567890123456", None, None),
        (Tx(texts=(LINE,)), ID, "81234567", None),
        (Tx(texts=("Indbetaling +71<123456789012347", "+81234567<")), ID, "81234567", None),
        (Tx(texts=(f"FIK 71/{ID}",)), ID, None, None),
        (Tx(texts=(f"FIK71 {ID} Mette",)), ID, None, None),
        (Tx(texts=(ID,)), ID, None, None),
        (Tx(more=LINE), ID, "81234567", None),
        (Tx(document="A-1001", structured=ID), ID, None, None),
        (Tx(structured="RF18539007547034"), None, None, "RF18539007547034"),
        (Tx(structured="A-1001"), None, None, "A-1001"),
        (Tx(structured="202611216"), None, None, "202611216"),
        (Tx(document="A-1001"), None, None, "A-1001"),
        (Tx(texts=("A-1001",)), None, None, "A-1001"),
        (Tx(texts=("Mettes børnehave, november",)), None, None, None),
        (Tx(texts=("ring 71 20304050 i morgen",)), None, None, None),
        (Tx(), None, None, None),
    ],
)
def test_what_a_payment_is_for(bank, message, tx, payment_id, creditor_no, claim_ref):
    paid = bank.sends(Entry(transactions=(tx,)), message=message).only
    found = (paid.payment_id, paid.creditor_no, paid.claim_ref)
    assert found == (payment_id, creditor_no, claim_ref)
    assert paid.names == tuple(name for name in (claim_ref, payment_id) if name)


def test_the_text_is_the_payers_words_on_one_line(bank):
    tx = Tx(texts=("  Mettes\n børnehave,", "november\u202e"))
    assert bank.sends(Entry(transactions=(tx,))).only.text == "Mettes børnehave, november"


def test_the_banks_text_to_the_entry_counts_when_the_payment_has_none(bank):
    assert bank.sends(Entry(text=LINE)).only.payment_id == ID
    assert bank.sends(Entry(text=LINE, transactions=(Tx(ref="1"),))).only.payment_id == ID
    several = (Tx(amount="60.00", ref="1"), Tx(amount="40.00", ref="2"))
    of_a_batch = bank.sends(Entry(text=LINE, transactions=several)).payments
    assert [paid.payment_id for paid in of_a_batch] == [None, None]


@pytest.mark.parametrize(
    ("accepted", "valued", "booked", "paid_on"),
    [
        (None, None, "2026-11-23", date(2026, 11, 23)),
        (None, "2026-11-20", "2026-11-23", date(2026, 11, 20)),
        (None, "2026-11-25", "2026-11-23", date(2026, 11, 23)),
        (None, "2026-11-23", None, date(2026, 11, 23)),
        ("2026-11-19T14:00:00+01:00", "2026-11-20", "2026-11-23", date(2026, 11, 19)),
        ("2026-11-19T23:30:00Z", "2026-11-20", "2026-11-23", date(2026, 11, 20)),
        ("2026-11-30T08:00:00", None, "2026-11-23", date(2026, 11, 23)),
        ("1900-01-01T08:00:00", None, "2026-11-23", date(2026, 11, 23)),
        (None, None, "2026-11-23T23:30:00Z", date(2026, 11, 24)),
        (None, None, "2026-11-23+01:00", date(2026, 11, 23)),
    ],
)
def test_the_day_of_payment_is_the_payers_and_never_after_the_booking(
    bank, message, accepted, valued, booked, paid_on
):
    entry = Entry(booked=booked, valued=valued, transactions=(Tx(accepted=accepted),))
    assert bank.sends(entry, message=message).only.paid_on == paid_on


# ------------------------------------------------------------------------------------ names
def test_both_messages_call_a_payment_the_same(bank):
    """The statement may leave out the details that the advice has."""
    tx = Tx(amount="100.00", ref="OWN-1", tx_id="T-1", structured=ID)
    refs = {
        bank.sends(entry, message=message).only.payment_ref
        for message in ("camt.053.001.02", "camt.054.001.02", "camt.053.001.08", "camt.054.001.08")
        for entry in (Entry(ref="BANK-1", transactions=(tx,)), Entry(ref="BANK-1"))
    }
    assert refs == {"BANK-1"}


@pytest.mark.parametrize(
    ("entry_ref", "own", "tx_id", "refs"),
    [
        ("B", ("1", "2"), (None, None), ["1", "2"]),
        ("B", ("B", "B"), ("T1", "T2"), ["T1", "T2"]),
        ("B", (None, None), ("T1", "T2"), ["T1", "T2"]),
        ("B", ("B", "B"), (None, None), ["B/1", "B/2"]),
        ("B", ("NOTPROVIDED", "0000"), (None, None), ["B/1", "B/2"]),
        (None, ("1", "2"), ("T1", "T2"), ["1", "2"]),
    ],
)
def test_each_of_several_payments_in_an_entry_has_a_name(bank, entry_ref, own, tx_id, refs):
    txs = tuple(Tx(amount="50.00", ref=r, tx_id=t) for r, t in zip(own, tx_id, strict=True))
    read = bank.sends(Entry("100.00", ref=entry_ref, transactions=txs))
    assert [paid.payment_ref for paid in read.payments] == refs
    assert {paid.batch_ref for paid in read.payments} == {entry_ref}


def test_without_a_reference_of_the_bank_the_name_is_made_and_stays(bank):
    day = [Entry(), Entry(), Entry(booked="2026-11-20")]
    first = [paid.payment_ref for paid in bank.sends(*day).payments]
    assert len(set(first)) == len(day)
    assert [ref[:9] for ref in first] == ["20261123-", "20261123-", "20261120-"]
    assert [paid.payment_ref for paid in bank.sends(*day).payments] == first
    after_another = bank.sends_statements(Statement([Entry()], id="x"), Statement(day)).payments
    assert [paid.payment_ref for paid in after_another[1:]] == first
    assert first[0] not in {p.payment_ref for p in bank.sends(*day, account="1234567890").payments}
    assert first[0] not in {p.payment_ref for p in bank.sends(*day, page=("2", "true")).payments}


def test_a_reference_that_is_too_long_is_cut_and_told_apart(bank):
    long = "X" * 70
    read = bank.sends(Entry(ref=long + "1"), Entry(ref=long + "2"))
    refs = [paid.payment_ref for paid in read.payments]
    assert len(set(refs)) == 2
    assert all(len(ref) <= 60 for ref in refs)


# ------------------------------------------------------------------------- money taken back
def test_a_reversal_takes_the_payment_back_under_a_name_of_its_own(bank, message):
    taken_back = Entry("100.00", direction="DBIT", reversal="true", ref="BANK-1",
                       transactions=(Tx(structured=ID),))  # fmt: skip
    read = bank.sends(Entry("100.00", ref="BANK-1"), taken_back, message=message)
    came, went = read.payments
    assert (went.amount, went.payment_ref, went.reverses) == (Money(-10_000), "BANK-1/R", "BANK-1")
    assert came.payment_ref == went.reverses
    assert went.payment_id == ID


@pytest.mark.parametrize(
    "tx", [Tx(returned=True), Tx(code="PMNT/RCDT/RRTN"), Tx(code="PMNT/IDDT/UPDD")]
)
def test_a_debit_that_says_it_was_returned_is_a_reversal(bank, message, tx):
    tx.end_to_end = "E2E-1"
    went = bank.sends(Entry(direction="DBIT", transactions=(tx,)), message=message).only
    assert (went.amount, went.reverses) == (Money(-10_000), "E2E-1")


def test_money_that_the_municipality_pays_is_passed_over_and_counted(bank, message):
    read = bank.sends(
        Entry(direction="DBIT"),
        Entry(direction="DBIT", code="PMNT/ICDT/DMCT", transactions=(Tx(), Tx())),
        Entry(direction="CRDT", reversal="true"),
        Entry(direction="CRDT", code="PMNT/ICDT/RRTN"),
        Entry(status="PDNG"),
        Entry(status="INFO"),
        message=message,
    )
    assert not read.payments
    assert not read.refusals
    assert read.skipped == {"paid_out": 3, "came_back": 2, "not_booked": 2}


# ------------------------------------------------------------------------------------ batches
def test_every_payment_of_a_batch_is_one_entry(bank, message):
    txs = (Tx("60.00", structured=ID, ref="1"), Tx("30.00", texts=("A-2",), ref="2"),
           Tx("10.00", payer="Ida", ref="3"))  # fmt: skip
    read = bank.sends(Entry("100.00", ref="B", transactions=txs, bundled="3"), message=message)
    assert [paid.amount.oere for paid in read.payments] == [6000, 3000, 1000]
    assert [paid.line for paid in read.payments] == [1, 2, 3]
    assert [paid.claim_ref for paid in read.payments] == [None, "A-2", None]
    assert {(paid.batch_ref, paid.bundled) for paid in read.payments} == {("B", 1)}


def test_a_batch_may_hold_a_payment_taken_back(bank):
    txs = (Tx("130.00", ref="1"), Tx("30.00", direction="DBIT", ref="2", returned=True))
    read = bank.sends(Entry("100.00", ref="B", transactions=txs), message="camt.054.001.08")
    assert [paid.amount.oere for paid in read.payments] == [13000, -3000]


def test_a_batch_without_details_is_one_sum_of_many(bank, message):
    read = bank.sends(Entry("100.00", ref="B", bundled="17"), message=message)
    paid = read.only
    assert (paid.bundled, paid.batch_ref, paid.payment_ref) == (17, "B", "B")
    assert not paid.names


def test_a_payment_from_abroad_counts_in_kroner(bank, message):
    tx = Tx("13.40", currency="EUR", ref="1", structured=ID)
    paid = bank.sends(Entry("100.00", transactions=(tx,)), message=message).only
    assert (paid.amount, paid.payment_id) == (Money(10_000), ID)
