"""Reusable answers (svartekster): the list, writing them, and finding one for a conversation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from data.models.citizens import Language
from data.queries import conversations as queries
from data.values.ids import SavedTextId
from data.values.time import day_of
from desk import pages, thread
from desk.auth import Acting, SignedIn, Visitor
from desk.forms import Entered, FieldsError
from desk.pages import Notice
from outreach import saved_texts
from outreach.errors import ConflictError
from outreach.rules import places

if TYPE_CHECKING:
    from data.models.saved import SavedText

router = APIRouter(route_class=pages.DeskRoute)

#: Found ones shown in a conversation.
_MOST_FOUND: Final = 12
_LONGEST_TITLE: Final = 120
_MOST_TAGS: Final = 20
_DONE: Final = {
    "written": "texts.written",
    "changed": "texts.changed",
    "archived": "texts.archived",
    "taken-out": "texts.taken_out",
}
_Text = Annotated[pages.Typed, Form(max_length=20_000)]


@dataclass(frozen=True, slots=True)
class Found:
    """A text as it would stand in one conversation."""

    text: SavedText
    filled: str


@router.get("/desk/texts")
async def every_text(request: Request, visitor: SignedIn) -> Response:
    """List the municipality's texts in one language, and search them."""
    asked = request.query_params
    done = _DONE.get(asked.get("done", ""))
    notice = Notice("success", pages.words(request)(done)) if done else None
    return await _list(request, visitor, notice, Entered())


@router.get("/desk/texts/{text_id}")
async def one_text(request: Request, text_id: UUID, visitor: SignedIn) -> Response:
    """Show one text, and the form to change it."""
    return await _one(request, visitor, text_id, None, Entered())


@router.post("/desk/texts")
async def write(
    request: Request,
    visitor: Acting,
    title: _Text = "",
    body: _Text = "",
    tags: _Text = "",
    written_in: _Text = "da",
) -> Response:
    """Write a new text."""
    runtime, language = pages.runtime_of(request), _language(written_in)
    values = {"title": title, "body": body, "tags": tags, "written_in": language.value}
    try:
        given = _read(request, title, body, tags)
        async with runtime.transaction() as session:
            await saved_texts.write(
                session, runtime, visitor.staff, language=language,
                title=given.title, body=given.body, tags=given.tags,
            )  # fmt: skip
    except (FieldsError, ConflictError) as fault:
        return await _list(
            request, visitor, _at_fault(request), Entered("write", values, _faults(request, fault))
        )
    return RedirectResponse(f"/desk/texts?written_in={language}&done=written", status_code=303)


@router.post("/desk/texts/{text_id}/change")
async def change(
    request: Request,
    text_id: UUID,
    visitor: Acting,
    title: _Text = "",
    body: _Text = "",
    tags: _Text = "",
) -> Response:
    """Change a text."""
    runtime, values = pages.runtime_of(request), {"title": title, "body": body, "tags": tags}
    try:
        given = _read(request, title, body, tags)
        async with runtime.transaction() as session:
            text = await saved_texts.edit(
                session, runtime, visitor.staff, SavedTextId(text_id),
                title=given.title, body=given.body, tags=given.tags,
            )  # fmt: skip
    except (FieldsError, ConflictError) as fault:
        entered = Entered("change", values, _faults(request, fault))
        return await _one(request, visitor, text_id, _at_fault(request), entered)
    return RedirectResponse(f"/desk/texts?written_in={text.language}&done=changed", status_code=303)


@router.post("/desk/texts/{text_id}/archive")
async def archive(request: Request, text_id: UUID, visitor: Acting) -> Response:
    """Put a text away; the list then offers to take it out again."""
    runtime = pages.runtime_of(request)
    async with runtime.transaction() as session:
        await saved_texts.archive(session, runtime, visitor.staff, SavedTextId(text_id))
    return RedirectResponse(f"/desk/texts?done=archived&undo={text_id}", status_code=303)


@router.post("/desk/texts/{text_id}/take-out")
async def take_out(request: Request, text_id: UUID, visitor: Acting) -> Response:
    """Take a text out again."""
    runtime = pages.runtime_of(request)
    try:
        async with runtime.transaction() as session:
            await saved_texts.unarchive(session, runtime, visitor.staff, SavedTextId(text_id))
    except ConflictError:
        t = pages.words(request)
        notice = Notice("warning", t("texts.same_title"), t("form.fault_title"), 409)
        return await _list(request, visitor, notice, Entered())
    return RedirectResponse("/desk/texts?done=taken-out", status_code=303)


