"""Stories of the door to the mail server: what leaves by it, and what it makes of each answer."""

import email
import email.policy
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from structlog.testing import capture_logs

from data.models.citizens import Language
from data.models.conversations import MessageKind
from data.municipalities.policy import MailSender, Policies
from data.settings import load
from data.values.ids import new_id
from data.values.time import StandingClock
from outreach.errors import NotConfiguredError
from outreach.gateways import stop_links
from outreach.gateways.smtp import NOTICES, SmtpMail
from outreach.runtime import Parcel, SendResult
from tests.mail_server import HANG_UP, PASSWORD, SAY_NOTHING, USER, certificate, mail_server

FROM = MailSender(address="opkraevning@albertslund.example", name="Albertslund Kommune æøå")
HELLO = "Hej Mette. Albertslund Kommune vil gerne i kontakt med dig. Ring 43 68 68 68."
TUESDAY = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture
async def there():
    async with mail_server() as box:
        yield box


def policies(sender=FROM):
    known = Policies.load()
    town = known["albertslund"]
    senders = town.senders.model_copy(update={"email": sender})
    return {"albertslund": town.model_copy(update={"senders": senders})}


@pytest.fixture
def carrier_to(tmp_path):
    def make(url, *, sender=FROM, **options):
        settings = load(
            home=tmp_path, smtp_url=url, public_url="https://mindelig.albertslund.example"
        )
        return SmtpMail(settings, policies(sender), StandingClock(TUESDAY), **options)

    return make


@pytest.fixture
def carrier(there, carrier_to):
    return carrier_to(f"smtp://127.0.0.1:{there.port}?starttls=never")


def parcel(**given):
    values: dict[str, Any] = {
        "message_id": new_id(),
        "conversation_id": new_id(),
        "municipality": "albertslund",
        "kind": MessageKind.FIRST_CONTACT,
        "to": "mette@example.dk",
        "body": HELLO,
    }
    return Parcel(**(values | given))


def read(envelope):
    return email.message_from_bytes(envelope.original_content, policy=email.policy.default)


# ---------------------------------------------------------------------------------- what leaves
async def test_a_mail_says_who_writes_when_and_that_a_machine_did(there, carrier):
    sent = parcel()
    outcome = await carrier.send(sent)
    assert outcome.result is SendResult.ACCEPTED
    assert outcome.vendor_ref == f"mail:{sent.message_id}"
    [envelope] = there.taken
    assert (envelope.mail_from, envelope.rcpt_tos) == (FROM.address, ["mette@example.dk"])
    mail = read(envelope)
    assert mail["From"] == "Albertslund Kommune æøå <opkraevning@albertslund.example>"
    assert mail["To"] == "mette@example.dk"
    assert mail["Subject"] == "Besked fra Albertslund Kommune"
    assert mail["Date"].datetime == TUESDAY
    assert mail["Message-ID"] == f"<{sent.message_id}@mindelig.albertslund.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert (mail.defects, mail["Content-Language"]) == ([], "da")


async def test_each_mail_has_the_way_to_stop_as_mail_programs_know_it(there, carrier):
    sent = parcel()
    await carrier.send(sent)
    mail, raw = read(there.taken[0]), there.taken[0].original_content.decode("ascii")
    link = stop_links.address_of(carrier._settings, sent.conversation_id)
    assert link.startswith("https://mindelig.albertslund.example/mail/stop/")
    # On one line, and as it is: a mail program reads it by eye, so to speak (RFC 8058).
    assert f"\r\nList-Unsubscribe: <{link}>\r\n" in raw
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert stop_links.opened(carrier._settings, link.rpartition("/")[2]) == sent.conversation_id


@pytest.mark.parametrize("language", Language)
async def test_plain_and_html_say_the_same_and_fetch_nothing(there, carrier, language):
    await carrier.send(parcel(language=language, body="Hej & <goddag>."))
    mail = read(there.taken[0])
    plain = mail.get_body(("plain",)).get_content().replace("\r\n", "\n")
    page = mail.get_body(("html",)).get_content()
    link = mail["List-Unsubscribe"].strip("<>")
    assert plain.startswith("Hej & <goddag>.\n\n")
    assert "Hej &amp; &lt;goddag&gt;." in page
    assert re.findall(r"https?://[^\s\"'<>]+", plain) == [link]
    assert re.findall(r"https?://[^\s\"'<>]+", page) == [link]
    assert f'<html lang="{language}">' in page
    assert not re.search(r"<(img|script|link|iframe|video)|url\(|@import", page)
    assert not re.search(r"\bkr\.|\bDKK\b", plain)


