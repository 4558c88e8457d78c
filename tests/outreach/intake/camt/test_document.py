"""Files that are refused as a whole, before anything of them is taken."""

import time
from itertools import pairwise

import pytest

from outreach.errors import FileUnreadableError
from outreach.intake.camt.document import is_camt
from outreach.intake.camt.reading import CamtFile
from tests.outreach.intake.camt.conftest import PAYLOADS, TODAY, Read
from tests.outreach.intake.camt.writing import ISO, Entry, Statement, document

WHOLE = document([Statement([Entry(ref=str(number)) for number in range(20)])])


def test_what_is_not_there_or_no_file(bank, tmp_path):
    for path, why in ((tmp_path / "none.xml", "does not exist"), (tmp_path, "is a folder")):
        with pytest.raises(FileUnreadableError, match=why):
            Read(path)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "bank.xml is empty"),
        (b" \r\n\t", "bank.xml is empty"),
        (b"payment_ref;claim_ref\n", "is not XML: line 1 does not begin with <"),
        (b"PK\x03\x04 a workbook", "is not XML"),
        (b"PK\x03\x04\x00", "NUL bytes"),
        (b"<", "is not whole XML (line 1"),
        (b"<!-- nothing -->", "is not whole XML (line 1"),
        (b"<?xml version='1.0'?>", "is not whole XML (line 1"),
        (b"<Document>", "line 1 has <Document> in the namespace ''"),
        (b"<html><body>Log in again</body></html>", "line 1 has <html> in the namespace ''"),
        (f"<Document xmlns='{ISO}pain.001.001.09'/>".encode(), "is pain.001.001.09 (line 1)"),
        (f"<Document xmlns='{ISO}camt.052.001.08'/>".encode(), "day that is not over"),
        (f"<Document xmlns='{ISO}camt.053.001.01'/>".encode(), "too old"),
        (f"<Document xmlns='{ISO}camt.053.001.02'/>".encode(), "has no BkToCstmrStmt (line 1)"),
        (b"<Document xmlns='urn:other'><BkToCstmrStmt/></Document>", "namespace 'urn:other'"),
        (
            f"<Stmt xmlns='{ISO}camt.053.001.02'/>".encode(),
            "a piece of camt.053.001.02",
        ),
        (document([]).encode(), "holds no statement (Stmt)"),
        (document([], "camt.054.001.08").encode(), "holds no statement (Ntfctn)"),
    ],
)
def test_other_files_are_told_apart(bank, content, why):
    assert why in bank.fault(content)


def test_a_statement_under_the_name_of_an_advice_is_neither(bank):
    text = WHOLE.replace("camt.053", "camt.054")
    assert "says it is camt.054, but has no BkToCstmrDbtCdtNtfctn (line 2)" in bank.fault(text)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf_16_is_not_read(bank, encoding):
    assert "UTF-16" in bank.fault(WHOLE.replace("UTF-8", "UTF-16"), encoding)


def test_letters_that_are_not_what_the_file_says_they_are(bank):
    text = WHOLE.replace("MSG1", "ÆØÅ")
    assert "is not whole XML (line 2: Invalid bytes" in bank.fault(text, "latin-1")
    assert "line 1" in bank.fault(text.replace("UTF-8", "UTF-16"))
    assert "line 1" in bank.fault(text.replace("UTF-8", "KLINGON"))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "iso-8859-1", "windows-1252"])
def test_other_encodings_are_read_when_the_file_names_them(bank, encoding):
    said = encoding.removesuffix("-sig").upper()
    text = document([Statement([Entry(text="Æblehøst")])]).replace("UTF-8", said)
    assert Read(bank.write(text, encoding)).only.text == "Æblehøst"


# ------------------------------------------------------------------------------ cut and broken
def test_a_file_cut_off_anywhere_gives_nothing(bank):
    """The first pass is the whole file: no entry is given out before the last is known."""
    whole = WHOLE.encode()
    for length in range(1, len(whole.rstrip()), 97):
        path = bank.write(whole[:length])
        with pytest.raises(FileUnreadableError, match="line"):
            CamtFile(path, TODAY)


def test_the_line_that_is_broken_is_named(bank):
    lines = WHOLE.splitlines()
    lines[7] = lines[7].replace("</Ntry>", "</Entry>")
    told = bank.fault("\n".join(lines))
    assert "is not whole XML (line 8: Opening and ending tag mismatch" in told
    assert told.endswith("Nothing of it was taken. Fetch it again from the bank.")
    assert "line 25: Extra content" in bank.fault(WHOLE + "<more/>")


# ---------------------------------------------------------------------------------- attacks
def bomb(use):
    letters = "abcdefghijklmn"
    entities = "".join(f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in pairwise(letters))
    return f'<?xml version="1.0"?><!DOCTYPE Document [<!ENTITY a "ha">{entities}]>{use}'


