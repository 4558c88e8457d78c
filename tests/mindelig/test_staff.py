"""`mindelig staff …`: who may sign in, as what, and why not when it does not."""

import json

import pytest
from typer.testing import CliRunner

from mindelig.staff import app
from outreach.errors import ConflictError, NotFoundError
from outreach.staff import LastAdministratorError, NoPasswordError, UnitMissingError

ANNA = ["add", "anna", "--name", "Anna Berg", "--municipality", "albertslund", "--password-stdin"]
PASSWORD = "en lang og god adgangskode\n"


@pytest.fixture
def staff(runtime, postgres, tmp_path):
    """Run the command on the story's own database."""
    environment = {"MINDELIG_DATABASE_URL": postgres, "MINDELIG_HOME": str(tmp_path)}

    def run(*arguments, given=""):
        return CliRunner().invoke(app, arguments, input=given, env=environment)

    return run


def test_a_caseworker_is_added_and_listed_without_anything_of_the_password(staff):
    added = staff(*ANNA, given=PASSWORD)
    assert (added.exit_code, added.output) == (0, "Added anna (albertslund).\n")
    listed = staff("list", "--json")
    assert json.loads(listed.output) == [
        {
            "username": "anna",
            "name": "Anna Berg",
            "municipality": "albertslund",
            "roles": ["caseworker"],
            "unit": None,
            "is_active": True,
        }
    ]


@pytest.mark.parametrize("password", ["for kort\n", "\n", ""])
def test_a_short_password_is_refused(staff, password):
    refused = staff(*ANNA, given=password)
    assert refused.exit_code == 2
    assert "fewer than 12 characters" in refused.output
    assert "Nobody yet" in staff("list").output


def test_the_username_is_no_password(staff):
    refused = staff("add", "anna.berg.hansen", *ANNA[2:], given="Anna.Berg.Hansen\n")
    assert refused.exit_code == 2
    assert "the password is the username" in refused.output


def test_without_a_terminal_the_password_must_come_from_somewhere(staff):
    refused = staff(*ANNA[:-1])
    assert refused.exit_code == 2
    assert "--password-stdin" in refused.output


def test_the_same_username_twice_is_refused(staff):
    staff(*ANNA, given=PASSWORD)
    assert isinstance(staff(*ANNA, given=PASSWORD).exception, ConflictError)


def test_who_is_disabled_is_listed_as_such(staff):
    staff(*ANNA, given=PASSWORD)
    assert staff("disable", "anna").exit_code == 0
    assert "(disabled)" in staff("list").output
    assert isinstance(staff("disable", "ingen").exception, NotFoundError)


def shown(staff):
    return {row["username"]: row for row in json.loads(staff("list", "--json").output)}


def test_the_first_administrator_is_added_here(staff):
    staff(*ANNA, "--role", "administrator", "--role", "head", given=PASSWORD)
    assert shown(staff)["anna"]["roles"] == ["administrator", "head"]


def test_a_role_that_is_none_is_refused(staff):
    refused = staff(*ANNA, "--role", "kejser", given=PASSWORD)
    assert refused.exit_code == 2
    assert shown(staff) == {}


def test_who_answers_for_a_unit_has_one(staff):
    refused = staff(*ANNA, "--role", "unit", given=PASSWORD)
    assert isinstance(refused.exception, UnitMissingError)
    staff(*ANNA, "--role", "unit", "--unit", "Dagtilbud", given=PASSWORD)
    assert shown(staff)["anna"]["unit"] == "Dagtilbud"


def test_who_signs_in_at_the_provider_is_added_without_a_password(staff):
    assert staff(*ANNA[:-1], "--provider").exit_code == 0
    assert isinstance(
        staff("reset", "anna", "--password-stdin", given=PASSWORD).exception, NoPasswordError
    )


def test_roles_are_replaced_by_what_is_named(staff):
    staff(*ANNA, given=PASSWORD)
    said = staff("roles", "anna", "--role", "duty_manager", "--role", "auditor")
    assert said.output == "anna is now: auditor, duty_manager.\n"
    assert shown(staff)["anna"]["roles"] == ["auditor", "duty_manager"]


def test_the_last_administrator_stays_one(staff):
    staff(*ANNA, "--role", "administrator", given=PASSWORD)
    for command in (("roles", "anna", "--role", "head"), ("disable", "anna")):
        assert isinstance(staff(*command).exception, LastAdministratorError)
    assert shown(staff)["anna"]["roles"] == ["administrator"]


def test_a_new_password_and_a_forgotten_telephone(staff):
    staff(*ANNA, given=PASSWORD)
    said = staff("reset", "anna", "--password-stdin", given="en helt anden adgangskode\n")
    assert said.output == "anna: the password is reset; sessions have ended.\n"
    assert staff("reset", "anna", "--password-stdin", given="kort\n").exit_code == 2
    said = staff("reset", "anna", "--second-factor")
    assert said.output == "anna: the telephone is forgotten; sessions have ended.\n"


def test_who_was_disabled_is_let_in_again(staff):
    staff(*ANNA, given=PASSWORD)
    staff("disable", "anna")
    assert staff("enable", "anna").output == "Enabled anna.\n"
    assert shown(staff)["anna"]["is_active"]