async def test_bounces_go_where_the_municipality_wants_them(there, carrier_to):
    sender = FROM.model_copy(update={"bounces_to": "retur@albertslund.example"})
    carrier = carrier_to(f"smtp://127.0.0.1:{there.port}?starttls=never", sender=sender)
    await carrier.send(parcel())
    assert there.taken[0].mail_from == "retur@albertslund.example"
    assert "opkraevning@albertslund.example" in read(there.taken[0])["From"]


async def test_each_mail_has_a_connection_of_its_own(there, carrier):
    for _ in range(3):
        await carrier.send(parcel())
    assert there.connections == 3
    await carrier.close()


@pytest.mark.parametrize("kind", sorted(set(MessageKind) - NOTICES))
async def test_what_is_about_a_case_never_goes_by_mail(there, carrier, kind):
    outcome = await carrier.send(parcel(kind=kind))
    assert (outcome.result, outcome.error_code) == (SendResult.REFUSED_FOR_GOOD, "refused")
    assert there.connections == 0


async def test_a_municipality_without_a_sender_waits_for_an_operator(there, carrier_to):
    carrier = carrier_to(f"smtp://127.0.0.1:{there.port}?starttls=never", sender=None)
    outcome = await carrier.send(parcel())
    assert (outcome.result, outcome.error_code) == (SendResult.REFUSED_FOR_NOW, "our_account")


@pytest.mark.parametrize(
    "to",
    [
        "",
        "mette",
        "mette@",
        "@example.dk",
        "mette@example",
        "mette hansen@example.dk",
        "mette@example.dk\r\nBcc: all@example.dk",
        "mette@example.dk\nRCPT TO:<all@example.dk>",
        "mette@example.dk>,<all@example.dk",
        "mëtte@example.dk",
        "mette@-example.dk",
        f"{'m' * 65}@example.dk",
        f"mette@{'a.' * 125}dk",
        '"mette"@example.dk',
    ],
)
async def test_what_is_no_address_never_reaches_the_server(there, carrier, to):
    outcome = await carrier.send(parcel(to=to))
    assert (outcome.result, outcome.error_code) == (SendResult.REFUSED_FOR_GOOD, "not_an_address")
    assert there.connections == 0


async def test_a_domain_in_danish_letters_is_written_as_the_name_system_knows_it(there, carrier):
    await carrier.send(parcel(to="mette@blåbærgrød.dk"))
    assert there.taken[0].rcpt_tos == ["mette@xn--blbrgrd-fxak7p.dk"]


async def test_a_text_can_neither_end_the_mail_nor_add_a_header(there, carrier):
    body = "Hej.\r\n.\r\nMAIL FROM:<x@example.dk>\r\nBcc: all@example.dk"
    await carrier.send(parcel(body=body))
    [envelope] = there.taken
    mail = read(envelope)
    assert (mail["Bcc"], envelope.rcpt_tos) == (None, ["mette@example.dk"])
    assert "MAIL FROM:<x@example.dk>" in mail.get_body(("plain",)).get_content()


# ------------------------------------------------------------------------ what the server answers
GOOD, NOW = SendResult.REFUSED_FOR_GOOD, SendResult.REFUSED_FOR_NOW


@pytest.mark.parametrize(
    ("command", "answer", "result", "word"),
    [
        ("RCPT", "550 5.1.1 <mette@example.dk>: user unknown", GOOD, "no_such_mailbox"),
        ("RCPT", "550 5.1.10 Recipient not found", GOOD, "no_such_mailbox"),
        ("RCPT", "553 5.1.2 no such domain", GOOD, "no_such_mailbox"),
        ("RCPT", "551 User not local", GOOD, "no_such_mailbox"),
        ("RCPT", "553 5.1.3 bad address syntax", GOOD, "not_an_address"),
        ("RCPT", "550 Blocked by 127.0.0.1 policy 5.1.1.2", GOOD, "refused"),
        ("RCPT", "550 5.7.1 your machine is on a list", GOOD, "refused"),
        ("RCPT", "552 5.2.2 mailbox full", GOOD, "refused"),
        ("RCPT", "450 4.2.0 greylisted, come back", NOW, "vendor_down"),
        ("RCPT", "451 4.7.1 too many, slow down", NOW, "too_many"),
        ("RCPT", "452 4.2.2 over quota", NOW, "vendor_down"),
        ("MAIL", "553 5.7.1 not yours to send as", NOW, "our_account"),
        ("MAIL", "421 4.3.2 closing", NOW, "vendor_down"),
        ("DATA", "554 5.7.1 looks like spam", GOOD, "refused"),
        ("DATA", "550 5.1.1 no such user", GOOD, "no_such_mailbox"),
        ("DATA", "452 4.3.1 disk full", NOW, "vendor_down"),
        ("DATA", "451 4.7.0 rate limited", NOW, "too_many"),
    ],
)
async def test_each_refusal_teaches_what_it_says_and_no_more(
    there, carrier, command, answer, result, word
):
    there.answers[command] = answer
    with capture_logs() as logs:
        outcome = await carrier.send(parcel())
    assert (outcome.result, outcome.error_code) == (result, word)
    assert there.taken == []
    assert "mette" not in str(logs)


