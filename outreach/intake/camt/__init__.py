"""Bank files: ISO 20022 camt.053 (account statement) and camt.054 (advice of single payments)."""
