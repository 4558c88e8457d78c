"""May a case rest without closing the debt (henlæggelse): pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.rules.decision import ALLOWED, Reason, Refused, Verdict

if TYPE_CHECKING:
    from data.municipalities.ladders import Fact
    from data.municipalities.policy import Policy


def may_shelve(facts: frozenset[Fact], policy: Policy) -> Verdict:
    """Decide whether a caseworker may let a case rest: the policy's facts must be on record.

    Source: A18 and A19 (line 28): dependent on the service, willing to pay, presently unable.
    """
    if policy.shelving is None:
        return Refused(Reason.NOT_IN_POLICY)
    if not policy.shelving.needs <= facts:
        return Refused(Reason.FACTS_MISSING, basis=policy.shelving.source)
    return ALLOWED
