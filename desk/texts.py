"""What caseworkers read (skrivebordets tekster), a file a language under `desk/texts/`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from babel.dates import format_date

from data.values.money import Money
from data.values.time import copenhagen, is_bank_day
from outreach import words
from outreach.rules.queue_order import Waiting
from outreach.texts import Catalogue, read, show

if TYPE_CHECKING:
    from datetime import date, datetime, timedelta

    from data.models.handoffs import Handoff
    from outreach.runtime import Runtime

FOLDER = Path(__file__).with_name("texts")
DANISH, ENGLISH = "da", "en"
LANGUAGES = (DANISH, ENGLISH)

#: Severities that are called by name; the others by how many bank days they may take.
ACUTE, TODAY = 0, 1
_LONGEST_FORESEEN = 30


def catalogue(language: str) -> Catalogue:
    """Return a language's texts.

    Raises:
        TextError: the file is missing or holds something else than texts.
    """
    return read(FOLDER, language)


@dataclass(frozen=True, slots=True)
class Words:
    """Writes texts and values for one reader, at one moment; templates call it `t`."""

    language: str
    now: datetime
    runtime: Runtime

    def __call__(self, key: str, **values: object) -> str:
        """Write a text.

        Raises:
            TextError: no such text, or a place in it that nobody filled.
        """
        return catalogue(self.language).render(key, **values)

    def counted(self, key: str, count: int, **values: object) -> str:
        """Write `key_one` or `key_other` by the number."""
        return catalogue(self.language).plural(key, count, **values)

    def known(self, group: str, word: str | None) -> str:
        """Write `group.word`, or `group.other` for a word without a text of its own."""
        texts = catalogue(self.language).texts
        return self(f"{group}.{word}" if f"{group}.{word}" in texts else f"{group}.other")

    def own_or_known(self, group: str, word: str) -> str:
        """Write `group.word`, or the word as it stands: what a caseworker wrote themselves."""
        texts = catalogue(self.language).texts
        return self(f"{group}.{word}") if f"{group}.{word}" in texts else word

    def money(self, amount: Money) -> str:
        """Write an amount, such as `1.200,50 kr.`."""
        return show(amount, self.language)

    def oere(self, oere: int) -> str:
        """Write an amount that facts hold in øre."""
        return self.money(Money(oere))

    def day(self, day: date) -> str:
        """Write a day briefly: `24. nov. 2026`."""
        shape = "d. MMM y" if self.language == DANISH else "d MMM y"
        return format_date(day, shape, locale=self._locale)

    def moment(self, instant: datetime) -> str:
        """Write an instant as people say it: `i dag kl. 10.00`, `24. nov. kl. 9.30`."""
        local, today = copenhagen(instant), copenhagen(self.now).date()
        hour = f"{local:%H.%M}" if self.language == DANISH else f"{local:%H:%M}"
        days = (local.date() - today).days
        near = {-1: "time.yesterday", 0: "time.today", 1: "time.tomorrow"}.get(days)
        if near is not None:
            return self(near, hour=hour)
        shape = "d. MMM" if self.language == DANISH else "d MMM"
        if local.year != today.year:
            shape += " y"
        written = format_date(local.date(), shape, locale=self._locale)
        return self("time.on_day", day=written, hour=hour)

    def length(self, length: timedelta) -> str:
        """Write how long, in the two largest units that matter: `2 t. 5 min.`, `3 dage`."""
        minutes = max(int(length.total_seconds()) // 60, 0)
        hours, days = minutes // 60, minutes // (24 * 60)
        if days >= 2:  # noqa: PLR2004
            return self.counted("time.days", days)
        if hours:
            form = "time.hours" if minutes % 60 else "time.hours_only"
            return self(form, hours=hours, minutes=minutes % 60)
        return self("time.minutes", minutes=minutes) if minutes else self("time.just_now")

    def reason(self, reason: str) -> str:
        """Write why a conversation waits for a person; a reason no longer known says so."""
        try:
            return _capital(self.runtime.reason_words(reason, self.language))
        except KeyError:
            return _capital(self("reason.other"))

    def severity(self, handoff: Handoff) -> str:
        """Write how urgent: `Akut`, `I dag`, `1 bankdag`, `2 bankdage`."""
        if handoff.severity == ACUTE:
            return self("severity.acute")
        if handoff.severity == TODAY:
            return self("severity.today")
        return self.counted("severity.bank_days", _bank_days(handoff))

    def is_late(self, handoff: Handoff) -> bool:
        """Tell whether the answer is overdue (over fristen)."""
        return self.now >= handoff.due_at

    def clock_of(self, handoff: Handoff) -> str:
        """Tell how its time stands: `late`, `soon` (the last quarter), or `calm`."""
        waiting = Waiting(handoff.id, handoff.severity, handoff.opened_at, handoff.due_at)
        if waiting.is_late(self.now):
            return "late"
        return "soon" if waiting.is_soon(self.now) else "calm"

    def is_over(self, day: date) -> bool:
        """Tell whether a last day to do something has passed."""
        return copenhagen(self.now).date() > day

    def claim_type(self, key: str) -> str:
        """Write a claim's type."""
        kind = self.runtime.claim_types[key]
        return kind.en if self.language == ENGLISH else kind.da

    def task_kind(self, kind: str) -> str:
        """Write what a task asks for; a kind no longer known is shown as it stands."""
        found = self.runtime.tasks.kinds.get(kind)
        if found is None:
            return kind
        return _capital(found.en if self.language == ENGLISH else found.da)

    def intent(self, name: str | None) -> str:
        """Write what a message was understood as; none: nothing was."""
        return self.known("intent", name)

    def share(self, share: float) -> str:
        """Write a share of one in whole percent: `72 %`."""
        return f"{share * 100:.0f} %" if self.language == DANISH else f"{share * 100:.0f}%"

    def step(self, name: str) -> str:
        """Write a step's name: `2. rykker`, `Overdragelse til inddrivelse`."""
        return _capital(words.of_step(name, self.language))

    def why(self, reason: str) -> str:
        """Write why something is not done, as a sentence."""
        return words.of_reason(reason, self.language)

    def term(self, group: str, word: str) -> str:
        """Write a word of the field: a ground (`ground`), a recipient, an effect."""
        return _capital(words.known(group, word, self.language))

    def effect(self, effect: str, step: str) -> str:
        """Write what a caseworker's word does to a step: `1. rykker skal vente`."""
        said = words.catalogue(self.language)
        return _capital(said.render(f"effect.{effect}", step=words.of_step(step, self.language)))

    def plain(self, amount: Money) -> str:
        """Write an amount as a field takes it back: `1200,50`."""
        return str(amount).removesuffix(".00").replace(".", "," if self.language == DANISH else ".")

    def municipality(self, key: str) -> str:
        """Write a municipality's name."""
        return self.runtime.policies[key].name.of(self.language)

    @property
    def _locale(self) -> str:
        return "da_DK" if self.language == DANISH else "en_GB"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _bank_days(handoff: Handoff) -> int:
    """Count the bank days the citizen was told an answer may take; at least one."""
    opened = copenhagen(handoff.opened_at).toordinal()
    due = min(copenhagen(handoff.due_at).toordinal(), opened + _LONGEST_FORESEEN)
    day = copenhagen(handoff.opened_at).date()
    between = (day.fromordinal(ordinal) for ordinal in range(opened + 1, due + 1))
    return max(sum(is_bank_day(each) for each in between), 1)
