"""Answers in the citizen's own language (sprog): one courteous line, then a person with a tolk.

The assistant speaks Danish and English. In a few languages more it has the lines that matter: who
writes, that a person answers and by when, that an interpreter is offered, and how to be safe.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel import Locale, UnknownLocaleError

from data.models.conversations import Awaiting
from data.values.time import day_of
from outreach import handoffs
from outreach.rules.one_time_codes import without_codes
from outreach.rules.phrases.foreign import foreign_language
from outreach.texts import LANGUAGES, LANGUAGES_OF_LINES, catalogue

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.conversations import Conversation, Message
    from outreach.runtime import Runtime

REASON = "language"
_LINE = "another_language"
#: A birth date or a case number has at least so many.
_FIGURES_OF_A_PROOF = 4


async def hand_over(
    session: AsyncSession,
    runtime: Runtime,
    *,
    conversation: Conversation,
    message: Message,
    language: str | None = None,
) -> str:
    """Give the conversation to a person with an interpreter (H14); return the line to answer with.

    The line tells who writes, by which day a person does, that there will be an interpreter, and
    the telephone. The caller sends it. A handoff that is open already is kept.

    Args:
        session: the caller's transaction; the conversation must be locked in it.
        runtime: clock, law and policies.
        conversation: what is handed over.
        message: what was written in another language, or asks for one.
        language: the code (ISO 639-1) that `foreign_language` or `named_language` gave; none: the
            citizen writes Danish or English and named no language that has lines.
    """
    handoff = await handoffs.open_handoff(
        session,
        runtime,
        conversation=conversation,
        reason=REASON,
        summary=summary(runtime, language),
        message_id=message.id,
    )
    policy = runtime.policies[conversation.municipality]
    return "\n\n".join(
        catalogue(spoken).render(
            _LINE,
            municipality=policy.name.of(spoken),
            telephone=policy.telephone.number,
            due=day_of(handoff.due_at),
        )
        for spoken in _lines_for(conversation, language)
    )


def heard(conversation: Conversation, text: str) -> str | None:
    """Return the code of the language a message is in, when it is not Danish or English.

    An answer to "who are you" holds names, and they are from everywhere.
    """
    figures = sum(letter.isdigit() for letter in text)
    if conversation.awaiting is Awaiting.IDENTITY and figures >= _FIGURES_OF_A_PROOF:
        return None
    return foreign_language(without_codes(text))  # `k7mf-wp3x` is no Arabic in Latin letters


def summary(runtime: Runtime, language: str | None) -> str:
    """Tell a caseworker, in Danish, that an interpreter is wanted and for which language."""
    words, name = runtime.reason_words(REASON), name_of(language)
    return f"{words}: {name}" if name else words


def name_of(language: str | None) -> str | None:
    """Return what a language is called in Danish (`polsk`), for the caseworker."""
    try:
        return Locale.parse(language).get_display_name("da") if language else None
    except (UnknownLocaleError, ValueError):
        return None


def answer_in(conversation: Conversation, message: Message, key: str) -> tuple[str, str]:
    """Return the language an answer by rule is given in, and the text that says it there.

    It is the conversation's, unless the message is in a language that has lines. A hard case
    without words of its own there has those of every hard case.
    """
    language = heard(conversation, message.body)
    if language in LANGUAGES_OF_LINES:
        known = catalogue(language).texts
        for text in (key, "hard_case" if key.startswith("hard_") else key):
            if text in known:
                return language, text
    return conversation.language, key


def _lines_for(conversation: Conversation, language: str | None) -> tuple[str, ...]:
    """Choose the catalogue: the citizen's own; for a language without lines English and Danish."""
    if language is None:
        return (conversation.language,)
    return (language,) if language in LANGUAGES_OF_LINES else LANGUAGES[::-1]
