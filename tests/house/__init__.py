"""Guards of the house: what no tool knows, and a newcomer would otherwise have to be told."""
