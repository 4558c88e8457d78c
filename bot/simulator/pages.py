"""The page with the telephones, for demos: read, answer, and send a round (simulatoren)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from bot.simulator import network
from bot.simulator.phones import Phone, telephones
from bot.simulator.refusals import LONGEST_BODY
from data.samples import sample
from data.values.time import copenhagen
from outreach import jobs
from outreach.texts import show

if TYPE_CHECKING:
    from bot.simulator.webhooks import Carrier
    from outreach.runtime import Runtime

PATH: Final = "/simulator"
LANGUAGES: Final = ("da", "en")
ROUND: Final = "outreach_round"
DEMO_STAFF: Final = "demo-{municipality}"

_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters["shown"] = show
_environment.filters["day"] = lambda day, language: show(day, language).partition(" ")[2]
_environment.filters["hour"] = lambda instant: f"{copenhagen(instant):%H.%M}"
_templates = Jinja2Templates(env=_environment)


def same_site(request: Request) -> None:
    """Refuse what another web site's page posts through the visitor's browser.

    Raises:
        HTTPException: 403, the page that posts is not ours.
    """
    origin = request.headers.get("origin")
    ours = request.headers.get("host")
    if origin is not None and urlsplit(origin).netloc != ours:
        raise HTTPException(403, "the page that posts is not this one")


router = APIRouter(prefix=PATH, tags=["simulator"], dependencies=[Depends(same_site)])

Lang = Annotated[str, Query(pattern="^(da|en)$")]
Show = Annotated[list[str], Query(max_length=40)]


@router.get("")
async def page(request: Request, lang: Lang = "da", show: Show = []) -> Response:  # noqa: B006
    """Show the telephones."""
    return await _phones(request, "page.html", lang, show)


@router.get("/news")
async def news(
    request: Request,
    seen: Annotated[str, Query(max_length=400)] = "",
    lang: Lang = "da",
    show: Show = [],  # noqa: B006
) -> Response:
    """Show the telephones that changed since `seen`, or 204 when none did."""
    phones = await _shown(request, show)
    if seen == _seen(phones):
        return Response(status_code=204)
    known = set(seen.split("."))
    changed = [phone for phone in phones if f"{phone.key}-{phone.seen}" not in known]
    return _render(request, "news.html", lang, phones, changed=changed)


@router.post("/phones/{key}/messages")
async def write(
    request: Request,
    key: str,
    body: Annotated[str, Form(max_length=LONGEST_BODY)] = "",
    *,
    picture: Annotated[bool, Form()] = False,
) -> Response:
    """Send what a telephone's holder wrote, with or without a picture.

    Raises:
        HTTPException: 404, there is no such telephone.
    """
    runtime: Runtime = request.app.state.runtime
    carrier: Carrier = request.app.state.simulator
    async with runtime.transaction() as session:
        found = await telephones(session, runtime, [key])
        if not found:
            raise HTTPException(404, "no such telephone")
        await network.write(
            session,
            runtime,
            sender=found[0].number,
            to=found[0].policy.senders.sms,
            body=body,
            num_media=int(picture),
        )
    carrier.wake()
    return _done(request)


@router.post("/round")
async def send_round(request: Request) -> Response:
    """Queue a round for each municipality, as the scheduler does every bank-day morning."""
    runtime: Runtime = request.app.state.runtime
    async with runtime.transaction() as session:
        for key in runtime.policies.keys:
            await jobs.defer(session, ROUND, once=f"{ROUND}:{key}", municipality=key)
    return _done(request)


async def _phones(request: Request, template: str, lang: str, keys: list[str]) -> Response:
    return _render(request, template, lang, await _shown(request, keys))


async def _shown(request: Request, keys: list[str]) -> list[Phone]:
    """Return the telephones asked for, or those the sample shows first."""
    runtime: Runtime = request.app.state.runtime
    known = sample().phones
    asked = [key for key in keys if key in known]
    first = [key for key, phone in known.items() if phone.shown]
    async with runtime.transaction() as session:
        return await telephones(session, runtime, asked or first)


def _render(
    request: Request, template: str, lang: str, phones: list[Phone], **more: object
) -> Response:
    runtime: Runtime = request.app.state.runtime
    now = runtime.clock.now()
    shown = [phone.key for phone in phones]
    context: dict[str, Any] = {
        "lang": lang,
        "phones": phones,
        "everybody": sample().people_by_phone,
        "shown_keys": shown,
        "claim_types": runtime.claim_types,
        "policies": [runtime.policies[key] for key in runtime.policies.keys],
        "now": now,
        "news_address": f"{PATH}/news?{_query(lang, shown, seen=_seen(phones))}",
        "address": f"{PATH}?{_query(lang, shown)}",
        "other_address": f"{PATH}?{_query(_other(lang), shown)}",
        "staff": DEMO_STAFF,
        "password": getattr(request.app.state, "demo_password", None),
        "longest": LONGEST_BODY,
        **more,
    }
    return _templates.TemplateResponse(
        request, template, context, headers={"Cache-Control": "no-store"}
    )


def _other(lang: str) -> str:
    return next(language for language in LANGUAGES if language != lang)


def _query(lang: str, shown: list[str], **more: str) -> str:
    return urlencode({"lang": lang, "show": shown} | more, doseq=True)


def _seen(phones: list[Phone]) -> str:
    return ".".join(f"{phone.key}-{phone.seen}" for phone in phones)


def _done(request: Request) -> Response:
    """Answer a form: ask htmx to look for news, or send a browser without it back to the page."""
    if request.headers.get("hx-request"):
        return Response(status_code=204, headers={"HX-Trigger": "news"})
    back = urlsplit(request.headers.get("referer", ""))
    query = f"?{back.query}" if back.path == PATH and back.query else ""
    return RedirectResponse(f"{PATH}{query}", status_code=303)
