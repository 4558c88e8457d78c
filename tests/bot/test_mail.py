"""Stories of the way out of e-mail: one click, or a page with a button; never by looking."""

import re

import httpx
import pytest
from sqlalchemy import select

from data.models.audit import AuditEntry
from data.models.citizens import Channel, ContactPoint, Language, OptOut
from data.models.conversations import Message, MessageKind, MessageStatus
from data.settings import load
from mindelig.web import create_app
from outreach.dispatch import run_batch
from outreach.gateways import stop_links
from tests import make
from tests.make_calls import KeepingMail

METTES = "mette@example.dk"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
async def mette(runtime):
    person = await make.citizen(runtime)
    async with runtime.transaction() as session:
        session.add(
            ContactPoint(
                municipality="albertslund",
                citizen_id=person.id,
                channel=Channel.EMAIL,
                address=METTES,
                created_at=runtime.clock.now(),
            )
        )
    return person


@pytest.fixture
async def talk(runtime, mette):
    return await make.conversation(runtime, mette, channel=Channel.EMAIL, address=METTES)


@pytest.fixture
async def browser(runtime):
    transport = httpx.ASGITransport(create_app(runtime))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        yield client


async def opt_outs(runtime):
    async with runtime.transaction() as session:
        rows = await session.scalars(select(OptOut))
        return [(row.channel, row.address, row.source) for row in rows]


STOPPED = [(Channel.EMAIL, METTES, "mail_link")]


async def test_one_click_in_a_mail_program_stops_mail_and_nothing_else(runtime, browser, talk):
    link = stop_links.address_of(runtime.settings, talk.id)
    answer = await browser.post(link, data=ONE_CLICK)
    assert answer.status_code == 200
    assert "Du får ikke flere mail fra Albertslund Kommune." in answer.text
    assert await opt_outs(runtime) == STOPPED
    async with runtime.transaction() as session:
        [entry] = await session.scalars(select(AuditEntry).where(AuditEntry.act == "opted_out"))
    assert (entry.actor, entry.facts["channel"]) == ("citizen", "email")


async def test_looking_at_the_page_stops_nothing_and_its_button_does(runtime, browser, talk):
    link = stop_links.address_of(runtime.settings, talk.id)
    for method in ("GET", "GET", "HEAD"):
        answer = await browser.request(method, link)
    assert await opt_outs(runtime) == []
    page = (await browser.get(link)).text
    assert '<form method="post">' in page
    assert "Breve i Digital Post kommer stadig." in page
    # The form goes to the page's own address, with nothing in it.
    answer = await browser.post(link)
    assert (answer.status_code, await opt_outs(runtime)) == (200, STOPPED)


async def test_a_second_time_does_no_harm(runtime, browser, talk):
    link = stop_links.address_of(runtime.settings, talk.id)
    for _ in range(3):
        assert (await browser.post(link, data=ONE_CLICK)).status_code == 200
    assert await opt_outs(runtime) == STOPPED


async def test_the_page_speaks_the_conversations_language_and_names_nobody(runtime, browser, mette):
    talk = await make.conversation(
        runtime, mette, channel=Channel.EMAIL, address=METTES, language=Language.ENGLISH
    )
    link = stop_links.address_of(runtime.settings, talk.id)
    for answer in (await browser.get(link), await browser.post(link)):
        assert '<html lang="en">' in answer.text
        assert "Letters still come in Digital Post." in answer.text
        assert not re.search("mette|hansen|example", answer.text, re.IGNORECASE)


async def test_the_page_may_be_framed_kept_or_followed_by_nobody(runtime, browser, talk):
    answer = await browser.get(stop_links.address_of(runtime.settings, talk.id))
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "set-cookie" not in answer.headers


def forged(runtime, talk, other):
    """Tokens that look like ours and are not."""
    token = stop_links.address_of(runtime.settings, talk.id).rpartition("/")[2]
    elsewhere = load(home=runtime.settings.home, secret_key="another secret key of 32 letters")
    return {
        "cut": token[:-4],
        "longer": f"{token}AAAA",
        "turned": ("B" if token[0] == "A" else "A") + token[1:],
        "another key": stop_links.address_of(elsewhere, talk.id).rpartition("/")[2],
        "sms": stop_links.address_of(runtime.settings, other.id).rpartition("/")[2],
        "nobody": stop_links.address_of(runtime.settings, type(talk.id)(int=7)).rpartition("/")[2],
        "letters": "æøå",
        "spaces": "%20%20",
        "long": "A" * 5000,
    }


async def test_a_forged_link_stops_nothing_and_says_the_same_whatever_is_wrong(
    runtime, browser, mette, talk
):
    other = await make.conversation(runtime, mette)
    answers = set()
    for token in forged(runtime, talk, other).values():
        for method in ("GET", "POST"):
            answer = await browser.request(method, f"/mail/stop/{token}")
            answers.add((answer.status_code, answer.text))
    [(status, page)] = answers
    assert status == 403
    assert "Linket virker ikke." in page
    assert "The link does not work." in page
    assert await opt_outs(runtime) == []


async def test_who_said_stop_gets_no_mail_in_the_same_second(runtime, browser, mette, talk):
    mail = KeepingMail()
    runtime = runtime.equip(carriers={Channel.EMAIL: mail})
    waiting = await make.first_contact(runtime, talk, await make.claim(runtime, mette))
    await browser.post(stop_links.address_of(runtime.settings, talk.id), data=ONE_CLICK)
    await run_batch(runtime, "albertslund")
    assert mail.parcels == []
    async with runtime.transaction() as session:
        kept = await session.get_one(Message, waiting.id)
    assert (kept.status, kept.stood_down_because) == (MessageStatus.STOOD_DOWN, "opted_out")


async def test_a_first_message_leaves_by_mail_like_any_other(runtime, mette, talk):
    mail = KeepingMail()
    runtime = runtime.equip(carriers={Channel.EMAIL: mail})
    await make.first_contact(runtime, talk, await make.claim(runtime, mette))
    await run_batch(runtime, "albertslund")
    assert [parcel.to for parcel in mail.parcels] == [METTES]


async def test_a_notice_leaves_by_mail_in_the_conversations_language(runtime, mette):
    mail = KeepingMail()
    runtime = runtime.equip(carriers={Channel.EMAIL: mail})
    talk = await make.conversation(
        runtime, mette, channel=Channel.EMAIL, address=METTES, language=Language.ENGLISH
    )
    sent = await make.outgoing(runtime, talk, kind=MessageKind.NOTICE)
    await run_batch(runtime, "albertslund")
    [parcel] = mail.parcels
    assert (parcel.to, parcel.language, parcel.conversation_id) == (METTES, "en", talk.id)
    async with runtime.transaction() as session:
        kept = await session.get_one(Message, sent.id)
    assert (kept.status, kept.vendor_ref) == (MessageStatus.ACCEPTED, f"mail:{sent.id}")
