"""One caseworker says what was meant, another approves it: never the same person."""

import asyncio
import io
import zipfile

import pytest
import yaml
from sqlalchemy import select

from data.models.audit import AuditEntry
from data.models.conversations import Message
from data.models.corrections import Correction, CorrectionState
from data.models.handoffs import Handoff
from tests import make, make_desk

LIST = "/desk/understandings"
RIGHT_FIELDS = {"should_be": "Beder om mere tid", "text": "må jeg vente lidt", "language": "da"}


@pytest.fixture
async def message(wrote):
    return await wrote("må jeg vente lidt", "ask_plan", 0.4)


@pytest.fixture
def page(message):
    return f"{LIST}/{message.id}"


@pytest.fixture
def the_correction(runtime):
    async def look():
        async with runtime.transaction() as session:
            return (await session.scalars(select(Correction))).one()

    return look


@pytest.fixture
def acts(runtime):
    async def look():
        async with runtime.transaction() as session:
            found = await session.scalars(select(AuditEntry).order_by(AuditEntry.id))
            return [entry.act for entry in found if entry.subject_kind == "message"]

    return look


async def proposed(browser, page, **fields):
    return await browser.send(f"{page}/correct", page, **RIGHT_FIELDS | fields)


async def test_a_correction_is_proposed_by_one_and_approved_by_another(
    anna, bo, runtime, page, message, the_correction, acts
):
    assert "må jeg vente lidt</textarea>" in (await anna.get(page)).text
    sent = await proposed(anna, page)
    assert sent.status_code == 303
    assert "En kollega ser den igennem" in (await anna.get(sent.headers["location"])).text
    assert "må jeg vente lidt" in (await bo.get(f"{LIST}?view=review")).text
    sent = await bo.send(f"{page}/review", page, decision="approve")
    assert "Rettelsen er godkendt" in (await bo.get(sent.headers["location"])).text
    correction = await the_correction()
    assert (correction.understood_as, correction.should_be) == ("ask_plan", "ask_respite")
    assert correction.state is CorrectionState.APPROVED
    async with runtime.transaction() as session:
        now = await session.get_one(Message, message.id)
    assert (now.understood_as, now.understood_by) == ("ask_respite", "person")
    assert await acts() == ["correction_proposed", "correction_approved"]
    assert "må jeg vente lidt" not in (await anna.get(LIST)).text


async def test_who_proposed_it_cannot_approve_it(anna, page, the_correction):
    await proposed(anna, page)
    text = (await anna.get(page)).text
    assert "Du har selv foreslået rettelsen" in text
    assert "Godkend</button>" not in text
    refused = await anna.send(f"{page}/review", page, decision="approve")
    assert refused.status_code == 422
    assert (await the_correction()).state is CorrectionState.PROPOSED


async def test_what_is_turned_down_may_be_proposed_anew(anna, bo, page, the_correction):
    await proposed(anna, page)
    sent = await bo.send(f"{page}/review", page, decision="reject")
    assert "Rettelsen er afvist" in (await bo.get(sent.headers["location"])).text
    assert (await proposed(bo, page, should_be="pay_now")).status_code == 303
    correction = await the_correction()
    assert correction.state is CorrectionState.PROPOSED
    assert (correction.should_be, correction.reviewed_by) == ("pay_now", None)


async def test_of_two_who_decide_at_once_one_is_told(anna, bo, runtime, browsers, page):
    await proposed(anna, page)
    carl = browsers()
    person = await make_desk.staff(runtime, "carl", name="Carl Eg")
    carl.hold(await make_desk.session_of(runtime, person))
    secrets = [await bo.secret(), await carl.secret()]
    answers = await asyncio.gather(
        bo.post(f"{page}/review", {"csrf_token": secrets[0], "decision": "approve"}),
        carl.post(f"{page}/review", {"csrf_token": secrets[1], "decision": "reject"}),
    )
    assert sorted(each.status_code for each in answers) == [303, 409]


async def test_of_two_who_propose_at_once_one_is_told_and_keeps_the_words(anna, bo, page):
    secrets = [await anna.secret(), await bo.secret()]
    answers = await asyncio.gather(
        anna.post(f"{page}/correct", {"csrf_token": secrets[0], **RIGHT_FIELDS}),
        bo.post(f"{page}/correct", {"csrf_token": secrets[1], **RIGHT_FIELDS}),
    )
    assert sorted(each.status_code for each in answers) == [303, 409]


@pytest.mark.parametrize(
    ("field", "given", "why"),
    [
        ("should_be", "", "Vælg noget, der står på listen"),
        ("should_be", "nlu_fallback", "Vælg noget, der står på listen"),
        ("text", "ring på 20 30 40 50", "mindst fire cifre"),
        ("text", "skriv til m@h.dk", "e-mailadresse"),
        ("text", "hilsen METTE", "Borgerens navn"),
        ("text", "hansens regning", "Borgerens navn"),
        ("text", " ?! ", "Skriv et eksempel med ord"),
        ("text", "vent " * 101, "for langt"),
        ("language", "pl", "Vælg et sprog"),
    ],
)
async def test_a_correction_that_is_not_taken_stays_in_its_fields(
    anna, runtime, page, field, given, why
):
    refused = await proposed(anna, page, **{field: given})
    assert refused.status_code == 422
    assert why in refused.text
    kept = RIGHT_FIELDS["text"] if field != "text" else given
    assert f"{kept}</textarea>" in refused.text
    async with runtime.transaction() as session:
        assert (await session.scalars(select(Correction))).all() == []


