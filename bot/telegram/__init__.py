"""What comes in on Telegram, whichever way it comes, and what is answered at once."""
