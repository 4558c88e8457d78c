"""General texts for elsewhere (F31): website, local paper, information screen (tekster til andre).

They are the assistant's own, from the same catalogue and filled in by the same policy, so that the
website never says something else than the assistant does. Nothing in them is about anybody.
"""

from __future__ import annotations

import html
import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from data.law.helplines import Helplines
from data.municipalities.ladders import DecidedBy, StepKind
from data.values.recipients import Recipient
from data.values.time import day_of
from outreach.texts import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from data.municipalities.ladders import Ladder
    from data.municipalities.policy import Policy
    from outreach.runtime import Runtime
    from outreach.texts import Catalogue

#: Telephone lines for people in need: the one for danger has a sentence of its own.
_DANGER: Final = "emergency"
_LINES: Final = ("suicide", "violence", "children", "gambling", "alcohol")


class Format(StrEnum):
    """How the texts are written (format)."""

    HTML = "html"
    TXT = "txt"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Said:
    """One text, and where in the catalogue it is from."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """A question people have, and the answers to it (afsnit)."""

    head: Said
    answers: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Contents:
    """All that may be told to everybody (indhold)."""

    municipality: str
    language: str
    day: date
    title: Said
    by: Said
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class _Writer:
    """Fills in the texts by one municipality's policy, the law of a day, in one language."""

    runtime: Runtime
    policy: Policy
    texts: Catalogue
    day: date

    def say(self, key: str, **values: object) -> Said:
        return Said(key, self.texts.render(key, **values))

    def section(self, head: str, answers: Iterator[Said]) -> Section:
        return Section(self.say(head), tuple(answers))

    def sections(self) -> Iterator[Section]:
        yield self.section("contents_unpaid", self._unpaid())
        yield self.section("contents_hard", self._hard())
        yield self.section("contents_wrong", self._wrong())
        yield self.section("contents_help", self._help())
        yield self.section("contents_real", self._real())

    def _unpaid(self) -> Iterator[Said]:
        """What happens, as the municipality's own ladder and the council's decisions have it."""
        steps = self._ladder().steps
        reminders = [step for step in steps if step.step is StepKind.REMINDER]
        form = "one" if len(reminders) == 1 else "other"
        yield self.say("due_general")
        yield self.say(f"consequences_reminders_{form}", count=len(reminders))
        with_fee = [step.has_fee for step in reminders]
        yield self.say(_fees(with_fee))
        if any(with_fee):
            yield self.say("fees_person")
        charged = self.policy.interest.charged
        yield self.say("interest_by_law" if charged else "interest_not_charged")
        by_person = steps[-1].decided_by is DecidedBy.CASEWORKER
        yield self.say("consequences_person" if by_person else "consequences_rule")
        yield self.say("consequences_state")
        state = self.runtime.law.hand_over.on(self.day).recipients[Recipient.STATE]
        ours = self.policy.telephone.number
        yield self.say("state_general", phone=state.telephone or ours)

    def _hard(self) -> Iterator[Said]:
        telephone, language = self.policy.telephone, self.texts.language
        yield self.say("contents_ways")
        yield self.say(
            "contents_reach",
            telephone=telephone.number,
            hours=telephone.hours.of(language),
            sms=self.policy.senders.sms,
        )
        yield self.say("contents_assistant")

    def _wrong(self) -> Iterator[Said]:
        guidance, language = self.policy.guidance, self.texts.language
        yield self.say("contents_object")
        yield self.say("complaint_route", leader=guidance.complaints.of(language))
        if guidance.adviser is not None:
            name = guidance.adviser.name.of(language)
            yield self.say("complaint_adviser", adviser=name, number=guidance.adviser.number)

    def _help(self) -> Iterator[Said]:
        """Who helps; we never judge who is entitled to what (A32-A34)."""
        for key, line in (
            ("debt_relief", self.policy.guidance.debt_advice),
            ("contents_benefits", self.policy.guidance.benefits),
        ):
            yield self.say(key, office=line.name.of(self.texts.language), number=line.number)
        lines = Helplines.load().lines
        yield self.say("contents_danger", number=lines[_DANGER].number)
        for key in _LINES:
            yield self.say("contents_line", name=lines[key].name, number=lines[key].number)

    def _real(self) -> Iterator[Said]:
        senders = self.policy.senders
        yield self.say("contents_never")
        yield self.say("contents_sender", sms=senders.sms)
        if senders.email is not None:
            yield self.say("contents_sender_mail", mail=senders.email.address)

    def _ladder(self) -> Ladder:
        return next(one for one in self.policy.ladders.ladders if one.is_default)


def _fees(with_fee: list[bool]) -> str:
    """Choose what is said of fees, as the assistant does."""
    if not any(with_fee):
        return "fees_none"
    return "fees_all" if with_fee[0] else "fees_later"


def contents(runtime: Runtime, municipality: str, language: str) -> Contents:
    """Write what may be told to everybody, as it is today."""
    policy, day = runtime.policies[municipality], day_of(runtime.clock.now())
    writer = _Writer(runtime, policy, catalogue(language), day)
    name = policy.name.of(language)
    return Contents(
        municipality=municipality,
        language=language,
        day=day,
        title=writer.say("contents_title"),
        by=writer.say("contents_by", municipality=name, day=day),
        sections=tuple(writer.sections()),
    )


def write(what: Contents, wanted: Format) -> str:
    """Write the texts in a format: a page of its own, plain paragraphs, or data with their keys."""
    match wanted:
        case Format.HTML:
            return _page(what)
        case Format.TXT:
            return _plain(what)
        case Format.JSON:
            return json.dumps(asdict(what), ensure_ascii=False, indent=2, default=str) + "\n"


def _plain(what: Contents) -> str:
    parts = [what.title.text.upper()]
    for section in what.sections:
        parts += [section.head.text, *(said.text for said in section.answers)]
    return "\n\n".join([*parts, what.by.text]) + "\n"


def _page(what: Contents) -> str:
    """Write HTML that any website can take in: headings and paragraphs, no style, no script."""
    lines = [_tag("h1", what.title)]
    for section in what.sections:
        answers = "\n".join(_tag("p", said) for said in section.answers)
        lines += ["<section>", _tag("h2", section.head), answers, "</section>"]
    lines.append(_tag("p", what.by))
    head = f'<meta charset="utf-8">\n<title>{html.escape(what.title.text)}</title>'
    body = "\n".join(lines)
    return (
        f'<!doctype html>\n<html lang="{what.language}">\n<head>\n{head}\n</head>\n'
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _tag(name: str, said: Said) -> str:
    return f"<{name}>{html.escape(said.text, quote=False)}</{name}>"
