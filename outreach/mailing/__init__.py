"""Sends letters (forsendelse): written, handed over to Digital Post or print, and settled."""
