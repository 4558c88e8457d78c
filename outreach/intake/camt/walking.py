"""Walks through a bank file, one transaction at a time, and lets go of each behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Final

from outreach.intake.camt.document import events
from outreach.intake.camt.figures import Node, day_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outreach.intake.camt.document import Message

_YES: Final = frozenset({"true", "1"})


@dataclass(frozen=True, slots=True)
class Balance:
    """A balance (saldo) as it stands in the file: code such as CLBD, amount, sign and day."""

    code: str
    amount: str
    direction: str
    day: str


@dataclass(frozen=True, slots=True)
class Heading:
    """What a statement says of itself before its entries.

    `claimed` is what it says that it holds in all, and of money that came in (TxsSummry): number
    and sum, empty when it does not say. `is_one_page` is false when the statement, or the message,
    goes on in other files.
    """

    number: int
    id: str
    account: str
    currency: str
    page: str
    is_one_page: bool
    balances: tuple[Balance, ...]
    claimed: tuple[str, str]
    claimed_in: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry on the account (postering), as it stands in the file; it may be of many payments."""

    number: int
    amount: str
    currency: str
    direction: str
    is_reversal: bool
    status: str
    booked: str
    valued: str
    ref: str
    code: str


@dataclass(frozen=True, slots=True)
class Part:
    """One transaction of an entry: `place` from 1, `details` None when the bank gives none.

    `text` is the bank's text to the entry, and `bundled` how many payments it says are in it; both
    are known for the last part only.
    """

    heading: Heading
    entry: Entry
    details: Node | None
    place: int
    is_last: bool
    text: str = ""
    bundled: int = 1

    @property
    def is_alone(self) -> bool:
        """Tell whether the entry is this one transaction."""
        return self.place == 1 and self.is_last


@dataclass(frozen=True, slots=True)
class Closing:
    """A statement's end."""

    heading: Heading


type Step = Heading | Part | Closing


def walk(file: IO[bytes], name: str, message: Message) -> Iterator[Step]:
    """Yield each statement's heading, its transactions and its end.

    Memory does not grow with the number of entries, nor with the transactions in one entry: a
    transaction is held until the next one comes, so that the last is known to be the last.

    Raises:
        FileUnreadableError: the file is not well-formed; with the line.
    """
    yield from _Walk(message).steps(file, name)


class _Walk:
    def __init__(self, message: Message) -> None:
        self._message = message
        self._heading: Heading | None = None
        self._entry: Entry | None = None
        self._held: Node | None = None
        self._place = 0
        self._statements = 0
        #: The page of the whole message (MsgPgntn), which counts for every statement in it.
        self._pages: list[Node] = []
        self._entries = 0

    def steps(self, file: IO[bytes], file_name: str) -> Iterator[Step]:
        statement, entry, details, part = (
            self._message.start + tag
            for tag in (self._message.statement, "Ntry", "NtryDtls", "TxDtls")
        )
        tags = [statement, entry, details, part]
        for event, element in events(file, file_name, ("start", "end"), tags):
            is_start = event == "start"
            if element.tag == part and not is_start:
                yield from self._part(element)
            elif element.tag == details and is_start:
                self._begin(element.getparent())
            elif element.tag == entry:
                yield from self._heading_once(element.getparent())
                if not is_start:
                    yield from self._end(element)
            elif element.tag == statement and not is_start:
                yield from self._heading_once(element)
                yield Closing(self._known())
                self._heading = None
                element.clear()

    def _known(self) -> Heading:
        assert self._heading is not None  # noqa: S101 - an entry stands in a statement
        return self._heading

    def _heading_once(self, element: Any) -> Iterator[Heading]:  # noqa: ANN401
        if self._heading is None:
            if not self._statements:
                whole = Node(element.getparent(), self._message.start)
                self._pages = whole.all("GrpHdr/MsgPgntn")
            self._statements += 1
            node = Node(element, self._message.start)
            self._heading = _heading(node, self._statements, self._pages)
            yield self._heading

    def _begin(self, element: Any) -> Entry:  # noqa: ANN401
        if self._entry is None:
            self._entries += 1
            self._entry = _entry(Node(element, self._message.start), self._entries)
        return self._entry

    def _part(self, element: Any) -> Iterator[Part]:  # noqa: ANN401
        if self._held is not None:
            yield self._give(is_last=False)
            held = self._held.element
            held.getparent().remove(held)
        self._held = Node(element, self._message.start)

    def _end(self, element: Any) -> Iterator[Part]:  # noqa: ANN401
        self._begin(element)
        yield self._give(is_last=True, whole=Node(element, self._message.start))
        self._entry, self._held, self._place = None, None, 0
        _let_go(element)

    def _give(self, *, is_last: bool, whole: Node | None = None) -> Part:
        self._place += 1
        assert self._entry is not None  # noqa: S101 - a part stands in an entry
        return Part(
            heading=self._known(),
            entry=self._entry,
            details=self._held,
            place=self._place,
            is_last=is_last,
            text=whole.text("AddtlNtryInf") if whole else "",
            bundled=_bundled(whole) if whole else 1,
        )


