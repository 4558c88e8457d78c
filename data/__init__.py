"""What we know: values, models, queries, law and policy (the lowest floor)."""
