"""Claims come in from the ledger: each once, changed when it changed, ours left alone."""

from datetime import date

import pytest
from sqlalchemy import select, text

from data.models.audit import AuditEntry
from data.models.citizens import Channel, Citizen, ContactPoint, Language
from data.models.claims import Claim, ClaimState, Decision, Outcome
from data.values.money import Money
from outreach import citizens
from outreach.errors import UnknownMunicipalityError
from outreach.intake import importing
from outreach.intake.importing import import_claims
from tests import make_desk

OTHER = {"debtor_id": "0101811239", "name": "Bo Bak", "phone": "20304051"}
NOBODY_CHANGED = {"new": 0, "changed": 0, "rejected": 0}


def counts(told, *names):
    return {name: told.counts[name] for name in names or NOBODY_CHANGED}


async def snapshot(desk):
    tables = [table.__table__ for table in (Citizen, ContactPoint, Claim)]
    async with desk.runtime.transaction() as session:
        return [list(await session.execute(select(table).order_by(table.c.id))) for table in tables]


async def points(desk):
    rows = await desk.all(ContactPoint.address, ContactPoint.distrusted_because)
    return dict(tuple(row) for row in rows)


async def test_a_claim_comes_in_with_its_citizen_and_number(desk):
    told = await desk.claims(
        {"bill_sent_on": "2026-11-01", "payment_id": "000000000000018", "creditor_no": "12345678",
         "owning_unit": "Dagtilbud", "period_start": "1.10.2026", "period_end": "31.10.2026",
         "instalment_no": "2", "betalingsservice": "ja", "address_protected": "ja",
         "language": "EN", "debtor_kind": "person"}
    )  # fmt: skip
    claim = await desk.claim()
    [[citizen]] = await desk.all(Citizen)
    assert told.problems == []
    assert told.counts == {
        "rows": 1, "new": 1, "changed": 0, "unchanged": 0, "rejected": 0, "warnings": 0,
    }  # fmt: skip
    assert (claim.principal, claim.due_date, claim.paid) == (
        Money(120000),
        date(2026, 11, 20),
        Money(0),
    )
    assert (claim.payment_id, claim.creditor_no, claim.owning_unit, claim.instalment_no) == (
        "000000000000018",
        "12345678",
        "Dagtilbud",
        2,
    )
    assert (claim.state, claim.betalingsservice, claim.citizen_id) == ("open", True, citizen.id)
    assert (citizen.name, citizen.language, citizen.address_protected) == (
        "Mette Hansen",
        "en",
        True,
    )
    assert await points(desk) == {"+4520304050": None}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
async def test_the_danish_name_of_a_type_and_of_a_person_survive_the_encoding(desk, encoding):
    told = await desk.claims(
        {"name": "Åse Sørensen", "claim_type": "Børnepasning"}, encoding=encoding
    )
    [[citizen]] = await desk.all(Citizen)
    assert (citizen.name, (await desk.claim()).claim_type) == ("Åse Sørensen", "dagtilbud")
    assert told.all_taken


async def test_the_same_file_again_changes_nothing(desk):
    rows = [{}, {"claim_ref": "A-2"}, OTHER | {"claim_ref": "A-3", "email": "bo@example.dk"}]
    await desk.claims(*rows)
    before = await snapshot(desk)
    told = await desk.claims(*rows)
    assert await snapshot(desk) == before
    assert counts(told) == NOBODY_CHANGED
    assert told.counts["unchanged"] == 3


async def test_a_changed_row_updates_and_says_what_changed(desk):
    await desk.claims({}, OTHER | {"claim_ref": "A-2"})
    told = await desk.claims(
        {"principal": "900,00", "due_date": "2026-11-23"}, OTHER | {"claim_ref": "A-2"}
    )
    claim = await desk.claim()
    assert (claim.principal, claim.due_date) == (Money(90000), date(2026, 11, 23))
    assert counts(told) == {"new": 0, "changed": 1, "rejected": 0}
    assert [(one.line, one.ref, one.columns) for one in told.changes] == [
        (2, "A-1001", ["principal", "due_date"])
    ]


