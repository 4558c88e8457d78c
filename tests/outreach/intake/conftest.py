"""A clerk's desk: files are written and imported, and what came of them is read."""

import pytest
from sqlalchemy import select

from data.models.claims import Claim
from outreach.intake.importing import import_claims, import_payments

HEADER = "claim_ref;debtor_id;name;phone;email;claim_type;principal;due_date"
ROW = {
    "claim_ref": "A-1001",
    "debtor_id": "0101801233",
    "name": "Mette Hansen",
    "phone": "20304050",
    "email": "",
    "claim_type": "dagtilbud",
    "principal": "1.200,00",
    "due_date": "20-11-2026",
}
PAYMENTS_HEADER = "payment_ref;claim_ref;payment_id;amount;paid_on;covers_until"


class Told:
    """A report, read to the end."""

    def __init__(self, report):
        self.report = report
        self.counts = report.counts()
        self.problems = list(report.problems)
        self.json = "".join(report.as_json())
        report.problems.close()

    def __getattr__(self, name):
        return getattr(self.report, name)

    @property
    def codes(self):
        return [(problem.line, problem.column, problem.code) for problem in self.problems]

    @property
    def rejections(self):
        return [(one.line, one.column, one.code) for one in self.problems if not one.is_warning]


class Desk:
    """Writes files and imports them for Albertslund."""

    def __init__(self, runtime, folder):
        self.runtime = runtime
        self.folder = folder

    def write(self, text, *, encoding="utf-8", name="file.csv"):
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    async def claims(self, *rows, encoding="utf-8", delimiter=";", **options):
        """Import rows given as dicts (what differs from Mette's claim) or as lines."""
        columns = list(dict.fromkeys([*ROW, *(c for r in rows if isinstance(r, dict) for c in r)]))
        lines = [delimiter.join(columns), *(line(row, columns, delimiter) for row in rows)]
        path = self.write("\n".join(lines) + "\n", encoding=encoding)
        return Told(await import_claims(self.runtime, path, "albertslund", **options))

    async def payments(self, *lines, header=PAYMENTS_HEADER, **options):
        path = self.write("\n".join([header, *lines]) + "\n", name="payments.csv")
        return Told(await import_payments(self.runtime, path, "albertslund", **options))

    async def read(self, text, *, encoding="utf-8"):
        path = self.write(text, encoding=encoding)
        return Told(await import_claims(self.runtime, path, "albertslund"))

    async def claim(self, ref="A-1001"):
        async with self.runtime.transaction() as session:
            return await session.scalar(select(Claim).where(Claim.claim_ref == ref))

    async def all(self, *what):
        async with self.runtime.transaction() as session:
            return list(await session.execute(select(*what)))

    async def set_claim(self, ref="A-1001", **values):
        async with self.runtime.transaction() as session:
            claim = await session.scalar(select(Claim).where(Claim.claim_ref == ref))
            for name, value in values.items():
                setattr(claim, name, value)


def line(row, columns, delimiter):
    if isinstance(row, str):
        return row
    return delimiter.join((ROW | row).get(column, "") for column in columns)


@pytest.fixture
def desk(runtime, tmp_path):
    return Desk(runtime, tmp_path)
