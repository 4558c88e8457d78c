"""Stories of what comes back: a mailbox that is no more, one that is full, and out of office."""

import mailbox
from email.message import EmailMessage
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from data.models.citizens import Channel, ContactPoint
from data.models.conversations import Message, MessageKind, MessageStatus
from data.values.ids import new_id
from mindelig.mail import from_maildir
from outreach import bounces
from outreach.rules.bounces import Kind, read
from tests import make

METTES = "mette@example.dk"
SENT_ID = "00000000-0000-4000-8000-000000000007"  # as the captured notices have it


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
async def sent(runtime, mette):
    talk = await make.conversation(runtime, mette, channel=Channel.EMAIL, address=METTES)
    message_id = UUID(SENT_ID)
    return await make.outgoing(
        runtime,
        talk,
        id=message_id,
        kind=MessageKind.NOTICE,
        status=MessageStatus.ACCEPTED,
        vendor_ref=f"mail:{message_id}",
    )


@pytest.fixture
def take(runtime):
    async def take_in(raw):
        async with runtime.transaction() as session:
            return (await bounces.take(session, runtime, raw)).kind

    return take_in


def notice(
    *,
    status="5.1.1",
    action="failed",
    to=METTES,
    original=None,
    message_id=SENT_ID,
    returned="message/rfc822",
):
    """Write a notice as RFC 3464 shows them."""
    fields = f"Original-Recipient: rfc822; {original}\r\n" if original else ""
    back = f"Message-ID: <{message_id}@mindelig.example.dk>\r\nSubject: Besked\r\n"
    whole = [
        "From: MAILER-DAEMON@mx.example.dk",
        "To: opkraevning@albertslund.example",
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
        "",
        "--b",
        "Content-Type: text/plain",
        "",
        "Your mail could not be delivered.",
        "--b",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; mx.example.dk",
        "",
        f"{fields}Final-Recipient: rfc822; {to}",
        f"Action: {action}",
        f"Status: {status}",
        "",
        "--b",
        f"Content-Type: {returned}",
        "",
        back,
        "--b--",
        "",
    ]
    return "\r\n".join(whole).encode()


async def now_is(runtime, message):
    async with runtime.transaction() as session:
        return await session.get_one(Message, message.id)


async def because(runtime):
    async with runtime.transaction() as session:
        return await session.scalar(
            select(ContactPoint.distrusted_because).where(ContactPoint.channel == Channel.EMAIL)
        )


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("5.1.1", "no_such_mailbox"),
        ("5.1.2", "no_such_mailbox"),
        ("5.1.6", "no_such_mailbox"),
        ("5.1.10", "no_such_mailbox"),
        ("5.2.1", "no_such_mailbox"),
        ("5.1.3", "not_an_address"),
        ("5.2.2", None),
        ("5.7.1", None),
        ("5.4.4", None),
        ("4.4.7", None),
        ("4.2.2", None),
        ("", None),
        ("nonsense", None),
    ],
)
async def test_a_mail_that_comes_back_is_undelivered_and_only_a_dead_mailbox_is_distrusted(
    runtime, take, sent, status, why
):
    assert await take(notice(status=status)) is Kind.RETURNED
    stored = await now_is(runtime, sent)
    assert (stored.status, stored.error_code) == (MessageStatus.UNDELIVERED, why or "refused")
    assert await because(runtime) == why


@pytest.mark.parametrize("action", ["delayed", "relayed", "expanded", "", "no such word"])
async def test_what_is_still_under_way_changes_nothing(runtime, take, sent, action):
    assert await take(notice(action=action, status="4.4.1")) is Kind.UNDER_WAY
    assert (await now_is(runtime, sent)).status is MessageStatus.ACCEPTED


async def test_a_notice_of_delivery_says_so(runtime, take, sent):
    await take(notice(action="delivered", status="2.1.5"))
    assert (await now_is(runtime, sent)).status is MessageStatus.DELIVERED


async def test_a_second_notice_changes_nothing(runtime, take, sent):
    for raw in (notice(), notice(), notice(action="delivered", status="2.1.5")):
        await take(raw)
    stored = await now_is(runtime, sent)
    assert (stored.status, stored.error_code) == (MessageStatus.UNDELIVERED, "no_such_mailbox")


async def test_a_notice_settles_a_mail_nobody_knew_the_fate_of(runtime, take, sent):
    async with runtime.transaction() as session:
        lost = await session.get_one(Message, sent.id)
        lost.status, lost.vendor_ref = MessageStatus.SENDING, None
    await take(notice())
    assert (await now_is(runtime, sent)).status is MessageStatus.UNDELIVERED