async def test_good_rows_are_taken_beside_bad_ones(desk):
    told = await desk.claims(
        {"claim_ref": "A-1"},
        {"claim_ref": "A-2", "principal": "-1", "due_date": "31-11-2026", "phone": "12"},
        OTHER | {"claim_ref": "A-3"},
    )
    assert counts(told) == {"new": 2, "changed": 0, "rejected": 1}
    assert told.codes == [
        (3, "phone", "not_a_phone"),
        (3, "principal", "principal_not_positive"),
        (3, "due_date", "not_a_date"),
    ]


async def test_a_business_with_only_an_email_is_taken(desk):
    told = await desk.claims({"debtor_id": "25313763", "phone": "", "email": "Post@Firma.dk"})
    [[channel, address]] = await desk.all(ContactPoint.channel, ContactPoint.address)
    assert told.all_taken
    assert (channel, address) == (Channel.EMAIL, "post@firma.dk")


async def test_a_formula_in_a_name_is_only_a_text(desk):
    await desk.claims({"name": "=2+5"})
    [[citizen]] = await desk.all(Citizen)
    assert citizen.name == "=2+5"


async def test_no_whole_number_of_a_person_stands_in_a_report(desk):
    told = await desk.claims({"debtor_id": "0101801234", "phone": "203040501234567890"})
    assert "0101801234" not in told.json
    assert "20304050123" not in told.json


async def test_a_claim_twice_in_a_file_is_taken_once_and_the_other_names_its_line(desk):
    told = await desk.claims({}, {"principal": "5,00"}, {})
    assert told.codes == [(3, "claim_ref", "claim_twice"), (4, "claim_ref", "claim_repeated")]
    assert "line 2" in told.problems[0].reason
    assert (told.counts["rejected"], told.counts["warnings"]) == (1, 1)
    assert (await desk.claim()).principal == Money(120000)


async def test_a_claim_twice_far_apart_in_a_file_is_found_too(desk):
    rows = [{"claim_ref": f"A-{number}"} for number in range(importing.ROWS_A_BATCH)]
    told = await desk.claims(*rows, {"claim_ref": "A-0", "principal": "1,00"})
    assert told.rejections == [(importing.ROWS_A_BATCH + 2, "claim_ref", "claim_twice")]


async def test_the_first_row_of_a_debtor_speaks_and_a_second_import_still_changes_nothing(desk):
    rows = [{}, {"claim_ref": "A-2", "phone": "30304050", "name": "M. Hansen"}]
    told = await desk.claims(*rows)
    before = await snapshot(desk)
    assert told.codes == [(3, "debtor_id", "citizen_differs")]
    assert "(name, phone)" in told.problems[0].reason
    assert counts(await desk.claims(*rows)) == NOBODY_CHANGED
    assert await snapshot(desk) == before
    assert await points(desk) == {"+4520304050": None}


async def test_columns_the_file_does_not_have_leave_what_is_known(desk):
    await desk.claims({"language": "en", "owning_unit": "Vand", "address_protected": "ja"})
    told = await desk.read(
        "principal,claim_ref,debtor_id,phone,claim_type,due_date\n"
        '"1.200,00",A-1001,010180-1233,+45 20 30 40 50,Børnepasning,2026-11-20\n'
    )
    [[citizen]] = await desk.all(Citizen)
    assert told.counts["unchanged"] == 1
    assert (citizen.name, citizen.language, citizen.address_protected) == (
        "Mette Hansen",
        "en",
        True,
    )
    assert (await desk.claim()).owning_unit == "Vand"


async def test_an_emptied_cell_empties_what_is_known(desk):
    await desk.claims({"owning_unit": "Vand"})
    told = await desk.claims({"owning_unit": ""})
    assert told.changes[0].columns == ["owning_unit"]
    assert (await desk.claim()).owning_unit is None


