"""Whatever happens in whatever order: one writes, somebody owns it, and the assistant is silent."""

import contextlib
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from data.models.conversations import Author, Direction, MessageKind, MessageStatus, Owner
from data.models.handoffs import HandoffState
from tests.desk.takeover import CrashError, CrashingTurn, Talk

pytestmark = pytest.mark.slow

WHO = st.sampled_from(["anna", "bo"])
WORDS = st.sampled_from(["Hvad skylder jeg?", "Jeg vil tale med et menneske", "Jeg vil ikke leve"])
MEANWHILE = st.sampled_from(["nothing", "take", "hand_back", "write", "crash"])
CRASH = st.booleans()


class Takeover(RuleBasedStateMachine):
    """One conversation; what the database says is held against who ought to have it."""

    town: tuple[Any, ...]

    def __init__(self):
        super().__init__()
        self.talk = Talk(*self.town)
        #: Who has it: assistant, nobody, anna or bo.
        self.holder = "assistant"
        self.answers = []

    def teardown(self):
        try:
            self.everybody_was_heard()
        finally:
            self.talk.close()

    @initialize(words=WORDS)
    def the_citizen_writes_first(self, words):
        self.writes(words, crash=False)

    # --------------------------------------------------------------------------------- the citizen
    @rule(words=WORDS, crash=CRASH)
    def writes(self, words, crash):
        with dying(crash):
            self.talk.do(self.talk.write(words, crash=crash))
        if not crash and self.holder == "assistant" and "leve" in words:
            self.holder = "nobody"

    # --------------------------------------------------------------------------------- caseworkers
    @rule(who=WHO, crash=CRASH)
    def takes(self, who, crash):
        may = self.holder in {"assistant", "nobody", who}
        with dying(crash and may):
            assert self.talk.do(self.talk.take(who, crash=crash)) is may
            self.holder = who if may else self.holder

    @rule(who=WHO, crash=CRASH)
    def answers_the_citizen(self, who, crash):
        may = self.holder == who
        with dying(crash and may):
            assert self.talk.do(self.talk.answer(who, crash=crash)) is may
            self.answers += [who] if may else []

    @rule(who=WHO, crash=CRASH)
    def hands_back(self, who, crash):
        may = self.holder == who
        with dying(crash and may):
            assert self.talk.do(self.talk.hand_back(who, crash=crash)) is may
            self.holder = "assistant" if may else self.holder

    @rule(who=WHO)
    def undoes_handing_back(self, who):
        if self.talk.do(self.talk.take_back(who)):
            assert self.holder == "assistant"
            self.holder = who

    @rule(who=WHO)
    def looks(self, who):
        self.talk.do(self.talk.look(who))

    @rule()
    def is_forgotten(self):
        self.talk.do(self.talk.forget())
        if self.holder in {"anna", "bo"}:
            self.holder = "nobody"

    # ------------------------------------------------------------------------------- the assistant
    @rule(meanwhile=MEANWHILE, who=WHO)
    def the_assistant_answers(self, meanwhile, who):
        talk, before = self.talk, self.holder
        story = {
            "nothing": None,
            "take": partial(talk.take, who),
            "hand_back": partial(talk.hand_back, who),
            "write": partial(talk.write, "Er der nogen?"),
            "crash": CrashingTurn(),
        }[meanwhile]
        begins = before == "assistant" and talk.do(talk.unanswered()) is not None
        with contextlib.suppress(CrashError):
            talk.do(talk.assistant(story))
        if begins and meanwhile == "take" and self.has_begun():
            self.holder = who

    def has_begun(self):
        """Tell whether the turn came to the point where something else happened in it."""
        place, *_ = self.talk.do(self.talk.now())
        return place is not None and place.owner is Owner.STAFF

    @rule()
    def nobody_answers_for_minutes(self):
        late = self.talk.do(self.talk.unanswered()) is not None
        self.talk.do(self.talk.rescue())
        given = self.talk.do(self.talk.now())[1]
        if late and self.holder == "assistant" and any(h.closed_at is None for h in given):
            self.holder = "nobody"

    @rule()
    def what_may_leave_is_sent(self):
        place, *_ = self.talk.do(self.talk.now())
        for gone in self.talk.do(self.talk.dispatch()):
            if gone.author is Author.ASSISTANT and gone.kind is MessageKind.REPLY:
                assert place is not None
                assert place.owner is not Owner.STAFF
                assert gone.owner_number == place.owner_number

    # -------------------------------------------------------------------------------------- always
    @invariant()
    def one_owns_it(self):
        place, given, said = self.talk.do(self.talk.now())
        if place is None:
            return
        still = [each for each in given if each.state is not HandoffState.CLOSED]
        assert len(still) <= 1
        names: dict[Any, str] = {person.id: name for name, person in self.talk.staff.items()}
        owner = names.get(place.owner_staff_id, place.owner.value)
        assert owner == self.holder
        states = {Owner.ASSISTANT: [], Owner.NOBODY: [HandoffState.WAITING]}
        assert [each.state for each in still] == states.get(place.owner, [HandoffState.TAKEN])
        assert [names[each.taken_by] for each in still if each.taken_by] == (
            [owner] if place.owner is Owner.STAFF else []
        )
        by_people = [names[each.staff_id] for each in said if each.author is Author.STAFF]
        assert by_people == self.answers

    def everybody_was_heard(self):
        """Let what is under way end; then each message is answered, waits for a person, or did."""
        talk = self.talk
        while talk.do(talk.unanswered()) is not None:
            talk.do(talk.assistant())
        self.what_may_leave_is_sent()
        _, given, said = talk.do(talk.now())
        lost = (MessageStatus.DRAFT, MessageStatus.STOOD_DOWN)
        answered = {each.in_reply_to for each in said if each.status not in lost}
        for one in said:
            if one.direction is Direction.IN and one.id not in answered:
                had = [
                    each for each in given if not each.closed_at or each.closed_at > one.created_at
                ]
                assert had, "silence without an owner"
                assert one.status is MessageStatus.HANDLED


@contextlib.contextmanager
def dying(crash):
    """Let a process die here if it is to: nothing of what it did may remain."""
    if not crash:
        yield
        return
    with pytest.raises(CrashError):
        yield


def test_in_any_order_one_writes_and_nobody_is_left_alone(settings: object, postgres: str):
    machine = type("InATown", (Takeover,), {"town": (settings, postgres)})
    run_state_machine_as_test(machine, settings=PATIENT)


PATIENT = settings(
    max_examples=20,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
