"""Who owes a claim beside its debtor (medhæftere), as the ledger names them."""

from data.models.cases import Liability
from data.models.citizens import Citizen


async def owed_with(desk):
    rows = await desk.all(Citizen.debtor_id)
    people = await desk.all(Liability.citizen_id)
    numbers = dict(await desk.all(Citizen.id, Citizen.debtor_id))
    assert len(rows) >= len(people)
    return sorted(numbers[one.citizen_id] for one in people)


async def test_a_claim_is_owed_by_those_the_ledger_names_beside_the_debtor(desk):
    told = await desk.claims({"co_debtors": "010180-1241 | 0101801268"})
    assert told.rejections == []
    assert await owed_with(desk) == ["0101801241", "0101801268"]
    again = await desk.claims({"co_debtors": "0101801268,0101801241"})
    assert again.counts["unchanged"] == 1
    fewer = await desk.claims({"co_debtors": "0101801268"})
    assert fewer.counts["changed"] == 1
    assert await owed_with(desk) == ["0101801268"]


async def test_a_file_without_the_column_leaves_co_debtors_as_they_are(desk):
    await desk.claims({"co_debtors": "0101801268"})
    await desk.claims({"principal": "1.300,00"})
    assert await owed_with(desk) == ["0101801268"]
    await desk.claims({"co_debtors": "", "principal": "1.300,00"})
    assert await owed_with(desk) == []


async def test_a_co_debtor_with_a_claim_of_their_own_is_the_same_person(desk):
    await desk.claims({"co_debtors": "0101801268"})
    await desk.claims({"claim_ref": "A-2", "debtor_id": "0101801268", "name": "Ole Hansen"})
    assert sorted(await desk.all(Citizen.name)) == [("Mette Hansen",), ("Ole Hansen",)]


async def test_a_co_debtor_that_is_no_number_rejects_the_row_and_the_debtor_twice_warns(desk):
    told = await desk.claims(
        {"co_debtors": "0101801268 12345"},
        {"claim_ref": "A-2", "co_debtors": "0101801233"},
    )
    assert told.rejections == [(2, "co_debtors", "not_a_debtor_number")]
    assert (3, "co_debtors", "co_debtor_is_debtor") in told.codes
    assert await owed_with(desk) == []