async def test_our_own_state_is_not_the_ledgers_to_write(desk):
    await desk.claims({})
    ours = {"state": ClaimState.IN_RESPITE, "respite_until": date(2027, 1, 4), "paid": Money(100),
            "paused_until": date(2026, 12, 1), "paused_because": "said_paid"}  # fmt: skip
    await desk.set_claim(**ours)
    await desk.claims({"principal": "1.300,00"})
    claim = await desk.claim()
    assert claim.principal == Money(130000)
    assert {name: getattr(claim, name) for name in ours} == ours


@pytest.mark.parametrize("state", [ClaimState.OPEN, ClaimState.IN_PLAN, ClaimState.IN_RESPITE])
async def test_a_sum_lowered_to_what_is_paid_ends_the_claim_and_raised_opens_it(desk, state):
    await desk.claims({})
    until = date(2027, 1, 4) if state is ClaimState.IN_RESPITE else None
    await desk.set_claim(state=state, respite_until=until, paid=Money(50000))
    await desk.claims({"principal": "500,00"})
    claim = await desk.claim()
    assert (claim.state, claim.respite_until) == (ClaimState.PAID, None)
    await desk.claims({"principal": "600,00"})
    again = await desk.claim()
    assert (again.state, again.paused_because) == (ClaimState.OPEN, "owed_again")
    assert again.paused_until is not None


async def test_a_disputed_claim_stays_disputed_when_lowered(desk):
    await desk.claims({})
    await desk.set_claim(state=ClaimState.DISPUTED, paid=Money(50000))
    await desk.claims({"principal": "500,00"})
    assert (await desk.claim()).state == ClaimState.DISPUTED


async def test_a_language_noted_by_a_caseworker_outlives_what_the_ledger_says(desk, runtime):
    await desk.claims({"language": "da"})
    [[mette]] = await desk.all(Citizen)
    anna = await make_desk.staff(runtime)
    async with runtime.transaction() as session:
        await citizens.prefer_language(
            session, runtime, mette, anna, Language.ENGLISH, "Hun bad om det i telefonen."
        )
    same = await desk.claims({"language": "da"})
    assert counts(same, "changed", "unchanged") == {"changed": 0, "unchanged": 1}
    other = await desk.claims({"language": "da", "name": "Mette Holm"})
    assert other.changes[0].columns == ["name"]
    [[mette]] = await desk.all(Citizen)
    assert (mette.name, mette.language) == ("Mette Holm", Language.ENGLISH)


async def test_a_new_number_is_used_and_the_old_one_kept_but_not_trusted(desk):
    await desk.claims({})
    told = await desk.claims({"phone": "30304050", "name": "Mette Holm", "language": "en"})
    assert told.changes[0].columns == ["name", "language", "phone"]
    assert await points(desk) == {"+4520304050": "replaced_in_ledger", "+4530304050": None}
    [[citizen]] = await desk.all(Citizen)
    assert (citizen.name, citizen.language) == ("Mette Holm", Language.ENGLISH)

    await desk.claims({})
    assert await points(desk) == {"+4520304050": None, "+4530304050": "replaced_in_ledger"}


async def test_a_number_a_citizen_said_is_not_theirs_is_never_trusted_again(desk, clock):
    await desk.claims({})
    async with desk.runtime.transaction() as session:
        point = await session.scalar(select(ContactPoint))
        point.distrusted_at, point.distrusted_because = clock.now(), "wrong_person"
    told = await desk.claims({})
    assert counts(told) == NOBODY_CHANGED
    assert await points(desk) == {"+4520304050": "wrong_person"}
    await desk.claims({"phone": "30304050"})
    await desk.claims({})
    assert (await points(desk))["+4520304050"] == "wrong_person"


