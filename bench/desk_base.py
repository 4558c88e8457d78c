"""The base that the desk is measured on: 100,000 conversations, 2,000,000 messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.ext.asyncio import AsyncEngine

CONVERSATIONS: Final = 100_000
#: Caseworkers; they must be there before the rows.
PEOPLE: Final = 20
MESSAGES_EACH: Final = 20
LONG_THREAD: Final = 10_000
CLOSED: Final = 5_000
OPEN: Final = 500
#: Of the open ones, those that somebody has.
TAKEN: Final = 50
_FILL: Final = (
    """
    insert into citizens (id, municipality, debtor_id, debtor_kind, name, language,
                          address_protected, created_at, updated_at)
    select gen_random_uuid(), 'albertslund', '01' || lpad(n::text, 8, '0'), 'person',
           (array['Mette', 'Ali', 'Bente', 'Carl', 'Dorte', 'Erik', 'Fatma'])[1 + n % 7] || ' '
           || (array['Hansen', 'Nielsen', 'Yilmaz', 'Holm', 'Dam'])[1 + n % 5] || ' ' || n,
           case when n % 10 = 0 then 'en' else 'da' end, false, now(), now()
    from generate_series(1, :conversations) n
    """,
    """
    insert into contact_points (municipality, citizen_id, channel, address, source, created_at)
    select municipality, id, 'sms', '+45' || (20000000 + substr(debtor_id, 3)::int), 'ledger', now()
    from citizens
    """,
    """
    insert into claims (id, municipality, citizen_id, claim_ref, claim_type, principal, paid,
                        due_date, bill_sent_on, betalingsservice, state, created_at, updated_at)
    select gen_random_uuid(), municipality, id, 'B-' || debtor_id, 'dagtilbud', 120000, 0,
           current_date - 60, current_date - 80, false, 'open', now(), now()
    from citizens
    """,
    """
    insert into conversations (id, municipality, channel, address, citizen_id, language, owner,
                               owner_number, owner_since, identity_level, identity_tries, awaiting,
                               misunderstood, created_at, last_inbound_at)
    select gen_random_uuid(), municipality, 'sms', '+45' || (20000000 + substr(debtor_id, 3)::int),
           id, language, 'assistant', 1, now(), 0, 0, 'nothing', 0, now() - interval '90 days',
           now() - random() * interval '90 days'
    from citizens
    """,
    """
    insert into messages (id, municipality, conversation_id, citizen_id, direction, author, kind,
                          channel, address, body, media_count, status, dedupe_key, owner_number,
                          not_before, attempts, created_at, status_at)
    select gen_random_uuid(), t.municipality, t.id, t.citizen_id,
           case when n % 2 = 0 then 'in' else 'out' end,
           case when n % 2 = 0 then 'citizen' else 'assistant' end,
           case when n % 2 = 0 then 'inbound' else 'reply' end,
           'sms', t.address, 'Jeg kan betale 400 kr. om måneden fra den første. ' || n,
           0, case when n % 2 = 0 then 'handled' else 'delivered' end, t.id || ':' || n, 1,
           now(), 0, now() - n * interval '3 hours', now()
    from conversations t
    cross join lateral generate_series(
        1, case when t.address = '+4520000400' then :long else :each end) n
    """,
    """
    insert into handoffs (id, municipality, conversation_id, citizen_id, reason, severity, summary,
                          state, opened_at, due_at, taken_by, taken_at, touched_at, closed_at,
                          close_note)
    select gen_random_uuid(), t.municipality, t.id, t.citizen_id,
           (array['asked_human', 'dispute', 'fee_waiver', 'frozen'])[1 + t.n % 4], 2 + t.n % 2,
           'borgeren vil tale med et menneske', s.state, now() - age,
           now() - age + interval '2 days',
           case when s.state <> 'waiting' then (select id from staff order by username limit 1
                                                offset t.n % 20) end,
           case when s.state <> 'waiting' then now() - age / 2 end,
           case when s.state = 'taken' then now() end,
           case when s.state = 'closed' then now() - age / 3 end,
           case when s.state = 'closed' then 'Talt med borgeren.' end
    from (select *, row_number() over (order by address) n from conversations) t
    cross join lateral (select case when t.n <= :taken then 'taken' when t.n <= :open then 'waiting'
                               else 'closed' end state, (t.n % 70) * interval '1 hour' age) s
    where t.n <= :open + :closed
    """,
    """
    update conversations t set owner = case when h.state = 'taken' then 'staff' else 'nobody' end,
           owner_staff_id = case when h.state = 'taken' then h.taken_by end, owner_number = 2
    from handoffs h where h.conversation_id = t.id and h.state <> 'closed'
    """,
)
COUNTS: Final = {
    "conversations": CONVERSATIONS,
    "each": MESSAGES_EACH,
    "long": LONG_THREAD,
    "closed": CLOSED,
    "open": OPEN,
    "taken": TAKEN,
}
#: Triggers and foreign keys rest meanwhile: the rows are right by how they are made.
_REST: Final = "set session_replication_role = replica"


async def fill(engine: AsyncEngine, counts: Mapping[str, int] = COUNTS) -> None:
    """Make the rows in the database itself; the caseworkers must be there."""
    async with engine.connect() as plain:
        connection = await plain.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text(_REST))
        for statement in _FILL:
            given = {name: value for name, value in counts.items() if f":{name}" in statement}
            await connection.execute(text(statement), given)
        await connection.execute(text("set session_replication_role = origin"))
        await connection.execute(text("vacuum analyze"))
