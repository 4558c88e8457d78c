"""Law as data: every file of the project is read, and a mistake in one is shown with its line."""

from datetime import date

import pytest

from data.law.claim_types import ClaimTypes, PlanKind
from data.law.handoffs import HandoffReasons
from data.law.helplines import Helplines
from data.yaml_files import Block, DataFileError, line_of, read

TODAY = date(2026, 11, 24)

#: The keys a ledger may use, as the contract with the outside names them.
PROMISED = [
    "dagtilbud",
    "dagtilbud_tilbage",
    "vand",
    "spildevand",
    "fjernvarme",
    "renovation",
    "rottegebyr",
    "vejbidrag",
    "ejendomsskat",
    "ejendomslaan",
    "kontanthjaelp",
    "beboerindskud",
    "bibliotek",
    "parkering",
    "tandpleje",
    "krisecenter",
    "husvild",
    "husleje",
    "sygedagpenge",
    "erhvervsaffald",
    "byggesag",
    "musikskole",
    "madordning",
    "mellemkommunal",
    "andet",
]


class Row(Block):
    name: str
    number: int


class Sheet(Block):
    valid_from: date
    rows: list[Row]
    more: dict[str, Row] | None = None


@pytest.fixture
def sheet(tmp_path):
    """Write a sheet, and return its path."""

    def write(text):
        path = tmp_path / "sheet.yml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_mistake_in_a_list_is_shown_on_its_own_line(sheet):
    path = sheet(
        "valid_from: 2026-01-01\nrows:\n"
        "  - { name: vand, number: 1 }\n"
        "  - name: varme\n    number: many\n"
    )
    with pytest.raises(DataFileError, match=r"sheet\.yml:5: rows\.1\.number: .*\(here: 'many'\)"):
        read(path, Sheet)


def test_each_mistake_has_a_line_of_its_own(sheet):
    path = sheet("valid_from: soon\nrows: []\nmore:\n  a: { name: 1, number: x, extra: 2 }\n")
    with pytest.raises(DataFileError) as refused:
        read(path, Sheet)
    lines = [line.removeprefix(str(path)) for line in str(refused.value).splitlines()]
    assert [line.split(": ")[:2] for line in lines] == [
        [":1", "valid_from"],
        [":4", "more.a.name"],
        [":4", "more.a.number"],
        [":4", "more.a.extra"],
    ]


def test_doubled_keys_are_found_at_any_depth(sheet):
    path = sheet(
        "valid_from: 2026-01-01\nrows:\n  - { name: a, number: 1, name: b }\n"
        "more:\n  a: { name: x, number: 1 }\n  a: { name: y, number: 2 }\n"
    )
    with pytest.raises(DataFileError) as refused:
        read(path, Sheet)
    assert str(refused.value).splitlines() == [
        f"{path}:3: name stands twice",
        f"{path}:6: a stands twice",
    ]


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(DataFileError, match=r"gone\.yml: cannot be read \(No such file"):
        read(tmp_path / "gone.yml", Sheet)


def test_yaml_cannot_make_objects(sheet):
    path = sheet("valid_from: !!python/object/apply:os.getcwd []\nrows: []\n")
    with pytest.raises(DataFileError, match=r"sheet\.yml:1: "):
        read(path, Sheet)


def test_the_line_of_a_key_is_found(sheet):
    path = sheet("# head\nvalid_from: 2026-01-01\nrows: []\nmore:\n  a: { name: x, number: 1 }\n")
    assert line_of(path, "more", "a") == 5
    assert line_of(path, "more", "b") == 4


def test_A9_the_law_knows_every_claim_type_a_ledger_may_send():
    types = ClaimTypes.load()
    assert set(PROMISED) == set(types.types)
    assert all(types.key_of(key) == key for key in PROMISED)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Børnepasning", "dagtilbud"),
        ("SFO", "dagtilbud"),
        (" kontanthjælp ", "kontanthjaelp"),
        ("REJSER", None),
        ("Ejendomsskat", "ejendomsskat"),
    ],
)
def test_danish_names_of_claim_types_are_accepted(name, key):
    assert ClaimTypes.load().key_of(name) == key


def test_what_the_law_fixes_is_not_for_the_assistant_to_offer():
    types = ClaimTypes.load()
    statutory = {key for key in PROMISED if types[key].on(TODAY).plan is PlanKind.STATUTORY}
    assert {"dagtilbud_tilbage", "kontanthjaelp", "sygedagpenge"} <= statutory


def test_names_that_reveal_health_violence_or_poverty_are_marked():
    types = ClaimTypes.load()
    assert {key for key in PROMISED if types[key].sensitive} >= {
        "kontanthjaelp",
        "tandpleje",
        "krisecenter",
        "husvild",
        "sygedagpenge",
    }


def test_every_helpline_has_a_number_and_a_source():
    lines = Helplines.load()
    assert lines.for_texts()["line_emergency"] == "112"
    assert all(line.number and line.source for line in lines.lines.values())


def test_every_reason_for_a_handoff_has_a_due_time_and_words():
    reasons = HandoffReasons.load().reasons
    assert all(reason.da and reason.en and reason.due for reason in reasons.values())
