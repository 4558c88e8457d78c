"""Assignment of future claims (transport): the law's list, the policy's list, then a person."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.law.law import Law
from outreach.rules.assignments import may_assign
from outreach.rules.decision import ALLOWED, Reason, Refused

FORBIDDEN = Law.load().assignments.on(date(2026, 11, 24)).forbidden
WHITELIST = frozenset({"overskydende_skat", "boerne_og_ungeydelse"})

keys = st.sampled_from(["overskydende_skat", "boerne_og_ungeydelse", "loen", "feriepenge"])


@pytest.mark.parametrize(
    ("benefit", "whitelist", "signed", "answer"),
    [
        ("overskydende_skat", WHITELIST, True, ALLOWED),
        ("overskydende_skat", WHITELIST, False, Refused(Reason.NEEDS_CASEWORKER)),
        ("feriepenge", WHITELIST, True, Refused(Reason.NOT_IN_POLICY)),
        ("overskydende_skat", None, True, Refused(Reason.NOT_IN_POLICY)),
        ("overskydende_skat", frozenset(), True, Refused(Reason.NOT_IN_POLICY)),
        ("boerne_og_ungeydelse", WHITELIST, True, Refused(Reason.FORBIDDEN_BY_LAW)),
        ("boerne_og_ungeydelse", None, False, Refused(Reason.FORBIDDEN_BY_LAW)),
    ],
)
def test_A16_some_future_claims_may_be_assigned(benefit, whitelist, signed, answer):
    assert may_assign(benefit, FORBIDDEN, whitelist, signed_by_caseworker=signed) == answer


@given(keys, st.frozensets(keys), st.one_of(st.none(), st.frozensets(keys)), st.booleans())
def test_A16_nothing_is_assigned_against_law_policy_or_without_a_person(
    benefit, forbidden, whitelist, signed
):
    verdict = may_assign(benefit, forbidden, whitelist, signed_by_caseworker=signed)
    is_fine = benefit not in forbidden and benefit in (whitelist or frozenset()) and signed
    assert (verdict == ALLOWED) is is_fine
