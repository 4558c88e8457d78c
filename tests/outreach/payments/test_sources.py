"""One command takes the ledger's file and the bank's; each payment is booked all the same."""

from data.models.payments import Payment, PaymentSource
from data.values.money import Money
from outreach.intake.importing import import_payments

CAMT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><BkToCstmrDbtCdtNtfctn>
<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-11-23T08:00:00</CreDtTm></GrpHdr>
<Ntfctn><Id>1</Id><Acct><Id><Othr><Id>12341234567890</Id></Othr></Id><Ccy>DKK</Ccy></Acct>
{entries}</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>"""
ENTRY = """<Ntry><Amt Ccy="DKK">{sum}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>2026-11-20</Dt></BookgDt><ValDt><Dt>2026-11-20</Dt></ValDt>
<AcctSvcrRef>{ref}</AcctSvcrRef><NtryDtls><TxDtls><Refs><AcctSvcrRef>{ref}</AcctSvcrRef></Refs>
<Amt Ccy="DKK">{sum}</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<RltdPties><Dbtr><Pty><Nm>Mette Hansen</Nm></Pty></Dbtr></RltdPties>
<RmtInf>{said}</RmtInf></TxDtls></NtryDtls></Ntry>"""
NAMED = "<Strd><CdtrRefInf><Ref>A-1001</Ref></CdtrRefInf></Strd>"
TEXT = "<Ustrd>Tak for sidst</Ustrd>"


async def take(cashier, *entries):
    path = cashier.folder / "bank.xml"
    path.write_text(CAMT.format(entries="".join(entries)), encoding="utf-8")
    with await import_payments(cashier.runtime, path, "albertslund") as report:
        return report.counts()


async def test_the_banks_file_is_booked_once_and_what_names_nobody_waits(cashier, claim):
    entries = [
        ENTRY.format(sum="500.00", ref="BANK1", said=NAMED),
        ENTRY.format(sum="700.00", ref="BANK2", said=TEXT),
    ]
    assert (await take(cashier, *entries))["new"] == 2
    assert (await cashier.claim()).paid == Money(50000)
    [task] = await cashier.tasks("payment_unmatched")
    async with cashier.runtime.transaction() as session:
        waits = await session.get_one(Payment, task.payment_id)
    assert (waits.source, waits.payer) == (PaymentSource.BANK, "Mette Hansen")
    assert (await take(cashier, *entries))["unchanged"] == 2
    await cashier.books_fit()
