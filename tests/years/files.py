"""Writes what the ledger and the bank send: claims and payments as CSV, camt.053 and camt.054."""

from dataclasses import dataclass
from xml.sax.saxutils import escape

CLAIMS = (
    "claim_ref", "debtor_id", "name", "phone", "claim_type", "principal", "due_date",
    "bill_sent_on", "payment_id", "creditor_no", "tax_year", "co_debtors", "period_start",
    "period_end",
)  # fmt: skip
PAYMENTS = (
    "payment_ref", "claim_ref", "payment_id", "amount", "paid_on", "covers_until", "creditor_no",
    "payer", "text", "reverses",
)  # fmt: skip
ACCOUNT = "DK5000400440116243"


@dataclass(frozen=True, slots=True)
class Paid:
    """One line: money that came in, or went back when below zero."""

    ref: str
    oere: int
    on: object
    claim_ref: str | None = None
    number: str | None = None
    payer: str = "Mette Hansen"
    text: str = ""
    #: The payment this takes back.
    reverses: str | None = None
    creditor: str = ""


def kroner(oere, comma=","):
    sign, whole = ("-" if oere < 0 else ""), abs(oere)
    return f"{sign}{whole // 100}{comma}{whole % 100:02d}"


def claims_csv(path, rows):
    lines = [";".join(CLAIMS), *(";".join(str(row.get(c) or "") for c in CLAIMS) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def payments_csv(path, paid, covers=None):
    """Write payments; the last line only says until when all are known."""
    lines = [";".join(PAYMENTS), *(_line(one) for one in paid)]
    if covers is not None:
        lines.append(f";;;;;{covers:%d-%m-%Y};;;;")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _line(one):
    cells = (
        one.ref, one.claim_ref, one.number, kroner(one.oere), f"{one.on:%d-%m-%Y}", "",
        one.creditor if one.number else "", one.payer, one.text, one.reverses,
    )  # fmt: skip
    return ";".join(cell or "" for cell in cells)


# ---------------------------------------------------------------------------- the bank's files
def camt(path, paid, message, booked):
    """Write a statement (camt.053) or an advice (camt.054) of one day, version 02 or 08."""
    is_new, is_statement = message.endswith("08"), message.startswith("camt.053")
    outer, inner = (
        ("BkToCstmrStmt", "Stmt") if is_statement else ("BkToCstmrDbtCdtNtfctn", "Ntfctn")
    )
    net = sum(one.oere for one in paid)
    balances = _balance("OPBD", 10_000_000, booked) + _balance("CLBD", 10_000_000 + net, booked)
    path.write_text(
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{message}"><{outer}><GrpHdr>'
        f"<MsgId>M{booked:%Y%m%d}</MsgId><CreDtTm>{booked}T22:00:00+01:00</CreDtTm></GrpHdr>"
        f"<{inner}><Id>{booked:%Y%m%d}</Id><CreDtTm>{booked}T22:00:00+01:00</CreDtTm>"
        f"<Acct><Id><IBAN>{ACCOUNT}</IBAN></Id><Ccy>DKK</Ccy></Acct>"
        f"{balances if is_statement else ''}"
        f"{''.join(_entry(one, booked, is_new=is_new) for one in paid)}"
        f"</{inner}></{outer}></Document>",
        encoding="utf-8",
    )
    return path


def _balance(code, oere, day):
    sign = "CRDT" if oere >= 0 else "DBIT"
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_amount(oere)}"
        f"<CdtDbtInd>{sign}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
    )


def _amount(oere):
    return f'<Amt Ccy="DKK">{kroner(abs(oere), ".")}</Amt>'


def _entry(one, booked, *, is_new):
    """Write one payment; the bank repeats the reference of what it takes back."""
    is_back = one.oere < 0
    bank_ref = one.reverses if is_back else one.ref
    status = "<Sts><Cd>BOOK</Cd></Sts>" if is_new else "<Sts>BOOK</Sts>"
    amount = _amount(one.oere)
    own = amount if is_new else f"<AmtDtls><TxAmt>{amount}</TxAmt></AmtDtls>"
    name = f"<Nm>{escape(one.payer)}</Nm>"
    payer = f"<Pty>{name}</Pty>" if is_new else name
    return (
        f"<Ntry>{amount}<CdtDbtInd>{'DBIT' if is_back else 'CRDT'}</CdtDbtInd>"
        f"{'<RvslInd>true</RvslInd>' if is_back else ''}{status}"
        f"<BookgDt><Dt>{booked}</Dt></BookgDt><ValDt><Dt>{one.on}</Dt></ValDt>"
        f"<AcctSvcrRef>{bank_ref}</AcctSvcrRef><NtryDtls><TxDtls><Refs><AcctSvcrRef>{bank_ref}"
        f"</AcctSvcrRef></Refs>{own}<RltdPties><Dbtr>{payer}</Dbtr></RltdPties>"
        f"<RmtInf>{_purpose(one)}</RmtInf></TxDtls></NtryDtls></Ntry>"
    )


def _purpose(one):
    if one.number and one.creditor:
        return f"<Ustrd>+71&lt;{one.number} +{one.creditor}&lt;</Ustrd>"
    structured = one.number or one.claim_ref
    if structured:
        return f"<Strd><CdtrRefInf><Ref>{escape(structured)}</Ref></CdtrRefInf></Strd>"
    return f"<Ustrd>{escape(one.text or 'tak for denne gang')}</Ustrd>"