@pytest.mark.parametrize("command", ["MAIL", "RCPT"])
async def test_a_line_lost_before_the_text_left_is_tried_again(there, carrier, command):
    there.answers[command] = HANG_UP
    outcome = await carrier.send(parcel())
    assert (outcome.result, outcome.error_code) == (NOW, "vendor_down")


async def test_a_line_lost_after_the_text_left_is_never_repeated_blindly(there, carrier):
    there.answers["DATA"] = HANG_UP
    outcome = await carrier.send(parcel())
    assert outcome.result is SendResult.UNKNOWN
    assert len(there.taken) == 1


@pytest.mark.parametrize(
    ("command", "result"), [("RCPT", NOW), ("DATA", SendResult.UNKNOWN)]
)  # fmt: skip
async def test_a_server_that_says_nothing_is_not_waited_for(there, carrier_to, command, result):
    there.answers[command] = SAY_NOTHING
    url = f"smtp://127.0.0.1:{there.port}?starttls=never"
    carrier = carrier_to(url, timeout=timedelta(seconds=0.2))
    assert (await carrier.send(parcel())).result is result


async def test_a_server_that_is_not_there_is_tried_again(carrier_to, there):
    gone = carrier_to("smtp://127.0.0.1:1?starttls=never")
    outcome = await gone.send(parcel())
    assert (outcome.result, outcome.error_code) == (NOW, "vendor_down")
    with pytest.raises(ConnectionError):
        await gone.check()


# ----------------------------------------------------------------------------- who it is, and we
@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
async def test_the_way_is_encrypted_and_the_account_is_told(tmp_path, carrier_to, scheme):
    known = certificate(tmp_path)
    how = {"smtp": {"starttls": known.serving}, "smtps": {"tls": known.serving}}[scheme]
    async with mail_server(**how, has_accounts=True) as there:
        url = f"{scheme}://{USER}:{quote(PASSWORD)}@127.0.0.1:{there.port}"
        carrier = carrier_to(url, trusting=known.believing)
        assert (await carrier.send(parcel())).result is SendResult.ACCEPTED
        assert (there.accounts, there.encrypted) == ([USER], [True])
        assert str(there.port) in await carrier.check()


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
async def test_a_certificate_that_nobody_knows_is_not_believed(tmp_path, carrier_to, scheme):
    known = certificate(tmp_path)
    how: dict[str, Any] = {{"smtp": "starttls", "smtps": "tls"}[scheme]: known.serving}
    async with mail_server(**how) as there:
        carrier = carrier_to(f"{scheme}://127.0.0.1:{there.port}")
        outcome = await carrier.send(parcel())
        assert (outcome.result, outcome.error_code) == (NOW, "our_account")
        assert there.taken == []
        with pytest.raises(ConnectionError):
            await carrier.check()


async def test_a_server_without_starttls_gets_no_mail_in_the_open(there, carrier_to):
    carrier = carrier_to(f"smtp://127.0.0.1:{there.port}")
    outcome = await carrier.send(parcel())
    assert (outcome.result, outcome.error_code) == (NOW, "our_account")
    assert there.taken == []


async def test_an_account_it_does_not_know_waits_for_an_operator(carrier_to):
    async with mail_server(has_accounts=True) as there:
        carrier = carrier_to(f"smtp://{USER}:wrong@127.0.0.1:{there.port}?starttls=never")
        outcome = await carrier.send(parcel())
        assert (outcome.result, outcome.error_code) == (NOW, "our_account")
        with pytest.raises(ConnectionError, match="535"):
            await carrier.check()


async def test_without_a_server_there_is_no_carrier(tmp_path):
    with pytest.raises(NotConfiguredError, match="MINDELIG_SMTP_URL"):
        SmtpMail(load(home=tmp_path), policies(), StandingClock(TUESDAY))
