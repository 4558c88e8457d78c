"""Writes bank files by the published structure, versions 02 and 08; what is None is left out.

`Tx`, `Entry` and `Statement` hold the text that stands in the file, so a test can write nonsense.
"""

from dataclasses import dataclass, field
from xml.sax.saxutils import escape

ISO = "urn:iso:std:iso:20022:tech:xsd:"
NAMES = {"camt.053": ("BkToCstmrStmt", "Stmt"), "camt.054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn")}
ACCOUNT = "DK5000400440116243"


@dataclass
class Tx:
    amount: str | None = None
    currency: str = "DKK"
    direction: str | None = None
    ref: str | None = None
    tx_id: str | None = None
    end_to_end: str | None = None
    payer: str | None = None
    creditor: str | None = None
    structured: str | None = None
    structured_type: str | None = None
    document: str | None = None
    texts: tuple[str, ...] = ()
    accepted: str | None = None
    code: str | None = None
    returned: bool = False
    more: str | None = None


@dataclass
class Entry:
    amount: str = "100.00"
    currency: str = "DKK"
    direction: str | None = "CRDT"
    reversal: str | None = None
    status: str | None = "BOOK"
    booked: str | None = "2026-11-23"
    valued: str | None = None
    ref: str | None = None
    code: str = "PMNT/RCDT/DMCT"
    transactions: tuple[Tx, ...] = ()
    bundled: str | None = None
    text: str | None = None


@dataclass
class Statement:
    entries: list[Entry] = field(default_factory=list)
    id: str = "2026-229"
    account: str | None = ACCOUNT
    currency: str | None = "DKK"
    opening: str | None = None
    closing: str | None = None
    closes_on: str = "2026-11-23"
    claimed: tuple[str, str] | None = None
    page: tuple[str, str] | None = None


def el(name, *children, **attributes):
    """Write an element; None among the children writes nothing, and so does an element of none."""
    inner = [child for child in children if child is not None]
    if not inner:
        return None
    marks = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<{name}{marks}>{''.join(inner)}</{name}>"


def leaf(name, text, **attributes):
    return None if text is None else el(name, escape(text), **attributes)


def document(statements, message="camt.053.001.02", page=None):
    container, statement = NAMES[message[:8]]
    is_new = message[-2:] >= "08"
    header = el("GrpHdr", leaf("MsgId", "MSG1"), leaf("CreDtTm", "2026-11-24T06:00:00+01:00"),
                _page("MsgPgntn", page))  # fmt: skip
    body = "".join(_statement(one, statement, is_new) for one in statements)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="{ISO}{message}"><{container}>{header}\n{body}</{container}></Document>\n'
    )


def _page(name, page):
    return page and el(name, leaf("PgNb", page[0]), leaf("LastPgInd", page[1]))


def _statement(one, name, is_new):
    number, total = one.claimed or (None, None)
    head = [
        leaf("Id", one.id),
        _page("StmtPgntn" if name == "Stmt" else "NtfctnPgntn", one.page),
        leaf("CreDtTm", "2026-11-24T06:00:00+01:00"),
        el("Acct", _account(one.account), leaf("Ccy", one.currency)),
        _balance("OPBD", one.opening, "2026-11-22"),
        _balance("CLBD", one.closing, one.closes_on),
        el("TxsSummry", el("TtlNtries", leaf("NbOfNtries", number), leaf("Sum", total))),
    ]
    return el(name, *head, *(_entry(entry, is_new) for entry in one.entries)) + "\n"


def _account(account):
    kind = "IBAN" if account and account[:2].isalpha() else None
    return el("Id", leaf(kind, account) if kind else el("Othr", leaf("Id", account)))


def _balance(code, amount, day):
    if amount is None:
        return None
    sign = "DBIT" if amount.startswith("-") else "CRDT"
    return el("Bal", el("Tp", el("CdOrPrtry", leaf("Cd", code))),
              leaf("Amt", amount.lstrip("-"), Ccy="DKK"), leaf("CdtDbtInd", sign),
              el("Dt", leaf("Dt", day)))  # fmt: skip


def _code(code):
    if code is None:
        return None
    domain, family, what = code.split("/")
    family = el("Fmly", leaf("Cd", family), leaf("SubFmlyCd", what))
    return el("BkTxCd", el("Domn", leaf("Cd", domain), family))


def _day(name, day):
    return el(name, leaf("DtTm" if day and "T" in day else "Dt", day))


def _entry(one, is_new):
    status = el("Sts", leaf("Cd", one.status)) if is_new else leaf("Sts", one.status)
    details = el(
        "NtryDtls",
        el("Btch", leaf("NbOfTxs", one.bundled)),
        *(_tx(tx, is_new) for tx in one.transactions),
    )
    return "\n" + el(
        "Ntry",
        leaf("Amt", one.amount, Ccy=one.currency),
        leaf("CdtDbtInd", one.direction),
        leaf("RvslInd", one.reversal),
        status,
        _day("BookgDt", one.booked),
        _day("ValDt", one.valued),
        leaf("AcctSvcrRef", one.ref),
        _code(one.code),
        details,
        leaf("AddtlNtryInf", one.text),
    )


def _tx(one, is_new):
    amount = leaf("Amt", one.amount, Ccy=one.currency)
    if not is_new:
        amount = el("AmtDtls", el("TxAmt", amount))
    refs = el("Refs", leaf("AcctSvcrRef", one.ref), leaf("EndToEndId", one.end_to_end),
              leaf("TxId", one.tx_id))  # fmt: skip
    name = leaf("Nm", one.payer)
    parties = el(
        "RltdPties",
        el("Dbtr", el("Pty", name) if is_new else name),
        el("CdtrAcct", el("Id", el("Othr", leaf("Id", one.creditor)))),
    )
    kind = leaf("Prtry", one.structured_type)
    found = el("CdtrRefInf", el("Tp", el("CdOrPrtry", kind)), leaf("Ref", one.structured))
    about = el(
        "RmtInf",
        *(leaf("Ustrd", text) for text in one.texts),
        el("Strd", el("RfrdDocInf", leaf("Nb", one.document)), found),
    )
    return el(
        "TxDtls",
        refs,
        amount,
        leaf("CdtDbtInd", one.direction),
        _code(one.code),
        parties,
        about,
        el("RltdDts", leaf("AccptncDtTm", one.accepted)),
        el("RtrInf", el("Rsn", leaf("Cd", "AC04"))) if one.returned else None,
        leaf("AddtlTxInf", one.more),
    ) or "<TxDtls/>"  # fmt: skip
