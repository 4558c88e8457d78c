"""A municipality's file is checked at the start, and a mistake is shown with file, line and key."""

import shutil
from datetime import UTC, date, datetime

import pytest

from data.municipalities.policy import FOLDER, Policies
from data.values.money import Money
from data.values.phone import PhoneNumber
from data.values.time import at_local
from data.yaml_files import DataFileError


@pytest.fixture
def folder(tmp_path):
    """A folder with Albertslund's file, to be spoilt."""
    shutil.copy(FOLDER / "albertslund.yml", tmp_path)
    return tmp_path


@pytest.fixture
def spoil(folder):
    """Write one thing for another in Albertslund's file, and return what the program says."""

    def spoil_it(right, wrong):
        path = folder / "albertslund.yml"
        text = path.read_text(encoding="utf-8")
        assert text.count(right) >= 1
        path.write_text(text.replace(right, wrong, 1), encoding="utf-8")
        with pytest.raises(DataFileError) as refused:
            Policies.load(folder)
        return str(refused.value).removeprefix(str(path)), path

    return spoil_it


def line_with(path, words):
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if words in line)


@pytest.fixture(scope="module")
def policies():
    return Policies.load()


def test_the_two_municipalities_are_read(policies):
    assert policies.keys == ["albertslund", "faxe"]
    assert policies["faxe"].name.of("en") == "Faxe Municipality"
    assert policies["faxe"].name.of("da") == "Faxe Kommune"
    assert "faxe" in policies
    assert "odense" not in policies


def test_a_number_leads_to_its_municipality(policies):
    faxe = policies["faxe"]
    assert policies.of_number(faxe.senders.sms) is faxe
    assert policies.of_number(PhoneNumber.parse("20304050")) is None


def test_an_unknown_municipality_is_told_with_those_there_are(policies):
    with pytest.raises(KeyError, match=r"odense.*albertslund, faxe"):
        policies["odense"]


@pytest.mark.parametrize(
    ("right", "wrong", "key", "because"),
    [
        ('opens: "09:00"', "opens: 9", "contact.opens", '"09:00", in quotes'),
        ('opens: "09:00"', 'opens: "9 o\'clock"', "contact.opens", '"09:00", in quotes'),
        ('opens: "09:00"', 'opens: "25:00"', "contact.opens", '"09:00", in quotes'),
        ('opens: "09:00"', 'opens: "09:00+01:00"', "contact.opens", '"09:00", in quotes'),
        ("weekdays: [mon,", "weekdays: [man,", "contact.weekdays.0", "'mon', 'tue'"),
        ("weekdays: [mon, tue, wed, thu, fri]", "weekdays: []", "contact.weekdays", "at least 1"),
        ("public_holidays: false", "public_holidays: perhaps", "contact.public_holidays", "bool"),
        ("at_most_in_24_hours: 1", "at_most_in_24_hours: 0", "contact.at_most_in_24", "equal to 1"),
        ("tries: 3", "tries: three", "identity.tries", "valid integer"),
        ("tries: 3", "tries: 3\n  tires: 4", "identity.tires", "Extra inputs"),
        ('sms: "+4570990101"', "sms: 70990101", "senders.sms", "in quotes"),
        ('sms: "+4570990101"', 'sms: "12"', "senders.sms", "telephone number"),
        ("least_monthly: null", "least_monthly: halvtreds", "plans.least_mon", "no"),
        (
            "least_monthly: null",
            "least_monthly: -100",
            "plans.least_monthly",
            "more than 0",
        ),
        ("most_months: null", "most_months: 0", "plans.most_months", "equal to 1"),
        ("verified_on: 2026-11-01", "verified_on: lately", "policy.verified_on", "date"),
        ("key: albertslund", "key: Albertslund!", "key", "match"),
    ],
)
def test_a_wrong_value_is_shown_with_its_line_and_key(spoil, right, wrong, key, because):
    said, path = spoil(right, wrong)
    line = line_with(path, wrong.splitlines()[-1])
    assert said.startswith(f":{line}: {key}")
    assert because in said


def test_a_missing_value_is_shown_where_its_block_begins(spoil):
    said, path = spoil("  stands_hours: 24\n", "")
    assert said.startswith(
        f":{line_with(path, 'identity:')}: identity.stands_hours: Field required"
    )


def test_a_figure_without_a_source_is_refused(spoil):
    said, _ = spoil("  source: A8 (line 22)", '  source: "" #')
    assert "first_contact.source: must say where the figure comes from" in said


def test_hours_that_run_backwards_are_refused(spoil):
    said, path = spoil('  opens: "09:00"\n  closes: "19:00"', '  opens: "19:00"\n  closes: "09:00"')
    assert said.startswith(f":{line_with(path, 'contact:')}: contact: opens must be before closes")


