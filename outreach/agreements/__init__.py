"""Amicable arrangements (mindelige ordninger): offered, read back, concluded once.

`terms` is what is agreed on and what stands against it, `offers` what lies on the table,
`concluding` how a yes becomes an agreement, `by_staff` what a caseworker does at the desk,
`by_answer` the yes to it,
`wording` the text that is read to the citizen.
"""

from outreach.agreements.by_answer import conclude_by_answer, confirmed
from outreach.agreements.by_staff import (
    AcknowledgementMissingError,
    HeldByOtherError,
    NotProvenError,
    NotRunningError,
    StaleTermsError,
    StandsAgainstError,
    conclude_by_staff,
    end_by_staff,
    propose_by_staff,
)
from outreach.agreements.concluding import accept
from outreach.agreements.offers import choose, offer, on_the_table, open_offer, read_back, withdraw
from outreach.agreements.terms import Refusal, Terms, agreeable, let_go_by, total_of
from outreach.agreements.wording import text_of
from outreach.overrides import NotAllowedError, ReasonMissingError

__all__ = [
    "AcknowledgementMissingError",
    "HeldByOtherError",
    "NotAllowedError",
    "NotProvenError",
    "NotRunningError",
    "ReasonMissingError",
    "Refusal",
    "StaleTermsError",
    "StandsAgainstError",
    "Terms",
    "accept",
    "agreeable",
    "choose",
    "conclude_by_answer",
    "conclude_by_staff",
    "confirmed",
    "end_by_staff",
    "let_go_by",
    "offer",
    "on_the_table",
    "open_offer",
    "propose_by_staff",
    "read_back",
    "text_of",
    "total_of",
    "withdraw",
]
