"""The way out of e-mail: one click in a mail program, or a page with a button (framelding).

Source: RFC 8058. What looks at links before people do (scanners, previews) only ever asks with
GET, and GET changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog
from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from bot.runtime import RuntimeOf
from outreach import mails
from outreach.gateways import mail_writing, stop_links
from outreach.texts import LANGUAGES, catalogue

if TYPE_CHECKING:
    from data.models.conversations import Conversation
    from outreach.runtime import Runtime

log = structlog.get_logger(__name__)

router = APIRouter(prefix=stop_links.PATH, tags=["mail"], include_in_schema=False)

_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none';"
    " base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


@router.get("/{token}", response_class=HTMLResponse)
async def ask(token: str, runtime: RuntimeOf) -> HTMLResponse:
    """Show a page with a button; nothing is stopped yet."""
    async with runtime.transaction() as session:
        talk = await mails.of_link(session, runtime, token)
    return _page(runtime, talk, "mail_stop_ask", has_button=True) if talk else _over()


@router.post("/{token}", response_class=HTMLResponse)
async def stop(token: str, runtime: RuntimeOf) -> HTMLResponse:
    """Stop e-mail to the address the link is of; a second time does no harm."""
    async with runtime.transaction() as session:
        talk = await mails.of_link(session, runtime, token)
        if talk is not None:
            is_new = await mails.stop(session, runtime, talk)
            log.info("mail_stopped", conversation_id=str(talk.id), is_new=is_new)
    return _page(runtime, talk, "mail_stopped") if talk else _over()


def _page(
    runtime: Runtime, talk: Conversation, says: str, *, has_button: bool = False
) -> HTMLResponse:
    """Write the page in the language the conversation has; it names nobody."""
    policy, texts = runtime.policies[talk.municipality], catalogue(talk.language)
    name = policy.name.of(talk.language)
    head = texts.render("mail_stop_words", municipality=name)
    page = mail_writing.page(
        "stop.html",
        language=talk.language.value,
        head=head,
        says=[texts.render(says, municipality=name, telephone=policy.telephone.number)],
        button=head if has_button else None,
    )
    return HTMLResponse(page, headers=_HEADERS)


def _over() -> HTMLResponse:
    """Say the same whatever is wrong, in each language, so that nothing can be learnt by trying."""
    texts = [catalogue(language) for language in LANGUAGES]
    page = mail_writing.page(
        "stop.html",
        language=LANGUAGES[0],
        head=" / ".join(one.render("mail_stop_over") for one in texts),
        says=[one.render("mail_stop_over_ways") for one in texts],
        button=None,
    )
    return HTMLResponse(page, status_code=403, headers=_HEADERS)
