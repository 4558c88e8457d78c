"""Reads what people write: wishes, choices, sums, rhythms, days, case numbers, language."""

from outreach.rules.phrases.amounts import parse_amount
from outreach.rules.phrases.choices import parse_choice
from outreach.rules.phrases.dates import parse_date
from outreach.rules.phrases.identity import claim_ref_candidates, matches_ref, parse_birth_date
from outreach.rules.phrases.language import detect_language
from outreach.rules.phrases.masking import mask
from outreach.rules.phrases.rhythms import parse_rhythm
from outreach.rules.phrases.wishes import parse_wish
from outreach.rules.wish import Rhythm

__all__ = [
    "Rhythm",
    "claim_ref_candidates",
    "detect_language",
    "mask",
    "matches_ref",
    "parse_amount",
    "parse_birth_date",
    "parse_choice",
    "parse_date",
    "parse_rhythm",
    "parse_wish",
]
