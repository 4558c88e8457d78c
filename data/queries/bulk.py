"""Hands many rows to PostgreSQL in one statement that never changes its text.

A thousand rows as bound values are a statement of twenty thousand parameters, which SQLAlchemy and
psycopg both take apart in Python; as one JSON document they cost a tenth.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from typing import cast as typed
from uuid import UUID

from sqlalchemy import TableValuedAlias, bindparam, cast, column, func, select
from sqlalchemy.dialects.postgresql import JSON, TEXT, insert

from data.values.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Table
    from sqlalchemy.dialects.postgresql import Insert

    from data.models.base import Record

ROWS = "rows"


def given(table: Table, *names: str) -> TableValuedAlias:
    """Return the bound parameter `rows` as a table whose columns are typed as `table`'s."""
    rows = cast(bindparam(ROWS, type_=TEXT), JSON)
    columns = [column(name, table.c[name].type) for name in names]
    return (
        func.json_to_recordset(rows)
        .table_valued(*columns, name="given")
        .render_derived(name="given", with_types=True)
    )


def insert_rows(model: type[Record], names: Iterable[str]) -> Insert:
    """Make an insert of the parameter `rows`; conflict and returning can be added."""
    table = typed("Table", model.__table__)
    rows = given(table, *names)
    chosen = select(*(rows.c[name] for name in names))
    return insert(table).from_select(list(names), chosen, include_defaults=False)


def as_rows(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the parameter `rows` for such a statement."""
    return {ROWS: json.dumps(list(rows), default=_plain, ensure_ascii=False)}


def _plain(value: object) -> object:
    """Write what JSON has no word for as the database reads it."""
    match value:
        case Money():
            return value.oere
        case UUID():
            return str(value)
        case datetime() | date():
            return value.isoformat()
    raise TypeError(f"no way to write {type(value).__name__}")
