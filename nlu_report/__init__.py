"""How well the assistant understands: measured, drawn and written to build/nlu-report."""
