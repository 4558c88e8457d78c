"""An independent bookkeeper: dictionaries of øre, kept by the words of the task alone.

What is owed = claims + fees and interest - waivers - payments - write-offs. Money stands where the
payer's own reference says; of an agreement's or a shared number on its claims in their order, and
what is too much on the last of them that asked for it; what becomes too much there once a file is
booked goes on to those of them that lack it. What names nobody waits. What is taken back
comes off where it stands: first what waits, then what was put last.
"""

from dataclasses import dataclass, field
from datetime import date


@dataclass
class Bill:
    """A claim as the bookkeeper knows it."""

    ref: str
    citizen: str
    kind: str
    principal: int
    due: date
    number: str
    charged: int = 0
    paid: int = 0
    #: The part under dispute, øre; `is_disputed`: nothing may be put to it that does not name it.
    disputed: int = 0
    is_disputed: bool = False

    @property
    def balance(self):
        """Below zero: too much was paid."""
        return self.principal + self.charged - self.paid

    @property
    def outstanding(self):
        return max(self.balance, 0)

    @property
    def room(self):
        return 0 if self.is_disputed else max(self.balance - self.disputed, 0)


@dataclass
class Sum:
    """Money that came in or went back, and what of it stands where."""

    ref: str
    amount: int
    paid_on: date
    names: tuple[str | None, ...]
    #: Of the whole family: what came in less what was taken back or refunded of it.
    parts: dict[str, int] = field(default_factory=dict)
    #: What stands on no claim, less what was taken back or refunded of that.
    waits: int = 0
    #: What the product keeps on the row itself: allocated of this very payment.
    allocated: int = 0
    taken_back: bool = False
    #: It named several bills when it was booked, and no caseworker has placed it.
    is_for_several: bool = False

    def standing(self):
        """Where some of it stands, and how much."""
        return [(ref, oere) for ref, oere in self.parts.items() if oere > 0]


