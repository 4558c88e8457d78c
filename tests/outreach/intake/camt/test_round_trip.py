"""Whatever a bank may tell, written by the standard, comes back as it was."""

from datetime import date
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from data.values.money import Money
from outreach.errors import FileUnreadableError
from outreach.intake.camt.entries import BankEntry, StatementEnd
from tests.outreach.intake.camt.conftest import PAYLOADS, TODAY, Read
from tests.outreach.intake.camt.writing import ACCOUNT, Entry, Statement, Tx, document

MESSAGES = ["camt.053.001.02", "camt.053.001.08", "camt.054.001.02", "camt.054.001.08"]
LETTERS = st.sampled_from("abcxyzæøåÆØÅéüßŁ&<>'\"-.,/ 0123456789")
NAMES = st.text(LETTERS, min_size=1, max_size=60).filter(lambda text: text.strip())
SUMS = st.integers(1, 10**9)
DAYS = st.dates(date(2000, 1, 1), TODAY)


@cache
def schema(message):
    return etree.XMLSchema(file=PAYLOADS / "xsd" / f"{message}.xsd")


def kroner(oere):
    return str(Money(oere))


@st.composite
def transactions(draw, number):
    ids = st.integers(10**14, 10**16 - 1).map(str)
    refs = st.integers(1, 10**6).map(lambda n: f"A-{n}")
    return Tx(
        amount=kroner(draw(SUMS)),
        ref=f"TX{number}-{draw(st.integers(0, 9999))}",
        payer=draw(st.none() | NAMES),
        structured=draw(st.none() | ids | refs),
        accepted=draw(st.none() | DAYS.map(lambda day: f"{day}T12:00:00")),
    )


@st.composite
def entries(draw, number):
    count = draw(st.integers(1, 4))
    txs = tuple(draw(transactions(f"{number}-{place}")) for place in range(count))
    is_taken_back = draw(st.booleans())
    return Entry(
        amount=kroner(sum(Money.parse(tx.amount).oere for tx in txs)),
        direction="DBIT" if is_taken_back else "CRDT",
        reversal="true" if is_taken_back else None,
        booked=str(draw(DAYS)),
        ref=f"N{number}",
        transactions=txs,
    )


@st.composite
def days(draw):
    count = draw(st.integers(0, 6))
    return [draw(entries(number)) for number in range(count)]


def expected(wanted):
    """Say what the reader must make of the entries."""
    line = 0
    for entry in wanted:
        sign = -1 if entry.direction == "DBIT" else 1
        is_alone = len(entry.transactions) == 1
        booked = date.fromisoformat(entry.booked)
        for tx in entry.transactions:
            line += 1
            ref = entry.ref if is_alone else tx.ref
            accepted = date.fromisoformat(tx.accepted[:10]) if tx.accepted else booked
            is_id = bool(tx.structured and tx.structured.isdigit())
            yield BankEntry(
                line=line,
                payment_ref=ref + ("/R" if sign < 0 else ""),
                amount=Money(sign * Money.parse(tx.amount).oere),
                paid_on=min(accepted, booked),
                booked_on=booked,
                payment_id=tx.structured if is_id else None,
                claim_ref=None if is_id else tx.structured,
                payer_name=" ".join(tx.payer.split()) if tx.payer else None,
                reverses=ref if sign < 0 else None,
                batch_ref=None if is_alone else entry.ref,
            )


@given(wanted=days(), message=st.sampled_from(MESSAGES))
@settings(deadline=None)
def test_whatever_is_written_by_the_standard_comes_back(wanted, message, tmp_path_factory):
    net = sum(paid.amount.oere for paid in expected(wanted))
    balances = {"opening": "0.00", "closing": kroner(net), "closes_on": str(TODAY)}
    one = Statement(wanted, **(balances if message.startswith("camt.053") else {}))
    path = tmp_path_factory.mktemp("camt") / "bank.xml"
    path.write_text(document([one], message), encoding="utf-8")
    schema(message).assertValid(etree.parse(path))

    read = Read(path)
    told = list(expected(wanted))
    assert read.payments == told
    covered = TODAY if message.startswith("camt.053") else None
    assert read.ends == [StatementEnd(covered, ACCOUNT, len(told), len(told))]


@given(at=st.integers(0, 10_900), junk=st.binary(min_size=1, max_size=4))
@settings(deadline=None)
def test_no_damage_to_a_file_is_a_fault_of_ours(at, junk, tmp_path_factory):
    """It is read, refused entry by entry, or refused as a whole; nothing else."""
    whole = (PAYLOADS / "danish" / "camt.053.001.08.xml").read_bytes()
    path = tmp_path_factory.mktemp("camt") / "bank.xml"
    path.write_bytes(whole[:at] + junk + whole[at + len(junk) :])
    try:
        read = Read(path)
    except FileUnreadableError:
        return
    assert sum(paid.amount.oere for paid in read.payments) < 10**13
