"""The tables speak the field's language and keep the municipalities apart."""

import inspect
import re

import pytest

from data import models

TABLES = [mapper.class_ for mapper in models.Record.registry.mappers]
#: Begins the Danish word, wherever in the docstring's parentheses it stands.
IN_PARENTHESES = re.compile(r"\(([^)]*[a-zæøå][^)]*)\)")


def test_there_are_tables():
    assert TABLES


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_a_table_gives_its_danish_name(table):
    first_line = (inspect.getdoc(table) or "").partition("\n\n")[0]
    assert IN_PARENTHESES.search(first_line), f"{table.__name__}: {first_line!r}"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_a_row_names_its_municipality(table):
    assert not table.__table__.c.municipality.nullable


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_constraints_have_names_that_an_error_can_show(table):
    assert all(constraint.name for constraint in table.__table__.constraints)
