"""The schema's history (Alembic), applied under lock and statement time limits."""
