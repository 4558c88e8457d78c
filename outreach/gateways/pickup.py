"""Leaves messages where the citizen is just now: on an open web page, or in a call.

The page or the call is told (`Topic.TALK`) when the outbox has stored that they are there, and
fetches them. Nothing leaves the house, so the outcome is never unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.runtime import SendOutcome, SendResult

if TYPE_CHECKING:
    from outreach.runtime import Parcel


class Pickup:
    """The carrier of channels on which the citizen comes to us (web chat, telephone)."""

    async def send(self, parcel: Parcel) -> SendOutcome:
        """Take one message as ready to be fetched."""
        return SendOutcome(SendResult.ACCEPTED, vendor_ref=f"pickup:{parcel.message_id}")

    async def close(self) -> None:
        """Nothing is held open."""
