"""A citizen's case as a document to read (journal, PDF): headings and tables a reader finds in."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from data.values.money import Money
from data.values.time import copenhagen
from outreach import words
from outreach.texts import show

if TYPE_CHECKING:
    from collections.abc import Iterable

    from outreach.runtime import Runtime

    type Row = dict[str, Any]
    type Block = dict[str, Any]


def document(runtime: Runtime, journal: Row, language: str) -> Block:
    """Return a case file as the template takes it: title, facts, and sections of tables."""
    return _Writer(runtime, journal, language).document()


class _Writer:
    """Writes one case file in one language."""

    def __init__(self, runtime: Runtime, journal: Row, language: str) -> None:
        self.runtime, self.journal, self.language = runtime, journal, language
        self.texts = words.catalogue(language)
        self.refs = {claim["id"]: claim["claim_ref"] for claim in journal["claims"]}

    def document(self) -> Block:
        citizen, name = self.journal["citizen"], self._municipality()
        lead = self._say("lead", municipality=name, when=_instant(self.journal["made_at"]))
        protected = citizen["address_protected"] or citizen["protection_noted_at"]
        warning = [{"kind": "strong", "text": self._say("protected")}] if protected else []
        sections = [
            self._section("claims", "ref what due owed paid state", self._claims()),
            self._section("agreements", "when what state why", self._agreements()),
            self._section("conversations", "when who what state", self._messages()),
            self._section("notes", "when who what", self._notes()),
            self._section("overrides", "when who what why", self._overrides()),
            self._section("decisions", "when ref what why", self._decisions()),
            self._section("handoffs", "when who what why", self._handoffs()),
            self._section("tasks", "when who what why", self._tasks()),
            self._section("letters", "when ref what state", self._letters()),
            self._section("acts", "when who what why", self._entries("acts")),
            self._section("readings", "when who what why", self._entries("readings")),
        ]
        return {
            "language": self.language,
            "sender": name,
            "title": self._say("title", name=citizen["name"]),
            "page": self._say("page", page="#", pages="#"),
            "facts": self._facts(),
            "lead": [*warning, {"kind": "text", "text": lead}],
            "sections": sections,
        }

    # --------------------------------------------------------------------------------- the parts
    def _facts(self) -> list[Block]:
        chain = self.journal["chain"]
        facts = {
            "number": self.journal["citizen"]["debtor_id"],
            "case": ", ".join(self.refs.values()),
            "made": self._when(self.journal["made_at"]),
            "checksum": self.journal["checksum"]["value"],
            "head": f"{chain['seal']} {chain['head']}" if chain["head"] else "-",
        }
        return [{"label": self._say(key), "value": value or "-"} for key, value in facts.items()]

    def _claims(self) -> Iterable[list[str]]:
        for each in self.journal["claims"]:
            owed = each["principal_oere"] + each["charged_oere"]
            yield [
                each["claim_ref"], each["claim_type"], self._day(each["due_date"]),
                self._sum(owed), self._sum(each["paid_oere"]),
                words.known("state", each["state"], self.language),
            ]  # fmt: skip

    def _agreements(self) -> Iterable[list[str]]:
        for each in self.journal["agreements"]:
            ended = each["ended_because"] or ""
            why = " · ".join(part for part in (each["reason"], each["why"], ended) if part)
            yield [
                self._when(each["accepted_at"] or each["offered_at"]), each["shown_text"],
                each["state"], why,
            ]  # fmt: skip

    def _messages(self) -> Iterable[list[str]]:
        for each in self.journal["messages"]:
            receipt = f"{each['status']} {self._when(each['status_at'])}"
            yield [
                self._when(each["created_at"]), f"{self._author(each)} ({each['channel']})",
                each["body"], receipt,
            ]  # fmt: skip

    def _notes(self) -> Iterable[list[str]]:
        for each in self.journal["notes"]:
            yield [self._when(each["at"]), self._name(each["staff_id"]), each["body"]]

    def _overrides(self) -> Iterable[list[str]]:
        for each in self.journal["overrides"]:
            taken = f" ({each['revoked_because']})" if each["revoked_because"] else ""
            said = self.texts.render(
                f"effect.{each['effect']}", step=words.of_step(each["step"], self.language)
            )
            what = f"{self.refs[each['claim_id']]}: {said}"
            yield [self._when(each["at"]), self._name(each["staff_id"]), what,
                   f"{each['reason']}{taken}"]  # fmt: skip

    def _decisions(self) -> Iterable[list[str]]:
        for each in self.journal["decisions"]:
            reason = words.of_reason(each["reason"], self.language) if each["reason"] else ""
            why = " · ".join(part for part in (reason, each["basis"] or "") if part)
            step = words.of_step(each["step"], self.language)
            yield [self._when(each["decided_at"]), self.refs[each["claim_id"]],
                   f"{step}: {each['outcome']}", why]  # fmt: skip

    def _handoffs(self) -> Iterable[list[str]]:
        for each in self.journal["handoffs"]:
            reason = self.runtime.reason_words(each["reason"], self.language)
            yield [self._when(each["opened_at"]), self._name(each["taken_by"]), reason,
                   each["close_note"] or ""]  # fmt: skip

    def _tasks(self) -> Iterable[list[str]]:
        for each in self.journal["tasks"]:
            kind = self.runtime.tasks.kinds.get(each["kind"])
            name = each["kind"] if kind is None else kind.en if self.language == "en" else kind.da
            said = " · ".join(part for part in (each["answer"], each["note"]) if part)
            yield [self._when(each["opened_at"]), self._name(each["closed_by"]), name, said]

    def _letters(self) -> Iterable[list[str]]:
        for each in self.journal["letters"]:
            step = words.of_step(each["step"], self.language)
            yield [self._when(each["sent_at"]), self.refs.get(each["claim_id"], "-"), step,
                   each["status"]]  # fmt: skip

    def _entries(self, which: str) -> Iterable[list[str]]:
        for each in self.journal[which]:
            facts = {name: fact for name, fact in each["facts"].items() if name != "why"}
            more = ", ".join(f"{name}: {fact}" for name, fact in sorted(facts.items()) if fact)
            why = " · ".join(part for part in (each["facts"].get("why", ""), more) if part)
            yield [self._when(each["at"]), self._actor(each["actor"]), each["act"], why]

    # --------------------------------------------------------------------------------- the words
    def _section(self, key: str, columns: str, rows: Iterable[list[str]]) -> Block:
        written = [[cell or "-" for cell in row] for row in rows]
        heads = [{"head": self._say(name), "kind": _kind(name)} for name in columns.split()]
        table = {"kind": "table", "columns": heads, "rows": written, "sum": []}
        empty = {"kind": "text", "text": self._say("nothing")}
        return {"heading": self._say(key), "blocks": [table if written else empty]}

    def _say(self, key: str, **values: object) -> str:
        return self.texts.render(f"journal.{key}", **values)

    def _municipality(self) -> str:
        policy = self.runtime.policies[self.journal["municipality"]["key"]]
        return policy.name.of(self.language)

    def _author(self, message: Row) -> str:
        if message["staff_id"]:
            return self._name(message["staff_id"])
        return self._say(message["author"])

    def _actor(self, actor: str) -> str:
        kind, _, number = actor.partition(":")
        if kind == "staff":
            return self._name(number)
        key = f"journal.{kind}"
        return self.texts.render(key) if key in self.texts.texts else actor

    def _name(self, number: str | None) -> str:
        return self.journal["staff"].get(number, number) if number else "-"

    def _sum(self, oere: int) -> str:
        return show(Money(oere), self.language)

    def _day(self, day: str | None) -> str:
        return f"{date.fromisoformat(day):%d.%m.%Y}" if day else "-"

    def _when(self, instant: str | None) -> str:
        return f"{copenhagen(_instant(instant)):%d.%m.%Y %H.%M}" if instant else "-"


def _instant(written: str) -> datetime:
    return datetime.fromisoformat(written)


def _kind(column: str) -> str:
    """Tell how wide a column is: what is read takes the room that is left."""
    return "sum" if column in {"owed", "paid"} else "text" if column in {"what", "why"} else "key"