def test_a_key_that_stands_twice_is_refused_with_the_second_line(spoil):
    said, path = spoil("  tries: 3\n", "  tries: 3\n  tries: 5\n")
    assert said == f":{line_with(path, 'tries: 5')}: tries stands twice"


def test_what_is_no_yaml_is_shown_with_its_line(spoil):
    said, path = spoil("identity:\n", "identity: [\n")
    line = int(said.split(":")[1])
    assert line_with(path, "identity: [") <= line <= line_with(path, "identity: [") + 2
    assert "column" in said


def test_a_file_in_another_encoding_is_refused(folder):
    path = folder / "albertslund.yml"
    path.write_bytes(path.read_text(encoding="utf-8").encode("cp1252"))
    with pytest.raises(DataFileError, match="UTF-8"):
        Policies.load(folder)


@pytest.mark.parametrize("text", ["", "# nothing\n", "- a\n- b\n", "words\n"])
def test_a_file_without_keys_is_refused(folder, text):
    (folder / "albertslund.yml").write_text(text)
    with pytest.raises(DataFileError, match=r"albertslund\.yml:1: the file must hold keys"):
        Policies.load(folder)


def test_a_folder_without_files_is_refused(tmp_path):
    with pytest.raises(DataFileError, match="holds no municipality file"):
        Policies.load(tmp_path)


def test_two_municipalities_may_not_share_a_number(folder):
    copied = (folder / "albertslund.yml").read_text(encoding="utf-8")
    other = folder / "odense.yml"
    other.write_text(copied.replace("key: albertslund", "key: odense"), encoding="utf-8")
    with pytest.raises(DataFileError) as refused:
        Policies.load(folder)
    line = line_with(other, "sms: ")
    assert str(refused.value).startswith(f"{other}:{line}: senders.sms: ")
    assert "albertslund.yml" in str(refused.value)


def test_a_file_is_called_as_its_key(folder):
    (folder / "albertslund.yml").rename(folder / "odense.yml")
    with pytest.raises(DataFileError, match=r"odense\.yml:3: key: is 'albertslund'"):
        Policies.load(folder)


def test_the_least_a_month_is_kroner(folder):
    path = folder / "albertslund.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("least_monthly: null", "least_monthly: 150.50"))
    assert Policies.load(folder)["albertslund"].plans.least_monthly == Money(15050)


# Contact hours (kontaktvindue): hverdage 9-19.


@pytest.mark.parametrize(
    ("asked", "opens"),
    [
        (at_local(date(2026, 11, 24), 10), at_local(date(2026, 11, 24), 10)),  # open: at once
        (at_local(date(2026, 11, 24), 9), at_local(date(2026, 11, 24), 9)),
        (at_local(date(2026, 11, 24), 8, 59), at_local(date(2026, 11, 24), 9)),
        (at_local(date(2026, 11, 24), 19), at_local(date(2026, 11, 25), 9)),  # closes at 19 sharp
        (at_local(date(2026, 11, 27), 20), at_local(date(2026, 11, 30), 9)),  # Friday evening
        (at_local(date(2026, 11, 28), 12), at_local(date(2026, 11, 30), 9)),  # Saturday
        (at_local(date(2026, 12, 23), 19), at_local(date(2026, 12, 28), 9)),  # past Christmas
        (at_local(date(2026, 12, 24), 10), at_local(date(2026, 12, 28), 9)),  # Christmas Eve
        (at_local(date(2026, 4, 1), 19), at_local(date(2026, 4, 7), 9)),  # past Easter
        (at_local(date(2026, 3, 27), 20), at_local(date(2026, 3, 30), 9)),  # clocks go forward
        (at_local(date(2026, 10, 23), 20), at_local(date(2026, 10, 26), 9)),  # clocks go back
        (at_local(date(2026, 12, 31), 20), at_local(date(2027, 1, 4), 9)),  # New Year
    ],
)
def test_a_first_message_waits_for_the_window(policies, asked, opens):
    contact = policies["albertslund"].contact
    assert contact.next_opening(asked) == opens
    assert contact.is_open(contact.next_opening(asked))


def test_the_next_opening_is_in_utc(policies):
    evening = datetime(2026, 3, 27, 19, tzinfo=UTC)
    assert policies["albertslund"].contact.next_opening(evening) == datetime(
        2026, 3, 30, 7, tzinfo=UTC
    )


def test_caseworkers_are_at_work_on_bank_days_from_nine_to_three(policies):
    office = policies["faxe"].office
    assert office.is_open(at_local(date(2026, 11, 24), 9))
    assert not office.is_open(at_local(date(2026, 11, 24), 15))
    assert not office.is_open(at_local(date(2026, 11, 28), 10))
    assert not office.is_open(at_local(date(2026, 5, 15), 10))  # the Friday after Ascension Day
