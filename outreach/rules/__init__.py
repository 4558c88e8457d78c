"""Pure rules: facts, law, policy and `now` in; an answer with its reason out."""
