"""What each role may do at the desk (rettigheder): pure, and the only place that says so."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from data.models.staff import Role

if TYPE_CHECKING:
    from collections.abc import Iterable


class Right(StrEnum):
    """Something that may be done at the desk (rettighed), always in one's own municipality."""

    BE_HERE = "be_here"  # sign in, see one's own page, sign out
    TALK = "talk"  # the queue and the conversations: read, take over, answer, hand back
    READ_CASES = "read_cases"  # citizens, claims, agreements, payments
    ACT_ON_CASES = "act_on_cases"  # agree, respite, waive, freeze, note, override
    READ_TASKS = "read_tasks"
    ANSWER_TASKS = "answer_tasks"
    LEAD = "lead"  # the duty list; take a conversation from somebody, assign, saved texts
    ANSWER_FOR_UNIT = "answer_for_unit"  # the disputes and questions of one's own unit
    TEACH = "teach"  # mark and review what the assistant understood
    CAMPAIGN = "campaign"
    APPROVE = "approve"
    FOLLOW = "follow"  # figures without names
    AUDIT = "audit"  # read the record, export it
    MANAGE_PEOPLE = "manage_people"


_CASEWORK: Final = {
    Right.TALK, Right.READ_CASES, Right.ACT_ON_CASES, Right.READ_TASKS, Right.ANSWER_TASKS,
    Right.TEACH,
}  # fmt: skip

_RIGHTS: Final[dict[Role, set[Right]]] = {
    Role.CASEWORKER: _CASEWORK,
    Role.DUTY_MANAGER: {*_CASEWORK, Right.LEAD, Right.FOLLOW},
    Role.CAMPAIGN_MANAGER: {Right.CAMPAIGN, Right.FOLLOW},
    Role.APPROVER: {Right.APPROVE, Right.FOLLOW},
    Role.UNIT: {Right.ANSWER_FOR_UNIT},
    Role.HEAD: {*_CASEWORK, Right.LEAD, Right.APPROVE, Right.FOLLOW},
    Role.AUDITOR: {Right.AUDIT, Right.FOLLOW},
    Role.ADMINISTRATOR: {Right.MANAGE_PEOPLE},
}


def rights_of(roles: Iterable[str]) -> frozenset[Right]:
    """Return all that somebody with these roles may do; a word that is no role gives nothing."""
    known = [Role(word) for word in roles if word in set(Role)]
    return frozenset({Right.BE_HERE}.union(*(_RIGHTS[role] for role in known)))
