"""`mindelig ledger`: a file that is the same each time, and books that add up."""

import json
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import create_engine, text

from data.values.ids import new_id

pytestmark = pytest.mark.slow

NOW = "2026-12-02T09:00"
NOVEMBER = ("-m", "albertslund", "--from", "2026-11-01", "--to", "2026-11-30")


CLAIM = (
    "insert into claims (id, municipality, citizen_id, claim_ref, claim_type, principal, charged,"
    " paid, due_date, bill_sent_on, betalingsservice, state, created_at, updated_at) values"
    " (:id, 'albertslund', :citizen, :ref, :type, :principal, :charged, :paid, :due, :due, false,"
    " 'open', :at, :at)"
)
POSTING = (
    "insert into postings (municipality, claim_id, kind, amount, day, key, basis, waives, made_by,"
    " created_at) values ('albertslund', :id, :kind, :amount, :day, :key, :basis, :waives, :by,"
    " :day)"
)
PAYMENT = (
    "with money as (insert into payments (municipality, payment_ref, claim_id, amount, allocated,"
    " paid_on, created_at) values ('albertslund', :ref, :id, :amount, :amount, :at, :at)"
    " returning *) insert into allocations (municipality, payment_id, claim_id, amount, made_by,"
    " created_at) select municipality, id, claim_id, amount, 'import', created_at from money"
)
CASEWORKER = (
    "insert into staff (id, municipality, username, name, password_hash, is_active,"
    " failed_sign_ins, created_at) values (:id, 'albertslund', 'anna', 'Anna', 'x', true, 0, :at)"
)
CITIZEN = (
    "insert into citizens (id, municipality, debtor_id, debtor_kind, name, language,"
    " address_protected, created_at, updated_at) values (:id, 'albertslund', '0101801234',"
    " 'person', 'Mette Hansen', 'da', false, :at, :at)"
)
OCTOBER = datetime(2026, 10, 5, 9, tzinfo=UTC)
NOVEMBER_5 = datetime(2026, 11, 5, 9, tzinfo=UTC)


@pytest.fixture
def books(database):
    """A claim of October and one of November, with fees, interest, a waiver and payments."""
    engine = create_engine(database)
    citizen, old, new = new_id(), new_id(), new_id()

    def posting(claim, kind, amount, day, key, basis, by="rule", waives=None):  # noqa: PLR0917
        return POSTING, {
            "id": claim, "kind": kind, "amount": amount, "day": day, "key": key, "basis": basis,
            "by": by, "waives": waives,
        }  # fmt: skip

    def payment(ref, claim, amount, at):
        return PAYMENT, {"ref": ref, "id": claim, "amount": amount, "at": at}

    rows = [
        *((sql, {"id": citizen, "at": OCTOBER}) for sql in (CASEWORKER, CITIZEN)),
        (CLAIM, {
            "id": old, "citizen": citizen, "ref": "A-1", "type": "dagtilbud", "principal": 120_000,
            "charged": 26_200, "paid": 50_000, "due": date(2026, 10, 1), "at": OCTOBER,
        }),
        (CLAIM, {
            "id": new, "citizen": citizen, "ref": "A-2", "type": "vand", "principal": 30_050,
            "charged": 0, "paid": 40_000, "due": date(2026, 11, 6), "at": NOVEMBER_5,
        }),
        posting(old, "interest", 1_200, date(2026, 10, 3), "interest:month:1", "gebyrloven § 3"),
        posting(old, "fee", 25_000, date(2026, 11, 10), "fee:reminder:2", "gebyrloven § 2"),
        posting(new, "fee", 10_000, date(2026, 11, 20), "fee:reminder:2", "renteloven § 9 b"),
        posting(
            new, "fee_waived", -10_000, date(2026, 11, 30), "waived:3", "Mette var syg", "staff:1",
            waives=3,
        ),
        payment("P-1", old, 20_000, OCTOBER),
        payment("P-2", old, 30_000, NOVEMBER_5),
        payment("P-3", new, 40_000, NOVEMBER_5),
    ]  # fmt: skip
    with engine.begin() as connection:
        for sql, values in rows:
            connection.execute(text(sql), values)
    yield engine
    engine.dispose()


@pytest.fixture
def export(mindelig, tmp_path):
    def run(*options, name="ledger.csv"):
        file = tmp_path / name
        done = mindelig("ledger", "export", *(options or NOVEMBER), str(file), MINDELIG_NOW=NOW)
        return done, file

    return run


def test_each_posting_is_a_line_as_a_danish_ledger_reads_it(books, export):
    done, file = export()
    assert done.returncode == 0, done.stderr
    raw = file.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfrecord;")
    assert raw.decode("utf-8-sig").split("\r\n") == [
        "record;posting;claim_ref;day;kind;amount;basis;made_by;key;waives",
        "posting;2;A-1;10-11-2026;fee;250,00;gebyrloven § 2;rule;fee:reminder:2;",
        "posting;3;A-2;20-11-2026;fee;100,00;renteloven § 9 b;rule;fee:reminder:2;",
        "posting;4;A-2;30-11-2026;fee_waived;-100,00;;staff:1;waived:3;3",
        "control;3;;30-11-2026;;250,00;;;;",
        "",
    ]


def test_the_same_days_give_the_same_file_again(books, export):
    _, first = export(name="first.csv")
    _, second = export(name="second.csv")
    assert first.read_bytes() == second.read_bytes()


