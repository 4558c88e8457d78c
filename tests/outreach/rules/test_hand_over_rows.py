"""What leaves for a recipient is whole, and is refused field by field."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from data.law.claim_types import PlanKind, Regime, TypeLaw
from data.law.dated import Confidence, Versions
from data.law.hand_over import HandOver, HandOverLaw
from data.models.cases import Effect
from data.models.claims import ClaimState
from data.municipalities.ladders import Ground
from data.values.ids import DebtorKind
from data.values.money import Money
from data.values.recipients import Recipient
from outreach.rules.case import Agreements, Debtor, Word
from outreach.rules.decision import Reason
from outreach.rules.hand_over_rows import Fault, Liable, faults, still_fits
from tests.outreach.rules.make_case import case, noticed, policy, reminded
from tests.outreach.rules.make_row import (
    DUE,
    JENS,
    LAW,
    METTE,
    SHOP,
    TODAY,
    errors,
    fee,
    interest,
    row,
    warnings,
)


def test_a_whole_row_has_nothing_against_it_but_a_look_at_the_code():
    assert (errors(row(fee())), warnings(row(fee()))) == ([], ["several_codes"])


@pytest.mark.parametrize("missing", ["period_start", "period_end"])
def test_the_state_must_be_given_a_period(missing):
    assert errors(row(dated={missing: None})) == [(missing, "required")]


def test_a_period_runs_forward():
    backwards = {"period_start": date(2026, 9, 30), "period_end": date(2026, 9, 1)}
    assert errors(row(dated=backwards)) == [("period_start", "period_backwards")]


def test_a_type_without_a_code_is_refused_and_the_file_to_mend_is_named():
    heat = LAW.claim_types["fjernvarme"].on(TODAY)
    assert errors(row(type_law=heat, claim_type="fjernvarme")) == [("code", "code_unknown")]


def test_a_fee_or_interest_without_a_code_is_refused():
    benefit = LAW.claim_types["kontanthjaelp"].on(TODAY)
    given = row(fee(), type_law=benefit, claim_type="kontanthjaelp")
    assert errors(given) == [("code", "fee_code_unknown")]
    assert errors(row(interest())) == [("code", "interest_code_unknown")]


def test_the_last_day_to_pay_must_have_passed():
    given = row(dated={"last_day_to_pay": TODAY})
    assert errors(given) == [("last_day_to_pay", "not_past")]
    assert errors(row(dated={"last_day_to_pay": TODAY - timedelta(days=1)})) == []


def test_a_time_barred_claim_never_leaves_and_one_that_soon_will_be_is_told():
    long_ago = {"due_date": date(2023, 11, 1), "last_day_to_pay": date(2023, 11, 1)}
    assert errors(row(dated=long_ago)) == [("limitation_date", "time_barred")]
    soon = {"due_date": date(2024, 1, 15), "last_day_to_pay": date(2024, 1, 15)}
    assert (errors(row(dated=soon)), "limitation_near" in warnings(row(dated=soon))) == ([], True)


def test_an_acknowledgement_of_the_debt_gives_the_claim_three_more_years():
    dated = {"due_date": date(2023, 11, 1), "acknowledged_on": date(2025, 3, 3)}
    assert errors(row(dated=dated)) == []


@pytest.mark.parametrize(
    ("oere", "is_add_on", "expected"),
    [
        (10000, False, []),
        (9999, False, [("outstanding", "below_floor")]),
        (9999, True, []),
        (0, True, [("outstanding", "below_floor")]),
    ],
)
def test_below_a_hundred_kroner_only_an_add_on_leaves(oere, is_add_on, expected):
    given = row(paid=Money(120000 - oere), is_add_on=is_add_on)
    assert errors(given) == expected


def test_the_floor_counts_fees_and_interest():
    assert errors(row(fee(day=date(2026, 10, 5)), paid=Money(119000))) == []


def test_sums_that_do_not_add_up_are_refused():
    assert errors(row(outstanding=Money(120001))) == [("outstanding", "sums_differ")]
    [main] = row().parts
    torn = replace(main, principal=Money(100000))
    assert errors(row(parts=(torn,))) == [("outstanding", "above_principal")]


def test_what_the_states_filter_refuses_is_not_sent():
    shelter = TypeLaw(
        valid_from=date(2019, 1, 1),
        source="test",
        confidence=Confidence.FOUND,
        regime=Regime.NONE,
        plan=PlanKind.STATUTORY,
        codes=("KFBOTMO",),
    )
    given = row(type_law=shelter, claim_type="krisecenter", dated={"principal": Money(330001)})
    assert errors(given) == [("principal", "above_entry_filter")]
    most = row(type_law=shelter, claim_type="krisecenter", dated={"principal": Money(330000)})
    assert errors(most) == []


def test_every_debtor_was_told_before_today():
    untold = replace(JENS, noticed_on=None)
    assert errors(row(debtors=(METTE, JENS, SHOP))) == []
    assert errors(row(debtors=(METTE, untold))) == [("notice_dates", "notice_missing")]
    today = replace(METTE, noticed_on=TODAY)
    assert errors(row(debtors=(today,))) == [("notice_dates", "notice_missing")]


@pytest.mark.parametrize(
    "wrong",
    [
        Liable("3102801234", DebtorKind.PERSON, METTE.noticed_on),  # 31 February
        Liable("12345678", DebtorKind.BUSINESS, METTE.noticed_on),  # check digit
        Liable("0101801234", DebtorKind.BUSINESS, METTE.noticed_on),
        Liable("", DebtorKind.PERSON, METTE.noticed_on),
    ],
)
def test_a_number_that_can_be_nobodys_is_refused(wrong):
    assert errors(row(debtors=(wrong,))) == [("debtor_ids", "debtor_invalid")]


def test_the_same_debtor_twice_is_refused_and_none_at_all_too():
    assert errors(row(debtors=(METTE, METTE))) == [("debtor_ids", "debtor_twice")]
    assert errors(row(debtors=())) == [("debtor_ids", "required")]


def test_the_bailiff_takes_preferential_claims_only():
    assert errors(row(recipient=Recipient.BAILIFF)) == [("recipient", "not_preferential")]
    rats = LAW.claim_types["rottegebyr"].on(TODAY)
    given = row(type_law=rats, claim_type="rottegebyr", recipient=Recipient.BAILIFF)
    assert errors(given) == []


def test_the_bailiff_needs_no_code_and_no_period():
    tax = LAW.claim_types["ejendomsskat"].on(TODAY)
    dated = {"period_start": None, "period_end": None}
    given = row(type_law=tax, claim_type="ejendomsskat", recipient=Recipient.BAILIFF, dated=dated)
    assert errors(given) == []


def test_a_judgment_is_not_older_than_the_claim():
    assert errors(row(judgment_date=DUE)) == []
    assert errors(row(judgment_date=DUE - timedelta(days=1))) == [
        ("judgment_date", "judgment_before_due")
    ]


# -------------------------------------------------------------------------- field, code and facts
def only(given, law=LAW):
    """The one fault of a row, but for the look at the code."""
    [one] = [each for each in faults(given, law, TODAY) if each.code != "several_codes"]
    return one


def due(day, **dated):
    return {"due_date": day, "last_day_to_pay": day} | dated


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (
            row(dated={"due_date": date(2026, 11, 2)}),
            Fault("due_date", "due_after_last_day", {"ref": "F-1"}),
        ),
        (
            row(dated={"last_day_to_pay": date(2026, 12, 1)}),
            Fault("last_day_to_pay", "not_past", {"ref": "F-1", "day": "2026-12-01"}),
        ),
        (
            row(dated=due(date(2023, 11, 22))),
            Fault("limitation_date", "time_barred", {"ref": "F-1", "day": "2026-11-23"}),
        ),
        (
            row(dated=due(date(2024, 1, 15))),
            Fault(
                "limitation_date",
                "limitation_near",
                {"ref": "F-1", "day": "2027-01-15", "months": "6"},
                is_warning=True,
            ),
        ),
        (
            row(outstanding=Money(120001)),
            Fault("outstanding", "sums_differ", {"parts": "1200.00", "claim": "1200.01"}),
        ),
        (
            row(paid=Money(111050)),
            Fault("outstanding", "below_floor", {"total": "89.50", "least": "100.00"}),
        ),
        (
            row(debtors=(METTE, replace(JENS, noticed_on=None))),
            Fault("notice_dates", "notice_missing", {"debtor": "2"}),
        ),
        (
            row(debtors=(METTE, replace(JENS, debtor_id="1"))),
            Fault("debtor_ids", "debtor_invalid", {"debtor": "2"}),
        ),
    ],
)
def test_a_fault_names_its_field_and_what_a_person_needs_to_mend_it(given, fault):
    assert only(given) == fault


@pytest.mark.parametrize(
    ("claim_type", "codes"),
    [("rottegebyr", []), ("dagtilbud_tilbage", ["KFTILDA, KFTØFIN"])],
)
def test_a_person_looks_at_the_code_only_where_a_type_has_several(claim_type, codes):
    type_law = LAW.claim_types[claim_type].on(TODAY)
    wrong = faults(row(type_law=type_law, claim_type=claim_type), LAW, TODAY)
    assert [(one.field, one.facts["codes"]) for one in wrong if one.code == "several_codes"] == [
        ("code", each) for each in codes
    ]


def test_the_look_is_at_the_principals_code_and_not_at_its_fees():
    [look] = faults(row(fee()), LAW, TODAY)
    codes = {"code": "KFDAINS", "codes": "KFDAINS, KFSKFRI, KLFRUNG"}
    assert look == Fault("code", "several_codes", codes, is_warning=True)


def test_a_period_may_be_a_single_day():
    assert errors(row(dated={"period_start": DUE, "period_end": DUE})) == []


def test_a_claim_may_leave_on_its_last_day_and_is_near_it_for_six_months():
    last_day = row(dated=due(date(2023, 11, 24)))
    assert only(last_day).code == "limitation_near"
    assert only(row(dated=due(date(2024, 5, 21)))).code == "limitation_near"
    assert warnings(row(dated=due(date(2024, 5, 24)))) == ["several_codes"]


def test_where_the_law_asks_for_one_notice_the_first_debtor_is_the_one_told():
    now = LAW.hand_over.on(TODAY)
    notice = now.notice.model_copy(update={"each_co_debtor": False})
    versions = Versions[HandOverLaw].model_construct([now.model_copy(update={"notice": notice})])
    law = replace(LAW, hand_over=HandOver(versions=versions))
    untold = replace(JENS, noticed_on=None)
    [look] = faults(row(debtors=(METTE, untold)), law, TODAY)
    assert look.is_warning
    assert only(row(debtors=(untold, METTE)), law).facts == {"debtor": "1"}


# --------------------------------------------------------------- the last look before it leaves
DAY = date(2026, 4, 20)
TOLD = reminded(gave_notice=True)


def answer(to=Recipient.STATE, **given):
    return still_fits(case(taken=(TOLD,), **given), LAW, policy("faxe"), DAY, to)


def fits(**given):
    found = answer(**given)
    return found if isinstance(found, Ground) else found.reason


def test_F21_an_unpaid_first_reminder_is_the_ground_when_nothing_has_changed():
    assert fits() is Ground.UNPAID_REMINDER


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"paid": Money(120000)}, Reason.PAID),
        ({"paid": Money(115000)}, Reason.BELOW_FLOOR),
        ({"state": ClaimState.IN_PLAN}, Reason.IN_PLAN),
        ({"state": ClaimState.DISPUTED}, Reason.DISPUTED),
        ({"state": ClaimState.SHELVED}, Reason.SHELVED),
        ({"state": ClaimState.HANDED_OVER}, Reason.HANDED_OVER),
        ({"debtor": Debtor(is_frozen=True)}, Reason.FROZEN),
        ({"debtor": Debtor(is_deceased=True)}, Reason.DECEASED),
        ({"paused_until": DAY}, Reason.PAUSED),
        ({"words": (Word("hand_over:1", Effect.HOLD),)}, Reason.HELD_BY_CASEWORKER),
        ({"words": (Word("all", Effect.HOLD),)}, Reason.HELD_BY_CASEWORKER),
    ],
)
def test_A11_what_has_changed_in_the_quiet_period_stops_it(changed, reason):
    assert fits(**changed) is reason


def test_F24_a_claim_does_not_leave_for_another_recipient_than_the_ladders():
    assert fits(to=Recipient.BAILIFF) is Reason.NOT_IN_POLICY


def test_F20_a_benefit_claim_needs_a_broken_agreement():
    assert fits(claim_type="kontanthjaelp") is Reason.NO_GROUND
    broken = Agreements(breaches=1)
    assert fits(claim_type="kontanthjaelp", agreements=broken) is Ground.BROKEN_AGREEMENT


@pytest.mark.parametrize(
    ("given", "ladder"),
    [
        ({"to": Recipient.BAILIFF}, "dagtilbud"),
        ({"words": (Word("hand_over:1", Effect.HOLD, until=DAY),)}, "dagtilbud"),
        ({"claim_type": "kontanthjaelp"}, "kontanthjaelp"),
    ],
)
def test_what_stops_it_names_the_step_and_the_policys_line(given, ladder):
    source = policy("faxe").ladders.of(ladder, preferential=False).steps[-1].source
    refused = answer(**given)
    assert (refused.retry_at, refused.basis, refused.step) == (None, source, "hand_over:1")


def test_a_hold_that_has_ended_stops_nothing():
    yesterday = DAY - timedelta(days=1)
    assert fits(words=(Word("hand_over:1", Effect.HOLD, until=yesterday),)) is (
        Ground.UNPAID_REMINDER
    )


def test_the_hand_over_is_the_ladders_last_step_however_long_it_is():
    last = [reminded(), reminded(2), noticed()]
    yes = (Word("hand_over:1", Effect.APPROVE, ground=Ground.REPEATED_BREACH),)
    ripe = case(taken=tuple(last), words=yes, agreements=Agreements(breaches=9))
    day = date(2026, 6, 8)
    assert still_fits(ripe, LAW, policy("albertslund"), day, Recipient.STATE) is (
        Ground.REPEATED_BREACH
    )
