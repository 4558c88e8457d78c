"""A citizen no text message reaches: an e-mail through a real server, and what comes back of it."""

import email
import email.policy
from dataclasses import replace

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import select

from data.models.citizens import Channel, ContactPoint
from data.models.claims import Claim
from data.models.conversations import Message, MessageStatus
from data.municipalities.first_contact import Way
from mindelig.installation import equip
from mindelig.web import create_app
from outreach import bounces
from outreach.dispatch import drain
from outreach.fallbacks import try_next_ways
from outreach.rounds import outreach_round
from outreach.runtime import SendOutcome, SendResult
from tests import make, make_calls
from tests.mail_server import mail_server
from tests.outreach.test_bounces import notice

METTES = "mette@example.dk"
DEAD = SendOutcome(SendResult.REFUSED_FOR_GOOD, error_code="21614")


@pytest.fixture
async def server():
    async with mail_server() as box:
        yield box


@pytest.fixture
def house(runtime, server, sms):
    """The house as it is in production, with an e-mail sender and a mail server."""
    with_sender = make_calls.with_mail(runtime, channels=(Way.SMS, Way.EMAIL, Way.LETTER_LIST))
    url = SecretStr(f"smtp://127.0.0.1:{server.port}?starttls=never")
    settings = runtime.settings.model_copy(update={"smtp_url": url})
    return replace(equip(replace(with_sender, settings=settings, carriers={})), sms=sms)


@pytest.fixture
async def owed(runtime, clock):
    mette = await make.citizen(runtime)
    async with runtime.transaction() as session:
        session.add(
            ContactPoint(
                municipality="albertslund",
                citizen_id=mette.id,
                channel=Channel.EMAIL,
                address=METTES,
                created_at=clock.now(),
            )
        )
    await make.coverage(runtime, "albertslund", clock.now().date())
    return await make.claim(runtime, mette)


@pytest.fixture
async def mail(house, owed, sms, server):
    """The text message fails for good, and an e-mail leaves."""
    sms.answers.append(DEAD)
    await outreach_round(house, municipality="albertslund")
    await drain(house, ["albertslund"])
    await try_next_ways(house, municipality="albertslund")
    await drain(house, ["albertslund"])
    [envelope] = server.taken
    return email.message_from_bytes(envelope.original_content, policy=email.policy.default)


async def stored(house):
    async with house.transaction() as session:
        return (
            await session.scalars(select(Message).where(Message.channel == Channel.EMAIL))
        ).one()


async def test_a_number_that_is_no_mobile_is_followed_by_a_mail_that_says_no_more(house, mail):
    assert mail["To"] == METTES
    said = mail.get_body(("plain",)).get_content()
    assert said.startswith("Hej Mette. Albertslund Kommune vil gerne i kontakt med dig.")
    for secret in ("1.200", "kr.", "A-1001", "dagtilbud", "institution"):
        assert secret not in mail.as_string()
        assert secret not in said
    message = await stored(house)
    assert (message.status, message.vendor_ref) == (
        MessageStatus.ACCEPTED,
        f"mail:{message.id}",
    )


async def test_a_mailbox_that_is_no_more_ends_on_the_letter_list(house, mail, owed):
    async with house.transaction() as session:
        back = notice(message_id=mail["Message-ID"].strip("<>").partition("@")[0])
        await bounces.take(session, house, back)
    assert (await stored(house)).status is MessageStatus.UNDELIVERED
    report = await try_next_ways(house, municipality="albertslund")
    assert report.taken == {"reach_letter_list": 1}
    async with house.transaction() as session:
        assert (await session.get_one(Claim, owed.id)).first_contact_at is not None
        mails = select(ContactPoint).where(ContactPoint.channel == Channel.EMAIL)
        assert (await session.scalars(mails)).one().distrusted_because == "no_such_mailbox"


async def test_one_click_in_that_mail_stops_the_next(house, mail):
    link = mail["List-Unsubscribe"].strip("<>")
    transport = httpx.ASGITransport(create_app(house))
    async with httpx.AsyncClient(transport=transport, base_url=house.settings.public_url) as them:
        answer = await them.post(link, content=mail["List-Unsubscribe-Post"])
    assert answer.status_code == 200
    assert "Du får ikke flere mail" in answer.text
