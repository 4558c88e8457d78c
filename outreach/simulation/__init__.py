"""Carries a file of claims through time under one or two policies, and counts (fremskrivning)."""