async def test_the_example_is_prefilled_without_names_and_numbers(anna, wrote):
    message = await wrote("hej Mette her, 0101801234, må jeg vente")
    text = (await anna.get(f"{LIST}/{message.id}")).text
    assert "hej navn her, 0 må jeg vente</textarea>" in text
    assert "0101801234" not in text


async def test_the_intent_may_be_chosen_in_either_language_or_by_its_key(
    anna, wrote, the_correction
):
    message = await wrote("hm")
    page = f"{LIST}/{message.id}"
    await proposed(anna, page, should_be="asks for more TIME")
    assert (await the_correction()).should_be == "ask_respite"


async def test_what_was_right_is_noted_once_and_asked_no_more(anna, runtime, page, message, acts):
    for _ in range(2):
        sent = await anna.send(f"{page}/right", page)
        assert "forstod rigtigt" in (await anna.get(sent.headers["location"])).text
    assert await acts() == ["understanding_confirmed"]
    assert "må jeg vente lidt" not in (await anna.get(LIST)).text
    assert "bekræftet af en medarbejder" in (await anna.get(f"{LIST}?view=all")).text


async def test_what_nobody_understood_cannot_have_been_right(anna, wrote):
    message = await wrote("blip", "nlu_fallback", 0.1)
    page = f"{LIST}/{message.id}"
    assert "Det var forstået rigtigt" not in (await anna.get(page)).text
    assert (await anna.send(f"{page}/right", page)).status_code == 404


async def test_a_missed_hard_case_calls_a_person_at_once_and_stands_first(
    anna, runtime, page, wrote, talk
):
    await proposed(anna, page)
    missed = await wrote("jeg tør ikke gå hjem til ham", "complaint", 0.9)
    await proposed(
        anna, f"{LIST}/{missed.id}", should_be="hard_violence", text="jeg tør ikke gå hjem til ham"
    )
    async with runtime.transaction() as session:
        handoff = (await session.scalars(select(Handoff))).one()
    assert (handoff.reason, handoff.conversation_id) == ("hard_violence", talk.id)
    text = (await anna.get(f"{LIST}?view=review")).text
    assert text.index("jeg tør ikke gå hjem") < text.index("må jeg vente lidt")
    assert "Overset hård sag" in text


async def test_a_missed_hard_case_that_a_person_has_had_since_calls_nobody_again(
    anna, runtime, wrote, talk
):
    missed = await wrote("jeg tør ikke gå hjem til ham", "complaint", 0.9)
    await make_desk.handoff(runtime, talk)
    await proposed(anna, f"{LIST}/{missed.id}", should_be="hard_violence", text="tør ikke gå hjem")
    async with runtime.transaction() as session:
        assert [each.reason for each in await session.scalars(select(Handoff))] == ["asked_human"]


async def test_the_approved_can_be_downloaded_as_training_data(anna, bo, runtime, page):
    await proposed(anna, page)
    await bo.send(f"{page}/review", page, decision="approve")
    assert "/desk/understandings/export" in (await anna.get(f"{LIST}?view=approved")).text
    answer = await anna.get(f"{LIST}/export")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as whole:
        assert whole.namelist() == ["da/ask_respite.reviewed.yml"]
        file = yaml.safe_load(whole.read("da/ask_respite.reviewed.yml"))
    assert file["nlu"] == [{"intent": "ask_respite", "examples": "- må jeg vente lidt\n"}]


async def test_another_municipalitys_approved_are_not_in_the_download(bo, runtime, anna, wrote):
    frode = await make.citizen(runtime, municipality="faxe", name="Frode", phone=None)
    far = await make.conversation(runtime, frode, address="+4520999998")
    message = await wrote("vent lidt", talk=far)
    first = await make_desk.staff(runtime, "finn", municipality="faxe")
    second = await make_desk.staff(runtime, "gry", municipality="faxe")
    async with runtime.transaction() as session:
        session.add(
            Correction(
                municipality="faxe", message_id=message.id, language="da", text="vent lidt",
                should_be="ask_respite", state=CorrectionState.APPROVED, proposed_by=first.id,
                proposed_at=runtime.clock.now(), reviewed_by=second.id,
                reviewed_at=runtime.clock.now(),
            )
        )  # fmt: skip
    with zipfile.ZipFile(io.BytesIO((await anna.get(f"{LIST}/export")).content)) as whole:
        assert whole.namelist() == []


async def test_the_address_of_an_act_leads_back_to_the_message(anna, page):
    led = await anna.get(f"{page}/correct")
    assert (led.status_code, led.headers["location"]) == (303, page)
