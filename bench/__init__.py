"""Measures what the program must be able to do; nothing here is a test."""
