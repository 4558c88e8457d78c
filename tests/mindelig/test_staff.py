"""`mindelig staff …`: adds, lists and disables caseworkers, and says why when it does not."""

import json

import pytest
from typer.testing import CliRunner

from mindelig.staff import app
from outreach.errors import ConflictError, NotFoundError

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
