"""When the person on duty is called about a handoff nobody has taken (vagtopkald): pure.

An alert that comes twice wakes somebody twice; one that is lost may cost a life. So whatever we do
not know to have arrived is sent again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from data.municipalities.desk import Desk

#: Danger to life, home or safety: these call.
CALLING: Final = 1
#: Danger to life: this calls in office hours too, once its five minutes have passed at the desk.
LIFE_IN_DANGER: Final = 0
#: A call that has no result after so long was cut short: the process died under it.
CUT_SHORT_AFTER: Final = timedelta(minutes=1)
#: When so many calls have not helped, one is made this often, until somebody takes it.
RARELY: Final = timedelta(hours=1)

#: What the gateway made of a call (the words of `SendResult`).
_NOT_TAKEN: Final = "refused_for_now"
_UNSURE: Final = "unknown"


@dataclass(frozen=True, slots=True)
class LastCall:
    """The last call about a handoff (seneste opkald)."""

    number: int
    at: datetime
    #: A word of `SendResult`; none: no answer came back.
    result: str | None


def calls_now(severity: int, *, is_open: bool, is_escalated: bool) -> bool:
    """Tell whether a waiting handoff calls the person on duty at all.

    In office hours the desk itself alerts, on every open page. A danger to life that nobody took
    there in time is proof that nobody looks: then the telephone rings by day too.
    """
    if is_open:
        return severity == LIFE_IN_DANGER and is_escalated
    return severity <= CALLING


def next_call(
    last: LastCall | None, desk: Desk, now: datetime, *, times_returned: int = 0
) -> int | None:
    """Return the number of the call to make now; none: not now. It calls until somebody takes it.

    What came back from a holder who forgot it calls as densely again as what is new.

    A call that the gateway did not take, or that was cut short, is made again under its own number
    and so does not count; one of which nobody knows whether it arrived is followed by the next.
    """
    if last is None:
        return 1
    if last.result == _NOT_TAKEN:
        return last.number
    if last.result is None:
        return last.number if now - last.at >= CUT_SHORT_AFTER else None
    is_dense = last.number < desk.calls_close_together * (1 + times_returned)
    wait = desk.call_again if is_dense else max(desk.call_again, RARELY)
    is_time = (is_dense and last.result == _UNSURE) or now - last.at >= wait
    return last.number + 1 if is_time else None
