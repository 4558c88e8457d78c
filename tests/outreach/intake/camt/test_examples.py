"""Files from outside: published examples, and a Danish day as four messages tell it."""

from datetime import date

import pytest
from lxml import etree

from tests.outreach.intake.camt.conftest import PAYLOADS, Read

MESSAGES = ["camt.053.001.02", "camt.053.001.08", "camt.054.001.02", "camt.054.001.08"]


def danish(message):
    return PAYLOADS / "danish" / f"{message}.xml"


@pytest.mark.parametrize("message", MESSAGES)
def test_the_danish_files_are_what_the_standard_says(message):
    schema = etree.XMLSchema(file=PAYLOADS / "xsd" / f"{message}.xsd")
    schema.assertValid(etree.parse(danish(message)))


@pytest.mark.parametrize("message", MESSAGES)
def test_a_danish_day_reads_the_same_from_every_message(message):
    read = Read(danish(message))
    assert read.message == message
    assert [(p.payment_ref, str(p.amount), p.payment_id, p.payer_name) for p in read.payments] == [
        ("5401126327000011", "1250.00", "000261123001016", "Mette Hansen"),
        ("5401126327000012", "480.50", "000261123001024", "Jørgen Ærø"),
        ("5401126327000014", "2000.00", "000261123001032", "Ida Sørensen"),
        ("5401126327000015", "1000.00", "000261123001040", "Café Solen ApS"),
        ("5401126327000016", "300.00", "000261123001057", "Ali Yılmaz"),
        ("5401126327000017", "200.00", None, "Bent Å. Nielsen"),
        ("5401126327000012/R", "-480.50", "000261123001024", "Jørgen Ærø"),
    ]
    assert read.payments[0].paid_on == date(2026, 11, 20)
    assert read.payments[5].text == "Børnehave november, afdrag 2 af 6"
    assert {p.creditor_no for p in read.payments} == {"81234567", None}
    assert (read.refusals, read.skipped) == ([], {"paid_out": 1, "not_booked": 1})
    covered = date(2026, 11, 23) if message.startswith("camt.053") else None
    assert [(end.covers_until, end.doubt) for end in read.ends] == [(covered, None)]


@pytest.mark.parametrize("message", MESSAGES)
def test_versions_in_between_and_after_are_read_as_well(bank, message):
    text = danish(message).read_text(encoding="utf-8")
    for version in ("03", "04", "07", "09", "13", "14"):
        newer = text.replace(message, f"{message[:-2]}{version}")
        assert len(Read(bank.write(newer)).payments) == 7


def test_a_published_statement_that_says_what_it_holds():
    read = Read(PAYLOADS / "published" / "okane-test1.camt.053.001.02.xml", "CZK")
    paid = read.only
    assert (str(paid.amount), paid.text, paid.payment_ref) == ("1500.00", "Incoming payment", "XXX")
    assert (paid.booked_on, paid.paid_on) == (date(2023, 3, 10), date(2023, 3, 10))
    assert read.skipped == {"paid_out": 1}
    assert [(end.covers_until, end.doubt) for end in read.ends] == [(date(2023, 3, 31), None)]


def test_a_published_statement_whose_balances_were_made_up():
    read = Read(PAYLOADS / "published" / "okane-test2.camt.053.001.02.xml", "CZK")
    assert [(paid.line, str(paid.amount)) for paid in read.payments] == [
        (3, "1000.00"), (4, "400.00"), (6, "1000.00"),
    ]  # fmt: skip
    assert read.payments[1].text == "description RECIPIENT NAME"
    (end,) = read.ends
    assert (end.doubt, end.facts) == (
        "bank_balance_differs", {"expected": "3000.00", "found": "2000.00"},
    )  # fmt: skip
