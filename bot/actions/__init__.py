"""The dialogue's actions, a module a noun; they say what `outreach` decides."""