def _let_go(element: Any) -> None:  # noqa: ANN401
    """Empty an element, and drop what stands before it; its own place is kept for the parser."""
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


def _heading(node: Node, number: int, of_message: list[Node]) -> Heading:
    pages = [*node.all("StmtPgntn"), *node.all("NtfctnPgntn"), *of_message]
    return Heading(
        number=number,
        id=node.text("Id"),
        account=node.text("Acct/Id/IBAN", "Acct/Id/Othr/Id"),
        currency=node.text("Acct/Ccy"),
        page="/".join(page.text("PgNb") for page in pages),
        is_one_page=all(_is_only_page(page) for page in pages),
        balances=tuple(_balance(balance) for balance in node.all("Bal")),
        claimed=_claimed(node, "TtlNtries"),
        claimed_in=_claimed(node, "TtlCdtNtries"),
    )


def _claimed(node: Node, of: str) -> tuple[str, str]:
    return node.text(f"TxsSummry/{of}/NbOfNtries"), node.text(f"TxsSummry/{of}/Sum")


def _is_only_page(page: Node) -> bool:
    return page.text("LastPgInd").lower() in _YES and page.text("PgNb").lstrip("0") in {"", "1"}


def _balance(node: Node) -> Balance:
    is_interim = node.text("Tp/SubTp/Cd") == "INTM"
    return Balance(
        code="" if is_interim else node.text("Tp/CdOrPrtry/Cd"),
        amount=node.text("Amt"),
        direction=node.text("CdtDbtInd"),
        day=day_at(node, "Dt"),
    )


def _entry(node: Node, number: int) -> Entry:
    amount = node.find("Amt")
    return Entry(
        number=number,
        amount=amount.own_text if amount else "",
        currency=amount.currency if amount else "",
        direction=node.text("CdtDbtInd"),
        is_reversal=node.text("RvslInd").lower() in _YES,
        status=node.text("Sts/Cd", "Sts/Prtry", "Sts"),
        booked=day_at(node, "BookgDt"),
        valued=day_at(node, "ValDt"),
        ref=node.text("AcctSvcrRef"),
        code=bank_code(node),
    )


def bank_code(node: Node) -> str:
    """Return the bank's code of what happened (BkTxCd), family and sub-family: `RCDT/RRTN`."""
    family = node.find("BkTxCd/Domn/Fmly")
    return f"{family.text('Cd')}/{family.text('SubFmlyCd')}" if family else ""


def _bundled(node: Node) -> int:
    """Return how many payments an entry is made of, as the bank says (NbOfTxs); else one."""
    counts = [count.own_text for count in node.all("NtryDtls/Btch/NbOfTxs")]
    return max(sum(int(count) for count in counts if count.isdigit() and len(count) < 10), 1)  # noqa: PLR2004