def test_principal_and_charges_less_waivers_and_payments_are_what_is_owed(books, export):
    done, _ = export(*NOVEMBER, "--json")
    told = json.loads(done.stdout)
    assert (told["is_even"], told["uneven"]) == (True, [])
    childcare, water = told["claim_types"]
    assert childcare == {
        "claim_type": "dagtilbud",
        "opening": "1012.00",
        "claims": "0.00",
        "fees": "250.00",
        "interest": "0.00",
        "waivers": "0.00",
        "write_offs": "0.00",
        "payments": "300.00",
        "closing": "962.00",
        "outstanding": "962.00",
        "overpaid": "0.00",
    }
    assert water == {
        "claim_type": "vand",
        "opening": "0.00",
        "claims": "300.50",
        "fees": "100.00",
        "interest": "0.00",
        "waivers": "-100.00",
        "write_offs": "0.00",
        "payments": "400.00",
        "closing": "-99.50",
        "outstanding": "0.00",
        "overpaid": "99.50",
    }
    assert (told["total"]["closing"], told["total"]["outstanding"]) == ("862.50", "962.00")


def test_a_month_closes_where_the_next_one_opens(books, export):
    october, _ = export(*NOVEMBER[:2], "--from", "2026-10-01", "--to", "2026-10-31", "--json")
    november, _ = export(*NOVEMBER, "--json")
    closed, opened = json.loads(october.stdout)["total"], json.loads(november.stdout)["total"]
    assert closed["closing"] == opened["opening"] == "1012.00"


def test_money_that_waits_and_what_was_written_off_are_shown(books, export):
    with books.begin() as connection:
        connection.execute(
            text(
                "insert into payments (municipality, payment_ref, amount, paid_on, created_at)"
                " values ('albertslund', 'P-4', 7750, :at, :at)"
            ),
            {"at": NOVEMBER_5},
        )
        connection.execute(
            text(
                "insert into postings (municipality, claim_id, kind, amount, day, key, basis,"
                " made_by, created_at) select municipality, id, 'write_off', -96200, :day,"
                " 'write_off:1', 'Medhold', 'staff:1', :day from claims where claim_ref = 'A-1'"
            ),
            {"day": date(2026, 11, 30)},
        )
        connection.execute(
            text("update claims set charged = charged - 96200 where claim_ref = 'A-1'")
        )
    done, _ = export(*NOVEMBER, "--json")
    told = json.loads(done.stdout)
    assert (told["is_even"], told["waiting"]) == (True, "77.50")
    assert (told["total"]["write_offs"], told["total"]["outstanding"]) == ("-962.00", "0.00")


def test_the_totals_are_told_in_words(books, export):
    done, _ = export()
    assert "dagtilbud: opening 1012,00, claims 0,00, fees 250,00" in done.stdout
    assert "total: opening 1012,00" in done.stdout


@pytest.mark.parametrize(
    ("slip", "told"),
    [
        (
            "update claims set charged = charged + 1 where claim_ref = 'A-1'",
            "A-1: charged 262.01, its postings 262.00",
        ),
        (
            "delete from allocations where amount = 40000",
            "A-2: charged 0.00, its postings 0.00; paid 400.00, its payments 0.00",
        ),
    ],
)
def test_books_that_do_not_add_up_leave_no_file_and_name_the_claim(books, export, slip, told):
    with books.begin() as connection:
        connection.execute(text(slip))
    done, file = export()
    assert done.returncode == 3
    assert told in done.stderr
    assert not file.exists()
    assert list(file.parent.glob("*.part")) == []


@pytest.mark.parametrize("days", [("2026-11-01", "2026-12-02"), ("2026-11-30", "2026-11-01")])
def test_only_days_that_are_over_can_be_exported(books, export, days):
    first, last = days
    done, file = export("-m", "albertslund", "--from", first, "--to", last)
    assert done.returncode == 2
    assert "days that are over" in done.stderr
    assert not file.exists()


def test_days_without_postings_give_a_header_and_a_control_line(books, export):
    done, file = export("-m", "faxe", "--from", "2026-11-01", "--to", "2026-11-30")
    assert done.returncode == 0
    _, control = file.read_text(encoding="utf-8-sig").splitlines()
    assert control == "control;0;;30-11-2026;;0,00;;;;"


def test_a_municipality_nobody_knows_is_told(books, export):
    done, file = export("-m", "odense", "--from", "2026-11-01", "--to", "2026-11-30")
    assert done.returncode == 2
    assert "there are albertslund, faxe" in done.stderr
    assert not file.exists()


def test_a_caseworker_waives_a_charge_once(books, mindelig):
    run = ("ledger", "waive", "2", "--reason", "Brevet kom ikke frem", "--by", "anna")
    done = mindelig(*run, MINDELIG_NOW=NOW)
    assert (done.returncode, done.stdout) == (0, "Waived: -250.00 kr. (waived:2).\n")
    again = mindelig(*run, MINDELIG_NOW=NOW)
    assert again.returncode == 1
    assert "already waived" in again.stderr


def test_only_who_may_sign_in_waives(books, mindelig):
    done = mindelig("ledger", "waive", "2", "--reason", "x", "--by", "nobody", MINDELIG_NOW=NOW)
    assert done.returncode == 1
    assert "nobody" in done.stderr
