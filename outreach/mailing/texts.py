"""Writes letters (breve) from the templates under `dialogues/letters`: HTML and text."""

from __future__ import annotations

import html
from dataclasses import dataclass, fields
from functools import cache, partial
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, override

from babel.numbers import format_decimal
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError

from outreach.errors import TextError
from outreach.texts import show

if TYPE_CHECKING:
    from datetime import date

    from data.law.claim_types import PlanKind, Regime
    from data.municipalities.ladders import StepKind
    from data.values.money import Money
    from data.values.pay_lines import PayLine
    from data.values.phone import PhoneNumber
    from data.values.recipients import Recipient

FOLDER = Path(__file__).parents[2] / "dialogues" / "letters"


@dataclass(frozen=True, slots=True)
class Contents:
    """What one letter says (indhold), in the words of the templates; sums in øre."""

    kind: StepKind
    language: str
    written_on: date
    # who writes
    municipality: str
    unit: str
    telephone: PhoneNumber
    hours: str
    sms: PhoneNumber
    # to whom
    name: str
    is_business: bool
    is_co_debtor: bool
    has_co_debtors: bool
    # about what
    claim_ref: str
    claim_type: str
    claim_type_key: str
    owning_unit: str | None
    #: Who looks into a dispute, where policy sends it to the owner; none: we do.
    answering_unit: str | None
    period_start: date | None
    period_end: date | None
    instalment_no: int | None
    tax_year: int | None
    bill_sent_on: date
    due_date: date
    principal: Money
    fees: Money
    interest: Money
    paid: Money
    total: Money
    # this letter
    fee: Money
    regime: Regime
    interest_runs: bool
    pay_by: date
    pay_line: PayLine | None
    has_betalingsservice: bool
    invites_to_betalingsservice: bool
    plan: PlanKind
    offers_plan: bool
    gives_notice: bool
    #: General words on the state's means and on debt, once more than a first reminder is sent.
    is_general_told: bool
    # what comes after it, by the municipality's ladder
    follows: StepKind | None
    next_has_fee: bool
    goes_to: Recipient | None
    needs_breach: bool
    is_person_asked: bool
    spares_unable: bool
    #: Only in the letter to the one in whose home the supply is.
    social_authorities_told_on: date | None


@dataclass(frozen=True, slots=True)
class Written:
    """A letter as it leaves: its subject, and the whole of it as HTML."""

    subject: str
    html: str


def write(contents: Contents) -> Written:
    """Write a letter in the citizen's language.

    Raises:
        TextError: there is no such template, or it asks for a value nobody gave,
            or for one in another shape.
    """
    values = {field.name: getattr(contents, field.name) for field in fields(contents)}
    name = f"{contents.language}/{contents.kind.value}.html"
    try:
        page = _templates(contents.language).get_template(name).render(values)
    except TemplateError as fault:
        raise TextError(f"letter {name}: {fault}") from None
    except (TypeError, ValueError) as fault:  # its words may hold what a ledger wrote
        raise TextError(f"letter {name}: {type(fault).__name__}") from None
    return Written(subject(page), page)


@cache
def _templates(language: str) -> Environment:
    """Read a language's templates: what is filled in is escaped, and nothing may be missing."""
    known = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    in_words = partial(show, language=language)
    known.filters |= {"money": in_words, "day": in_words, "phone": in_words}
    known.filters["sum"] = partial(_in_column, language=language)
    return known


def _in_column(amount: Money, language: str) -> str:
    """Write a sum for a column of sums, always with its øre: `1.200,00 kr.`."""
    locale = "da_DK" if language == "da" else "en_GB"
    sign, oere = ("\N{MINUS SIGN}", -amount.oere) if amount.oere < 0 else ("", amount.oere)
    kroner = format_decimal(oere // 100, "#,##0", locale=locale)
    return f"{sign}{kroner}{',' if language == 'da' else '.'}{oere % 100:02d} kr."


def subject(page: str) -> str:
    """Return a letter's subject (emne): its title."""
    _, _, after = page.partition("<title>")
    return " ".join(html.unescape(after.partition("</title>")[0]).split())


def as_text(page: str) -> str:
    """Return a letter's words, a line a paragraph, heading, item or row."""
    reader = _Reader()
    reader.feed(page)
    return "\n".join(line for line in reader.lines if line)


_BLOCKS = frozenset({"p", "h1", "h2", "li", "tr", "div", "dl", "br", "header", "main"})
_UNSEEN = frozenset({"style", "title"})


class _Reader(HTMLParser):
    """Collects the words of a letter."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = [""]
        self._inside = ""

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._inside = tag
        elif tag in _BLOCKS or tag == "dt":
            self.lines.append("- " if tag == "li" else "")
        elif tag in {"td", "dd"}:
            self.lines[-1] += ": "

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._inside = ""
        elif tag in _BLOCKS:
            self.lines.append("")

    @override
    def handle_data(self, data: str) -> None:
        words = " ".join(data.split())
        if not self._inside and words:
            space = " " if data[:1].isspace() and self.lines[-1] else ""
            after = " " if data[-1:].isspace() else ""
            self.lines[-1] = f"{self.lines[-1]}{space}{words}{after}".replace("  ", " ")
