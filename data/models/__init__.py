"""The tables: one module a noun; importing this package loads them all."""

from data.models import (
    agreements,
    citizens,
    claims,
    conversations,
    handoffs,
    simulator,
    staff,
)
from data.models.base import Record

__all__ = [
    "Record",
    "agreements",
    "citizens",
    "claims",
    "conversations",
    "handoffs",
    "simulator",
    "staff",
]
