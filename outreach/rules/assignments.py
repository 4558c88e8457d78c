"""May a future claim of the citizen be assigned (transport): pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.rules.decision import ALLOWED, Reason, Refused, Verdict

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet


def may_assign(
    benefit: str,
    forbidden: AbstractSet[str],
    whitelist: AbstractSet[str] | None,
    *,
    signed_by_caseworker: bool,
) -> Verdict:
    """Decide whether money the citizen will get can be assigned to a claim.

    The law's list (`forbidden`) outranks the policy's (`whitelist`; none: this municipality takes
    no assignments), and only a caseworker concludes one.

    Source: A16 (line 26, "visse fremtidige tilgodehavender"); børne- og ungeydelsesloven § 11.
    """
    if benefit in forbidden:
        return Refused(Reason.FORBIDDEN_BY_LAW)
    if whitelist is None or benefit not in whitelist:
        return Refused(Reason.NOT_IN_POLICY)
    if not signed_by_caseworker:
        return Refused(Reason.NEEDS_CASEWORKER)
    return ALLOWED