async def test_a_mail_that_was_passed_on_teaches_nothing_of_the_address(runtime, take, sent):
    await take(notice(to="mette@elsewhere.example"))
    assert (await now_is(runtime, sent)).status is MessageStatus.UNDELIVERED
    assert await because(runtime) is None


async def test_the_address_is_known_by_what_was_asked_for_too(runtime, take, sent):
    await take(notice(to="mh@inside.example", original="METTE@example.dk"))
    assert await because(runtime) == "no_such_mailbox"


@pytest.mark.parametrize("returned", ["message/rfc822", "text/rfc822-headers"])
async def test_our_mail_is_found_by_what_comes_along(runtime, take, sent, returned):
    await take(notice(returned=returned))
    assert (await now_is(runtime, sent)).status is MessageStatus.UNDELIVERED


async def test_a_notice_of_a_mail_that_is_not_ours_changes_nothing(runtime, take, sent):
    for raw in (notice(message_id=str(new_id())), notice(message_id="somebody-elses")):
        assert await take(raw) is Kind.RETURNED
    assert (await now_is(runtime, sent)).status is MessageStatus.ACCEPTED
    assert await because(runtime) is None


async def test_a_notice_can_only_be_of_a_mail(runtime, take, mette):
    """Who knows the id of a text message cannot make its number distrusted by mail."""
    talk = await make.conversation(runtime, mette)
    text = await make.outgoing(
        runtime, talk, status=MessageStatus.ACCEPTED, vendor_ref="SM1", kind=MessageKind.NOTICE
    )
    await take(notice(message_id=str(text.id), to=make.METTE_PHONE))
    assert (await now_is(runtime, text)).status is MessageStatus.ACCEPTED


def written(**headers):
    mail = EmailMessage()
    mail["From"], mail["To"] = METTES, "opkraevning@albertslund.example"
    mail["In-Reply-To"] = f"<{SENT_ID}@mindelig.example.dk>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content("Jeg er på ferie.")
    return mail.as_bytes()


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated (vacation)"},
        {"Precedence": "bulk"},
        {"X_Autoreply": "yes"},
        {"Return_Path": "<>"},
    ],
    ids=str,
)
async def test_out_of_office_is_nothing_to_anybody(runtime, take, sent, headers):
    assert await take(written(**headers)) is Kind.AUTOMATIC
    assert (await now_is(runtime, sent)).status is MessageStatus.ACCEPTED


@pytest.mark.parametrize("headers", [{}, {"Auto_Submitted": "no"}], ids=str)
async def test_what_a_person_writes_is_for_a_person(take, headers):
    assert await take(written(**headers)) is Kind.FROM_A_PERSON


async def test_a_maildir_is_read_once_and_what_people_wrote_stays_unread(runtime, sent, tmp_path):
    box = mailbox.Maildir(tmp_path / "mail", create=True)
    for raw in (notice(), written(Auto_Submitted="auto-replied"), written()):
        box.add(raw)
    first = await from_maildir(runtime, tmp_path / "mail")
    assert first == {Kind.RETURNED: 1, Kind.AUTOMATIC: 1, Kind.FROM_A_PERSON: 1}
    assert await from_maildir(runtime, tmp_path / "mail") == {Kind.FROM_A_PERSON: 1}
    assert len(mailbox.Maildir(tmp_path / "mail", create=False)) == 3
    assert (await now_is(runtime, sent)).status is MessageStatus.UNDELIVERED


@given(st.binary(max_size=2000))
def test_whatever_bytes_come_they_are_one_of_five_kinds(raw):
    assert read(raw).kind in Kind


@given(st.data())
def test_a_torn_notice_is_one_of_five_kinds(data):
    whole = notice()
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, len(whole)))
    torn = whole[:start] + data.draw(st.binary(max_size=20)) + whole[end:]
    assert read(torn).kind in Kind


@pytest.mark.parametrize(
    "nest",
    [
        b"Content-Type: message/rfc822\r\n\r\n",
        b'Content-Type: multipart/report; boundary="b"\r\n\r\n--b\r\n',
    ],
)
def test_parts_within_parts_do_not_bring_it_down(nest):
    assert read(nest * 20_000).kind in Kind


def test_a_mail_names_nobody_in_a_log():
    assert "mette" not in repr(read(notice()))
