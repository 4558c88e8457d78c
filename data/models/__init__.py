"""The tables: one module a noun; importing this package loads them all."""

from data.models import (
    agreements,
    cases,
    citizens,
    claims,
    conversations,
    corrections,
    hand_overs,
    handoffs,
    letters,
    payments,
    postings,
    simulator,
    staff,
)
from data.models.base import Record

__all__ = [
    "Record",
    "agreements",
    "cases",
    "citizens",
    "claims",
    "conversations",
    "corrections",
    "hand_overs",
    "handoffs",
    "letters",
    "payments",
    "postings",
    "simulator",
    "staff",
]
