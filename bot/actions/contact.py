"""How to reach us and be reached: language, channel, paper, business, tone (kontakt)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.actions.claims import overview
from bot.actions.handoffs import hand_over
from bot.actions.identity import ask_for_identity
from bot.actions.inviting import invite, is_for_telegram
from bot.actions.onward import ask_people, quietly
from bot.actions.turn import Reply, keeping
from data.models.citizens import Language
from data.models.conversations import Awaiting
from data.queries import conversations as conversation_queries
from data.values.ids import DebtorKind
from data.values.time import ONE_DAY, at_local
from outreach import audit, languages
from outreach.rules.phrases.errands import Tongue, is_for_people, tongue_wanted
from outreach.rules.phrases.foreign import named_language
from outreach.rules.scores import score_in

if TYPE_CHECKING:
    from bot.actions.turn import Turn

#: It was asked how it went, and it was answered; within a day it is not asked again.
SATISFACTION = ("satisfaction_asked", "feedback")
#: So many words name a language ("taler du arabisk"); more of them are Danish that is understood.
_NAMES_A_LANGUAGE = 4
#: A score so low is answered with an apology.
_LOW = 2


async def language(turn: Turn) -> Reply:
    """Go on in Danish or English, explain, or let a person write, with an interpreter (tolk)."""
    wanted = tongue_wanted(turn.text)
    place = turn.conversation
    if wanted is Tongue.NOT_DANISH and place.language is Language.ENGLISH:
        wanted = Tongue.ENGLISH  # "I don't understand Danish", in English
    match wanted:
        case Tongue.DANISH | Tongue.ENGLISH:
            place.language = Language(wanted.value)
            return keeping(turn, turn.say("language_switched"))
        case Tongue.SIMPLER:
            return keeping(turn, turn.say("language_simpler"))
        case Tongue.WHICH:
            return keeping(turn, turn.say("language_known"))
        case Tongue.ANOTHER | Tongue.NOT_DANISH:
            return await _with_interpreter(turn)


async def _with_interpreter(turn: Turn) -> Reply:
    """Let a person write (tolk): "polsk?" is answered in Polish, a sentence as it is written."""
    named = named_language(turn.text)
    if named is None or len(turn.text.split()) > _NAMES_A_LANGUAGE:
        return await hand_over(turn, languages.REASON, "language_person", languages.name_of(named))
    line = await languages.hand_over(
        turn.session,
        turn.runtime,
        conversation=turn.conversation,
        message=turn.message,
        language=named,
    )
    return Reply(line, goes_alone=True)


async def cannot_digital(turn: Turn) -> Reply:
    """Offer paper and telephone, and ask people to see to it (fritaget for Digital Post)."""
    office = turn.policy.guidance.citizen_service
    name = office.name.of(turn.conversation.language)
    values: dict[str, object] = {"office": name, "number": office.number}
    return await ask_people(turn, "paper_wish", "cannot_digital", **values)


async def channel_preference(turn: Turn) -> Reply:
    """Pass a wish about how and when to be reached on to people, who set it right.

    Who wants Telegram gets a code that ties a chat there to them, where we know who writes.
    """
    if is_for_telegram(turn):
        return await invite(turn)
    return await ask_people(turn, "contact_wish", "channel_preference")


async def business(turn: Turn) -> Reply:
    """Show a company its case once its CVR number fits; a person looks at who owes what.

    A number in the message itself is weighed before we come here, as every proof is.
    Closed, sold, or another speaks for it: nothing is said before a person has looked.
    """
    if is_for_people(turn.text):
        return await hand_over(turn, "business", "business_person")
    if turn.is_proven:
        if turn.citizen is not None and turn.citizen.debtor_kind is DebtorKind.BUSINESS:
            return await overview(turn)
        return await hand_over(turn, "business", "business_person")
    return await ask_for_identity(turn, "business", key="business_identity")


async def abuse(turn: Turn) -> Reply:
    """Stay calm and offer a person once; the second time the same day in fewer words."""
    midnight = at_local(turn.today, 0)
    times = await conversation_queries.times_heard(
        turn.session, turn.conversation.id, "abuse", since=midnight
    )
    return quietly(turn, turn.say("abuse" if times <= 1 else "abuse_again"))


async def feedback(turn: Turn) -> Reply:
    """Keep what the citizen thinks of us, as a score where there is one (F33); say thanks."""
    score = score_in(turn.text)
    await audit.record(
        turn.session,
        turn.runtime,
        municipality=turn.conversation.municipality,
        actor=audit.CITIZEN,
        act=SATISFACTION[1],
        subject_kind="conversation",
        subject_id=turn.conversation.id,
        score=score,
        message=str(turn.message.id),
    )
    is_low = score is not None and score <= _LOW
    return quietly(turn, turn.say("feedback_sorry" if is_low else "feedback_thanks"))


async def is_the_score(turn: Turn) -> bool:
    """Tell whether a message is the score that we have asked for, and not got yet."""
    place = turn.conversation
    if place.awaiting is not Awaiting.NOTHING or score_in(turn.text) is None:
        return False
    since = turn.runtime.clock.now() - ONE_DAY
    latest = await conversation_queries.latest_act(
        turn.session, place.id, *SATISFACTION, since=since
    )
    return latest == SATISFACTION[0]


async def not_our_errand(turn: Turn) -> Reply:
    """Send what is not ours to the citizen service, and go on (forvaltningsloven § 7)."""
    office = turn.policy.guidance.citizen_service
    name = office.name.of(turn.conversation.language)
    return keeping(turn, turn.say("not_our_errand", office=name, number=office.number))