async def test_two_citizens_may_share_a_number(desk):
    told = await desk.claims({}, OTHER | {"claim_ref": "A-2", "phone": "20304050"})
    assert told.all_taken
    assert [row.address for row in await desk.all(ContactPoint.address)] == ["+4520304050"] * 2


async def test_a_claim_moves_to_the_right_debtor_while_nobody_has_been_told(desk):
    await desk.claims({})
    told = await desk.claims(OTHER)
    assert "debtor_id" in told.changes[0].columns
    [[name]] = await named(desk)
    assert name == "Bo Bak"


async def named(desk):
    async with desk.runtime.transaction() as session:
        rows = await session.execute(
            select(Citizen.name).join(Claim, Claim.citizen_id == Citizen.id)
        )
        return list(rows)


async def test_a_claim_does_not_move_once_its_debtor_has_been_written_to(desk, clock):
    await desk.claims({})
    claim = await desk.claim()
    async with desk.runtime.transaction() as session:
        session.add(
            Decision(municipality="albertslund", claim_id=claim.id, step="first_contact",
                     outcome=Outcome.ALLOWED, facts={}, decided_at=clock.now())
        )  # fmt: skip
    told = await desk.claims(OTHER, OTHER | {"claim_ref": "A-2"})
    assert told.codes == [(2, "debtor_id", "debtor_changed")]
    assert sorted(tuple(row) for row in await named(desk)) == [("Bo Bak",), ("Mette Hansen",)]


async def test_an_import_cut_short_is_completed_by_the_same_command(desk):
    rows = [{"claim_ref": f"A-{number}"} for number in range(2 * importing.ROWS_A_BATCH + 10)]

    def power_cut(_done, _size, taken):
        raise ConnectionError(f"after {taken} rows")

    with pytest.raises(ConnectionError):
        await desk.claims(*rows, progress=power_cut)
    assert len(await desk.all(Claim.id)) == importing.ROWS_A_BATCH
    told = await desk.claims(*rows)
    assert (told.counts["unchanged"], told.counts["new"]) == (
        importing.ROWS_A_BATCH,
        importing.ROWS_A_BATCH + 10,
    )
    assert counts(await desk.claims(*rows)) == NOBODY_CHANGED


async def test_a_row_the_database_refuses_does_not_take_the_others_with_it(desk):
    async with desk.runtime.transaction() as session:
        await session.execute(
            text("alter table claims add constraint unlucky check (claim_ref <> 'A-13')")
        )
    try:
        told = await desk.claims(
            {"claim_ref": "A-13"}, {"claim_ref": "A-14"}, OTHER | {"claim_ref": "A-15"}
        )
    finally:
        async with desk.runtime.transaction() as session:
            await session.execute(text("alter table claims drop constraint unlucky"))
    assert told.codes == [(2, None, "database_refused")]
    assert "unlucky" in told.problems[0].reason
    assert told.counts["new"] == 2


async def test_the_import_is_on_record(desk):
    await desk.claims({}, {"claim_ref": ""})
    [[entry]] = await desk.all(AuditEntry)
    assert (entry.act, entry.subject_id) == ("imported_claims", "file.csv")
    assert (entry.facts["new"], entry.facts["rejected"]) == (1, 1)


async def test_the_two_municipalities_have_their_own_claims(desk, runtime):
    await desk.claims({})
    with await import_claims(runtime, desk.folder / "file.csv", "faxe") as report:
        assert report.new == 1
    assert sorted(row.municipality for row in await desk.all(Claim.municipality)) == [
        "albertslund",
        "faxe",
    ]


async def test_an_unknown_municipality_is_answered_with_those_there_are(desk, runtime):
    path = desk.write("")
    with pytest.raises(UnknownMunicipalityError, match="albertslund, faxe"):
        await import_claims(runtime, path, "atlantis")


async def test_a_file_with_only_a_header_is_no_mistake(desk):
    told = await desk.claims()
    assert (told.counts["rows"], told.all_taken) == (0, True)
