"""What a citizen should not write to us, and what is kept instead (følsomme oplysninger)."""
