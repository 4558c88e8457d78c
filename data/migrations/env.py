"""Runs Alembic inside the program: `data.migrations.run.upgrade` is the only caller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from alembic import context

from data.models import Record
from data.models.base import InstantColumn, MoneyColumn, PhoneColumn

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext

# A migration must run on although the code changes: it names plain types, not ours.
PLAIN = {
    InstantColumn: "sa.DateTime(timezone=True)",
    MoneyColumn: "sa.BigInteger()",
    PhoneColumn: "sa.String(length=16)",
}


def _plain(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    return PLAIN.get(type(item), False) if kind == "type" else False


def _ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or name in Record.metadata.tables


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Record.metadata,
    include_name=_ours,
    render_item=_plain,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
