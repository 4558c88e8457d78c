"""The auditor reads who did and read what, and their own reading is on record too."""

import csv
import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from data.models.audit import AuditEntry
from data.queries import audit as queries
from desk.record import harmless
from outreach import audit
from outreach.audit_seals import PATIENCE, seal_record
from tests import make, make_desk

RECORD = "/desk/record"
FILE = f"{RECORD}/entries.csv"


@pytest.fixture
async def rita(runtime, browsers):
    """Rita audits Albertslund."""
    person = await make_desk.staff(runtime, "rita", name="Rita Lund", roles=["auditor"])
    browser = browsers()
    browser.hold(await make_desk.session_of(runtime, person))
    return browser


@pytest.fixture
def note(runtime):
    async def noted(act="citizen_opened", **given):
        values = {
            "municipality": "albertslund", "actor": "rule", "subject_kind": "citizen",
            "subject_id": "x",
        } | given  # fmt: skip
        async with runtime.transaction() as session:
            await audit.record(session, runtime, act=act, **values)

    return noted


@pytest.fixture
def last(runtime):
    async def found(act):
        async with runtime.transaction() as session:
            query = select(AuditEntry).where(AuditEntry.act == act).order_by(AuditEntry.id.desc())
            return (await session.scalars(query)).first()

    return found


def cells(answer):
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


async def test_only_the_auditor_reads_the_record(anna):
    for there in (RECORD, FILE):
        assert (await anna.get(there)).status_code == 404
    assert RECORD not in (await anna.get("/desk")).text


async def test_who_read_whom_and_why_stands_there_by_name(rita, anna, runtime):
    mette = await make.citizen(runtime)
    await make_desk.reader(runtime, mette)
    await anna.get(f"/desk/citizens/{mette.id}")
    page = (await rita.get(f"{RECORD}?act=reading")).text
    row = page[page.index('<tr id="entry-') :]
    for said in ("Anna Berg", "En borger er åbnet", "Mette Hansen", "Borgeren har ringet."):
        assert said in row


async def test_reading_the_record_is_on_record(rita, last):
    await rita.get(f"{RECORD}?since=2026-11-24&person=nobody")
    entry = await last("record_opened")
    assert entry.facts["person"] == "nobody"
    assert entry.facts["since"].startswith("2026-11-23T23:00")
    assert entry.facts["rows"] == 0
    await rita.get(FILE)
    assert (await last("record_exported")).facts["rows"] > 0


async def test_the_record_is_filtered_by_person_citizen_act_and_day(rita, runtime, note, clock):
    mette = await make.citizen(runtime)
    claim = await make.claim(runtime, mette)
    await note("override_said", subject_kind="claim", subject_id=claim.id)
    await note("claim_opened", subject_kind="claim", subject_id=claim.id)
    await note("citizen_opened", actor="staff:bo", subject_id="another")
    clock.travel(timedelta(days=2))

    async def acts(question):
        found = cells(await rita.get(f"{FILE}?{question}"))[1:]
        ours = ("override_said", "claim_opened", "citizen_opened")
        return [row[4] for row in found if row[4] in ours]

    await rita.sign_in("rita")
    assert await acts("") == ["citizen_opened", "claim_opened", "override_said"]
    assert await acts("person=bo") == ["citizen_opened"]
    assert await acts("citizen=A-1001") == ["claim_opened", "override_said"]
    assert await acts(f"citizen={mette.id}&act=acting") == ["override_said"]
    assert await acts("act=reading") == ["citizen_opened", "claim_opened"]
    assert await acts("act=claim_opened") == ["claim_opened"]
    assert await acts("until=2026-11-24") == ["citizen_opened", "claim_opened", "override_said"]
    assert await acts("since=2026-11-25") == []


async def test_a_case_number_of_nobody_and_a_day_that_is_none_are_told(rita):
    page = await rita.get(f"{RECORD}?citizen=A-9&since=igår")
    assert page.status_code == 422
    assert "Der er ingen borger med det sagsnummer." in page.text
    assert "Skriv en dato" in page.text


@pytest.mark.parametrize("odd", ["before=x", "before=99999999999999999999", "until=9999-12-31"])
async def test_an_odd_question_shows_the_record(rita, odd):
    assert (await rita.get(f"{RECORD}?{odd}")).status_code == 200


async def test_a_page_ends_and_the_next_goes_on(rita, note):
    for number in range(queries.SHOWN_AT_ONCE + 20):
        await note(number=number)
    first = (await rita.get(f"{RECORD}?act=citizen_opened")).text
    assert first.count('<tr id="entry-') == queries.SHOWN_AT_ONCE
    [further] = re.findall(r"before=\d+", first)
    second = (await rita.get(f"{RECORD}?act=citizen_opened&{further}")).text
    assert second.count('<tr id="entry-') == 20
    assert "Vis tidligere poster" not in second


async def test_another_municipalitys_record_does_not_exist(rita, note):
    await note(municipality="faxe", act="frozen", why="Hemmeligt i Faxe")
    assert "Hemmeligt i Faxe" not in (await rita.get(RECORD)).text
    assert "Hemmeligt i Faxe" not in (await rita.get(FILE)).content.decode("utf-8-sig")


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
async def test_a_file_opens_harmless_in_a_spreadsheet(rita, note, sign):
    formula = f'{sign}HYPERLINK("https://evil.example")'
    await note(subject_kind=formula[:40], subject_id=formula[:60])
    for row in cells(await rita.get(FILE)):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)
    assert harmless("1.200 kr.") == "1.200 kr."


async def test_what_others_wrote_is_text_and_nothing_else(rita, note):
    await note(why="<script>alert(1)</script>", before={"x": "<b>"}, after="<i>")
    page = (await rita.get(RECORD)).text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "x: &lt;b&gt;" in page


async def test_the_chain_stands_on_top_and_says_when_it_lags(rita, note, runtime, clock):
    await note()
    await seal_record(runtime, municipality="albertslund")
    async with runtime.transaction() as session:
        head = (await session.scalar(text("select hash from audit_seals"))).hex()
    page = (await rita.get(RECORD)).text
    assert head in page
    assert "Loggen bliver ikke forseglet" not in page
    await note()
    clock.travel(PATIENCE + timedelta(seconds=1))
    assert "Loggen bliver ikke forseglet" in (await rita.get(RECORD)).text


async def test_the_record_is_in_english_too(rita):
    page = (await rita.get(f"{RECORD}?lang=en")).text
    assert "<h1>The record</h1>" in page
    assert "Somebody signed in" in page
