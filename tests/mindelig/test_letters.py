"""Letters by command: sent into the folder, listed, and shown with their citizen."""

import json

import pytest
from sqlalchemy import create_engine, text

pytestmark = pytest.mark.slow

AS_OF = "2026-11-24T10:00"
CLAIMS = """\
claim_ref;debtor_id;name;email;claim_type;principal;due_date;bill_sent_on;payment_id;creditor_no
F-1;010180-1234;Mette;m@example.dk;dagtilbud;1200;2026-11-02;2026-10-15;000000000010017;80123456
"""
PAYMENTS = """\
payment_ref;claim_ref;amount;paid_on;covers_until
;;;;2026-11-23
"""
#: What the round would have queued: the claim's reminder to its citizen.
QUEUED = """
    insert into letters (id, municipality, claim_id, citizen_id, step, template, language, status,
                         fee, attempts, created_at)
    select gen_random_uuid(), municipality, id, citizen_id, 'reminder:1', 'reminder', 'da',
           'queued', 0, 0, now() from claims
"""


@pytest.fixture
def queued(mindelig, database, tmp_path):
    """One letter waits in Faxe."""
    for what, rows in (("claims", CLAIMS), ("payments", PAYMENTS)):
        file = tmp_path / f"{what}.csv"
        file.write_text(rows)
        done = mindelig("import", what, str(file), "-m", "faxe", MINDELIG_NOW=AS_OF)
        assert done.returncode == 0, done.stdout + done.stderr
    engine = create_engine(database)
    with engine.begin() as connection:
        connection.execute(text(QUEUED))
    engine.dispose()


def test_letters_are_sent_into_the_folder_listed_and_shown(mindelig, queued, tmp_path):
    sent = mindelig("letters", "send", "-m", "faxe", "--as-of", AS_OF)
    assert (sent.returncode, sent.stdout) == (0, "faxe: 1 letters sent.\n")
    files = sorted((tmp_path / "home" / "letters" / "faxe" / "2026-11-24").iterdir())
    assert [file.suffix for file in files] == [".html", ".json"]

    again = json.loads(mindelig("letters", "send", "-m", "faxe", "--as-of", AS_OF, "--json").stdout)
    assert again == {
        "municipality": "faxe", "sent": 0, "put_back": 0, "unknown": 0, "stood_down": {},
    }  # fmt: skip

    listed = mindelig("letters", "list", "-m", "faxe")
    assert listed.stdout == "F-1 reminder:1: sent, fee 0.00 kr., pay by 2026-12-08\n"
    [shown] = json.loads(mindelig("show", "F-1", "--json").stdout)
    [letter] = shown["letters"]
    assert (letter["claim_ref"], letter["status"]) == ("F-1", "sent")


def test_what_the_folder_does_not_take_ends_in_a_fault(mindelig, queued, tmp_path):
    (tmp_path / "home" / "letters").touch()
    done = mindelig("letters", "send", "-m", "faxe", "--as-of", AS_OF)
    assert done.returncode == 1
    assert "to be tried again: 1" in done.stdout
    assert "Mette" not in done.stdout + done.stderr
    waiting = mindelig("letters", "list", "-m", "faxe", "--status", "queued")
    assert waiting.stdout == "F-1 reminder:1: queued\n"


def test_no_letters_and_no_such_municipality_are_told(mindelig):
    assert mindelig("letters", "list", "-m", "faxe").stdout == "No letters.\n"
    assert mindelig("letters", "send", "-m", "odense").returncode == 2
