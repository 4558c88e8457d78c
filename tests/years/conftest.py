"""A room for properties about money."""

import pytest

from tests.years.room import Room


@pytest.fixture
def room(settings, postgres, tmp_path):
    made = Room(settings, postgres, tmp_path)
    yield made
    made.close()
