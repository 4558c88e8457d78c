"""How citizens talk with us: webhooks, the dialogue, its actions, and the worker's jobs."""
