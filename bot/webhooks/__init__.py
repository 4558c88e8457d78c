"""What vendors call: signed, read, stored once, and let go at once."""
