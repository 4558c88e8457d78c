"""Writes one e-mail around what a message says (e-mail): plain and HTML, headers, the way out."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from outreach.gateways import stop_links
from outreach.texts import catalogue

if TYPE_CHECKING:
    from datetime import datetime

    from data.municipalities.policy import MailSender, Policy
    from data.settings import Settings
    from data.values.ids import MessageId
    from outreach.runtime import Parcel

FOLDER: Final = Path(__file__).parents[2] / "dialogues" / "letters" / "mails"
#: A signed address is one long word: it must not be broken, nor written in the encoding of headers.
_ON_ONE_LINE: Final = SMTP.clone(max_line_length=900)


def message_id(settings: Settings, of: MessageId) -> str:
    """Return the Message-ID of our message, by which a bounce finds it again."""
    return f"<{of}@{urlsplit(settings.public_url).hostname}>"


def write(
    settings: Settings, policy: Policy, sender: MailSender, parcel: Parcel, to: str, now: datetime
) -> bytes:
    """Write an e-mail as it goes over the wire.

    It says what the message says, how to know that it is real, and how to stop it: no sum, no
    kind of claim, no picture, nothing that tells us whether it was opened.

    Raises:
        ValueError: a header would end before its end.
    """
    texts, name = catalogue(parcel.language), policy.name.of(parcel.language)
    link = stop_links.address_of(settings, parcel.conversation_id)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = formataddr((sender.name, sender.address))
    mail["To"] = to
    mail["Subject"] = subject = texts.render("mail_subject", municipality=name)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = message_id(settings, parcel.message_id)
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    mail["List-Unsubscribe"] = f"<{link}>"
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    paragraphs = [parcel.body, texts.render("mail_safe")]
    stop_line = texts.render("mail_stop_line", municipality=name, link=link)
    mail.set_content("\n\n".join([*paragraphs, stop_line]) + "\n")
    values = {
        "language": parcel.language.value,
        "subject": subject,
        "municipality": name,
        "paragraphs": paragraphs,
        "stop": link,
        "stop_words": texts.render("mail_stop_words", municipality=name),
    }
    mail.add_alternative(page("mail.html", **values), subtype="html")
    mail["Content-Language"] = parcel.language.value  # of the whole, so after its parts
    return mail.as_bytes(policy=_ON_ONE_LINE)


def page(template: str, **values: object) -> str:
    """Fill in a page of the folder: what is filled in is escaped, and nothing may be missing."""
    return _templates().get_template(template).render(values)


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
