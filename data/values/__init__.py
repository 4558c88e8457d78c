"""Frozen values that keep their own promises; nothing here knows a database."""
