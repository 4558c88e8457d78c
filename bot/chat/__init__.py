"""The citizens' web chat: a page of its own, and a window on the municipality's site (webchat)."""
