"""A duty manager gives a conversation to somebody, with a reason; nobody else can."""

import pytest

from tests import make, make_desk

WHY = "Anna er gået hjem syg."


@pytest.fixture
async def lead(runtime, browsers):
    browser = browsers()
    person = await make_desk.staff(runtime, "dorte", name="Dorte Holm", roles=["duty_manager"])
    browser.hold(await make_desk.session_of(runtime, person))
    return browser


@pytest.fixture
async def held(runtime, anna):
    """A conversation that Anna has."""
    talk = await make.conversation(runtime, await make.citizen(runtime))
    handoff = await make_desk.handoff(runtime, talk)
    await anna.send(f"/desk/conversations/{talk.id}/take")
    return handoff


@pytest.fixture
async def bent(runtime):
    return await make_desk.staff(runtime, "bent", name="Bent Dam")


def form(handoff):
    return f"/desk/handoffs/{handoff.id}/assign"


async def test_a_duty_manager_sees_where_and_gives_it_to_another(lead, anna, held, bent):
    assert form(held) in (await lead.get("/desk?view=others")).text
    page = (await lead.get(form(held))).text
    assert "Anna Berg har samtalen nu." in page
    answer = await lead.send(form(held), form(held), to=str(bent.id), why=WHY)
    assert answer.headers["location"] == "/desk?view=others&done=assigned"
    page = (await lead.get(answer.headers["location"])).text
    assert "Samtalen er tildelt." in page
    assert "Bent Dam" in page
    assert "Mette Hansen" not in (await anna.get("/desk?view=mine")).text


async def test_no_list_and_no_form_names_a_protected_person(lead, runtime):
    hidden = await make.citizen(runtime, address_protected=True)
    talk = await make.conversation(runtime, hidden)
    handoff = await make_desk.handoff(runtime, talk)
    for there in ("/desk", "/desk/conversations", form(handoff)):
        page = (await lead.get(there)).text
        assert f"/desk/conversations/{talk.id}" in page
        assert "En beskyttet person" in page
        assert hidden.name not in page


async def test_it_takes_a_person_and_a_reason(lead, held, bent):
    for given in (
        {"to": "", "why": WHY},
        {"to": str(bent.id), "why": " "},
        {"to": "x", "why": WHY},
    ):
        answer = await lead.send(form(held), form(held), **given)
        assert answer.status_code == 422
        assert "Intet er gemt" in answer.text


async def test_what_was_closed_meanwhile_says_so(lead, anna, held, bent):
    page = form(held)
    secret = await lead.secret(page)
    talk = f"/desk/conversations/{held.conversation_id}"
    await anna.send(f"{talk}/hand-back", talk, note="Talt med Mette.")
    fields = {"csrf_token": secret, "to": str(bent.id), "why": WHY}
    answer = await lead.post(page, fields)
    assert answer.status_code == 409
    assert "afsluttet i mellemtiden" in answer.text


async def test_a_caseworker_cannot_and_sees_no_link(anna, bo, held, bent):
    assert "/assign" not in (await bo.get("/desk?view=others")).text
    assert (await bo.get(form(held))).status_code == 404
    assert (await bo.send(form(held), to=str(bent.id), why=WHY)).status_code == 404


async def test_another_municipalitys_is_not_there(lead, runtime):
    talk = await make.conversation(runtime, None, municipality="faxe")
    handoff = await make_desk.handoff(runtime, talk)
    assert (await lead.get(form(handoff))).status_code == 404


async def test_only_who_talks_with_citizens_can_be_given_one(lead, runtime, held):
    await make_desk.staff(runtime, "rita", name="Rita Revisor", roles=["auditor"])
    await make_desk.staff(runtime, "carl", name="Carl Fjern", municipality="faxe")
    page = (await lead.get(form(held))).text
    assert "Rita Revisor" not in page
    assert "Carl Fjern" not in page
