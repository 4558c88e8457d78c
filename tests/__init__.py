"""Stories that the program must keep telling."""
