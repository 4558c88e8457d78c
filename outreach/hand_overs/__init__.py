"""Claims on their way to enforcement (overdragelse til inddrivelse), and what comes back.

`waiting` is the list on which a caseworker can stop a claim, `filing` writes the files,
`acknowledgements` takes in what the recipients answer, `recalls` takes claims back.
"""

from outreach.hand_overs.filing import file_due, file_hand_overs
from outreach.hand_overs.listing import Listed, PaidElsewhere, listed, to_write_down
from outreach.hand_overs.recalls import recall
from outreach.hand_overs.waiting import AlreadyFiledError, propose, stop
from outreach.overrides import ReasonMissingError

__all__ = [
    "AlreadyFiledError",
    "Listed",
    "PaidElsewhere",
    "ReasonMissingError",
    "file_due",
    "file_hand_overs",
    "listed",
    "propose",
    "recall",
    "stop",
    "to_write_down",
]
