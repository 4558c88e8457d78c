"""A bank that writes files, and the reader that reads them on Tuesday 24 November 2026."""

from datetime import date
from pathlib import Path

import pytest

from outreach.errors import FileUnreadableError
from outreach.intake.camt.entries import BankEntry, RefusedEntry, StatementEnd
from outreach.intake.camt.reading import CamtFile
from tests.outreach.intake.camt.writing import Statement, document

TODAY = date(2026, 11, 24)
PAYLOADS = Path(__file__).parents[3] / "payloads" / "camt"


class Read:
    """A file, read to the end."""

    def __init__(self, path, currency="DKK"):
        with CamtFile(path, TODAY, currency) as file:
            self.steps = list(file.entries())
            self.message = file.message
            self.skipped = dict(file.skipped)
            assert 0 < file.position <= file.size

    def _of(self, kind):
        return [step for step in self.steps if isinstance(step, kind)]

    @property
    def payments(self):
        return self._of(BankEntry)

    @property
    def refusals(self):
        return self._of(RefusedEntry)

    @property
    def ends(self):
        return self._of(StatementEnd)

    @property
    def only(self):
        assert len(self.payments) == 1, self.steps
        return self.payments[0]


class Bank:
    def __init__(self, folder):
        self.path = folder / "bank.xml"

    def write(self, text, encoding="utf-8"):
        self.path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return self.path

    def sends(self, *entries, message="camt.053.001.02", **of_the_statement):
        text = document([Statement(list(entries), **of_the_statement)], message)
        return Read(self.write(text))

    def sends_statements(self, *statements, message="camt.053.001.02", page=None):
        return Read(self.write(document(statements, message, page)))

    def fault(self, text, encoding="utf-8"):
        """Return why a file is refused as a whole."""
        with pytest.raises(FileUnreadableError) as fault:
            Read(self.write(text, encoding))
        return str(fault.value)


@pytest.fixture
def bank(tmp_path):
    return Bank(tmp_path)


@pytest.fixture(params=["camt.053.001.02", "camt.053.001.08", "camt.054.001.02", "camt.054.001.08"])
def message(request):
    return request.param
