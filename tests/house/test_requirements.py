"""Every requirement of the policies is known, quoted rightly, and proven or named with its part."""

import hashlib

import pytest
import yaml

from data.municipalities.requirements import FOLDER, TEXTS, Settled, registers
from tests.policy.numbered import by_requirement, numbered_tests

#: How many requirements each council's text was found to hold.
COUNTS = {"albertslund": ("A", 40), "faxe": ("F", 34)}
#: The texts as they were read in November 2026; line numbers in policy files rest on them.
AS_PUBLISHED = {
    "albertslund": "9b430dbaeffac3095c6a1edc51edf6bbda8df4d77e561bdec49f84ff6b391f79",
    "faxe": "6858d6fbf965035c8e8412877b45a06127b565be6cae09f5541dd00b04f82e86",
}
REQUIREMENTS = {
    number: (municipality, requirement)
    for municipality, register in registers().items()
    for number, requirement in register.requirements.items()
}
HERE = [number for number, (_, requirement) in REQUIREMENTS.items() if requirement.is_here]


@pytest.mark.parametrize("municipality", COUNTS)
def test_every_requirement_is_in_the_register_once_and_in_order(municipality):
    letter, count = COUNTS[municipality]
    numbers = list(registers()[municipality].requirements)
    assert numbers == [f"{letter}{number}" for number in range(1, count + 1)]


def test_each_register_has_its_letter_to_itself():
    assert len(REQUIREMENTS) == sum(len(register.requirements) for register in registers().values())
    assert registers().keys() == COUNTS.keys()


@pytest.mark.parametrize("number", REQUIREMENTS)
def test_the_lines_a_requirement_rests_on_say_something(number):
    municipality, requirement = REQUIREMENTS[number]
    quotes = registers()[municipality].quotes(number)
    assert list(quotes) == requirement.lines
    assert all(quotes.values())


@pytest.mark.parametrize("municipality", COUNTS)
def test_the_policy_text_is_the_councils_own_byte_for_byte(municipality):
    text = (TEXTS / f"{municipality}.txt").read_bytes()
    assert hashlib.sha256(text).hexdigest() == AS_PUBLISHED[municipality]


def test_every_requirement_of_today_is_proven_by_a_test_with_its_number():
    proven = by_requirement()
    assert [number for number in HERE if number not in proven] == []


#: The hard cases, as caseworkers number them.
HARD_CASES = {f"H{number}" for number in range(1, 23)}


def test_no_test_carries_a_number_that_no_policy_has():
    unknown = {
        test.node: number
        for test in numbered_tests()
        for number in test.numbers
        if number not in {*REQUIREMENTS, *HARD_CASES}
    }
    assert unknown == {}


def test_every_part_of_the_product_that_is_named_has_a_requirement():
    """What comes later is named by its part, and a part nobody needs is no longer offered."""
    named = {requirement.settled for _, requirement in REQUIREMENTS.values()}
    assert Settled.HERE in named
    assert named <= set(Settled)


def test_the_register_says_in_danish_what_it_says_in_english():
    for file in sorted(FOLDER.glob("*.yml")):
        rows = yaml.safe_load(file.read_text(encoding="utf-8"))["requirements"]
        told = [row["da"] for row in rows.values()]
        assert len(set(told)) == len(told)
        assert not {row["da"] for row in rows.values()} & {row["what"] for row in rows.values()}
