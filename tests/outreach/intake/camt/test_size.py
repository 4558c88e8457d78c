"""A bank file may be of any size: what is read is let go of."""

import subprocess
import sys

import pytest

from tests.house.sources import ROOT
from tests.outreach.intake.camt.writing import ACCOUNT, ISO

FEW, MANY = 500, 20_000
#: The most that reading may take beside the program itself, for any file (kB).
ROOM = 20_000
BEGIN = (
    "<Ntry><Amt Ccy='DKK'>{0}.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt>"
    "<Dt>2026-11-23</Dt></BookgDt><NtryDtls>"
)
PAYMENT = (
    "<TxDtls><Refs><AcctSvcrRef>R{0}</AcctSvcrRef></Refs><Amt Ccy='DKK'>1.00</Amt><RltdPties><Dbtr>"
    "<Pty><Nm>Mette Hansen</Nm></Pty></Dbtr></RltdPties><RmtInf><Strd><CdtrRefInf><Ref>{0:015}"
    "</Ref></CdtrRefInf></Strd></RmtInf></TxDtls>\n"
)
END = "</NtryDtls></Ntry>\n"
#: The parser's memory is not Python's, so the system is asked what the process took at most (kB).
READ = """
import datetime, pathlib, re, sys
from outreach.intake.camt.reading import CamtFile
with CamtFile(pathlib.Path(sys.argv[1]), datetime.date(2026, 11, 24)) as file:
    count = sum(hasattr(entry, "payment_ref") for entry in file.entries())
print(count, re.search(r"VmHWM:\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text())[1])
"""


def long_file(path, *, count, in_one_entry):
    with path.open("w") as file:
        file.write(f"<Document xmlns='{ISO}camt.054.001.08'><BkToCstmrDbtCdtNtfctn><Ntfctn>")
        file.write(f"<Id>1</Id><Acct><Id><IBAN>{ACCOUNT}</IBAN></Id></Acct>\n")
        if in_one_entry:
            file.write(BEGIN.format(count))
        for number in range(count):
            one = PAYMENT.format(number)
            file.write(one if in_one_entry else BEGIN.format(1) + one + END)
        file.write((END if in_one_entry else "") + "</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>")
    return path


def read(path):
    """Return how many payments were read, and the most memory it took (kB)."""
    done = subprocess.run(
        [sys.executable, "-c", READ, path], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return tuple(map(int, done.stdout.split()))


@pytest.mark.slow
@pytest.mark.parametrize("in_one_entry", [False, True])
def test_memory_does_not_grow_with_the_file(tmp_path, in_one_entry):
    path = tmp_path / "bank.xml"
    few, at_first = read(long_file(path, count=FEW, in_one_entry=in_one_entry))
    many, at_most = read(long_file(path, count=MANY, in_one_entry=in_one_entry))
    assert (few, many) == (FEW, MANY)
    assert path.stat().st_size > 4 * 10**6
    assert at_most < at_first + ROOM
