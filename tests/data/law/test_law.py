"""The law as data: figures by the day, and each mistake shown with file, line and key."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.law.claim_types import LimitationKind, Regime
from data.law.dated import Confidence, Dated, Versions
from data.law.interest import InterestKind
from data.values.money import NOTHING, Money
from data.values.recipients import Recipient
from data.yaml_files import DataFileError

TODAY = date(2026, 11, 24)


# The figures of the domain research, § 2.


@pytest.mark.parametrize(
    ("regime", "fee", "count", "gap", "notice"),
    [
        (Regime.UDPANTNING, 250, None, 0, 450),
        (Regime.CIVIL, 100, 3, 10, None),
        (Regime.NONE, 0, 0, 0, None),
    ],
)
def test_A21_the_law_sets_a_maximum_fee_a_count_and_a_gap(law, regime, fee, count, gap, notice):
    fees = law.fees[regime].on(TODAY)
    assert fees.max_fee == Money.kroner(fee)
    assert fees.max_count == count
    assert fees.min_gap_days == gap
    assert fees.enforcement_notice_max == (None if notice is None else Money.kroner(notice))


@pytest.mark.parametrize(
    ("day", "percent"),
    [
        (date(2022, 7, 1), "7.55"),
        (date(2022, 12, 31), "7.55"),
        (date(2023, 1, 1), "9.90"),
        (date(2023, 6, 30), "9.90"),
        (date(2023, 7, 1), "11.25"),
        (date(2024, 1, 1), "11.75"),
        (date(2024, 12, 31), "11.50"),
        (date(2025, 1, 1), "10.75"),
        (date(2026, 11, 24), "9.75"),
        (date(2031, 1, 1), "9.75"),  # the newest known holds until there is another
        (date(2015, 1, 1), "7.55"),  # and the first for what is older
    ],
)
def test_the_rate_of_a_day_is_the_half_years_reference_and_the_supplement(law, day, percent):
    assert law.interest.of(Regime.CIVIL).on(day) == Decimal(percent)


def test_the_other_regimes_know_one_percent_a_month_and_nothing(law):
    monthly = law.interest.of(Regime.UDPANTNING)
    assert monthly.kind is InterestKind.PER_STARTED_MONTH
    assert monthly.on(TODAY) == 1
    assert law.interest.of(Regime.NONE).kind is InterestKind.NONE
    assert law.interest.of(Regime.NONE).on(TODAY) == 0


def test_claims_end_after_three_years_and_some_after_five(law):
    assert law.limitation[LimitationKind.ORDINARY].on(TODAY).years == 3
    assert law.limitation[LimitationKind.FIVE_YEAR_LAPSE].on(TODAY).years == 5


def test_a_hand_over_has_a_floor_and_a_written_notice_to_each_debtor(law):
    now = law.hand_over.on(TODAY)
    assert now.least_total == Money.kroner(100)
    assert now.add_ons_exempt
    assert now.notice.written
    assert now.notice.each_co_debtor
    assert now.notice.channel == "digital_post"
    assert now.entry_filters["KFBOTMO"].most_principal == Money.kroner(3300)


def test_F24_the_bailiff_takes_preferential_claims_only_and_the_state_any(law):
    recipients = law.hand_over.on(TODAY).recipients
    assert recipients[Recipient.BAILIFF].only_preferential
    assert not recipients[Recipient.STATE].only_preferential


def test_the_state_is_given_every_field_its_system_names(law):
    required = {field.value for field in law.hand_over.on(TODAY).recipients["state"].required}
    assert required >= {
        "code",
        "principal",
        "period_start",
        "period_end",
        "last_day_to_pay",
        "due_date",
        "limitation_date",
        "description",
        "debtor_ids",
    }


def test_A16_child_benefit_can_never_be_assigned(law):
    assert law.assignments.on(TODAY).forbidden == {"boerne_og_ungeydelse"}


def test_F11_some_benefits_force_a_respite(law):
    assert law.statutory.on(TODAY).respite_benefits >= {"kontanthjaelp", "kun_foertidspension"}


# Dates.


class Percent(Dated):
    percent: int


def version(day, percent):
    return {
        "valid_from": day,
        "percent": percent,
        "source": "made up",
        "confidence": Confidence.KNOWN,
    }


@given(st.lists(st.dates(), min_size=1, max_size=8, unique=True), st.dates())
def test_the_version_of_a_day_is_the_last_that_had_begun(days, asked):
    days = sorted(days)
    versions = Versions[Percent].model_validate([version(day, n) for n, day in enumerate(days)])
    begun = [n for n, day in enumerate(days) if day <= asked]
    assert versions.on(asked).percent == max(begun, default=0)


def test_a_change_of_law_counts_from_its_day(amend):
    amended = amend(
        "fees.yml",
        "civil:\n",
        "civil:\n"
        "  - { valid_from: 2010-01-01, max_fee: 90, max_count: 3, min_gap_days: 10,"
        " source: made up, confidence: known }\n",
    )
    civil = amended.fees[Regime.CIVIL]
    assert civil.on(date(2017, 12, 31)).max_fee == Money.kroner(90)
    assert civil.on(date(2018, 1, 1)).max_fee == Money.kroner(100)


# Mistakes.

CIVIL_GAP = "min_gap_days: 10\n"


@pytest.mark.parametrize(
    ("file", "right", "wrong", "key", "because"),
    [
        ("fees.yml", "max_fee: 250", "max_fee: mange", "udpantning.0.max_fee", "not an amount"),
        ("fees.yml", "max_fee: 250", "max_fee: -1", "udpantning.0.max_fee", "0 kroner or more"),
        ("fees.yml", "max_fee: 250", "max_fees: 250", "udpantning.0.max_fees", "Extra inputs"),
        ("fees.yml", "max_count: 3", "max_count: three", "civil.0.max_count", "valid integer"),
        ("fees.yml", CIVIL_GAP, "min_gap_days: -1\n", "civil.0.min_gap_days", "or equal to 0"),
        ("fees.yml", "civil:", "civilret:", "civilret", "Extra inputs"),
        (
            "fees.yml",
            "valid_from: 2018-01-01",
            "valid_from: 2018-13-01",
            "udpantning.0.valid",
            "da",
        ),
        ("fees.yml", "valid_from: 2018-01-01", "valid_from: lately", "udpantning.0.valid", "date"),
        ("fees.yml", "confidence: found", "confidence: sure", "udpantning.0.confidence", "'found'"),
        ("fees.yml", "verified_on: null", "verified_on: often", "udpantning.0.verified", "date"),
        ("interest.yml", "percent: 1,", "percent: 101,", "udpantning.rates.0.percent", "100"),
        ("interest.yml", "points: 8,", "points: 108,", "civil.supplements.0.points", "100"),
        ("interest.yml", "percent: 1.9,", "percent: 190,", "civil.references.versions.1", "100"),
        ("interest.yml", "per_started_month", "by_the_hour", "udpantning.kind", "per_started"),
        ("interest.yml", "every_months: 6", "every_months: 0", "civil.references.renewed", "or eq"),
        ("limitation.yml", "years: 3", "years: 0", "ordinary.0.years", "equal to 1"),
        (
            "limitation.yml",
            "[acknowledgement,",
            "[kvittering,",
            "ordinary.0.interrupted_by",
            "ackn",
        ),
        ("limitation.yml", '"06-05"', '"06-31"', "roll.0.also_closed.0", "a month and a day"),
        (
            "limitation.yml",
            "counted_from: due_date",
            "counted_from: birth",
            "ordinary.0.co",
            "due_",
        ),
        (
            "statutory.yml",
            "percent_without: 4,",
            "percent_without: 400,",
            "versions.0.bands.0",
            "100",
        ),
        ("statutory.yml", "upto: 160949", "upto: 1609", "versions.0.bands", "lowest income first"),
        ("statutory.yml", "upto: 160949", "upto: 129069", "versions.0.bands", "each once"),
        ("statutory.yml", "- kontantydelse", "- Kontant!", "versions.0.respite_benefits", "match"),
        (
            "hand_over.yml",
            "least_total: 100",
            "least_total: -5",
            "versions.0.least_total",
            "0 kron",
        ),
        ("hand_over.yml", "KFBOTMO", "KFB", "versions.0.entry_filters", "match"),
        ("hand_over.yml", "      bailiff:", "      balie:", "versions.0.recipients", "bailiff"),
        (
            "hand_over.yml",
            "- claim_ref",
            "- claim_no",
            "versions.0.recipients.state.req",
            "claim_ref",
        ),
        ("assignments.yml", "forbidden: [b", "forbidden: [B", "versions.0.forbidden", "match"),
        (
            "claim_types.yml",
            "regime: udpantning",
            "regime: tax",
            "types.dagtilbud.law.0.reg",
            "civil",
        ),
        (
            "claim_types.yml",
            "codes: [KFDAINS,",
            "codes: [KFDA,",
            "types.dagtilbud.law.0.cod",
            "match",
        ),
        (
            "claim_types.yml",
            "closure: legal_gate",
            "closure: maybe",
            "types.vand.law.0.clo",
            "never",
        ),
        (
            "claim_types.yml",
            "plan: statutory",
            "plan: table",
            "types.dagtilbud_tilbage.law.0",
            "pol",
        ),
        ("claim_types.yml", "year: 2023", "year: now", "types.ejendomsskat.law.1.last_tax", "int"),
        (
            "claim_types.yml",
            "sensitive: true",
            "sensitiv: true",
            "types.kontanthjaelp.sensi",
            "Extra",
        ),
    ],
)
def test_a_mistake_is_shown_with_its_line_and_key(spoil, folder, file, right, wrong, key, because):
    said = spoil(file, right, wrong)
    lines = (folder / file).read_text(encoding="utf-8").splitlines()
    line = next(n for n, text in enumerate(lines, start=1) if wrong.strip() in text)
    [mistake] = [each for each in said if f": {key}" in each and because in each]
    told = int(mistake.split(":")[0])
    order_is_wrong = key == "versions.0.bands"  # shown where the list begins
    assert told < line if order_is_wrong else told == line


SECOND = "valid_from: 2024-01-01\n        regime: udpantning\n        plan: policy\n        pref"


@pytest.mark.parametrize("day", ["2017-01-01", "2018-01-01"])
def test_versions_out_of_order_are_refused(spoil, day):
    [said] = spoil("claim_types.yml", SECOND, SECOND.replace("2024-01-01", day))
    assert "types.ejendomsskat.law: versions must stand oldest first" in said


def test_a_figure_without_a_source_is_refused(spoil, folder):
    [said] = spoil("fees.yml", 'source: "renteloven § 9 b (S3)"', 'source: " "')
    assert "civil.0.source: must say where the figure comes from" in said


def test_a_figure_without_a_version_is_refused(spoil, folder):
    text = (folder / "assignments.yml").read_text(encoding="utf-8")
    [said] = spoil("assignments.yml", text[text.index("versions:") :], "versions: []\n")
    assert said.startswith("3: versions: List should have at least 1 item")


def test_a_missing_regime_is_told(spoil, folder):
    text = (folder / "fees.yml").read_text(encoding="utf-8")
    [said] = spoil("fees.yml", text[text.index("none:") :], "")
    assert "none: Field required" in said


def test_a_missing_file_is_told(folder, amend):
    (folder / "limitation.yml").unlink()
    with pytest.raises(DataFileError, match=r"limitation\.yml: cannot be read"):
        amend("fees.yml", "250", "250")


def test_no_fee_is_below_zero_whatever_the_day(law):
    for regime in Regime:
        for one in law.fees[regime].root:
            assert one.max_fee >= NOTHING
