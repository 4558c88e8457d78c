"""The conversation on the telephone: what is keyed and said comes in, what is said goes out."""
