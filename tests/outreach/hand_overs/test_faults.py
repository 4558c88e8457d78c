"""Every fault a rule can find has its words, and no word waits for a fault nobody finds."""

import ast

from outreach.hand_overs.faults import catalogue
from outreach.rules import hand_over_rows
from tests.house.sources import ROOT, calls, dotted

RULES = ROOT / "outreach" / "rules" / "hand_over_rows.py"


def codes():
    """The codes that stand in the rule, written out or in its table of missing codes."""
    written = {
        call.args[1].value
        for call in calls(RULES)
        if dotted(call.func) == "Fault" and isinstance(call.args[1], ast.Constant)
    }
    return written | set(hand_over_rows._NO_CODE.values())


def test_each_fault_has_words_and_each_word_a_fault():
    assert codes() == set(catalogue())
