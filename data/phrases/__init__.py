"""How people write: folding, a small notation for phrases, and the words that stop and start."""
