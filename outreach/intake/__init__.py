"""Intake: takes claims (krav) and payments (indbetalinger) from a ledger's files."""
