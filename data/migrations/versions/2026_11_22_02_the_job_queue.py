"""The job queue's own tables (procrastinate 3.10)."""

from __future__ import annotations

from alembic import op
from procrastinate.schema import SchemaManager

revision = "2026_11_22_02"
down_revision = "2026_11_22_01"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward.

    The library's schema is applied as it stands today; its later migrations become ours when
    the pinned version changes.
    """
    connection = op.get_bind().connection.cursor()
    connection.execute(SchemaManager.get_schema())


def downgrade() -> None:
    """Refuse: queued work would be lost.

    Raises:
        RuntimeError: always; a backup is the way back.
    """
    raise RuntimeError("the job queue is not taken back: use mindelig db restore")
