"""Golden transcripts: whole conversations, word for word, with the real Rasa."""