@pytest.mark.parametrize(
    "text",
    [
        bomb("<Document>&n;</Document>"),
        bomb('<Document of="&n;"/>'),
        '<!DOCTYPE Document [<!ENTITY x SYSTEM "file:///etc/passwd">]><Document>&x;</Document>',
        '<!DOCTYPE Document SYSTEM "http://127.0.0.1:9/a.dtd"><Document/>',
        '<!DOCTYPE Document [<!ENTITY % x SYSTEM "http://127.0.0.1:9/a">%x;]><Document/>',
        WHOLE.replace("<Document", "<!DOCTYPE Document><Document"),
        WHOLE.replace("MSG1", "&undeclared;"),
        f"<{'a' * 40_000} xmlns='{'b' * 40_000}'/>",
        f"<Document><{'a' * 40_000}></b></Document>",
        "<a>" * 100_000,
        f"<Document {' '.join(f'a{n}="x"' for n in range(100_000))}/>",
    ],
)
def test_attacks_are_refused_at_once(bank, text):
    started = time.monotonic()
    told = bank.fault(text)
    assert time.monotonic() - started < 2
    assert "passwd" not in told
    assert "root:" not in told
    assert len(told) < 500


def test_a_document_type_is_refused_by_name(bank):
    told = bank.fault(WHOLE.replace("<Document", "<!DOCTYPE Document>\n<Document"))
    assert "has a document type (<!DOCTYPE …>, before line 3)" in told


def test_comments_and_instructions_between_are_passed_over(bank):
    text = WHOLE.replace("<Ntry>", "<!-- 1 --><?go?><Ntry><!-- 2 -->").replace(
        "<Amt", "<!-- 3 --><Amt"
    )
    assert len(Read(bank.write(text)).payments) == 20


def test_elements_of_others_are_passed_over(bank):
    strange = '<x:Ntry xmlns:x="urn:x"><x:Amt>1</x:Amt></x:Ntry>'
    text = WHOLE.replace("<Ntry>", f"<Ntry>{strange}")
    assert len(Read(bank.write(text)).payments) == 20


def test_a_file_may_write_its_names_with_a_prefix(bank):
    text = WHOLE.replace("</", "</b:").replace("xmlns=", "xmlns:b=")
    for name in ("Document", "BkToCstmrStmt", "GrpHdr", "MsgId", "CreDtTm", "Stmt", "Id", "Acct",
                 "IBAN", "Ccy", "Ntry", "Amt", "CdtDbtInd", "Sts", "BookgDt", "Dt", "AcctSvcrRef",
                 "BkTxCd", "Domn", "Cd", "Fmly", "SubFmlyCd"):  # fmt: skip
        text = text.replace(f"<{name}>", f"<b:{name}>").replace(f"<{name} ", f"<b:{name} ")
    assert len(Read(bank.write(text)).payments) == 20


# ---------------------------------------------------------------------------------- accounts
def test_an_account_must_be_named_and_in_kroner(bank):
    assert "statement 2026-229 names no account" in bank.fault(document([Statement(account=None)]))
    good, euro = Statement([Entry()]), Statement([Entry()], currency="EUR", account="12345678")
    told = bank.fault(document([good, euro]))
    assert "account 12345678 is in EUR, and only DKK is booked here" in told


@pytest.mark.parametrize(
    ("claimed", "why"),
    [
        (("3", None), "says that it holds 3 entries, and it holds 2"),
        (
            ("2", "199.00"),
            "the entries in statement 2026-229 come to 200.00 kr., and it says 199.00",
        ),
    ],
)
def test_a_statement_holds_what_it_says(bank, claimed, why):
    for message in ("camt.053.001.08", "camt.054.001.02"):
        one = Statement([Entry(), Entry(direction="DBIT")], claimed=claimed)
        assert why in bank.fault(document([one], message))


def test_a_statement_that_says_what_it_holds_is_taken(bank):
    for claimed in (("2", "200.00"), ("2", None), (None, "200.00"), ("two", "a lot")):
        assert len(bank.sends(Entry(ref="1"), Entry(ref="2"), claimed=claimed).payments) == 2
    assert bank.sends(Entry("nothing"), claimed=("1", "5.00")).refusals
    assert len(bank.sends(Entry(), claimed=("9", "900.00"), page=("1", "false")).payments) == 1


# ------------------------------------------------------------------------------ is it ours
@pytest.mark.parametrize(
    ("content", "is_xml"),
    [
        (WHOLE.encode(), True),
        (WHOLE.encode("utf-16"), True),
        (b"\xef\xbb\xbf \n<a/>", True),
        (b"payment_ref;claim_ref\n<;1\n", False),
        ("payment_ref;claim_ref".encode("utf-16"), False),
        (b"PK\x03\x04", False),
        (b"", False),
    ],
)
def test_a_bank_file_is_known_by_its_content(bank, content, is_xml):
    assert is_camt(bank.write(content)) is is_xml


def test_what_cannot_be_opened_is_no_bank_file(tmp_path):
    assert not is_camt(tmp_path)
    assert not is_camt(tmp_path / "none.xml")
    assert is_camt(next(PAYLOADS.rglob("*.xml")))


def test_a_statement_may_say_what_came_in_only(bank):
    one = Statement([Entry(), Entry(direction="DBIT")], claimed=("1", "100.00"))
    text = document([one]).replace("TtlNtries", "TtlCdtNtries")
    assert len(Read(bank.write(text)).payments) == 1
    told = bank.fault(text.replace("<Sum>100.00", "<Sum>150.00"))
    assert "the credit entries in statement 2026-229 come to 100.00 kr., and it says 150.00" in told
