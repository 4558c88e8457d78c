"""In the web chat the confirmation is fetched by a sealed link: for minutes, once proven."""

import base64
from datetime import timedelta

import httpx
import pytest

from bot.agreements import path_of
from data.models.agreements import AgreementChannel
from data.models.conversations import Conversation
from mindelig.web import create_app
from outreach import agreements
from tests import make, make_agreements, make_desk, pdf
from tests.make_agreements import SHOWN


@pytest.fixture
async def mette(runtime):
    return await make.citizen(runtime)


@pytest.fixture
async def talk(runtime, mette, clock):
    return await make.conversation(runtime, mette, identity_level=2, identity_at=clock.now())


@pytest.fixture
async def agreement(runtime, mette):
    anna, owed = await make_desk.staff(runtime), await make.claim(runtime, mette)
    async with runtime.transaction() as session:
        return await agreements.conclude_by_staff(
            session,
            runtime,
            anna,
            mette.id,
            make_agreements.plan([owed]),
            channel=AgreementChannel.VOICE,
            identity_level=2,
            shown_text=SHOWN,
            reason="Mette ringede.",
        )


@pytest.fixture
async def fetch(runtime):
    transport = httpx.ASGITransport(create_app(runtime))
    async with httpx.AsyncClient(transport=transport, base_url="http://mindelig.test") as client:
        yield client.get


async def test_the_citizen_fetches_it_in_the_language_of_the_talk_or_another(
    runtime, fetch, talk, agreement
):
    path = path_of(runtime, talk, agreement)
    answer = await fetch(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["cache-control"] == "no-store"
    assert pdf.read(answer.content).language == "da"
    assert pdf.read((await fetch(path, params={"language": "en"})).content).language == "en"
    assert (await fetch(path, params={"language": "xx"})).status_code == 422


async def test_the_link_names_nobody(runtime, talk, agreement, mette):
    path = path_of(runtime, talk, agreement)
    for named in (mette.debtor_id, mette.name, make.METTE_PHONE, "A-1001"):
        assert named not in path


async def test_it_stands_for_a_quarter_of_an_hour(runtime, fetch, talk, agreement, clock):
    path = path_of(runtime, talk, agreement)
    clock.travel(timedelta(minutes=15))
    assert (await fetch(path)).status_code == 200
    clock.travel(timedelta(seconds=1))
    assert (await fetch(path)).status_code == 403


async def test_it_stands_only_as_long_as_the_proof_does(runtime, fetch, talk, agreement):
    path = path_of(runtime, talk, agreement)
    async with runtime.transaction() as session:
        (await session.get(Conversation, talk.id)).identity_level = 1
    assert (await fetch(path)).status_code == 403


async def test_another_conversation_or_municipality_opens_nothing(
    runtime, fetch, talk, agreement, clock
):
    other = await make.citizen(runtime, debtor_id="0202801234", phone=None)
    theirs = await make.conversation(
        runtime, other, address="+4522000000", identity_level=2, identity_at=clock.now()
    )
    assert (await fetch(path_of(runtime, theirs, agreement))).status_code == 403
    path = path_of(runtime, talk, agreement).replace("albertslund", "faxe")
    assert (await fetch(path)).status_code == 403


@pytest.mark.parametrize("token", ["x", "æøå", "A" * 96, "%00", "." * 200])
async def test_what_is_no_link_of_ours_is_refused_alike(fetch, token):
    answer = await fetch(f"/chat/albertslund/agreements/{token}")
    assert (answer.status_code, answer.json()["code"]) == (403, "link_over")


async def test_a_link_that_was_touched_is_refused(runtime, fetch, talk, agreement):
    path = path_of(runtime, talk, agreement)
    start, _, token = path.rpartition("/")
    whole = bytearray(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    for place in (0, 16, 39, len(whole) - 1):
        touched = bytearray(whole)
        touched[place] ^= 1
        sealed = base64.urlsafe_b64encode(bytes(touched)).decode()
        assert (await fetch(f"{start}/{sealed}")).status_code == 403


async def test_what_is_not_agreed_yet_has_no_confirmation(runtime, fetch, talk, mette):
    owed = await make.claim(runtime, mette, claim_ref="A-2")
    async with runtime.transaction() as session:
        place = await session.get(Conversation, talk.id)
        terms = make_agreements.plan([owed])
        offered = await agreements.offer(session, runtime, place, terms)
    assert (await fetch(path_of(runtime, talk, offered))).status_code == 404
