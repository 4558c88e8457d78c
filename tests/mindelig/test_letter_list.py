"""The letter list as the ledger gets it: what was tried, and no more of the citizen."""

import io
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, text

from data.queries.unreached import Listed
from mindelig.letters import write_list

HEADER = "claim_ref;reason;tried;first_try;last_try;listed_on"


def test_a_line_says_which_claim_why_and_what_was_tried():
    out = io.StringIO()
    tried = [
        {"way": "sms", "because": "30003", "on": "2026-11-24"},
        {"way": "voice", "because": "no_answer", "on": "2026-11-25"},
    ]
    at = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)
    write_list(out, [Listed("A-1001", "no_answer", tried, at)])
    assert out.getvalue() == (
        f"{HEADER}\r\nA-1001;no_answer;sms voice;2026-11-24;2026-11-25;2026-11-26\r\n"
    )


@pytest.mark.slow
def test_the_command_writes_what_is_on_the_list(mindelig, database, tmp_path):
    claims = tmp_path / "claims.csv"
    claims.write_text(
        "claim_ref;debtor_id;name;email;claim_type;principal;due_date;bill_sent_on\n"
        "F-1;010180-1234;Mette;m@example.dk;dagtilbud;1200;2026-11-02;2026-10-15\n"
    )
    given = mindelig("import", "claims", str(claims), "-m", "faxe", MINDELIG_NOW="2026-11-24T10:00")
    assert given.returncode == 0, given.stdout + given.stderr
    engine = create_engine(database)
    with engine.begin() as connection:
        connection.execute(
            text(
                "insert into decisions (municipality, claim_id, step, outcome, facts, decided_at)"
                " select municipality, id, 'reach_letter_list', 'allowed',"
                ' \'{"last_try": "no_address", "tried":'
                ' [{"way": "sms", "because": "no_address", "on": "2026-11-24"}]}\','
                " '2026-11-24T09:00Z' from claims"
            )
        )
    engine.dispose()
    listed = mindelig("letters", "unreached", "-m", "faxe", "--since", "2026-11-01")
    assert listed.stdout.split() == [
        HEADER,
        "F-1;no_address;sms;2026-11-24;2026-11-24;2026-11-24",
    ]
    later = mindelig("letters", "unreached", "-m", "faxe", "--since", "2026-11-25")
    assert later.stdout.split() == [HEADER]
    assert mindelig("letters", "unreached", "-m", "nowhere").returncode != 0
