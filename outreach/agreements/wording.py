"""What a caseworker reads aloud or sends before a yes (aftaleteksten), from the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.models.agreements import AgreementKind
from outreach.texts import LANGUAGES, catalogue

if TYPE_CHECKING:
    from data.municipalities.policy import Policy
    from outreach.agreements.terms import Terms
    from outreach.texts import Catalogue

#: So many dates are written out one by one; a longer series by its first, last and rhythm.
DATES_WRITTEN_OUT = 12


def text_of(terms: Terms, policy: Policy, language: str) -> str:
    """Write what is agreed: sums, days, what it means, and that a yes acknowledges the debt."""
    texts = catalogue(language)
    match terms.kind:
        case AgreementKind.PLAN:
            return "\n".join([*_plan(terms, texts), texts.render("agreement_terms")])
        case AgreementKind.RESPITE:
            return texts.render("agreement_respite", total=terms.total, until=terms.respite_until)
        case AgreementKind.ASSIGNMENT:
            return texts.render(
                "agreement_assignment",
                benefit=texts.render(f"benefit.{terms.benefit}"),
                municipality=policy.name.of(language),
                total=terms.total,
                until=terms.respite_until,
            )


def _plan(terms: Terms, texts: Catalogue) -> list[str]:
    rates = terms.rates
    if len(rates) > DATES_WRITTEN_OUT and terms.rhythm is not None:
        series = texts.render(
            f"plan_series_{terms.rhythm.every.value}",
            total=terms.total,
            count=len(rates),
            amount=rates[0].amount,
            first=rates[0].due_on,
            last_amount=rates[-1].amount,
            last=rates[-1].due_on,
        )
        return [series]
    head = texts.plural("plan_head", len(rates), total=terms.total)
    return [
        head,
        *(texts.render("plan_rate", amount=rate.amount, date=rate.due_on) for rate in rates),
    ]


def acknowledges(text: str) -> bool:
    """Tell whether a text says, in any of our languages, that a yes acknowledges the debt."""
    plain = " ".join(text.split())
    return any(catalogue(language).render("acknowledges") in plain for language in LANGUAGES)


def acknowledging(text: str, language: str) -> str:
    """Return a text that says so, and how to answer; what is missing is put at its end."""
    texts = catalogue(language)
    missing = [] if acknowledges(text) else [texts.render("acknowledges")]
    return "\n".join([text, *missing, texts.render("agreement_reply")])