@dataclass
class Books:
    """One municipality's books."""

    bills: dict[str, Bill] = field(default_factory=dict)
    sums: dict[str, Sum] = field(default_factory=dict)
    #: A number that can be paid by, and the claims it is for in their order.
    numbers: dict[str, list[str]] = field(default_factory=dict)
    #: What happened to each bill's paid sum: (paid on, øre).
    moves: dict[str, list[tuple[date, int]]] = field(default_factory=dict)
    #: Bills that money was put to since the last file was over.
    touched: set[str] = field(default_factory=set)
    written_off: int = 0
    waived: int = 0

    # ---------------------------------------------------------------------------- claims
    def bill(self, bill):
        """A bill as the ledger tells it; money that came before it finds it now."""
        is_new = bill.ref not in self.bills
        known = self.bills.setdefault(bill.ref, bill)
        known.principal = bill.principal
        refs = self.numbers.setdefault(bill.number, [])
        if is_new:
            refs.append(bill.ref)
            refs.sort(key=lambda ref: self.bills[ref].due)

    def place_early(self):
        """Put money that waits whole to the bills it names, in the order it came."""
        for known in self.sums.values():
            refs = self.refs(*known.names)
            if known.amount > 0 and not known.allocated and known.waits > 0 and refs:
                self._receive(known, refs)
        self.file_is_over()

    def agree(self, numbers, refs):
        """Numbers of an agreement's own, and its claims in the order stated in it."""
        for number in numbers:
            self.numbers[number] = list(refs)

    def charge(self, ref, oere):
        self.bills[ref].charged += oere

    def waive(self, ref, oere):
        self.bills[ref].charged -= oere
        self.waived += oere

    def write_off(self, ref, oere):
        self.bills[ref].charged -= oere
        self.written_off += oere

    def owes(self, citizen):
        return sum(bill.outstanding for bill in self.bills.values() if bill.citizen == citizen)

    # -------------------------------------------------------------------------- payments
    def take(self, paid):
        """Book a line of a file; one that is known changes nothing."""
        if paid.ref in self.sums:
            return False
        if paid.oere < 0:
            return self._back(paid)
        names = (paid.claim_ref, paid.number)
        known = self.sums[paid.ref] = Sum(paid.ref, paid.oere, paid.on, names, waits=paid.oere)
        if refs := self.refs(*names):
            self._receive(known, refs)
        return True

    def refs(self, claim_ref=None, number=None):
        """Which bills a payer's reference names, in the order they are paid."""
        return [claim_ref] if claim_ref in self.bills else list(self.numbers.get(number, []))

    def file_is_over(self):
        """What a payment for several bills left too much on one goes on to the others' lack."""
        over = {ref for ref in self.touched if self.bills[ref].balance < 0}
        self.touched.clear()
        for known in reversed(self.sums.values()):
            if known.is_for_several and over & set(known.parts):
                for ref in list(known.parts):
                    self._pass_on(known, ref, self.refs(*known.names))

    def _pass_on(self, known, ref, refs):
        for other in refs if ref in refs else []:
            too_much = min(known.parts.get(ref, 0), -self.bills[ref].balance)
            part = min(too_much, self.bills[other].room)
            if part > 0:
                self._put(known, ref, -part)
                self._put(known, other, part)

    def _receive(self, known, refs):
        known.is_for_several, before = len(refs) > 1, dict(known.parts)
        rooms = {ref: self.bills[ref].room for ref in refs}
        wanting = [ref for ref in refs if rooms[ref]]
        last, left = (wanting or refs)[-1], known.waits
        for ref in wanting:
            if ref != last:
                part = min(left, rooms[ref])
                self._put(known, ref, part)
                left -= part
        self._put(known, last, left)
        self.touched |= {ref for ref, oere in known.parts.items() if oere > before.get(ref, 0)}

    def _put(self, known, ref, oere, of=None):
        """Let øre of a sum stand on a claim; `of` is the row that says so, where another."""
        if not oere:
            return
        self.bills[ref].paid += oere
        self.moves.setdefault(ref, []).append(((of or known).paid_on, oere))
        known.parts[ref] = known.parts.pop(ref, 0) + oere
        (of or known).allocated += oere
        if of is None:
            known.waits -= oere

    def _back(self, paid):
        original = self.sums.get(paid.reverses) or self._same_sum(paid)
        row = Sum(paid.ref, paid.oere, paid.on, (paid.claim_ref, paid.number))
        self.sums[paid.ref] = row
        assert original is not None, f"{paid} takes back what never came"
        original.taken_back = True
        left = -paid.oere
        waiting = min(left, original.waits)
        original.waits -= waiting
        left -= waiting
        for ref in reversed(list(original.parts)):
            part = min(left, max(original.parts[ref], 0), self.bills[ref].paid)
            self._put(original, ref, -part, of=row)
            left -= part
        assert not left, f"{paid} takes back more than there is"
        return True

    def _same_sum(self, paid):
        found = [
            one
            for one in self.sums.values()
            if one.amount == -paid.oere
            and not one.taken_back
            and set(filter(None, one.names)) & {paid.claim_ref, paid.number}
        ]
        return max(found, key=lambda one: one.paid_on, default=None)

    # ---------------------------------------------------------------------- the desk's acts
    def place(self, sum_ref, ref, oere):
        self.sums[sum_ref].is_for_several = False
        self._put(self.sums[sum_ref], ref, oere)

    def move(self, sum_ref, from_ref, to_ref, oere):
        known = self.sums[sum_ref]
        known.is_for_several = False
        self._put(known, from_ref, -oere)
        self._put(known, to_ref, oere)

    def refund(self, sum_ref, ref, oere, back_ref, on):
        known = self.sums[sum_ref]
        row = self.sums[back_ref] = Sum(back_ref, -oere, on, ())
        known.taken_back = True
        if ref is None:
            known.waits -= oere
        else:
            self._put(known, ref, -oere, of=row)

    # ------------------------------------------------------------------------------ totals
    @property
    def totals(self):
        """Claims, charges, payments that stand, and what waits, øre."""
        bills = self.bills.values()
        return {
            "principal": sum(bill.principal for bill in bills),
            "charged": sum(bill.charged for bill in bills),
            "paid": sum(bill.paid for bill in bills),
            "outstanding": sum(bill.outstanding for bill in bills),
            "waiting": sum(one.waits for one in self.sums.values()),
        }

    @property
    def paid_by_claim(self):
        return {bill.ref: bill.paid for bill in self.bills.values()}

    def adds_up(self):
        """What came in stands on claims or waits: to the øre."""
        came = sum(one.amount for one in self.sums.values())
        return came == self.totals["paid"] + self.totals["waiting"]
