"""What we decide and do: rules, use cases, jobs and the doors to the outside (middle floor)."""
