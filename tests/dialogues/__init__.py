"""How the dialogue understands and answers, against the real Rasa."""