@router.get("/desk/conversations/{conversation_id}/texts")
async def pick(request: Request, conversation_id: UUID, visitor: SignedIn) -> Response:
    """Show the texts that fit a conversation, on a page of their own."""
    return pages.page(
        request,
        "texts_pick.html",
        visitor=visitor,
        **await _fitting(request, conversation_id, visitor),
    )


@router.get("/desk/conversations/{conversation_id}/texts/live")
async def picked(request: Request, conversation_id: UUID, visitor: SignedIn) -> Response:
    """Return the texts that fit what is searched for, to be shown beside the answer."""
    found = await _fitting(request, conversation_id, visitor)
    return pages.piece(request, "parts/texts_found.html", visitor, **found)


async def _fitting(request: Request, conversation_id: UUID, visitor: Visitor) -> dict[str, Any]:
    """Find texts in the citizen's language, filled as far as the citizen is known."""
    runtime, asked = pages.runtime_of(request), request.query_params.get("q", "")[:100]
    async with runtime.transaction() as session:
        talk = await thread.found(session, conversation_id, visitor)
        card = await queries.card(session, talk, day_of(runtime.clock.now()))
        texts = await saved_texts.search(
            session, runtime, visitor.municipality, talk.language, asked, limit=_MOST_FOUND
        )
    values = saved_texts.places(runtime, talk, card.claims, visitor.staff)
    level = saved_texts.level(talk, runtime)
    found = [Found(each, places.fill(each.body, values, level)) for each in texts]
    return {"talk": talk, "texts": found, "asked": asked}


@dataclass(frozen=True, slots=True)
class _Given:
    """A text as it was written in a form."""

    title: str
    body: str
    tags: list[str]


def _read(request: Request, title: str, body: str, tags: str) -> _Given:
    """Check a text.

    Raises:
        FieldsError: something is missing, too long, or a place in it does not exist.
    """
    t, faults = pages.words(request), dict[str, str]()
    written = body.replace("\r\n", "\n").strip()
    if not title.strip():
        faults["title"] = t("texts.title_missing")
    elif len(title.strip()) > _LONGEST_TITLE:
        faults["title"] = t("texts.title_too_long", most=_LONGEST_TITLE)
    if not written:
        faults["body"] = t("texts.body_missing")
    elif len(written) > thread.LONGEST_ANSWER:
        faults["body"] = t("answer.too_long", most=thread.LONGEST_ANSWER)
    elif unknown := places.unknown(written):
        faults["body"] = " ".join(t("place.unknown", place=f"{{{each}}}") for each in unknown)
    if faults:
        raise FieldsError(faults)
    words = [word.strip()[:40] for word in tags.split(",") if word.strip()]
    return _Given(title.strip(), written, words[:_MOST_TAGS])


def _faults(request: Request, fault: FieldsError | ConflictError) -> dict[str, str]:
    if isinstance(fault, FieldsError):
        return dict(fault.faults)
    return {"title": pages.words(request)("texts.same_title")}


def _at_fault(request: Request) -> Notice:
    t = pages.words(request)
    return Notice("warning", t("form.fault"), t("form.fault_title"), 422)


def _language(word: str) -> Language:
    return Language(word) if word in set(Language) else Language.DANISH


async def _list(
    request: Request, visitor: Visitor, notice: Notice | None, entered: Entered
) -> Response:
    asked, runtime = request.query_params, pages.runtime_of(request)
    language = _language(asked.get("written_in") or entered.value("write", "written_in", "da"))
    words = asked.get("q", "")[:100]
    async with runtime.transaction() as session:
        texts = await saved_texts.search(session, runtime, visitor.municipality, language, words)
    return pages.page(
        request,
        "texts.html",
        status=notice.status if notice else 200,
        visitor=visitor,
        texts=texts,
        written_in=language.value,
        spoken=[each.value for each in Language],
        asked=words,
        undo=asked.get("undo", "") if asked.get("done") == "archived" else "",
        notice=notice,
        entered=entered,
        levels=places.LEVELS,
        most=thread.LONGEST_ANSWER,
    )


async def _one(
    request: Request, visitor: Visitor, text_id: UUID, notice: Notice | None, entered: Entered
) -> Response:
    async with pages.runtime_of(request).transaction() as session:
        text = await saved_texts.one(session, visitor.municipality, SavedTextId(text_id))
    return pages.page(
        request,
        "text.html",
        status=notice.status if notice else 200,
        visitor=visitor,
        text=text,
        notice=notice,
        entered=entered,
        levels=places.LEVELS,
        most=thread.LONGEST_ANSWER,
    )
